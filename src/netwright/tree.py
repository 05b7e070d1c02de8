"""A device's configuration as a flat, keyed tree.

A tree maps *paths* to values. A path is a tuple of steps from the root to a leaf, and each step names a
thing by its identity, never by its position: an XML list entry by its keys, a CLI line by the words that
make it what it is. Two configurations are equal when their trees are equal, whatever order they were
written in; merging, comparing and owning are dictionary work (0.8 microseconds a line).

* XML leaf: the step is the element's name, with its module where that changes from the parent
  (`huawei-ifm:ifm`), and the value is the text.
* XML list entry: `interface[name='100GE0/1/0']`; each key is also a leaf of its own under the entry.
* CLI line: the step is the line's identity (`description`), the value is the whole line.
* CLI block: the step is the block's opening line; the block itself is a leaf with the value `PRESENT`,
  because an empty block is configuration too.

How a platform's text becomes paths is that platform's business (`netwright.platforms`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple, TypeAlias

Path: TypeAlias = tuple[str, ...]
Tree: TypeAlias = Mapping[Path, str]

PRESENT = ""


class Line(NamedTuple):
    """One leaf of a parsed text: where it belongs, what it says, and on which 1-based line it stood."""

    path: Path
    value: str
    number: int


class Origin(NamedTuple):
    """Where a leaf came from: the template line that wrote it and the facts that line used.

    `because` holds `(construct attribute, reason)`; a reason is a field of the intent (`spec.bandwidth`) or the
    address of a claim in the ledger (`TenantSlice/a/pe1/vrf/rd`).
    """

    owner: str
    construct: str
    template: str
    line: int
    because: tuple[tuple[str, str], ...] = ()


class Leaf(NamedTuple):
    """A wanted value with everybody who wants it."""

    value: str
    origins: tuple[Origin, ...]

    @property
    def owners(self) -> frozenset[str]:
        """The addresses of the intents that own this leaf."""
        if len(self.origins) == 1:
            return _alone(self.origins[0].owner)
        return frozenset([origin.owner for origin in self.origins])


@lru_cache(maxsize=1 << 16)
def _alone(owner: str) -> frozenset[str]:
    """The set of one owner, made once: most leaves have one."""
    return frozenset((owner,))


Wanted: TypeAlias = Mapping[Path, Leaf]


@dataclass(frozen=True, slots=True)
class Delta:
    """The difference between two trees of one device: what one transaction sends.

    `before` is the whole tree that the device runs, so that a writer can see what surrounds a change.
    """

    before: Tree
    add: Tree
    replace: Mapping[Path, str]  # path -> new value
    remove: Tree  # path -> the value it has

    def __bool__(self) -> bool:
        return bool(self.add or self.replace or self.remove)

    def after(self) -> dict[Path, str]:
        """What the device runs when this was applied."""
        result = {path: value for path, value in self.before.items() if path not in self.remove}
        result.update(self.replace)
        result.update(self.add)
        return result

    def reverse(self) -> Delta:
        """The delta that undoes this one."""
        old = {path: self.before[path] for path in self.replace}
        return Delta(before=self.after(), add=self.remove, replace=old, remove=self.add)


def between(before: Tree, after: Tree) -> Delta:
    """Return the delta from `before` to `after`."""
    add = {path: value for path, value in after.items() if path not in before}
    replace = {path: value for path, value in after.items() if path in before and before[path] != value}
    remove = {path: value for path, value in before.items() if path not in after}
    return Delta(before=before, add=add, replace=replace, remove=remove)


def tree_of(lines: Iterable[Line]) -> dict[Path, str]:
    """Return the tree that `lines` make. A later line of the same identity wins, as on a device."""
    return {line.path: line.value for line in lines}


def fingerprint(tree: Tree) -> str:
    """A digest of a tree: equal trees, equal fingerprints, whatever the order they were written in."""
    digest = sha256()
    for path in sorted(tree):
        digest.update("\x1f".join((*path, tree[path])).encode())
        digest.update(b"\x1e")
    return digest.hexdigest()


def under(tree: Tree, prefix: Path) -> dict[Path, str]:
    """Return the leaves of `tree` at or below `prefix`."""
    depth = len(prefix)
    return {path: value for path, value in tree.items() if path[:depth] == prefix}


def container_of(path: Path, value: str) -> Path | None:
    """The container whose existence this leaf is: a block's own leaf, or a list entry's key. None for other leaves."""
    if value == PRESENT:
        return path
    parent = path[-2] if len(path) > 1 else ""
    is_key = f"[{path[-1]}='" in parent or f",{path[-1]}='" in parent
    return path[:-1] if is_key else None


def show_path(path: Path) -> str:
    """A path for people: `/huawei-ifm:ifm/interfaces/interface[name='x']`."""
    return "/" + "/".join(path)
