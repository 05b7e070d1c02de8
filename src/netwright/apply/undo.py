"""Going back: every device that may have been changed runs again what it ran before, compared and not believed.

First the device's own way (cancel the pending commit, its rollback); then it is read; where it does not run what it ran
before, the difference is pushed as an ordinary change; then it is read again. A device that still differs is *wrong*
and a person is needed; one that cannot be reached is *unknown* and stays in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwright.apply.compare import Reader, compare, describe, differs
from netwright.apply.model import DeviceResult, DeviceState
from netwright.errors import DeviceError, DeviceUnreachable
from netwright.platforms.base import Platform, change_parts, join_parts
from netwright.tree import Tree, between

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Answer, Fleet


@dataclass(frozen=True, slots=True)
class Undo:
    """What going back needs: the devices, and what each of them ran before."""

    fleet: Fleet
    platforms: Mapping[str, Platform]
    before: Mapping[str, Tree]
    apply_id: str
    marks: Mapping[str, str]  # the apply id that each device carried before

    def run(self, devices: Iterable[str], *, resumed: bool = False) -> dict[str, DeviceResult]:
        """Take the named devices back. `resumed`: their sessions are new, a pending commit is taken up by its id."""
        wanted = sorted(devices)
        went_back = self.fleet.run(wanted, lambda driver: _go_back(driver, self.apply_id if resumed else ""))
        for lost in (name for name, answer in went_back.items() if isinstance(answer.error, DeviceUnreachable)):
            self.fleet.forget(lost)  # a session cut in the middle: the device may well answer a new one
        retried = [name for name, answer in went_back.items() if isinstance(answer.error, DeviceUnreachable)]
        went_back |= self.fleet.run(retried, lambda driver: _go_back(driver, self.apply_id))
        results = self._settle(wanted, went_back)
        self.fleet.run(wanted, lambda driver: driver.unlock())
        return results

    def _settle(self, devices: list[str], went_back: Mapping[str, Answer[bool]]) -> dict[str, DeviceResult]:
        reader = Reader(self.fleet, self.platforms)
        first = reader.read({name: self.before[name] for name in devices})
        cut = [name for name, answer in first.items() if isinstance(answer.error, DeviceUnreachable)]
        for name in cut:
            self.fleet.forget(name)  # cut while it was read: a new session may well read it
        first |= reader.read({name: self.before[name] for name in cut})
        astray = [name for name in devices if (runs := first[name].value) is not None and runs != self.before[name]]
        self.fleet.run(astray, lambda driver: self._push_back(driver, first[driver.name].value or {}))
        second = reader.read({name: self.before[name] for name in astray})
        return {
            name: self._result(name, second.get(name, first[name]), went_back[name], pushed=name in astray)
            for name in devices
        }

    def _push_back(self, driver: Driver, runs: Tree) -> None:
        platform = self.platforms[driver.name]
        for delta in platform.sequence(between(runs, self.before[driver.name])):
            driver.load_merge_candidate(config=join_parts(change_parts(platform, delta)))
            driver.validate()
            driver.commit_config(message=self.marks.get(driver.name, ""))

    def _result(
        self, name: str, read: Answer[dict[tuple[str, ...], str]], went_back: Answer[bool], *, pushed: bool
    ) -> DeviceResult:
        if read.value is None:
            return DeviceResult(name, DeviceState.UNKNOWN, str(read.error))
        found = compare(name, read.value, self.before[name])
        if differs(found):
            return DeviceResult(
                name,
                DeviceState.WRONG,
                f"{describe(found)}; {went_back.error or 'pushing the difference did not help'}",
            )
        if not pushed:
            return DeviceResult(name, DeviceState.ROLLED_BACK)
        return DeviceResult(name, DeviceState.ROLLED_BACK, f"{_why_pushed(went_back)}, and compared")


def _why_pushed(went_back: Answer[bool]) -> str:
    """Why a device had to be sent the difference: its own way back failed, was a lie, or was closed already."""
    if went_back.error:
        return f"its rollback failed ({went_back.error}): repaired by pushing the difference"
    if went_back.value:
        return "claimed to have rolled back and had not: repaired by pushing the difference"
    return "nothing was pending any more: taken back by pushing the difference"


def _go_back(driver: Driver, token: str) -> bool:
    """The device's own way back: only a commit that is still pending is rolled back, never an older one.

    Returns whether there was one.
    """
    if token:
        driver.reattach(token)
    try:
        driver.discard_config()
    except DeviceUnreachable:
        raise
    except DeviceError:
        pass  # nothing was staged, or the candidate is gone: what the device runs is compared afterwards
    if not driver.has_pending_commit():
        return False
    driver.rollback()
    return True
