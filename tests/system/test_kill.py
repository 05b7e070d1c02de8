"""kill -9 of the controller at every step: the next run finishes or restores, and all devices agree."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from system_support import Controller, Lab

from netwright import app
from netwright.apply.journal import Phase, unfinished

KILLED = -signal.SIGKILL
STEPS = 20
"""More than a run has journal entries."""


def phase(lab: Lab) -> Phase:
    """How far the killed run got."""
    journal = unfinished(lab.root / "state" / "journal")
    assert journal is not None
    return journal.phase


def recovered(lab: Lab, before: dict[str, str], ledger: str) -> bool:
    """Recover, and look at everything: True when the change was finished, False when it was undone."""
    finished = phase(lab) in {Phase.DECIDED, Phase.DONE}
    outcome = lab.recover()
    assert outcome is not None
    assert outcome.exit_code == 0, outcome
    assert not lab.journal_open
    changed = lab.differing(before)
    assert changed == (list(before) if finished else []), outcome
    assert (lab.ledger == ledger) != finished
    assert "provisional" not in lab.ledger
    made = lab.plan()
    assert made.changes != finished
    return finished


@pytest.mark.timeout(600)
def test_killed_at_every_step(lab: Lab, controller: Controller) -> None:
    lab.applied("zh")
    ends = []
    for step in range(1, STEPS):
        before, ledger = lab.running(), lab.ledger
        lab.want("zh", "hz", "hf", changed=("zh",))
        code = controller.apply(lab, ("journal", step))
        if code == 0:
            break
        assert code == KILLED, controller.out.read_text()
        ends.append(recovered(lab, before, ledger))
        if ends[-1]:
            lab.applied("zh")
    assert ends == sorted(ends)
    assert ends.count(False) >= 7  # begin, lock, snapshot, stage, validate, commit, commit of ZTE, verify
    assert ends.count(True) >= 3  # confirm, confirm of ZTE, remembered
    assert not lab.plan().changes
    lab.applied()
    assert lab.differing(lab.baseline) == []


@pytest.mark.parametrize(
    "kill", [("torn", 1), ("torn", 7), ("torn", 9), ("keep", 2), ("keep", 6), ("save", 1)], ids=str
)
def test_killed_in_between(lab: Lab, controller: Controller, kill: tuple[str, int]) -> None:
    """In the middle of a journal line, between two files, between the record and the last journal entry."""
    before = lab.running()
    lab.want("zh")
    assert controller.apply(lab, kill) == KILLED, controller.out.read_text()
    outcome = lab.recover()
    assert outcome is not None
    assert outcome.exit_code == 0, outcome
    assert not lab.journal_open
    finished = kill[0] == "save"
    assert lab.differing(before) == (list(before) if finished else [])
    assert controller.apply(lab) == 0, controller.out.read_text()
    assert not lab.plan().changes
    lab.applied()
    assert lab.differing(before) == []


@pytest.mark.parametrize("verb", ["apply", "rollback"])
def test_the_next_verb_recovers_first(lab: Lab, controller: Controller, verb: str) -> None:
    lab.applied("zh")
    before = lab.running()
    lab.want("zh", "hf")
    assert controller.apply(lab, ("journal", 7)) == KILLED
    lab.want("zh")
    assert controller.run(argv=["-C", str(lab.root), verb, "--emulated", "--yes"]) == 0, controller.out.read_text()
    assert not lab.journal_open
    assert lab.differing(before if verb == "apply" else lab.baseline) == []


def test_the_switches_restore_without_us(lab: Lab, controller: Controller) -> None:
    """Killed after the last commit, and nobody comes back: each device goes back by its own switch."""
    lab.want("zh", "hf")
    code = controller.run(root=str(lab.root), confirm_timeout_s=10, kill=("journal", 9))
    assert code == KILLED, controller.out.read_text()
    assert phase(lab) is Phase.CHANGE
    assert lab.differing(lab.baseline) == list(lab.baseline)
    deadline = time.monotonic() + 60
    while lab.differing(lab.baseline):
        assert time.monotonic() < deadline, lab.differing(lab.baseline)
        time.sleep(0.2)
    outcome = lab.recover()
    assert outcome is not None
    assert outcome.exit_code == 0, outcome
    assert lab.differing(lab.baseline) == []
    assert app.apply(lab.wish, lab.plan()).outcome.exit_code == 0


def test_the_real_program_killed_from_outside(lab: Lab) -> None:
    """`python -m netwright`, killed as soon as its journal says that the commits are out."""
    lab.want("hf")
    words = ["-C", str(lab.root), "apply", "--emulated", "--yes"]
    process = subprocess.Popen([sys.executable, "-m", "netwright", *words], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any('"commit-1"' in file.read_text() for file in (lab.root / "state" / "journal").glob("*/steps.jsonl")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.kill()
    process.wait(10)
    outcome = lab.recover()
    assert outcome is not None
    assert outcome.exit_code == 0, outcome
    assert len(lab.differing(lab.baseline)) in {0, 4}
    assert lab.apply().outcome.exit_code == 0
    assert not lab.plan().changes
