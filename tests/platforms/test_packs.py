"""A host's `data.model` decides what its router can do; nobody else's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netwright.errors import Refused
from netwright.platforms.base import pack_of
from netwright.platforms.packs import models, packs
from netwright.platforms.registry import PLATFORMS
from netwright.topology.inventory import Host, Inventory
from netwright.topology.model import Node, Topology

SECOND = Path(__file__).parent / "huawei" / "second" / "second.json"


def inventory(**models: object) -> Inventory:
    return Inventory({name: _host(name, {} if model is None else {"model": model}) for name, model in models.items()})


def _host(name: str, data: object) -> Host:
    given = dict.fromkeys(Host.__dataclass_fields__)
    return Host(**{**given, "name": name, "data": data, "givers": ()})  # type: ignore[arg-type]


def topology(**platforms: str) -> Topology:
    return Topology({name: Node(name, platform, "here") for name, platform in platforms.items()}, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models").mkdir()
    shutil.copy(SECOND, tmp_path / "models" / "second.json")
    return tmp_path


def test_two_models_of_one_platform(folder: Path) -> None:
    found = packs(
        topology(a="huawei", b="huawei", c="huawei", z="zte"), inventory(a=None, b="second", c="second"), folder
    )
    assert found["a"] is PLATFORMS["huawei"]
    assert found["z"] is PLATFORMS["zte"]
    assert found["b"] is found["c"]
    assert [found[name].capabilities["flexe"].value for name in "ab"] == [True, False]
    assert found["b"].name == "huawei"


def test_a_release_that_netwright_knows_needs_no_file(folder: Path) -> None:
    found = packs(topology(a="frr", b="frr", c="frr"), inventory(a=None, b="frr-10.3", c="frr-10.7"), folder)
    assert found["a"] is found["c"] is PLATFORMS["frr"]
    assert [found[name].capabilities["protection"].value for name in "ab"] == [("none", "hot-standby"), ("none",)]
    assert models(folder)["frr 10.3"] is found["b"]
    with pytest.raises(Refused, match="of the model frr") as refused:
        packs(topology(a="frr"), inventory(a="frr-10.5"), folder)
    assert "there is frr-10.3 and frr-10.7" in str(refused.value.diagnostics[0].hint)


def test_a_network_without_an_inventory_has_the_usual_models(folder: Path) -> None:
    assert packs(topology(a="huawei"), None, folder) == {"a": PLATFORMS["huawei"]}


def test_a_node_has_its_own_pack_before_its_platform_s(folder: Path) -> None:
    own = packs(topology(a="huawei"), inventory(a="second"), folder)
    assert pack_of({**PLATFORMS, **own}, Node("a", "huawei", "here")) is own["a"]
    assert pack_of({**PLATFORMS, **own}, Node("b", "huawei", "here")) is PLATFORMS["huawei"]


@pytest.mark.parametrize(
    ("platform", "model", "said"),
    [
        ("huawei", "secand", "is of the model secand, of which nothing is known"),
        ("huawei", "broken", "says nothing about a router model"),
        ("frr", "second", "is of the model second, of which nothing is known"),
        ("zte", "second", "all zte routers are alike here"),
    ],
)
def test_a_model_that_is_not_known_is_refused(folder: Path, platform: str, model: str, said: str) -> None:
    (folder / "models" / "broken.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Refused, match=said) as refused:
        packs(topology(a=platform), inventory(a=model), folder)
    assert [(found.code, found.address) for found in refused.value.diagnostics] == [("unknown-model", "Host/a")]


def test_every_model_that_a_network_knows_can_be_shown(folder: Path) -> None:
    (folder / "models" / "broken.json").write_text("{}", encoding="utf-8")
    found = models(folder)
    assert list(found) == ["frr 10.3", "huawei second"]
    assert found["huawei second"].capabilities["flexe"].value is False
    assert list(models(folder / "models")) == ["frr 10.3"]
