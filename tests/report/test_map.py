"""The map shows every router once, keeps sites apart, and draws the ways that it is given."""

import runpy
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from netwright.report.layout import Box, lay_out
from netwright.report.map import network_map
from netwright.report.model import Evidence, Way
from netwright.report.summary import way_length
from netwright.topology.model import Link, Node, Site, Topology

SVG = {"s": "http://www.w3.org/2000/svg"}


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(svg.encode())


def overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def test_every_router_and_link_is_there_and_named(topology: Topology) -> None:
    svg = drawn(network_map(topology))
    names = svg.xpath("//s:g[starts-with(@class, 'node') and s:title]/s:text/text()", namespaces=SVG)
    assert sorted(names) == sorted(topology.nodes)
    titles = svg.xpath("//s:g[starts-with(@class, 'link') and s:title]/s:title/text()", namespaces=SVG)
    assert sorted(title.split(":")[0] for title in titles) == sorted(topology.links)
    assert "gw1-core1: 400G, 34 km, shares duct-1" in titles


def test_the_ways_lie_over_the_links(evidence: Evidence) -> None:
    svg = drawn(network_map(evidence.topology, evidence.intents[0].ways))

    def links(role: str) -> set[str]:
        titles = svg.xpath(f"//s:g[@class='link {role}' and s:title]/s:title/text()", namespaces=SVG)
        return {title.split(":")[0] for title in titles}

    assert links("working") == {"gw1-core1", "core1-core2", "core2-gw2"}
    assert links("protection") == {"gw1-core3", "core3-gw2"}
    used = svg.xpath("//s:g[contains(@class, ' used')]/s:text/text()", namespaces=SVG)
    assert set(used) == {"gw1", "gw2", "core1", "core2", "core3"}


def test_a_link_of_both_ways_is_drawn_as_working(topology: Topology) -> None:
    both = (Way("working", ("gw1", "core1"), ("gw1-core1",)), Way("protection", ("gw1", "core1"), ("gw1-core1",)))
    assert network_map(topology, both) == network_map(topology, both[::-1])
    assert (
        len(drawn(network_map(topology, both)).xpath("//s:g[@class='link working' and s:title]", namespaces=SVG)) == 1
    )


def test_north_is_up_and_east_is_right(topology: Topology) -> None:
    nodes = lay_out(topology).nodes
    assert nodes["core1"][1] < nodes["core3"][1]
    assert nodes["gw1"][0] < nodes["core1"][0] < nodes["core2"][0] < nodes["gw2"][0]


places = st.tuples(st.floats(-60, 60), st.floats(-170, 170))


@given(st.lists(places, min_size=1, max_size=8, unique=True), st.integers(1, 4))
def test_no_two_sites_overlap_and_all_lie_on_the_sheet(spots: list[tuple[float, float]], routers: int) -> None:
    sites = {f"s{number}": Site(f"s{number}", *spot) for number, spot in enumerate(spots)}
    nodes = {f"{site}-{number}": Node(f"{site}-{number}", "frr", site) for site in sites for number in range(routers)}
    layout = lay_out(Topology(nodes, {}, sites))
    assert not any(overlap(one, other) for one, other in combinations(layout.sites.values(), 2))
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for x, y in layout.nodes.values())


@pytest.mark.parametrize("count", [1, 2, 60])
def test_a_network_without_coordinates_is_drawn_on_a_ring(count: int) -> None:
    nodes = {f"n{number}": Node(f"n{number}", "frr", "") for number in range(count)}
    links = {f"l{n}": Link(f"l{n}", f"n{n}", "a", f"n{n + 1}", "b", 10**11, 1.0) for n in range(count - 1)}
    layout = lay_out(Topology(nodes, links))
    assert len(set(layout.nodes.values())) == count
    drawn(network_map(Topology(nodes, links)))


def test_the_length_of_a_way_is_the_sum_of_its_links(evidence: Evidence) -> None:
    assert way_length(evidence.intents[0].ways[0], evidence.topology) == "118 km, 0.59 ms, 3 links"


def test_the_map_in_the_readme_is_of_the_network_in_the_inventory() -> None:
    tool = runpy.run_path(str(Path(__file__).parents[2] / "tools" / "draw_network.py"))
    assert tool["SVG"].read_text(encoding="utf-8") == tool["draw"](), "run tools/draw_network.py"
