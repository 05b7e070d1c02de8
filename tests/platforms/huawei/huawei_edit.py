"""A second opinion: a small edit-config interpreter (RFC 6241, section 7.2) that knows nothing of the pack's code.

It works on plain elements, reads the same schema table for what is a list, and does what a NETCONF server does: merge,
create, remove, and the refusals.
"""

from __future__ import annotations

import copy
import json
from importlib.resources import files

from lxml import etree

YANG = "{urn:ietf:params:xml:ns:yang:1}"
NC = "{urn:ietf:params:xml:ns:netconf:base:1.0}"
TABLE = json.loads(files("netwright.platforms.huawei").joinpath("schema.json").read_text(encoding="utf-8"))
MODULES = {facts["namespace"]: name for name, facts in TABLE["modules"].items()}


class Refused(Exception):
    """What a server answers with an rpc-error."""


def apply(running: str, edit: str) -> str:
    """The configuration after an edit-config."""
    root = etree.fromstring(running) if running else etree.Element(f"{NC}config")
    _children(root, etree.fromstring(edit), TABLE["tree"], "", "merge")
    _prune(root, TABLE["tree"], "")
    return etree.tostring(root, encoding="unicode") if len(root) else ""


def _node(element: etree._Element, below: dict, module: str) -> tuple[object, str]:
    name = etree.QName(element)
    own = MODULES[name.namespace]
    return below[name.localname if own == module else f"{own}:{name.localname}"], own


def _children(target: etree._Element, edit: etree._Element, below: dict, module: str, operation: str) -> None:
    for child in edit:
        node, own = _node(child, below, module)
        _one(target, child, node, own, child.get(f"{NC}operation", operation))


def _one(target: etree._Element, edit: etree._Element, node: object, module: str, operation: str) -> None:
    found = _same(target, edit, node)
    exists_by_itself = not isinstance(node, dict) or "$keys" in node or "$presence" in node
    if operation in {"remove", "delete"}:
        if found is None and operation == "delete":
            raise Refused("data-missing")
        assert exists_by_itself, "a container without presence is not removed"
        if found is not None:
            target.remove(found)
        return
    if operation == "create":
        if found is not None and exists_by_itself:
            raise Refused("data-exists")
        if isinstance(node, dict) and "c" in node.get("$exclude", ""):
            raise Refused("the device makes these itself")
    if found is None:
        found = etree.SubElement(target, edit.tag)
    if isinstance(node, dict):
        _children(found, edit, node, module, operation)
        _insert(target, found, edit)
    else:
        found.text = edit.text


def _insert(target: etree._Element, entry: etree._Element, edit: etree._Element) -> None:
    """Put an entry where `yang:insert` says (RFC 7950, section 7.8.6)."""
    where, key = edit.get(f"{YANG}insert"), edit.get(f"{YANG}key", "")
    if where is None:
        return
    target.remove(entry)
    same = target.findall(entry.tag)
    if where == "first":
        target.insert(target.index(same[0]) if same else len(target), entry)
        return
    assert where == "after"
    [before] = target.xpath(f"*[local-name() = '{etree.QName(entry).localname}']{key}", namespaces=_prefixes(edit))
    target.insert(target.index(before) + 1, entry)


def _same(target: etree._Element, edit: etree._Element, node: object) -> etree._Element | None:
    for candidate in target.findall(edit.tag):
        if isinstance(node, dict) and "$keys" in node:
            namespace = etree.QName(edit).namespace
            keys = [f"{{{namespace}}}{key}" for key in node["$keys"]]
            if all((candidate.findtext(key) or "") == (edit.findtext(key) or "") for key in keys):
                return candidate
        elif not (isinstance(node, str) and node[0] == "L") or (candidate.text or "") == (edit.text or ""):
            return candidate
    return None


def _prune(element: etree._Element, below: dict, module: str) -> None:
    """A container without presence that holds nothing is not there."""
    for child in copy.copy(list(element)):
        node, own = _node(child, below, module)
        if isinstance(node, dict):
            _prune(child, node, own)
            if len(child) == 0 and "$presence" not in node:
                element.remove(child)


def _prefixes(element: etree._Element) -> dict[str, str]:
    return {prefix: space for prefix, space in element.nsmap.items() if prefix}
