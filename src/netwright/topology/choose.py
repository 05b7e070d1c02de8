"""Which endpoints an example intent gets: such that its promise holds on this network, and why these.

The arithmetic is deliberately careful. The promise itself is computed by `netwright.promise` when the intent is
compiled; here it is enough never to ask for too much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from math import ceil
from typing import TypeAlias

from netwright.topology.dialects import DIALECTS, Dialect
from netwright.topology.graph import Way, degrees, second_way, shortest_ways, uncertain_links
from netwright.topology.model import US_PER_KM, Topology

SAFE_GBPS_KM = 12_000
"""Rate x length at which go-back-N still gives a goodput of 0.965 (100 Gbit/s over 120 km, p = 1e-5, MTU 4096)."""

LARGEST_SHARE = 0.4
"""What one example takes of the weakest link on its way: the others need room too."""

LOSSLESS_GBPS = (40, 20, 10, 5, 2, 1)
QUEUEING_MS = 1.0
DETOUR = 1.2
MOST_LINKS = 8
_PAIRS = 100_000
_TRIES = 60
GIGA = 10**9

Suits: TypeAlias = Callable[[Dialect, Dialect], bool]


@dataclass(frozen=True, slots=True)
class Choice:
    """Two ends, the way between them, and a standby where the graph and the platforms have one."""

    way: Way
    standby: Way | None
    diversity: str  # none | link | node

    @property
    def ends(self) -> tuple[str, str]:
        """The two nodes."""
        return self.way.nodes[0], self.way.nodes[-1]

    @property
    def longest_km(self) -> float:
        """Of the ways that must keep the promise."""
        return max(way.length_km for way in (self.way, self.standby) if way)

    @property
    def delay_ms(self) -> float:
        """A bound to ask for: the fibre with some detour, and room for queues; in half milliseconds."""
        return ceil((self.longest_km * US_PER_KM / 1000 * DETOUR + QUEUEING_MS) * 2) / 2

    @property
    def lossless_gbps(self) -> int:
        """The largest rate of the menu that the length and the weakest link allow; 0 when none does."""
        links = chain(self.way.links, self.standby.links if self.standby else ())
        room = min(link.capacity_bps for link in links) / GIGA * LARGEST_SHARE
        fits = (rate for rate in LOSSLESS_GBPS if rate <= room and rate * self.longest_km <= SAFE_GBPS_KM)
        return next(fits, 0)


def share_signalling(a: Dialect, z: Dialect) -> bool:
    """Whether both ends speak a common VPN over SRv6 (EVPN, or VPNv4): else they cannot be in one service."""
    return bool(a.signalling & z.signalling)


def can_steer(a: Dialect, z: Dialect) -> bool:
    """Whether both ends can send on a path of our choice."""
    return share_signalling(a, z) and a.explicit_paths and z.explicit_paths


def can_protect(a: Dialect, z: Dialect) -> bool:
    """Whether both ends can hold a standby path."""
    return can_steer(a, z) and a.protection and z.protection


@dataclass(frozen=True, slots=True)
class Chooser:
    """Finds endpoints in one network; what was chosen before is avoided where there is a choice."""

    topology: Topology
    ways: tuple[Way, ...]  # nearest first
    uncertain: frozenset[str]  # links that no path can be held to

    def pick(self, *wishes: Suits, taken: frozenset[str] = frozenset(), fewest_links: int = 1) -> Choice | None:
        """Near ends that suit the first wish that any pair suits; not in `taken`, and some links apart, if possible."""
        for suits in wishes:
            for avoid, fewest in ((taken, fewest_links), (taken, 1), (frozenset[str](), 1)):
                ways = (way for way in self._suiting(suits) if not avoid & {way.nodes[0], way.nodes[-1]})
                far_enough = islice((way for way in ways if len(way.links) >= fewest), _TRIES)
                if (found := self._best(list(far_enough), protect=suits is can_protect)) is not None:
                    return found
        return None

    def _suiting(self, suits: Suits) -> Iterator[Way]:
        for way in self.ways:
            a, z = (DIALECTS[self.topology.nodes[end].platform] for end in (way.nodes[0], way.nodes[-1]))
            if suits(a, z):
                yield way

    def _best(self, ways: list[Way], *, protect: bool) -> Choice | None:
        """The nearest; with a standby, when one is wished and possible: then the pair whose longer way is shortest."""
        protected = [choice for way in ways if (choice := self._protected(way))] if protect else []
        if protected:
            return min(protected, key=lambda choice: choice.longest_km)
        return Choice(ways[0], None, "none") if ways else None

    def _protected(self, way: Way) -> Choice | None:
        """With a standby that is other nodes, or at least other links, and short enough to keep a lossless promise."""
        for diversity in ("node", "link"):
            standby = second_way(self.topology, way, diversity, self.uncertain)
            if standby is not None and len(standby.links) <= MOST_LINKS:
                choice = Choice(way, standby, diversity)
                if choice.lossless_gbps:
                    return choice
        return None


def chooser(topology: Topology) -> Chooser:
    """A chooser of `topology`, with the shortest ways between its nodes (in a large network from the first of them)."""
    uncertain = uncertain_links(topology)
    ways = [
        way
        for start in list(topology.nodes)[: max(1, _PAIRS // max(1, len(topology.nodes)))]
        for end, way in shortest_ways(topology, start, without_links=uncertain).items()
        if start < end and len(way.links) <= MOST_LINKS
    ]
    return Chooser(topology, tuple(sorted(ways, key=lambda way: (way.length_km, way.nodes))), uncertain)


def route_reflectors(topology: Topology) -> tuple[str, ...]:
    """Two nodes with many neighbours that speak every VPN signalling of the network; else two for each signalling."""
    spoken = {name: DIALECTS[node.platform].signalling for name, node in topology.nodes.items()}
    all_of_it = frozenset[str]().union(*spoken.values())
    if complete := [name for name, families in spoken.items() if families == all_of_it]:
        return _busiest(topology, complete)
    chosen = (_busiest(topology, [n for n, families in spoken.items() if family in families]) for family in all_of_it)
    return tuple(sorted({name for names in chosen for name in names}))


def _busiest(topology: Topology, names: list[str]) -> tuple[str, ...]:
    degree = degrees(topology)
    return tuple(sorted(sorted(names, key=lambda name: (-degree[name], name))[:2]))
