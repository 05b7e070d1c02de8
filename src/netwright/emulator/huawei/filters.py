"""Subtree filters (RFC 6241, section 6)."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from netwright.emulator.huawei.schema import Node, root
from netwright.emulator.huawei.tree import elements, empty, split


def selected(config: etree._Element, wanted: etree._Element | None) -> etree._Element:
    """The part of a tree that a `<filter>` selects; all of it without a filter."""
    if wanted is None:
        return config
    result = empty()
    for item in elements(config):
        kept = [
            one
            for pattern in elements(wanted)
            if _named(pattern, item) and (one := _select(item, pattern, root())) is not None
        ]
        result.extend(_merged(kept))
    return result


def _named(pattern: etree._Element, item: etree._Element) -> bool:
    """A pattern without a namespace matches every namespace."""
    namespace, name = split(pattern.tag)
    return pattern.tag == item.tag or (name == split(item.tag)[1] and not namespace)


def _select(item: etree._Element, pattern: etree._Element, above: Node) -> etree._Element | None:
    node = above.children[item.tag].node
    below = list(elements(pattern))
    matches = [one for one in below if len(one) == 0 and (one.text or "").strip()]
    for match in matches:
        if not any(
            _named(match, child) and (child.text or "").strip() == (match.text or "").strip()
            for child in elements(item)
        ):
            return None
    rest = [one for one in below if one not in matches]
    if not rest:
        return deepcopy(item)
    result = etree.Element(item.tag)
    for child in elements(item):
        if any(_named(match, child) for match in matches):
            result.append(deepcopy(child))
            continue
        kept = [one for one in (_select(child, wish, node) for wish in rest if _named(wish, child)) if one is not None]
        result.extend(_merged(kept))
    _keep_keys(item, result, node.keys)
    return result if len(result) else None


def _keep_keys(item: etree._Element, result: etree._Element, keys: tuple[str, ...]) -> None:
    """An entry keeps what identifies it even when only other leaves were asked for."""
    for tag in reversed(keys if len(result) else ()):
        key = item.find(tag)
        if key is not None and result.find(tag) is None:
            result.insert(0, deepcopy(key))


def _merged(kept: list[etree._Element]) -> list[etree._Element]:
    """Several patterns may select parts of the same element: one element with all parts."""
    if len(kept) < 2:
        return kept
    first = kept[0]
    for other in kept[1:]:
        have = {etree.tostring(child) for child in first}
        first.extend([child for child in other if etree.tostring(child) not in have])
    return [first]
