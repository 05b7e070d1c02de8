"""What a network of devices shows, from facts alone: no protocol, no platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from netwright.emulator.facts import (
    AlgorithmFact,
    Facts,
    FlexeFact,
    InterfaceFact,
    MeasurementFact,
    NeighborFact,
    PolicyFact,
    ProbeFact,
    SidFact,
    VrfFact,
)
from netwright.emulator.world import World
from netwright.topology.model import FlexeGroup, Link, Node, Topology


@dataclass
class Paper:
    """A device that is nothing but its facts."""

    said: Facts
    version: int = 1
    asked: int = 0

    def facts(self) -> Facts:
        self.asked += 1
        return self.said

    def change(self, **what: object) -> None:
        self.said = replace(self.said, **what)  # type: ignore[arg-type]
        self.version += 1


LINKS = (
    ("pe1", "e1", "p1", "e1", 10),
    ("p1", "e2", "pe2", "e1", 20),
    ("pe1", "e2", "p2", "e1", 100),
    ("p2", "e2", "pe2", "e2", 100),
)
NODES = {"pe1": 1, "p1": 2, "p2": 3, "pe2": 4}


def node(name: str) -> Facts:
    number = NODES[name]
    interfaces = {"lo": InterfaceFact("lo", addresses=(f"fd00::{number}/128",))}
    metrics = {"lo": 0}
    for index, (a, a_port, z, z_port, _) in enumerate(LINKS):
        for end, port, host in ((a, a_port, 1), (z, z_port, 2)):
            if end == name:
                interfaces[port] = InterfaceFact(port, addresses=(f"fd00:f:{index}::{host}/64",), ipv6_enabled=True)
                metrics[port] = 100 if "p2" in (a, z) else 10
    prefix = f"fd00:1:{number}::"
    return Facts(
        hostname=name,
        asn=65000,
        interfaces=interfaces,
        isis=metrics,
        isis_passive=frozenset({"lo"}),
        locators={"main": f"{prefix}/48"},
        sids=(SidFact(f"{prefix}1", "End"),),
    )


def edge(name: str, host: int, reflector: str = "fd00::2") -> Facts:
    """A PE with one VRF, its access and a session to the reflector p1."""
    base = node(name)
    access = InterfaceFact("e9.100", vrf="red", addresses=(f"10.0.{host}.1/24",))
    vrf = VrfFact(
        "red",
        rd="65000:1",
        import_targets=frozenset({("evpn", "65000:1")}),
        export_targets=frozenset({("evpn", "65000:1")}),
        families=frozenset({"ipv4"}),
        signalling=frozenset({"evpn"}),
        sid=f"fd00:1:{NODES[name]}::4000",
        colour=7,
        redistributes=frozenset({"connected"}),
        traffic_engineered=True,
    )
    neighbour = NeighborFact(reflector, 65000, f"fd00::{NODES[name]}", frozenset({"evpn"}))
    sids = (*base.sids, SidFact(vrf.sid, "End.DT4", "red"))
    interfaces = {**base.interfaces, "e9": InterfaceFact("e9"), "e9.100": access}
    return replace(base, interfaces=interfaces, sids=sids, vrfs={"red": vrf}, neighbors=(neighbour,))


def topology() -> Topology:
    links = {f"l{i}": Link(f"l{i}", a, ap, z, zp, 10**11, km) for i, (a, ap, z, zp, km) in enumerate(LINKS)}
    return Topology({name: Node(name, "paper", "s") for name in NODES}, links)


@pytest.fixture
def devices() -> dict[str, Paper]:
    clients = tuple(
        NeighborFact(f"fd00::{n}", 65000, "fd00::2", frozenset({"evpn"}), reflector_client=True) for n in (1, 4)
    )
    flow = MeasurementFact("m", "red", "10.0.1.0/24", "10.0.4.0/24")
    found = {
        "pe1": Paper(edge("pe1", 1)),
        "p1": Paper(node("p1")),
        "p2": Paper(node("p2")),
        "pe2": Paper(edge("pe2", 4)),
    }
    found["pe1"].change(measurements=(flow,))
    found["p1"].change(neighbors=clients)
    return found


@pytest.fixture
def world(devices: dict[str, Paper]) -> World:
    return World(topology(), devices)


def test_neighbours_see_each_other(world: World) -> None:
    assert world.operational("pe1").adjacencies == {"e1": "p1", "e2": "p2"}
    assert world.operational("pe1").interfaces_up == {"lo", "e1", "e2", "e9", "e9.100"}


def without(key: str) -> Callable[[Facts], Facts]:
    return lambda facts: replace(
        facts, **{key: {name: value for name, value in getattr(facts, key).items() if name != "e1"}}
    )


def port(**what: object) -> Callable[[Facts], Facts]:
    return lambda facts: replace(facts, interfaces={**facts.interfaces, "e1": replace(facts.interfaces["e1"], **what)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "fault",
    [
        port(admin_up=False),
        port(addresses=("fd00:f:9::1/64",)),
        without("isis"),
        lambda facts: replace(facts, isis_passive=frozenset({"lo", "e1"})),
        lambda facts: replace(facts, isis_level=1),
    ],
)
def test_an_adjacency_needs_both_ends(world: World, devices: dict[str, Paper], fault: Callable[[Facts], Facts]) -> None:
    devices["p1"].said, devices["p1"].version = fault(devices["p1"].said), 9
    assert "e1" not in world.operational("pe1").adjacencies
    assert "e1" not in world.operational("p1").adjacencies


def test_a_port_is_down_when_the_far_end_is(world: World, devices: dict[str, Paper]) -> None:
    devices["p1"].said, devices["p1"].version = port(admin_up=False)(devices["p1"].said), 9
    assert "e1" not in world.operational("pe1").interfaces_up


def test_routes_come_through_the_reflector(world: World) -> None:
    shown = world.operational("pe1")
    assert shown.sessions == {("fd00::2", "evpn"): 1}
    assert [(route.prefix, route.protocol, route.next_hop, route.sid, route.colour) for route in shown.routes] == [
        ("10.0.1.0/24", "connected", "", "", 0),
        ("10.0.4.0/24", "bgp", "fd00::4", "fd00:1:4::4000", 7),
    ]
    assert world.operational("p1").sessions == {("fd00::1", "evpn"): 1, ("fd00::4", "evpn"): 1}


def test_without_reflection_nothing_is_passed_on(world: World, devices: dict[str, Paper]) -> None:
    plain = tuple(replace(one, reflector_client=False) for one in devices["p1"].said.neighbors)
    devices["p1"].change(neighbors=plain)
    assert world.operational("pe1").sessions == {("fd00::2", "evpn"): 0}
    assert [route.prefix for route in world.operational("pe1").routes] == ["10.0.1.0/24"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "fd00:f:0::1"},
        {"remote_as": 65001},
        {"families": frozenset({"vpnv4"})},
        {"address": "fd00::3"},
    ],
)
def test_a_session_needs_both_to_agree(world: World, devices: dict[str, Paper], wrong: dict[str, object]) -> None:
    mine = devices["pe1"].said.neighbors[0]
    devices["pe1"].change(neighbors=(replace(mine, **wrong),))  # type: ignore[arg-type]
    assert world.operational("pe1").sessions == {}
    assert ("fd00::1", "evpn") not in world.operational("p1").sessions


@pytest.mark.parametrize(
    "wrong",
    [{"import_targets": frozenset({("vpn", "65000:1")})}, {"families": frozenset({"ipv6"})}],
)
def test_only_what_is_imported_arrives(world: World, devices: dict[str, Paper], wrong: dict[str, object]) -> None:
    red = devices["pe1"].said.vrfs["red"]
    devices["pe1"].change(vrfs={"red": replace(red, **wrong)})  # type: ignore[arg-type]
    assert all(route.protocol != "bgp" for route in world.operational("pe1").routes)


@pytest.mark.parametrize("wrong", [{"sid": ""}, {"sid": "fd00:9::1"}, {"rd": ""}, {"redistributes": frozenset()}])
def test_only_what_is_announced_arrives(world: World, devices: dict[str, Paper], wrong: dict[str, object]) -> None:
    red = devices["pe2"].said.vrfs["red"]
    devices["pe2"].change(vrfs={"red": replace(red, **wrong)})  # type: ignore[arg-type]
    assert all(route.protocol != "bgp" for route in world.operational("pe1").routes)


def policy(*sids: str, fallback: tuple[str, ...] = ()) -> PolicyFact:
    paths = ((200, ((1, sids),)),) + (((100, ((1, fallback),)),) if fallback else ())
    return PolicyFact("pol", "fd00::4", 7, paths)


@pytest.mark.parametrize(
    ("chosen", "up", "preference", "delay_km"),
    [
        (policy("fd00:1:3::1", "fd00:1:4::1"), True, 200, 200),
        (policy("fd00:1:3::2", "fd00:1:4::1"), False, 0, 30),
        (policy("fd00:1:3::1"), False, 0, 30),
        (policy("fd00:1:9::1", fallback=("fd00:1:4::1",)), True, 100, 30),
    ],
)
def test_a_policy_is_up_when_its_segments_lead_to_its_end(
    world: World, devices: dict[str, Paper], chosen: PolicyFact, up: bool, preference: int, delay_km: int
) -> None:
    devices["pe1"].change(policies=(chosen,))
    shown = world.operational("pe1")
    assert [(one.up, one.preference) for one in shown.policies] == [(up, preference)]
    assert shown.delays_us == {"m": delay_km * 5.0}


def test_a_flow_without_a_route_is_not_measured(world: World, devices: dict[str, Paper]) -> None:
    devices["pe2"].change(vrfs={})
    assert world.operational("pe1").delays_us == {}


def test_what_nodes_lose_adds_up_along_the_way_of_a_flow(devices: dict[str, Paper]) -> None:
    """Each loses its share of what reaches it, those between the stops too; who is not on the way loses nothing."""
    world = World(topology(), devices, {"p1": 0.1, "pe2": 0.5, "p2": 0.9})
    shown = world.operational("pe1")
    assert shown.losses == {"m": pytest.approx(1 - 0.9 * 0.5)}
    assert (shown.loses, world.operational("p1").loses) == (0.0, 0.1)
    devices["pe1"].change(policies=(policy("fd00:1:3::1", "fd00:1:4::1"),))
    assert world.operational("pe1").losses == {"m": pytest.approx(1 - 0.1 * 0.5)}


def test_nothing_is_computed_twice(world: World, devices: dict[str, Paper]) -> None:
    for _ in range(3):
        for name in devices:
            world.operational(name)
    assert {paper.asked for paper in devices.values()} == {1}


@pytest.mark.parametrize(("areas", "seen"), [(("49.0001", "49.0001"), True), (("49.0001", "49.0002"), False)])
def test_level_1_stays_in_its_area(world: World, devices: dict[str, Paper], areas: tuple[str, str], seen: bool) -> None:
    for name, area in zip(("pe1", "p1"), areas, strict=True):
        devices[name].change(isis_level=1, isis_area=area)
    assert ("e1" in world.operational("pe1").adjacencies) == seen


def test_the_metric_decides_the_way(world: World, devices: dict[str, Paper]) -> None:
    assert world.operational("pe1").delays_us == {"m": 150.0}
    devices["pe1"].change(isis={**devices["pe1"].said.isis, "e1": 1000})
    assert world.operational("pe1").delays_us == {"m": 1000.0}


def test_without_traffic_engineering_a_policy_is_not_taken(world: World, devices: dict[str, Paper]) -> None:
    devices["pe1"].change(policies=(policy("fd00:1:3::1", "fd00:1:4::1"),))
    assert world.operational("pe1").delays_us == {"m": 1000.0}
    red = replace(devices["pe1"].said.vrfs["red"], traffic_engineered=False)
    devices["pe1"].change(vrfs={"red": red})
    assert world.operational("pe1").delays_us == {"m": 150.0}


def test_what_is_local_is_not_learnt(world: World, devices: dict[str, Paper]) -> None:
    access = replace(devices["pe2"].said.interfaces["e9.100"], addresses=("10.0.1.7/24",))
    devices["pe2"].change(interfaces={**devices["pe2"].said.interfaces, "e9.100": access})
    assert [(one.prefix, one.protocol) for one in world.operational("pe1").routes] == [("10.0.1.0/24", "connected")]


def test_macsec_is_up_where_the_wiring_has_it_and_the_link_is_up() -> None:
    nodes = {name: Node(name, "paper", "s") for name in "az"}
    links = {f"l{n}": Link(f"l{n}", "a", f"e{n}", "z", f"e{n}", 10**11, 1.0, encrypted=n != 2) for n in (1, 2, 3)}
    ports = {f"e{n}": InterfaceFact(f"e{n}", admin_up=n != 3) for n in (1, 2, 3)}
    papers = {name: Paper(Facts(name, interfaces=ports)) for name in nodes}
    assert World(Topology(nodes, links), papers).operational("a").encrypted == {"e1"}


# ---- a flexible algorithm


def flexible(devices: dict[str, Paper], taking_part: tuple[str, ...] = tuple(NODES)) -> None:
    """Algorithm 128 on these nodes: a locator in it, and probes over every link from either end; pe2's VRF is in it."""
    for name in taking_part:
        prefix = f"fd00:2:{NODES[name]}::"
        sent, answered = {}, []
        for index, (a, a_port, z, z_port, _) in enumerate(LINKS):
            for end, port, host, far, number in ((a, a_port, 1, 2, 862), (z, z_port, 2, 1, 863)):
                if end == name:
                    own, other = f"fd00:f:{index}::{host}", f"fd00:f:{index}::{far}"
                    back = 862 + 863 - number
                    sent[port] = ProbeFact(index, "", (own, number), (other, number))
                    answered.append(ProbeFact(index, "", (own, back), (other, back)))
        said = devices[name].said
        devices[name].change(
            locators={**said.locators, "delay": f"{prefix}/48"},
            algorithms=(AlgorithmFact(128, frozenset({f"{prefix}/48"})),),
            link_probes=sent,
            reflectors=tuple(answered),
        )
    if "pe2" in taking_part:
        red = replace(devices["pe2"].said.vrfs["red"], sid="fd00:2:4::4000")
        sids = tuple(one for one in devices["pe2"].said.sids if not one.vrf)
        devices["pe2"].change(vrfs={"red": red}, sids=(*sids, SidFact("fd00:2:4::4000", "End.DT46", "red")))


def test_the_delay_of_a_link_is_flooded_where_its_probes_come_back(world: World, devices: dict[str, Paper]) -> None:
    flexible(devices)
    assert world.operational("pe1").link_delays_us == {"e1": 50.0, "e2": 500.0}
    assert world.operational("pe2").link_delays_us == {"e1": 100.0, "e2": 500.0}
    devices["p1"].change(reflectors=())
    assert world.operational("pe1").link_delays_us == {"e2": 500.0}
    devices["pe1"].change(interfaces={**devices["pe1"].said.interfaces, "e2": InterfaceFact("e2")})
    assert world.operational("pe1").link_delays_us == {}


def test_a_sid_of_the_algorithm_is_reached_by_delay_whatever_the_metric_says(
    world: World, devices: dict[str, Paper]
) -> None:
    devices["pe1"].change(isis={**devices["pe1"].said.isis, "e1": 1000})
    assert world.operational("pe1").delays_us == {"m": 1000.0}
    flexible(devices)
    assert world.operational("pe1").delays_us == {"m": 150.0}


def test_who_takes_no_part_is_no_way(world: World, devices: dict[str, Paper]) -> None:
    flexible(devices, ("pe1", "pe2", "p2"))
    assert world.operational("pe1").delays_us == {"m": 1000.0}
    flexible(devices, ("pe1", "pe2"))
    devices["p2"].change(algorithms=())
    assert world.operational("pe1").delays_us == {}


def test_a_link_that_nobody_measures_is_none(world: World, devices: dict[str, Paper]) -> None:
    flexible(devices)
    devices["p1"].change(link_probes={"e2": devices["p1"].said.link_probes["e2"]})
    assert world.operational("pe1").delays_us == {"m": 150.0}
    devices["pe1"].change(
        link_probes={port: probe for port, probe in devices["pe1"].said.link_probes.items() if port == "e2"}
    )
    assert world.operational("pe1").delays_us == {"m": 1000.0}


@pytest.mark.parametrize(
    ("there", "up"),
    [
        (FlexeFact(1, 2, 4, "x7"), True),
        (FlexeFact(1, 3, 4, "x7"), False),
        (FlexeFact(1, 2, 5, "x7"), False),
        (FlexeFact(2, 2, 4, "x7"), False),
    ],
)
def test_an_interface_of_flexe_needs_the_same_client_at_both_ends(there: FlexeFact, up: bool) -> None:
    def end(name: str, client: FlexeFact) -> Paper:
        ports = {port: InterfaceFact(port, needs_client=port.startswith("x")) for port in ("x1", client.port)}
        return Paper(Facts(name, interfaces=ports, flexe=(FlexeFact(1, 1, 20, "x1"), client)))

    link = Link("l", "a", "x1", "z", "x1", 10**11, 1.0, flexe=FlexeGroup(1, 80, 5 * 10**9, 20))
    nodes = {name: Node(name, "paper", "s") for name in "az"}
    papers = {"a": end("a", FlexeFact(1, 2, 4, "x2")), "z": end("z", there)}
    shown = World(Topology(nodes, {"l": link}), papers)
    assert shown.operational("a").interfaces_up == ({"x1", "x2"} if up else {"x1"})
