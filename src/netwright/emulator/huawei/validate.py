"""What a router objects to when it is asked to take a candidate.

That is: mandatory, choice, unique, leafref, when, must, and the changes that the vendor excludes
(`ext:operation-exclude`). All objections come in one reply. Expressions are evaluated on a copy that has the default
values which an expression can name (RFC 7950, section 6.4.1: the accessible tree contains defaults).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from functools import cache

from lxml import etree

from netwright.emulator.huawei.errors import Problem
from netwright.emulator.huawei.schema import Child, Node, expressions, root, tag_of
from netwright.emulator.huawei.tree import elements, key_of, path_of
from netwright.emulator.huawei.values import leafrefs
from netwright.emulator.huawei.xpath import holds, values

DEFAULTED = "defaulted"
"""The attribute of what a default has brought in."""


def objections(config: etree._Element, running: etree._Element) -> list[Problem]:
    """Everything that stands against replacing `running` by `config`."""
    full = deepcopy(config)
    fill(full, root(), full)
    found = [*_judge(full, root(), _Judge(full))]
    found.extend(_excluded(config, running, root()))
    return found


# ---- defaults -------------------------------------------------------------------------------------------------------


@cache
def _named() -> frozenset[str]:
    """Every tag that some expression names: only their defaults can matter."""
    found: set[str] = set()
    for expression in expressions():
        found.update(tag_of(module, name) for module, name in re.findall(r"([\w-]+):([A-Za-z_][\w.-]*)", expression))
    return frozenset(found)


@cache
def _defaults(below: Node) -> tuple[Child, ...]:
    """The children of a node that a default value can bring into being."""
    return tuple(child for child in below.children.values() if child.node.config and _brings(child.node))


def _brings(below: Node) -> bool:
    if below.kind == "leaf":
        return below.default is not None and below.tag in _named()
    return below.kind == "container" and not below.presence and bool(_defaults(below))


def fill(
    parent: etree._Element, below: Node, config: etree._Element, children: Callable[[Node], Iterable[Child]] = _defaults
) -> None:
    """Bring in the defaults of what is there, among `children` of a node, where their cases and conditions hold."""
    present = {child.tag for child in elements(parent)}
    chosen = {case for tag in present for case in below.children[tag].cases}
    later: list[Child] = []
    for child in children(below):
        if child.node.tag not in present and _in_case(child, chosen):
            if child.conditions:
                later.append(child)
            else:
                _bring(parent, child.node)
    for item in list(elements(parent)):
        place = below.children[item.tag].node
        if place.kind in ("container", "list"):
            fill(item, place, config, children)
    for child in later:
        _bring_if(parent, child, config, children)


def _in_case(child: Child, chosen: set[tuple[str, str]]) -> bool:
    """A default inside a choice counts when its case is chosen, or when none is and it is the default case."""
    for choice, case in child.cases:
        taken = {name for other, name in chosen if other == choice}
        if (taken and case not in taken) or (not taken and not child.is_default_case):
            return False
    return True


def _bring(parent: etree._Element, child: Node) -> etree._Element:
    item = etree.SubElement(parent, child.tag, {DEFAULTED: ""})
    if child.kind == "leaf":
        item.text = child.default
    return item


def _bring_if(
    parent: etree._Element, child: Child, config: etree._Element, children: Callable[[Node], Iterable[Child]]
) -> None:
    item = _bring(parent, child.node)
    if not all(holds(when.expression, parent if when.on_parent else item, config) for when in child.conditions):
        parent.remove(item)
    elif child.node.kind == "container":
        fill(item, child.node, config, children)


# ---- judging --------------------------------------------------------------------------------------------------------


class _Judge:
    """Looks at one tree; remembers the values of absolute leafref paths."""

    def __init__(self, config: etree._Element) -> None:
        self.config = config
        self._targets: dict[str, frozenset[str]] = {}

    def targets(self, path: str, context: etree._Element) -> frozenset[str]:
        if "$current" in path or not path.startswith("$root"):
            return values(path, context, self.config)
        if path not in self._targets:
            self._targets[path] = values(path, context, self.config)
        return self._targets[path]


def _judge(parent: etree._Element, below: Node, judge: _Judge) -> Iterator[Problem]:
    given = [item for item in elements(parent) if DEFAULTED not in item.attrib]
    yield from _children(parent, below, given, judge)
    for item in given:
        child = below.children[item.tag]
        yield from _item(item, child, judge)
        if child.node.kind in ("container", "list"):
            yield from _judge(item, child.node, judge)


def _item(item: etree._Element, child: Child, judge: _Judge) -> Iterator[Problem]:
    """What is wrong with one node by itself."""
    for when in child.conditions:
        parent = item.getparent()
        context = parent if when.on_parent and parent is not None else item
        if not holds(when.expression, context, judge.config):
            message = f'When condition "{when.expression}" not satisfied. (path "{path_of(item)}")'
            yield Problem("operation-failed", message)
    for expression, said in child.node.musts:
        if not holds(expression, item, judge.config):
            message = said or f'Must condition "{expression}" not satisfied.'
            yield Problem("operation-failed", message, path=path_of(item), app_tag="must-violation")
    wanted = leafrefs(child.node.type)
    text = (item.text or "").strip()
    if wanted and not any(text in judge.targets(one["path"], item) for one in wanted):
        target = wanted[0]["path"].replace("$root", "")
        message = f'Invalid leafref value "{text}" - no target instance "{target}" with the same value.'
        yield Problem("data-missing", message, path=path_of(item), app_tag="instance-required")


def _children(parent: etree._Element, below: Node, given: list[etree._Element], judge: _Judge) -> Iterator[Problem]:
    """What is wrong with the children of one node together."""
    chosen: dict[str, set[str]] = {}
    for item in given:
        for choice, case in below.children[item.tag].cases:
            chosen.setdefault(choice, set()).add(case)
    for choice, cases in chosen.items():
        if len(cases) > 1:
            name = choice.partition(":")[2]
            both = '" and "'.join(sorted(cases))
            message = f'Data for both cases "{both}" exist of choice "{name}". (path "{path_of(parent)}")'
            yield Problem("operation-failed", message)
    present = {item.tag for item in given}
    for child in _mandatory(below):
        if child.node.tag not in present and _needed(parent, child, chosen, judge):
            message = f'Mandatory node "{child.node.name}" instance does not exist.'
            yield Problem("data-missing", message, path=path_of(parent), app_tag="missing-element")
    yield from _unique(below, given)


@cache
def _mandatory(below: Node) -> tuple[Child, ...]:
    return tuple(
        child
        for child in below.children.values()
        if child.node.mandatory and child.node.config and child.node.tag not in below.keys
    )


def _needed(parent: etree._Element, child: Child, chosen: dict[str, set[str]], judge: _Judge) -> bool:
    """Whether a mandatory node applies: its case is the chosen one, and its conditions hold."""
    if any(case not in chosen.get(choice, ()) for choice, case in child.cases):
        return False
    probe = etree.SubElement(parent, child.node.tag)
    try:
        return all(
            holds(when.expression, parent if when.on_parent else probe, judge.config) for when in child.conditions
        )
    finally:
        parent.remove(probe)


def _unique(below: Node, given: list[etree._Element]) -> Iterator[Problem]:
    """Two entries of a list that must not share a value and do."""
    seen: dict[tuple[str, tuple[str, ...], tuple[str | None, ...]], tuple[str, ...]] = {}
    for item in given:
        place = below.children[item.tag].node
        for group in place.unique:
            texts = tuple(item.findtext(tag) for tag in group)
            if None in texts:
                continue
            first = seen.setdefault((item.tag, group, texts), key_of(item, place))
            if first != key_of(item, place):
                message = f'Unique data leaf(s) "{" ".join(tag.rpartition("}")[2] for tag in group)}" not satisfied.'
                yield Problem("operation-failed", message, path=path_of(item), app_tag="data-not-unique")


# ---- what cannot be changed in place --------------------------------------------------------------------------------


def _excluded(config: etree._Element, running: etree._Element, below: Node) -> Iterator[Problem]:
    """Leaves whose update or deletion the vendor's model excludes while the node above them stays."""
    before = {_identity(item, below): item for item in elements(running)}
    for item in elements(config):
        old = before.pop(_identity(item, below), None)
        place = below.children[item.tag].node
        if old is None:
            continue
        if place.kind in ("container", "list"):
            yield from _excluded(item, old, place)
        elif "update" in place.excluded and (item.text or "") != (old.text or ""):
            yield _refusal("modified", item)
    for old in before.values():
        if "delete" in below.children[old.tag].node.excluded and below.kind == "list":
            yield _refusal("deleted", old)


def _identity(item: etree._Element, below: Node) -> tuple[str, tuple[str, ...]]:
    place = below.children[item.tag].node
    if place.kind == "leaf-list":
        return item.tag, (item.text or "",)
    return item.tag, key_of(item, place) if place.kind == "list" else ()


def _refusal(word: str, item: etree._Element) -> Problem:
    name = item.tag.rpartition("}")[2]
    return Problem(
        "operation-failed",
        f'The configuration of node "{name}" cannot be {word}.',
        path=path_of(item),
        app_tag="operation-excluded",
    )
