"""A path as node SIDs: the fewest that pin it (RFC 8402, section 3.1; RFC 8986 End).

Between two SIDs the IGP decides, so a stretch is certain only where it is the IGP's *only* shortest path. Every part of
an only shortest path is one too: taking the furthest node each time gives the fewest SIDs.
"""

from __future__ import annotations

from dataclasses import dataclass

from netwright.paths.graph import DirectedLink, Path
from netwright.paths.igp import Igp


@dataclass(frozen=True, slots=True)
class Segments:
    """The nodes whose SIDs make up the list, the path's last node included."""

    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotPinnable:
    """The IGP would not keep to this hop between its ends: it is no shortest path, or not the only one."""

    hop: DirectedLink


@dataclass(frozen=True, slots=True)
class TooDeep:
    """The path needs more SIDs than a router can push."""

    needed: int
    limit: int


def encode(igp: Igp, path: Path, max_segments: int | None = None) -> Segments | NotPinnable | TooDeep:
    """Return the fewest node SIDs that make packets take exactly `path`, or why there are none."""
    chosen: list[str] = []
    start = 0
    while start < len(path.arcs):
        end = _furthest(igp, path, start)
        if end == start:
            return NotPinnable(path.hops[start])
        chosen.append(path.nodes[end])
        start = end
    if max_segments is not None and len(chosen) > max_segments:
        return TooDeep(len(chosen), max_segments)
    return Segments(tuple(chosen))


def _furthest(igp: Igp, path: Path, start: int) -> int:
    """The last position such that the path from `start` to it is the only shortest path."""
    tree = igp.tree(path.nodes[start])
    end = start
    for arc in path.arcs[start:]:
        node = igp.graph.head[arc]
        if tree.count[node] != 1 or tree.via[node] != arc:
            break
        end += 1
    return end
