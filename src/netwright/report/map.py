"""The network's map as one SVG: sites, routers, links, and the ways of an intent laid over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netwright.report.layout import Box, Layout, Point, lay_out
from netwright.report.model import CALLED, Way
from netwright.report.page import environment
from netwright.report.words import rate
from netwright.topology.model import Link, Topology


@dataclass(frozen=True, slots=True)
class DrawnLink:
    """A link as drawn; `role` is the way that uses it, if one does."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class DrawnLabel:
    """The length of a link, where there is room for it."""

    x: float
    y: float
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """A router as drawn; `named` when its name is written beside it."""

    name: str
    x: float
    y: float
    platform: str
    shape: str
    role: str
    named: bool
    title: str


@dataclass(frozen=True, slots=True)
class DrawnSite:
    """A site as drawn, with the compute that stands there."""

    name: str
    box: Box
    compute: str
    title: str


def network_map(topology: Topology, ways: Sequence[Way] = (), *, standalone: bool = False, legend: bool = True) -> str:
    """Draw `topology` with `ways` over it. A standalone map carries its own style and answers to dark mode."""
    layout = lay_out(topology)
    roles = _roles(ways)
    ordered = sorted(topology.links.values(), key=lambda link: (roles.get(link.name, ""), link.name))
    return (
        environment()
        .get_template("map.svg.j2")
        .render(
            layout=layout,
            sites=() if layout.crowded else _sites(topology, layout),
            links=[_link(link, layout, roles.get(link.name, "")) for link in ordered],
            labels=_labels(
                [link for link in reversed(ordered) if _labelled(link, topology, layout, roles)], layout, roles
            ),
            nodes=_nodes(topology, layout, ways),
            platforms=sorted({node.platform for node in topology.nodes.values()}) if legend else (),
            roles=[role for role in ("working", "protection") if any(way.role == role for way in ways)],
            called=CALLED,
            standalone=standalone,
            legend=legend,
        )
    )


def _roles(ways: Sequence[Way]) -> dict[str, str]:
    """The role of each link; working wins where both ways use one."""
    found: dict[str, str] = {}
    for way in ways:
        for link in way.links:
            if found.get(link) != "working":
                found[link] = way.role
    return found


def _link(link: Link, layout: Layout, role: str) -> DrawnLink:
    (x1, y1), (x2, y2) = layout.nodes[link.a], layout.nodes[link.z]
    shared = f", shares {', '.join(sorted(link.srlgs))}" if link.srlgs else ""
    return DrawnLink(x1, y1, x2, y2, role, f"{link.name}: {rate(link.capacity_bps)}, {link.length_km:g} km{shared}")


def _labelled(link: Link, topology: Topology, layout: Layout, roles: Mapping[str, str]) -> bool:
    """The links of a way tell their length; on a plain map all do that leave their site."""
    if roles:
        return link.name in roles
    return not layout.crowded and topology.nodes[link.a].site != topology.nodes[link.z].site


def _labels(links: Iterable[Link], layout: Layout, roles: Mapping[str, str]) -> list[DrawnLabel]:
    """Put each label on its link where it covers nothing; one that finds no room is left out (the tooltip has it)."""
    taken: list[Point] = [
        point for x, y in layout.nodes.values() for point in ((x, y), (x - 26, y + 21), (x + 26, y + 21))
    ]
    taken += [(box.x + box.width / 2, box.y - 10) for box in layout.sites.values()]
    drawn = []
    for link in links:
        (x1, y1), (x2, y2) = layout.nodes[link.a], layout.nodes[link.z]
        spots = [(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part) for part in (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)]
        free = next((spot for spot in spots if all(_clear(spot, other) for other in taken)), None)
        if free:
            taken.append(free)
            drawn.append(DrawnLabel(free[0], free[1] + 3.5, roles.get(link.name, ""), f"{link.length_km:g} km"))
    return drawn


def _clear(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) > 42 or abs(one[1] - other[1]) > 15


def _nodes(topology: Topology, layout: Layout, ways: Sequence[Way]) -> list[DrawnNode]:
    used = {name for way in ways for name in way.nodes}
    return [
        DrawnNode(
            name=node.name,
            x=layout.nodes[node.name][0],
            y=layout.nodes[node.name][1],
            platform=node.platform,
            shape={"leaf": "square", "computing-gateway": "diamond"}.get(node.role, "circle"),
            role="used" if node.name in used else ("unused" if used else ""),
            named=node.name in used or not layout.crowded,
            title=", ".join(word for word in (node.name, node.role, node.model or node.platform) if word),
        )
        for node in topology.nodes.values()
    ]


def _sites(topology: Topology, layout: Layout) -> list[DrawnSite]:
    compute: dict[str, list[str]] = {}
    for pool in topology.pools.values():
        for site in sorted({topology.nodes[name].site for name in pool.nodes if name in topology.nodes}):
            compute.setdefault(site, []).append(f"{pool.name}: {pool.gpus:,} GPUs" if pool.gpus else pool.name)
    return [
        DrawnSite(
            name,
            box,
            " · ".join(compute.get(name, ())),
            topology.sites[name].description if name in topology.sites else "",
        )
        for name, box in layout.sites.items()
    ]
