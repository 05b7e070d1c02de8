"""Disjoint pairs against brute force, and against networkx's minimum-cost flow where brute force is too slow."""

import random
from itertools import combinations

import networkx as nx
import pytest
from paths_networks import G, graph, link, random_links, topology, walks

from netwright.paths.disjoint import Diversity, NoPair, PathPair, find_pair
from netwright.paths.graph import Graph, Limits, Path
from netwright.paths.ranked import ranked_paths
from netwright.paths.shortest import NoPath, find_path
from netwright.topology.model import Link

Walk = tuple[Link, ...]


def shares(one: Walk, two: Walk, diversity: Diversity, ends: set[str]) -> bool:
    if {item.name for item in one} & {item.name for item in two}:
        return True
    if diversity.risks and frozenset().union(*(x.srlgs for x in one)) & frozenset().union(*(x.srlgs for x in two)):
        return True
    nodes = [{end for item in way for end in (item.a, item.z)} - ends for way in (one, two)]
    return diversity.nodes and bool(nodes[0] & nodes[1])


def delay(walk: Walk) -> float:
    return sum(item.delay_us for item in walk)


@pytest.mark.parametrize("seed", range(60))
def test_the_pair_is_the_best_there_is(seed: int) -> None:
    rnd = random.Random(seed)
    links = random_links(seed, 7, 7, groups=rnd.choice([3, 6, 12]), kms=rnd.choice([2, 20]))
    ours = Graph.of(topology(links))
    by_name = {item.name: item for item in links}
    for a, z in rnd.sample(list(combinations(ours.nodes, 2)), 4):
        for diversity in Diversity:
            limits = Limits(
                rnd.choice([0, 40]) * G, rnd.choice([None, None, 120.0, 200.0]), rnd.choice([None, None, 3, 4])
            )
            good = [
                walk
                for walk in walks(links, a, z)
                if all(item.capacity_bps >= limits.bandwidth_bps for item in walk)
                and (limits.max_delay_us is None or delay(walk) <= limits.max_delay_us)
                and (limits.max_hops is None or len(walk) <= limits.max_hops)
            ]
            sums = [delay(x) + delay(y) for x, y in combinations(good, 2) if not shares(x, y, diversity, {a, z})]
            found = find_pair(ours, a, z, diversity, limits)
            if sums:
                assert isinstance(found, PathPair)
                assert found.exact
                one, two = (tuple(by_name[name] for name in way.links) for way in (found.working, found.protection))
                assert one in good
                assert two in good
                assert not shares(one, two, diversity, {a, z})
                assert delay(one) <= delay(two)
                assert found.delay_us == found.at_least_us == pytest.approx(min(sums))
            else:
                assert isinstance(found, NoPair if good else NoPath)
                assert isinstance(found, NoPath) or found.proven


@pytest.mark.parametrize("diversity", [Diversity.LINK, Diversity.NODE])
@pytest.mark.parametrize("seed", range(4))
def test_larger_networks_against_minimum_cost_flow(seed: int, diversity: Diversity) -> None:
    links = random_links(seed, 60, 60)
    ours = Graph.of(topology(links))
    rnd = random.Random(seed)
    for _ in range(12):
        a, z = rnd.sample(ours.nodes, 2)
        best = _flow(links, a, z, through=1 if diversity.nodes else 9)
        found = find_pair(ours, a, z, diversity)
        if best is None:
            assert isinstance(found, NoPair)
        else:
            assert isinstance(found, PathPair)
            assert found.delay_us == pytest.approx(best)
            assert not set(found.working.links) & set(found.protection.links)
            if diversity.nodes:
                assert not set(found.working.nodes[1:-1]) & set(found.protection.nodes[1:-1])


def _flow(links: list[Link], a: str, z: str, through: int) -> float | None:
    """Two units of flow; a node is an arc of capacity `through`, a link a node in the middle of each of its arcs."""
    net = nx.DiGraph()
    for name in {end for item in links for end in (item.a, item.z)}:
        net.add_edge((name, "in"), (name, "out"), capacity=2 if name in {a, z} else through, weight=0)
    for item in links:
        for tail, head in ((item.a, item.z), (item.z, item.a)):
            net.add_edge((tail, "out"), (item.name, tail), capacity=1, weight=int(item.delay_us))
            net.add_edge((item.name, tail), (head, "in"), capacity=1, weight=0)
    net.add_node((a, "out"), demand=-2)
    net.add_node((z, "in"), demand=2)
    try:
        return float(nx.min_cost_flow_cost(net))
    except nx.NetworkXUnfeasible:
        return None


def test_the_trap_that_greedy_falls_into() -> None:
    """The shortest path a-b-c-d uses the only bridge of both: taking it out first leaves nothing."""
    ours = graph("ab", "bc", "cd", "ac", "bd", ac=50, bd=50)
    found = find_pair(ours, "a", "d", Diversity.LINK)
    assert isinstance(found, PathPair)
    assert (found.working.links, found.protection.links) == (("ab", "bd"), ("ac", "cd"))


def test_what_is_in_the_way_is_named() -> None:
    duct = frozenset({"duct"})
    links = [
        link("ab", "a", "b", srlgs=duct),
        link("ac", "a", "c", 50, srlgs=duct),
        link("bd", "b", "d"),
        link("cd", "c", "d"),
    ]
    ours = Graph.of(topology(links))
    found = find_pair(ours, "a", "d", Diversity.SRLG)
    assert isinstance(found, NoPair)
    assert (found.proven, found.cuts) == (True, ("ab",))
    assert isinstance(found.alone, Path)
    assert isinstance(find_pair(ours, "a", "d", Diversity.NODE), PathPair)
    alone = find_pair(graph("ab", "cd"), "a", "d", Diversity.LINK)
    assert isinstance(alone, NoPath)
    bridge = find_pair(graph("ab", "bc", "bd", "cd"), "a", "d", Diversity.LINK)
    assert isinstance(bridge, NoPair)
    assert bridge.cuts == ("ab",)


def test_giving_up_is_said() -> None:
    """Every first path over one risk conflicts with every other: too many to try, and the answer does not pretend."""
    links = []
    for stage in range(6):
        ends = f"n{stage}", f"n{stage + 1}"
        for lane in range(3):
            risks = frozenset({f"r{(stage + lane) % 3}", f"s{lane}{stage % 2}"})
            links.append(link(f"l{stage}{lane}", *ends, km=1 + lane, srlgs=risks))
    found = find_pair(Graph.of(topology(links)), "n0", "n6", Diversity.SRLG, tries=5)
    assert isinstance(found, NoPair)
    assert (found.proven, found.tried) == (False, 5)


def test_an_unproven_pair_says_how_good_it_is() -> None:
    links = random_links(5, 12, 30, groups=8)
    ours = Graph.of(topology(links))
    unproven = 0
    for a, z in combinations(ours.nodes, 2):
        quick, full = (find_pair(ours, a, z, Diversity.SRLG, tries=tries) for tries in (2, 10_000))
        if isinstance(quick, PathPair):
            assert isinstance(full, PathPair)
            assert full.exact
            assert quick.at_least_us <= full.delay_us <= quick.delay_us
            alone = find_path(ours, a, z)
            assert isinstance(alone, Path)
            assert quick.at_least_us >= 2 * alone.delay_us
            unproven += not quick.exact
    assert unproven


@pytest.mark.parametrize("seed", range(10))
def test_ranked_paths_are_all_paths_by_delay(seed: int) -> None:
    links = random_links(seed, 7, 6, kms=5)
    ours = Graph.of(topology(links))
    mask = bytearray(b"\1" * len(ours.head))
    for limits in (Limits(), Limits(max_delay_us=60.0)):
        found = list(ranked_paths(ours, 0, 5, mask, limits, ours.capacity.__getitem__))
        known = [
            walk for walk in walks(links, ours.nodes[0], ours.nodes[5]) if delay(walk) <= (limits.max_delay_us or 1e9)
        ]
        assert [total / 1000 for total, _ in found] == sorted(map(delay, known))
        assert {tuple(ours.links[arc >> 1].name for arc in arcs) for _, arcs in found} == {
            tuple(item.name for item in walk) for walk in known
        }


def test_a_pair_has_two_ends() -> None:
    with pytest.raises(ValueError, match="itself"):
        find_pair(graph("ab"), "a", "a", Diversity.LINK)
