"""The verdict after going back: 5 before 4 before 3, and a sentence that says what is so."""

from __future__ import annotations

import pytest

from netwright.apply.model import DeviceResult, DeviceState
from netwright.apply.transaction import verdict

BACK, UNKNOWN, WRONG = DeviceState.ROLLED_BACK, DeviceState.UNKNOWN, DeviceState.WRONG


@pytest.mark.parametrize(
    ("code", "states", "ends", "says"),
    [
        (3, [BACK, BACK], 3, "every device runs what it ran before (compared)"),
        (4, [BACK, DeviceState.REFUSED], 4, "every device runs what it ran before (compared)"),
        (3, [BACK, UNKNOWN], 4, "d1 is unknown: the next run compares and restores it"),
        (130, [UNKNOWN, UNKNOWN], 4, "d0, d1 is unknown"),
        (3, [WRONG, UNKNOWN], 5, "d0 does not run what it ran before: a person is needed there"),
        (4, [BACK, WRONG], 5, "d1 does not run what it ran before"),
        (130, [BACK, BACK], 130, "why; every device"),
    ],
)
def test_verdict(code: int, states: list[DeviceState], ends: int, says: str) -> None:
    results = [DeviceResult(f"d{number}", state) for number, state in enumerate(states)]
    found, sentence = verdict(code, "why", results, touched=True)
    assert found == ends
    assert says in sentence


def test_nothing_touched() -> None:
    assert verdict(75, "why", [], touched=False) == (75, "why; no device was changed")
