"""The PODs and the core of the reference network on eight real routers, proved by packets: of the stage `lab`.

    scripts/test -m ci_lab -n 0 -s

Half an hour where the processor is emulated. There a rate or a delay may be out of reach: such a proof is told with
what was measured, and skipped; what was measured and is not kept fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_bench import Record, applied, await_true, lab_of, of, reaches, told, wire, wrong
from lab_driver import (
    a_change_goes_there_and_back,
    a_session_is_taken_up_again,
    driver_of,
    getters_tell_the_truth,
    it_goes_back_by_itself,
    topics_tell_the_truth,
)
from lab_faults import losing, without
from lab_networks import PODS_AND_CORE, cut_out

from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import Trial, prove
from netwright.lab import machine
from netwright.lab.model import WIRES
from netwright.lab.running import Lab, boxes
from netwright.verify.model import State
from netwright.wish import Looked

pytestmark = [pytest.mark.lab, pytest.mark.ci_lab, pytest.mark.timeout(2100)]

CHOICE = Choice(scale=20000)
"""A line of 100 Gbit/s is one of 5 Mbit/s: what an emulated machine sends and forwards with room to spare."""

TRIED = "pod2-leaf1"
"""The router on which the driver is tried word by word."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "reference"
    cut_out(folder)
    return folder


@pytest.fixture(scope="module")
def lab(root: Path, record_testsuite_property: Record) -> Iterator[Lab]:
    with lab_of(root, CHOICE, record_testsuite_property) as made:
        yield made


@pytest.fixture(scope="module")
def proved(lab: Lab, root: Path) -> Looked:
    """Everything that the intents promise, measured once."""
    return prove(root, Trial(10.0), (), told())


def test_every_router_is_up(lab: Lab) -> None:
    found = boxes(lab)
    assert set(PODS_AND_CORE) | {WIRES} < set(found)
    assert [state for state in found.values() if not state.startswith("Up")] == []


def test_the_intents_are_applied_and_verified(lab: Lab) -> None:
    applied(lab)


def test_the_driver_says_what_the_router_says(lab: Lab) -> None:
    with driver_of(lab, TRIED) as driver:
        getters_tell_the_truth(lab, TRIED, driver)
        topics_tell_the_truth(lab, TRIED, driver)


def test_each_word_of_the_driver_does_on_the_router_what_it_says(lab: Lab, record_property: Record) -> None:
    with driver_of(lab, TRIED) as driver:
        a_change_goes_there_and_back(lab, TRIED, driver)
        record_property("back_by_itself_s", round(it_goes_back_by_itself(lab, TRIED, driver)))
    a_session_is_taken_up_again(lab, TRIED)


@pytest.mark.parametrize("thing", ["reach:", "size:", "apart:", "path:"])
def test_who_reaches_whom_and_on_which_way(proved: Looked, thing: str) -> None:
    found = of(proved, thing)
    assert found
    assert {one.state for one in found} == {State.SUCCESS}, wrong(proved)


@pytest.mark.parametrize("thing", ["share:", "goodput:", "control:", "ecn:", "delay:", "loss:"])
def test_a_rate_or_a_delay_is_kept_where_it_could_be_measured(
    lab: Lab, proved: Looked, thing: str, record_property: Record
) -> None:
    found = of(proved, thing)
    said = [f"{one.check.what}: {one.observed} {one.message}".strip() for one in found]
    record_property(thing.rstrip(":"), said)
    assert found
    assert State.FAILURE not in {one.state for one in found}, said
    if {one.state for one in found} != {State.SUCCESS}:
        assert lab.running.accel == "tcg" or thing == "loss:", said
        pytest.skip(f"measured, not judged: {'; '.join(said)}")


def test_the_evidence_is_kept(proved: Looked) -> None:
    assert Path(proved.evidence).is_file()
    assert Path(proved.evidence).with_name("junit.xml").is_file()


def test_a_line_grows_and_shrinks_while_a_session_runs(
    lab: Lab, root: Path, proved: Looked, record_property: Record
) -> None:
    """How long a change may take is told where the processor is emulated; what it sells is judged everywhere."""
    assert proved
    found = of(prove(root, Trial(10.0, steps=True, rates=False), ("ElasticLine/branch",), told()), "step:")
    said = [f"{one.check.what}: {one.observed} {one.message}".strip() for one in found]
    record_property("steps", said)
    assert len(found) == 6
    assert {one.state for one in found} <= {State.SUCCESS, State.SKIPPED}, said
    assert {one.state for one in found if "goodput" in one.check.what} == {State.SUCCESS}, said


def test_a_link_that_is_cut_is_gone_around(lab: Lab, root: Path, proved: Looked, record_property: Record) -> None:
    assert proved

    def back() -> float:
        return await_true(lambda: reaches(lab, "pod2-leaf1-hosts", "eth3.210", "10.22.0.2"))

    with without(lab, wire(lab, root, CHOICE, "core1", "core4")):
        record_property("around_the_cut_s", round(back(), 1))
    record_property("back_s", round(back(), 1))


def test_loss_on_a_wire_breaks_the_promise(lab: Lab, root: Path, proved: Looked, record_property: Record) -> None:
    """The control of all the proofs of loss: on a network that loses they must fail."""
    assert proved
    with losing(lab, wire(lab, root, CHOICE, "pod2-leaf1", "pod2-spine1"), 10):
        looked = prove(root, Trial(10.0, sample_s=0.0), ("LosslessRdmaPath/train",), told())
    (found,) = of(looked, "loss:")
    record_property("seen", found.observed)
    assert found.state is State.FAILURE, found.message


def test_the_removal_leaves_nothing(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(2.0, removal=True), ("Fabric/lanjiang",), told())
    found = of(looked, "removed")
    assert [one.state for one in found] == [State.SUCCESS] * len(PODS_AND_CORE), wrong(looked)


def test_down_leaves_nothing(lab: Lab, root: Path) -> None:
    held = lab.machine
    assert laboratory.down(root)
    assert held is None or not machine.is_alive(held.lease)
