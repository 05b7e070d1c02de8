"""The fault matrix: what goes wrong, at which step, on which platform, and what is left of it: nothing.

Each row breaks one device in the middle of a change of all four, then looks at every device behind its back.
"""

from __future__ import annotations

import pytest
from system_support import DEVICE_OF, Boot, Lab

from netwright import app
from netwright.apply.model import DeviceState, Outcome
from netwright.errors import DeviceUnreachable

EARLY = ("lock", "snapshot", "stage", "validate")
REFUSALS = (*EARLY, "commit", "confirm")
CORE = {("refuse", "confirm"), ("drop", "commit"), ("die-before-confirm", "commit")}


def rows() -> list[object]:
    """Every fault that happens once, at every step, on every platform; the heart of it in the default run."""
    table = [(kind, step) for kind in ("refuse", "drop") for step in REFUSALS]
    table.append(("die-before-confirm", "commit"))
    return [
        pytest.param(kind, step, platform, marks=() if (kind, step) in CORE else pytest.mark.slow)
        for kind, step in table
        for platform in DEVICE_OF
    ]


def change(lab: Lab, *faults: str) -> Outcome:
    """Plan the change of all devices in peace, break one, apply."""
    lab.want("zh", "hz", "hf", changed=("zh",))
    made = lab.plan()
    lab.break_(*faults)
    return app.apply(lab.wish, made, 120).outcome


@pytest.mark.parametrize(("kind", "step", "platform"), rows())
def test_nothing_stays(lab: Lab, kind: str, step: str, platform: str) -> None:
    lab.applied("zh")
    before, ledger = lab.running(), lab.ledger
    broken = DEVICE_OF[platform]
    outcome = change(lab, f"{broken}:{kind}@{step}")
    assert outcome.exit_code == 4, outcome
    assert broken in outcome.sentence
    states = {name: result.state for name, result in outcome.devices.items()}
    died = kind == "die-before-confirm"
    assert (states[broken] is DeviceState.UNKNOWN) == died, outcome
    assert lab.journal_open == died
    assert [name for name in lab.differing(before) if not (died and name == broken)] == []
    assert lab.ledger == ledger
    lab.heal()
    recovered = lab.recover()
    assert (recovered is not None) == died
    assert lab.differing(before) == []
    assert lab.ledger == ledger
    assert not lab.journal_open
    assert lab.apply().outcome.exit_code == 0
    assert not lab.plan().changes
    lab.applied()
    assert lab.differing(lab.baseline) == []


@pytest.mark.parametrize("platform", DEVICE_OF)
@pytest.mark.parametrize("kind", ["lie", pytest.param("partial-rollback", marks=pytest.mark.slow)])
def test_a_liar_is_caught(lab: Lab, kind: str, platform: str) -> None:
    """It says that it has gone back; comparison says that it has not; it is repaired, and the report names it."""
    lab.applied("zh")
    before, ledger = lab.running(), lab.ledger
    liar = DEVICE_OF[platform]
    refuser, step = ("r3", "confirm") if platform == "zte" else ("r1", "commit")
    outcome = change(lab, f"{liar}:{kind}", f"{refuser}:refuse@{step}")
    assert outcome.exit_code == 4, outcome
    assert outcome.devices[refuser].state is DeviceState.REFUSED
    assert outcome.devices[liar].state is DeviceState.ROLLED_BACK
    assert "pushing the difference, and compared" in outcome.devices[liar].message
    assert lab.differing(before) == []
    assert lab.ledger == ledger
    assert not lab.journal_open


@pytest.mark.slow
@pytest.mark.parametrize("platform", DEVICE_OF)
def test_dead_since_the_plan(lab: Lab, platform: str) -> None:
    """Whoever does not answer the first word stops the change before any device runs anything new."""
    lab.applied("zh")
    before, ledger = lab.running(), lab.ledger
    lab.want("zh", "hz", "hf", changed=("zh",))
    made = lab.plan()
    lab.emulated.do(lab.emulated.devices[DEVICE_OF[platform]].stop())
    outcome = app.apply(lab.wish, made, 120).outcome
    assert outcome.exit_code == 4, outcome
    assert outcome.devices[DEVICE_OF[platform]].state is DeviceState.UNREACHABLE
    assert lab.differing(before) == []
    assert lab.ledger == ledger
    assert not lab.journal_open


@pytest.mark.slow
@pytest.mark.parametrize("platform", DEVICE_OF)
def test_dead_from_the_start(boot: Boot, platform: str) -> None:
    """Nobody plans in the dark."""
    lab = boot(f"{DEVICE_OF[platform]}:dead")
    lab.want("zh")
    with pytest.raises(DeviceUnreachable, match=DEVICE_OF[platform]):
        lab.plan()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("platform", DEVICE_OF)
def test_slow_is_no_fault(boot: Boot, platform: str) -> None:
    lab = boot(f"{DEVICE_OF[platform]}:slow@commit")
    lab.applied("zh")
    assert not lab.plan().changes


@pytest.mark.slow
@pytest.mark.parametrize("platform", DEVICE_OF)
@pytest.mark.parametrize("kind", ["refuse", "drop"])
def test_trouble_while_verifying_is_all_or_nothing(lab: Lab, kind: str, platform: str) -> None:
    """A question that was not answered once may be asked again; then the change is whole, else nothing of it stays."""
    lab.applied("zh")
    before, ledger = lab.running(), lab.ledger
    outcome = change(lab, f"{DEVICE_OF[platform]}:{kind}@verify")
    assert lab.differing(before) == ([] if outcome.exit_code else list(before))
    assert (lab.ledger == ledger) == bool(outcome.exit_code)
    assert not lab.journal_open
    assert lab.plan().changes == bool(outcome.exit_code)
    assert outcome.exit_code in {0, 4}, outcome
