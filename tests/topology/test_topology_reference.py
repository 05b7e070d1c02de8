"""The reference network is what its own comments say, judged by networkx."""

from datetime import UTC, datetime
from itertools import combinations, pairwise

import networkx as nx
import pytest
from topology_files import INTENTS, INVENTORY, LANGUAGE, ROOT

from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents, read_intents
from netwright.platforms.registry import PLATFORMS
from netwright.promise.lossless import goodput_ratio, headroom_bytes
from netwright.services.compile import compile_design
from netwright.topology.inventory import load_inventory, match
from netwright.topology.load import load_topology
from netwright.topology.model import Topology


@pytest.fixture(scope="module")
def network() -> Topology:
    found = Diagnostics()
    topology = load_topology(INVENTORY / "topology.yaml", found)
    assert found.found == []
    return topology


@pytest.fixture(scope="module")
def intents() -> Intents:
    loaded, found = read_intents([INTENTS], INTENTS.parent)
    assert found.found == []
    return loaded


def graph(topology: Topology, *, cut: str = "") -> nx.Graph:
    drawn = nx.Graph()
    drawn.add_nodes_from(topology.nodes)
    for link in sorted(topology.links.values(), key=lambda link: -link.length_km):  # of two parallel ones the shorter
        if cut not in link.srlgs:
            drawn.add_edge(link.a, link.z, km=link.length_km, name=link.name)
    return drawn


def way_km(drawn: nx.Graph, *nodes: str) -> float:
    return sum(drawn.edges[a, z]["km"] for a, z in pairwise(nodes))


def test_it_has_the_routers_of_a_first_stage(network: Topology) -> None:
    assert len(network.nodes) == 20
    by_platform = {
        name: sorted(n.name for n in network.nodes.values() if n.platform == name) for name in ("zte", "frr")
    }
    for pod, platform in (("pod1", "zte"), ("pod2", "frr")):
        assert by_platform[platform] == [
            f"{pod}-leaf1",
            f"{pod}-leaf2",
            f"{pod}-leaf3",
            f"{pod}-spine1",
            f"{pod}-spine2",
        ]


def test_every_router_has_two_ways_out_and_survives_any_neighbour(network: Topology) -> None:
    drawn = graph(network)
    assert min(degree for _, degree in drawn.degree) >= 2
    assert nx.node_connectivity(drawn) >= 2


def test_no_single_srlg_cuts_anything_off(network: Topology) -> None:
    for srlg in sorted(frozenset().union(*(link.srlgs for link in network.links.values()))):
        drawn = graph(network, cut=srlg)
        assert nx.is_connected(drawn), srlg


def test_the_short_way_between_the_pops_is_118_km_and_the_other_shares_no_duct(network: Topology) -> None:
    drawn = graph(network)
    assert nx.shortest_path(drawn, "pop1-gw1", "pop2-gw1", weight="km") == ["pop1-gw1", "core1", "core2", "pop2-gw1"]
    assert way_km(drawn, "pop1-gw1", "core1", "core2", "pop2-gw1") == 118
    other = ("pop1-gw1", "core3", "core4", "pop2-gw1")
    assert way_km(drawn, *other) == 130
    srlgs = [
        frozenset().union(*(network.links[drawn.edges[a, z]["name"]].srlgs for a, z in pairwise(way)))
        for way in (("pop1-gw1", "core1", "core2", "pop2-gw1"), other)
    ]
    assert not srlgs[0] & srlgs[1]


def test_shortest_ways_are_single(network: Topology) -> None:
    """What rides best effort (a ZTE head-end cannot steer) takes a way that one can foresee."""
    drawn = graph(network)
    for a, z in combinations([name for name, node in network.nodes.items() if node.ports], 2):
        ways = list(nx.all_shortest_paths(drawn, a, z, weight="km"))
        assert len(ways) == 1, (a, z, ways)


def test_the_way_of_the_hospital_leaves_core3_aside(network: Topology) -> None:
    assert "core3" not in nx.shortest_path(graph(network), "pod1-leaf1", "pop2-gw1", weight="km")


def test_encryption_holds_between_the_pops_on_every_way_through_the_core(network: Topology) -> None:
    inner = {name for name, node in network.nodes.items() if node.zone == "pop" or node.role == "core"}
    links = [link for link in network.links.values() if {link.a, link.z} <= inner]
    assert all(link.encrypted for link in links)
    others = [link for link in network.links.values() if not {link.a, link.z} <= inner]
    assert not any(link.encrypted for link in others)


def test_no_shortest_detour_leaves_the_encrypted_core(network: Topology) -> None:
    inner = {name for name, node in network.nodes.items() if node.zone == "pop" or node.role == "core"}
    for srlg in ["", *frozenset().union(*(link.srlgs for link in network.links.values()))]:
        drawn = graph(network, cut=srlg)
        for a, z in combinations(sorted(inner), 2):
            assert set(nx.shortest_path(drawn, a, z, weight="km")) <= inner


def test_capacities_and_buffers(network: Topology) -> None:
    for link in network.links.values():
        roles = {network.nodes[link.a].role, network.nodes[link.z].role}
        assert link.capacity_bps == (100 if roles & {"leaf", "backbone-edge"} else 400) * 10**9
        assert link.buffer_bytes >= (4000 if roles == {"core"} else 250) * 10**6


def test_zte_routers_are_pinned_and_nobody_else(network: Topology) -> None:
    pinned = {name: (node.node_id, node.loopback) for name, node in network.nodes.items() if node.node_id}
    assert {name for name, node in network.nodes.items() if node.platform == "zte"} == pinned.keys()
    assert sorted(pinned.values()) == [(n, f"2001:db8:0:ffff::{n:x}") for n in range(0x101, 0x106)]
    for link in network.links.values():
        touches = {link.a, link.z} & pinned.keys()
        assert bool(touches) == (link.a_address is not None) == (link.z_address is not None)


EXAMPLES = ["pod1-leaf1 cgei-0/1/0/3", "pop2-gw1 400GE0/2/0", "pop1-gw1 400GE0/2/1", "pop1-gw1 100GE0/2/1",
            "pop1-gw1 100GE0/2/2", "pod2-leaf1 eth3", "core1 100GE0/3/1"]  # fmt: skip


@pytest.mark.parametrize("place", EXAMPLES)
def test_the_ports_of_the_language_s_examples_exist(network: Topology, place: str) -> None:
    node, port = place.split()
    assert port in network.nodes[node].ports


def test_inventory_and_topology_agree(network: Topology) -> None:
    found = Diagnostics()
    match(network, load_inventory(INVENTORY), found)
    assert found.found == []


def test_the_consents_are_those_that_the_zte_templates_need() -> None:
    """A construct with an unverified line needs consent, and one without must not be consented to in advance."""
    templates = (ROOT / "templates" / "zte").glob("*.j2")
    doubtful = {
        path.name.split(".")[0] for path in templates if "status: unverified" in path.read_text(encoding="utf-8")
    }
    inventory = load_inventory(INVENTORY)
    assert inventory.allow_unverified("pod1-leaf1") == doubtful
    assert inventory.allow_unverified("core1") == inventory.allow_unverified("pod2-leaf1") == frozenset()


def test_the_language_s_own_examples_are_valid_beside_the_scenarios(network: Topology) -> None:
    loaded, found = read_intents([INTENTS, LANGUAGE], ROOT)
    assert [str(finding) for finding in found.errors] == []
    names = {
        "TenantSlice/hospital-a",
        "LosslessRdmaPath/hosp-train-1",
        "ElasticLine/branch-7",
        "DeterministicService/robot-arm",
    }
    assert names <= {service.address for service in loaded.services}
    design = compile_design(loaded, network, PLATFORMS, Ledger(), datetime(2026, 12, 5, 2, tzinfo=UTC))
    assert (design.served.keys(), design.warnings) == ({service.address for service in loaded.services}, ())


# ---- the scenarios --------------------------------------------------------------------------------------------------


def test_each_scenario_has_its_intents(intents: Intents) -> None:
    scenarios = [service.metadata.labels["scenario"] for service in intents.services]
    assert sorted(set(scenarios)) == ["5.1", "5.2", "5.3", "5.4", "5.5", "5.6", "5.7"]
    assert 12 <= len(scenarios) <= 16
    assert {service.kind for service in intents.services} == {
        "TenantSlice", "LosslessRdmaPath", "ElasticLine", "DeterministicService"}  # fmt: skip


def test_every_attachment_is_an_access_port_used_by_one_vlan_once(network: Topology, intents: Intents) -> None:
    places = [(end.node, end.port, end.vlan) for service in intents.services for _, end in service.attachments]
    assert len(places) == len(set(places))
    for node, port, _ in places:
        assert port in network.nodes[node].ports, (node, port)


@pytest.mark.parametrize("day", [datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 12, 4, 18, tzinfo=UTC)])
def test_every_promise_can_be_kept_on_a_quiet_day_and_in_a_busy_night(
    network: Topology, intents: Intents, day: datetime
) -> None:
    design = compile_design(intents, network, PLATFORMS, Ledger(), day)
    assert (len(design.served), design.warnings) == (len(intents.services), ())
    assert all(contract.holds for contract in design.contracts.values())


def test_no_service_mixes_platforms_without_a_common_vpn(network: Topology, intents: Intents) -> None:
    for service in intents.services:
        platforms = {network.nodes[end.node].platform for _, end in service.attachments}
        assert not {"zte", "frr"} <= platforms, service.address


def test_a_service_with_a_zte_member_asks_for_nothing_that_needs_steering(network: Topology, intents: Intents) -> None:
    for service in intents.services:
        if "zte" in {network.nodes[end.node].platform for _, end in service.attachments}:
            wishes = service.spec.constraints
            assert (wishes.diversity, wishes.avoid, getattr(service.spec, "protection", "none")) == ("none", (), "none")


def test_encryption_is_required_between_pops_only(network: Topology, intents: Intents) -> None:
    required = [s for s in intents.services if s.spec.constraints.encryption == "required"]
    assert {service.metadata.labels["scenario"] for service in required} == {"5.2", "5.6"}
    for service in required:
        assert {network.nodes[end.node].zone for _, end in service.attachments} == {"pop"}


def test_what_rides_in_a_slice_is_its_tenant_s_and_fits_in(intents: Intents) -> None:
    slices = {service.name: service for service in intents.services if service.kind == "TenantSlice"}
    riders = [service for service in intents.services if getattr(service.spec, "slice", None)]
    assert riders
    for rider in riders:
        carrier = slices[rider.spec.slice]
        assert rider.metadata.tenant == carrier.metadata.tenant
        assert rider.bandwidth <= carrier.bandwidth
        assert {end.node for _, end in rider.attachments} <= {end.node for _, end in carrier.attachments}


def test_delays_asked_for_leave_room_above_the_fibre(network: Topology, intents: Intents) -> None:
    drawn = graph(network)
    for service in intents.services:
        for (_, a), (_, z) in combinations(service.attachments, 2):
            km = nx.shortest_path_length(drawn, a.node, z.node, weight="km")
            assert service.spec.slo.one_way_delay_ms * 1000 >= km * 5 * 1.2, service.address


def test_lossless_paths_keep_their_goodput_and_fit_into_the_buffers(network: Topology, intents: Intents) -> None:
    drawn = graph(network)
    for service in (s for s in intents.services if s.kind == "LosslessRdmaPath"):
        (_, a), (_, z) = service.attachments
        km = nx.shortest_path_length(drawn, a.node, z.node, weight="km") + 20  # the standby is up to 12 km longer
        assert goodput_ratio(service.bandwidth, km, service.spec.slo.loss) >= service.spec.slo.goodput_ratio
        assert headroom_bytes(service.bandwidth, km) < 250 * 10**6


def test_the_longest_day_fits_on_every_access_port(network: Topology, intents: Intents) -> None:
    load: dict[tuple[str, str], int] = {}
    for service in intents.services:
        if getattr(service.spec, "slice", None) is None:
            for _, end in service.attachments:
                load[end.node, end.port] = load.get((end.node, end.port), 0) + service.bandwidth
    for (node, port), rate in load.items():
        assert rate * 1.1 <= network.nodes[node].ports[port].capacity_bps, (node, port)
