"""Faults on purpose: how they are written, and when they happen."""

from __future__ import annotations

import asyncio

import pytest

from netwright.emulator.device import Fault, FaultKind
from netwright.emulator.faults import (
    BadFault,
    Dropped,
    Sabotage,
    Sabotaged,
    jitter_us,
    lost_ratio,
    parse_fault,
    parse_faults,
)

DEVICES = ("pe1", "pe2")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("pe1:refuse", Fault(FaultKind.REFUSE)),
        ("pe1:drop@validate", Fault(FaultKind.DROP, "validate")),
        ("pe1:die-before-confirm", Fault(FaultKind.DIE_BEFORE_CONFIRM)),
        ("pe1:slow@commit", Fault(FaultKind.SLOW, "commit")),
        ("pe1:lie", Fault(FaultKind.LIE)),
        ("pe1:partial-rollback@rollback", Fault(FaultKind.PARTIAL_ROLLBACK, "rollback")),
        ("pe1:dead", Fault(FaultKind.DEAD)),
        ("pe1:loss", Fault(FaultKind.LOSS, "0.001")),
        ("pe1:loss@1e-4", Fault(FaultKind.LOSS, "1e-4")),
        ("pe1:jitter", Fault(FaultKind.JITTER, "1000")),
        ("pe1:jitter@25", Fault(FaultKind.JITTER, "25")),
    ],
)
def test_a_fault_is_read(text: str, fault: Fault) -> None:
    assert parse_fault(text, DEVICES) == ("pe1", fault)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pe1", "DEVICE:KIND"),
        (":refuse", "DEVICE:KIND"),
        ("pe9:refuse", "no device 'pe9'"),
        ("pe1:explode", "no kind 'explode'; there are refuse"),
        ("pe1:refuse@lunch", "no step 'lunch'; there are lock"),
        ("pe1:lie@lock", "rollback only"),
        ("pe1:loss@much", "between 0 and 1"),
        ("pe1:loss@1", "between 0 and 1"),
        ("pe1:loss@nan", "between 0 and 1"),
        ("pe1:jitter@0", "microseconds above 0"),
        ("pe1:jitter@1.5", "microseconds above 0"),
    ],
)
def test_a_wrong_text_is_explained(text: str, said: str) -> None:
    with pytest.raises(BadFault, match=said):
        parse_fault(text, DEVICES)


def test_several_faults_of_one_device_add_up() -> None:
    found = parse_faults(["pe1:refuse", "pe2:dead", "pe1:lie"], DEVICES)
    assert {name: [fault.kind for fault in faults] for name, faults in found.items()} == {
        "pe1": [FaultKind.REFUSE, FaultKind.LIE],
        "pe2": [FaultKind.DEAD],
    }


def test_the_worst_loss_counts_and_other_faults_lose_nothing() -> None:
    found = parse_faults(["pe1:loss@0.2", "pe1:loss", "pe1:slow", "pe2:dead"], DEVICES)
    assert {name: lost_ratio(faults) for name, faults in found.items()} == {"pe1": 0.2, "pe2": 0.0}
    assert lost_ratio([]) == 0.0


def test_the_worst_jitter_counts() -> None:
    found = parse_faults(["pe1:jitter@20", "pe1:jitter@300", "pe1:loss", "pe2:dead"], DEVICES)
    assert {name: jitter_us(faults) for name, faults in found.items()} == {"pe1": 300.0, "pe2": 0.0}


def test_a_refusal_happens_once_and_at_its_step() -> None:
    sabotage = Sabotage([Fault(FaultKind.REFUSE)])
    asyncio.run(sabotage.before("lock"))
    with pytest.raises(Sabotaged):
        asyncio.run(sabotage.before("stage"))
    asyncio.run(sabotage.before("stage"))


def test_a_drop_cuts_and_a_lie_stays() -> None:
    sabotage = Sabotage([Fault(FaultKind.DROP, "validate"), Fault(FaultKind.LIE)])
    with pytest.raises(Dropped):
        asyncio.run(sabotage.before("validate"))
    assert sabotage.lies()
    assert sabotage.lies()
    assert not sabotage.partial()


def test_a_dead_device_waits_for_ever_at_its_step_only() -> None:
    sabotage = Sabotage([Fault(FaultKind.DEAD, "commit")])
    assert not sabotage.dead()
    asyncio.run(sabotage.before("lock"))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(sabotage.before("commit"), 0.05))
    assert Sabotage([Fault(FaultKind.DEAD)]).dead()
