"""Judge checks by what was collected. Pure: no device, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netwright.services.checks import AtLeast, AtMost, Check, Expected, Reported, Value
from netwright.verify.model import Book, Collected, State, Verdict

_NOBODY_ASKED = Collected(error="nobody asked the device")


def judge_all(checks: Iterable[Check], book: Book, at: str) -> tuple[Verdict, ...]:
    """Judge every check against the book of what the devices said."""
    return tuple(judge(check, book.get((check.device, check.topic), _NOBODY_ASKED), at) for check in checks)


def judge(check: Check, said: Collected, at: str = "") -> Verdict:
    """Judge one check.

    Expected results:

    * success: a row matches `where` and is as `expect` says (negative: no row matches);
    * failure: no row matches, or none of the matching ones is as expected (negative: one matches);
    * error: the device could not be asked;
    * skipped: the platform has no public way to say, or the device did not say what need not be said.
    """
    if said.error:
        return Verdict(check, State.ERROR, "", said.error, at)
    if said.not_reported:
        return Verdict(check, State.SKIPPED, "", said.not_reported, at)
    matching = tuple(row for row in said.rows if _matches(row, check.where))
    if check.negative:
        return _judge_absence(check, matching, at)
    return _judge_presence(check, matching, at)


def _judge_presence(check: Check, matching: tuple[Mapping[str, Value], ...], at: str) -> Verdict:
    if _only_told(check) and not any(name in row for row in matching for name in check.expect):
        return Verdict(check, State.SKIPPED, "", f"{_show(check.where)} is not reported", at)
    if not matching:
        return Verdict(check, State.FAILURE, "nothing", f"{_show(check.where)} is not there", at)
    if any(not _shortfalls(row, check.expect) for row in matching):
        return Verdict(check, State.SUCCESS, _observed(matching, check), "", at, matching)
    return Verdict(
        check, State.FAILURE, _observed(matching, check), "; ".join(_all_shortfalls(matching, check)), at, matching
    )


def _judge_absence(check: Check, matching: tuple[Mapping[str, Value], ...], at: str) -> Verdict:
    if matching:
        return Verdict(check, State.FAILURE, _show(matching[0]), f"{_show(check.where)} is there", at, matching)
    return Verdict(check, State.SUCCESS, "nothing", "", at)


def _only_told(check: Check) -> bool:
    """Whether a check judges nothing that was not said: no promise is broken when a router does not count."""
    return bool(check.expect) and all(map(_may_be_unsaid, check.expect.values()))


def _may_be_unsaid(wanted: Expected) -> bool:
    return isinstance(wanted, Reported) or (isinstance(wanted, AtMost) and wanted.if_said)


def _matches(row: Mapping[str, Value], where: Mapping[str, Value]) -> bool:
    return all(name in row and row[name] == value for name, value in where.items())


def _shortfalls(row: Mapping[str, Value], expect: Mapping[str, Expected]) -> list[str]:
    found = []
    for name, wanted in expect.items():
        if isinstance(wanted, Reported):
            continue
        if name not in row and _may_be_unsaid(wanted):
            continue
        if name not in row:
            found.append(f"{name} was not reported")
        elif not _holds(row[name], wanted):
            found.append(f"{name} is {row[name]}, expected {wanted}")
    return found


def _all_shortfalls(rows: tuple[Mapping[str, Value], ...], check: Check) -> list[str]:
    return sorted({shortfall for row in rows for shortfall in _shortfalls(row, check.expect)})


def _holds(value: Value, wanted: Expected) -> bool:
    if isinstance(wanted, AtMost):
        return _is_number(value) and float(value) <= wanted.limit
    if isinstance(wanted, AtLeast):
        return _is_number(value) and float(value) >= wanted.limit
    return value == wanted


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _observed(rows: tuple[Mapping[str, Value], ...], check: Check) -> str:
    names = tuple(check.expect) or tuple(check.where)
    return " | ".join(sorted({", ".join(f"{name} {row[name]}" for name in names if name in row) for row in rows}))


def _show(facts: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts.items())
