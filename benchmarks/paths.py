"""Path computation beside networkx, on the same network in one run (A, B, B, A), answers compared.

Run: `python benchmarks/paths.py [NODES]`. Times are CPU; read the ratios, not the figures.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from itertools import pairwise

import networkx as nx

from netwright.paths.admission import Calendar
from netwright.paths.disjoint import Diversity, PathPair, find_pair
from netwright.paths.graph import Graph, Limits, Path
from netwright.paths.shortest import find_path
from netwright.topology.model import Link, Node, Topology

G = 10**9


def network(nodes: int) -> Topology:
    """A connected random network with twice as many links as nodes."""
    rnd = random.Random(1)
    ends = [(rnd.randrange(node), node) for node in range(1, nodes)]
    ends += [(a, z) for a, z in (rnd.sample(range(nodes), 2) for _ in range(nodes + 1))]
    links = {
        f"l{n}": Link(f"l{n}", f"n{a}", f"{n}a", f"n{z}", f"{n}z", 400 * G, rnd.randint(1, 80))
        for n, (a, z) in enumerate(ends)
    }
    return Topology({f"n{n}": Node(f"n{n}", "frr", "s") for n in range(nodes)}, links)


def judge(topology: Topology) -> nx.DiGraph:
    """The same network for networkx: of parallel links the shortest."""
    found = nx.DiGraph()
    for link in sorted(topology.links.values(), key=lambda link: -link.delay_us):
        for a, z in ((link.a, link.z), (link.z, link.a)):
            found.add_edge(a, z, delay=link.delay_us, free=400 * G)
    return found


def timed(work: Callable[[], list[float]]) -> tuple[float, list[float]]:
    """CPU seconds and answers."""
    start = time.process_time()
    answers = work()
    return time.process_time() - start, answers


def compare(name: str, count: int, ours: Callable[[], list[float]], theirs: Callable[[], list[float]]) -> None:
    """Ours, theirs, theirs, ours; a line with the better of each, and whether the answers agree."""
    runs = [timed(work) for work in (ours, theirs, theirs, ours)]
    mine, peer = min(runs[0][0], runs[3][0]) / count * 1e6, min(runs[1][0], runs[2][0]) / count * 1e6
    if len(runs[0][1]) != len(runs[1][1]):
        raise SystemExit(f"{name}: {len(runs[0][1])} answers against {len(runs[1][1])}")
    longer = sum(runs[1][1]) / max(1e-9, sum(runs[0][1])) - 1
    ratio = f"{peer / mine:.1f} x, its paths {100 * longer:+.1f} % longer"
    print(f"{name:30s} {mine:7.0f} us  networkx {peer:7.0f} us  {ratio}")


Pairs = list[tuple[str, str]]


def cspf(topology: Topology, pairs: Pairs) -> list[float]:
    """Place every demand where there is room; building the graph and its tables counts."""
    graph = Graph.of(topology)
    calendar, found = Calendar.of(graph), []
    for number, (a, z) in enumerate(pairs):
        path = find_path(graph, a, z, Limits(G, both_directions=False), free=calendar.free_by_arc(graph))
        if isinstance(path, Path) and calendar.admit(f"d{number}", path.hops, G) is None:
            found.append(path.delay_us)
    return found


def peer_cspf(known: nx.DiGraph, pairs: Pairs) -> list[float]:
    """The same with Dijkstra over a weight function that hides full links."""
    free = dict.fromkeys(known.edges, 400 * G)
    found = []
    for a, z in pairs:
        nodes = nx.dijkstra_path(known, a, z, lambda u, v, d: d["delay"] if free[u, v] >= G else None)
        for edge in pairwise(nodes):
            free[edge] -= G
        found.append(nx.path_weight(known, nodes, "delay"))
    return found


def disjoint(topology: Topology, pairs: Pairs) -> list[float]:
    """The sum of delays of each node-disjoint pair that exists."""
    graph = Graph.of(topology)
    found = (find_pair(graph, a, z, Diversity.NODE) for a, z in pairs)
    return [pair.delay_us for pair in found if isinstance(pair, PathPair)]


def peer_disjoint(known: nx.DiGraph, pairs: Pairs) -> list[float]:
    """The same by maximum flow, which does not look at delays."""
    ways = (list(nx.node_disjoint_paths(known, a, z, cutoff=2)) for a, z in pairs)
    return [sum(nx.path_weight(known, way, "delay") for way in two) for two in ways if len(two) == 2]


def main() -> None:
    """All comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nodes", type=int, nargs="?", default=1000, help="size of the network (1000)")
    topology = network(parser.parse_args().nodes)
    known, rnd = judge(topology), random.Random(2)
    drawn = (rnd.sample(sorted(topology.nodes), 2) for _ in range(2000))
    pairs = [(a, z) for a, z in drawn if not known.has_edge(a, z)]
    few = pairs[:40]
    compare("shortest path with admission", len(pairs), lambda: cspf(topology, pairs), lambda: peer_cspf(known, pairs))
    compare("node-disjoint pair", len(few), lambda: disjoint(topology, few), lambda: peer_disjoint(known, few))


if __name__ == "__main__":
    main()
