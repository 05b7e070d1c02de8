"""A configuration document as libyang takes it, and what of it can be judged. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml import etree

_OPEN = re.compile(r"\A(\s*(?:<\?xml[^>]*\?>)?\s*)<config\b[^>]*>")
_CLOSE = re.compile(r"</config>(\s*)\Z")


class Gap(NamedTuple):
    """Something in a document that no loaded module describes: the namespace, and where it hangs (names, no keys)."""

    namespace: str
    path: str


@dataclass(frozen=True, slots=True)
class Document:
    """A document without its envelope, each line where it was. `left_out`: the leaves of unknown modules."""

    text: str
    leaves: int
    left_out: Mapping[Gap, int] = field(default_factory=dict)


def prepared(text: str, namespaces: Container[str]) -> Document:
    """Take the `<config>` off, and what stands in a namespace that no loaded module has.

    What is sent is judged byte for byte, except where something has to be left out.
    """
    root = tree_of(text)
    left_out: Counter[Gap] = Counter()
    for element in [element for element in root.iterdescendants(etree.Element) if _is_foreign(element, namespaces)]:
        if not any(_is_foreign(above, namespaces) for above in _between(element, root)):
            left_out[Gap(_namespace(element), _path(element, root))] += _leaves(element)
            _take_out(element)
    if left_out:
        text = etree.tostring(root, encoding="unicode")
    return Document(_CLOSE.sub(r"\1", _OPEN.sub(r"\1", text)), sum(map(_leaves, root)), dict(left_out))


def tree_of(text: str) -> etree._Element:
    """A document as elements, each with its line; nothing is fetched and nothing expanded for it."""
    return etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _is_foreign(element: etree._Element, namespaces: Container[str]) -> bool:
    return _namespace(element) not in namespaces


def _namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""


def _between(element: etree._Element, root: etree._Element) -> list[etree._Element]:
    return [above for above in element.iterancestors() if above is not root]


def _path(element: etree._Element, root: etree._Element) -> str:
    names = [etree.QName(each).localname for each in (*reversed(_between(element, root)), element)]
    return "/" + "/".join(names)


def _leaves(element: etree._Element) -> int:
    """How many leaves an element is or holds."""
    return sum(1 for inner in element.iter(etree.Element) if not len(inner))


def _take_out(element: etree._Element) -> None:
    """Remove an element and keep the line break behind it."""
    above, before = element.getparent(), element.getprevious()
    if above is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        above.text = (above.text or "") + (element.tail or "")
    above.remove(element)
