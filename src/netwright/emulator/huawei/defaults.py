"""A router that does not tell a default from what was set (RFC 6243, basic mode `report-all`): the fault `report-all`.

It keeps what differs from the defaults. Whoever asks is told all of them, unless he wants them left out (`trim`).
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache

from lxml import etree

from netwright.emulator.huawei.schema import Child, Node, root
from netwright.emulator.huawei.tree import elements, tidy
from netwright.emulator.huawei.validate import DEFAULTED, fill

CAPABILITY = (
    "urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=report-all&also-supported=report-all-tagged,trim"
)
"""As the NE40E's published metadata has it."""

ASKED = "{urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults}with-defaults"


def filled(tree: etree._Element) -> etree._Element:
    """A copy with every default of what is there."""
    full = deepcopy(tree)
    fill(full, root(), full, _bringing)
    for one in full.iter():
        one.attrib.pop(DEFAULTED, "")
    return full


def trimmed(tree: etree._Element) -> etree._Element:
    """The same tree without values that are their leaf's default."""
    _trim(tree, root())
    return tidy(tree)


@cache
def _bringing(below: Node) -> tuple[Child, ...]:
    """The children of a node that a default brings into being: leaves, and containers that hold some."""
    return tuple(child for child in below.children.values() if child.node.config and _brings(child.node))


def _brings(below: Node) -> bool:
    if below.kind == "leaf":
        return below.default is not None
    return below.kind == "container" and not below.presence and bool(_bringing(below))


def _trim(parent: etree._Element, below: Node) -> None:
    for item in list(elements(parent)):
        node = below.children[item.tag].node
        if node.kind in ("container", "list"):
            _trim(item, node)
        elif node.kind == "leaf" and item.text == node.default and item.tag not in below.keys:
            parent.remove(item)
