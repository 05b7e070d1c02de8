"""Generated and written networks: always connected, always sound, the same again, and the same after a round trip."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from topology_files import INVENTORY

from netwright.diagnostics import Diagnostics
from netwright.topology.deal import deal
from netwright.topology.generate import generate
from netwright.topology.graph import largest_part, second_way, shortest_ways
from netwright.topology.load import load_topology, parse_topology
from netwright.topology.model import FlexeGroup, Link, Node, Port, Site, Topology
from netwright.topology.write import text, topology_text

PLATFORMS = st.lists(st.sampled_from(["huawei", "zte", "frr"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 60), st.integers(0, 10_000), PLATFORMS)
def test_what_is_generated_is_a_sound_network_that_reads_back(nodes: int, seed: int, platforms: list[str]) -> None:
    topology = generate(nodes, seed, platforms)
    found = Diagnostics()
    assert parse_topology(topology_text(topology), "t.yaml", found) == topology
    assert found.found == []
    drawn = nx.Graph((link.a, link.z) for link in topology.links.values())
    assert len(topology.nodes) == nodes
    assert nx.is_connected(drawn)
    assert min(degree for _, degree in drawn.degree) >= 2
    assert not list(nx.bridges(drawn))
    assert [node.platform for node in topology.nodes.values()] == [platforms[n % len(platforms)] for n in range(nodes)]
    assert generate(nodes, seed, platforms) == topology


@pytest.mark.parametrize("size", [100, 1000, 2000])
def test_benchmark_sizes_are_there(size: int) -> None:
    topology = generate(size, 1)
    assert len(topology.nodes) == size
    assert len({node.node_id for node in topology.nodes.values() if node.node_id}) == len(range(1, size, 3))


def test_seeds_differ() -> None:
    assert generate(30, 1) != generate(30, 2)


def test_fewer_than_four_routers_are_no_metro() -> None:
    with pytest.raises(ValueError, match="4 nodes or more"):
        generate(3, 1)


def test_pins_are_given_where_the_platform_needs_them() -> None:
    topology = generate(12, 3)
    zte = [node for node in topology.nodes.values() if node.platform == "zte"]
    assert [node.node_id for node in zte] == list(range(0x101, 0x101 + len(zte)))
    assert all(node.loopback == f"2001:db8:0:ffff::{node.node_id:x}" for node in zte)
    names = {node.name for node in zte}
    for link in topology.links.values():
        assert (link.a_address is not None) == (link.z_address is not None) == bool({link.a, link.z} & names)


def test_the_reference_network_survives_a_round_trip() -> None:
    topology = load_topology(INVENTORY / "topology.yaml")
    assert parse_topology(topology_text(topology, "a comment\nof two lines"), "t", Diagnostics()) == topology


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12))
def test_any_text_reads_back_as_itself(word: str) -> None:
    node = Node("a", "frr", "s", description=word, labels={"key": word})
    topology = Topology({"a": node}, {}, {"s": Site("s", 1.0, -0.00001)})
    found = Diagnostics()
    read = parse_topology(topology_text(topology), "t", found)
    assert (read, found.found) == (topology, [])


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("core1", "core1"),
        ("100GE0/1/0", "100GE0/1/0"),
        ("", '""'),
        ("12", '"12"'),
        ("true", '"true"'),
        ("a: b", '"a: b"'),
        ("fd00::1", "fd00::1"),
        ("x:", '"x:"'),
        ("-a", '"-a"'),
        (" a", '" a"'),
        ("1e5", '"1e5"'),
        ("~", '"~"'),
    ],
)
def test_texts_are_quoted_where_yaml_would_read_something_else(word: str, written: str) -> None:
    assert text(word) == written


def test_a_network_in_parts_keeps_the_largest_and_says_so() -> None:
    nodes = {name: Node(name, "frr", name) for name in "abcde"}
    link = Link("a-b", "a", "p", "b", "p", 10**9, 1.0)
    links = {
        "a-b": link,
        "b-c": Link("b-c", "b", "q", "c", "p", 10**9, 1.0),
        "d-e": Link("d-e", "d", "p", "e", "p", 10**9, 1.0),
    }
    found = Diagnostics()
    rest = largest_part(Topology(nodes, links, {name: Site(name, 0, 0) for name in "abcde"}), found, "net.gml")
    assert (list(rest.nodes), list(rest.links), list(rest.sites)) == (["a", "b", "c"], ["a-b", "b-c"], ["a", "b", "c"])
    assert [finding.code for finding in found.found] == ["network-in-parts"]
    assert "d, e" in found.found[0].message


def test_dealing_never_gives_one_port_twice_even_where_numbers_are_shared() -> None:
    nodes = {name: Node(name, "", name) for name in ("a", "b")}
    links = {
        f"l{n}": Link(f"l{n}", "a", "eth2" if n == 1 else "", "b", "", 10**11 * (1 + 3 * (n % 2)), 1.0)
        for n in range(4)
    }
    dealt = deal(Topology(nodes, links), ["frr"])
    for name in ("a", "b"):
        ports = [link.port_of(name) for link in dealt.links.values()] + list(dealt.nodes[name].ports)
        assert len(ports) == len(set(ports)) == 6
    assert dealt.links["l1"].a_port == "eth2"
    huawei = deal(Topology(nodes, links), ["huawei"])
    assert [huawei.links[f"l{n}"].z_port for n in range(4)] == ["100GE0/1/0", "400GE0/1/0", "100GE0/1/1", "400GE0/1/1"]


@settings(max_examples=20, deadline=None)
@given(st.integers(4, 40), st.integers(0, 1000))
def test_shortest_ways_are_those_of_networkx(nodes: int, seed: int) -> None:
    topology = generate(nodes, seed)
    judge = nx.Graph()
    for link in topology.links.values():
        judge.add_edge(link.a, link.z, km=link.length_km)
    start = next(iter(topology.nodes))
    ways = shortest_ways(topology, start)
    lengths = nx.single_source_dijkstra_path_length(judge, start, weight="km")
    assert {name: pytest.approx(way.length_km) for name, way in ways.items()} == lengths
    way = ways[list(topology.nodes)[-1]]
    for diversity in ("link", "node", "srlg"):
        other = second_way(topology, way, diversity)
        if other is not None:
            assert not {link.name for link in way.links} & {link.name for link in other.links}
            assert diversity != "node" or not set(way.nodes[1:-1]) & set(other.nodes[1:-1])
            ducts = [frozenset().union(*(link.srlgs for link in some.links)) for some in (way, other)]
            assert diversity != "srlg" or not ducts[0] & ducts[1]


def test_a_second_way_differs_in_what_was_asked() -> None:
    """From a to c: over b; over b by another fibre; over d in the same duct; over e."""
    rows = [
        *(("ab", "a", "b", 1, "x"), ("bc", "b", "c", 1, "")),
        *(("ab2", "a", "b", 2, ""), ("bc2", "b", "c", 2, "")),
        *(("ad", "a", "d", 3, "x"), ("cd", "d", "c", 3, "")),
        *(("ae", "a", "e", 4, ""), ("ce", "e", "c", 4, "")),
    ]
    links = {n: Link(n, a, n, z, n, 10**9, float(km), frozenset({duct} - {""})) for n, a, z, km, duct in rows}
    topology = Topology({name: Node(name, "frr", name) for name in "abcde"}, links)
    way = shortest_ways(topology, "a")["c"]
    assert way.nodes == ("a", "b", "c")
    found = {what: second_way(topology, way, what) for what in ("link", "node", "srlg")}
    assert {what: [link.name for link in other.links] if other else None for what, other in found.items()} == {
        "link": ["ab2", "bc2"], "node": ["ad", "cd"], "srlg": ["ab2", "bc2"]}  # fmt: skip
    fewer = Topology(topology.nodes, {name: link for name, link in links.items() if name != "ab2"})
    other = second_way(fewer, way, "srlg")
    assert other is not None
    assert [link.name for link in other.links] == ["ae", "ce"]


def test_writing_keeps_every_field() -> None:
    link = Link("x", "a", "p", "b", "q", 10**11, 1.5, frozenset({"s: 1"}), frozenset({"g"}), 1_500_000, True,
                FlexeGroup(3, 20, 5 * 10**9, 4), "2001:db8::/127", "2001:db8::1/127")  # fmt: skip
    nodes = {
        "a": Node("a", "frr", "s", "pod", "leaf", "m", 7, "::7", {"e1": Port("e1", 25 * 10**9, 7)}, {"k": "v"}, "d"),
        "b": Node("b", "zte", "s"),
    }
    topology = Topology(nodes, {"x": link}, {"s": Site("s", 1, 2, "here")})
    assert parse_topology(topology_text(topology), "t", Diagnostics()) == topology
