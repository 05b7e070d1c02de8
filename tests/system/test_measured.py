"""What is measured is held against the promise: a loss above it breaks it, whatever the configuration says."""

from __future__ import annotations

import json

import pytest
from system_support import Boot, Lab

from netwright import app
from netwright.apply.model import DeviceState, silent
from netwright.verify.model import State


def test_a_loss_over_the_promise_undoes_the_change(boot: Boot) -> None:
    """1e-5 is promised; a router on the way loses one packet in a thousand."""
    lab = boot("r3:loss")
    before = lab.running()
    lab.want("rdma")
    done = lab.apply()
    assert done.outcome.exit_code == 3, done.outcome
    assert {result.state for result in done.outcome.devices.values()} == {DeviceState.ROLLED_BACK}
    assert lab.differing(before) == []
    failed = [verdict for verdict in done.outcome.findings.verdicts if verdict.state is State.FAILURE]  # type: ignore[union-attr]
    assert {verdict.check.what for verdict in failed} == {"measured loss to r3", "measured loss to r0"}
    assert {verdict.message for verdict in failed} == {"loss is 0.001, expected <= 1e-05"}


def test_a_loss_within_the_promise_is_kept_and_shown(boot: Boot) -> None:
    lab = boot("r3:loss@5e-6")
    lab.applied("rdma")
    looked = app.verify(lab.wish, ["LosslessRdmaPath/rdma"], silent)
    kept = [one for one in looked.findings.verdicts if "measured loss" in one.check.what]
    assert [(one.state, one.observed) for one in kept] == [(State.SUCCESS, "state up, loss 5e-06")] * 2


def test_the_lossless_queue_of_every_hop_is_looked_at_and_its_drops_are_told(boot: Boot) -> None:
    """Depth is promised; a counter began nobody knows when, so it is shown and not judged."""
    lab = boot("r3:loss@5e-6")
    lab.applied("rdma")
    verdicts = app.verify(lab.wish, [], silent).findings.verdicts
    sids = [(one.check.device, one.state, one.observed) for one in verdicts if one.check.topic == "sids"]
    assert [(device, state) for device, state, _ in sids] == [("r0", State.SUCCESS), ("r3", State.SUCCESS)]
    assert len({observed for *_, observed in sids}) == 1  # one VRF's name at both ends
    counters = [one for one in verdicts if one.check.topic == "counters"]
    assert {(one.check.device, one.observed.rpartition(", ")[2]) for one in counters} == {
        ("r0", "out_drops 0"),
        ("r3", "out_drops 5"),
    }
    queues = [one for one in verdicts if one.check.topic == "queues"]
    assert {one.check.device for one in queues} == {"r0", "r1", "r2", "r3"}
    states = {one.check.device: one.state for one in queues}
    assert states == {"r0": State.SUCCESS, "r1": State.SKIPPED, "r2": State.SUCCESS, "r3": State.SUCCESS}
    drops = {one.observed.partition(", ")[2] for one in queues if one.check.device == "r3"}
    assert drops == {"drops 5"}


def test_a_flow_without_a_result_has_not_kept_its_promise(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing measured is not a delay of 0: the rows that a router gives before the first period say `down`."""
    lab.applied("rdma")
    monkeypatch.setattr("netwright.emulator.world.measured_stops", lambda *_: ())
    for device in lab.emulated.devices:
        lab.emulated.restart(device)
    lab.emulated.world._moment = None
    findings = app.verify(lab.wish, [], silent).findings
    measured = [one for one in findings.verdicts if one.check.topic == "measurements"]
    assert measured
    assert {one.state for one in measured} == {State.FAILURE}
    assert "state is down" in json.dumps([one.message for one in measured])


def test_jitter_over_the_promise_undoes_the_change(boot: Boot) -> None:
    """0.5 ms is promised; a router on the way delays some packets by 2 ms more than others."""
    lab = boot("r3:jitter@2000")
    before = lab.running()
    lab.want("det")
    done = lab.apply()
    assert done.outcome.exit_code == 3, done.outcome
    assert lab.differing(before) == []
    failed = [verdict for verdict in done.outcome.findings.verdicts if verdict.state is State.FAILURE]  # type: ignore[union-attr]
    assert {verdict.check.what for verdict in failed} == {"measured jitter to r3", "measured jitter from r3"}
    assert {verdict.message for verdict in failed} == {
        "jitter_us is 2000, expected <= 500",
        "jitter_back_us is 2000, expected <= 500",
    }


def test_jitter_within_the_promise_is_kept_and_stands_in_the_evidence(boot: Boot) -> None:
    lab = boot("r3:jitter@300")
    lab.applied("det")
    looked = app.verify(lab.wish, ["DeterministicService/det"], silent)
    kept = {
        one.check.what: (one.state, one.observed) for one in looked.findings.verdicts if one.check.topic == "probes"
    }
    assert kept["measured jitter to r3"] == (State.SUCCESS, "jitter_us 300")
    assert kept["measured jitter from r3"] == (State.SUCCESS, "jitter_back_us 300")
    assert kept["probes to r3 and back, told and not judged"][0] is State.SUCCESS
    written = json.loads((max((lab.root / "state" / "evidence").iterdir()) / "evidence.json").read_text())
    (intent,) = (one for one in written["intents"] if one["address"] == "DeterministicService/det")
    (jitter,) = (one for one in intent["measured"] if one["figure"] == "jitter")
    assert (jitter["observed"], jitter["instrument"], jitter["state"]) == (300, "TWAMP", "success")
