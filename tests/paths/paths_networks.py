"""Networks for these tests: written out, or random but connected, and the same in networkx."""

from __future__ import annotations

import random

import networkx as nx

from netwright.paths.graph import Graph
from netwright.topology.model import Link, Node, Topology

G = 10**9


def topology(links: list[Link]) -> Topology:
    names = sorted({end for link in links for end in (link.a, link.z)})
    return Topology({name: Node(name, "frr", "s") for name in names}, {link.name: link for link in links})


def link(name: str, a: str, z: str, km: float = 10, capacity: int = 100 * G, **more: frozenset[str]) -> Link:
    return Link(name, a, f"to-{name}", z, f"to-{name}", capacity, km, **more)


def graph(*ends: str, **km: float) -> Graph:
    """`graph("ab", "bc", ab=3)`: links named by their ends, 10 km unless told otherwise."""
    return Graph.of(topology([link(name, name[0], name[1], km.get(name, 10)) for name in ends]))


def random_links(seed: int, nodes: int, extra: int, groups: int = 0, kms: int = 20) -> list[Link]:
    """A connected network: a random tree and `extra` more links (parallel ones now and then)."""
    rnd = random.Random(seed)
    ends = [(rnd.randrange(node), node) for node in range(1, nodes)]
    ends += [tuple(rnd.sample(range(nodes), 2)) for _ in range(extra)]  # type: ignore[misc]
    found = []
    for number, (a, z) in enumerate(ends):
        risks = frozenset(f"r{rnd.randrange(groups)}" for _ in range(rnd.randrange(3))) if groups else frozenset[str]()
        km, rate = rnd.randint(1, kms), rnd.choice([10, 40, 100])
        found.append(link(f"l{number:04d}", f"n{a:04d}", f"n{z:04d}", km, rate * G, srlgs=risks))
    return found


def judge(links: list[Link]) -> nx.MultiGraph:
    """The same network for networkx; an edge's key is its link's name."""
    found = nx.MultiGraph()
    for item in links:
        found.add_edge(item.a, item.z, key=item.name, delay=item.delay_us, rate=item.capacity_bps)
    return found


def walks(links: list[Link], a: str, z: str) -> list[tuple[Link, ...]]:
    """Every loop-free path from `a` to `z`, by brute force."""
    by_name = {item.name: item for item in links}
    if a == z:
        return [()]
    return [tuple(by_name[key] for _, _, key in edges) for edges in nx.all_simple_edge_paths(judge(links), a, z)]
