"""Where each router stands on the map: sites by their coordinates, the routers of a site in rows around its place.

An equirectangular projection is true enough for a metro and readable for a continent. In a site the routers that face
the core stand inside, the ones that face tenants outside, so that links seldom cross a label.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias

from netwright.topology.model import Node, Site, Topology

Point: TypeAlias = tuple[float, float]

MARGIN: Final = 90.0
COLUMN, ROW = 84.0, 58.0  # pixels between routers of one site: a name fits between them
CROWDED: Final = 40  # more routers than this: smaller, and unnamed unless they matter
CLEAR_X, CLEAR_Y = 30.0, 46.0  # between two sites: room for a label
ROUNDS: Final = 200
_OUTER_ROLES: Final = frozenset({"leaf"})


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its corner and size, in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in pixels on a canvas of `width` x `height`."""

    width: float
    height: float
    nodes: Mapping[str, Point]
    sites: Mapping[str, Box]

    @property
    def crowded(self) -> bool:
        """Whether there are too many routers for names."""
        return len(self.nodes) > CROWDED


def lay_out(topology: Topology, width: float = 1100.0, height: float = 720.0) -> Layout:
    """Place every node of `topology`."""
    members = _members(topology)
    places = _places(members, topology.sites, width, height)
    centre = _mean(list(places.values()))
    groups = [
        _around(places[site], centre, [topology.nodes[name] for name in names]) for site, names in members.items()
    ]
    if len(topology.nodes) <= CROWDED:
        groups = _apart(groups)
    nodes = {name: point for group in groups for name, point in group.items()}
    boxes = {site: _box(group.values()) for site, group in zip(members, groups, strict=True)}
    return _cropped(Layout(width, height, nodes, boxes))


def _members(topology: Topology) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(topology.nodes):
        found[topology.nodes[name].site or name].append(name)
    return dict(sorted(found.items()))


def _places(members: Mapping[str, object], sites: Mapping[str, Site], width: float, height: float) -> dict[str, Point]:
    known = [sites[name] for name in members if name in sites]
    if len(known) < len(members) or not _spread(known):
        return _circle(list(members), width, height)
    scale = math.cos(math.radians(sum(site.latitude for site in known) / len(known)))
    flat = {site.name: (site.longitude * scale, -site.latitude) for site in known}
    return _fitted(flat, width, height)


def _spread(sites: Sequence[Site]) -> bool:
    return len({(site.latitude, site.longitude) for site in sites}) == len(sites) > 1


def _circle(names: list[str], width: float, height: float) -> dict[str, Point]:
    """Places for sites without coordinates: all on one ring."""
    turn = 2 * math.pi / max(1, len(names))
    across, down = width / 2 - MARGIN, height / 2 - MARGIN
    return {
        name: (width / 2 + across * math.sin(turn * number), height / 2 - down * math.cos(turn * number))
        for number, name in enumerate(names)
    }


def _fitted(flat: Mapping[str, Point], width: float, height: float) -> dict[str, Point]:
    left, top = min(x for x, _ in flat.values()), min(y for _, y in flat.values())
    across = max(x for x, _ in flat.values()) - left or 1.0
    down = max(y for _, y in flat.values()) - top or 1.0
    wide, high = (width - 2 * MARGIN) / across, (height - 2 * MARGIN) / down
    wide, high = min(wide, 1.6 * high), min(high, 1.6 * wide)  # some stretching reads better than an empty page
    return {name: (MARGIN + (x - left) * wide, MARGIN + (y - top) * high) for name, (x, y) in flat.items()}


def _mean(points: Sequence[Point]) -> Point:
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _around(place: Point, centre: Point, nodes: Sequence[Node]) -> dict[str, Point]:
    """Rows for a site with leaves; a site beside the centre stands upright, so that its links do not run through it."""
    inner = [node.name for node in nodes if node.role not in _OUTER_ROLES]
    outer = [node.name for node in nodes if node.role in _OUTER_ROLES]
    away_x, away_y = place[0] - centre[0], place[1] - centre[1]
    if inner and not outer and abs(away_x) > abs(away_y):
        return {name: (place[0], place[1] + _step(number, inner) * ROW * 1.2) for number, name in enumerate(inner)}
    outward = -1.0 if away_y < 0 else 1.0
    rows = [row for row in (inner, outer) if row]
    return {
        name: (place[0] + _step(column, row) * COLUMN, place[1] + outward * number * ROW)
        for number, row in enumerate(rows)
        for column, name in enumerate(row)
    }


def _step(number: int, row: Sequence[str]) -> float:
    """How many places from the middle of its row."""
    return number - (len(row) - 1) / 2


def _apart(groups: Sequence[dict[str, Point]]) -> list[dict[str, Point]]:
    """Push sites apart until no two boxes with their labels overlap; the map stays a map, a little exaggerated."""
    settled = list(groups)
    for _ in range(ROUNDS):
        moved = False
        for one, other in combinations(range(len(settled)), 2):
            push = _push(_box(settled[one].values()), _box(settled[other].values()))
            if push != (0.0, 0.0):
                settled[one], settled[other] = _moved(settled[one], push, -0.5), _moved(settled[other], push, 0.5)
                moved = True
        if not moved:
            break
    return settled


def _push(one: Box, other: Box) -> Point:
    """How far `other` must move away from `one`, along the shorter way; (0, 0) when they are clear of each other."""
    apart_x = (other.x + other.width / 2) - (one.x + one.width / 2)
    apart_y = (other.y + other.height / 2) - (one.y + one.height / 2)
    over_x = (one.width + other.width) / 2 + CLEAR_X - abs(apart_x)
    over_y = (one.height + other.height) / 2 + CLEAR_Y - abs(apart_y)
    if over_x <= 0 or over_y <= 0:
        return 0.0, 0.0
    if over_x < over_y:
        return math.copysign(over_x + 0.5, apart_x or 1.0), 0.0
    return 0.0, math.copysign(over_y + 0.5, apart_y or 1.0)


def _moved(group: Mapping[str, Point], push: Point, share: float) -> dict[str, Point]:
    return {name: (x + push[0] * share, y + push[1] * share) for name, (x, y) in group.items()}


def _box(points: Iterable[Point]) -> Box:
    across, down = zip(*points, strict=True)
    left, top = min(across) - 42, min(down) - 26
    return Box(left, top, max(across) + 42 - left, max(down) + 34 - top)


def _cropped(layout: Layout) -> Layout:
    """Move everything so that the boxes just fit on the canvas."""
    left, top = min(box.x for box in layout.sites.values()) - 48, min(box.y for box in layout.sites.values()) - 30
    right = max(box.x + box.width for box in layout.sites.values()) + 48
    bottom = max(box.y + box.height for box in layout.sites.values()) + 26
    nodes = {name: (x - left, y - top) for name, (x, y) in layout.nodes.items()}
    sites = {name: Box(box.x - left, box.y - top, box.width, box.height) for name, box in layout.sites.items()}
    return Layout(right - left, bottom - top, nodes, sites)
