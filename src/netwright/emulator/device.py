"""What every emulated device is to the emulator, whatever protocol it speaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from netwright.emulator.facts import Facts
from netwright.emulator.world import Operational


class FaultKind(StrEnum):
    """What can go wrong on purpose (`emulate --fault DEVICE:KIND[@STEP]`)."""

    REFUSE = "refuse"  # says no to the step (default: the first edit)
    DROP = "drop"  # cuts the session at the step
    DIE_BEFORE_CONFIRM = "die-before-confirm"  # commits, then is gone until restarted
    SLOW = "slow"  # answers each step late
    LIE = "lie"  # answers ok to a rollback and does nothing
    PARTIAL_ROLLBACK = "partial-rollback"  # answers ok to a rollback and restores only a part
    REPORT_ALL = "report-all"  # reports every default as if it had been set (RFC 6243)
    DEAD = "dead"  # never answers
    LOSS = "loss"  # loses a part of the packets that pass it (`loss@RATIO`), in measurements and counters
    JITTER = "jitter"  # delays some packets more than others (`jitter@MICROSECONDS`), as probes then measure


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    `step` is lock, snapshot, stage, validate, commit, verify, confirm or rollback, or "" for the kind's default; of
    `loss` it is the ratio of packets, of `jitter` the microseconds.
    """

    kind: FaultKind
    step: str = ""


class Paper(StrEnum):
    """What kind of document a judge is asked about."""

    EDIT = "edit"  # what somebody sends: names, types, ranges, keys
    DATASTORE = "datastore"  # a whole configuration: also references, conditions, what is missing


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing that a judge holds against a document, in its own words. `path` is that of the data; "" for none."""

    message: str
    path: str = ""


class JudgeGone(Exception):
    """The judge came to no verdict; the text says what became of it (`libyang was ended by SIGSEGV`)."""


Judge: TypeAlias = Callable[[Paper, str], Sequence[Objection]]
"""Somebody who knows the vendor's own model, and is called in a thread: nothing waits for it but who asked."""


@dataclass(slots=True)
class Setting:
    """What a device is given at birth."""

    name: str
    baseline: str  # the text of inventory/baseline/NAME.EXT (parts joined)
    state: Path | None  # where it keeps its running configuration over restarts; None: nowhere
    operational: Callable[[str], Operational]  # ask the world, by device name
    username: str = "netwright"
    password: str = "netwright"  # noqa: S105 - loopback only, and only devices that we emulate
    faults: list[Fault] = field(default_factory=list)
    judge: Judge | None = None  # holds every edit and commit against the vendor's modules, beside the device's own eyes


class EmulatedDevice(Protocol):
    """A device to practise on."""

    name: str

    @property
    def version(self) -> int:
        """Counts up at every change of the running configuration: the world recomputes only then."""

    def facts(self) -> Facts:
        """What the running configuration means."""

    def running(self) -> str:
        """The running configuration, exactly as a session would read it."""

    async def start(self, host: str, port: int) -> int:
        """Serve on `host`; `port` 0 takes a free one. Returns the port."""

    async def stop(self) -> None:
        """Close every session and the socket."""
