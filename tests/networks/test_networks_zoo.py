"""`init` from the files of the Topology Zoo, and from there a network's whole life, until nothing of it is left."""

from __future__ import annotations

import pytest
from networks_support import KINDS, TOPOLOGIES, Netwright, made_by_init, whole_life, zoo_file

SIZES = {"Abilene": 11, "Geant2012": 40, "Cernet": 41, "Chinanet": 42, "Dfn": 58, "Colt": 153}
"""Routers that `init` makes of each file: its nodes, less what is not connected to the largest part."""

SMALL = "Abilene"
LARGE = [name for name in SIZES if name != SMALL]
PATIENCE_S = 1800
"""For the slow ones on a busy machine, seconds. Colt takes about three minutes of two idle cores."""


def life_of(name: str, netwright: Netwright) -> None:
    drawn = made_by_init(netwright, zoo_file(name))
    assert sum(drawn["platforms"].values()) == SIZES[name]
    assert set(drawn["platforms"]) == {"huawei", "zte", "frr"}
    plan = whole_life(netwright)
    assert {intent["address"].split("/")[0] for intent in plan["intents"]} == KINDS
    assert len(plan["devices"]) == SIZES[name]


def test_the_smallest_network_lives_and_goes(netwright: Netwright) -> None:
    life_of(SMALL, netwright)


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE_S)
@pytest.mark.parametrize("name", LARGE)
def test_a_larger_network_lives_and_goes(name: str, netwright: Netwright) -> None:
    life_of(name, netwright)


def test_every_file_of_the_zoo_has_its_row() -> None:
    zoo_file(SMALL)
    assert {file.stem for file in TOPOLOGIES.glob("*.gml")} == set(SIZES)
