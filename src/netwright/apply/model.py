"""What an apply came to: one honest result a device, and one sentence for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netwright.verify.model import Findings


class DeviceState(StrEnum):
    """The results a device can have. They are never merged into "failed"."""

    UNCHANGED = "unchanged"  # it was not sent anything, or runs what it ran before and was never changed
    CHANGED = "changed"  # it runs what was planned
    ROLLED_BACK = "rolled-back"  # it was changed and runs what it ran before: compared
    REFUSED = "refused"  # it said no; it runs what it ran before: compared
    UNREACHABLE = "unreachable"  # it could not be reached, and was not changed by us
    UNKNOWN = "unknown"  # it was lost while it may have been changed: the next run compares and restores it
    WRONG = "wrong"  # it runs what nobody wanted: a person is needed


@dataclass(frozen=True, slots=True)
class DeviceResult:
    """One device's result with what it said."""

    device: str
    state: DeviceState
    message: str = ""
    line: str = ""  # the line or path that it refused
    origin: str = ""  # the template line and the intent field behind it


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of an apply, a rollback or a recovery."""

    apply_id: str
    exit_code: int
    sentence: str
    devices: Mapping[str, DeviceResult] = field(default_factory=dict)
    findings: Findings | None = None
    seconds: float = 0.0
    plan: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """What a transaction says while it runs: a step on some devices, and how many of them have done it."""

    step: str
    done: int
    total: int
    message: str = ""


Observer = Callable[[Event], None]


def silent(_event: Event) -> None:
    """The observer that looks away."""
