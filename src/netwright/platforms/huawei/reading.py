"""Huawei XML to the leaves of a tree. Nothing is guessed: what cannot be named by its keys is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import TypeAlias

from lxml import etree

from netwright.errors import ConfigParseError
from netwright.platforms.huawei import forms, keys, ordering, secrets, spelling
from netwright.platforms.huawei.keys import NETCONF, UNKNOWN, Kind, Node
from netwright.tree import PRESENT, Line, Path

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_ENVELOPES = {"config", "data"}
_LEAVES = (Kind.LEAF, Kind.EMPTY, Kind.LEAF_LIST)  # compared by identity: a set would ask for hashes

Elements: TypeAlias = "Sequence[etree._Element]"  # noqa: SLF001 - the name that lxml has for it


def parse(text: str) -> Iterator[Line]:
    """Yield the leaves of a text: `<config>`, `<data>`, or top-level elements side by side."""
    lines = forms.read(text, _read_text)
    if not spelling.is_plain(text):
        lines = list(spelling.canonical(lines))
    lines = [*lines, *ordering.lines_of(text, lines)]
    if "cak>" in text:
        lines = secrets.named(lines)
    seen: dict[Path, str] = {}
    for line in lines:
        known = seen.setdefault(line.path, line.value)
        if known != line.value:
            raise ConfigParseError(f"{line.path[-1]} is said twice: {known!r} and {line.value!r}", line.number)
    return iter(lines)


def _read_text(text: str) -> list[Line]:
    lines: list[Line] = []
    root = _root(text)
    _read_inside(lines, root, list(root), keys.schema().root, (), "")
    return lines


def _root(text: str) -> etree._Element:
    """One element that holds the top-level elements, and whose line numbers are those of the text."""
    body = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text)
    try:
        root = etree.fromstring(f"<netwright>{body}</netwright>", _parser())
    except etree.XMLSyntaxError as error:
        raise ConfigParseError(error.msg or "not XML", error.lineno or 1) from error
    inside = root[0] if len(root) == 1 else root
    name = etree.QName(inside)
    if name.localname in _ENVELOPES and name.namespace in {NETCONF, None}:
        _no_text(root, list(root))
        return inside
    return root


@cache
def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, huge_tree=True
    )


def _read_inside(
    lines: list[Line], element: etree._Element, inside: Elements, node: Node, path: Path, module: str
) -> None:
    """Read the elements `inside` one that stands at `path`."""
    _no_text(element, inside)
    names = [_name(child, module) for child in inside]
    for child, (name, own) in zip(inside, names, strict=True):
        below = node.children.get(name, UNKNOWN)
        if below is UNKNOWN and names.count((name, own)) > 1:
            raise ConfigParseError(f"{name} is a list whose keys are unknown", _number(child))
        if child.attrib:
            _no_attributes(child)
        _read(lines, child, below, path, name, own)


def _read(lines: list[Line], element: etree._Element, node: Node, path: Path, name: str, module: str) -> None:
    """Read one element that is called `name` at `path`."""
    kind, inside = node.kind, list(element)
    if kind in _LEAVES or (not inside and kind is Kind.UNKNOWN):
        lines.append(_leaf(element, inside, kind, path, name))
        return
    here = (*path, keys.entry(name, _keys(element, inside, node)) if kind is Kind.LIST else name)
    if kind is Kind.PRESENCE:
        lines.append(Line(here, PRESENT, _number(element)))
    _read_inside(lines, element, inside, node, here, module)


def _leaf(element: etree._Element, inside: Elements, kind: Kind, path: Path, name: str) -> Line:
    if inside:
        raise ConfigParseError(f"{name} is a leaf and holds elements", _number(element))
    value = element.text or ""
    if kind is Kind.EMPTY:
        _no_text(element, inside)
        value = PRESENT
    step = keys.item(name, value) if kind is Kind.LEAF_LIST else name
    return Line((*path, step), value, _number(element))


def _keys(element: etree._Element, inside: Elements, node: Node) -> dict[str, str]:
    namespace = str(element.tag).rpartition("}")[0]
    found = {}
    for key in node.keys:
        tag = f"{namespace}}}{key}" if namespace else key
        child = next((child for child in inside if child.tag == tag), None)
        if child is None:
            raise ConfigParseError(
                f"an entry of {etree.QName(element).localname} without its key {key}", _number(element)
            )
        found[key] = child.text or ""
    return found


def _name(element: etree._Element, module: str) -> tuple[str, str]:
    """An element's step below an element of `module`, and its own module."""
    try:
        return _step(str(element.tag), module)
    except KeyError:
        name = etree.QName(element)
        raise ConfigParseError(
            f"{name.localname} is in no known namespace: {name.namespace}", _number(element)
        ) from None


@lru_cache(maxsize=10_000)
def _step(tag: str, module: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    own = keys.schema().module(namespace[1:])
    return (name if own == module else f"{own}:{name}"), own


def _no_text(element: etree._Element, inside: Elements) -> None:
    """Between elements there is only white space."""
    for text in (element.text, *[child.tail for child in inside]):
        if text and not text.isspace():
            raise ConfigParseError("text where elements belong", _number(element), text)


def _no_attributes(element: etree._Element) -> None:
    """A configuration carries none; an operation means that this is a change."""
    if element.attrib:
        raise ConfigParseError(
            f"unexpected attribute {etree.QName(next(iter(element.attrib))).localname}", _number(element)
        )


def _number(element: etree._Element) -> int:
    line = element.sourceline
    return line if isinstance(line, int) else 1
