"""A new network is sound from its first minute: files that load, examples whose promises hold, reasons beside them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain, pairwise
from pathlib import Path

import networkx as nx
import pytest
from topology_files import zoo

from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents, read_intents
from netwright.platforms.base import Capability
from netwright.platforms.frr import capabilities as frr
from netwright.platforms.huawei import capabilities as huawei
from netwright.platforms.registry import PLATFORMS
from netwright.platforms.zte import capabilities as zte
from netwright.promise.lossless import goodput_ratio, headroom_bytes
from netwright.services.compile import compile_design
from netwright.topology.choose import SAFE_GBPS_KM, can_protect, can_steer, chooser, route_reflectors, share_signalling
from netwright.topology.deal import deal
from netwright.topology.dialects import DIALECTS
from netwright.topology.generate import generate
from netwright.topology.gml import import_gml
from netwright.topology.graph import largest_part, uncertain_links
from netwright.topology.inventory import load_inventory, match
from netwright.topology.load import load_topology
from netwright.topology.model import Link, Node, Topology
from netwright.topology.starter import starter_files

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DEALS = [["huawei", "zte", "frr"], ["huawei"], ["zte"], ["frr"], ["zte", "frr"]]


def dealt(path: Path, platforms: list[str]) -> Topology:
    found = Diagnostics()
    topology = import_gml(path.read_text(encoding="utf-8"), path.name, found)
    assert not found.errors
    return deal(largest_part(topology, found, path.name), platforms)


def written(folder: Path, topology: Topology) -> tuple[Intents, Diagnostics]:
    files = starter_files(topology, name="town", source="town.gml", consents={"zte": ("vrf", "isis")})
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return read_intents([folder / "intents"], folder)


def km(topology: Topology, a: str, z: str, cut: frozenset[str] = frozenset()) -> float:
    judge = nx.Graph()
    for link in topology.links.values():
        if not cut & {link.a, link.z, link.name} - {a, z}:
            judge.add_edge(link.a, link.z, km=link.length_km)
    return float(nx.shortest_path_length(judge, a, z, weight="km"))


CASES = [(path, DEALS[0]) for path in zoo()] + [(zoo()[-1], platforms) for platforms in DEALS[1:]]


@pytest.mark.parametrize(
    ("path", "platforms"), CASES, ids=lambda case: case.stem if isinstance(case, Path) else "-".join(case)
)
def test_the_files_of_a_new_network_are_sound(path: Path, platforms: list[str], tmp_path: Path) -> None:
    topology = dealt(path, platforms)
    intents, found = written(tmp_path, topology)
    assert found.found == []
    assert load_topology(tmp_path / "inventory" / "topology.yaml", found) == topology
    inventory = load_inventory(tmp_path / "inventory", found)
    assert len({host.hostname for host in inventory.hosts.values()}) == len(topology.nodes)
    match(topology, inventory, found)
    assert found.found == []
    assert {service.kind for service in intents.services} == {
        "TenantSlice", "LosslessRdmaPath", "ElasticLine", "DeterministicService"}  # fmt: skip
    for service in intents.services:
        check_service(topology, service)
    design = compile_design(intents, topology, PLATFORMS, Ledger(), NOW)
    assert (len(design.served), [str(warning) for warning in design.warnings]) == (4, [])
    if "zte" in platforms:
        name = next(node.name for node in topology.nodes.values() if node.platform == "zte")
        assert inventory.allow_unverified(name) == {"vrf", "isis"}


def check_service(topology: Topology, service: object) -> None:
    ends = [end for _, end in service.attachments]  # type: ignore[attr-defined]
    spec = service.spec  # type: ignore[attr-defined]
    dialects = [DIALECTS[topology.nodes[end.node].platform] for end in ends]
    assert frozenset.intersection(*(dialect.signalling for dialect in dialects))
    for end in ends:
        assert end.port in topology.nodes[end.node].ports
    longest = km(topology, ends[0].node, ends[1].node)
    if getattr(spec, "protection", "none") != "none":
        assert all(dialect.protection for dialect in dialects)
        longest = max(longest, standby_km(topology, ends[0].node, ends[1].node, spec.constraints.diversity))
    else:
        assert spec.constraints.diversity == "none"
    assert spec.slo.one_way_delay_ms * 1000 >= longest * 5 * 1.2 + 1000
    if service.kind == "LosslessRdmaPath":  # type: ignore[attr-defined]
        rate = spec.traffic.bandwidth
        assert goodput_ratio(rate, longest, spec.slo.loss) >= spec.slo.goodput_ratio
        assert headroom_bytes(rate, longest) < 250 * 10**6


def standby_km(topology: Topology, a: str, z: str, diversity: str) -> float:
    """The shortest way beside the shortest one, by brute force: the promise must hold there as well."""
    judge = nx.MultiGraph()
    for link in topology.links.values():
        judge.add_edge(link.a, link.z, key=link.name, km=link.length_km)
    first = nx.shortest_path(judge, a, z, weight="km")
    if diversity == "node":
        judge.remove_nodes_from(first[1:-1])
    for here, there in pairwise(first):
        if judge.has_edge(here, there):
            nearest = min(judge[here][there].items(), key=lambda item: (item[1]["km"], item[0]))[0]
            judge.remove_edge(here, there, key=nearest)
    return float(nx.shortest_path_length(judge, a, z, weight="km"))


def test_the_careful_product_of_rate_and_length_keeps_the_goodput() -> None:
    for gbps in (1, 5, 40, 100):
        assert goodput_ratio(gbps * 10**9, SAFE_GBPS_KM / gbps, 1e-5) == pytest.approx(0.9647, abs=0.0005)


@pytest.mark.parametrize(
    ("platform", "table"),
    [("huawei", huawei.CAPABILITIES), ("zte", zte.CAPABILITIES), ("frr", frr.CAPABILITIES)],
    ids=["huawei", "zte", "frr"],
)
def test_what_the_choice_of_ends_assumes_is_what_the_platforms_can(
    platform: str, table: Mapping[str, Capability]
) -> None:
    dialect = DIALECTS[platform]
    assert dialect.signalling == set(table["vpn_signalling"].value)  # type: ignore[arg-type]
    assert dialect.explicit_paths == bool(table["explicit_path"].value)
    assert dialect.protection == ("hot-standby" in table["protection"].value)  # type: ignore[operator]
    assert dialect.pinned == (table["locator"].value == "baseline")


def test_reasons_stand_beside_what_was_chosen() -> None:
    files = starter_files(generate(30, 4, ["huawei"]), name="town", source="a drawing")
    rdma = files["intents/examples/lossless-rdma-path.yaml"]
    assert "# r" in rdma
    assert "both speak EVPN and VPNv4 over SRv6" in rdma
    assert "# The standby (" in rdma
    weak = starter_files(generate(30, 4, ["zte"]), name="town", source="a drawing")
    assert "cannot hold one as head-ends" in weak["intents/examples/lossless-rdma-path.yaml"]
    assert "protection" not in weak["intents/examples/lossless-rdma-path.yaml"]


def test_a_tree_has_no_second_way_and_the_example_says_so() -> None:
    topology = generate(8, 1, ["huawei"])
    judge = nx.minimum_spanning_tree(nx.Graph((link.a, link.z, {"name": n}) for n, link in topology.links.items()))
    names = {name for _, _, name in judge.edges(data="name")}
    tree = Topology(topology.nodes, {n: link for n, link in topology.links.items() if n in names}, topology.sites)
    files = starter_files(tree, name="tree", source="a drawing")
    rdma = files["intents/examples/lossless-rdma-path.yaml"]
    assert "no second way" in rdma
    assert "diversity" not in rdma


@pytest.mark.parametrize("platforms", DEALS, ids="-".join)
def test_route_reflectors_speak_what_their_clients_speak(platforms: list[str]) -> None:
    topology = generate(40, 5, platforms)
    reflectors = route_reflectors(topology)
    spoken = [DIALECTS[topology.nodes[name].platform].signalling for name in reflectors]
    for node in topology.nodes.values():
        for family in DIALECTS[node.platform].signalling:
            assert sum(family in families for families in spoken) >= 2


def drawn(*rows: tuple[str, str, float, int]) -> Topology:
    links = {f"{a}-{z}": Link(f"{a}-{z}", a, "", z, "", gbps * 10**9, km) for a, z, km, gbps in rows}
    names = sorted({end for row in rows for end in row[:2]})
    return deal(Topology({name: Node(name, "", name) for name in names}, links), ["huawei"])


@pytest.mark.parametrize(
    ("gbps", "km", "rate"),
    [(400, 10.0, 40), (100, 10.0, 40), (10, 10.0, 2), (1, 10.0, 0), (400, 500.0, 20), (400, 13_000.0, 0)],
)
def test_a_lossless_rate_fits_the_weakest_link_and_the_length(gbps: int, km: float, rate: int) -> None:
    choice = chooser(drawn(("a", "b", km, gbps))).pick(share_signalling)
    assert choice is not None
    assert choice.lossless_gbps == rate


def test_of_protected_pairs_the_one_whose_longer_way_is_shortest_is_taken() -> None:
    """a-b is nearest and its standby goes round a large ring; d-e is farther and has a near one."""
    rows = [("a", "b", 1.0, 400), ("b", "c", 300.0, 400), ("a", "c", 300.0, 400), ("c", "d", 90.0, 400),
            ("d", "e", 9.0, 400), ("d", "f", 8.0, 400), ("e", "f", 8.5, 400)]  # fmt: skip
    choice = chooser(drawn(*rows)).pick(can_protect)
    assert choice is not None
    assert choice.standby is not None
    assert (choice.ends, choice.diversity, choice.longest_km) == (("d", "e"), "node", 16.5)
    assert choice.delay_ms == 1.5  # 16.5 km x 5 us x 1.2 + 1 ms, up to the next half


def test_examples_keep_off_links_that_no_path_can_be_held_to() -> None:
    """Two parallel fibres of one length are one metric: a node SID cannot choose between them."""
    names = ("a", "b", "c", "d")
    pairs = [("a", "b", 5.0), ("a", "b", 5.0), ("b", "c", 9.0), ("c", "d", 9.0), ("d", "a", 9.0), ("b", "d", 18.0)]
    links = {f"l{n}": Link(f"l{n}", a, "", z, "", 10**11, km) for n, (a, z, km) in enumerate(pairs)}
    topology = deal(Topology({n: Node(n, "", n) for n in names}, links), ["huawei"])
    assert uncertain_links(topology) == {"l0", "l1", "l5"}
    choice = chooser(topology).pick(can_protect, can_steer)
    assert choice is not None
    assert not {"l0", "l1", "l5"} & {link.name for link in choice.way.links}


def test_one_router_alone_gets_a_fabric_and_no_examples() -> None:
    topology = import_gml('graph [ node [ id 0 label "x" Latitude 1.0 Longitude 1.0 ] ]', "x.gml", Diagnostics())
    files = starter_files(deal(topology, ["frr"]), name="x", source="x.gml")
    assert "intents/fabric.yaml" in files
    assert not any("examples" in name for name in files)


def test_consents_are_written_for_the_platforms_that_are_there() -> None:
    topology = generate(6, 1, ["frr"])
    text = starter_files(topology, name="x", source="x", consents={"zte": ["vrf"]})["inventory/groups.yaml"]
    assert "allow_unverified" not in text


def test_endpoints_of_different_examples_differ_where_there_is_a_choice() -> None:
    choose = chooser(generate(40, 6, ["huawei"]))
    first = choose.pick(lambda _a, _z: True)
    assert first is not None
    second = choose.pick(lambda _a, _z: True, taken=frozenset(first.ends))
    assert second is not None
    assert not set(chain(first.ends)) & set(second.ends)
