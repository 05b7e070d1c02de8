"""Elements of a document, and how they are written: the same hand for whole configurations and for changes.

Written by hand and not by lxml, because every byte counts: what is read by people in a plan is what is sent, two
spaces a level, and each top-level element declares the namespaces that it uses, so that it stands alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwright.platforms.huawei import keys, ordering
from netwright.platforms.huawei.keys import NETCONF, Node
from netwright.tree import Path

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_YANG = "urn:ietf:params:xml:ns:yang:1"


@dataclass(slots=True)
class Element:
    """An element to be written. `value` is None for one that only holds others; `operation` is NETCONF's attribute.

    `follows`: the entry of its list that it is put behind ("": to the front); None where nothing has to be said.
    """

    value: str | None = None
    operation: str = ""
    follows: str | None = None
    children: dict[str, Element] = field(default_factory=dict)

    def at(self, path: Path) -> Element:
        """The element at `path` below this one, made when it is missing."""
        here = self
        for step in path:
            here = here.children.setdefault(step, Element())
        return here


@dataclass(slots=True)
class Sheet:
    """A tree of elements while it is filled, leaf by leaf: where the containers are is remembered."""

    root: Element = field(default_factory=Element)
    _known: dict[Path, Element] = field(default_factory=dict)

    def at(self, path: Path) -> Element:
        """The element at `path`, made when it is missing."""
        return self._container(path[:-1]).children.setdefault(path[-1], Element())

    def _container(self, path: Path) -> Element:
        if not path:
            return self.root
        if path not in self._known:
            self._known[path] = self.at(path)
        return self._known[path]


def write(root: Element) -> str:
    """The document `<config>` with everything below `root`; `""` when there is nothing."""
    lines: list[str] = []
    for step, node, element in _ordered(root, keys.schema().root):
        _write(lines, step, node, element, "", "  ")
    if not lines:
        return ""
    return "\n".join([f'<config xmlns="{NETCONF}">', *lines, "</config>", ""])


def _ordered(element: Element, node: Node) -> list[tuple[str, Node, Element]]:
    """The children: in the order of the model, entries of one list by their keys or in the order that is said."""
    found = [(step, node.child(keys.name_of(step)), child) for step, child in element.children.items()]
    if any(below.ordered for _, below, _ in found):
        steps = ordering.arranged({step: child.value or "" for step, child in element.children.items()})
        rows = {step: (step, below, child) for step, below, child in found}
        return sorted((rows[step] for step in steps), key=lambda row: row[1].order)
    if len(found) > 1:
        found.sort(key=lambda row: (row[1].order, *keys.rank(row[0])))
    return found


def _write(lines: list[str], step: str, node: Node, element: Element, module: str, indent: str) -> None:
    name, predicates = keys.split(step)
    own = keys.module_of(step, module)
    tag = name.rpartition(":")[2]
    opening = tag + _attributes(own, module, element)
    if "." in predicates or not (predicates or element.children):
        lines.append(_leaf(indent, tag, opening, element.value or ""))
        return
    lines.append(f"{indent}<{opening}>")
    before = len(lines)
    _write_inside(lines, predicates, node, element, own, indent + "  ")
    if len(lines) == before:  # nothing but keys cannot be: an entry has at least one
        lines[-1] = f"{indent}<{opening}/>"
    else:
        lines.append(f"{indent}</{tag}>")


def _write_inside(
    lines: list[str], predicates: Mapping[str, str], node: Node, element: Element, module: str, indent: str
) -> None:
    """The key leaves come first (RFC 7950, section 7.8.5), whether or not the tree spells them out."""
    for key, value in predicates.items():
        lines.append(_leaf(indent, key, key, value))
    for step, below, child in _ordered(element, node):
        if step not in predicates:
            _write(lines, step, below, child, module, indent)


def _attributes(own: str, module: str, element: Element) -> str:
    text = "" if own == module else f' xmlns="{keys.schema().namespace(own)}"'
    if not module and _has_operation(element):
        text += f' xmlns:nc="{NETCONF}"'
    return text + (f' nc:operation="{element.operation}"' if element.operation else "") + _insert(own, element)


def _insert(own: str, element: Element) -> str:
    """Where an entry goes (RFC 7950, section 7.8.6); the names of keys are qualified as in an instance identifier."""
    if element.follows is None:
        return ""
    if not element.follows:
        return f' xmlns:yang="{_YANG}" yang:insert="first"'
    keyed = "".join(f"[k:{key}={_quoted(value)}]" for key, value in keys.split(element.follows)[1].items())
    space = keys.schema().namespace(own)
    return f' xmlns:yang="{_YANG}" xmlns:k="{space}" yang:insert="after" yang:key="{keyed}"'


def _quoted(value: str) -> str:
    """A value in a predicate inside an attribute: XPath 1.0 has no way to quote both quotes, and no key has both."""
    text = escape(value).replace('"', "&quot;")
    return f"&quot;{text}&quot;" if "'" in value else f"'{text}'"


def _has_operation(element: Element) -> bool:
    return bool(element.operation) or any(map(_has_operation, element.children.values()))


def _leaf(indent: str, tag: str, opening: str, value: str) -> str:
    return f"{indent}<{opening}>{escape(value)}</{tag}>" if value else f"{indent}<{opening}/>"


def escape(value: str) -> str:
    """A value as text of an element."""
    return value.translate(_ESCAPES)
