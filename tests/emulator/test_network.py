"""A network of emulated devices: where it answers, what it keeps, how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from pathlib import Path

import pytest
from huawei_support import BASELINE

from netwright.emulator.faults import BadFault
from netwright.emulator.network import AlreadyEmulated, EmulatedNetwork, NotEmulated, read_endpoints
from netwright.topology.model import Node, Topology

VRF = (
    '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>A</name></instance>'
    "</instances></network-instance>"
)


def topology(*names: str, platform: str = "huawei") -> Topology:
    return Topology({name: Node(name, platform, "s") for name in names}, {})


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_endpoints_are_written_while_it_runs_and_gone_after(tmp_path: Path) -> None:
    with EmulatedNetwork(topology("r1", "r2"), {}, tmp_path) as network:
        written = json.loads((tmp_path / "endpoints.json").read_text())
        assert written["pid"] == os.getpid()
        assert read_endpoints(tmp_path) == network.endpoints
        assert list(network.endpoints) == ["r1", "r2"]
        ports = [end.port for end in network.endpoints.values()]
        assert all(answers(port) for port in ports)
    assert not (tmp_path / "endpoints.json").exists()
    assert not any(answers(port) for port in ports)


def test_who_asks_where_nothing_runs_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotEmulated, match="netwright emulate"):
        read_endpoints(tmp_path)
    (tmp_path / "endpoints.json").write_text('{"pid": 999999999, "devices": {}}')
    with pytest.raises(NotEmulated, match="gone"):
        read_endpoints(tmp_path)


def test_a_network_that_is_emulated_already_is_left_alone(tmp_path: Path) -> None:
    with EmulatedNetwork(topology("r1"), {}, tmp_path) as first:
        second = EmulatedNetwork(topology("r1"), {}, tmp_path)
        with pytest.raises(AlreadyEmulated, match=f"emulated already, by process {os.getpid()}: "):
            second.__enter__()
        assert not second.endpoints
        assert read_endpoints(tmp_path) == first.endpoints
        assert answers(first.endpoints["r1"].port)
    with second:
        assert read_endpoints(tmp_path) == second.endpoints


def test_who_is_only_starting_is_not_named(tmp_path: Path) -> None:
    with EmulatedNetwork(topology("r1"), {}, tmp_path):
        (tmp_path / "endpoints.json").unlink()
        with pytest.raises(AlreadyEmulated, match="another netwright, which is starting"):
            EmulatedNetwork(topology("r1"), {}, tmp_path).__enter__()


def test_what_somebody_left_who_was_killed_is_no_claim(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    (tmp_path / "endpoints.json").write_text(json.dumps({"pid": os.getppid(), "devices": {}}))
    with EmulatedNetwork(topology("r1"), {}, tmp_path) as network:
        assert read_endpoints(tmp_path) == network.endpoints


@pytest.mark.parametrize("keep", [True, False])
def test_configuration_is_kept_when_asked(tmp_path: Path, keep: bool) -> None:
    texts = []
    for boot in (BASELINE + VRF, BASELINE):
        with EmulatedNetwork(topology("r1"), {"r1": boot}, tmp_path, keep=keep) as network:
            texts.append(network.running("r1"))
    assert (texts[0] == texts[1]) == keep


def test_what_cannot_be_emulated_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotEmulated, match="r1: platform 'junos'"):
        EmulatedNetwork(topology("r1", platform="junos"), {}, tmp_path)
    with pytest.raises(BadFault, match="no device 'r9'"):
        EmulatedNetwork(topology("r1"), {}, tmp_path, ["r9:dead"])


def test_in_the_foreground_it_runs_until_it_is_cancelled(tmp_path: Path) -> None:
    async def main() -> None:
        network = EmulatedNetwork(topology("r1"), {"r1": BASELINE}, tmp_path)
        up = asyncio.Event()
        serving = asyncio.ensure_future(network.serve(lambda _: up.set()))
        await asyncio.wait_for(up.wait(), 5)
        assert (tmp_path / "endpoints.json").exists()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        assert not (tmp_path / "endpoints.json").exists()

    asyncio.run(main())


def test_a_port_that_is_taken_ends_everything_that_had_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        network = EmulatedNetwork(topology("r1", "r2"), {}, tmp_path)
        network._ports["r2"] = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            network.__enter__()
        assert not answers(network._ports["r1"])
    assert not (tmp_path / "endpoints.json").exists()
