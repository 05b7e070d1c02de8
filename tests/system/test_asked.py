"""What a Fabric may ask for besides: binding SIDs, and paths by measured delay. On running devices, there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from system_support import FABRIC, SLICE, Lab

from netwright import app
from netwright.apply.model import silent
from netwright.verify.model import State

BESIDES = {
    "encoding: usid}": "encoding: usid, binding_sids: true}",
    "hello: PT3S}": 'hello: PT3S, flex_algo: {id: 128, block: "fd00:2::/32"}}',
}


def ask(lab: Lab, instead: Mapping[str, str]) -> None:
    """Write the Fabric with other words in places of it."""
    text = FABRIC
    for said, other in instead.items():
        assert text.count(said) == 1
        text = text.replace(said, other)
    (lab.root / "intents" / "fabric.yaml").write_text(text, encoding="utf-8")


@contextmanager
def sliced(lab: Lab, said: str, other: str) -> Iterator[Callable[[str], int]]:
    """A slice between r0 and r3 that is asked for again and again, over a Fabric with other words; all goes whole."""
    lab.applied("fabric")
    plain = lab.running()
    ask(lab, {said: other})
    asked = lab.root / "intents" / "hh.yaml"
    yield lambda text: asked.write_text(text, encoding="utf-8")
    asked.unlink()
    assert lab.apply().outcome.exit_code == 0
    assert lab.running() == plain


def applied_in_place(lab: Lab) -> None:
    """One transaction on each of two routers."""
    made = lab.plan()
    assert [len(device.transactions) for device in made.devices.values() if device.transactions] == [1, 1]
    assert lab.apply().outcome.exit_code == 0


@pytest.mark.slow
def test_what_was_asked_for_besides_is_read_back_and_goes_again(lab: Lab) -> None:
    before = lab.running()
    lab.applied("det", "rdma")
    plain = lab.running()
    ask(lab, BESIDES)
    done = lab.apply()
    assert done.outcome.exit_code == 0, done.outcome
    verdicts = app.verify(lab.wish, [], silent).findings.verdicts
    assert {one.state for one in verdicts} <= {State.SUCCESS, State.SKIPPED}
    told = {one.check.device: one.observed for one in verdicts if one.check.topic == "link-delays"}
    assert told.keys() == {"r0", "r3"}  # the one link between two routers that have it
    assert all(observed.startswith("state up, delay_us ") for observed in told.values())
    bound = [str(one.check.expect["binding_sid"]) for one in verdicts if one.check.topic == "sr-policies"]
    assert len(bound) == len(set(bound)) == 4
    lab.applied("det", "rdma")
    assert lab.running() == plain
    lab.applied()
    assert lab.running() == before


@pytest.mark.slow
def test_a_hard_slice_gets_a_sub_interface_grows_in_place_and_goes_whole(lab: Lab) -> None:
    with sliced(lab, "mtu: 9216}", "mtu: 9216, hard: channelised}") as asked:
        asked(SLICE)
        assert lab.apply().outcome.exit_code == 0
        rows = slices(lab)
        assert {(device, port.partition(".")[2] != "") for device, port, _ in rows} == {("r0", True), ("r3", True)}
        asked(SLICE.replace("2G", "3G"))
        applied_in_place(lab)
        grown = slices(lab)
        assert {row[:2] for row in grown} == {row[:2] for row in rows}
        assert all("rate_bps 3" in observed for _, _, observed in grown)


@pytest.mark.slow
def test_an_attachment_closes_at_the_end_of_a_schedule_which_moves_in_place(lab: Lab) -> None:
    with sliced(lab, "  quarantine: P7D", "  quarantine: P7D\n  time_ranges: true") as asked:
        for days in (24, 26):
            end = datetime.now(UTC) + timedelta(days=days)
            asked(SLICE.replace("hard", "soft") + f'  schedule: {{end: "{end:%Y-%m-%dT%H:%M}:00+00:00"}}\n')
            applied_in_place(lab)
            said = f"<start-time>{end:%Y-%m-%dT%H:%M}:00Z</start-time>"
            assert all(lab.running()[device].count(said) == 1 for device in ("r0", "r3"))
            assert all(lab.running()[device].count("<absolute-range>") == 1 for device in ("r0", "r3"))


def slices(lab: Lab) -> list[tuple[str, str, str]]:
    """Where the slice is checked, and what was seen there."""
    verdicts = app.verify(lab.wish, ["TenantSlice/hh"], silent).findings.verdicts
    assert {one.state for one in verdicts} <= {State.SUCCESS, State.SKIPPED}
    found = (one for one in verdicts if one.check.topic == "slices")
    return [(one.check.device, str(one.check.where["port"]), one.observed) for one in found]


def test_without_its_policy_a_deterministic_service_follows_the_measured_delay(lab: Lab) -> None:
    lab.want("det")
    ask(lab, BESIDES)
    assert lab.apply().outcome.exit_code == 0
    facts = {name: lab.emulated.devices[name].facts() for name in ("r0", "r3")}
    sids = {name: next(vrf.sid for vrf in said.vrfs.values()) for name, said in facts.items()}
    assert all(sid.startswith("fd00:2:") for sid in sids.values())
    assert {one.number for said in facts.values() for one in said.algorithms} == {128}
    lab.emulated.world.operational("r0")
    igp = lab.emulated.world._moment._igp  # type: ignore[union-attr]
    assert igp.algorithm_of(sids["r3"]) == 128
    assert igp.path("r0", "r3", 128) == ("r0", "r3")
