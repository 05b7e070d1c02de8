"""What a verification found: five result states, never a bool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netwright.services.checks import Check, Value


class State(StrEnum):
    """The five states. "The device says no" is `failure`, "we could not ask" is `error`: never merged."""

    SUCCESS = "success"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"  # the platform cannot say, or the intent is not active: with its reason
    UNSET = "unset"  # nobody looked


@dataclass(frozen=True, slots=True)
class Verdict:
    """One check with what was observed."""

    check: Check
    state: State
    observed: str
    message: str = ""
    at: str = ""  # ISO 8601
    rows: tuple[Mapping[str, Value], ...] = ()  # what the device said, as far as it concerns the check


@dataclass(frozen=True, slots=True)
class Findings:
    """All verdicts of one run."""

    at: str
    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0

    @property
    def kept(self) -> bool:
        """Whether every promise that could be looked at is kept."""
        return not any(verdict.state in {State.FAILURE, State.ERROR} for verdict in self.verdicts)

    def count(self) -> Mapping[State, int]:
        """How many verdicts of each state."""
        return {state: sum(verdict.state is state for verdict in self.verdicts) for state in State}

    def of(self, intent: str) -> tuple[Verdict, ...]:
        """The verdicts of one intent."""
        return tuple(verdict for verdict in self.verdicts if verdict.check.intent == intent)


@dataclass(frozen=True, slots=True)
class Collected:
    """What one device said about one topic: rows, or why there are none."""

    rows: tuple[Mapping[str, Value], ...] = ()
    not_reported: str = ""  # the platform cannot say
    error: str = ""  # we could not ask


Book = Mapping[tuple[str, str], Collected]
"""(device, topic) -> what it said."""


@dataclass(frozen=True, slots=True)
class Configured:
    """Whether a device runs exactly what was planned: the first rung of the ladder."""

    device: str
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    different: tuple[str, ...] = field(default=())
