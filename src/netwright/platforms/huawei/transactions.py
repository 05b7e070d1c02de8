"""What cannot be changed in place goes in one transaction and comes back in the next.

The vendor's modules say which leaves exclude which operations (extension `operation-exclude`): a locator's prefix
cannot be updated, a slice's data plane neither updated nor deleted, a measured flow not altered, a node's iFIT number
not while flows are measured. The list entry that holds such a leaf is removed, and before it whoever refers to it,
because a reference to nothing is refused. Who refers to what is derived from the leafrefs of the modules too, so nobody
keeps a list by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import TypeAlias

from netwright.errors import NetwrightError
from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import Kind
from netwright.tree import Delta, Path, Tree, between, show_path

Name: TypeAlias = tuple[str, str]  # the schema path of a list's key, and its value: what a leafref points to

# These exist as long as the router does: a leaf right below them goes alone.
_PERMANENT = {"instance[name='_public_']"}

# What a leaf cannot go without, because the modules' must and when say so and not a leafref: the AS number exists
# exactly while BGP is enabled, and what is BGP's exists only then (huawei-bgp, base-process/enable).
_COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "/huawei-bgp:bgp/base-process/as": (
        "/huawei-bgp:bgp/base-process",
        "/huawei-network-instance:network-instance/instances/instance/huawei-bgp:bgp",
    ),
}

# What the modules let be changed and the configuration guide does not: the parameters of a TWAMP light session are
# what they were made with (NE40E V800R012C10, TWAMP Light).
_FIXED = (
    "/huawei-twamp-controller:twamp-controller/client/sessions/session/",
    "/huawei-twamp-responder:twamp-responder/responder/test-sessions/test-session/",
)
_FIXED_ROOTS = frozenset(path.split("/")[1] for path in _FIXED)


class Immovable(NetwrightError):
    """The vendor's modules exclude a change for good: neither in place, nor by taking away what holds it."""

    exit_code = 1


def sequence(delta: Delta) -> Sequence[Delta]:
    """Return the transactions that lead from `delta.before` to `delta.after()`, one or two.

    Neither does what the modules exclude; `Immovable` where that cannot be had.
    """
    units = {unit for path in _blocked(delta) for unit in (_unit(path), *_along(path, delta.before))}
    if not units:
        return (delta,)
    after = delta.after()
    gone = _with_users(units, delta.before)
    middle = {path: value for path, value in delta.before.items() if not _within(path, gone)}
    steps = (between(delta.before, middle), between(middle, after))
    for path in (path for step in steps for path in _blocked(step)):
        reason = "the device's model excludes every way to change it, and what holds it is the device's own"
        raise Immovable(f"{show_path(path)} cannot be changed: {reason}")
    return steps


def _blocked(delta: Delta) -> Iterator[Path]:
    """The leaves that would change in a way which the device refuses, while what holds them stays."""
    cases = (("u", delta.replace), ("d", delta.remove), ("c", delta.add))
    some = [(letter, path) for letter, paths in cases for path in _may_exclude(letter, paths)]
    after = delta.after() if some else {}
    for letter, path in some:
        stays = delta.before if letter == "c" else after
        if _exists(_holder(path), stays) and _excludes(letter, path, delta.before):
            yield path


def _may_exclude(letter: str, paths: Iterable[Path]) -> list[Path]:
    """Those by whose names it can be: few leaves exclude anything, and only those are looked at."""
    names = keys.excluding(letter)
    return [path for path in paths if path[-1].partition("[")[0] in names or path[0] in _FIXED_ROOTS]


def _excludes(letter: str, path: Path, tree: Tree) -> bool:
    """Whether the device refuses an operation on a leaf: always, or while there is what its exclusion names."""
    if keys.schema_path(path).startswith(_FIXED):
        return True
    node = keys.node(path)
    return letter in node.excluded or (letter in node.sometimes and any(_beside(path, node.excluded_while, tree)))


def _exists(holder: Path, tree: Tree) -> bool:
    """Whether a tree has a list entry or presence container; the root is always there."""
    if not holder:
        return True
    node = keys.node(holder)
    return ((*holder, node.keys[0]) if node.kind is Kind.LIST else holder) in tree


def _holder(path: Path) -> Path:
    """The innermost list entry or presence container that holds a leaf; `()` for none."""
    return path[: _depth_of_holder(path[:-1])]


@lru_cache(maxsize=50_000)  # siblings share it
def _depth_of_holder(above: Path) -> int:
    kinds = (node.kind for node in keys.nodes(above))
    return max((depth for depth, kind in enumerate(kinds, start=1) if kind in {Kind.LIST, Kind.PRESENCE}), default=0)


def _unit(path: Path) -> Path:
    """What must go so that the leaf can come back: its holder, or the leaf alone when the holder is permanent."""
    holder = _holder(path)
    return path if not holder or holder[-1] in _PERMANENT else holder


def _along(path: Path, tree: Tree) -> set[Path]:
    """What goes along when a leaf has to go: what cannot be without it, and what its exclusion names."""
    companions = _COMPANIONS.get(keys.schema_path(path), ())
    return {*_beside(path, companions, tree), *_beside(path, keys.node(path).excluded_while, tree)}


def _beside(path: Path, schemas: Iterable[str], tree: Tree) -> Iterator[Path]:
    """What a tree has at schema paths, inside of whatever these have in common with a leaf's own."""
    for schema in schemas:
        steps = schema.strip("/").split("/")
        common = sum(
            1 for _ in takewhile(lambda pair: pair[0] == keys.name_of(pair[1]), zip(steps, path, strict=False))
        )
        for other in tree:
            here = other[: len(steps)]
            if other[:common] == path[:common] and keys.schema_path(here) == schema:
                yield here


def _with_users(units: set[Path], tree: Tree) -> set[Path]:
    """The units, and whoever refers to anything in them, and so on."""
    users, names = _users(tree), _names(tree)
    gone: set[Path] = set()
    waiting = sorted(units)
    while waiting:
        unit = waiting.pop()
        if _within(unit, gone):
            continue
        gone.add(unit)
        waiting += [_user_unit(user) for name in names.get(unit, []) for user in users.get(name, [])]
    return gone


def _users(tree: Tree) -> Mapping[Name, list[Path]]:
    """Who refers to what."""
    targets: dict[str, list[str]] = defaultdict(list)
    for target, users in keys.schema().references.items():
        for user in users:
            targets[user].append(target)
    found: dict[Name, list[Path]] = defaultdict(list)
    for path, value in tree.items():
        for target in targets.get(keys.schema_path(path), []):
            found[target, value].append(path)
    return found


def _names(tree: Tree) -> Mapping[Path, list[Name]]:
    """What others may refer to, by every place that holds it: its own path, and all above."""
    found: dict[Path, list[Name]] = defaultdict(list)
    for path, value in tree.items():
        schema = keys.schema_path(path)
        if schema in keys.schema().references:
            for depth in range(1, len(path) + 1):
                found[path[:depth]].append((schema, value))
    return found


def _user_unit(path: Path) -> Path:
    """What goes with a reference: the entry whose key or mandatory leaf it is, else the leaf alone."""
    *_, holder, leaf = keys.nodes(path)
    name = path[-1]
    if holder.kind is Kind.LIST and name in holder.keys:
        return path[:-1]
    return _unit(path) if leaf.mandatory else path


def _within(path: Path, units: set[Path]) -> bool:
    return any(path[:depth] in units for depth in range(1, len(path) + 1))
