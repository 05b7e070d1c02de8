"""The ring on real routers: up, applied, packets from host to host, everything removed again, down. A stage of its own.

    scripts/test -m lab

It needs root and either docker on a kernel with VRF, or qemu (`netwright lab probe`). Which deployer ran, on what, at
which scale, is in the JUnit report's properties. The tests build on each other, in this order.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from lab_networks import RING

from netwright import app
from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.lab import machine
from netwright.lab.ground import LabError
from netwright.lab.running import Lab, boxes
from netwright.wish import Wish

pytestmark = [pytest.mark.lab, pytest.mark.timeout(3600)]

CHOICE = Choice(scale=1000)
Record = Callable[[str, object], None]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the ring: a lab writes into its network's folder."""
    folder = tmp_path_factory.mktemp("lab") / "ring"
    shutil.copytree(RING, folder)
    return folder


@pytest.fixture(scope="module")
def lab(root: Path, record_testsuite_property: Record) -> Iterator[Lab]:
    """The lab, which hangs on this process: it dies with it, however the tests end."""
    made = laboratory.up(root, CHOICE, print)
    for name, value in asdict(made.running).items():
        record_testsuite_property(f"lab.{name}", value)
    yield made
    laboratory.down(root)


@pytest.fixture(scope="module")
def before(lab: Lab) -> dict[str, str]:
    """What every router runs before netwright."""
    return {name: running(lab, name) for name in ("p1", "p2", "pe1", "pe2")}


def running(lab: Lab, name: str) -> str:
    """The router's own words: FRR's configuration, what the kernel routes and which objects it has."""
    routes = "ip -6 route show table all; ip route show table all"
    asked = f"vtysh -c 'show running-config'; ip -d -br link; {routes}; nft list ruleset"
    said = lab.say(name, ("sh", "-c", asked))
    return "\n".join(line for line in said.splitlines() if " lla " not in line)


def wish(lab: Lab) -> Wish:
    return Wish(lab.network)


def applied(lab: Lab) -> None:
    """Plan and apply what the intents say; the transaction verifies it itself."""
    done = app.apply(wish(lab), app.plan(wish(lab)))
    assert done.outcome.exit_code == 0, done.outcome.sentence


def reach(lab: Lab, box: str, namespace: str, target: str, size: int = 56) -> bool:
    words = ("ip", "netns", "exec", namespace, "ping", "-c", "3", "-W", "5", "-s", str(size), target)
    try:
        lab.say(box, words)
    except LabError:
        return False
    return True


def test_every_box_is_up(lab: Lab) -> None:
    found = boxes(lab)
    assert set(found) == {"p1", "p2", "pe1", "pe2", "pe1-hosts", "pe2-hosts", "wires"}
    assert [state for state in found.values() if not state.startswith("Up")] == []


def test_a_second_up_finds_the_first(lab: Lab, root: Path) -> None:
    said: list[str] = []
    again = laboratory.up(root, CHOICE, said.append)
    assert again.running == lab.running
    assert said == ["the lab is up already"]


def test_the_ordinary_apply_on_real_routers(lab: Lab, before: dict[str, str]) -> None:
    assert "segment-routing" not in before["pe1"]
    applied(lab)
    assert not app.plan(wish(lab)).changes


@pytest.mark.parametrize("target", ["10.22.0.2", "2001:db8:22::2"])
def test_packets_cross_the_slice(lab: Lab, root: Path, target: str) -> None:
    laboratory.attach_hosts(root)
    assert reach(lab, "pe1-hosts", "eth3.210", target)


def test_full_packets_cross_the_slice(lab: Lab) -> None:
    assert reach(lab, "pe2-hosts", "eth9.210", "10.21.0.2", size=1472)


def test_what_is_withdrawn_is_gone(lab: Lab, root: Path, before: dict[str, str]) -> None:
    for file in (root / "intents").glob("*.yaml"):
        file.rename(file.with_suffix(".withdrawn"))
    applied(lab)
    assert not reach(lab, "pe1-hosts", "eth3.210", "10.22.0.2")
    assert {name: running(lab, name) for name in before} == before


def test_down_leaves_nothing(lab: Lab, root: Path) -> None:
    held = lab.machine
    assert laboratory.down(root)
    assert held is None or not machine.is_alive(held.lease)
    assert not laboratory.down(root)
