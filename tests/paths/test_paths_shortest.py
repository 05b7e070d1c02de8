"""Constrained shortest paths against networkx and against brute force."""

import random

import networkx as nx
import pytest
from paths_networks import G, graph, judge, link, random_links, topology, walks

from netwright.paths.graph import DirectedLink, Graph, Limits, Path
from netwright.paths.shortest import NoPath, Reason, find_path


@pytest.mark.parametrize("seed", range(6))
def test_least_delay_is_networkx_s(seed: int) -> None:
    links = random_links(seed, 40, 40)
    known, ours = judge(links), Graph.of(topology(links))
    rnd = random.Random(seed)
    for _ in range(60):
        a, z = rnd.sample(ours.nodes, 2)
        found = find_path(ours, a, z)
        assert isinstance(found, Path)
        assert found.delay_us == pytest.approx(nx.dijkstra_path_length(known, a, z, "delay"))
        assert (found.nodes[0], found.nodes[-1]) == (a, z)
        assert [
            known.edges[one, two, name]["delay"] > 0
            for one, two, name in zip(found.nodes, found.nodes[1:], found.links, strict=False)
        ]


@pytest.mark.parametrize("seed", range(40))
def test_every_limit_is_exact(seed: int) -> None:
    """Brute force over all paths of a small network: the best that keeps to the limits, or none."""
    rnd = random.Random(seed)
    links = random_links(seed, 7, 6, groups=4)
    ours = Graph.of(topology(links))
    weight = {item.name: rnd.randint(0, 9) for item in links}
    for _ in range(15):
        a, z = rnd.sample(ours.nodes, 2)
        limits = Limits(
            bandwidth_bps=rnd.choice([0, 10, 20, 100]) * G,
            max_delay_us=rnd.choice([None, 60.0, 100.0, 150.0]),
            max_hops=rnd.choice([None, 2, 3, 4]),
            avoid_srlgs=frozenset(rnd.sample(["r0", "r1", "r2", "r3"], rnd.choice([0, 0, 1]))),
            avoid_nodes=frozenset(rnd.sample(ours.nodes, rnd.choice([0, 1]))),
        )
        weighted = rnd.random() < 0.5
        cost = (
            (lambda path: sum(weight[x.name] for x in path))
            if weighted
            else (lambda path: sum(x.delay_us for x in path))
        )
        good = [path for path in walks(links, a, z) if _keeps(path, limits, a, z)]
        found = find_path(
            ours, a, z, limits, weight=[weight[x.name] for x in ours.links for _ in "az"] if weighted else None
        )
        if good:
            assert isinstance(found, Path)
            by_name = {item.name: item for item in links}
            way = tuple(by_name[name] for name in found.links)
            assert _keeps(way, limits, a, z)
            assert cost(way) == pytest.approx(min(map(cost, good)))
        else:
            assert isinstance(found, NoPath)


def _keeps(path: tuple, limits: Limits, a: str, z: str) -> bool:  # type: ignore[type-arg]
    transit = {end for item in path for end in (item.a, item.z)} - {a, z}
    return (
        all(item.capacity_bps >= limits.bandwidth_bps and not item.srlgs & limits.avoid_srlgs for item in path)
        and (limits.max_delay_us is None or sum(item.delay_us for item in path) <= limits.max_delay_us)
        and (limits.max_hops is None or len(path) <= limits.max_hops)
        and not transit & limits.avoid_nodes
    )


def test_ties_go_to_fewer_hops_then_to_names() -> None:
    assert find_path(graph("ab", "bd", "ac", "cd"), "a", "d").links == ("ab", "bd")  # type: ignore[union-attr]
    assert find_path(graph("ab", "bd", "ad", ad=20), "a", "d").links == ("ad",)  # type: ignore[union-attr]


def test_the_order_of_the_files_does_not_matter() -> None:
    links = random_links(3, 30, 60, kms=2)
    shuffled = links[:]
    random.Random(1).shuffle(shuffled)
    one, two = Graph.of(topology(links)), Graph.of(topology(shuffled))
    for z in one.nodes[1:]:
        assert find_path(one, one.nodes[0], z) == find_path(two, one.nodes[0], z)


def test_admin_groups() -> None:
    red, blue = frozenset({"red"}), frozenset({"blue"})
    links = [
        link("ab", "a", "b", groups=red),
        link("bd", "b", "d", groups=red | blue),
        link("ad", "a", "d", 100, groups=blue),
    ]
    ours = Graph.of(topology(links))

    def way(**limits: frozenset[str]) -> tuple[str, ...]:
        found = find_path(ours, "a", "d", Limits(**limits))  # type: ignore[arg-type]
        return found.links if isinstance(found, Path) else ()

    assert way() == ("ab", "bd")
    assert way(exclude=red) == ("ad",)
    assert way(include_any=blue) == ("ad",)
    assert way(include_any=red | blue) == ("ab", "bd")
    assert way(include_all=red) == ("ab", "bd")
    assert way(include_all=red | blue) == ()
    assert way(avoid_links=frozenset({"bd"})) == ("ad",)
    assert way(allowed=frozenset({"ad"})) == ("ad",)


def test_the_way_back_needs_the_bandwidth_too() -> None:
    ours = graph("ab", "bd", "ad", ad=100)
    back = ours.arc(DirectedLink("ab", "b"))
    free = lambda arc: 0 if arc == back else 100 * G  # noqa: E731
    assert find_path(ours, "a", "d", Limits(G), free=free).links == ("ad",)  # type: ignore[union-attr]
    assert find_path(ours, "a", "d", Limits(G, both_directions=False), free=free).links == ("ab", "bd")  # type: ignore[union-attr]


def test_the_bottleneck_is_the_narrow_direction() -> None:
    ours = graph("ab", "bd")
    back = ours.arc(DirectedLink("bd", "d"))
    found = find_path(ours, "a", "d", Limits(50 * G), free=lambda arc: 7 * G if arc == back else 100 * G)
    assert isinstance(found, NoPath)
    assert (found.bottleneck, found.available_bps) == (DirectedLink("bd", "d"), 7 * G)


def test_why_there_is_no_path() -> None:
    links = [
        link("ab", "a", "b", 10, 40 * G),
        link("bd", "b", "d", 10, 100 * G),
        link("ad", "a", "d", 100, 25 * G),
        link("xy", "x", "y"),
    ]
    ours = Graph.of(topology(links))

    def why(a: str, z: str, **limits: object) -> NoPath:
        found = find_path(ours, a, z, Limits(**limits))  # type: ignore[arg-type]
        assert isinstance(found, NoPath)
        return found

    assert why("a", "x").reason is Reason.UNCONNECTED
    assert why("a", "d", avoid_nodes=frozenset({"b"}), avoid_links=frozenset({"ad"})).reason is Reason.EXCLUDED
    narrow = why("a", "d", bandwidth_bps=50 * G)
    assert (narrow.reason, narrow.available_bps, narrow.bottleneck) == (
        Reason.BANDWIDTH,
        40 * G,
        DirectedLink("ab", "a"),
    )
    assert narrow.best is not None
    assert narrow.best.links == ("ab", "bd")
    late = why("a", "d", max_delay_us=99.0)
    assert (late.reason, late.best and late.best.delay_us) == (Reason.DELAY, 100)
    far = why("a", "d", bandwidth_bps=30 * G, max_hops=1)
    assert (far.reason, far.best and far.best.links) == (Reason.HOPS, ("ab", "bd"))
    assert why("a", "d", max_hops=1, max_delay_us=200.0).reason is Reason.COMBINED


def test_the_same_node() -> None:
    assert find_path(graph("ab"), "a", "a") == Path(("a",), (), (), 0)


def test_directed_links_and_arcs() -> None:
    ours = graph("ba", "bc")
    assert [ours.arc(hop) for hop in ours.directed_links] == [0, 1, 2, 3]
    assert ours.directed(1) == DirectedLink("ba", "a")
    assert str(ours.directed(0)) == "ba (from b)"
    assert ours.path_through(["a", "b", "c"]).links == ("ba", "bc")
    with pytest.raises(KeyError):
        ours.arc(DirectedLink("ba", "c"))


def test_less_than_nothing_free_is_a_refusal_like_any_other() -> None:
    """A service that reckons with overhead sees a full link as having less than nothing."""
    found = find_path(graph("ab", "bc"), "a", "c", Limits(bandwidth_bps=G), free=lambda _: -5)
    assert isinstance(found, NoPath)
    assert (found.reason, found.available_bps) == (Reason.BANDWIDTH, -5)
