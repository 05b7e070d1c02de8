"""Constrained shortest paths (CSPF): exact under bandwidth, delay, hops and what to avoid.

Without a hop limit and by delay, A* over arrays: the smallest delay to the target over all links is a lower bound
that never has to be wrong. With a hop limit, or by another weight under a delay bound, label setting: a node keeps
every (delay, hops) that no cheaper label beats in both. Ties go to fewer hops, then to the first link by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import heappop, heappush

from netwright.paths.graph import INFINITY, DirectedLink, Graph, Limits, Path

ANY = Limits()


class Reason(StrEnum):
    """Why there is no path: the first of these that already forbids it."""

    UNCONNECTED = "unconnected"  # not even without limits
    EXCLUDED = "excluded"  # what is avoided, excluded or not allowed cuts the ends apart
    BANDWIDTH = "bandwidth"  # no way has that much free
    DELAY = "delay"  # every way with the bandwidth is too long
    HOPS = "hops"  # every way with the bandwidth has too many hops
    COMBINED = "combined"  # each limit can be kept alone, not all at once


@dataclass(frozen=True, slots=True)
class NoPath:
    """There is none, and why. `best` is the path that comes nearest in what is missing.

    For BANDWIDTH: `available_bps` is the most that any allowed path has free, `bottleneck` where that is so.
    """

    a: str
    z: str
    reason: Reason
    best: Path | None = None
    bottleneck: DirectedLink | None = None
    available_bps: int = 0


def find_path(
    graph: Graph,
    a: str,
    z: str,
    limits: Limits = ANY,
    *,
    free: Callable[[int], int] | None = None,
    weight: Sequence[int] | None = None,
) -> Path | NoPath:
    """Return the path of least delay (or least sum of `weight` by arc) that keeps to `limits`, or why there is none.

    `free` tells the free bit/s of an arc; by default all of its capacity. Exact: no path that exists is missed.
    """
    free = free or graph.capacity.__getitem__
    arcs = _search(graph, a, z, limits, free, weight)
    return _why_not(graph, a, z, limits, free) if arcs is None else graph.path(a, arcs)


def _search(
    graph: Graph, a: str, z: str, limits: Limits, free: Callable[[int], int], weight: Sequence[int] | None = None
) -> list[int] | None:
    if a == z:
        return []
    start, target = graph.index[a], graph.index[z]
    return search_masked(graph, start, target, mask_for(graph, limits, target), limits, free, weight)


def search_masked(
    graph: Graph,
    start: int,
    target: int,
    mask: bytearray,
    limits: Limits,
    free: Callable[[int], int],
    weight: Sequence[int] | None = None,
) -> list[int] | None:
    """The arcs of the best path over the arcs that `mask` marks, within the bandwidth, delay and hops of `limits`."""
    bound = INFINITY if limits.max_delay_us is None else round(limits.max_delay_us * 1000)
    if weight is None and limits.max_hops is None:
        return _least_delay(graph, start, target, mask, free, limits, bound)
    return _labels(graph, start, target, mask, free, limits, bound, weight)


def mask_for(graph: Graph, limits: Limits, target: int) -> bytearray:
    """The usable arcs; a target that is to be avoided in transit can still be reached."""
    mask = graph.mask(limits)
    if graph.nodes[target] in limits.avoid_nodes:
        open_ = graph.mask(replace(limits, avoid_nodes=frozenset()))
        mask = mask[:]
        for arc, _, _ in graph.out[target]:
            mask[arc ^ 1] = open_[arc ^ 1]
    return mask


def _least_delay(
    graph: Graph, start: int, target: int, mask: bytearray, free: Callable[[int], int], limits: Limits, bound: int
) -> list[int] | None:
    """A* by (delay, hops). A node is settled when it is first taken from the heap: the bound is consistent."""
    ahead, out, asked, both = graph.delays_to(target), graph.out, limits.bandwidth_bps, limits.both_directions
    via: dict[int, int] = {}
    best = {start: (ahead[start], 0)}
    heap = [(ahead[start], 0, -1, start)]
    while heap:
        estimate, hops, arrived, here = heappop(heap)
        if here in via or estimate > bound:
            continue
        via[here] = arrived
        if here == target:
            return _walk_back(graph, via, target)
        passed = estimate - ahead[here]
        for arc, there, delay in out[here]:
            if there in via or not mask[arc]:
                continue
            label = (passed + delay + ahead[there], hops + 1)
            if label < best.get(there, (INFINITY, 0)) and free(arc) >= asked and (not both or free(arc ^ 1) >= asked):
                best[there] = label
                heappush(heap, (*label, arc, there))
    return None


def _walk_back(graph: Graph, via: dict[int, int], node: int) -> list[int]:
    arcs = []
    while (arc := via[node]) >= 0:
        arcs.append(arc)
        node = graph.tail[arc]
    return arcs[::-1]


def _labels(
    graph: Graph,
    start: int,
    target: int,
    mask: bytearray,
    free: Callable[[int], int],
    limits: Limits,
    bound: int,
    weight: Sequence[int] | None,
) -> list[int] | None:
    """Label setting over (cost, delay, hops). All steps cost hops, so a label never runs in a circle."""
    ahead, hops_ahead = graph.delays_to(target), graph.hops_to(target)
    most = INFINITY if limits.max_hops is None else limits.max_hops
    asked, both = limits.bandwidth_bps, limits.both_directions
    estimate = ahead if weight is None else [0] * len(ahead)
    labels: list[tuple[int, int]] = []  # (arc, label before)
    kept: dict[int, list[tuple[int, int]]] = {}
    heap = [(estimate[start], 0, 0, -1, start, -1)]
    while heap:
        sum_, delay, hops, arrived, here, before = heappop(heap)
        front = kept.setdefault(here, [])
        if any(other_delay <= delay and other_hops <= hops for other_delay, other_hops in front):
            continue
        front.append((delay, hops))
        labels.append((arrived, before))
        if here == target:
            return _unwind(labels)
        cost = sum_ - estimate[here]
        for arc, there, step in graph.out[here]:
            if not mask[arc] or delay + step + ahead[there] > bound or hops + 1 + hops_ahead[there] > most:
                continue
            if free(arc) >= asked and (not both or free(arc ^ 1) >= asked):
                price = step if weight is None else weight[arc]
                label = (cost + price + estimate[there], delay + step, hops + 1, arc, there, len(labels) - 1)
                heappush(heap, label)
    return None


def _unwind(labels: list[tuple[int, int]]) -> list[int]:
    arcs = []
    arc, before = labels[-1]
    while arc >= 0:
        arcs.append(arc)
        arc, before = labels[before]
    return arcs[::-1]


def _why_not(graph: Graph, a: str, z: str, limits: Limits, free: Callable[[int], int]) -> NoPath:
    """Take the limits away in order until there is a path."""
    loose = replace(limits, bandwidth_bps=0, max_delay_us=None, max_hops=None)
    if graph.delays_to(graph.index[z])[graph.index[a]] == INFINITY:
        return NoPath(a, z, Reason.UNCONNECTED)
    if _search(graph, a, z, loose, lambda _: 0) is None:
        return NoPath(a, z, Reason.EXCLUDED)
    arcs, room = _widest(graph, a, z, loose, free)
    if room < limits.bandwidth_bps:
        narrow = min(arcs, key=lambda arc: (_room(free, arc, limits), arc))
        return NoPath(a, z, Reason.BANDWIDTH, graph.path(a, arcs), _narrow_side(graph, free, narrow, limits), room)
    carrying = replace(loose, bandwidth_bps=limits.bandwidth_bps)
    path = graph.path(a, _search(graph, a, z, carrying, free) or ())
    if limits.max_delay_us is not None and round(path.delay_us * 1000) > round(limits.max_delay_us * 1000):
        return NoPath(a, z, Reason.DELAY, path)
    fewest = graph.path(a, _search(graph, a, z, carrying, free, [1] * len(graph.head)) or ())
    if limits.max_hops is not None and len(fewest.arcs) > limits.max_hops:
        return NoPath(a, z, Reason.HOPS, fewest)
    return NoPath(a, z, Reason.COMBINED, path)


def _room(free: Callable[[int], int], arc: int, limits: Limits) -> int:
    return min(free(arc), free(arc ^ 1)) if limits.both_directions else free(arc)


def _narrow_side(graph: Graph, free: Callable[[int], int], arc: int, limits: Limits) -> DirectedLink:
    back = limits.both_directions and free(arc ^ 1) < free(arc)
    return graph.directed(arc ^ 1 if back else arc)


def _widest(graph: Graph, a: str, z: str, limits: Limits, free: Callable[[int], int]) -> tuple[list[int], int]:
    """The path whose narrowest arc is widest (then with fewest hops), and that width; one is known to exist."""
    start, target = graph.index[a], graph.index[z]
    mask = mask_for(graph, limits, target)
    via: dict[int, int] = {}
    best: dict[int, tuple[int, int]] = {}
    heap = [(-INFINITY, 0, -1, start)]
    while target not in via:
        width, hops, arrived, here = heappop(heap)
        if here in via:
            continue
        via[here] = arrived
        for arc, there, _ in graph.out[here]:
            if mask[arc] and there not in via:
                label = (max(width, -_room(free, arc, limits)), hops + 1)
                if label < best.get(there, (INFINITY, INFINITY)):  # a caller's `free` may be below nothing
                    best[there] = label
                    heappush(heap, (*label, arc, there))
    arcs = _walk_back(graph, via, target)
    return arcs, min(_room(free, arc, limits) for arc in arcs)
