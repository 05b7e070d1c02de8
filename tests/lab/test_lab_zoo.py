"""A network of the Topology Zoo on real routers: drawn by `netwright init`, changed, through faults, and removed.

    scripts/test -m ci_lab -n 0 -s tests/lab/test_lab_zoo.py

A second topology for the lab: the eastern ring of Abilene, with the examples that `init` writes for it and a
second tenant. Nothing here wants the machine to reach a rate. The tests build on each other, in this order.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab_bench import Record, applied, await_true, lab_of, of, reaches, told, wire, wrong
from lab_faults import ask_for, controller_killed, daemon_back, next_run, without
from lab_networks import EAST, eastern_abilene

from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import CONFIRM_S, Trial, prove
from netwright.lab import machine, restarting
from netwright.lab.running import Lab, boxes
from netwright.verify.model import State

pytestmark = [pytest.mark.lab, pytest.mark.ci_lab, pytest.mark.timeout(1800)]

CHOICE = Choice(scale=500)
"""The examples' bounds on delay leave that much for queues."""

SLICE = "intents/examples/tenant-slice.yaml"
"""Between n1 and n9, by n10: what is changed here."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "abilene"
    eastern_abilene(folder)
    return folder


@pytest.fixture(scope="module")
def lab(root: Path, record_testsuite_property: Record) -> Iterator[Lab]:
    with lab_of(root, CHOICE, record_testsuite_property) as made:
        yield made


def back_after(lab: Lab) -> float:
    """Seconds until the slice's members reach each other."""
    return await_true(lambda: reaches(lab, "n1-hosts", "eth3.101", "10.201.2.2"))


def test_every_router_is_up(lab: Lab) -> None:
    found = boxes(lab)
    assert {f"n{number}" for number in EAST} < set(found)
    assert [state for state in found.values() if not state.startswith("Up")] == []


def test_the_intents_are_applied_and_verified(lab: Lab) -> None:
    applied(lab)


def test_who_reaches_whom_and_on_which_way(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(8.0, rates=False), (), told())
    for thing in ("reach:", "size:", "apart:", "path:"):
        found = of(looked, thing)
        assert found, thing
        assert {one.state for one in found} == {State.SUCCESS}, wrong(looked)
    assert Path(looked.evidence).is_file()


def test_a_protection_path_carries_its_service_while_a_link_is_cut(
    lab: Lab, root: Path, record_property: Record
) -> None:
    """The standby is the computed one. How long the service was away is judged where the processor is not emulated."""
    looked = prove(root, Trial(10.0, cuts=True, rates=False), ("DeterministicService/example-control",), told())
    (away,), (standby,) = of(looked, "cut:"), of(looked, "standby:")
    record_property("cut", f"{away.observed} {away.message}".strip())
    assert standby.state is State.SUCCESS, standby.message
    assert away.state is State.SUCCESS or (away.state is State.FAILURE and lab.running.accel == "tcg"), away.message


def test_a_link_that_is_cut_is_gone_around(lab: Lab, root: Path, record_property: Record) -> None:
    with without(lab, wire(lab, root, CHOICE, "n1", "n10")):
        record_property("around_the_cut_s", round(back_after(lab), 1))
    record_property("back_s", round(back_after(lab), 1))


def test_isisd_that_dies_is_back_with_its_configuration(lab: Lab, record_property: Record) -> None:
    record_property("isisd_back_s", round(daemon_back(lab, "n10", "isisd")))
    record_property("members_back_s", round(back_after(lab)))


def test_a_power_cut_in_the_middle_of_an_apply_leaves_whole_routers(
    lab: Lab, root: Path, record_property: Record
) -> None:
    """The controller gets kill -9 once routers run the change, and one of these dies: the next run takes all back.

    Who does not need the dead router goes on; it boots what was confirmed on it last.
    """
    ask_for(root / SLICE, "3G")
    controller_killed(lab, "verify", CONFIRM_S)
    restarting.kill(lab, "n9")
    assert reaches(lab, "n1-hosts", "eth3.301", "10.91.2.2")
    laboratory.restart(root, "n9", told())
    assert "was undone" in next_run(lab)
    laboratory.attach_hosts(root)
    record_property("members_back_s", round(back_after(lab)))


def test_the_removal_leaves_nothing(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(2.0, removal=True, rates=False), ("Fabric/abilene",), told())
    assert [one.state for one in of(looked, "removed")] == [State.SUCCESS] * len(EAST), wrong(looked)


def test_down_leaves_nothing(lab: Lab, root: Path) -> None:
    held = lab.machine
    assert laboratory.down(root)
    assert held is None or not machine.is_alive(held.lease)
