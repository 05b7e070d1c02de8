"""Adopting: a record made anew from what the devices run and what the intents compile to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from netwright.plan.build import Seen
from netwright.plan.record import Applied, DeviceRecord, Owned
from netwright.tree import Path, Tree, Wanted


def adopted(
    wanted: Mapping[str, Wanted], seen: Mapping[str, Seen], baselines: Mapping[str, Tree], commit: str, at: datetime
) -> Applied:
    """The record that claims, on each device that carries an apply id, what is wanted and there, less the baseline.

    What the baseline has too is shared: used, and left in place on removal.
    """
    devices = {}
    for name, view in seen.items():
        if view.apply_id:
            leaves = _claimed(wanted.get(name, {}), view.tree, baselines.get(name, {}))
            devices[name] = DeviceRecord(view.apply_id, leaves)
    newest = max((view.apply_id for view in seen.values()), default="")
    return Applied(newest, "", commit, at.isoformat(timespec="seconds"), devices)


def _claimed(wanted: Wanted, runs: Tree, baseline: Tree) -> dict[Path, Owned]:
    return {
        path: Owned(leaf.value, leaf.owners, shared=baseline.get(path) == leaf.value)
        for path, leaf in wanted.items()
        if runs.get(path) == leaf.value
    }
