"""Elements of a document, and how they are written: the same hand for whole configurations and for changes.

Written by hand and not by lxml, because every byte counts: what is read by people in a plan is what is sent, two
spaces a level, and each top-level element declares the namespaces that it uses, so that it stands alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import NETCONF, Node
from netwright.tree import Path

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_NUMBER = re.compile(r"([0-9]+)")


@dataclass(slots=True)
class Element:
    """An element to be written. `value` is None for one that only holds others; `operation` is NETCONF's attribute."""

    value: str | None = None
    operation: str = ""
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
    """The children: in the order of the model, entries of one list by their keys, the unknown at the end."""
    found = [(step, node.child(keys.name_of(step)), child) for step, child in element.children.items()]
    if len(found) > 1:
        found.sort(key=lambda row: (row[1].order, *_rank(row[0])))
    return found


@lru_cache(maxsize=50_000)
def _rank(step: str) -> tuple[str, list[list[tuple[int, str]]]]:
    """Sort key under which entry 2 comes before entry 10."""
    name, predicates = keys.split(step)
    return name, [
        [(int(word), "") if word.isdecimal() and word.isascii() else (-1, word) for word in _NUMBER.split(value)]
        for value in predicates.values()
    ]


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
    return text + (f' nc:operation="{element.operation}"' if element.operation else "")


def _has_operation(element: Element) -> bool:
    return bool(element.operation) or any(map(_has_operation, element.children.values()))


def _leaf(indent: str, tag: str, opening: str, value: str) -> str:
    return f"{indent}<{opening}>{escape(value)}</{tag}>" if value else f"{indent}<{opening}/>"


def escape(value: str) -> str:
    """A value as text of an element."""
    return value.translate(_ESCAPES)
