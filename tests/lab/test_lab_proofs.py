"""Every kind of intent on real routers: proved by packets, through faults, and removed without a rest. Stage `lab`.

The tests build on each other, in this order; the evidence of each proof is kept in the lab's network folder.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from time import monotonic, sleep

import pytest

from netwright import app
from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import Trial, prove, remember
from netwright.lab import running
from netwright.lab.ground import LabError
from netwright.lab.model import WIRES, Wire
from netwright.lab.running import Lab
from netwright.verify.model import State, Verdict
from netwright.wish import Looked, Wish

pytestmark = [pytest.mark.lab, pytest.mark.timeout(3600)]

PROOFS = Path(__file__).parent / "proofs"
Record = Callable[[str, object], None]
BACK_S = 180.0
"""How long routing may take to heal in an emulated machine: IS-IS holds for thirty seconds, BGP for three minutes."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lab") / "proofs"
    shutil.copytree(PROOFS, folder)
    return folder


@pytest.fixture(scope="module")
def lab(root: Path, record_testsuite_property: Record) -> Iterator[Lab]:
    made = laboratory.up(root, Choice(), print)
    for name, value in asdict(made.running).items():
        record_testsuite_property(f"lab.{name}", value)
    remember(made)
    yield made
    laboratory.down(root)


def wrong(looked: Looked) -> list[str]:
    """What was not kept, and what could not be measured, in words."""
    bad = (one for one in looked.findings.verdicts if one.state in {State.FAILURE, State.ERROR})
    return [f"{one.check.address}: {one.observed}: {one.message}" for one in bad]


def of(looked: Looked, thing: str) -> list[Verdict]:
    return [one for one in looked.findings.verdicts if f"/packets/{thing}" in one.check.address]


def wire(lab: Lab, root: Path, one: str, other: str) -> Wire:
    drawn = running.drawing(laboratory.wanted(root, Choice()), lab.running.scale)
    links = {name for name, link in drawn.topology.links.items() if {link.a, link.z} == {one, other}}
    return next(found for found in drawn.wires if found.link in links)


def reaches(lab: Lab, target: str = "10.22.0.2") -> bool:
    try:
        lab.say("pe1-hosts", ("ip", "netns", "exec", "eth3.210", "ping", "-c", "2", "-i", "0.3", "-W", "3", target))
    except LabError:
        return False
    return True


def back_after(lab: Lab) -> float:
    """Seconds until the slice's members reach each other again."""
    began = monotonic()
    while not reaches(lab):
        assert monotonic() - began < BACK_S, "it did not come back"
        sleep(1)
    return monotonic() - began


def drifts(lab: Lab) -> bool:
    return bool(app.plan(Wish(lab.network)).changes)


# ---- proved


def test_the_intents_are_applied(lab: Lab) -> None:
    done = app.apply(Wish(lab.network), app.plan(Wish(lab.network)))
    assert done.outcome.exit_code == 0, done.outcome.sentence


def test_every_promise_is_kept(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(10.0), (), print)
    assert wrong(looked) == []
    assert {one.state for one in of(looked, "reach") + of(looked, "apart")} == {State.SUCCESS}
    assert Path(looked.evidence).with_name("junit.xml").exists()


def test_a_line_grows_while_a_session_runs(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(10.0, steps=True), ("ElasticLine/branch",), print)
    steps = of(looked, "step")
    assert len(steps) == 6
    assert wrong(looked) == []


# ---- faults


def test_a_link_that_is_cut_is_gone_around(lab: Lab, root: Path, record_property: Record) -> None:
    cut = wire(lab, root, "pe1", "p1")
    lab.say(WIRES, ("sh", "-c", f"ip link set {cut.a} down; ip link set {cut.z} down"))
    try:
        record_property("around_the_cut_s", round(back_after(lab), 1))
    finally:
        lab.say(WIRES, ("sh", "-c", f"ip link set {cut.a} up; ip link set {cut.z} up"))
    assert back_after(lab) < BACK_S
    assert not drifts(lab)


def test_loss_on_a_wire_is_found(lab: Lab, root: Path) -> None:
    """The proof must not pass on a network that loses: the control of all the others."""
    lossy = wire(lab, root, "pe1", "p1")
    netem = f"delay {lossy.delay_us:.0f}us rate {lossy.rate_bps}bit limit 20000"
    for end in (lossy.a, lossy.z):
        lab.say(WIRES, ("sh", "-c", f"tc qdisc change dev {end} root netem {netem} loss 5%"))
    try:
        looked = prove(root, Trial(10.0), ("LosslessRdmaPath/train",), print)
    finally:
        for end in (lossy.a, lossy.z):
            lab.say(WIRES, ("sh", "-c", f"tc qdisc replace dev {end} root netem {netem}"))
    assert {one.state for one in of(looked, "loss")} == {State.FAILURE}


@pytest.mark.parametrize("daemon", ["bgpd", "isisd"])
def test_a_daemon_that_dies_is_back_with_its_configuration(lab: Lab, daemon: str, record_property: Record) -> None:
    lab.say("pe1", ("sh", "-c", f"kill -9 $(cat /var/run/frr/{daemon}.pid)"))
    began = monotonic()
    while True:
        try:
            lab.say("pe1", ("vtysh", "-d", daemon, "-c", "show version"))
            break
        except LabError:
            assert monotonic() - began < BACK_S, f"watchfrr did not start {daemon} again"
            sleep(2)
    record_property("daemon_back_s", round(monotonic() - began))
    record_property("members_back_s", round(back_after(lab)))
    assert not drifts(lab)


def test_a_router_whose_routing_is_killed_comes_back_as_it_was(lab: Lab, record_property: Record) -> None:
    """All daemons at once; the kernel's own state stays, as on a router with a forwarding plane."""
    lab.say("p1", ("sh", "-c", "/usr/lib/frr/frrinit.sh stop; /usr/lib/frr/frrinit.sh start"), timeout_s=300)
    record_property("members_back_s", round(back_after(lab)))
    assert not drifts(lab)


def test_a_controller_that_is_killed_in_the_middle_leaves_whole_routers(lab: Lab, root: Path) -> None:
    """Kill -9 while routers change: the next run finishes or restores, and the members reach each other throughout."""
    file = root / "intents" / "hospital.yaml"
    text = file.read_text()
    file.write_text(text.replace("bandwidth: 10G", "bandwidth: 12G"))
    words = [sys.executable, "-m", "netwright", "-C", str(lab.network), "apply", "--yes", "--confirm-timeout", "120"]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as controller:
        journal = lab.network / "state" / "journal"
        while not any("commit-1" in steps.read_text() for steps in journal.glob("*/steps.jsonl")):
            assert controller.poll() is None, "it ended before it could be killed"
            sleep(0.2)
        os.kill(controller.pid, signal.SIGKILL)
    assert reaches(lab)
    done = app.apply(Wish(lab.network), app.plan(Wish(lab.network)))
    assert done.outcome.exit_code == 0, done.outcome.sentence
    assert not drifts(lab)
    file.write_text(text)
    done = app.apply(Wish(lab.network), app.plan(Wish(lab.network)))
    assert done.outcome.exit_code == 0, done.outcome.sentence


# ---- removed


def test_the_removal_leaves_nothing(lab: Lab, root: Path) -> None:
    looked = prove(root, Trial(2.0, removal=True), ("Fabric/proofs",), print)
    assert [one.state for one in of(looked, "removed")] == [State.SUCCESS] * 4, wrong(looked)
