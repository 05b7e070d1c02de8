"""The fault matrix: what goes wrong, at which step, on which platform, and what is left of it: nothing.

Each row breaks one device in the middle of a change of all four, then looks at every device behind its back.
"""

from __future__ import annotations

import pytest
from system_support import DEVICE_OF, Lab

from netwright import app
from netwright.apply.model import DeviceState, Outcome

EARLY = ("lock", "snapshot", "stage", "validate")
REFUSALS = (*EARLY, "commit", "confirm")
CORE = {("refuse", "commit"), ("refuse", "confirm"), ("drop", "commit"), ("die-before-confirm", "commit")}


def rows() -> list[object]:
    """Every fault that happens once, at every step, on every platform; the heart of it in the default run."""
    table = [(kind, step) for kind in ("refuse", "drop") for step in (*REFUSALS, "verify")]
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
