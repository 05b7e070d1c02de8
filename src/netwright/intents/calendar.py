"""What a schedule means in time (RFC 9922): windows, and the bandwidth of a line at any instant.

* Recurrence follows RFC 5545 by python-dateutil, on the clock of the schedule's zone: a window that opens at 22:00
  opens at 22:00 local time on both sides of a change to daylight saving time.
* A window's length is elapsed time: six hours are six hours, in the night of a change too. `end` gives the length of
  the first window, and all have the same (RFC 5545, section 3.8.5.3).
* A local time that the clock skips moves forward by the skipped hour, one that comes twice is its first coming
  (RFC 5545, section 3.3.5).
* A day that a month does not have (`monthly`, from the 31st) is left out, and so is a `start` that is not among the
  days of `by_day`: the first window is then the next day that is.
* Windows are half open, [start, end); those that touch or overlap are one.

Growth on measured load (`when` rules) is not time: it stays data for whoever measures.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from netwright.intents.schedule import WEEKDAYS, Recurrence, Schedule
from netwright.intents.services import AtRule, ElasticLine

_FREQUENCIES: Mapping[str, Literal[1, 2, 3]] = {"daily": DAILY, "weekly": WEEKLY, "monthly": MONTHLY}
_MARGIN = timedelta(days=2)  # more than any difference between a zone's clock and UTC, or between two of its offsets


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, [start, end), in UTC."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def windows(schedule: Schedule | None, since: datetime, until: datetime) -> tuple[Window, ...]:
    """Return the windows of `schedule` in [since, until): sorted, disjoint, clipped to it. No schedule: all of it."""
    since, until = _utc(since), _utc(until)
    if schedule is None:
        return (Window(since, until),) if since < until else ()
    return _windows(schedule, schedule.start and schedule.start.utcoffset(), since, until)


@lru_cache(maxsize=4096)
def _windows(schedule: Schedule, _: timedelta | None, since: datetime, until: datetime) -> tuple[Window, ...]:
    """Kept, for many lines have the same nights. Instants are equal whatever their offset, their weekdays are not."""
    found = _open_windows(schedule, since, until)
    clipped = (Window(max(window.start, since), min(window.end, until)) for window in found)
    return tuple(_melted(window for window in clipped if window.start < window.end))


def active(schedule: Schedule | None, at: datetime) -> bool:
    """Whether `schedule` has an open window at the instant."""
    return bool(windows(schedule, at, _later(_utc(at), timedelta(microseconds=1))))


def bandwidth_at(line: ElasticLine, instant: datetime) -> int:
    """The bandwidth that the calendar gives a line at an instant, in bit/s: 0 outside its schedule."""
    if not active(line.spec.schedule, instant):
        return 0
    rules = (rule for rule in line.spec.elasticity if isinstance(rule, AtRule))
    return max((rule.bandwidth for rule in rules if active(rule.at, instant)), default=line.spec.bandwidth.base)


def bandwidth_profile(line: ElasticLine, since: datetime, until: datetime) -> tuple[tuple[Window, int], ...]:
    """The line's bandwidth over [since, until): windows without gaps, each with its bit/s; neighbours differ."""
    since, until = _utc(since), _utc(until)
    held = _Timeline(windows(line.spec.schedule, since, until))
    rules = [rule for rule in line.spec.elasticity if isinstance(rule, AtRule)]
    raised = [(_Timeline(windows(rule.at, since, until)), rule.bandwidth) for rule in rules]
    changing = (*held.windows, *(window for timeline, _ in raised for window in timeline.windows))
    edges = {since, until} | {edge for window in changing for edge in (window.start, window.end)}
    steps = []
    for start, end in pairwise(sorted(edges)):
        rates = [rate for timeline, rate in raised if start in timeline]
        steps.append((Window(start, end), max(rates, default=line.spec.bandwidth.base) if start in held else 0))
    return tuple(_joined(steps))


# ---- the parts ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Timeline:
    """Sorted, disjoint windows, to be asked often."""

    windows: tuple[Window, ...]

    @cached_property
    def starts(self) -> list[datetime]:
        return [window.start for window in self.windows]

    def __contains__(self, instant: datetime) -> bool:
        position = bisect_right(self.starts, instant)
        return position > 0 and instant < self.windows[position - 1].end


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"an instant without a zone: {instant.isoformat()}")
    return instant.astimezone(UTC)


def _later(instant: datetime, length: timedelta) -> datetime:
    """`instant + length`, at most the end of the calendar."""
    last = datetime.max.replace(tzinfo=UTC)
    return last if length >= last - instant else instant + length


def _open_windows(schedule: Schedule, since: datetime, until: datetime) -> Iterator[Window]:
    """The windows that may touch [since, until), not clipped."""
    length = schedule.length
    if schedule.start is None:
        yield Window(since, min(until, _utc(schedule.instant(schedule.end))) if schedule.end else until)
        return
    for start in _starts(schedule, since, until):
        yield Window(start, until if length is None else _later(start, length))


def _starts(schedule: Schedule, since: datetime, until: datetime) -> Iterator[datetime]:
    """The instants at which windows open before `until`; those long closed by `since` may be left out."""
    assert schedule.start is not None  # noqa: S101  # asked before
    first = schedule.instant(schedule.start)
    recurrence = schedule.recurrence
    if recurrence is None:
        yield _utc(first)
        return
    zone = schedule.zone
    local = first.astimezone(zone).replace(tzinfo=None) if schedule.start.tzinfo else schedule.start
    last = _utc(schedule.instant(recurrence.until)) if recurrence.until else None
    horizon = _naive_limit(until, _MARGIN)
    for moment in _rule(recurrence, _skipped(recurrence, local, since, schedule.length), horizon):
        start = moment.replace(tzinfo=zone).astimezone(
            UTC
        )  # fold 0: see above for times that are skipped or come twice
        if start >= until or (last and start > last):
            return
        yield start


def _rule(recurrence: Recurrence, start: datetime, until: datetime) -> Iterable[datetime]:
    days = [weekday(WEEKDAYS.index(day[-2:]), int(day[:-2]) if day[:-2] else None) for day in recurrence.by_day]
    frequency, interval = _FREQUENCIES[recurrence.frequency], recurrence.interval
    if recurrence.count:
        return rrule(frequency, start, interval, count=recurrence.count, byweekday=days or None)
    return rrule(frequency, start, interval, until=until, byweekday=days or None)


def _skipped(recurrence: Recurrence, start: datetime, since: datetime, length: timedelta | None) -> datetime:
    """A later start of the same recurrence, so that a line from long ago costs no more than one from yesterday."""
    days = {"daily": 1, "weekly": 7}.get(recurrence.frequency, 0) * recurrence.interval
    before = since.replace(tzinfo=None) - start - (length or timedelta()) - _MARGIN - timedelta(days=7)
    if not days or recurrence.count or before.days < days:
        return start
    return start + timedelta(days=before.days // days * days)


def _naive_limit(instant: datetime, margin: timedelta) -> datetime:
    return _later(instant, margin).replace(tzinfo=None)


def _melted(found: Iterable[Window]) -> Iterator[Window]:
    """Windows in order, those that touch or overlap made one."""
    current: Window | None = None
    for window in sorted(found, key=lambda item: item.start):
        if current is None:
            current = window
        elif window.start <= current.end:
            current = Window(current.start, max(current.end, window.end))
        else:
            yield current
            current = window
    if current:
        yield current


def _joined(steps: Iterable[tuple[Window, int]]) -> Iterator[tuple[Window, int]]:
    """Neighbours of the same rate made one."""
    current: tuple[Window, int] | None = None
    for window, rate in steps:
        if current and current[1] == rate:
            current = (Window(current[0].start, window.end), rate)
            continue
        if current:
            yield current
        current = (window, rate)
    if current:
        yield current
