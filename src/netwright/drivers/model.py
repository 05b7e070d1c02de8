"""What everybody may know of drivers without loading one: NAPALM takes longer to import than a small plan takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

Row: TypeAlias = Mapping[str, str | int | float | bool]
"""One operational fact, the same keys on every platform; see `Topic`."""


class NotReported(Exception):
    """An answer, not an error: the platform has no public way to report this topic."""


class SwitchKind(StrEnum):
    """Who restores the device when the controller dies between commit and confirm."""

    DEVICE = "device"  # the device's own confirmed commit
    TIMER = "timer"  # a timer that we armed on the box
    WATCHDOG = "watchdog"  # a process beside the controller: dies with its host


SWITCHES: Final[Mapping[str, SwitchKind]] = {
    "frr": SwitchKind.TIMER,
    "huawei": SwitchKind.DEVICE,
    "zte": SwitchKind.WATCHDOG,
}
"""By platform."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a device answers, and who we are to it. `options` are the driver's own (`optional_args` of NAPALM)."""

    hostname: str
    port: int
    username: str
    password: str
    timeout_s: int = 30
    options: Mapping[str, object] = field(default_factory=dict)
