"""Loop-free paths one after the other, shortest first (Yen, Management Science 17, 1971; Lawler's shortcut)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from heapq import heappop, heappush

from netwright.paths.graph import Graph, Limits
from netwright.paths.shortest import search_masked


def ranked_paths(
    graph: Graph, start: int, target: int, mask: bytearray, limits: Limits, free: Callable[[int], int]
) -> Iterator[tuple[int, list[int]]]:
    """Yield (delay in ns, arcs) over the arcs that `mask` marks, by delay; lazily, for there may be very many.

    Bandwidth and delay of `limits` hold; its hop limit does not, so that the order stays by delay.
    """
    limits = replace(limits, max_hops=None)
    first = search_masked(graph, start, target, mask, limits, free)
    if first is None:
        return
    seen = {tuple(first)}
    heap = [(_delay(graph, first), len(first), first, 0)]
    given: list[list[int]] = []
    while heap:
        delay, _, arcs, branched = heappop(heap)
        yield delay, arcs
        given.append(arcs)
        for place in range(branched, len(arcs)):
            other = _deviate(graph, target, mask, limits, free, given, arcs, place)
            if other is not None and tuple(other) not in seen:
                seen.add(tuple(other))
                heappush(heap, (_delay(graph, other), len(other), other, place))


def _deviate(
    graph: Graph,
    target: int,
    mask: bytearray,
    limits: Limits,
    free: Callable[[int], int],
    given: list[list[int]],
    arcs: list[int],
    place: int,
) -> list[int] | None:
    """The shortest path that runs like `arcs` up to `place` and there unlike every path given so far."""
    root, spur = arcs[:place], graph.tail[arcs[place]]
    allowed = mask[:]
    for other in given:
        if other[:place] == root and len(other) > place:
            allowed[other[place]] = 0
    for arc in root:
        for away, _, _ in graph.out[graph.tail[arc]]:
            allowed[away ^ 1] = 0  # no way back into the part that is already walked
    left = limits
    if limits.max_delay_us is not None:
        left = replace(limits, max_delay_us=limits.max_delay_us - _delay(graph, root) / 1000)
    rest = search_masked(graph, spur, target, allowed, left, free)
    return None if rest is None else root + rest


def _delay(graph: Graph, arcs: list[int]) -> int:
    return sum(graph.delay_ns[arc] for arc in arcs)
