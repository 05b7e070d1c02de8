"""Every kind of intent on real routers: proved by packets, through faults, and removed without a rest.

    scripts/test -m lab -n 0 tests/lab/test_lab_proofs.py

One lab, up and down: it needs root and either docker on a kernel with VRF, or qemu (`netwright lab probe`). Which
deployer ran, on what, at which scale, is in the JUnit report's properties, and what each test measured, too. The tests
build on each other, in this order; the evidence of each proof is kept (NETWRIGHT_EVIDENCE names a folder for it).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from lab_bench import BACK_S, Record, applied, await_true, lab_of, of, reaches, told, wire, wrong
from lab_faults import apply_with, ask_for, controller_killed, daemon_back, drifts, gone_back, losing, next_run, without

from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import CONFIRM_S, Trial, prove
from netwright.apply.model import DeviceState
from netwright.lab import machine, restarting
from netwright.lab.running import Lab, boxes
from netwright.verify.model import State

pytestmark = [pytest.mark.lab, pytest.mark.timeout(3600)]

PROOFS = Path(__file__).parent / "proofs"
CHOICE = Choice(scale=10000)
"""A rate that an emulated machine sends and forwards with room to spare: a line of 100 Gbit/s is one of 10 Mbit/s."""

SHUT = "for p in $(pgrep -x 'sshd|sshd-session|sshd-auth'); do kill -9 $p; done"
"""End every SSH session of a router, and the server: our own way in is none of them."""

SECONDS = 10.0


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "proofs"
    shutil.copytree(PROOFS, folder)
    return folder


@pytest.fixture(scope="module")
def lab(root: Path, record_testsuite_property: Record) -> Iterator[Lab]:
    with lab_of(root, CHOICE, record_testsuite_property) as made:
        yield made


def members_reach_each_other(lab: Lab) -> bool:
    return reaches(lab, "pe1-hosts", "eth3.210", "10.22.0.2")


def back_after(lab: Lab) -> float:
    """Seconds until the slice's members reach each other again."""
    return await_true(partial(members_reach_each_other, lab))


# ---- up


def test_every_box_is_up(lab: Lab) -> None:
    found = boxes(lab)
    assert set(found) == {"p1", "p2", "pe1", "pe2", "pe1-hosts", "pe2-hosts", "wires"}
    assert [state for state in found.values() if not state.startswith("Up")] == []


def test_a_second_up_finds_the_first(lab: Lab, root: Path) -> None:
    said: list[str] = []
    again = laboratory.up(root, CHOICE, said.append)
    assert again.running == lab.running
    assert said == ["the lab is up already"]


# ---- proved


def test_the_intents_are_applied(lab: Lab) -> None:
    applied(lab)
    assert not drifts(lab)


def test_every_promise_is_kept(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(SECONDS), (), told())
    assert wrong(looked) == []
    assert {one.state for one in of(looked, "reach") + of(looked, "apart")} == {State.SUCCESS}
    assert Path(looked.evidence).with_name("junit.xml").exists()


def test_a_line_grows_while_a_session_runs(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(SECONDS, steps=True), ("ElasticLine/branch",), told())
    assert len(of(looked, "step")) == 6
    assert wrong(looked) == []


# ---- faults


def test_a_link_that_is_cut_is_gone_around(lab: Lab, root: Path, record_property: Record) -> None:
    with without(lab, wire(lab, root, CHOICE, "pe1", "p1")):
        record_property("around_the_cut_s", round(back_after(lab), 1))
    assert back_after(lab) < BACK_S
    assert not drifts(lab)


@pytest.mark.long
def test_loss_on_a_wire_is_found(lab: Lab, root: Path) -> None:
    """The proof must not pass on a network that loses: the control of all the others."""
    with losing(lab, wire(lab, root, CHOICE, "pe1", "p1"), 10):
        looked = prove(root, Trial(SECONDS, sample_s=0.0), ("LosslessRdmaPath/train",), told())
    assert {one.state for one in of(looked, "loss")} == {State.FAILURE}


@pytest.mark.parametrize("daemon", ["bgpd", pytest.param("isisd", marks=pytest.mark.long)])
def test_a_daemon_that_dies_is_back_with_its_configuration(lab: Lab, daemon: str, record_property: Record) -> None:
    record_property("daemon_back_s", round(daemon_back(lab, "pe1", daemon)))
    record_property("members_back_s", round(back_after(lab)))
    assert not drifts(lab)


@pytest.mark.long
def test_a_router_whose_routing_is_killed_comes_back_as_it_was(lab: Lab, record_property: Record) -> None:
    """All daemons at once; the kernel's own state stays, as on a router with a forwarding plane."""
    again = "exec </dev/null >/dev/null 2>&1; /usr/lib/frr/frrinit.sh stop; /usr/lib/frr/frrinit.sh start"
    lab.say("p1", ("sh", "-c", again), timeout_s=300)
    record_property("members_back_s", round(back_after(lab)))
    assert not drifts(lab)


def test_a_router_that_is_killed_comes_back_with_what_was_confirmed(
    lab: Lab, root: Path, record_property: Record
) -> None:
    """A power cut: its kernel's state is gone, too, and its cables with it."""
    laboratory.restart(root, "pe1", told())
    laboratory.attach_hosts(root)
    record_property("members_back_s", round(back_after(lab)))
    assert not drifts(lab)


@pytest.mark.long
def test_a_router_that_is_lost_before_the_confirmation_goes_back_by_itself(
    lab: Lab, root: Path, record_property: Record
) -> None:
    """Its door is shut once it has taken the change: the others are taken back, and its own timer takes it back."""
    ask_for(root / "intents" / "hospital.yaml", "11G")
    done = apply_with(lab, "verify", lambda: lab.say("pe2", ("sh", "-c", SHUT)), 60)
    assert done.exit_code == 4, done.sentence
    record_property("back_by_itself_s", round(gone_back(lab, "pe2")))
    lab.say("pe2", ("/usr/sbin/sshd",))
    assert "was undone" in next_run(lab)
    assert members_reach_each_other(lab)


def test_a_router_that_dies_before_the_confirmation_boots_what_was_confirmed(lab: Lab, root: Path) -> None:
    """The others go back at once; the dead one is found as it was when it is there again."""
    ask_for(root / "intents" / "hospital.yaml", "12G")
    done = apply_with(lab, "verify", lambda: restarting.kill(lab, "pe2"), CONFIRM_S)
    assert done.exit_code == 4, done.sentence
    assert done.devices["pe2"].state is DeviceState.UNKNOWN
    laboratory.restart(root, "pe2", told())
    assert "was undone" in next_run(lab)
    laboratory.attach_hosts(root)
    back_after(lab)


@pytest.mark.parametrize(
    ("step", "end", "bandwidth"), [("verify", "was undone", "13G"), ("confirm", "was finished", "14G")]
)
def test_a_controller_that_is_killed_in_the_middle_leaves_whole_routers(
    lab: Lab, root: Path, step: str, end: str, bandwidth: str
) -> None:
    """Kill -9 of an apply that has changed routers: members reach each other all along, and the next run ends it."""
    ask_for(root / "intents" / "hospital.yaml", bandwidth)
    controller_killed(lab, step, CONFIRM_S)
    assert members_reach_each_other(lab)
    assert end in next_run(lab)
    assert members_reach_each_other(lab)


# ---- removed


def test_the_removal_leaves_nothing(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(2.0, removal=True), ("Fabric/proofs",), told())
    assert [one.state for one in of(looked, "removed")] == [State.SUCCESS] * 4, wrong(looked)


def test_down_leaves_nothing(lab: Lab, root: Path) -> None:
    held = lab.machine
    assert laboratory.down(root)
    assert held is None or not machine.is_alive(held.lease)
    assert not laboratory.down(root)
