"""A configuration as an XML tree: where a node stands in the schema, its path, and its one canonical form.

The root of every tree is `<config>`; below it stand the modules' top-level nodes. The canonical form has the order of
the schema, list entries by key (user-ordered lists as given) and no empty container that means nothing: equal
configurations are equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from netwright.emulator.huawei.errors import NC
from netwright.emulator.huawei.schema import NAMESPACE, Node, root

CONFIG = f"{{{NC}}}config"


def empty() -> etree._Element:
    """A configuration with nothing in it."""
    return etree.fromstring(f'<config xmlns="{NC}"/>')


def split(tag: str) -> tuple[str, str]:
    """Namespace and local name of a qualified tag."""
    namespace, _, name = tag.rpartition("}")
    return namespace[1:], name


def elements(parent: etree._Element) -> Iterator[etree._Element]:
    """The child elements, without comments and processing instructions."""
    return (child for child in parent if isinstance(child.tag, str))


def key_of(entry: etree._Element, node: Node) -> tuple[str, ...]:
    """The key values of a list entry; a missing one is empty."""
    return tuple((entry.findtext(tag) or "").strip() for tag in node.keys)


def path_of(element: etree._Element) -> str:
    """The instance path: `/huawei-ifm:ifm/interfaces/interface[name='x']`, a module where it changes."""
    chain = [element, *element.iterancestors()]
    chain.reverse()
    node, steps, module = root(), [], ""
    for item in chain[1:]:
        child = node.children.get(item.tag)
        namespace, name = split(item.tag)
        here = namespace.removeprefix(NAMESPACE)
        step = name if here == module else f"{here}:{name}"
        module = here
        if child is None:
            steps.append(step)
            break
        node = child.node
        steps.append(step + _predicates(item, node))
    return "/" + "/".join(steps)


def _predicates(item: etree._Element, node: Node) -> str:
    if node.kind == "leaf-list":
        return f"[.='{item.text or ''}']"
    return "".join(f"[{split(tag)[1]}='{value}']" for tag, value in zip(node.keys, key_of(item, node), strict=True))


def tidy(config: etree._Element) -> etree._Element:
    """Bring a tree into canonical form, in place."""
    _tidy(config, root())
    return config


def _tidy(parent: etree._Element, node: Node) -> None:
    for child in list(elements(parent)):
        below = node.children[child.tag].node
        if below.kind in ("container", "list"):
            _tidy(child, below)
            if below.kind == "container" and not below.presence and len(child) == 0:
                parent.remove(child)
    ordered = sorted(elements(parent), key=lambda child: _rank(child, node))
    if len(parent):
        parent[:] = ordered
    parent.text = parent.text if node.kind == "leaf" else None
    for child in parent:
        child.tail = None


def _rank(child: etree._Element, node: Node) -> tuple[object, ...]:
    """Where a child stands among its siblings: keys first, then the schema's order, then the entry's key."""
    place = node.children[child.tag]
    first = node.keys.index(child.tag) if child.tag in node.keys else len(node.keys)
    if place.node.user_ordered:
        return first, place.order, ()
    texts = key_of(child, place.node) if place.node.kind == "list" else (child.text or "",)
    return first, place.order, tuple(natural(text) for text in texts)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key in which numbers inside a text count as numbers."""
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.findall(r"\d+|\D+", text))


def text_of(config: etree._Element) -> str:
    """The configuration as text, two blanks a level."""
    return f'<config xmlns="{NC}">\n' + "".join(_lines(child, NC, 1) for child in elements(config)) + "</config>\n"


def inner(config: etree._Element) -> str:
    """The top-level nodes alone, as they stand inside `<data>`."""
    return "".join(_lines(child, NC, 0) for child in elements(config))


def _lines(element: etree._Element, above: str, depth: int) -> str:
    namespace, name = split(element.tag)
    opening = name if namespace == above else f'{name} xmlns="{namespace}"'
    indent = "  " * depth
    if len(element):
        below = "".join(_lines(child, namespace, depth + 1) for child in elements(element))
        return f"{indent}<{opening}>\n{below}{indent}</{name}>\n"
    if element.text:
        return f"{indent}<{opening}>{escape(element.text)}</{name}>\n"
    return f"{indent}<{opening}/>\n"
