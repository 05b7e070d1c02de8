"""After a kill: finish what was decided, undo what was not.

The journal says how far the killed run got; the devices say what they run. Decided (all verified): devices that still
wait are confirmed, and when every device runs what was planned the apply is finished. Anything else: every device goes
back to what it ran before. A device that cannot be reached keeps the journal open, and the next run tries again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from netwright.apply.compare import Reader
from netwright.apply.journal import Entry, Journal, Phase
from netwright.apply.model import DeviceResult, DeviceState, Outcome
from netwright.apply.transaction import verdict
from netwright.apply.undo import Undo
from netwright.errors import CandidateDirty, DeviceLocked, DeviceRefused
from netwright.platforms.base import Platform, read_tree
from netwright.tree import Path, Tree

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Fleet


@dataclass(frozen=True, slots=True)
class Recovery:
    """The journal of a killed apply, and the devices to put right."""

    journal: Journal
    fleet: Fleet
    platforms: Mapping[str, Platform]
    now: Callable[[], datetime]
    marks: Mapping[str, str]  # the apply id that each device carried before

    def run(self) -> Outcome:
        """Finish or undo. The outcome's sentence says which, and why."""
        started = self.now()
        if self.journal.phase is Phase.PREPARE:  # then what was kept of the devices may be torn, too
            return self._end(started, 0, "nothing had been committed on any device", {})
        if self.journal.phase is Phase.DONE:
            return self._end(started, 0, "it was complete and remembered", {}, Phase.DONE)
        before = self._trees("before")
        self._lock(before)
        if self.journal.phase is Phase.DECIDED and (outcome := self._finish(started, before)) is not None:
            return outcome
        return self._restore(started, before)

    def _lock(self, devices: Iterable[str]) -> None:
        """Lock what answers. Whoever works on a device now is not disturbed: then the journal stays as it is."""
        answers = self.fleet.run(devices, lambda driver: driver.lock())
        held = [answer.error for answer in answers.values() if isinstance(answer.error, DeviceLocked | CandidateDirty)]
        if held:
            self.fleet.run([name for name, answer in answers.items() if answer.ok], lambda driver: driver.unlock())
            raise held[0]

    def _trees(self, kind: str) -> dict[str, dict[Path, str]]:
        folder = self.journal.folder / kind
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
        return {name: read_tree(self.platforms[name], self.journal.kept(f"{kind}/{name}") or "") for name in names}

    def _finish(self, started: datetime, before: Mapping[str, Tree]) -> Outcome | None:
        """Confirm what waits; None when a device no longer runs what was planned."""
        after = self._trees("after")
        answers = self.fleet.run(before, lambda driver: _confirm(driver, self.journal.apply_id))
        if not all(answer.ok for answer in answers.values()):
            return None
        reads = Reader(self.fleet, self.platforms).read(after)
        if any(read.value is None or read.value != after[name] for name, read in reads.items()):
            return None
        self.fleet.run(before, lambda driver: _mark(driver, self.journal.apply_id))
        self.fleet.run(before, lambda driver: driver.unlock())
        results = {name: DeviceResult(name, DeviceState.CHANGED) for name in before}
        return self._end(started, 0, "all devices had been verified: the apply was finished", results, Phase.DONE)

    def _restore(self, started: datetime, before: Mapping[str, Tree]) -> Outcome:
        self.journal.write(Entry(self.now().isoformat(), Phase.UNDO, "recover", tuple(before)))
        undo = Undo(self.fleet, self.platforms, before, self.journal.apply_id, self.marks)
        results = undo.run(before, resumed=True)
        why = "it had not been verified everywhere: the apply was undone"
        code, sentence = verdict(0, why, results.values(), touched=True)
        return self._end(started, code, sentence, results, Phase.RESTORED if code == 0 else Phase.UNDO)

    def _end(
        self,
        started: datetime,
        code: int,
        sentence: str,
        results: Mapping[str, DeviceResult],
        phase: Phase = Phase.RESTORED,
    ) -> Outcome:
        self.journal.write(Entry(self.now().isoformat(), phase, "recovered", tuple(results)))
        said = f"apply {self.journal.apply_id} had been cut off; {sentence}"
        seconds = (self.now() - started).total_seconds()
        return Outcome(self.journal.apply_id, code, said, dict(sorted(results.items())), seconds=seconds)


def _confirm(driver: Driver, token: str) -> None:
    """Confirm what waits. A device where nothing waits was confirmed already or went back: it is read afterwards."""
    driver.reattach(token)
    try:
        if driver.has_pending_commit():
            driver.confirm_commit()
    except DeviceRefused:
        if driver.has_pending_commit():
            raise


def _mark(driver: Driver, apply_id: str) -> None:
    """Let a device carry the apply's id that was confirmed when the run was killed, and not marked yet."""
    if driver.apply_id() != apply_id:
        driver.commit_config(message=apply_id)
