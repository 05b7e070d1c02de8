"""The little graph work that drawing a network needs. Path computation for services is `netwright.paths`."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from math import inf

from netwright.diagnostics import Diagnostics
from netwright.topology.model import Link, Topology

SLACK_KM = 0.1
"""Lengths this near to each other may be one metric."""


def components(nodes: Collection[str], edges: Iterable[tuple[str, str]]) -> list[frozenset[str]]:
    """The connected parts, largest first, then by name."""
    near: dict[str, set[str]] = defaultdict(set)
    for a, z in edges:
        near[a].add(z)
        near[z].add(a)
    left, parts = set(nodes), []
    while left:
        part = _reached(min(left), near)
        parts.append(frozenset(part))
        left -= part
    return sorted(parts, key=lambda part: (-len(part), min(part)))


def _reached(start: str, near: dict[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        fresh = near[waiting.pop()] - seen
        seen |= fresh
        waiting += fresh
    return seen


def largest_part(topology: Topology, found: Diagnostics, file: str) -> Topology:
    """The network without the nodes that no way leads to; each part that is left out is a warning."""
    parts = components(topology.nodes, [(link.a, link.z) for link in topology.links.values()])
    for part in parts[1:]:
        names = ", ".join(sorted(part)[:6]) + (" ..." if len(part) > 6 else "")
        message = f"leaves out {names}: no link leads from there to the largest part of the network"
        found.warning("network-in-parts", file, message, hint="add the missing links to the file, and start again")
    keep = parts[0] if parts else frozenset()
    nodes = {name: node for name, node in topology.nodes.items() if name in keep}
    sites = {node.site for node in nodes.values()}
    return replace(
        topology,
        nodes=nodes,
        links={name: link for name, link in topology.links.items() if link.a in keep},
        sites={name: site for name, site in topology.sites.items() if name in sites},
        pools={name: pool for name, pool in topology.pools.items() if keep.issuperset(pool.nodes)},
    )


def degrees(topology: Topology) -> dict[str, int]:
    """How many neighbours each node has; parallel links count once."""
    return {name: len({link.other(name) for link in links}) for name, links in topology.links_of.items()}


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the network, from `start` along `links`."""

    start: str
    links: tuple[Link, ...]

    @property
    def length_km(self) -> float:
        """All its fibre."""
        return sum(link.length_km for link in self.links)

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes it touches, in order."""
        names = [self.start]
        for link in self.links:
            names.append(link.other(names[-1]))
        return tuple(names)


def shortest_ways(
    topology: Topology,
    start: str,
    *,
    without_links: Collection[str] = (),
    without_nodes: Collection[str] = (),
    within_km: float = inf,
) -> dict[str, Way]:
    """The shortest way by fibre from `start` to each node that is not farther than `within_km` (Dijkstra)."""
    ways: dict[str, Way] = {}
    waiting: list[tuple[float, str, str, str]] = [(0.0, start, "", "")]  # length, node, and by which link from where
    while waiting:
        length, node, by, before = heapq.heappop(waiting)
        if node in ways:
            continue
        ways[node] = Way(start, (*ways[before].links, topology.links[by]) if by else ())
        for link in topology.links_of[node]:
            far, total = link.other(node), length + link.length_km
            barred = far in ways or far in without_nodes or link.name in without_links or total > within_km
            if not barred:
                heapq.heappush(waiting, (total, far, link.name, node))
    return ways


def second_way(topology: Topology, way: Way, diversity: str, without_links: Collection[str] = ()) -> Way | None:
    """The shortest way with the same ends that shares no link, node or SRLG with `way`, as `diversity` asks."""
    used = {link.name for link in way.links}.union(without_links)
    shared = frozenset[str]().union(*(link.srlgs for link in way.links))
    if diversity == "srlg":
        used |= {link.name for link in topology.links.values() if link.srlgs & shared}
    between = way.nodes[1:-1] if diversity == "node" else ()
    return shortest_ways(topology, way.start, without_links=used, without_nodes=between).get(way.nodes[-1])


def uncertain_links(topology: Topology) -> frozenset[str]:
    """Links that the IGP would not keep to between their own ends, since another way is as short or nearly so.

    A segment list of node SIDs cannot hold packets on such a link (parallel links of one length above all).
    """
    return frozenset(link.name for link in topology.links.values() if _has_rival(topology, link))


def _has_rival(topology: Topology, link: Link) -> bool:
    near = link.length_km + SLACK_KM
    return link.z in shortest_ways(topology, link.a, without_links={link.name}, within_km=near)
