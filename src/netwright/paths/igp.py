"""What the IGP does by itself: shortest paths by metric, with equal-cost multipath (ISO 10589, RFC 5305).

A packet that is sent to a node follows *all* shortest paths at once. A path is only certain where there is exactly one,
parallel links counted; `paths.segments` builds on that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush

from netwright.paths.graph import INFINITY, Graph, Path
from netwright.topology.model import Link

MANY = 2
"""Counting stops here: all that matters is whether a shortest path is the only one."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Shortest paths from one node: distance, number of shortest paths (0, 1 or `MANY`) and one last arc, by node."""

    distance: list[int]
    count: list[int]
    via: list[int]


class Igp:
    """The graph with a metric per link. Trees are computed when first asked for, and kept."""

    def __init__(self, graph: Graph, metric: Callable[[Link], int]) -> None:
        self.graph = graph
        self.metric = [value for value in map(metric, graph.links) for _ in "az"]
        if any(value < 1 for value in self.metric):
            raise ValueError("an IGP metric is at least 1")
        self._out = [[(arc, there, self.metric[arc]) for arc, there, _ in arcs] for arcs in graph.out]
        self._trees: dict[int, Tree] = {}

    def tree(self, source: str) -> Tree:
        """The shortest paths from `source`."""
        return self.tree_of(self.graph.index[source])

    def tree_of(self, source: int) -> Tree:
        """The shortest paths from node number `source`."""
        if source not in self._trees:
            self._trees[source] = self._grow(source, INFINITY)
        return self._trees[source]

    def distance(self, a: str, z: str) -> int | None:
        """The sum of metrics from `a` to `z`, None when there is no way."""
        found = self.tree(a).distance[self.graph.index[z]]
        return None if found == INFINITY else found

    def is_unique(self, a: str, z: str) -> bool:
        """Whether there is exactly one shortest path."""
        return self.tree(a).count[self.graph.index[z]] == 1

    def path(self, a: str, z: str) -> Path | None:
        """The shortest path if it is the only one, else None."""
        tree = self.tree(a)
        node = self.graph.index[z]
        if tree.count[node] != 1:
            return None
        arcs = []
        while (arc := tree.via[node]) >= 0:
            arcs.append(arc)
            node = self.graph.tail[arc]
        return self.graph.path(a, reversed(arcs))

    def next_hops(self, a: str, z: str) -> tuple[int, ...]:
        """The arcs by which `a` forwards to `z`: several under equal-cost multipath, none when there is no way."""
        target = self.graph.index[z]
        back = self.tree_of(target).distance  # metrics are the same in both directions
        here = self.graph.index[a]
        if back[here] in {0, INFINITY}:
            return ()
        return tuple(arc for arc, there, _ in self.graph.out[here] if self.metric[arc] + back[there] == back[here])

    def _grow(self, source: int, radius: int) -> Tree:
        """Dijkstra with counting; nodes further than `radius` may be missing or too far."""
        out, size = self._out, len(self.graph.nodes)
        distance, count, via = [INFINITY] * size, [0] * size, [-1] * size
        distance[source], count[source] = 0, 1
        heap, done = [(0, source)], bytearray(size)
        while heap:
            passed, here = heappop(heap)
            if done[here]:
                continue
            if passed > radius:
                break
            done[here] = 1
            for arc, there, metric in out[here]:
                further = passed + metric
                if further < distance[there]:
                    distance[there], count[there], via[there] = further, count[here], arc
                    heappush(heap, (further, there))
                elif further == distance[there]:
                    count[there] = min(MANY, count[there] + count[here])
        return Tree(distance, count, via)

    def near(self, source: int) -> Tree:
        """Shortest paths from `source`, right for its neighbours: it looks no further than its longest link."""
        if source in self._trees:
            return self._trees[source]
        return self._grow(source, max((self.metric[arc] for arc, _, _ in self.graph.out[source]), default=0))


def pinnable_links(igp: Igp) -> frozenset[str]:
    """The links that are, in both directions, the only shortest path between their ends.

    A path over such links can be written as node SIDs; over any other it cannot, for the IGP would not take the link.
    """
    graph = igp.graph
    trees = [igp.near(node) for node in range(len(graph.nodes))]
    sure = [
        trees[t].count[h] == 1 and trees[t].via[h] == a
        for a, (t, h) in enumerate(zip(graph.tail, graph.head, strict=True))
    ]
    return frozenset(
        link.name for link, there, back in zip(graph.links, sure[::2], sure[1::2], strict=True) if there and back
    )
