"""The reference network with a router of another model: the inventory names it, the plan is what its modules allow."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import pytest

from netwright.app.ground import design_of
from netwright.errors import Refused
from netwright.services.model import FlexeClient, Measurement, Slice
from netwright.workspace import open_network

ROOT = Path(__file__).parents[2]
AT = datetime.fromisoformat("2026-12-05T23:30:00+08:00")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    for name in ("intents", "inventory"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def give(network: Path, host: str, lacking: set[str], **high: int) -> None:
    """Make a host a router of a model whose modules lack some nodes, and have narrower ranges."""
    said = json.loads(files("netwright.platforms.huawei").joinpath("model.json").read_text(encoding="utf-8"))
    answers = {name: answer for name, answer in said["answers"].items() if name not in lacking}
    answers |= {
        name.replace("_", "-"): {**answers[name.replace("_", "-")], "high": most} for name, most in high.items()
    }
    (network / "inventory" / "models").mkdir()
    file = network / "inventory" / "models" / "small.json"
    file.write_text(json.dumps({**said, "model": "small", "answers": answers}), encoding="utf-8")
    hosts = network / "inventory" / "hosts.yaml"
    text = hosts.read_text(encoding="utf-8")
    hosts.write_text(text.replace(f"{host}:\n", f"{host}:\n  data: {{model: small}}\n"), encoding="utf-8")


def made(network: Path, kind: type) -> dict[str, int]:
    design = design_of(open_network(network), AT)
    found = {
        device: sum(isinstance(one.construct, kind) for one in design.fragments[device]) for device in design.fragments
    }
    return {device: count for device, count in found.items() if count}


def test_a_router_that_cannot_measure_does_not_and_all_others_do(network: Path) -> None:
    usual = made(network, Measurement)
    give(network, "pop2-gw1", {"ifit"})
    assert "pop2-gw1" in usual
    assert made(network, Measurement) == {device: count for device, count in usual.items() if device != "pop2-gw1"}


def test_slice_ids_are_those_that_the_smallest_model_can_have(network: Path) -> None:
    give(network, "edge1", set(), slice=20)
    design = design_of(open_network(network), AT)
    ids = {
        one.construct.slice_id
        for found in design.fragments.values()
        for one in found
        if isinstance(one.construct, Slice)
    }
    assert ids
    assert max(ids) <= 20


def test_clients_of_flexe_are_not_on_links_of_a_router_without(network: Path) -> None:
    usual = made(network, FlexeClient)
    give(network, "core1", {"flexe"})
    assert usual["core1"]
    assert "core1" not in made(network, FlexeClient)


def test_an_intent_that_needs_what_the_model_lacks_is_refused(network: Path) -> None:
    give(network, "pop2-gw1", {"hot-standby", "macsec"})
    with pytest.raises(Refused) as refused:
        design_of(open_network(network), AT)
    assert {found.code for found in refused.value.diagnostics} >= {"unsupported", "path-not-encrypted"}


def test_a_model_that_nobody_derived_is_refused_by_name(network: Path) -> None:
    give(network, "pop2-gw1", set())
    (network / "inventory" / "models" / "small.json").unlink()
    with pytest.raises(Refused, match="small, of which nothing is known"):
        design_of(open_network(network), AT)
