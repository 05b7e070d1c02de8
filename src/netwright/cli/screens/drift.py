"""Drift on the screen: by device, what is not as we left it, whose promise it hurts, and what is wanted about it.

And what adopting made of it: how much the record claims, which numbers were read from the devices, which were not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from netwright.drift.adopt import Adoption
from netwright.drift.classify import Drifted, Kind
from netwright.report.words import plural
from netwright.tree import PRESENT, show_path

_MANY: Final = 10
"""So many differences of a device say that something is wrong there; who wants all of them names it."""

_TOLERATED: Final = frozenset({"ignore", "accept"})


def differs(one: Drifted) -> bool:
    """Whether this is drift at all: an owner may have said that a change here does not matter."""
    return one.kind is Kind.FOREIGN or one.policy not in _TOLERATED


def drift_screen(found: Sequence[Drifted], *, whole: bool = True) -> str:
    """The screen of `netwright drift`; not `whole`: the first differences of each device, and how many more."""
    if not found:
        return "no drift: the devices run what we left there"
    names = sorted({one.device for one in found})
    blocks = [_device(name, [one for one in found if one.device == name], whole=whole) for name in names]
    wrong, tolerated = sum(map(differs, found)), sum(not differs(one) for one in found)
    also = f", {tolerated} tolerated by policy" if tolerated else ""
    blocks.append(f"{plural(wrong, 'difference')} on {plural(len(names), 'device')}{also}")
    return "\n\n".join(blocks)


def _device(name: str, found: Sequence[Drifted], *, whole: bool) -> str:
    shown = found if whole else found[:_MANY]
    lines = [name, *(line for one in shown for line in _lines(one))]
    if len(shown) < len(found):
        lines.append(f"  {len(found) - len(shown)} more: netwright drift {name}")
    return "\n".join(lines)


def _lines(one: Drifted) -> Iterator[str]:
    path = show_path(one.path)
    match one.kind:
        case Kind.MISSING:
            yield f"- {path}{_value(one.ours)}"
        case Kind.CHANGED:
            yield f"~ {path}   ours {one.ours or 'present'}, found {one.found or 'present'}"
        case Kind.FOREIGN:
            yield f"+ {path}{_value(one.found)}   not ours, inside what we created: removal would be refused"
    yield f"    {', '.join(one.owners)}   policy: {one.policy}"


def _value(value: str) -> str:
    return "" if value == PRESENT else f"   {value}"


def drift_document(found: Sequence[Drifted]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "device": one.device,
            "kind": one.kind.value,
            "path": show_path(one.path),
            "ours": one.ours,
            "found": one.found,
            "owners": one.owners,
            "policy": one.policy,
        }
        for one in found
    ]


# ---- adopting -------------------------------------------------------------------------------------------------------


def adoption_screen(made: Adoption) -> str:
    """The screen of `netwright drift --adopt`."""
    return "\n".join(_adopted(made))


def _adopted(made: Adoption) -> Iterator[str]:
    devices = made.applied.devices
    count = sum(len(entry.leaves) for entry in devices.values())
    yield f"the record is made anew: {plural(count, 'line')} on {plural(len(devices), 'device')}"
    if made.read.found:
        yield f"the ledger has {plural(len(made.read.found), 'number')} more, read from the devices"
    if made.chosen:
        yield f"chosen anew, for nothing on a device tells them: {plural(len(made.chosen), 'number')}"
    if made.read.disputed:
        yield f"{plural(len(made.read.disputed), 'number')} left out, since the devices do not agree:"
    for claim, said in sorted(made.read.disputed.items()):
        yield f"    {claim}   {', '.join(said)}"


def adoption_document(made: Adoption) -> dict[str, object]:
    """The same for programs."""
    return {
        "apply": made.applied.apply_id,
        "devices": {name: len(entry.leaves) for name, entry in sorted(made.applied.devices.items())},
        "numbers": dict(sorted(made.read.found.items())),
        "chosen": list(made.chosen),
        "disputed": {claim: list(said) for claim, said in sorted(made.read.disputed.items())},
    }
