"""Huawei XML to the leaves of a tree. Nothing is guessed: what cannot be named by its keys is refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from netwright.errors import ConfigParseError
from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import NETCONF, Kind, Node
from netwright.tree import PRESENT, Line, Path

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_ENVELOPES = {"config", "data"}


def parse(text: str) -> Iterator[Line]:
    """Yield the leaves of a text: `<config>`, `<data>`, or top-level elements side by side."""
    seen: dict[Path, str] = {}
    for line in _below(_root(text), keys.schema().root, (), ""):
        known = seen.setdefault(line.path, line.value)
        if known != line.value:
            raise ConfigParseError(f"{line.path[-1]} is said twice: {known!r} and {line.value!r}", line.number)
        yield line


def _root(text: str) -> etree._Element:
    """One element that holds the top-level elements, and whose line numbers are those of the text."""
    body = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), text)
    parser = etree.XMLParser(
        remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, huge_tree=True
    )
    try:
        root = etree.fromstring(f"<netwright>{body}</netwright>", parser)
    except etree.XMLSyntaxError as error:
        raise ConfigParseError(error.msg or "not XML", error.lineno or 1) from error
    inside = root[0] if len(root) == 1 else root
    name = etree.QName(inside)
    if name.localname in _ENVELOPES and name.namespace in {NETCONF, None}:
        _no_text(root)
        return inside
    return root


def _below(element: etree._Element, node: Node, path: Path, module: str) -> Iterator[Line]:
    _no_text(element)
    names = [_name(child, module) for child in element]
    often = Counter(names)
    for child, (name, own) in zip(element, names, strict=True):
        below = node.child(name)
        if below.kind is Kind.UNKNOWN and often[name, own] > 1:
            raise ConfigParseError(f"{name} is a list whose keys are unknown", _number(child))
        _no_attributes(child)
        yield from _element(child, below, (path, name), own)


def _element(element: etree._Element, node: Node, place: tuple[Path, str], module: str) -> Iterator[Line]:
    path, name = place
    leaf = node.kind in {Kind.LEAF, Kind.EMPTY, Kind.LEAF_LIST} or (node.kind is Kind.UNKNOWN and len(element) == 0)
    if leaf:
        yield _leaf(element, node.kind, path, name)
        return
    step = keys.entry(name, _keys(element, node)) if node.kind is Kind.LIST else name
    if node.kind is Kind.PRESENCE:
        yield Line((*path, step), PRESENT, _number(element))
    yield from _below(element, node, (*path, step), module)


def _leaf(element: etree._Element, kind: Kind, path: Path, name: str) -> Line:
    if len(element):
        raise ConfigParseError(f"{name} is a leaf and holds elements", _number(element))
    value = element.text or ""
    if kind is Kind.EMPTY:
        _no_text(element)
        value = PRESENT
    step = keys.item(name, value) if kind is Kind.LEAF_LIST else name
    return Line((*path, step), value, _number(element))


def _keys(element: etree._Element, node: Node) -> dict[str, str]:
    namespace = etree.QName(element).namespace
    found = {}
    for key in node.keys:
        child = element.find(f"{{{namespace}}}{key}")
        if child is None:
            raise ConfigParseError(
                f"an entry of {etree.QName(element).localname} without its key {key}", _number(element)
            )
        found[key] = child.text or ""
    return found


def _name(element: etree._Element, module: str) -> tuple[str, str]:
    """An element's step below an element of `module`, and its own module."""
    name = etree.QName(element)
    try:
        own = keys.schema().module(name.namespace or "")
    except KeyError:
        raise ConfigParseError(
            f"{name.localname} is in no known namespace: {name.namespace}", _number(element)
        ) from None
    return (name.localname if own == module else f"{own}:{name.localname}"), own


def _no_text(element: etree._Element) -> None:
    """Between elements there is only white space."""
    for text in (element.text, *(child.tail for child in element)):
        if text and text.strip():
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
