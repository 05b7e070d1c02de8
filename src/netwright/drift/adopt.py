"""Adopting: a record made anew from what the devices run and what the intents compile to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from netwright.alloc.ledger import Ledger
from netwright.drift.numbers import Recovered
from netwright.plan.ground import Seen
from netwright.plan.record import Applied, DeviceRecord, Owned, Said, owners_of
from netwright.services.design import Design
from netwright.tree import Path, Tree, Wanted


@dataclass(frozen=True)
class Adoption:
    """What adopting made anew, and what it learnt of lost numbers."""

    applied: Applied
    read: Recovered
    chosen: tuple[str, ...]  # claims that stand on no device: their numbers are new


_NEVER = Applied()
_NOTHING_SAID: Mapping[str, Said] = {}


def adopted(
    wanted: Mapping[str, Wanted],
    seen: Mapping[str, Seen],
    baselines: Mapping[str, Tree],
    commit: str,
    at: datetime,
    before: Applied = _NEVER,
    said: Mapping[str, Said] = _NOTHING_SAID,
) -> Applied:
    """The record that claims, on each device that carries an apply id, what is wanted and there, less the baseline.

    What the baseline has too is shared: used, and left in place on removal. Where a device carries the id of its
    record, that record is kept and only added to: it alone knows what withdrawn intents own, and what
    was taken from somebody.
    """
    devices = {}
    for name, view in seen.items():
        if view.apply_id:
            known = before.device(name)
            leaves = _claimed(wanted.get(name, {}), view.tree, baselines.get(name, {}))
            kept = known.leaves if known.apply_id == view.apply_id else {}
            devices[name] = DeviceRecord(view.apply_id, {**leaves, **kept})
    newest = max((view.apply_id for view in seen.values()), default="")
    sayings = {**said, **before.intents} if before.apply_id == newest else said
    owning = {name: sayings[name] for name in sorted(owners_of(devices.values())) if name in sayings}
    return Applied(newest, "", commit, at.isoformat(timespec="seconds"), devices, owning)


def _claimed(wanted: Wanted, runs: Tree, baseline: Tree) -> dict[Path, Owned]:
    return {
        path: Owned(leaf.value, leaf.owners, shared=baseline.get(path) == leaf.value)
        for path, leaf in wanted.items()
        if runs.get(path) == leaf.value
    }


def settled(made: Design, read: Recovered, applied: Applied) -> Ledger:
    """The ledger to keep: without claims that devices disagree on, and without those of intents that run nowhere."""
    owners = {owner for record in applied.devices.values() for leaf in record.leaves.values() for owner in leaf.owners}
    return made.ledger.drop([claim for claim in made.new_claims if not _runs(claim, owners, read)]).settle()


def chosen(made: Design, read: Recovered, applied: Applied) -> tuple[str, ...]:
    """The claims of applied intents whose number stands on no device."""
    kept = settled(made, read, applied).numbers
    return tuple(claim for claim in read.unread if claim in kept)


def _runs(claim: str, owners: set[str], read: Recovered) -> bool:
    return claim not in read.disputed and "/".join(claim.split("/")[:2]) in owners
