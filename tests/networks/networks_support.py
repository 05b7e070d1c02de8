"""A network in a folder, driven through the command line: what a user types, with its exit code and its document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from netwright.cli import run
from netwright.emulator.network import EmulatedNetwork
from netwright.workspace import open_network

ROOT = Path(__file__).parents[2]
TOPOLOGIES = ROOT / "tests" / "data" / "topologies"
KINDS = {"Fabric", "TenantSlice", "LosslessRdmaPath", "ElasticLine", "DeterministicService"}
"""Of the examples that `init` writes, one each."""


def zoo_file(name: str) -> Path:
    """A file of the Topology Zoo."""
    return TOPOLOGIES / f"{name}.gml"


@dataclass(frozen=True, slots=True)
class Netwright:
    """`netwright -C FOLDER`, in this process; the command line's own words are kept from the screen."""

    root: Path
    captured: pytest.CaptureFixture[str]

    def __call__(self, *words: str, code: int) -> Mapping[str, Any]:
        """Run one verb with `--json`, hold it to its exit code, and return its document."""
        ended, out, err = self.typed("-C", str(self.root), *words, "--json")
        assert ended == code, f"{words}: exit {ended}\n{out}\n{err}"
        document: Mapping[str, Any] = json.loads(out)
        return document

    def typed(self, *words: str) -> tuple[int, str, str]:
        """Run a command line as it is: its exit code, stdout and stderr."""
        self.captured.readouterr()
        ended = run(words)
        said = self.captured.readouterr()
        return ended, said.out, said.err


def made_by_init(netwright: Netwright, source: Path | None, *platforms: str) -> Mapping[str, Any]:
    """`netwright init`, then `validate`."""
    words = [*(("--from", str(source)) if source else ()), *(f"--platform={name}" for name in platforms)]
    ended, out, err = netwright.typed("init", str(netwright.root), *words, "--json")
    assert ended == 0, err
    assert netwright("validate", code=0)["intents"] >= 1
    document: Mapping[str, Any] = json.loads(out)
    return document


def whole_life(netwright: Netwright) -> Mapping[str, Any]:
    """Plan, apply, plan again, verify, remove everything; returns the first plan."""
    network = open_network(netwright.root)
    state = netwright.root / "state" / "emulator"
    with EmulatedNetwork(network.topology, network.baseline_texts, state, keep=False) as emulated:
        baseline = {name: emulated.running(name) for name in network.topology.nodes}
        made = netwright("plan", "--emulated", code=2)
        _all_changed(netwright("apply", "--emulated", "--yes", code=0))
        netwright("plan", "--emulated", code=0)
        _kept(netwright("verify", "--emulated", code=0), {intent.address for intent in network.intents.all})
        _withdraw(netwright.root)
        _all_changed(netwright("apply", "--emulated", "--yes", code=0))
        netwright("plan", "--emulated", code=0)
        differing = [name for name, text in baseline.items() if emulated.running(name) != text]
    assert differing == [], "these do not run their baseline again"
    return made


def _all_changed(outcome: Mapping[str, Any]) -> None:
    states = {result["state"] for result in outcome["devices"].values()}
    assert states <= {"changed", "unchanged"}, outcome


def _kept(document: Mapping[str, Any], asked: set[str]) -> None:
    """Every check passed or was skipped with a reason, and every intent has one that passed."""
    assert document["kept"] is True
    verdicts = document["verdicts"]
    assert {verdict["state"] for verdict in verdicts} <= {"success", "skipped"}
    assert all(verdict["message"] for verdict in verdicts if verdict["state"] == "skipped")
    passed = {verdict["address"] for verdict in verdicts if verdict["state"] == "success"}
    assert {"/".join(address.split("/")[:2]) for address in passed} == asked
    assert all(not one["missing"] + one["extra"] + one["different"] for one in document["configured"])


def _withdraw(root: Path) -> None:
    for file in (root / "intents").rglob("*.yaml"):
        file.unlink()
