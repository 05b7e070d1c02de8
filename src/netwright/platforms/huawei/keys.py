"""What the vendor's modules say about each element: is it a list, which are its keys, is it a leaf.

The table (`schema.json`) is derived from Huawei's published YANG modules with `tools/derive_huawei_schema.py`; it
holds names and structure, no vendor text. An inner node is an object: `$keys` makes it a list, `$presence` a
presence container, `$exclude` says which operations the vendor excludes (`c`reate, `u`pdate, `d`elete: extension
`operation-exclude`; `?ud:/a/b,/c` are those that it excludes while there is a b or c beside it). A leaf is a text: `l`
leaf, `e` leaf of type empty, `L` leaf-list, then `a` when it may be an IPv6 address or a prefix and `n` when it is an
integer, `m` when mandatory, `s` when its type is a password, then `!` with the excluded operations. A name carries its
module where that differs from the parent's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias

from netwright.tree import Path

Raw: TypeAlias = "str | bool | list[str] | dict[str, Raw]"

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
_FAMILIES = {  # namespaces of modules that the table lacks, by the first word of the module's name
    "huawei": "urn:huawei:yang:",
    "ietf": "urn:ietf:params:xml:ns:yang:",
    "openconfig": "http://openconfig.net/yang/",
}
_STEP = re.compile(r"(?P<name>[^\[]+)(?P<keys>(?:\[[^=\]]+='(?:[^']|'')*'\])*)", re.DOTALL)
_NUMBER = re.compile(r"([0-9]+)")
_KEY = re.compile(r"\[([^=\]]+)='((?:[^']|'')*)'\]", re.DOTALL)


class Kind(Enum):
    """What an element is."""

    CONTAINER = "container"
    PRESENCE = "presence container"
    LIST = "list"
    LEAF = "leaf"
    EMPTY = "empty leaf"
    LEAF_LIST = "leaf-list"
    UNKNOWN = "element of an unknown module"


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the model. `order` is its place among its siblings."""

    kind: Kind
    order: int = 0
    keys: tuple[str, ...] = ()
    excluded: str = ""
    excluded_while: tuple[str, ...] = ()  # schema paths; while there is one of these beside it,
    sometimes: str = ""  # these operations are excluded too
    mandatory: bool = False
    ordered: bool = False  # a list: the order of its entries is the user's
    secret: bool = False
    spelling: str = ""  # `a` address, `n` integer: what has more than one spelling
    children: Mapping[str, Node] = field(default_factory=dict)

    def child(self, name: str) -> Node:
        """The node below, `UNKNOWN` when the model has none of this name."""
        return self.children.get(name, UNKNOWN)


UNKNOWN = Node(Kind.UNKNOWN, order=1_000_000)
_LEAVES = {"l": Kind.LEAF, "e": Kind.EMPTY, "L": Kind.LEAF_LIST}


@dataclass(frozen=True, slots=True)
class Module:
    """One YANG module of the model."""

    namespace: str
    prefix: str
    revision: str


@dataclass(frozen=True, slots=True)
class Schema:
    """The model of one router. `references` maps the schema path of a list's key to the leaves that refer to it."""

    model: str
    root: Node
    modules: Mapping[str, Module]
    by_namespace: Mapping[str, str]
    references: Mapping[str, tuple[str, ...]]

    def namespace(self, module: str) -> str:
        """The namespace of a module, known or not."""
        if found := self.modules.get(module):
            return found.namespace
        return _FAMILIES[module.split("-", 1)[0]] + module

    def module(self, namespace: str) -> str:
        """The module of a namespace; KeyError when nobody could say."""
        if found := self.by_namespace.get(namespace):
            return found
        for family, start in _FAMILIES.items():
            if namespace.startswith(f"{start}{family}-"):
                return namespace.removeprefix(start)
        raise KeyError(namespace)


@cache
def schema() -> Schema:
    """The schema of the model that the pack was made for."""
    table = json.loads(files(__package__).joinpath("schema.json").read_text(encoding="utf-8"))
    modules = {name: Module(**facts) for name, facts in table["modules"].items()}
    return Schema(
        model=table["model"],
        root=_inner(table["tree"], 0),
        modules=modules,
        by_namespace={module.namespace: name for name, module in modules.items()},
        references={target: tuple(users) for target, users in table["references"].items()},
    )


def _inner(raw: Mapping[str, Raw], order: int) -> Node:
    keys, presence, exclude = raw.get("$keys"), raw.get("$presence"), raw.get("$exclude")
    plain = Kind.PRESENCE if presence else Kind.CONTAINER
    always, sometimes, paths = _excluded(exclude if isinstance(exclude, str) else "")
    below = {name: _node(child, number) for number, (name, child) in enumerate(raw.items()) if name[0] != "$"}
    return Node(
        kind=Kind.LIST if isinstance(keys, list) else plain,
        order=order,
        keys=tuple(keys) if isinstance(keys, list) else (),
        ordered=bool(raw.get("$ordered")),
        excluded=always,
        excluded_while=paths,
        sometimes=sometimes,
        children=below,
    )


def _node(raw: Raw, order: int) -> Node:
    if isinstance(raw, dict):
        return _inner(raw, order)
    letters, _, excluded = str(raw).partition("!")
    always, sometimes, paths = _excluded(excluded)
    return Node(
        kind=_LEAVES[letters[0]],
        order=order,
        excluded=always,
        excluded_while=paths,
        sometimes=sometimes,
        mandatory="m" in letters,
        secret="s" in letters,
        spelling="a" if "a" in letters else "n" if "n" in letters else "",
    )


def _excluded(text: str) -> tuple[str, str, tuple[str, ...]]:
    """The operations excluded always, those excluded sometimes, and while there is what."""
    always, _, condition = text.partition("?")
    sometimes, _, paths = condition.partition(":")
    return always, sometimes, tuple(paths.split(",")) if paths else ()


@cache
def excluding(operation: str) -> frozenset[str]:
    """The names of all leaves that exclude an operation (`c`, `u` or `d`), always or sometimes."""
    return frozenset(_excluding(schema().root, operation))


def _excluding(node: Node, operation: str) -> Iterator[str]:
    for name, child in node.children.items():
        if operation in child.excluded or operation in child.sometimes:
            yield name
        yield from _excluding(child, operation)


def quoted(value: str) -> str:
    """A value inside a step's quotes; a quote of its own is doubled."""
    return value.replace("'", "''")


def entry(name: str, keys: Mapping[str, str]) -> str:
    """The step of a list entry: `interface[name='x']`."""
    return name + "".join(f"[{key}='{quoted(value)}']" for key, value in keys.items())


def item(name: str, value: str) -> str:
    """The step of an entry of a leaf-list: `user[.='x']`."""
    return entry(name, {".": value})


@lru_cache(maxsize=100_000)
def split(step: str) -> tuple[str, Mapping[str, str]]:
    """A step's name and keys."""
    found = _STEP.fullmatch(step)
    if not found:
        raise ValueError(f"no step of a path: {step!r}")
    keys = {key: value.replace("''", "'") for key, value in _KEY.findall(found["keys"])}
    return found["name"], keys


@lru_cache(maxsize=50_000)
def rank(step: str) -> tuple[str, list[list[tuple[int, str]]]]:
    """Sort key of a step among its siblings: entry 2 comes before entry 10."""
    name, predicates = split(step)
    return name, [
        [(int(word), "") if word.isdecimal() and word.isascii() else (-1, word) for word in _NUMBER.split(value)]
        for value in predicates.values()
    ]


def name_of(step: str) -> str:
    """A step without its keys."""
    return split(step)[0]


def nodes(path: Path) -> Iterator[Node]:
    """The nodes along a path, from the top-level element to its last step."""
    node = schema().root
    for step in path:
        node = node.child(name_of(step))
        yield node


def node(path: Path) -> Node:
    """The node at a path. Siblings share what is above them, so that is remembered."""
    return _above(path[:-1]).child(name_of(path[-1])) if path else schema().root


@lru_cache(maxsize=50_000)
def _above(path: Path) -> Node:
    return node(path)


def schema_path(path: Path) -> str:
    """A path without the keys, as the table of references spells it."""
    return "/" + "/".join(map(name_of, path))


def module_of(step: str, parent: str) -> str:
    """The module that a step belongs to, below an element of module `parent`."""
    module, separator, _ = name_of(step).partition(":")
    return module if separator else parent
