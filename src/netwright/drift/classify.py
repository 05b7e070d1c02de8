"""Drift: what a device runs against what we applied, leaf by leaf, with the intent it hurts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from netwright.plan.policy import Policies, policy_for
from netwright.plan.record import DeviceRecord, Owned
from netwright.tree import Path, Tree, container_of


class Kind(StrEnum):
    """What has become of a leaf that we use."""

    MISSING = "missing"  # we applied it; it is gone
    CHANGED = "changed"  # we applied it; it has another value
    FOREIGN = "foreign"  # inside a container that we created, and not ours


@dataclass(frozen=True, slots=True)
class Drifted:
    """One difference on one device. `policy` is what the owning intent wants done about it."""

    device: str
    kind: Kind
    path: Path
    ours: str
    found: str
    owners: tuple[str, ...]
    policy: str = "revert"


def classify(device: str, record: DeviceRecord, running: Tree, policies: Policies) -> Iterator[Drifted]:
    """The differences on one device, in path order. `policies`: intent -> its `policy.drift`."""
    for path, owned in sorted(record.leaves.items()):
        runs = running.get(path)
        if runs != owned.value:
            kind = Kind.MISSING if runs is None else Kind.CHANGED
            owners = tuple(sorted(owned.owners))
            yield Drifted(device, kind, path, owned.value, runs or "", owners, policy_for(path, owners, policies))
    yield from _foreign(device, record, running)


def _foreign(device: str, record: DeviceRecord, running: Tree) -> Iterator[Drifted]:
    """Leaves of somebody else inside containers that we created: removal would be refused because of them."""
    ours: dict[Path, Owned] = {}
    for path, owned in record.leaves.items():
        container = container_of(path, owned.value)
        if container is not None and not owned.shared:
            ours[container] = owned
    for path, value in sorted(running.items()):
        if path in record.leaves:
            continue
        for depth in range(len(path) - 1, 0, -1):
            if (holder := ours.get(path[:depth])) is not None:
                yield Drifted(device, Kind.FOREIGN, path, "", value, tuple(sorted(holder.owners)), "ignore")
                break
