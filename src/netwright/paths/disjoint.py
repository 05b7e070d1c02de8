"""Two paths that do not fail together, with the smallest sum of delays.

Disjoint in links or nodes: Suurballe's algorithm (Networks 4, 1974; as in Suurballe and Tarjan, Networks 14, 1984),
exact. Disjoint in shared-risk groups (Hu, IEEE Transactions on Communications 51, 2003), or with a limit on each path
(Itai, Perl, Shiloach, Networks 12, 1982), the problem is NP-hard: the shorter path is tried in the order of delay, each
with the best partner it leaves, until no later one can be better. That is exact too, unless `tries` run out; the answer
says which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush

from netwright.paths.graph import INFINITY, Graph, Limits, Path
from netwright.paths.ranked import ranked_paths
from netwright.paths.shortest import ANY, NoPath, find_path, mask_for, search_masked

TRIES = 300


class Diversity(StrEnum):
    """What the two paths must not share besides their ends."""

    LINK = "link"
    NODE = "node"  # nor a link
    SRLG = "srlg"  # shared-risk link groups, nor a link (RFC 4202, section 2.3)
    SRLG_NODE = "srlg-node"  # all of it

    @property
    def risks(self) -> bool:
        """Whether shared-risk groups count."""
        return self in {Diversity.SRLG, Diversity.SRLG_NODE}

    @property
    def nodes(self) -> bool:
        """Whether transit nodes count."""
        return self in {Diversity.NODE, Diversity.SRLG_NODE}


@dataclass(frozen=True, slots=True)
class PathPair:
    """Two disjoint paths, the shorter first. `exact`: no pair has a smaller sum; else none is below `at_least_us`."""

    working: Path
    protection: Path
    exact: bool
    at_least_us: float

    @property
    def delay_us(self) -> float:
        """The sum of both delays."""
        return self.working.delay_us + self.protection.delay_us


@dataclass(frozen=True, slots=True)
class NoPair:
    """One path, but no pair was found. `proven`: there is none; else only `tried` first paths were looked at.

    `alone` is the best path for one. `cuts` are links of `alone` in the way: with any of
    them gone (and what shares its risk or its nodes), nothing is left for a second path.
    """

    a: str
    z: str
    proven: bool
    tried: int
    alone: Path
    cuts: tuple[str, ...]


def find_pair(
    graph: Graph,
    a: str,
    z: str,
    diversity: Diversity,
    limits: Limits = ANY,
    *,
    free: Callable[[int], int] | None = None,
    tries: int = TRIES,
) -> PathPair | NoPair | NoPath:
    """Return the disjoint pair with the smallest sum of delays, each path within `limits`; or what is in the way.

    `NoPath` when there is not even one path within `limits`.
    """
    search = _Search(graph, a, z, diversity, limits, free or graph.capacity.__getitem__)
    loose = search.suurballe()
    if loose is None:
        return search.none(proven=True, tried=0)
    if search.keeps(*loose):
        return search.pair(*loose)
    return search.by_rank(tries)


class _Search:
    """One question, with its usable arcs and what conflicts with what."""

    def __init__(
        self, graph: Graph, a: str, z: str, diversity: Diversity, limits: Limits, free: Callable[[int], int]
    ) -> None:
        if a == z:
            raise ValueError(f"from {a} to itself there are no two paths")
        self.graph, self.a, self.z, self.diversity, self.limits, self.free = graph, a, z, diversity, limits, free
        self.start, self.target = graph.index[a], graph.index[z]
        self.mask = mask_for(graph, limits, self.target)[:]

    # ---- exact, in polynomial time

    def suurballe(self) -> tuple[list[int], list[int]] | None:
        """The min-sum pair that is disjoint in links (and nodes, if asked): for the harder questions a relaxation."""
        first, distance = self._first_pass()
        if first is None:
            return None
        second = self._second_pass(first, distance)
        return None if second is None else self._untangle(first, second)

    def _usable(self, arc: int) -> bool:
        asked = self.limits.bandwidth_bps
        return (
            self.mask[arc] == 1
            and self.free(arc) >= asked
            and (not self.limits.both_directions or self.free(arc ^ 1) >= asked)
        )

    def _first_pass(self) -> tuple[list[int] | None, dict[int, int]]:
        """A* to the target: the path, and the reduced distance of each settled node, the target's the largest."""
        graph, ahead = self.graph, self.graph.delays_to(self.target)
        via: dict[int, int] = {}
        distance: dict[int, int] = {}
        heap = [(0, 0, -1, self.start)]
        while heap:
            passed, hops, arrived, here = heappop(heap)
            if here in distance:
                continue
            distance[here], via[here] = passed, arrived
            if here == self.target:
                return _walk(graph, via, here), distance
            for arc, there, delay in graph.out[here]:
                if there not in distance and ahead[there] < INFINITY and self._usable(arc):
                    heappush(heap, (passed + delay + ahead[there] - ahead[here], hops + 1, arc, there))
        return None, distance

    def _second_pass(self, first: list[int], settled: dict[int, int]) -> list[int] | None:
        """Shortest path in what the first leaves; `~arc` walks an arc of the first backwards, taking it out.

        Reduced by both potentials no arc is negative. With node diversity a transit node of the first path has two
        sides: entered from elsewhere (the odd state) it can only be left backwards along the first path.
        """
        graph, ahead = self.graph, self.graph.delays_to(self.target)
        last = settled[self.target]
        arrived_by = {graph.head[arc]: arc for arc in first}
        taken = {arc >> 1 for arc in first}
        split = {graph.tail[arc] for arc in first[1:]} if self.diversity.nodes else set[int]()
        via: dict[int, tuple[int, int]] = {}
        heap = [(0, 0, 0, 2 * self.start, -1)]
        while heap:
            passed, hops, arc, state, before = heappop(heap)
            if state in via:
                continue
            via[state] = (arc, before)
            here, inner = state >> 1, state & 1
            if here == self.target:
                return _steps(via, state)
            if here in arrived_by:
                back = arrived_by[here]
                heappush(heap, (passed, hops + 1, ~back, 2 * graph.tail[back], state))
            if inner:
                continue
            base = passed + settled.get(here, last) - ahead[here]
            for arc_, there, delay in graph.out[here]:
                if arc_ >> 1 not in taken and ahead[there] < INFINITY and self._usable(arc_):
                    cost = base + delay + ahead[there] - settled.get(there, last)
                    heappush(heap, (cost, hops + 1, arc_, 2 * there + (there in split), state))
        return None

    def _untangle(self, first: list[int], second: list[int]) -> tuple[list[int], list[int]]:
        """Two paths out of both passes: what the second walked backwards is gone from the first."""
        gone = {~step for step in second if step < 0}
        arcs = sorted([arc for arc in first if arc not in gone] + [step for step in second if step >= 0])
        leaving: dict[int, list[int]] = {}
        for arc in reversed(arcs):
            leaving.setdefault(self.graph.tail[arc], []).append(arc)
        one, two = (self._follow(leaving) for _ in range(2))
        return (one, two) if self._rank(one) <= self._rank(two) else (two, one)

    def _follow(self, leaving: dict[int, list[int]]) -> list[int]:
        arcs: list[int] = []
        here = self.start
        while here != self.target:
            arcs.append(leaving[here].pop())
            here = self.graph.head[arcs[-1]]
            start = next((place for place, arc in enumerate(arcs) if self.graph.tail[arc] == here), len(arcs))
            del arcs[start:]  # a round over links of no length
        return arcs

    def _rank(self, arcs: list[int]) -> tuple[int, int, list[int]]:
        return sum(self.graph.delay_ns[arc] for arc in arcs), len(arcs), arcs

    # ---- exact, by enumeration

    def by_rank(self, tries: int) -> PathPair | NoPair | NoPath:
        """Try first paths by delay. A link that leaves no partner is dead: it goes, and the ranking starts anew."""
        best: tuple[int, list[int], list[int]] | None = None
        tried, floor = 0, 0
        ranked = self._ranked()
        while (item := next(ranked, None)) is not None:
            floor, first = item
            if best is not None and 2 * floor >= best[0]:
                break
            if tried == tries:
                return self._unfinished(best, tried, floor)
            tried += 1
            second = self._partner(first)
            if second is None:
                if self._bury(first):
                    ranked = self._ranked()
                continue
            total = floor + self._rank(second)[0]
            if self._few(first) and (best is None or total < best[0]):
                best = (total, first, second)
        return self.pair(best[1], best[2]) if best else self.none(proven=True, tried=tried)

    def _ranked(self) -> Iterator[tuple[int, list[int]]]:
        return ranked_paths(self.graph, self.start, self.target, self.mask, self.limits, self.free)

    def _few(self, arcs: list[int]) -> bool:
        return self.limits.max_hops is None or len(arcs) <= self.limits.max_hops

    def _partner(self, arcs: list[int]) -> list[int] | None:
        """The best path that shares nothing with `arcs`."""
        left = self.mask[:]
        for arc in self._conflicts(arcs):
            left[arc] = 0
        return search_masked(self.graph, self.start, self.target, left, self.limits, self.free)

    def _conflicts(self, arcs: list[int]) -> set[int]:
        """The arcs that no partner of a path over `arcs` may use."""
        graph = self.graph
        links = {arc >> 1 for arc in arcs}
        if self.diversity.risks:
            risks = frozenset[str]().union(*(graph.links[number].srlgs for number in links))
            links |= {number for risk in risks for number in graph.links_of_srlg.get(risk, ())}
        if self.diversity.nodes:
            ends = {node for arc in arcs for node in (graph.tail[arc], graph.head[arc])} - {self.start, self.target}
            links |= {arc >> 1 for node in ends for arc, _, _ in graph.out[node]}
        return {2 * number + side for number in links for side in (0, 1)}

    def _dead(self, arcs: list[int]) -> list[int]:
        """The arcs that leave nothing for a partner, each by itself."""
        return [arc for arc in arcs if self._partner([arc]) is None]

    def _bury(self, arcs: list[int]) -> bool:
        dead = self._dead(arcs)
        for arc in dead:
            self.mask[arc] = self.mask[arc ^ 1] = 0
        return bool(dead)

    # ---- answers

    def keeps(self, first: list[int], second: list[int]) -> bool:
        """Whether the pair of the relaxation already keeps to everything: then no other can be better."""
        bound = self.limits.max_delay_us
        late = bound is not None and self._rank(second)[0] > round(bound * 1000)
        shared = self.diversity.risks and not self._conflicts(first).isdisjoint(second)
        return not late and not shared and self._few(first) and self._few(second)

    def pair(self, first: list[int], second: list[int]) -> PathPair:
        """An answer that is the best there is."""
        total = self._rank(first)[0] + self._rank(second)[0]
        return PathPair(
            self.graph.path(self.a, first), self.graph.path(self.a, second), exact=True, at_least_us=total / 1000
        )

    def _unfinished(
        self, best: tuple[int, list[int], list[int]] | None, tried: int, floor: int
    ) -> PathPair | NoPair | NoPath:
        if best is None:
            return self.none(proven=False, tried=tried)
        return replace(self.pair(best[1], best[2]), exact=False, at_least_us=2 * floor / 1000)

    def none(self, *, proven: bool, tried: int) -> NoPair | NoPath:
        """No pair, with what one path alone would be and which of its links are to blame."""
        self.mask = mask_for(self.graph, self.limits, self.target)
        alone = find_path(self.graph, self.a, self.z, self.limits, free=self.free)
        if isinstance(alone, NoPath):
            return alone
        cuts = tuple(self.graph.directed_links[arc].link for arc in self._dead(list(alone.arcs)))
        return NoPair(self.a, self.z, proven, tried, alone, cuts)


def _walk(graph: Graph, via: dict[int, int], node: int) -> list[int]:
    arcs = []
    while (arc := via[node]) >= 0:
        arcs.append(arc)
        node = graph.tail[arc]
    return arcs[::-1]


def _steps(via: dict[int, tuple[int, int]], state: int) -> list[int]:
    steps = []
    while (entry := via[state])[1] >= 0:
        steps.append(entry[0])
        state = entry[1]
    return steps[::-1]
