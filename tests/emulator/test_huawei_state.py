"""Everything the emulated router reports stands in the vendor's model, with values of its types."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree
from test_huawei_model import built, sample

from netwright.drivers.base import Topic
from netwright.drivers.huawei_state import rows_of
from netwright.emulator.facts import AlgorithmFact, Facts
from netwright.emulator.huawei.edit import edited
from netwright.emulator.huawei.meaning import facts_of
from netwright.emulator.huawei.schema import Node, root
from netwright.emulator.huawei.state import operational_tree
from netwright.emulator.huawei.store import Checkpoint
from netwright.emulator.huawei.values import canonical
from netwright.emulator.world import Operational, PolicyState, Probed, RouteState

WORLD = Operational(
    adjacencies={"100GE0/1/0": "p1"},
    interfaces_up=frozenset({"100GE0/1/0", "LoopBack0"}),
    sessions={("2001:db8::2", "evpn"): 3},
    routes=(
        RouteState("TENANT-A", "192.0.2.0/30", "connected", interface="100GE0/1/1.100"),
        RouteState("TENANT-A", "198.51.100.0/30", "bgp", "2001:db8::2", "fd00:1:2::4000", 1001),
    ),
    policies=(
        PolicyState("POL-A-1001", "2001:db8::2", 1001, up=True, preference=200, sids=("fd00:1:3::1", "fd00:1:2::1")),
    ),
    delays_us={"IFIT-A-ROCE": 55.5},
    probes={7: Probed(111.0, 3.0, 4.0)},
    link_delays_us={"100GE0/1/0": 55.4},
    encrypted=frozenset({"100GE0/1/0"}),
)
POINTS = (
    Checkpoint("1000000001", "", "system", "2026-01-01T00:00:00Z"),
    Checkpoint("1000000002", "me", "netconf", "2026-01-01T00:00:01Z", "x", "y"),
)


@pytest.fixture
def tree(samples: Path) -> etree._Element:
    running = built(samples, "14-")
    return operational_tree(running, POINTS, lambda: facts_of(running, "pe1"), lambda: WORLD)


def walk(item: etree._Element, node: Node, wrong: list[str]) -> int:
    """Count the state leaves; collect what the model does not know."""
    found = 0
    for child in item:
        place = node.children.get(child.tag)
        if place is None:
            wrong.append(child.tag)
        elif place.node.kind in ("leaf", "leaf-list"):
            canonical(place.node, child.text or "")
            found += not place.node.config
        else:
            found += walk(child, place.node, wrong)
    return found


def test_a_policy_shows_the_binding_sid_that_it_was_given(tree: etree._Element) -> None:
    assert [one.text for one in tree.findall(".//{*}policy-info/{*}binding-sid")] == ["fd00:1:1::1001"]


def test_an_algorithm_by_delay_is_understood_with_its_locator(samples: Path) -> None:
    facts = facts_of(built(samples, "14-"), "pe1")
    assert facts.algorithms == (AlgorithmFact(128, frozenset({"fd00:128:1::/64"})),)
    assert facts.link_probes == {}


def test_the_delays_that_is_is_floods_are_shown_and_read(tree: etree._Element) -> None:
    assert rows_of(Topic.LINK_DELAYS, tree) == [{"port": "100GE0/1/0", "state": "up", "delay_us": 55}]
    for one in tree.iter("{*}level-2-status"):
        one.text = "false"
    assert rows_of(Topic.LINK_DELAYS, tree) == [{"port": "100GE0/1/0", "state": "down"}]


def test_macsec_is_up_while_a_peer_is_live(tree: etree._Element) -> None:
    shown = {"port": "100GE0/1/0", "state": "up", "suite": "GCM-AES-XPN-256"}
    assert rows_of(Topic.ENCRYPTION, tree) == [shown]
    for one in tree.iter("{*}live-peers1"):
        one.text = "0"
    assert rows_of(Topic.ENCRYPTION, tree) == [{**shown, "state": "down"}]


def test_a_channelised_sub_interface_is_its_slices_alone(samples: Path) -> None:
    running = edited(built(samples, "04b-"), sample(samples, "10b-"))
    held = {(one.port, one.slice_id, one.rate_bps) for one in facts_of(running, "pe1").channels}
    assert held == {("100GE0/1/0", 10, 0), ("100GE0/1/0.20", 20, 10 * 10**9)}
    shown = operational_tree(running, POINTS, lambda: facts_of(running, "pe1"), lambda: WORLD)
    rows = {(row["port"], row["slice_id"]): row["rate_bps"] for row in rows_of(Topic.SLICES, shown)}
    assert rows["100GE0/1/0.20", 20] == 10 * 10**9


def test_every_name_and_value_is_of_the_model(tree: etree._Element) -> None:
    wrong: list[str] = []
    assert walk(tree, root(), wrong) > 80
    assert wrong == []


def test_only_the_roots_that_are_asked_for_are_made(samples: Path) -> None:
    running = built(samples, "00-")

    def never() -> Facts:
        raise AssertionError("nobody asked for facts")

    def nor() -> Operational:
        raise AssertionError("nobody asked for the world")

    tree = operational_tree(running, POINTS, never, nor, frozenset({"cfg"}))
    assert [child.tag.rpartition("}")[2] for child in tree] == ["cfg"]
