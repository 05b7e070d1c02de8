"""What cannot be changed in place goes in one transaction and comes back in the next.

The vendor's modules say which leaves exclude which operations (extension `operation-exclude`): a locator's prefix
cannot be updated, a slice's data plane neither updated nor deleted, a measured flow not altered. The list entry
that holds such a leaf is removed, and before it whoever refers to it, because a reference to nothing is refused.
Who refers to what is derived from the leafrefs of the modules too, so nobody keeps a list by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from netwright.platforms.huawei import keys
from netwright.platforms.huawei.keys import Kind, Node
from netwright.tree import Delta, Path, Tree, between

# These exist as long as the router does: a leaf right below them goes alone.
_PERMANENT = {"instance[name='_public_']"}


def sequence(delta: Delta) -> Sequence[Delta]:
    """Return the transactions that lead from `delta.before` to `delta.after()`, one or two."""
    units = {unit for path in _blocked(delta) for unit in [_unit(path)]}
    if not units:
        return (delta,)
    after = delta.after()
    gone = _with_users(units, delta.before)
    middle = {path: value for path, value in delta.before.items() if not _within(path, gone)}
    return (between(delta.before, middle), between(middle, after))


def _blocked(delta: Delta) -> Iterator[Path]:
    """The leaves that would change in a way which the device refuses."""
    after = delta.after()
    for letter, paths, survives in (
        ("u", delta.replace, after),
        ("d", delta.remove, after),
        ("c", delta.add, delta.before),
    ):
        for path in paths:
            if letter in _last(path).excluded and not _is_item(path) and _holder(path) in _entries(path, survives):
                yield path


def _is_item(path: Path) -> bool:
    return _last(path).kind is Kind.LEAF_LIST


def _entries(path: Path, tree: Tree) -> Mapping[Path, None]:
    """The list entries and presence containers on the way to `path` that `tree` has."""
    found: dict[Path, None] = {(): None}
    for depth, node in enumerate(keys.nodes(path[:-1]), start=1):
        here = path[:depth]
        marker = (*here, node.keys[0]) if node.kind is Kind.LIST else here
        if node.kind in {Kind.LIST, Kind.PRESENCE} and marker in tree:
            found[here] = None
    return found


def _holder(path: Path) -> Path:
    """The innermost list entry or presence container that holds a leaf; `()` for none."""
    depths = [
        depth for depth, node in enumerate(keys.nodes(path[:-1]), start=1) if node.kind in {Kind.LIST, Kind.PRESENCE}
    ]
    return path[: depths[-1]] if depths else ()


def _unit(path: Path) -> Path:
    """What must go so that the leaf can come back: its holder, or the leaf alone when the holder is permanent."""
    holder = _holder(path)
    return path if not holder or holder[-1] in _PERMANENT else holder


@dataclass(frozen=True, slots=True)
class _User:
    """A leaf that refers to something."""

    path: Path
    value: str


def _with_users(units: set[Path], tree: Tree) -> set[Path]:
    """The units, and whoever refers to anything in them, and so on."""
    users = _users(tree)
    gone: set[Path] = set()
    waiting = sorted(units)
    while waiting:
        unit = waiting.pop()
        if _within(unit, gone):
            continue
        gone.add(unit)
        waiting += [_user_unit(user.path) for target in _targets(unit, tree) for user in users.get(target, [])]
    return gone


def _users(tree: Tree) -> Mapping[tuple[str, str], list[_User]]:
    """Who refers to what: `(schema path of the key, value)` -> leaves."""
    targets: dict[str, list[str]] = {}
    for target, paths in keys.schema().references.items():
        for user in paths:
            targets.setdefault(user, []).append(target)
    found: dict[tuple[str, str], list[_User]] = {}
    for path, value in tree.items():
        for target in targets.get(keys.schema_path(path), []):
            found.setdefault((target, value), []).append(_User(path, value))
    return found


def _targets(unit: Path, tree: Tree) -> Iterator[tuple[str, str]]:
    """The keys in a unit that others may refer to."""
    for path, value in tree.items():
        if path[: len(unit)] == unit and (schema := keys.schema_path(path)) in keys.schema().references:
            yield schema, value


def _user_unit(path: Path) -> Path:
    """What goes with a reference: the entry whose key or mandatory leaf it is, else the leaf alone."""
    *_, holder, leaf = keys.nodes(path)
    name = path[-1]
    if holder.kind is Kind.LIST and name in holder.keys:
        return path[:-1]
    return _unit(path) if leaf.mandatory else path


def _last(path: Path) -> Node:
    *_, node = keys.nodes(path)
    return node


def _within(path: Path, units: set[Path]) -> bool:
    return any(path[:depth] in units for depth in range(1, len(path) + 1))
