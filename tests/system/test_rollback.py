"""Going back on purpose, and changes that need more than one transaction."""

from __future__ import annotations

import pytest
from system_support import DEVICE_OF, FABRIC, Lab

from netwright import app
from netwright.errors import Refused


def back(lab: Lab, to: str = "") -> None:
    done = app.apply(lab.wish, app.plan_back(lab.wish, to))
    assert done.outcome.exit_code == 0, done.outcome


def test_back_to_what_an_apply_left(lab: Lab) -> None:
    first = lab.applied("zh").outcome.apply_id
    left = lab.running()
    second = lab.applied("zh", "hf", "rdma").outcome.apply_id
    second_left = lab.running()
    third = lab.applied("hf").outcome.apply_id
    back(lab)
    assert lab.differing(second_left) == []
    back(lab, first)
    assert lab.differing(left) == []
    back(lab, second)
    assert set(lab.differing(second_left)) <= {"r2"}  # a box numbers new interfaces by itself
    assert not app.plan_back(lab.wish, lab.network.applied.apply_id).changes
    with pytest.raises(Refused) as refused:
        app.plan_back(lab.wish, "nw-never")
    [finding] = refused.value.diagnostics
    assert finding.code == "no-such-apply"
    assert third in finding.hint
    lab.applied()
    assert lab.differing(lab.baseline) == []


def test_nothing_to_go_back_to(lab: Lab) -> None:
    lab.want("zh")
    with pytest.raises(Refused) as refused:
        app.plan_back(lab.wish, "")
    assert [finding.code for finding in refused.value.diagnostics] == ["nothing-to-go-back"]


def moved(lab: Lab) -> None:
    """The Fabric's locator block is another one: what uses the locators moves first."""
    file = lab.root / "intents" / "fabric.yaml"
    file.write_text(FABRIC.replace("fd00:1::/32", "fd00:2::/32"), encoding="utf-8")


def test_a_change_in_two_transactions(lab: Lab) -> None:
    lab.applied("zh", "hf")
    before = lab.running()
    moved(lab)
    made = lab.plan()
    assert max(len(change.transactions) for change in made.devices.values()) > 1
    done = app.apply(lab.wish, made)
    assert done.outcome.exit_code == 0, done.outcome
    assert not lab.plan().changes
    assert all("fd00:1:" not in text for text in lab.running().values())
    back(lab)
    assert lab.differing(before) == []
    lab.applied()
    assert lab.differing(lab.baseline) == []


@pytest.mark.parametrize("platform", DEVICE_OF)
def test_a_refusal_in_the_second_transaction(lab: Lab, platform: str) -> None:
    lab.applied("zh", "hf")
    before, ledger = lab.running(), lab.ledger
    moved(lab)
    made = lab.plan()
    if len(made.devices[DEVICE_OF[platform]].transactions) < 2:
        pytest.skip(f"one transaction is enough on {platform}")

    def at_the_second(event: object) -> None:
        if getattr(event, "step", "") == "commit":
            lab.break_(f"{DEVICE_OF[platform]}:refuse@commit")

    outcome = app.apply(lab.wish, made, 120, at_the_second).outcome
    assert outcome.exit_code == 4, outcome
    assert lab.differing(before) == []
    assert lab.ledger == ledger


def test_a_plan_of_another_record_is_stale(lab: Lab) -> None:
    lab.want("zh")
    made = lab.plan()
    lab.applied("zh", "hf")
    with pytest.raises(Refused, match="older record"):
        app.apply(lab.wish, made)
