"""Networks of the Internet Topology Zoo, from GML.

The rules: both directions of a link are listed and become one link; `distance` is not a distance there and is not read,
a link is as long as the air line between its coordinates x 1.3, never under 1 km; a node without coordinates sits at
the mean of its placed neighbours; nodes are called `n` and their id, since labels repeat and are often digits, and the
label stays as description; `LinkSpeed` is history: capacity is 100G, and 400G between the nodes of highest degree.

GML is a list of keys and values (Himsolt 1997): a reader of it is forty lines, strict, and knows the line of a mistake,
which is why no graph library is a dependency for it.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

from netwright.diagnostics import Diagnostics, Source
from netwright.topology.geo import SHORTEST_KM, fibre_km
from netwright.topology.model import Link, Node, Site, Topology

Value: TypeAlias = "str | int | float | list[Entry]"
Position: TypeAlias = tuple[float, float]

_TOKEN = re.compile(r'\s+|#[^\n]*|(?P<string>"[^"]*")|(?P<number>[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)(?=[\s\]]|$)'
                    r"|(?P<key>[A-Za-z][A-Za-z0-9_]*)|(?P<bracket>[\[\]])|(?P<wrong>.)")  # fmt: skip

SLOW_BPS, FAST_BPS = 100 * 10**9, 400 * 10**9
FAST_SHARE = 0.1
"""The tenth of the nodes with the most neighbours (two at least) is joined by 400G."""

BUFFER_BYTES = 250 * 10**6
"""Assumed behind each port: enough for 100 Gbit/s over 2 500 km (rate x RTT)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, and the line it stands on."""

    key: str
    value: Value
    line: int


class _Mistake(Exception):
    """What is wrong with the file; becomes a diagnostic."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


def import_gml(text: str, file: str, found: Diagnostics, *, capacity_bps: int | None = None) -> Topology:
    """The network of a GML file: names, lengths, capacities; no platforms and no ports yet (`netwright.topology.deal`).

    `capacity_bps` is given to all links instead of the rule of degrees. What is wrong goes to `found`.
    """
    try:
        graph = _graph(text)
        places, edges = _nodes(graph), _edges(graph)
        _check_edges(places, edges)
    except _Mistake as mistake:
        lines = text.splitlines()
        shown = lines[mistake.line - 1] if mistake.line <= len(lines) else ""
        column = len(shown) - len(shown.lstrip()) + 1
        source = Source(file, mistake.line, column, max(1, len(shown.strip())), shown)
        found.error("bad-gml", file, mistake.message, source)
        return Topology(nodes={}, links={})
    pairs = _pairs(edges, directed=_flag(graph, "directed"))
    sites = _sites(places, pairs, file, found)
    return Topology(
        nodes={name: Node(name, "", name, description=sites[name].description) for name in sorted(sites)},
        links={link.name: link for link in _links(pairs, sites, capacity_bps)},
        sites=dict(sorted(sites.items())),
    )


# ---- the format -----------------------------------------------------------------------------------------------------


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        if kind == "wrong":
            raise _Mistake(f"`{token}` means nothing here", line)
        if kind is not None:
            yield kind, token, line
        line += token.count("\n")


def _entries(tokens: Iterator[tuple[str, str, int]], *, inner: bool) -> list[Entry]:
    entries: list[Entry] = []
    line = 1
    for kind, key, line in tokens:
        if kind == "bracket" and key == "]" and inner:
            return entries
        if kind != "key":
            raise _Mistake(f"a key is expected, not `{key}`", line)
        entries.append(Entry(key, _value(key, tokens, line), line))
    if inner:
        raise _Mistake("the file ends inside a list: a `]` is missing", line)
    return entries


def _value(key: str, tokens: Iterator[tuple[str, str, int]], line: int) -> Value:
    kind, word, _ = next(tokens, ("end", "", line))
    match kind:
        case "string":
            return html.unescape(word[1:-1])
        case "number":
            return float(word) if set(word) & set(".eE") else int(word)
        case "bracket" if word == "[":
            return _entries(tokens, inner=True)
        case _:
            raise _Mistake(f"`{key}` has no value", line)


def _graph(text: str) -> list[Entry]:
    graphs = [entry for entry in _entries(_tokens(text), inner=False) if entry.key == "graph"]
    if len(graphs) != 1 or not isinstance(graphs[0].value, list):
        raise _Mistake("one `graph [ ... ]` is expected", graphs[1].line if len(graphs) > 1 else 1)
    return graphs[0].value


def _get(entries: Sequence[Entry], key: str) -> Entry | None:
    return next((entry for entry in entries if entry.key == key), None)


def _flag(entries: Sequence[Entry], key: str) -> bool:
    entry = _get(entries, key)
    return entry is not None and entry.value == 1


def _integer(owner: Entry, entries: Sequence[Entry], key: str) -> int:
    entry = _get(entries, key)
    if entry is None or not isinstance(entry.value, int):
        raise _Mistake(f"this {owner.key} needs a whole number `{key}`", entry.line if entry else owner.line)
    return entry.value


# ---- the network ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    label: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class _Edge:
    source: int
    target: int
    line: int


def _nodes(graph: Sequence[Entry]) -> dict[int, _Place]:
    places: dict[int, _Place] = {}
    for entry in graph:
        if entry.key != "node" or not isinstance(entry.value, list):
            continue
        number = _integer(entry, entry.value, "id")
        if number in places:
            raise _Mistake(f"node {number} is there twice", entry.line)
        label = _get(entry.value, "label")
        places[number] = _Place(f"n{number}", str(label.value) if label else "", _position(entry.value))
    return places


def _position(entries: Sequence[Entry]) -> Position | None:
    latitude, longitude = _get(entries, "Latitude"), _get(entries, "Longitude")
    if latitude is None or longitude is None:
        return None
    degrees = (latitude.value, longitude.value)
    if not all(isinstance(value, int | float) for value in degrees):
        raise _Mistake("coordinates are numbers", latitude.line)
    north, east = (float(value) for value in degrees if isinstance(value, int | float))
    if abs(north) > 90 or abs(east) > 180:
        raise _Mistake("coordinates are degrees: latitude -90 to 90, longitude -180 to 180", latitude.line)
    return north, east


def _edges(graph: Sequence[Entry]) -> list[_Edge]:
    return [
        _Edge(_integer(entry, entry.value, "source"), _integer(entry, entry.value, "target"), entry.line)
        for entry in graph
        if entry.key == "edge" and isinstance(entry.value, list)
    ]


def _check_edges(places: Mapping[int, _Place], edges: Sequence[_Edge]) -> None:
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in places:
                raise _Mistake(f"this edge names node {end}, which does not exist", edge.line)


def _pairs(edges: Sequence[_Edge], *, directed: bool) -> Counter[tuple[str, str]]:
    """How many links each pair of nodes has. Of the two directions the one that is listed more often counts."""
    listed = Counter((edge.source, edge.target) for edge in edges if edge.source != edge.target)
    pairs: Counter[tuple[str, str]] = Counter()
    for (source, target), times in listed.items():
        low, high = sorted((source, target))
        pair = (f"n{low}", f"n{high}")
        pairs[pair] = max(pairs[pair], times) if directed else pairs[pair] + times
    return pairs


def _sites(
    places: Mapping[int, _Place], pairs: Counter[tuple[str, str]], file: str, found: Diagnostics
) -> dict[str, Site]:
    placed = {place.name: place.position for place in places.values() if place.position is not None}
    near: dict[str, set[str]] = defaultdict(set)
    for a, z in pairs:
        near[a].add(z)
        near[z].add(a)
    missing = {place.name for place in places.values()} - placed.keys()
    while fresh := {name: _mean(placed, near[name]) for name in missing if near[name] & placed.keys()}:
        placed |= fresh
        missing -= fresh.keys()
    for name in sorted(missing):
        message = f"{name} has no coordinates, and no neighbour that has: it is drawn in the middle"
        found.warning("no-coordinates", file, message)
    middle = _mean(placed, placed)
    return {
        place.name: Site(place.name, *(placed.get(place.name) or middle), description=place.label)
        for place in places.values()
    }


def _mean(placed: Mapping[str, Position], names: set[str] | Mapping[str, Position]) -> Position:
    """The mean of the placed ones among `names`, in degrees; 0, 0 when there are none."""
    known = [placed[name] for name in sorted(names) if name in placed]
    count = max(1, len(known))
    return round(sum(north for north, _ in known) / count, 5), round(sum(east for _, east in known) / count, 5)


def _links(pairs: Counter[tuple[str, str]], sites: Mapping[str, Site], capacity_bps: int | None) -> Iterator[Link]:
    fast = _busiest(pairs)
    for (a, z), times in sorted(pairs.items()):
        here, there = sites[a], sites[z]
        length = fibre_km(here.latitude, here.longitude, there.latitude, there.longitude)
        capacity = capacity_bps or (FAST_BPS if {a, z} <= fast else SLOW_BPS)
        for number in range(1, times + 1):
            name = f"{a}-{z}" if number == 1 else f"{a}-{z}-{number}"
            yield Link(name, a, "", z, "", capacity, max(SHORTEST_KM, length), buffer_bytes=BUFFER_BYTES)


def _busiest(pairs: Counter[tuple[str, str]]) -> frozenset[str]:
    """The tenth with the most neighbours, two at least; ties by name."""
    degree = Counter(name for pair in pairs for name in pair)
    count = max(2, ceil(len(degree) * FAST_SHARE))
    return frozenset(sorted(degree, key=lambda name: (-degree[name], name))[:count])
