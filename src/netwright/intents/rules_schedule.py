"""How the fields of a schedule must fit together (RFC 9922; RFC 5545 for recurrence)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from netwright.intents.places import FieldPath
from netwright.intents.problems import Problem, warning
from netwright.intents.schedule import Recurrence, Schedule

_PERIODS = {"daily": timedelta(days=1), "weekly": timedelta(weeks=1), "monthly": timedelta(days=28)}


def schedule_problems(schedule: Schedule, path: FieldPath) -> Iterator[Problem]:
    """Everything that does not fit."""
    naive = tuple(_naive_times(schedule, path))
    yield from naive
    yield from _shape_problems(schedule, path)
    if not naive:
        yield from _zone_problems(schedule, path)
        yield from _order_problems(schedule, path)
    if schedule.recurrence:
        yield from _recurrence_problems(schedule, schedule.recurrence, path)


def _times(schedule: Schedule) -> Iterator[tuple[FieldPath, datetime]]:
    if schedule.start:
        yield ("start",), schedule.start
    if schedule.end:
        yield ("end",), schedule.end
    if schedule.recurrence and schedule.recurrence.until:
        yield ("recurrence", "until"), schedule.recurrence.until


def _naive_times(schedule: Schedule, path: FieldPath) -> Iterator[Problem]:
    for name, moment in _times(schedule):
        if moment.tzinfo is None and not schedule.time_zone:
            hint = f"time_zone: Asia/Shanghai beside it, or {moment.isoformat()}+08:00"
            yield Problem("naive-time", (*path, *name), "is a local time, and no time_zone says where", hint=hint)


def _shape_problems(schedule: Schedule, path: FieldPath) -> Iterator[Problem]:
    if schedule.end and schedule.duration:
        yield Problem("choose-one", (*path, "duration"), "stands beside end: give one of the two")
    if not schedule.start and (schedule.duration or schedule.recurrence):
        why = "a recurrence" if schedule.recurrence else "a duration"
        yield Problem("missing-field", (*path, "start"), f"is required with {why}", at_key=True)
    if schedule.recurrence and not (schedule.end or schedule.duration):
        message = "is required with a recurrence: how long is each window?"
        yield Problem("missing-field", (*path, "duration"), message, at_key=True)


def _zone_problems(schedule: Schedule, path: FieldPath) -> Iterator[Problem]:
    """An offset beside a zone must be the zone's own at that moment: else nobody knows which was meant."""
    for name, moment in _times(schedule):
        if schedule.time_zone and moment.tzinfo and moment.astimezone(schedule.zone).utcoffset() != moment.utcoffset():
            right = moment.astimezone(schedule.zone).isoformat()
            message = f"has an offset that {schedule.time_zone} does not have then"
            yield Problem("zone-mismatch", (*path, *name), message, hint=f"the same moment there is {right}")


def _order_problems(schedule: Schedule, path: FieldPath) -> Iterator[Problem]:
    if not schedule.start:
        return
    start = schedule.instant(schedule.start).astimezone(UTC)
    for name, moment in _times(schedule):
        late = schedule.instant(moment).astimezone(UTC)
        if name == ("end",) and late <= start:
            yield Problem("end-before-start", (*path, *name), "is not after start")
        if name == ("recurrence", "until") and late < start:
            yield Problem("end-before-start", (*path, *name), "is before start: there would be no window")


def _recurrence_problems(schedule: Schedule, recurrence: Recurrence, path: FieldPath) -> Iterator[Problem]:
    place: FieldPath = (*path, "recurrence")
    if recurrence.count and recurrence.until:
        yield Problem("choose-one", (*place, "until"), "stands beside count: give one of the two")
    for index, day in enumerate(recurrence.by_day):
        if len(day) > 2 and recurrence.frequency != "monthly":
            message = f"is `{day}`: counting weekdays needs frequency monthly"
            yield Problem("bad-day", (*place, "by_day", index), message)
    known = schedule.duration or (schedule.start and schedule.end and not _mixed(schedule) and schedule.length)
    if known and not recurrence.by_day and known > _PERIODS[recurrence.frequency] * recurrence.interval:
        yield warning("windows-overlap", place, "comes again before its window closes: the windows melt together")


def _mixed(schedule: Schedule) -> bool:
    return any(moment.tzinfo is None for _, moment in _times(schedule)) and not schedule.time_zone
