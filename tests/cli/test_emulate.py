"""The emulated network as a user starts and ends it: a process that says where its devices answer."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from netwright.cli import emulate, run
from netwright.cli.reading import baselines
from netwright.topology.model import Node, Topology

SITE = "sites:\n  - {name: here, latitude: 31.5, longitude: 112.9}\n"
NODE = "nodes:\n  - {name: r1, platform: zte, site: here, node_id: 1, loopback: '2001:db8::1'}\n"
TOPOLOGY = f"{SITE}{NODE}links: []\n"


@pytest.fixture
def network(tmp_path: Path) -> Path:
    (tmp_path / "inventory").mkdir()
    (tmp_path / "inventory" / "topology.yaml").write_text(TOPOLOGY)
    return tmp_path


def test_devices_answer_until_ctrl_c(network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [sys.executable, "-m", "netwright", "-C", str(network), "emulate", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = []
            while not lines or lines[-1] != "}\n":
                lines.append(process.stdout.readline())
                assert lines[-1], process.stderr and process.stderr.read()
            device = json.loads("".join(lines))["r1"]
            assert device["host"] == "127.0.0.1"
            assert "judged_by" not in device  # nobody asked for it
            socket.create_connection((device["host"], device["port"]), timeout=5).close()
            announced = json.loads((network / "state" / "emulator" / "endpoints.json").read_text())
            assert announced["devices"]["r1"]["port"] == device["port"]
            assert run(["-C", str(network), "emulate"]) == 75
            assert capsys.readouterr().err == (
                f"this network is emulated already, by process {process.pid}: use its devices with --emulated, "
                "or end it first\nexit 75\n"
            )
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert not (network / "state" / "emulator" / "endpoints.json").exists()


@pytest.mark.parametrize("fault", ["r1:nonsense", "r9:refuse", "r1"])
def test_a_fault_that_cannot_be_is_a_usage_error(fault: str, network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(network), "emulate", "--fault", fault]) == 64
    assert capsys.readouterr().err


def test_a_baseline_of_several_parts_is_one_text(tmp_path: Path) -> None:
    folder = tmp_path / "inventory" / "baseline"
    folder.mkdir(parents=True)
    (folder / "a.cfg").write_text("hostname a\n")
    (folder / "a.linux").write_text("ip link add x\n")
    (folder / "b.cfg").write_text("hostname b\n")
    nodes = {name: Node(name, platform, "") for name, platform in (("a", "frr"), ("b", "zte"), ("c", "zte"))}
    assert baselines(tmp_path, Topology(nodes, {})) == {
        "a": "!<cfg>\nhostname a\n!</cfg>\n!<linux>\nip link add x\n!</linux>\n",
        "b": "hostname b\n",
    }


@pytest.mark.parametrize(
    ("record", "kept", "told"), [(False, None, False), (True, None, True), (True, "", True), (True, "r1.cfg", False)]
)
def test_devices_that_know_nothing_of_the_last_apply_are_told(
    network: Path, record: bool, kept: str | None, told: bool
) -> None:
    """Nobody should have to find out by `state-behind`."""
    (network / "state").mkdir()
    if record:
        (network / "state" / "applied.json").write_text("{}")
    state = None if kept is None else network / "devices"
    if state:
        state.mkdir()
    if state and kept:
        (state / kept).write_text("hostname r1\n")
    assert emulate._begins_anew(network, state) is told
