"""Going back on purpose, and changes that need more than one transaction."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from system_support import DEVICE_OF, FABRIC, Lab

from netwright import app
from netwright.app import verifying
from netwright.errors import Refused
from netwright.services.checks import Check
from netwright.verify.model import State, Verdict
from netwright.wish import Done


def back(lab: Lab, to: str = "") -> None:
    done = app.apply(lab.wish, app.plan_back(lab.wish, to))
    assert done.outcome.exit_code == 0, done.outcome


@pytest.mark.slow
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


def evidence_of(done: Done) -> dict[str, set[str]]:
    """The intents of an evidence, each with the states of its checks."""
    document = json.loads(Path(done.evidence).with_name("evidence.json").read_text(encoding="utf-8"))
    return {one["address"]: {verdict["state"] for verdict in one["verdicts"]} for one in document["intents"]}


def test_what_holds_again_is_verified_and_told_in_the_evidence(lab: Lab) -> None:
    """Also what said something else then than the files say now, or is not among them any more."""
    first = evidence_of(lab.applied("zh", "hf"))
    lab.applied("zh", "rdma", changed={"zh"})
    done = app.apply(lab.wish, app.plan_back(lab.wish, ""))
    assert (done.outcome.exit_code, done.outcome.sentence.count("not verified")) == (0, 0), done.outcome
    assert done.outcome.findings is not None
    assert done.outcome.findings.verdicts
    assert evidence_of(done) == first
    again = app.apply(lab.wish, app.plan_back(lab.wish, ""))  # and forward again: a rollback keeps what it made true
    assert any(name.startswith("LosslessRdmaPath/") for name in evidence_of(again))


@pytest.mark.slow
def test_without_what_was_kept_the_files_stand_for_it(lab: Lab) -> None:
    first = lab.applied("zh", "hf").outcome.apply_id
    lab.applied("zh", "rdma", changed={"zh"})
    shutil.rmtree(lab.root / "state" / "snapshots" / first / "intents")
    lab.want("zh", "hf", "rdma", changed={"zh"})
    done = app.apply(lab.wish, app.plan_back(lab.wish, ""))
    assert done.outcome.exit_code == 0, done.outcome
    assert "not verified: " in done.outcome.sentence
    assert "(what it said then is not what the files say)" in done.outcome.sentence
    assert done.outcome.findings is not None
    verified = {verdict.check.intent for verdict in done.outcome.findings.verdicts}
    assert "Fabric/small" in verified
    assert not any(name in done.outcome.sentence for name in verified)


def test_a_promise_that_is_not_kept_again_takes_nothing_back(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "CONVERGENCE_S", 0.0)
    lab.applied("zh")
    left = lab.running()
    lab.applied("zh", "hf")
    back_there = app.plan_back(lab.wish, "")

    def denied(checks: Sequence[Check], *_: object) -> tuple[Verdict, ...]:
        return tuple(Verdict(check, State.FAILURE, "no") for check in checks)

    monkeypatch.setattr(verifying, "judge_all", denied)
    outcome = app.apply(lab.wish, back_there).outcome
    assert outcome.exit_code == 3
    assert outcome.sentence.endswith("a promise is not kept again, which takes nothing back: netwright verify")
    assert lab.differing(left) == []
    assert lab.network.applied.apply_id == outcome.apply_id


@pytest.mark.slow
def test_a_rollback_that_fails_leaves_the_ledger_as_it_was(lab: Lab) -> None:
    """Numbers that rest since the apply that is gone back before stay at rest, and the plan can be tried again."""
    lab.applied("zh", "hf")
    lab.applied("zh")
    ledger, running = lab.ledger, lab.running()
    made = app.plan_back(lab.wish, "")
    lab.break_(f"{next(name for name, change in made.devices.items() if change.changes)}:refuse@commit")
    assert app.apply(lab.wish, made).outcome.exit_code == 4
    assert (lab.ledger, lab.differing(running)) == (ledger, [])
    lab.heal()
    assert app.apply(lab.wish, made).outcome.exit_code == 0


def moved(lab: Lab) -> None:
    """The Fabric's locator block is another one: what uses the locators moves first."""
    file = lab.root / "intents" / "fabric.yaml"
    file.write_text(FABRIC.replace("fd00:1::/32", "fd00:2::/32"), encoding="utf-8")


@pytest.mark.slow
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
