"""The applies of the past: what the journals, the snapshots and the record tell of each. Reads files only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from netwright.apply.journal import Entry, Phase, past, unfinished
from netwright.apply.snapshot import read_snapshot, snapshots
from netwright.plan.record import Applied, owners_of


class Result(StrEnum):
    """What came of an apply."""

    APPLIED = "applied"
    TAKEN_BACK = "taken back"  # refused or broken: the devices run what they ran before
    UNFINISHED = "unfinished"  # killed, or a device is still unknown or wrong: the next run finishes or restores
    UNKNOWN = "unknown"  # its journal is not here: another clone's, or thrown away


class Return(StrEnum):
    """Whether `rollback` can lead to what an apply left."""

    NOW = "runs now"
    TO = "--to takes it"
    NO = ""


@dataclass(frozen=True, slots=True)
class PastApply:
    """One apply. Counts are None where nothing that is kept tells them."""

    apply_id: str
    at: str  # when it began, ISO 8601; "" where only its id tells
    result: Result
    devices: int | None  # it changed
    intents: int | None  # that were in force after it
    who: str
    commit: str
    back: Return


def history(journals: Path, kept: Path, applied: Applied) -> tuple[PastApply, ...]:
    """Every apply that is known here, oldest first; `kept` holds the snapshots, `applied` is the record of now."""
    told = past(journals)
    open_one = unfinished(journals)
    if open_one is not None:
        told[open_one.apply_id] = tuple(open_one.entries())
    left = {then.apply_id: then for then in (read_snapshot(kept, name).applied for name in snapshots(kept))}
    left[applied.apply_id] = applied
    names = (told.keys() | set(snapshots(kept)) | left.keys()) - {""}
    unfinished_id = open_one.apply_id if open_one else ""
    return tuple(
        _one(name, told.get(name, ()), left, applied.apply_id, running=name == unfinished_id) for name in sorted(names)
    )


def _one(name: str, entries: tuple[Entry, ...], left: Mapping[str, Applied], now: str, *, running: bool) -> PastApply:
    begin = next((entry for entry in entries if entry.step == "begin"), None)
    then = left.get(name)
    back = Return.NOW if name == now else Return.TO if then else Return.NO
    return PastApply(
        apply_id=name,
        at=begin.at if begin else then.at if then else "",
        result=Result.UNFINISHED if running else _result(entries, then),
        devices=len(begin.devices) if begin else _marked(then, name),
        intents=len(owners_of(then.devices.values())) if then else None,
        who=begin.facts.get("who", "") if begin else "",
        commit=begin.facts.get("commit", "") if begin else then.commit if then else "",
        back=back,
    )


def _marked(then: Applied | None, name: str) -> int | None:
    """The devices that carry its id."""
    return sum(entry.apply_id == name for entry in then.devices.values()) if then else None


def _result(entries: tuple[Entry, ...], then: Applied | None) -> Result:
    phases: Iterator[Phase] = (entry.phase for entry in entries)
    if then or Phase.DONE in phases:
        return Result.APPLIED
    return Result.TAKEN_BACK if entries else Result.UNKNOWN
