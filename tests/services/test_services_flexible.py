"""Flex-Algo by measured delay: where the Fabric asks, on routers that can, for services to which delay matters."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from services_networks import EMPTY, FRR, GW1, GW2, NOON, at, deterministic, elastic, ends
from services_networks import reference_topology as reference

from metro import asking
from netwright.intents.loader import Intents
from netwright.intents.rules_fabric import fabric_problems
from netwright.intents.schema import Fabric, Service
from netwright.platforms.base import Capability, Platform
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import FlexAlgorithm, TwampResponder, TwampSession, Vrf

ASKED: Mapping[str, Any] = {"id": 128, "block": "fd00:2::/32"}
ARM = deterministic(endpoints=ends(at(*GW1, 210), at(*GW2, 211)))
PAIR = deterministic("b", endpoints=ends(at(*GW1, 230), at("pop1-gw2", "400GE0/2/0", 231)))
LINE = elastic(endpoints=ends(at(*GW1, 220), at(*GW2, 221)))


def fabric(asked: Mapping[str, Any] | None = ASKED) -> Fabric:
    return asking(igp={"flex_algo": asked} if asked else {})


def planned(
    *services: Service,
    asked: Mapping[str, Any] | None = ASKED,
    platforms: Mapping[str, Platform] = PLATFORMS,
) -> Design:
    return compile_design(Intents(fabric(asked), services), reference(), platforms, EMPTY, NOON)


def made(design: Design, kind: type) -> list[tuple[str, Any]]:
    found = ((node, fragment.construct) for node, own in design.fragments.items() for fragment in own)
    return [(node, construct) for node, construct in found if isinstance(construct, kind)]


def vrfs(design: Design, name: str) -> dict[str, Vrf]:
    return {node: vrf for node, vrf in made(design, Vrf) if vrf.name == name}


def test_routers_with_a_measured_link_have_the_algorithm_and_a_locator_in_its_block() -> None:
    design = planned()
    topology, block = reference(), ip_network("fd00:2::/32")
    huawei = {name for name, node in topology.nodes.items() if node.platform == "huawei"}
    joined = {node for link in topology.links.values() if {link.a, link.z} <= huawei for node in (link.a, link.z)}
    found = dict(made(design, FlexAlgorithm))
    assert found.keys() == joined
    assert len(joined) > 2
    for node, one in found.items():
        assert ip_network(one.prefix).subnet_of(block)  # type: ignore[arg-type]
        assert ip_address(one.end_sid) in ip_network(one.prefix)
        assert one.prefix.partition(":")[2].split(":")[1] == design.numbers.locator(node).split(":")[2]  # type: ignore[union-attr]


def test_each_end_of_a_measured_link_sends_to_the_other_which_answers_on_another_port_than_it_sends() -> None:
    design = planned()
    sent = {(node, one.interface): one for node, one in made(design, TwampSession)}
    answered = {(node, one.reflector, one.sender, one.port) for node, one in made(design, TwampResponder)}
    measured = 0
    for link in reference().links.values():
        pair = [sent.get((node, link.port_of(node))) for node in (link.a, link.z)]
        assert (pair[0] is None) == (pair[1] is None)
        for node, one in zip((link.a, link.z), pair, strict=True):
            if one is not None:
                measured += 1
                assert one.vrf == ""
                assert (link.other(node), one.reflector, one.sender, one.port) in answered
        if pair[0] and pair[1]:
            assert pair[0].port != pair[1].port
    assert measured == len(sent) == len(answered) > 4


def test_the_numbers_of_a_nodes_sessions_are_all_different() -> None:
    design = planned(
        deterministic(endpoints=ends(at(*GW1, 210), at(*GW2, 211)), slo={"one_way_delay_ms": 2.0, "jitter_ms": 1.5})
    )
    assert design.numbers is not None
    numbers = [
        (claim.split("/")[2], number) for claim, number in design.numbers.assignment.numbers.items() if "twamp" in claim
    ]
    assert len(numbers) == len(set(numbers)) > 10


def test_a_service_with_a_delay_has_its_sids_in_the_algorithm_and_others_have_not() -> None:
    design = planned(ARM, LINE)
    block = ip_network("fd00:2::/32")
    for vrf in vrfs(design, "ds-a").values():
        assert (vrf.locator, ip_address(vrf.sid) in block) == ("DELAY", True)
    for vrf in vrfs(design, "el-a").values():
        assert (vrf.locator, ip_address(vrf.sid) in block) == ("MAIN", False)
    assert len(vrfs(design, "ds-a")) == len(vrfs(design, "el-a")) == 2
    sids = {check.where["sid"] for check in design.checks if check.topic == "sids"}
    assert {vrf.sid for vrf in vrfs(design, "ds-a").values()} <= sids


def test_an_end_that_cannot_take_part_keeps_its_service_out_and_is_named() -> None:
    design = planned(
        deterministic(endpoints=ends(at(*GW1, 210), at(*FRR, 211)), constraints={"minimum_grade": "emulated"})
    )
    assert {vrf.locator for vrf in vrfs(design, "ds-a").values()} == {"MAIN"}
    (served,) = design.served.values()
    (note,) = [note for note in served.notes if "measured delay" in note]
    assert "pod2-leaf1, pop1-gw1" in note


def test_islands_are_not_joined() -> None:
    """Without the cores each PoP is an island: its gateways are measured, and no way leads to the other's."""
    platforms = lacking("core1", "core2", "core3", "core4")
    far, near = planned(ARM, platforms=platforms), planned(PAIR, platforms=platforms)
    assert dict(made(far, FlexAlgorithm)).keys() == {"pop1-gw1", "pop1-gw2", "pop2-gw1", "pop2-gw2"}
    assert {vrf.locator for vrf in vrfs(far, "ds-a").values()} == {"MAIN"}
    assert {vrf.locator for vrf in vrfs(near, "ds-b").values()} == {"DELAY"}


def test_nobody_asked() -> None:
    design = planned(ARM, asked=None)
    assert made(design, FlexAlgorithm) == []
    assert {one.vrf for _, one in made(design, TwampSession)} <= {"ds-a"}
    assert {vrf.locator for vrf in vrfs(design, "ds-a").values()} == {"MAIN"}
    assert not [claim for claim in design.claims if claim.startswith("Fabric/") and "twamp" in claim]


def test_a_model_that_lacks_it_takes_no_part() -> None:
    design = planned(ARM, platforms=lacking("pop2-gw1"))
    assert "pop2-gw1" not in dict(made(design, FlexAlgorithm))
    assert "pop2-gw2" in dict(made(design, FlexAlgorithm))
    assert {vrf.locator for vrf in vrfs(design, "ds-a").values()} == {"MAIN"}


def lacking(*nodes: str) -> Mapping[str, Platform]:
    row = Capability("flex_algo", "", "made up", "2026-01-01")
    return {**PLATFORMS, **dict.fromkeys(nodes, Without(PLATFORMS["huawei"], row))}  # type: ignore[dict-item]


class Without:
    """A platform with another row."""

    def __init__(self, usual: Platform, row: Capability) -> None:
        self._usual = usual
        self.capabilities = {**usual.capabilities, row.name: row}

    def __getattr__(self, name: str) -> object:
        return getattr(self._usual, name)


def test_what_is_checked() -> None:
    design = planned()
    flooded = [check for check in design.checks if check.topic == "link-delays"]
    assert {(check.device, check.where["port"]) for check in flooded} == {
        (node, one.interface) for node, one in made(design, TwampSession)
    }
    assert all(check.expect["state"] == "up" for check in flooded)
    assert all(" us by the topology" in check.what for check in flooded)
    named = [check for check in design.checks if check.topic == "locators" and check.where["name"] == "DELAY"]
    assert {check.device for check in named} == dict(made(design, FlexAlgorithm)).keys()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"block": "fd00:2::/40"}, "bad-locator"),
        ({"block": "fd00:2::/32", "locator": "MAIN"}, "bad-locator"),
        ({"block": "fd00:1::/32"}, "overlapping-prefixes"),
    ],
)
def test_a_block_that_does_not_fit(asked: Mapping[str, Any], code: str) -> None:
    assert code in {problem.code for problem in fabric_problems(fabric(asked).spec)}
