"""Where a service's packets go: one way for each direction of each pair of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netwright.paths.graph import DirectedLink, Path
from netwright.paths.igp import Igp


@dataclass(frozen=True, slots=True)
class Way:
    """One direction of a pair of nodes.

    `path` is the computed way. Where the head-end can pin it, `segments` are the nodes whose SIDs do so, the tail
    included; where the IGP decides, `segments` is empty and `hops` are all hops that any packet may take.
    """

    path: Path
    hops: frozenset[DirectedLink]
    segments: tuple[str, ...] = ()
    protection: Path | None = None
    protection_segments: tuple[str, ...] = ()

    @property
    def a(self) -> str:
        """Where it begins."""
        return self.path.nodes[0]

    @property
    def z(self) -> str:
        """Where it ends."""
        return self.path.nodes[-1]

    @property
    def pinned(self) -> bool:
        """Whether the head-end holds packets to the computed path."""
        return bool(self.segments)

    @property
    def sid_count(self) -> int:
        """SIDs in the outer header at most: those of the longer path and the VPN's own (RFC 8986, section 5.1)."""
        return max(len(self.segments), len(self.protection_segments)) + 1

    @property
    def all_hops(self) -> frozenset[DirectedLink]:
        """Every hop that may carry it, also when the working path is gone."""
        return self.hops | frozenset(self.protection.hops if self.protection else ())

    @property
    def longest_us(self) -> float:
        """Propagation of the longer of working and protection path, one way."""
        return max(self.path.delay_us, self.protection.delay_us if self.protection else 0.0)


@dataclass(frozen=True, slots=True)
class PairWays:
    """Both directions of a pair, and how many pairs of members share them."""

    there: Way
    back: Way
    count: int

    def directions(self) -> Iterator[Way]:
        """There, then back."""
        yield self.there
        yield self.back


def way_of_igp(igp: Igp, a: str, z: str) -> Way | None:
    """The way that packets take by themselves: one of the shortest paths, the hops of all of them; None: no way."""
    graph = igp.graph
    hops: set[DirectedLink] = set()
    todo, seen = [a], {a}
    while todo:
        for arc in igp.next_hops(todo.pop(), z):
            hops.add(graph.directed(arc))
            after = graph.nodes[graph.head[arc]]
            if after not in seen:
                seen.add(after)
                todo.append(after)
    arcs, node = [], a
    while node != z:
        options = igp.next_hops(node, z)
        if not options:
            return None
        arcs.append(min(options))
        node = graph.nodes[graph.head[arcs[-1]]]
    return Way(graph.path(a, arcs), frozenset(hops))
