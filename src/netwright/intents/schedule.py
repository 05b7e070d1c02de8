"""When an intent holds: the shapes of RFC 9922 as fields. What they mean in time is in `calendar.py`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from netwright.intents.common import Model
from netwright.intents.types import Instant, PositiveDuration, Zone, zone_of
from netwright.intents.words import refuse, shown

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = re.compile(
    r"([+-]?[1-5])?(mo(?:n(?:day)?)?|tu(?:e(?:sday)?)?|we(?:d(?:nesday)?)?|th(?:u(?:rsday)?)?|fr(?:i(?:day)?)?|sa(?:t(?:urday)?)?|su(?:n(?:day)?)?)",
    re.IGNORECASE,
)


def _parse_day(value: object) -> str:
    """Return a weekday as RFC 5545 writes it: `monday`, `Mon` and `MO` are `MO`; `1MO`, `-1FR` count in the month."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise refuse(
            "bad-day", f"is {shown(value)}; a day is monday to sunday, or MO to SU; in a month also 1MO or -1FR"
        )
    return (found[1] or "").removeprefix("+") + found[2][:2].upper()


Day = Annotated[
    str,
    BeforeValidator(_parse_day),
    WithJsonSchema(
        {"type": "string", "description": "A weekday; in a month also the n-th.", "examples": ["monday", "MO", "-1FR"]}
    ),
]


class Recurrence(Model):
    """How the first window comes again (RFC 9922; the words of RFC 5545)."""

    frequency: Literal["daily", "weekly", "monthly"] = Field(description="The unit of `interval`.")
    interval: int = Field(default=1, strict=True, ge=1, le=1000, description="Every so many days, weeks or months.")
    by_day: tuple[Day, ...] = Field(default=(), description="Only on these weekdays.")
    count: int | None = Field(default=None, strict=True, ge=1, le=100_000, description="So many windows in all.")
    until: Instant | None = Field(default=None, description="No window starts later than this.")


class Schedule(Model):
    """One window, or many. Absent in an intent: from now on, without an end."""

    start: Instant | None = Field(default=None, description="When the first window opens; absent: it is open already.")
    end: Instant | None = Field(default=None, description="When the first window closes.")
    duration: PositiveDuration | None = Field(default=None, description="How long a window is, as elapsed time.")
    recurrence: Recurrence | None = Field(default=None, description="How the window comes again.")
    time_zone: Zone | None = Field(
        default=None, description="The IANA time zone of local times, and of the recurrence."
    )

    @property
    def zone(self) -> tzinfo | None:
        """The clock that recurrences follow: the named zone, else the offset written in `start`."""
        if self.time_zone:
            return zone_of(self.time_zone)
        return self.start.tzinfo if self.start else None

    def instant(self, moment: datetime) -> datetime:
        """`moment` of this schedule with its zone; a local time that does not exist moves forward (RFC 5545, 3.3.5)."""
        return moment if moment.tzinfo else moment.replace(tzinfo=self.zone)

    @property
    def length(self) -> timedelta | None:
        """How long a window is, as elapsed time; None: open."""
        if self.duration or not (self.start and self.end):
            return self.duration
        return self.instant(self.end).astimezone(UTC) - self.instant(self.start).astimezone(UTC)
