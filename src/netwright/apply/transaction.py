"""The transaction: all devices of a change, or none.

It walks the stages of a frozen plan. Until the first commit a failure costs nothing: candidates are discarded and the
locks given back. From the first commit until everything is verified each device has a dead-man's switch, and a failure
takes every device back. Once all is verified the change is *decided*: it is finished, also after a crash.

A journal entry is on the disk before each step (`journal.py`); after a kill `recover.py` finishes or undoes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, assert_never

from netwright.apply.blame import Where, nowhere, origin_of
from netwright.apply.compare import Reader, compare, describe, differs
from netwright.apply.journal import Entry, Journal, Phase
from netwright.apply.model import DeviceResult, DeviceState, Event, Observer, Outcome, silent
from netwright.apply.undo import Undo
from netwright.errors import CandidateDirty, DeviceError, DeviceLocked, DeviceRefused, DeviceUnreachable
from netwright.plan.model import Plan, Stage, StageKind
from netwright.platforms.base import Platform, join_parts, write_parts
from netwright.tree import fingerprint
from netwright.verify.model import Findings, State

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Answer, Fleet

T = TypeVar("T")


class Aborted(Exception):
    """A stage failed: why, on which devices, and with which exit code."""

    def __init__(self, exit_code: int, sentence: str, errors: Mapping[str, DeviceError]) -> None:
        super().__init__(sentence)
        self.exit_code, self.sentence, self.errors = exit_code, sentence, dict(errors)


@dataclass
class Transaction:
    """One apply of one plan. `verify` looks at the promises once everything is committed."""

    plan: Plan
    apply_id: str
    fleet: Fleet
    platforms: Mapping[str, Platform]  # by device
    journal: Journal
    now: Callable[[], datetime]
    verify: Callable[[], Findings]
    confirm_timeout_s: int = 300
    observe: Observer = silent
    where: Where = nowhere
    findings: Findings | None = None
    locked: set[str] = field(default_factory=set)  # what lies in their candidates is ours
    touched: set[str] = field(default_factory=set)  # a commit was sent to these

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices of the change."""
        return tuple(name for name, change in self.plan.devices.items() if change.changes)

    def run(self) -> Outcome:
        """Walk the stages. The journal is left open when a device's state is unknown or wrong."""
        started = self.now()
        try:
            for stage in self.plan.stages:
                self._walk(stage)
        except Aborted as reason:
            return self._go_back(reason, started)
        except KeyboardInterrupt:
            return self._go_back(Aborted(130, "interrupted", {}), started)
        results = {name: DeviceResult(name, DeviceState.CHANGED) for name in self.devices}
        return self._outcome(0, self._applied_sentence(), results, started)

    # ---- stages -----------------------------------------------------------------------------------------------------

    def _walk(self, stage: Stage) -> None:
        match stage.kind:
            case StageKind.LOCK:
                self._lock(stage)
            case StageKind.SNAPSHOT:
                self._snapshot(stage)
            case StageKind.TAKE_IN:
                self._step(Phase.PREPARE, stage, _take_in)
            case StageKind.STAGE:
                self._step(self._phase, stage, lambda driver: self._load(driver, stage.transaction))
            case StageKind.VALIDATE:
                self._step(self._phase, stage, lambda driver: driver.validate())
            case StageKind.COMMIT:
                self.touched.update(stage.devices)
                self._step(Phase.CHANGE, stage, self._commit)
            case StageKind.VERIFY:
                self._verify(stage)
            case StageKind.CONFIRM:
                self._confirm(stage)
            case StageKind.UNLOCK:
                self.fleet.run(stage.devices, lambda driver: driver.unlock())
            case _:
                assert_never(stage.kind)

    @property
    def _phase(self) -> Phase:
        return Phase.CHANGE if self.touched else Phase.PREPARE

    def _step(self, phase: Phase, stage: Stage, do: Callable[[Driver], T]) -> dict[str, Answer[T]]:
        self._note(phase, stage)
        answers = self.fleet.run(stage.devices, do)
        failed = {name: answer.error for name, answer in answers.items() if answer.error is not None}
        self.observe(Event(str(stage.kind), len(answers) - len(failed), len(answers)))
        if failed:
            raise Aborted(_exit_code(failed.values()), _sentence(stage, failed), failed)
        return answers

    def _lock(self, stage: Stage) -> None:
        def lock(driver: Driver) -> None:
            driver.lock()
            self.locked.add(driver.name)

        self._step(Phase.PREPARE, stage, lock)

    def _note(self, phase: Phase, stage: Stage) -> None:
        step = f"{stage.kind}-{stage.transaction}" if stage.transaction else str(stage.kind)
        self.journal.write(Entry(self.now().isoformat(), phase, step, stage.devices))

    def _snapshot(self, stage: Stage) -> None:
        self._note(Phase.PREPARE, stage)
        known = {name: self.plan.devices[name].before for name in stage.devices}
        answers = Reader(self.fleet, self.platforms).read(known)
        failed = {name: answer.error for name, answer in answers.items() if answer.error is not None}
        if failed:
            raise Aborted(_exit_code(failed.values()), _sentence(stage, failed), failed)
        moved = [name for name, answer in answers.items() if self._moved(name, answer)]
        if moved:
            raise Aborted(1, f"{', '.join(moved)} no longer runs what the plan was made from: plan again", {})
        for name in stage.devices:
            change = self.plan.devices[name]
            self.journal.keep(f"before/{name}", join_parts(write_parts(self.platforms[name], change.before)))
            self.journal.keep(f"after/{name}", join_parts(write_parts(self.platforms[name], change.after)))
        self.observe(Event(str(stage.kind), len(answers), len(answers)))

    def _moved(self, name: str, answer: Answer[dict[tuple[str, ...], str]]) -> bool:
        return fingerprint(answer.value or {}) != self.plan.devices[name].fingerprint

    def _load(self, driver: Driver, transaction: int) -> None:
        change = self.plan.devices[driver.name].transactions[transaction - 1]
        driver.load_merge_candidate(config=join_parts(change.change))

    def _commit(self, driver: Driver) -> None:
        driver.commit_config(message=self.apply_id, revert_in=self.confirm_timeout_s)

    def _verify(self, stage: Stage) -> None:
        self._note(Phase.CHANGE, stage)
        known = {name: self.plan.devices[name].after for name in stage.devices}
        answers = Reader(self.fleet, self.platforms).read(known)
        failed = {name: answer.error for name, answer in answers.items() if answer.error is not None}
        if failed:
            raise Aborted(_exit_code(failed.values()), _sentence(stage, failed), failed)
        for name, answer in answers.items():
            found = compare(name, answer.value or {}, self.plan.devices[name].after)
            if differs(found):
                error = DeviceRefused(name, f"accepted the change but does not run it: {describe(found)}")
                raise Aborted(4, str(error), {name: error})
        self.findings = self.verify()
        if not self.findings.kept:
            raise self._broken(self.findings)

    def _broken(self, findings: Findings) -> Aborted:
        """A device that could not be asked is lost (4), which counts before a promise that is not kept (3)."""
        lost = {verdict.check.device: verdict.message for verdict in findings.verdicts if verdict.state is State.ERROR}
        if not lost:
            return Aborted(3, "a promise is not kept", {})
        errors: dict[str, DeviceError] = {name: DeviceUnreachable(name, said) for name, said in sorted(lost.items())}
        return Aborted(4, f"verify: {', '.join(errors)} could not be asked", errors)

    def _confirm(self, stage: Stage) -> None:
        """Make it last. A device that does not take its confirmation takes all back, the confirmed ones by a change."""
        self._note(Phase.DECIDED, stage)
        answers = self.fleet.run(stage.devices, lambda driver: driver.confirm_commit())
        failed = {name: answer.error for name, answer in answers.items() if answer.error is not None}
        self.observe(Event(str(stage.kind), sum(answer.ok for answer in answers.values()), len(answers)))
        if failed:
            raise Aborted(_exit_code(failed.values()), _sentence(stage, failed), failed)

    # ---- the end ----------------------------------------------------------------------------------------------------

    def _go_back(self, reason: Aborted, started: datetime) -> Outcome:
        self.journal.write(Entry(self.now().isoformat(), Phase.UNDO, "rollback", tuple(sorted(self.touched))))
        untouched = [name for name in self.devices if name not in self.touched]
        self.fleet.run(self.locked - self.touched, _give_up)
        results = {name: self._untouched(name, reason.errors.get(name)) for name in untouched}
        before = {name: self.plan.devices[name].before for name in self.touched}
        marks = {name: self.plan.applied.device(name).apply_id for name in self.touched}
        undo = Undo(self.fleet, self.platforms, before, self.apply_id, marks)
        for name, result in undo.run(self.touched).items():
            results[name] = self._blame(result, reason.errors.get(name))
            self.observe(Event("rollback", len(results) - len(untouched), len(self.touched)))
        code, sentence = verdict(reason.exit_code, reason.sentence, results.values(), touched=bool(self.touched))
        return self._outcome(code, sentence, results, started)

    def _blame(self, result: DeviceResult, error: DeviceError | None) -> DeviceResult:
        """Who was the cause keeps its own word: it refused, and it runs what it ran before."""
        if error is None or result.state is not DeviceState.ROLLED_BACK:
            return result
        state = DeviceState.REFUSED if isinstance(error, DeviceRefused) else DeviceState.ROLLED_BACK
        line = error.line if isinstance(error, DeviceRefused) else ""
        said = "; ".join(filter(None, (error.message, result.message)))
        return DeviceResult(result.device, state, said, line, self._origin(result.device, line))

    def _origin(self, device: str, line: str) -> str:
        return origin_of(self.plan.devices[device].wanted, line, self.where)

    def _untouched(self, name: str, error: DeviceError | None) -> DeviceResult:
        if isinstance(error, DeviceUnreachable):
            return DeviceResult(name, DeviceState.UNREACHABLE, error.message)
        if isinstance(error, DeviceRefused):
            return DeviceResult(name, DeviceState.REFUSED, error.message, error.line, self._origin(name, error.line))
        return DeviceResult(name, DeviceState.UNCHANGED, error.message if error else "")

    def _applied_sentence(self) -> str:
        intents = len(self.plan.changed_intents)
        done = "applied" if self.plan.back_to is None else "went back by"
        return (
            f"{done} plan {self.plan.digest[:8]}: {_count(intents, 'intent')} on {_count(len(self.devices), 'device')}"
        )

    def _outcome(self, code: int, sentence: str, results: Mapping[str, DeviceResult], started: datetime) -> Outcome:
        return Outcome(
            apply_id=self.apply_id,
            exit_code=code,
            sentence=sentence,
            devices=dict(sorted(results.items())),
            findings=self.findings,
            seconds=(self.now() - started).total_seconds(),
            plan=self.plan.digest,
        )


def verdict(code: int, why: str, results: Iterable[DeviceResult], *, touched: bool) -> tuple[int, str]:
    """The exit code and the sentence after going back: 5 before 4 before 3."""
    by_state: dict[DeviceState, list[str]] = {}
    for result in results:
        by_state.setdefault(result.state, []).append(result.device)
    if wrong := by_state.get(DeviceState.WRONG):
        return 5, f"{why}; {', '.join(wrong)} does not run what it ran before: a person is needed there"
    if unknown := by_state.get(DeviceState.UNKNOWN):
        left = f"{', '.join(unknown)} is unknown: the next run compares and restores it"
        return 4, f"{why}; every reachable device runs what it ran before (compared), {left}"
    back = "every device runs what it ran before (compared)" if touched else "no device was changed"
    return code, f"{why}; {back}"


def _give_up(driver: Driver) -> None:
    """Leave a device that was never committed to as it was found."""
    try:
        driver.discard_config()
    finally:
        driver.unlock()


def _take_in(driver: Driver) -> None:
    """Prepare a device for its first change (ZTE: rollback points are off until enabled)."""
    take_in = getattr(driver, "take_in", None)
    if take_in is not None:
        take_in()


def _exit_code(errors: Iterable[DeviceError | None]) -> int:
    codes = {error.exit_code for error in errors if error is not None}
    return next((code for code in (5, 4, 75, 1) if code in codes), 70)


def _sentence(stage: Stage, failed: Mapping[str, DeviceError]) -> str:
    words = {
        DeviceLocked: "is locked",
        CandidateDirty: "has a candidate that is not ours",
        DeviceUnreachable: "was lost",
    }
    name, error = next(iter(failed.items()))
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"{stage.kind}: {name} {words.get(type(error), 'refused')}{more}: {error.message}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
