"""Checks as data: what must be true on a device when a promise is kept.

Declared by the services, collected through the drivers, judged in `verify/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool


class Rung(IntEnum):
    """The verification ladder, the same for every intent: how far up a check proves."""

    RUNNING = 1  # the device runs what was planned
    CONTROL_PLANE = 2  # adjacency, session, route, SID, policy, channel
    PATH = 3  # the way taken is the way computed
    MEASUREMENT = 4  # measured against the promise
    NEGATIVE = 6  # what must not be, is not


@dataclass(frozen=True, slots=True)
class AtMost:
    """A measured value must not exceed `limit`."""

    limit: float

    def __str__(self) -> str:
        return f"<= {self.limit:g}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A measured value must reach `limit`."""

    limit: float

    def __str__(self) -> str:
        return f">= {self.limit:g}"


Expected: TypeAlias = Value | AtMost | AtLeast


@dataclass(frozen=True, slots=True)
class Check:
    """Among the rows of `topic` on `device`, the one that matches `where` exists and is as `expect` says.

    A negative check holds when no row matches `where`.
    """

    address: str
    intent: str
    device: str
    rung: Rung
    what: str
    topic: str
    where: Mapping[str, Value]
    expect: Mapping[str, Expected]
    negative: bool = False
