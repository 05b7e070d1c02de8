"""An apply on the screen: one line a stage, each device's own result where it differs, the outcome in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from netwright.apply.model import DeviceResult, DeviceState, Event, Outcome
from netwright.cli.screens.table import table
from netwright.report.words import counted, plural

DONE: Final = {
    "lock": "locked",
    "snapshot": "read",
    "take-in": "taken in",
    "stage": "staged",
    "validate": "validated",
    "commit": "committed",
    "verify": "verified",
    "confirm": "confirmed",
    "unlock": "unlocked",
    "rollback": "rolled back",
}
NOTHING: Final = {"verify": "no check was due: nothing is promised"}
"""What is said of a stage that had nothing to do."""

_QUIET: Final = frozenset({DeviceState.CHANGED, DeviceState.UNCHANGED})


def event_line(event: Event) -> str:
    """One stage: `staged       6/6`."""
    message = f"   {event.message}" if event.message else ""
    if not event.total:
        return f"{DONE.get(event.step, event.step):<12} {NOTHING.get(event.step, 'nothing to do')}{message}"
    return f"{DONE.get(event.step, event.step):<12} {event.done}/{event.total}{message}"


def outcome_screen(outcome: Outcome, evidence: str = "") -> str:
    """The end of an apply or a rollback; `evidence` is where the page lies."""
    lines = [*_devices(outcome), *_checks(outcome)]
    took = f" in {outcome.seconds:.1f} s" if outcome.seconds else ""
    lines.append(f"{outcome.sentence}{took}" + (f".  evidence: {evidence}" if evidence else ""))
    if outcome.exit_code:
        lines.append(f"exit {outcome.exit_code}")
    return "\n".join(lines)


def outcome_document(outcome: Outcome, evidence: str = "") -> dict[str, object]:
    """The same as a document."""
    devices = {
        name: {"state": result.state.value, "message": result.message, "line": result.line, "origin": result.origin}
        for name, result in sorted(outcome.devices.items())
    }
    return {
        "apply": outcome.apply_id,
        "plan": outcome.plan,
        "exit_code": outcome.exit_code,
        "sentence": outcome.sentence,
        "seconds": outcome.seconds,
        "devices": devices,
        "evidence": evidence,
    }


def _devices(outcome: Outcome) -> Iterator[str]:
    """Nothing when every device went the same, good way; else each device with its own word."""
    results = [outcome.devices[name] for name in sorted(outcome.devices)]
    if all(result.state in _QUIET and not result.message for result in results):
        return
    yield table([(result.device, result.state.value, result.message) for result in results])
    for result in results:
        yield from _blame(result)


def _blame(result: DeviceResult) -> Iterator[str]:
    if result.line:
        origin = f"  from {result.origin}" if result.origin else ""
        yield f"  {result.device} objected to `{result.line}`{origin}"


def _checks(outcome: Outcome) -> Iterator[str]:
    if outcome.findings is None:
        return
    total = len(outcome.findings.verdicts)
    changed = sum(result.state is DeviceState.CHANGED for result in outcome.devices.values())
    read = f"; {plural(changed, 'device')} read back: as planned" if changed else ""
    yield f"{plural(total, 'check')}: {counted(outcome.findings.count())}" if total else f"no check was due{read}"
