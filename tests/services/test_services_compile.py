"""What must hold of any intents: the same design whatever the order, nobody moved by a newcomer, nothing sold twice."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services_networks import (
    EMPTY,
    NOON,
    at,
    compiled,
    deterministic,
    elastic,
    ends,
    fragments,
    of,
    rdma,
    reference_topology,
    refusals,
    tenant_slice,
)

from metro import fabric
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.fabric import igp_metric
from netwright.services.model import CoreQueue, SegmentRoute, SliceChannel, SrPolicy, Vrf
from netwright.services.ways import Way

TOPOLOGY = reference_topology()
HUAWEI = ["core1", "core2", "edge1", "pop1-gw1", "pop1-gw2", "pop2-gw1", "pop2-gw2"]
FRR = ["pod2-leaf1", "pod2-leaf2", "pod2-leaf3"]
ZTE = ["pod1-leaf1", "pod1-leaf2", "pod1-leaf3"]


# ---- any intents ----------------------------------------------------------------------------------------------------

kinds = st.sampled_from(["slice", "rdma", "elastic", "deterministic"])
places = st.one_of(
    st.lists(st.sampled_from(HUAWEI + FRR), min_size=2, max_size=2, unique=True),
    st.lists(st.sampled_from(HUAWEI + ZTE), min_size=2, max_size=2, unique=True),
)
isolations = st.sampled_from(["none", "soft", "hard"])
wishes = st.lists(st.tuples(kinds, places, isolations), min_size=1, max_size=5)


def made(wish: tuple[str, list[str], str], number: int) -> Service:
    kind, (a, z), isolation = wish
    one, two = (at(node, max(TOPOLOGY.nodes[node].ports), 10 + number, addresses=[f"10.{number}.{place}.1/24"])
                for place, node in enumerate((a, z)))  # fmt: skip
    constraints = {"isolation": isolation}
    if isolation != "none":
        constraints["minimum_grade"] = "emulated"
    name, more = f"n{number}", {"endpoints": ends(one, two), "constraints": constraints}
    match kind:
        case "slice":
            return tenant_slice(name, (one, two), bandwidth="1G", constraints=constraints)
        case "rdma":
            return rdma(name, {"bandwidth": "1G"}, **more)
        case "elastic":
            return elastic(name, "100M", "1G", **more)
        case _:
            return deterministic(name, {"burst_bytes": 3000}, **more)


@settings(max_examples=15)
@given(wishes, st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter(wanted: list[tuple[str, list[str], str]], rnd: Random) -> None:
    services = [made(wish, number) for number, wish in enumerate(wanted)]
    shuffled = list(services)
    rnd.shuffle(shuffled)
    one, two = compiled(*services, as_given=True), compiled(*shuffled, as_given=True)
    assert one.fragments == two.fragments
    assert one.ledger == two.ledger
    assert tuple(one.checks) == tuple(two.checks)
    assert one.contracts == two.contracts
    assert one.claims == two.claims


@settings(max_examples=10)
@given(wishes, wishes)
def test_a_newcomer_moves_nobody(old: list[tuple[str, list[str], str]], new: list[tuple[str, list[str], str]]) -> None:
    """Numbers stay; so do paths and everything on devices but the queues that are shared."""
    first = [made(wish, 50 + number) for number, wish in enumerate(old)]
    more = [made(wish, number) for number, wish in enumerate(new)]  # their names come before
    before = compiled(*first)
    after = compiled(*first, *more, ledger=before.ledger.settle())
    assert before.ledger.numbers.items() <= after.ledger.numbers.items()

    def own(design: Design) -> list[object]:
        owners = {service.address for service in first} | {"Fabric/metro"}
        return [one for one in fragments(design) if one.owner in owners and not isinstance(one.construct, CoreQueue)]

    assert [one for one in own(after) if one not in own(before)] == []
    assert len(own(after)) == len(own(before))


@settings(max_examples=10)
@given(wishes)
def test_route_targets_are_one_a_service_and_its_own(wanted: list[tuple[str, list[str], str]]) -> None:
    design = compiled(*(made(wish, number) for number, wish in enumerate(wanted)))
    targets = defaultdict(set)
    for fragment in fragments(design):
        if isinstance(fragment.construct, Vrf):
            targets[fragment.owner].add(fragment.construct.route_targets)
    assert all(len(found) == 1 for found in targets.values())
    assert len({found for owner in targets.values() for found in owner}) == len(targets) == len(wanted)
    routes = Counter(vrf.rd for vrf in of(design, Vrf))
    assert set(routes.values()) == {1}


def test_compiling_twice_is_the_same(reference_network: object, reference_design: Design) -> None:
    again = compile_design(reference_network.intents, TOPOLOGY, PLATFORMS, EMPTY, reference_design.at)  # type: ignore[attr-defined]
    assert again.fragments == reference_design.fragments
    assert again.ledger == reference_design.ledger


def test_with_its_numbers_settled_a_design_is_the_same(reference_network: object, reference_design: Design) -> None:
    held = reference_design.ledger.settle()
    again = compile_design(reference_network.intents, TOPOLOGY, PLATFORMS, held, reference_design.at)  # type: ignore[attr-defined]
    assert again.fragments == reference_design.fragments
    assert not again.new_claims
    assert again.ledger == held


def test_a_service_stands_on_the_devices_that_it_names(reference_design: Design) -> None:
    hard = compiled(tenant_slice(sites=(at("pop1-gw2", "400GE0/2/0", 210), at("pop2-gw2", "400GE0/2/0", 211)),
                                 constraints={"isolation": "hard"}))  # fmt: skip
    for design in (reference_design, hard):
        for served in design.served.values():
            low = served.lowering
            assert list(low.devices) == sorted(node for node in TOPOLOGY.nodes if list(low.fragments(node)))  # type: ignore[attr-defined]


# ---- never more than there is ---------------------------------------------------------------------------------------


def test_no_link_is_sold_beyond_its_capacity(reference_design: Design) -> None:
    sold: Counter[object] = Counter()
    for served in reference_design.served.values():
        if not served.profile.ride:
            sold.update(dict(served.lowering.hop_rates))
    assert sold
    assert all(rate <= TOPOLOGY.links[hop.link].capacity_bps for hop, rate in sold.items())  # type: ignore[attr-defined]


@pytest.mark.parametrize("bandwidth", [30, 60, 90])
def test_what_is_admitted_fits_and_what_does_not_fit_is_refused(bandwidth: int) -> None:
    """FRR leaves have two uplinks of 100G each: as many lines as fit are served, the rest is told no."""
    lines = []
    for number in range(6):
        a = at("pod2-leaf1", f"eth{3 + number % 4}", 100 + number)
        z = at("pop2-gw1", "400GE0/2/0", 300 + number)
        spec = {"endpoints": ends(a, z), "constraints": {"minimum_grade": "emulated", "isolation": "soft"}}
        lines.append(elastic(f"n{number}", f"{bandwidth}G", f"{bandwidth}G", **spec))
    refused = refusals(*lines)
    assert {code for code, _ in refused} <= {"bandwidth-exceeds-link"}
    served = [line for line in lines if line.address not in {address for _, address in refused}]
    outer = bandwidth * 1580 / 1500
    assert len(served) == min(6, 2 * int(100 // outer), 4 * (100 // bandwidth))
    assert not refusals(*served)


def test_platforms_without_a_common_signalling_are_refused() -> None:
    for a, z in ((FRR[0], ZTE[0]), (ZTE[1], FRR[1])):
        sites = [at(node, min(TOPOLOGY.nodes[node].ports), 10 + n) for n, node in enumerate((a, z, "core1"))]
        assert refusals(tenant_slice(sites=sites)) == [("no-common-signalling", "TenantSlice/a")]


def test_no_fabric_no_network() -> None:
    design = compile_design(Intents(), TOPOLOGY, PLATFORMS, EMPTY, NOON)
    assert not design.fragments
    assert not design.claims
    assert compiled().fragments.keys() == TOPOLOGY.nodes.keys()
    assert compile_design(Intents(fabric()), TOPOLOGY, PLATFORMS, EMPTY, NOON).claims


def test_what_is_no_longer_needed_is_not_claimed() -> None:
    two = compiled(
        tenant_slice("a"), elastic("b", endpoints=ends(at("core1", "100GE0/3/1", 7), at("core2", "100GE0/3/1", 8)))
    )
    one = compiled(tenant_slice("a"), ledger=two.ledger.settle())
    gone = two.claims - one.claims
    assert gone
    assert all(claim.startswith("ElasticLine/b/") for claim in gone)
    assert gone <= one.ledger.numbers.keys()  # they go when the withdrawal was applied, not by compiling


# ---- the way packets take -------------------------------------------------------------------------------------------


def igp() -> nx.MultiDiGraph:
    """The underlay as an independent judge sees it."""
    graph = nx.MultiDiGraph()
    for name, link in TOPOLOGY.links.items():
        graph.add_edge(link.a, link.z, key=name, metric=igp_metric(link))
        graph.add_edge(link.z, link.a, key=name, metric=igp_metric(link))
    return graph


IGP = igp()


def stretches(a: str, z: str) -> set[tuple[str, ...]]:
    """Every shortest way from a to z, as link names."""
    found = set()
    for nodes in nx.all_shortest_paths(IGP, a, z, "metric"):
        ways: list[tuple[str, ...]] = [()]
        for one, two in itertools.pairwise(nodes):
            best = min(data["metric"] for data in IGP[one][two].values())
            links = [name for name, data in IGP[one][two].items() if data["metric"] == best]
            ways = [(*way, link) for way in ways for link in links]
        found |= set(ways)
    return found


def walked(a: str, segments: Iterable[str]) -> set[tuple[str, ...]]:
    """Every way that packets with these segments may take."""
    ways: set[tuple[str, ...]] = {()}
    here = a
    for segment in segments:
        ways = {(*way, *stretch) for way in ways for stretch in stretches(here, segment)}
        here = segment
    return ways


def pinned(design: Design) -> list[tuple[str, Way]]:
    return [
        (address, way)
        for address, served in design.served.items()
        for pair in served.ways
        for way in pair.directions()
        if way.pinned
    ]


def test_segments_lead_along_the_computed_path_and_no_other(reference_design: Design) -> None:
    ways = pinned(reference_design)
    assert len(ways) > 15
    for _, way in ways:
        assert walked(way.a, way.segments) == {way.path.links}
        assert way.segments[-1] == way.z
        if way.protection:
            assert walked(way.a, way.protection_segments) == {way.protection.links}


def test_policies_carry_these_segments_as_sids(reference_design: Design) -> None:
    numbers = reference_design.numbers
    assert numbers is not None
    loopback = {numbers.loopback(node): node for node in TOPOLOGY.nodes}
    sid = {}
    for node in TOPOLOGY.nodes.values():
        base = numbers.locator(node.name).removesuffix("/48")
        sid[node.name] = base if node.platform == "frr" else f"{base}1"
    seen = 0
    for fragment in fragments(reference_design):
        if not isinstance(policy := fragment.construct, SrPolicy):
            continue
        served = reference_design.served[fragment.owner]
        (way,) = (
            way
            for pair in served.ways
            for way in pair.directions()
            if (way.a, way.z) == (fragment.device, loopback[policy.endpoint])
        )
        lists = [one.sids for path in policy.paths for one in path.lists]
        expected = [way.segments, *([way.protection_segments] if way.protection else [])]
        assert lists == [tuple(sid[node] for node in segments) for segments in expected]
        assert [path.preference for path in policy.paths] == sorted((p.preference for p in policy.paths), reverse=True)
        seen += 1
    assert seen > 10


def test_the_computed_path_is_the_shortest_that_is_allowed(reference_design: Design) -> None:
    """Where nothing but delay counts, networkx finds none that is shorter."""
    graph = nx.MultiGraph()
    for name, link in TOPOLOGY.links.items():
        graph.add_edge(link.a, link.z, key=name, delay=link.delay_us)
    for address in ("ElasticLine/film-archive", "TenantSlice/llm-control"):
        way = reference_design.served[address].ways[0].there
        assert way.path.delay_us == pytest.approx(nx.shortest_path_length(graph, way.a, way.z, "delay"))


@pytest.mark.parametrize(
    ("diversity", "shares"),
    [("none", {"link"}), ("link", {"link"}), ("node", {"link", "node"}), ("srlg", {"link", "srlg"})],
)
def test_protection_shares_nothing_that_was_excluded(diversity: str, shares: set[str]) -> None:
    """Cut by networkx: without what the working path used, the other still leads there."""
    for a, z in (("pop1-gw1", "pop2-gw1"), ("pop1-gw2", "pop2-gw2"), ("core3", "pop2-gw2")):
        one, two = (at(node, min(TOPOLOGY.nodes[node].ports), 60 + n) for n, node in enumerate((a, z)))
        constraints = {"diversity": diversity}
        design = compiled(elastic(endpoints=ends(one, two), protection="hot-standby", constraints=constraints))
        for way in (way for pair in design.served["ElasticLine/a"].ways for way in pair.directions()):
            assert way.protection is not None
            graph = nx.MultiGraph((link.a, link.z, name) for name, link in TOPOLOGY.links.items())
            used = set(way.path.links)
            risks = {risk for name in used for risk in TOPOLOGY.links[name].srlgs}
            gone = {n for n, link in TOPOLOGY.links.items() if n in used or ("srlg" in shares and link.srlgs & risks)}
            graph.remove_edges_from([(u, v, key) for u, v, key in graph.edges(keys=True) if key in gone])
            if "node" in shares:
                graph.remove_nodes_from(way.path.nodes[1:-1])
            nodes, links = way.protection.nodes, way.protection.links
            assert all(graph.has_edge(u, v, key) for u, v, key in zip(nodes, nodes[1:], links, strict=False))
            assert (nodes[0], nodes[-1]) == (a, z) == way.path.nodes[:: len(way.path.nodes) - 1] or a == way.z


def test_a_protected_path_that_must_be_encrypted_is_so_on_both_ways() -> None:
    spec = {"protection": "hot-standby", "constraints": {"encryption": "required", "diversity": "link"}}
    design = compiled(rdma(**spec))
    (pair,) = design.served["LosslessRdmaPath/a"].ways
    for way in pair.directions():
        assert way.protection is not None
        assert all(TOPOLOGY.links[name].encrypted for name in (*way.path.links, *way.protection.links))


def test_routes_with_segments_are_protected_by_the_ports_of_both_ways() -> None:
    """FRR to FRR: each way leaves by its own first link, and the plan says what that does not see."""
    one, two = (at(node, min(TOPOLOGY.nodes[node].ports), 60 + n) for n, node in enumerate(FRR[:2]))
    design = compiled(elastic(endpoints=ends(one, two), protection="hot-standby"))
    served = design.served["ElasticLine/a"]
    ways = {way.a: way for pair in served.ways for way in pair.directions()}
    routes = [one for one in fragments(design) if isinstance(one.construct, SegmentRoute)]
    assert {one.device for one in routes} == set(FRR[:2])
    for fragment in routes:
        route, way = fragment.construct, ways[fragment.device]
        assert isinstance(route, SegmentRoute)
        assert way.protection is not None
        first, other = (TOPOLOGY.links[path.links[0]].port_of(way.a) for path in (way.path, way.protection))
        assert (route.port, route.protection_port) == (first, other)
        assert first != other
        assert route.sids[-1] == route.protection[-1] != ""
    assert any("IS-IS leads from SID to SID" in note for note in served.notes)
    checks = [check for check in design.checks if "/way:" in check.address]
    assert {check.device for check in checks} == set(FRR[:2])
    assert all(check.expect["sids"] in {",".join(one.construct.sids) for one in routes} for check in checks)  # type: ignore[attr-defined]


def test_a_lossless_slice_without_an_id_has_its_queues_inside_itself() -> None:
    """Where the slice's packets are told by their SIDs, they never come to the port's own queue of the class."""
    one, two = (at(node, min(TOPOLOGY.nodes[node].ports), 60 + n) for n, node in enumerate(FRR[:2]))
    spec = {"endpoints": ends(one, two), "constraints": {"isolation": "hard", "minimum_grade": "emulated"}}
    design = compiled(rdma(traffic={"bandwidth": "1G"}, **spec))
    channels = [one for one in fragments(design) if isinstance(one.construct, SliceChannel)]
    inside = {one.device: one.construct.classes for one in channels if isinstance(one.construct, SliceChannel)}
    assert all((classes != ()) == (TOPOLOGY.nodes[node].platform == "frr") for node, classes in inside.items())
    served = design.served["LosslessRdmaPath/a"]
    for node in FRR[:2]:
        (lossless,) = (one for one in inside[node] if one.queue.ecn)
        assert lossless.dscp == (26,)
        assert lossless.queue.depth_bytes > 0
    ports = {
        (one.device, one.construct.port)
        for one in channels
        if isinstance(one.construct, SliceChannel) and one.construct.classes
    }
    queued = {(one.device, one.construct.port) for one in fragments(design) if isinstance(one.construct, CoreQueue)}
    assert not ports & queued
    checks = [
        check for check in design.checks if "/queue:" in check.address and (check.device, check.where["port"]) in ports
    ]
    assert checks
    assert {check.where["slice_id"] for check in checks} == {served.lowering.slice_id}


def test_one_unencrypted_protection_is_a_refusal() -> None:
    """With a single encrypted way left there is no second one to stand by."""
    spec = {"protection": "hot-standby", "constraints": {"encryption": "required", "diversity": "srlg"}}
    working = compiled(rdma(**spec)).served["LosslessRdmaPath/a"].ways[0].there
    plain = {name: replace(link, encrypted=name in working.path.links) for name, link in TOPOLOGY.links.items()}
    codes = [code for code, _ in refusals(rdma(**spec), topology=replace(TOPOLOGY, links=plain))]
    assert codes == ["no-disjoint-pair"]
