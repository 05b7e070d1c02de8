"""`validate`: names are held against the network whatever else is wrong; a single file says what it was held to."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netwright.cli import run

ROOT = Path(__file__).parents[2]
SLICE = """apiVersion: netwright/v1
kind: TenantSlice
metadata: {name: NAME, tenant: shop}
spec:
  sites:
    - {name: campus, node: NODE, port: eth3, vlan: 210, addresses: ["10.21.0.1/24"]}
    - {name: aidc, node: pop2-gw1, port: PORT, vlan: 210, addresses: ["10.22.0.1/24"]}
  bandwidth: 1G
"""


@pytest.fixture
def network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "inventory", tmp_path / "inventory")
    (tmp_path / "intents").mkdir()
    shutil.copy(ROOT / "intents" / "fabric.yaml", tmp_path / "intents")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(network: Path, name: str, node: str = "pod2-leaf1", port: str = "400GE0/2/0") -> Path:
    file = network / "intents" / f"{name}.yaml"
    file.write_text(SLICE.replace("NAME", name).replace("NODE", node).replace("PORT", port), encoding="utf-8")
    return file


def said(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(arguments) == code
    shown = capsys.readouterr()
    return shown.out + shown.err


@pytest.mark.parametrize("verb", [["validate"], ["plan", "--offline"]])
def test_a_collision_hides_no_unknown_node(verb: list[str], network: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, node in (("one", "pod2-leaf1"), ("two", "pod2-leaf1"), ("three", "pod9-leaf1")):
        write(network, name, node)
    text = said(verb, 1, capsys)
    assert "error[port-in-use]" in text
    assert "error[unknown-node] TenantSlice/three spec.sites[0].node names pod9-leaf1" in text


def test_a_file_alone_is_held_against_the_names_of_the_network(
    network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(network, "one")
    assert "names held against this network" in said(["validate", str(file)], 0, capsys)
    text = said(["validate", str(write(network, "one", port="400GE0/1/0"))], 1, capsys)
    assert "error[unknown-port]" in text
    (network / "inventory" / "topology.yaml").unlink()
    assert "read alone, no network's folder is here" in said(["validate", str(file)], 0, capsys)


def test_a_port_of_the_core_is_called_so_and_the_access_ports_listed(
    network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(["validate", str(write(network, "one", port="FlexE0/1/129"))], 1, capsys)
    assert "names FlexE0/1/129, which the link core2-pop2-gw1 is on" in text or "which the link pop2-gw1-core" in text
    assert "access ports of pop2-gw1: 100GE" in text or "access ports of pop2-gw1: 400GE" in text
    assert "did you mean" not in text
