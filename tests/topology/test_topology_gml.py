"""Networks of the Topology Zoo: shape as networkx reads it, lengths and names by our rules."""

from collections import Counter
from pathlib import Path

import networkx as nx
import pytest
from topology_files import zoo

from netwright.diagnostics import Diagnostics
from netwright.topology.geo import fibre_km, great_circle_km
from netwright.topology.gml import import_gml
from netwright.topology.model import Topology

SMALL = """\
# three towns on the equator, one nobody placed
graph [
  directed 1


  label "small"
  node [ id 0 label "a &#38; b &amp; c" Latitude 0.0 Longitude 0.0 ]
  node [ id 1 label "B" Latitude 0 Longitude 1.0 ]
  node [ id 2 label "nowhere" ]
  node [ id 3 label "lost" ]
  node [ id 10 label "B" Latitude 0.0 Longitude 1.0 ]
  edge [ source 0 target 1 distance 0.5 LinkSpeed "2" ]
  edge [ source 1 target 0 distance 0.7 ]
  edge [ source 2 target 0 ]
  edge [ source 0 target 2 ]
  edge [ source 2 target 1 ]
  edge [ source 1 target 2 ]
  edge [ source 10 target 1 ]
  edge [ source 1 target 10 ]
  edge [ source 1 target 10 ]
  edge [ source 10 target 10 ]
]
"""


def imported(text: str) -> tuple[Topology, Diagnostics]:
    found = Diagnostics()
    return import_gml(text, "net.gml", found), found


def test_both_directions_become_one_link_and_parallel_ones_stay() -> None:
    topology, _ = imported(SMALL)
    assert list(topology.links) == ["n0-n1", "n0-n2", "n1-n10", "n1-n10-2", "n1-n2"]
    assert {link.a_port + link.z_port for link in topology.links.values()} == {""}


def test_of_two_directions_the_fuller_one_counts_whichever_is_listed_last() -> None:
    swapped = SMALL.replace("source 10 target 1 ", "source X target Y ").replace(
        "source 1 target 10 ", "source 10 target 1 "
    )
    topology, _ = imported(
        swapped.replace("source X target Y ", "source 1 target 10 ").replace(
            "]\n]", "]\n  edge [ source 1 target 10 ]\n]"
        )
    )
    assert [name for name in topology.links if name.startswith("n1-n10")] == ["n1-n10", "n1-n10-2"]
    backwards = "\n".join([*SMALL.splitlines()[:-1][:10], *reversed(SMALL.splitlines()[10:-1]), "]"])
    assert list(imported(backwards)[0].links) == list(imported(SMALL)[0].links)


def test_an_undirected_file_lists_each_link_once() -> None:
    topology, _ = imported(SMALL.replace("directed 1", "directed 0"))
    assert Counter((link.a, link.z) for link in topology.links.values())["n1", "n10"] == 3


def test_lengths_are_the_air_line_times_1_3_and_never_under_a_kilometre() -> None:
    links = imported(SMALL)[0].links
    assert links["n0-n1"].length_km == pytest.approx(111.195 * 1.3, abs=0.1)
    assert links["n1-n10"].length_km == 1.0


def test_a_node_without_coordinates_sits_between_its_neighbours_and_a_lost_one_in_the_middle() -> None:
    topology, found = imported(SMALL)
    assert (topology.sites["n2"].latitude, topology.sites["n2"].longitude) == (0.0, 0.5)
    assert topology.sites["n3"].longitude == pytest.approx((0 + 1 + 1 + 0.5) / 4)
    assert [(finding.code, finding.message.split()[0]) for finding in found.found] == [("no-coordinates", "n3")]


def test_labels_are_descriptions_and_never_names() -> None:
    nodes = imported(SMALL)[0].nodes
    assert {name: node.description for name, node in nodes.items()} == {
        "n0": "a & b & c", "n1": "B", "n10": "B", "n2": "nowhere", "n3": "lost"}  # fmt: skip


def test_the_busiest_are_joined_by_400g_unless_told_otherwise() -> None:
    links = imported(SMALL)[0].links
    assert {name for name, link in links.items() if link.capacity_bps == 400 * 10**9} == {"n0-n1"}
    told = import_gml(SMALL, "net.gml", Diagnostics(), capacity_bps=10**10)
    assert {link.capacity_bps for link in told.links.values()} == {10**10}


MISTAKES = [
    ("node [ id 3", "node [ id 1", 10, "node 1 is there twice"),
    ("source 0 target 1 d", "source 0 target 7 d", 12, "node 7, which does not exist"),
    ("source 0 target 1 d", "source 0 d", 12, "needs a whole number `target`"),
    ("node [ id 3", "node [ id 3.5", 10, "needs a whole number `id`"),
    ("Latitude 0 ", "Latitude 91 ", 8, "coordinates are degrees"),
    ("Longitude 1.0 ]\n  node [ id 2", "Longitude 181 ]\n  node [ id 2", 8, "coordinates are degrees"),
    ("Latitude 0 ", 'Latitude "0" ', 8, "coordinates are numbers"),
    ("  directed 1", "  directed", 3, "`directed` has no value"),
    ("  directed 1", "  1 directed", 3, "a key is expected"),
    ("  directed 1", "  directed ;", 3, "`;` means nothing here"),
    ("target 10 ]\n]", "target 10 ]", 21, "a `]` is missing"),
    ("graph [", "grape [", 1, "one `graph [ ... ]`"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), MISTAKES)
def test_a_mistake_is_shown_on_its_line(old: str, new: str, line: int, words: str) -> None:
    assert SMALL.count(old) == 1
    topology, found = imported(SMALL.replace(old, new))
    assert not topology.nodes
    assert [(finding.code, finding.source.line if finding.source else 0) for finding in found.found] == [
        ("bad-gml", line)
    ]
    assert words in found.found[0].message


@pytest.mark.parametrize("path", zoo(), ids=lambda path: path.stem)
def test_the_shape_is_that_networkx_reads(path: Path) -> None:
    topology, found = imported(path.read_text(encoding="utf-8"))
    assert not found.errors
    judge = nx.read_gml(path, label="id")
    assert set(topology.nodes) == {f"n{number}" for number in judge}
    labels = dict(judge.nodes(data="label"))
    assert {name: node.description for name, node in topology.nodes.items()} == {f"n{n}": x for n, x in labels.items()}
    ours = Counter(frozenset((link.a, link.z)) for link in topology.links.values())
    there = Counter((a, z) for a, z in judge.edges())
    theirs = {frozenset((f"n{a}", f"n{z}")): max(there[a, z], there[z, a]) for a, z in there}
    assert ours == theirs
    for link in topology.links.values():
        a, z = topology.sites[link.a], topology.sites[link.z]
        assert link.length_km == fibre_km(a.latitude, a.longitude, z.latitude, z.longitude) >= 1
    placed = {f"n{number}": data for number, data in judge.nodes(data=True) if "Latitude" in data}
    for name, data in placed.items():
        assert (topology.sites[name].latitude, topology.sites[name].longitude) == (data["Latitude"], data["Longitude"])


def test_the_great_circle_is_known_from_elsewhere() -> None:
    assert great_circle_km(39.9042, 116.4074, 31.2304, 121.4737) == pytest.approx(1067.3, abs=1)  # Beijing, Shanghai
    assert great_circle_km(0, 179.5, 0, -179.5) == pytest.approx(111.2, abs=0.1)
