"""What the IGP does, and what node SIDs can pin."""

from itertools import combinations, pairwise

import networkx as nx
import pytest
from paths_networks import graph, judge, link, random_links, topology

from netwright.paths.graph import DirectedLink, Graph, Path
from netwright.paths.igp import Igp, pinnable_links
from netwright.paths.segments import NotPinnable, Segments, TooDeep, encode
from netwright.paths.shortest import find_path


def metric(item: object) -> int:
    return int(item.length_km)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(8))
def test_distances_and_uniqueness_are_networkx_s(seed: int) -> None:
    links = random_links(seed, 12, 14, kms=3)
    known, igp = judge(links), Igp(Graph.of(topology(links)), metric)
    for a in known:
        for z in set(known) - {a}:
            every = _shortest_walks(known, a, z)
            assert igp.distance(a, z) == nx.dijkstra_path_length(
                known, a, z, lambda u, v, d: min(x["delay"] for x in d.values()) / 5
            )
            assert igp.is_unique(a, z) == (len(every) == 1)
            found = igp.path(a, z)
            assert (found.links if found else None) == (every[0] if len(every) == 1 else None)
            firsts = {igp.graph.directed(arc).link for arc in igp.next_hops(a, z)}
            assert firsts == {walk[0] for walk in every}


def _shortest_walks(known: nx.MultiGraph, a: str, z: str) -> list[tuple[str, ...]]:
    walks = [()] if a == z else []
    if a != z:
        whole = nx.dijkstra_path_length(known, a, z, "delay")
        for _, b, key, data in known.edges(a, keys=True, data=True):
            if data["delay"] + nx.dijkstra_path_length(known, b, z, "delay") == whole:
                walks += [(key, *rest) for rest in _shortest_walks(known, b, z)]
    return walks


@pytest.mark.parametrize("seed", range(5))
def test_pinnable_links(seed: int) -> None:
    igp = Igp(Graph.of(topology(random_links(seed, 15, 25, kms=4))), metric)
    expected = set()
    for item in igp.graph.links:
        there, back = igp.path(item.a, item.z), igp.path(item.z, item.a)
        if there and back and there.links == back.links == (item.name,):
            expected.add(item.name)
    assert pinnable_links(igp) == pinnable_links(Igp(igp.graph, metric)) == expected


@pytest.mark.parametrize("seed", range(8))
def test_segments_pin_the_path_and_are_the_fewest(seed: int) -> None:
    igp = Igp(Graph.of(topology(random_links(seed, 14, 18, kms=9))), metric)
    for a, z in combinations(igp.graph.nodes, 2):
        way = find_path(igp.graph, a, z, weight=[arc * 7 % 5 + 1 for arc in range(len(igp.graph.head))])
        assert isinstance(way, Path)
        found = encode(igp, way)
        best = _fewest(igp, way)
        if best is None:
            assert isinstance(found, NotPinnable)
            assert found.hop in way.hops
        else:
            assert isinstance(found, Segments)
            assert len(found.nodes) == best
            legs = [igp.path(one, two) for one, two in pairwise((a, *found.nodes))]
            assert tuple(arc for leg in legs if leg for arc in leg.arcs) == way.arcs


def _fewest(igp: Igp, way: Path) -> int | None:
    """Dynamic programming over every way to cut the path."""
    best: list[int | None] = [0, *[None] * len(way.arcs)]
    for end in range(1, len(way.nodes)):
        for start in range(end):
            leg = igp.path(way.nodes[start], way.nodes[end])
            before = best[start]
            if before is not None and leg and leg.arcs == way.arcs[start:end]:
                best[end] = min(before + 1, best[end] or before + 1)
    return best[-1]


def test_what_cannot_be_pinned_is_named() -> None:
    igp = Igp(graph("ab", "bd", "ad", ad=50), metric)
    assert encode(igp, igp.graph.path_through("abd")) == Segments(("d",))
    assert encode(igp, igp.graph.path_through("ad")) == NotPinnable(DirectedLink("ad", "a"))
    assert encode(igp, igp.graph.path_through("dabd"[:3])) == NotPinnable(DirectedLink("ad", "d"))
    assert encode(igp, igp.graph.path_through("a")) == Segments(())


def test_parallel_links_cannot_be_pinned() -> None:
    igp = Igp(Graph.of(topology([link("one", "a", "b"), link("two", "a", "b"), link("bc", "b", "c")])), metric)
    assert pinnable_links(igp) == {"bc"}
    assert not igp.is_unique("a", "c")


def test_depth_is_limited() -> None:
    igp = Igp(graph("ab", "bc", "cd", "ad", "ac", ac=21, ad=1), metric)
    way = igp.graph.path_through("abcd")
    assert encode(igp, way) == Segments(("b", "c", "d")) or isinstance(encode(igp, way), Segments)
    deep = encode(igp, way, 1)
    assert isinstance(deep, TooDeep)
    assert deep.needed > deep.limit == 1


def test_a_metric_is_positive() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Igp(graph("ab"), lambda _: 0)


def test_no_way() -> None:
    igp = Igp(graph("ab", "cd"), metric)
    assert igp.distance("a", "c") is None
    assert igp.path("a", "c") is None
    assert igp.next_hops("a", "c") == igp.next_hops("a", "a") == ()
