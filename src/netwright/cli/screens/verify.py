"""A verification on the screen: a line an intent, and every check that was not passed with what the device said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from netwright.cli.screens.table import table
from netwright.report.document import configured_document, verdict_document
from netwright.report.words import counted, plural
from netwright.verify.model import Configured, Findings, State, Verdict

_TOLD = (State.FAILURE, State.ERROR, State.SKIPPED, State.UNSET)
_MANY = 5

PROMISE: Final = {
    State.SUCCESS: "kept",
    State.FAILURE: "not kept",
    State.ERROR: "not shown",  # a device could not be asked
    State.SKIPPED: "not shown",
    State.UNSET: "not shown",
}
"""What the worst state of its checks means for a promise."""


def verify_screen(
    findings: Findings,
    configured: Iterable[Configured] = (),
    *,
    idle: Mapping[str, str] = MappingProxyType({}),
    verbose: bool = False,
    whole: bool = True,
) -> str:
    """The screen of `netwright verify`; `idle` says of intents that are off when they are on.

    `verbose` lists the passed checks too. Not `whole`: the first checks of each intent and state, and how many more.
    """
    intents = sorted({verdict.check.intent for verdict in findings.verdicts} | set(idle))
    rows = [_row(intent, findings.of(intent), idle.get(intent, "")) for intent in intents]
    parts = [
        table([("intent", "promise", "checks"), *rows], indent="") if rows else "",
        "\n".join(line for one in configured for line in _differences(one)),
        "\n".join(_all_told(findings, verbose=verbose, whole=whole or verbose)),
        _summary(findings),
    ]
    return "\n\n".join(part for part in parts if part)


def _row(intent: str, verdicts: tuple[Verdict, ...], waits: str) -> tuple[str, str, str]:
    if waits and not verdicts:
        return intent, "-", waits
    states = {verdict.state for verdict in verdicts}
    worst = next(
        (state for state in (State.FAILURE, State.ERROR, State.SUCCESS, State.SKIPPED) if state in states), State.UNSET
    )
    return intent, PROMISE[worst], counted(Counter(verdict.state for verdict in verdicts))


def _all_told(findings: Findings, *, verbose: bool, whole: bool) -> Iterator[str]:
    told: Counter[tuple[str, State]] = Counter()
    for verdict in findings.verdicts:
        intent, state = verdict.check.intent, verdict.state
        for line in _told(verdict, verbose=verbose):
            told[intent, state] += 1
            if whole or told[intent, state] <= _MANY:
                yield line
    for (intent, state), number in told.items():
        if not whole and number > _MANY:
            yield f"{state.value:<8} {intent}   {number - _MANY} more: netwright verify {intent}"


def _told(verdict: Verdict, *, verbose: bool) -> Iterator[str]:
    if verdict.state not in _TOLD and not verbose:
        return
    said = "; ".join(word for word in (verdict.observed, verdict.message) if word)
    yield f"{verdict.state.value:<8} {verdict.check.address}   {verdict.check.what}" + (f": {said}" if said else "")


def _differences(one: Configured) -> Iterator[str]:
    """The first few paths of each kind: a screen is for seeing that something is wrong, `drift` for all of it."""
    for word, paths in (("lacks", one.missing), ("has beyond", one.extra), ("has otherwise", one.different)):
        for path in paths[:_MANY]:
            yield f"{State.FAILURE.value:<8} {one.device} {word} {path}"
        if len(paths) > _MANY:
            yield f"         {one.device} {word} {len(paths) - _MANY} more: netwright drift {one.device}"


def _summary(findings: Findings) -> str:
    counts = counted(findings.count())
    total = plural(len(findings.verdicts), "check")
    took = f" in {findings.seconds:.1f} s" if findings.seconds else ""
    return f"{total}{took}: {counts}" if counts else "no checks: nothing is promised"


def verify_document(
    findings: Findings, configured: Iterable[Configured] = (), idle: Mapping[str, str] = MappingProxyType({})
) -> dict[str, object]:
    """The same for programs."""
    return {
        "at": findings.at,
        "seconds": findings.seconds,
        "kept": findings.kept,
        "count": {state.value: count for state, count in findings.count().items()},
        "verdicts": [verdict_document(verdict) for verdict in findings.verdicts],
        "configured": [configured_document(one) for one in configured],
        "idle": dict(idle),
    }
