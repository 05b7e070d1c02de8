"""What the emulated router knows of its own schema, as nodes that the datastore walks.

The digest behind it is derived from the vendor's modules (NE40E-X8X16, 8.22.0) by `tools/derive_emulator_schema.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

NAMESPACE = "urn:huawei:yang:"

Kind: TypeAlias = Mapping[str, Any]
"""The type of a leaf as the digest has it: `base`, and what restricts it."""

_KINDS = {"c": "container", "l": "list", "f": "leaf", "L": "leaf-list", "h": "choice", "s": "case"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A `when`: the expression, and whether its context is the node itself or its parent."""

    expression: str
    on_parent: bool


@dataclass(frozen=True, slots=True)
class Child:
    """A data node below another; the choices between the two are kept as `cases` and their conditions folded in."""

    node: Node
    order: int
    cases: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...]
    is_default_case: bool


class Node:
    """A data node of the schema (RFC 7950): container, list, leaf or leaf-list."""

    __slots__ = (
        "_children",
        "_raw",
        "config",
        "default",
        "excluded",
        "keys",
        "kind",
        "mandatory",
        "module",
        "musts",
        "name",
        "presence",
        "tag",
        "type",
        "unique",
        "user_ordered",
    )

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self._children: dict[str, Child] | None = None
        self.name: str = raw["n"]
        self.module: str = raw["m"]
        self.tag = tag_of(self.module, self.name)
        self.kind = _KINDS[raw["k"]]
        self.keys: tuple[str, ...] = tuple(tag_of(self.module, key) for key in raw.get("keys", ()))
        self.unique = tuple(tuple(tag_of(self.module, part) for part in group) for group in raw.get("unique", ()))
        self.type: Kind = raw.get("t", {})
        self.default: str | None = raw.get("d")
        self.mandatory = "r" in raw
        self.presence = "p" in raw
        self.user_ordered = "o" in raw
        self.config = "x" not in raw
        self.excluded: tuple[str, ...] = tuple(raw.get("no", ()))
        self.musts: tuple[tuple[str, str], ...] = tuple(
            (expression, message) for expression, message in raw.get("u", ())
        )

    @property
    def children(self) -> Mapping[str, Child]:
        """The data nodes below, by qualified tag, in the order of the schema."""
        if self._children is None:
            found: dict[str, Child] = {}
            for child in _flatten(self._raw, (), (), default_case=True):
                found[child.node.tag] = _numbered(child, len(found))
            self._children = found
        return self._children


def tag_of(module: str, name: str) -> str:
    """The qualified XML name of a node."""
    return f"{{{NAMESPACE}{module}}}{name}"


def _numbered(child: Child, order: int) -> Child:
    return Child(child.node, order, child.cases, child.conditions, child.is_default_case)


def _conditions(raw: Mapping[str, Any]) -> tuple[Condition, ...]:
    return tuple(Condition(expression, where == "p") for expression, where in raw.get("w", ()))


def _flatten(
    raw: Mapping[str, Any], cases: tuple[tuple[str, str], ...], above: tuple[Condition, ...], *, default_case: bool
) -> Iterator[Child]:
    """Yield the data nodes below, looking through choices; a node without a case of its own is its own case."""
    for number in raw.get("c", ()):
        below = _digest()["nodes"][number]
        conditions = above + _conditions(below)
        if below["k"] == "h":
            for member in below.get("c", ()):
                case = _digest()["nodes"][member]
                here = (*cases, (f"{number}:{below['n']}", case["n"]))
                chosen = default_case and below.get("d") == case["n"]
                if case["k"] == "s":
                    yield from _flatten(case, here, conditions + _conditions(case), default_case=chosen)
                else:
                    yield Child(node(member), 0, here, conditions + _conditions(case), chosen)
        else:
            yield Child(node(number), 0, cases, conditions, default_case)


@cache
def _digest() -> dict[str, Any]:
    text = files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def node(number: int) -> Node:
    """The node of a record of the digest."""
    return Node(_digest()["nodes"][number])


@cache
def root() -> Node:
    """A container that holds the top-level nodes of all modules."""
    return Node({"n": "config", "m": "", "k": "c", "c": sorted(_digest()["roots"].values(), key=_root_order)})


def _root_order(number: int) -> tuple[str, str]:
    raw = _digest()["nodes"][number]
    return raw["m"], raw["n"]


@cache
def modules() -> Mapping[str, str]:
    """The modules that the router implements, with their revisions."""
    loaded: Mapping[str, str] = _digest()["modules"]
    return loaded


@cache
def namespaces() -> frozenset[str]:
    """The namespaces of these modules."""
    return frozenset(NAMESPACE + name for name in modules())


@cache
def expressions() -> tuple[str, ...]:
    """Every `when` and `must` expression of the schema."""
    return tuple(pair[0] for raw in _digest()["nodes"] for pair in [*raw.get("w", ()), *raw.get("u", ())])
