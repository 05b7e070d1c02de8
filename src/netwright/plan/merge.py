"""Three-way: what we want, what we applied last, what the device runs. One device at a time, pure.

| wanted | ours (applied) | runs          | then                                                                |
|--------|----------------|---------------|---------------------------------------------------------------------|
| v      | no             | nothing       | add v; ours                                                         |
| v      | no             | v             | nothing to send; *shared*: used, never removed by us                |
| v      | no             | w             | refused, both shown; `--takeover` replaces w and keeps it for later |
| v      | yes            | v             | nothing                                                             |
| v      | yes            | w or nothing  | set v again (drift); or leave w, where the intent tolerates it      |
| no     | yes            | w             | remove it; a taken value comes back                                 |
| no     | yes            | nothing       | forget it                                                           |
| no     | shared         | anything      | leave it, forget it                                                 |
| no     | no             | w             | foreign: not ours to look at                                        |

A container that we created goes when only leaves of ours are in it; with foreign leaves in it the removal is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from netwright.plan.record import Owned
from netwright.tree import Delta, Leaf, Path, Tree, Wanted, between, container_of


@dataclass(frozen=True, slots=True)
class Clash:
    """A path that we need and that somebody else has set differently."""

    path: Path
    leaf: Leaf
    running: str


@dataclass(frozen=True, slots=True)
class Trapped:
    """A container of ours that holds somebody else's leaves: it cannot be removed."""

    container: Path
    foreign: tuple[Path, ...]
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome for one device."""

    delta: Delta
    record: Mapping[Path, Owned]  # what we own when the delta was applied
    clashes: tuple[Clash, ...] = ()
    trapped: tuple[Trapped, ...] = ()
    drifted: tuple[Path, ...] = ()  # ours, found changed on the device
    drift: Mapping[Path, str | None] = field(default_factory=dict)  # what was found there


Takeover = Callable[[Leaf], bool]
Tolerate = Callable[[Path, Leaf], bool]


def never(_path: Path, _leaf: Leaf) -> bool:
    """No drift is tolerated."""
    return False


def merge(
    wanted: Wanted,
    ours: Mapping[Path, Owned],
    running: Tree,
    baseline: Tree,
    takeover: Takeover,
    tolerate: Tolerate = never,
) -> Merged:
    """Merge one device's three sides.

    `takeover` says whether consent was given to replace a foreign value; `tolerate` whether a value of ours that was
    changed behind our back is left as it was found.
    """
    after: dict[Path, str] = dict(running)
    record: dict[Path, Owned] = {}
    clashes: list[Clash] = []
    for path, leaf in wanted.items():
        if path not in running and path not in ours and path not in baseline:  # nothing there yet: most of a new intent
            record[path] = Owned(leaf.value, leaf.owners)
            after[path] = leaf.value
            continue
        owned = _want(path, leaf, ours.get(path), running.get(path), baseline, takeover)
        if owned is None:
            clashes.append(Clash(path, leaf, running[path]))
            continue
        record[path] = owned
        before = ours.get(path)
        drifted = before is not None and before.value == leaf.value and running.get(path, leaf.value) != leaf.value
        if not (drifted and tolerate(path, leaf)):
            after[path] = leaf.value
    going = [path for path in ours if path not in wanted and not ours[path].shared]
    for path in going:
        _withdraw(path, ours[path], after)
    drift = _drift(ours, running)
    return Merged(
        delta=between(running, after),
        record=record,
        clashes=tuple(clashes),
        trapped=tuple(_trapped(going, ours, after)),
        drifted=tuple(drift),
        drift=drift,
    )


def _want(
    path: Path, leaf: Leaf, before: Owned | None, runs: str | None, baseline: Tree, takeover: Takeover
) -> Owned | None:
    """How we own a wanted leaf from now on; None when it is somebody else's."""
    held = before is not None and not before.shared
    if not held and runs not in {None, leaf.value} and not takeover(leaf):
        return None
    if baseline.get(path) == leaf.value:
        return Owned(leaf.value, leaf.owners, shared=True)  # the baseline has it, or took it in: it stays when we go
    if before is not None and held:
        return Owned(leaf.value, leaf.owners, taken=before.taken)
    if runs is None:
        return Owned(leaf.value, leaf.owners)
    if runs == leaf.value:
        return Owned(leaf.value, leaf.owners, shared=True)
    return Owned(leaf.value, leaf.owners, taken=runs)


def _withdraw(path: Path, owned: Owned, after: dict[Path, str]) -> None:
    if owned.taken is not None:
        after[path] = owned.taken
    else:
        after.pop(path, None)


def _drift(ours: Mapping[Path, Owned], running: Tree) -> dict[Path, str | None]:
    return {path: running.get(path) for path, leaf in ours.items() if running.get(path) != leaf.value}


def _trapped(going: list[Path], ours: Mapping[Path, Owned], after: Tree) -> list[Trapped]:
    """Containers that go although something stays below them."""
    owner = {
        container: ours[path].owners
        for path in going
        if path not in after and (container := container_of(path, ours[path].value)) is not None
    }
    if not owner:
        return []
    foreign: dict[Path, list[Path]] = {}
    for path in after:
        for depth in range(1, len(path)):
            if path[:depth] in owner:
                foreign.setdefault(path[:depth], []).append(path)
                break
    return [Trapped(container, tuple(sorted(foreign[container])), owner[container]) for container in foreign]
