"""edit-config (RFC 6241, section 7.2): what is refused at once, and what becomes of a tree.

An edit works on a copy: either all of it happens or nothing.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from netwright.emulator.huawei.errors import NC, Problem, RpcError
from netwright.emulator.huawei.schema import Node, namespaces, root
from netwright.emulator.huawei.tree import elements, key_of, path_of, split, tidy
from netwright.emulator.huawei.values import BadValue, canonical

OPERATION = f"{{{NC}}}operation"
INSERT, KEY = "{urn:ietf:params:xml:ns:yang:1}insert", "{urn:ietf:params:xml:ns:yang:1}key"
_PREDICATE = re.compile(r"""\[(?:([\w.-]+):)?([\w.-]+)=(['"])(.*?)\3\]""", re.DOTALL)
OPERATIONS = ("merge", "replace", "create", "delete", "remove", "none")


def edited(config: etree._Element, edit: etree._Element, default: str = "merge") -> etree._Element:
    """Return what `config` becomes by `edit` (a `<config>` element); RpcError when a part of it cannot be."""
    result = deepcopy(config)
    _below(result, root(), deepcopy(edit), default)
    return tidy(result)


def _below(target: etree._Element, node: Node, edit: etree._Element, operation: str) -> None:
    index = _index(target, node)
    for item in elements(edit):
        child = _known(node, item)
        wish = item.get(OPERATION, operation)
        if wish not in OPERATIONS:
            raise RpcError(
                Problem(
                    "bad-attribute", f"Invalid operation {wish!r}.", "protocol", info=(("bad-attribute", "operation"),)
                )
            )
        _one(target, child, item, wish, index)


def _index(target: etree._Element, node: Node) -> dict[tuple[str, tuple[str, ...]], etree._Element]:
    """What is there already, by identity."""
    found = {}
    for child in elements(target):
        found[_identity(child, node.children[child.tag].node)] = child
    return found


def _identity(item: etree._Element, node: Node) -> tuple[str, tuple[str, ...]]:
    if node.kind == "list":
        return node.tag, key_of(item, node)
    if node.kind == "leaf-list":
        return node.tag, (_text(item),)
    return node.tag, ()


def _text(item: etree._Element) -> str:
    return (item.text or "").strip()


def _known(parent: Node, item: etree._Element) -> Node:
    child = parent.children.get(item.tag)
    namespace, name = split(item.tag)
    if child is not None and child.node.config:
        return child.node
    bad = (("bad-element", name),)
    if namespace not in namespaces():
        raise RpcError(
            Problem(
                "unknown-namespace",
                f'Unknown namespace "{namespace}".',
                "protocol",
                info=(*bad, ("bad-namespace", namespace)),
            )
        )
    if child is not None:
        raise RpcError(
            Problem("invalid-value", f'Node "{name}" is state data.', "protocol", path=path_of(item), info=bad)
        )
    message = f'Node "{name}" not found as a child of "{parent.name}" node.'
    raise RpcError(Problem("unknown-element", message, "protocol", path=path_of(item), info=bad))


def _one(
    target: etree._Element,
    node: Node,
    item: etree._Element,
    wish: str,
    index: dict[tuple[str, tuple[str, ...]], etree._Element],
) -> None:
    """Do one element of an edit with the operation that holds for it."""
    _check(node, item, wish)
    identity = _identity(item, node)
    there = index.get(identity)
    if wish == "create" and there is not None and not _implicit(node):
        raise RpcError(Problem("data-exists", f'Node "{node.name}" to be created already exists.', path=path_of(item)))
    if there is None and wish in ("delete", "none"):
        if wish == "none" and _implicit(node):
            there = index[identity] = _add(target, node)
        else:
            raise RpcError(Problem("data-missing", f'Node "{node.name}" does not exist.', path=path_of(item)))
    if wish in ("delete", "remove"):
        if there is not None:
            target.remove(there)
            del index[identity]
        return
    if there is not None and wish == "replace" and node.kind in ("container", "list"):
        there[:] = []
    if there is None:
        there = index[identity] = _add(target, node)
    _fill(there, node, item, wish)
    if node.user_ordered and item.get(INSERT):
        _insert(target, there, node, item)


def _insert(target: etree._Element, entry: etree._Element, node: Node, item: etree._Element) -> None:
    """Put an entry of a list in the user's order where it is wished (RFC 7950, section 7.8.6)."""
    target.remove(entry)
    others = [other for other in elements(target) if other.tag == entry.tag]
    match item.get(INSERT):
        case "first":
            place = target.index(others[0]) if others else len(target)
        case "last":
            place = len(target)
        case "before" | "after" as side:
            place = target.index(_beside(others, node, item)) + (side == "after")
        case _:
            raise RpcError(Problem("bad-attribute", "Invalid insert.", "protocol", info=(("bad-attribute", "insert"),)))
    target.insert(place, entry)


def _beside(others: list[etree._Element], node: Node, item: etree._Element) -> etree._Element:
    """The entry that `yang:key` names: by the names and values of its keys, whatever prefix they have."""
    said = {found[1]: found[3] for found in _PREDICATE.findall(item.get(KEY, ""))}
    wanted = tuple(said.get(split(tag)[1]) for tag in node.keys)
    for other in others:
        if key_of(other, node) == wanted:
            return other
    message = f'The entry that "{node.name}" is to be put beside does not exist.'
    raise RpcError(Problem("bad-attribute", message, path=path_of(item), info=(("bad-attribute", "key"),)))


def _implicit(node: Node) -> bool:
    """A container without presence always exists (RFC 7950, section 7.5.1)."""
    return node.kind == "container" and not node.presence


def _add(target: etree._Element, node: Node) -> etree._Element:
    return etree.SubElement(target, node.tag)


def _fill(there: etree._Element, node: Node, item: etree._Element, wish: str) -> None:
    if node.kind in ("container", "list"):
        _below(there, node, item, "merge" if wish in ("replace", "create") else wish)
        return
    if wish != "none":
        there.text = _value(node, item)


def _check(node: Node, item: etree._Element, wish: str) -> None:
    """Refuse an entry without all its keys, and a value that is none."""
    if node.kind == "list":
        for tag in node.keys:
            key = item.find(tag)
            if key is not None:
                key.text = _value(node.children[tag].node, key)
            else:
                name = split(tag)[1]
                message = f'List instance "{node.name}" is missing its key "{name}".'
                raise RpcError(
                    Problem("missing-element", message, "protocol", path=path_of(item), info=(("bad-element", name),))
                )
    elif node.kind in ("leaf", "leaf-list") and wish not in ("delete", "remove"):
        item.text = _value(node, item)
    elif node.kind == "container" and _text(item):
        raise RpcError(
            Problem("invalid-value", f'Node "{node.name}" cannot have a text value.', "protocol", path=path_of(item))
        )


def _value(node: Node, item: etree._Element) -> str:
    try:
        return canonical(node, _text(item))
    except BadValue as error:
        info = (("bad-element", node.name),)
        raise RpcError(
            Problem("invalid-value", f'{error} of node "{node.name}".', path=path_of(item), info=info)
        ) from error
