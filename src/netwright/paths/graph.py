"""The network as arrays, built once from a topology: what the inner loops of this room run on.

A link is two *arcs*: arc `2 i` runs from the `a` end of link number i to its `z` end, arc `2 i + 1` back, so that
`arc ^ 1` is the other direction. Nodes and links are numbered in name order: every choice between equals that goes
by number goes by name, whatever order the files were read in. Delays are whole nanoseconds: sums are exact, and two
paths of the same length are equal.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from netwright.topology.model import Link, Topology

INFINITY = 1 << 62
"""Further than anything: larger than any sum of delays, metrics or hops, and still a machine word."""


class DirectedLink(NamedTuple):
    """One direction of a link: its name and the node that sends."""

    link: str
    sender: str

    def __str__(self) -> str:
        return f"{self.link} (from {self.sender})"


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the network: `nodes` is one longer than `hops`. `delay_us` is propagation, one way."""

    nodes: tuple[str, ...]
    hops: tuple[DirectedLink, ...]
    arcs: tuple[int, ...]
    delay_us: float

    @property
    def links(self) -> tuple[str, ...]:
        """The links' names in order."""
        return tuple(hop.link for hop in self.hops)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a path must keep to. Empty sets and None do not restrict.

    `allowed`: links a path may use. `include_any`: every link must be in one of these administrative groups;
    `include_all`: in each of them; `exclude`: in none (RFC 3209, section 4.7.4). `avoid_nodes`: in transit.
    `both_directions`: the bandwidth must be free on the way back too.
    """

    bandwidth_bps: int = 0
    max_delay_us: float | None = None
    max_hops: int | None = None
    avoid_nodes: frozenset[str] = frozenset()
    avoid_links: frozenset[str] = frozenset()
    avoid_srlgs: frozenset[str] = frozenset()
    include_any: frozenset[str] = frozenset()
    include_all: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    allowed: frozenset[str] | None = None
    both_directions: bool = True

    def admits(self, link: Link) -> bool:
        """Whether the link itself (not its free bandwidth) is one that a path may use."""
        if self.allowed is not None and link.name not in self.allowed:
            return False
        if link.name in self.avoid_links or link.srlgs & self.avoid_srlgs or link.groups & self.exclude:
            return False
        return link.groups >= self.include_all and (not self.include_any or bool(link.groups & self.include_any))

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides which arcs are usable at all: the key under which that is cached."""
        avoid = (self.avoid_nodes, self.avoid_links, self.avoid_srlgs)
        return (*avoid, self.include_any, self.include_all, self.exclude, self.allowed)


@dataclass(eq=False)
class Graph:
    """Arrays by node and arc number. Never changed after `of`; the caches only remember."""

    nodes: tuple[str, ...]
    links: tuple[Link, ...]
    index: dict[str, int]
    link_index: dict[str, int]
    tail: list[int]
    head: list[int]
    delay_ns: list[int]
    capacity: list[int]
    out: list[tuple[tuple[int, int, int], ...]]  # by node: (arc, head, delay) by arc number
    _masks: dict[tuple[object, ...], bytearray] = field(default_factory=dict)
    _delays_to: dict[int, list[int]] = field(default_factory=dict)
    _hops_to: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, topology: Topology) -> Graph:
        """Build the arrays."""
        nodes = tuple(sorted(topology.nodes))
        links = tuple(topology.links[name] for name in sorted(topology.links) if not _is_loop(topology.links[name]))
        index = {name: number for number, name in enumerate(nodes)}
        tail = [index[node] for link in links for node in (link.a, link.z)]
        head = [index[node] for link in links for node in (link.z, link.a)]
        delay = [round(link.delay_us * 1000) for link in links for _ in "az"]
        capacity = [link.capacity_bps for link in links for _ in "az"]
        out: list[list[tuple[int, int, int]]] = [[] for _ in nodes]
        for arc, node in enumerate(tail):
            out[node].append((arc, head[arc], delay[arc]))
        numbers = {link.name: number for number, link in enumerate(links)}
        return cls(nodes, links, index, numbers, tail, head, delay, capacity, [tuple(arcs) for arcs in out])

    def arc(self, hop: DirectedLink) -> int:
        """The arc number of a directed link; KeyError when there is none."""
        number = self.link_index[hop.link]
        link = self.links[number]
        if hop.sender not in {link.a, link.z}:
            raise KeyError(hop.sender)
        return 2 * number + (hop.sender == link.z)

    def directed(self, arc: int) -> DirectedLink:
        """The directed link of an arc number."""
        return DirectedLink(self.links[arc >> 1].name, self.nodes[self.tail[arc]])

    @cached_property
    def directed_links(self) -> tuple[DirectedLink, ...]:
        """All directed links, by arc number."""
        return tuple(self.directed(arc) for arc in range(len(self.tail)))

    @cached_property
    def links_of_srlg(self) -> dict[str, tuple[int, ...]]:
        """The link numbers of every shared-risk group."""
        found: dict[str, list[int]] = {}
        for number, link in enumerate(self.links):
            for risk in link.srlgs:
                found.setdefault(risk, []).append(number)
        return {risk: tuple(numbers) for risk, numbers in found.items()}

    def path(self, start: str, arcs: Iterable[int]) -> Path:
        """The path from `start` over `arcs`."""
        arcs = tuple(arcs)
        nodes = (start, *(self.nodes[self.head[arc]] for arc in arcs))
        delay = sum(self.delay_ns[arc] for arc in arcs) / 1000
        return Path(nodes, tuple(self.directed_links[arc] for arc in arcs), arcs, delay)

    def path_through(self, nodes: Sequence[str]) -> Path:
        """The path over the links (the shortest of parallel ones) between the named nodes in order."""
        arcs = []
        for one, two in pairwise(nodes):
            target = self.index[two]
            arcs.append(min((delay, arc) for arc, head, delay in self.out[self.index[one]] if head == target)[1])
        return self.path(nodes[0], arcs)

    def mask(self, limits: Limits) -> bytearray:
        """By arc: 1 where `limits` lets a path use it (transit nodes to avoid are left to the search's ends)."""
        found = self._masks.get(limits.shape)
        if found is None:
            avoid = {self.index[name] for name in limits.avoid_nodes if name in self.index}
            usable = [limits.admits(link) for link in self.links for _ in "az"]
            found = bytearray(usable[arc] and head not in avoid for arc, head in enumerate(self.head))
            self._masks[limits.shape] = found
        return found

    def delays_to(self, node: int) -> list[int]:
        """Smallest delay from every node to `node`, over all links: never more than what any restricted path has."""
        if node not in self._delays_to:
            self._delays_to[node] = self._least_delays(node)
        return self._delays_to[node]

    def hops_to(self, node: int) -> list[int]:
        """Fewest hops from every node to `node`, over all links."""
        if node not in self._hops_to:
            self._hops_to[node] = self._fewest_hops(node)
        return self._hops_to[node]

    def _least_delays(self, node: int) -> list[int]:
        """Dijkstra from `node`: an arc's delay is the same both ways."""
        distance = [INFINITY] * len(self.nodes)
        distance[node] = 0
        heap = [(0, node)]
        while heap:
            so_far, here = heappop(heap)
            if so_far > distance[here]:
                continue
            for _, there, delay in self.out[here]:
                further = so_far + delay
                if further < distance[there]:
                    distance[there] = further
                    heappush(heap, (further, there))
        return distance

    def _fewest_hops(self, node: int) -> list[int]:
        """Breadth first from `node`."""
        hops = [INFINITY] * len(self.nodes)
        hops[node] = 0
        queue = deque([node])
        while queue:
            here = queue.popleft()
            for _, there, _ in self.out[here]:
                if hops[there] == INFINITY:
                    hops[there] = hops[here] + 1
                    queue.append(there)
        return hops


def _is_loop(link: Link) -> bool:
    return link.a == link.z
