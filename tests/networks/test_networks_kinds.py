"""Networks that are not the usual mix: of one platform, of two, from a containerlab file, and with nothing asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from networks_support import KINDS, Netwright, made_by_init, whole_life

from netwright.emulator.network import EmulatedNetwork
from netwright.topology.generate import generate
from netwright.workspace import open_network

ROUTERS = 5
MIXES = (("frr",), ("huawei",), ("zte",), ("zte", "frr"), ("huawei", "frr"))
LAB = """\
name: metro
topology:
  kinds:
    linux: {image: "frrouting/frr:10.3.0"}
  nodes:
    leaf1: {kind: linux}
    leaf2: {kind: linux}
    core1: {kind: huawei_vrp, image: "huawei:ne40e"}
    core2: {kind: huawei_vrp, image: "huawei:ne40e"}
    edge1: {kind: nokia_srlinux, labels: {netwright-platform: zte}}
    host1: {kind: linux, image: "alpine:3"}
  links:
    - endpoints: ["leaf1:eth1", "core1:eth1"]
    - endpoints: ["leaf1:eth2", "core2:eth1"]
    - endpoints: ["leaf2:eth1", "core1:eth2"]
    - endpoints: ["leaf2:eth2", "core2:eth2"]
    - endpoints: ["core1:eth3", "core2:eth3"]
    - endpoints: ["edge1:e1-1", "core1:eth4"]
    - endpoints: ["edge1:e1-2", "core2:eth4"]
    - endpoints: ["leaf1:eth9", "host1:eth1"]
"""


@pytest.fixture
def few_routers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`init` without a file invents a network: a smaller one than usual."""
    monkeypatch.setattr("netwright.topology.draw.generate", lambda _count, seed, names: generate(ROUTERS, seed, names))


@pytest.mark.slow
@pytest.mark.usefixtures("few_routers")
@pytest.mark.parametrize("platforms", MIXES, ids="-".join)
def test_a_mix_of_platforms(platforms: tuple[str, ...], netwright: Netwright) -> None:
    drawn = made_by_init(netwright, None, *platforms)
    assert set(drawn["platforms"]) == set(platforms)
    plan = whole_life(netwright)
    assert {intent["address"].split("/")[0] for intent in plan["intents"]} == KINDS


def test_a_containerlab_file(netwright: Netwright, tmp_path: Path) -> None:
    file = tmp_path / "lab.clab.yml"
    file.write_text(LAB, encoding="utf-8")
    assert made_by_init(netwright, file)["platforms"] == {"frr": 2, "huawei": 2, "zte": 1}
    assert "leaf1" in whole_life(netwright)["devices"]


@contextmanager
def emulated(netwright: Netwright) -> Iterator[EmulatedNetwork]:
    network = open_network(netwright.root)
    with EmulatedNetwork(network.topology, network.baseline_texts, network.state / "emulator", keep=False) as devices:
        yield devices


@pytest.mark.usefixtures("few_routers")
def test_nothing_is_asked_and_nothing_is_done(netwright: Netwright) -> None:
    made_by_init(netwright, None)
    for file in (netwright.root / "intents").rglob("*.yaml"):
        file.unlink()
    netwright("validate", code=0)
    with emulated(netwright) as devices:
        before = {name: devices.running(name) for name in devices.devices}
        assert netwright("plan", "--emulated", code=0)["changes"] is False
        ended, said, _ = netwright.typed("-C", str(netwright.root), "plan", "--emulated")
        assert (ended, said.startswith("no changes: ")) == (0, True), said
        assert netwright("apply", "--emulated", "--yes", code=0)["changes"] is False
        assert netwright("verify", "--emulated", code=0)["verdicts"] == []
        assert {name: devices.running(name) for name in devices.devices} == before


@pytest.mark.usefixtures("few_routers")
def test_a_fabric_and_no_service(netwright: Netwright) -> None:
    made_by_init(netwright, None)
    for file in (netwright.root / "intents" / "examples").iterdir():
        file.unlink()
    assert [intent["address"].split("/")[0] for intent in whole_life(netwright)["intents"]] == ["Fabric"]
