"""From a topology to boxes and cables: everything once, names that Linux takes, and what cannot be refused."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_networks import drawn, ring

from netwright.errors import Refused
from netwright.lab.blueprint import KIND_LABEL, Settings, blueprint, lab_name
from netwright.lab.model import WIRES, Blueprint, Role
from netwright.lab.ports import DIALECTS, keeps, names
from netwright.topology.generate import generate
from netwright.topology.model import Node, Port, Topology


def check_everything_once(topology: Topology, lab: Blueprint) -> None:
    """Every link and every access port is plugged in exactly once, and nothing else is."""
    plugs = Counter((end.box, end.interface) for cable in lab.cables for end in (cable.a, cable.z))
    assert set(plugs.values()) <= {1}
    links = Counter(cable.link for cable in lab.cables if cable.z.box == WIRES)
    assert links == Counter(dict.fromkeys(topology.links, 2))
    access = Counter(cable.link for cable in lab.cables if cable.z.box != WIRES)
    assert access == Counter(f"{node.name}:{port}" for node in topology.nodes.values() for port in node.ports)
    ends = {(wire.link, end) for wire in lab.wires for end in (wire.a, wire.z)}
    assert ends == {(cable.link, cable.z.interface) for cable in lab.cables if cable.z.box == WIRES}


@given(st.integers(4, 40), st.integers(0, 1000), st.sampled_from([1, 20, 5000]))
def test_every_link_and_port_is_there_once_and_every_name_fits(nodes: int, seed: int, scale: int) -> None:
    topology = generate(nodes, seed)
    lab = blueprint(topology, Settings("any", 9216, scale))
    check_everything_once(topology, lab)
    for cable in lab.cables:
        for end in (cable.a, cable.z):
            assert len(end.interface) <= 10  # a VLAN's `.4094` must fit behind it
            assert end.interface not in {"eth0", "lo", "sr0"}
            assert "/" not in end.interface
    assert len({box.name for box in lab.boxes}) == len({box.address for box in lab.boxes}) == len(lab.boxes)
    for box in lab.boxes:
        assert Counter(box.ports) == Counter(
            end.interface for cable in lab.cables for end in (cable.a, cable.z) if end.box == box.name
        )


def test_the_lab_topology_has_the_same_links_between_the_same_routers() -> None:
    lab = drawn().topology
    assert {name: (link.a, link.z) for name, link in lab.links.items()} == {
        name: (link.a, link.z) for name, link in ring().links.items()
    }
    assert {node.platform for node in lab.nodes.values()} == {"frr"}
    assert lab.scale == 1000
    for cable in drawn().cables:
        if cable.z.box == WIRES:
            assert lab.links[cable.link].port_of(cable.a.box) == cable.a.interface


def test_a_port_says_which_one_of_production_it_stands_for() -> None:
    ports = drawn().topology.nodes["pe1"].ports
    assert {port.name: port.stands_for for port in ports.values()} == {"eth3": "100GE0/2/0", "eth4": "100GE0/2/1"}
    kept = drawn().topology.nodes["pe2"].ports["eth9"]
    assert kept.stands_for == ""


def test_rates_are_scaled_and_lengths_are_not() -> None:
    lab = drawn(1000)
    link = lab.topology.links["pe1-p1"]
    assert (link.capacity_bps, link.length_km) == (10**8, 10.0)
    wire = next(wire for wire in lab.wires if wire.link == "pe1-p1")
    assert (wire.rate_bps, wire.delay_us) == (10**8, 50.0)
    assert lab.topology.nodes["pe2"].ports["eth9"].capacity_bps == 10**8


def test_a_cable_carries_the_mtu_of_the_fabric() -> None:
    assert {cable.mtu for cable in drawn().cables} == {9216}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("eth1", True),
        ("eth0", False),
        ("lo", False),
        ("sr0", False),
        ("100GE0/1/0", False),
        ("swp17", True),
        ("longerthan10", False),
        ("docker0", False),
        ("9p", False),
        ("all", False),
    ],
)
def test_a_name_is_kept_where_linux_takes_it_and_nobody_else_has_it(name: str, kept: bool) -> None:
    assert keeps(name) is kept


def test_a_dealt_name_goes_around_those_that_are_kept() -> None:
    found = names(["100GE0/1/0", "eth1", "eth3", "100GE0/1/1"], "linux")
    assert [one.port for one in found.values()] == ["eth2", "eth1", "eth3", "eth4"]


def test_vrnetlab_counts_its_ports_from_one_and_the_router_from_nought() -> None:
    found = names(["a/1", "b/2"], "huawei_vrp")
    assert [(one.port, one.plug) for one in found.values()] == [("Ethernet1/0/0", "eth1"), ("Ethernet1/0/1", "eth2")]


def test_an_image_of_a_platform_makes_its_routers_of_that_kind() -> None:
    lab = blueprint(ring(), Settings("ring", 9216, images={"huawei_vrp": "vrnetlab/vr-vrp:1"}))
    kinds = {box.name: (box.kind, box.image) for box in lab.of_role(Role.ROUTER)}
    assert kinds["pe1"] == ("huawei_vrp", "vrnetlab/vr-vrp:1")
    assert kinds["p2"][0] == "linux"
    assert lab.topology.nodes["pe1"].platform == "huawei"
    check_everything_once(ring(), lab)


def test_a_label_asks_for_a_kind_and_gets_it_only_where_there_is_an_image() -> None:
    topology = labelled("p2", "nokia_srlinux")
    with_image = blueprint(topology, Settings("ring", 9216, images={"nokia_srlinux": "srl:1"}))
    assert next(box for box in with_image.boxes if box.name == "p2").kind == "nokia_srlinux"
    assert next(box for box in blueprint(topology, Settings("ring", 9216)).boxes if box.name == "p2").kind == "linux"


def labelled(name: str, kind: str) -> Topology:
    topology = ring()
    node = replace(topology.nodes[name], labels={KIND_LABEL: kind})
    return replace(topology, nodes={**topology.nodes, name: node})


def renamed(name: str) -> Topology:
    topology = ring()
    node = Node(name, "frr", "town", ports={"eth1": Port("eth1", 10**9)})
    return replace(topology, nodes={**topology.nodes, name: node})


@pytest.mark.parametrize(
    ("topology", "settings", "code"),
    [
        (ring(), Settings("r", 9216, images={"cisco_xrd": "x:1"}), "unknown-lab-kind"),
        (ring(), Settings("r", 9216, images={"arista_ceos": "x:1"}), "unused-lab-image"),
        (renamed("wires"), Settings("r", 9216), "lab-name-taken"),
        (renamed("pe1-hosts"), Settings("r", 9216), "lab-name-taken"),
        (ring(), Settings("r", 9216, subnet="192.0.2.0/24"), "lab-too-large"),
    ],
)
def test_what_cannot_be_is_refused(topology: Topology, settings: Settings, code: str) -> None:
    with pytest.raises(Refused) as refused:
        blueprint(topology, settings)
    assert [finding.code for finding in refused.value.diagnostics] == [code]


@pytest.mark.parametrize(("name", "called"), [("metro", "metro"), ("Lan Jiang!", "lan-jiang"), ("...", "lab")])
def test_a_lab_is_called_as_docker_takes_it(name: str, called: str) -> None:
    assert lab_name(name) == called


def test_every_kind_has_a_dialect_whose_plugs_linux_takes() -> None:
    for kind, dialect in DIALECTS.items():
        plugs = [one.plug for one in names([f"x/{number}" for number in range(12)], kind).values()]
        assert len(set(plugs)) == 12, (kind, dialect)
