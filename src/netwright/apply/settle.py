"""What is remembered after an apply: the ledger and the record. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from netwright.address import device_of
from netwright.alloc.ledger import QUARANTINE, Ledger
from netwright.plan.model import Plan
from netwright.plan.record import Applied, DeviceRecord, owners_of


def after_apply(
    plan: Plan,
    apply_id: str,
    at: datetime,
    commit: str,
    *,
    quarantine: timedelta = QUARANTINE,
    abandoned: Collection[str] = (),
) -> tuple[Ledger, Applied]:
    """Ledger and record when the plan is applied and verified.

    New numbers are settled; numbers that nobody needs any more go to rest, those of a device that is gone for good stay
    blocked. A device that nothing was sent to keeps the id of the apply that touched it last.
    """
    unneeded = frozenset(plan.ledger.numbers) - plan.claims
    blocked = frozenset(claim for claim in unneeded if device_of(claim) in abandoned)
    ledger = plan.ledger.settle().block(blocked, at).retire(unneeded - blocked, at, quarantine)
    devices: dict[str, DeviceRecord] = {}
    for name, change in plan.devices.items():
        before = plan.applied.device(name)
        marked = apply_id if change.changes else before.apply_id
        owned = dict(change.record) if change.record_changes else before.leaves
        if marked or owned:
            devices[name] = DeviceRecord(marked, owned)
    owning = owners_of(devices.values())
    said = {address: plan.said[address] for address in sorted(owning) if address in plan.said}
    applied = Applied(apply_id, plan.digest, commit, at.isoformat(timespec="seconds"), devices, said)
    return ledger, applied


def previous_ids(applied: Applied) -> Mapping[str, str]:
    """The apply id that each device carried before."""
    return {name: entry.apply_id for name, entry in applied.devices.items()}
