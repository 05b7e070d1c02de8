"""What the rows of a topology must be to each other: names known and single, ports and pins used once."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from netwright.diagnostics import Diagnostics
from netwright.intents.types import format_rate
from netwright.intents.words import did_you_mean
from netwright.topology.document import Document
from netwright.topology.geo import great_circle_km
from netwright.topology.graph import components
from netwright.topology.schema import EndRow, LinkRow, NodeRow, SiteRow, TopologyFile

Place: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Checker:
    """One file under inspection."""

    rows: TopologyFile
    document: Document
    found: Diagnostics
    nodes: dict[str, NodeRow]
    sites: dict[str, SiteRow]
    holders: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)

    def error(self, code: str, address: str, message: str, place: Place, *, note: str = "", hint: str = "") -> None:
        """Record an error at `place`."""
        self.found.error(code, address, message, self.document.source(place), note=note, hint=hint)

    def claim(self, scope: str, thing: str, holder: str, place: Place, code: str) -> None:
        """`thing` may be held once within `scope`."""
        first = self.holders.setdefault((scope, thing), (holder, place))
        if first[1] != place:
            line = self.document.source(first[1]).line
            message = f"uses {scope} {thing}, which {first[0]} already has"
            self.error(code, holder, message, place, hint=f"first used in {self.document.file}:{line}")


def check(rows: TopologyFile, document: Document, platforms: Collection[str], found: Diagnostics) -> None:
    """Report everything in `rows` that cannot be true."""
    checker = _Checker(
        rows, document, found, nodes={row.name: row for row in rows.nodes}, sites={row.name: row for row in rows.sites}
    )
    _check_names(checker)
    for number, node in enumerate(rows.nodes):
        _check_node(checker, number, node, platforms)
    for number, link in enumerate(rows.links):
        _check_link(checker, number, link)
    _check_pools(checker)
    if not found.errors:
        _check_one_network(checker)


def _named(rows: TopologyFile) -> Iterator[tuple[str, str, int, str]]:
    yield from (("Site", "sites", number, row.name) for number, row in enumerate(rows.sites))
    yield from (("Node", "nodes", number, row.name) for number, row in enumerate(rows.nodes))
    yield from (("Link", "links", number, row.title) for number, row in enumerate(rows.links))
    yield from (("ComputePool", "compute_pools", number, row.name) for number, row in enumerate(rows.compute_pools))


def _check_names(checker: _Checker) -> None:
    first: dict[tuple[str, str], int] = {}
    for kind, section, number, name in _named(checker.rows):
        if first.setdefault((kind, name), number) == number:
            continue
        line = checker.document.source((section, first[kind, name])).line
        hint = f"first defined in {checker.document.file}:{line}"
        if kind == "Link":
            hint += "; parallel links need a `name` each"
        place = (section, number, "name")
        checker.error("duplicate-name", f"{kind}/{name}", "is defined twice", place, hint=hint)


def _check_node(checker: _Checker, number: int, node: NodeRow, platforms: Collection[str]) -> None:
    address, place = f"Node/{node.name}", ("nodes", number)
    _known(checker, "platform", node.platform, platforms, address, (*place, "platform"))
    _known(checker, "site", node.site, checker.sites, address, (*place, "site"))
    for port in node.ports:
        checker.claim(f"{node.name} port", port, address, (*place, "ports", port), "port-used-twice")
    if node.node_id is not None:
        checker.claim("node id", hex(node.node_id), address, (*place, "node_id"), "pinned-twice")
    if node.loopback is not None:
        checker.claim("address", node.loopback, address, (*place, "loopback"), "pinned-twice")


def _known(checker: _Checker, what: str, word: str, known: Collection[str], address: str, place: Place) -> None:
    if word in known:
        return
    note = did_you_mean(word, known)
    few = ", ".join(sorted(known)[:12])
    hint = "" if note or not few else f"known: {few}" + (" ..." if len(known) > 12 else "")
    checker.error(
        f"unknown-{what}", address, f"names the {what} {word}, which does not exist", place, note=note, hint=hint
    )


def _check_link(checker: _Checker, number: int, link: LinkRow) -> None:
    address, place = f"Link/{link.title}", ("links", number)
    for side, end in (("a", link.a), ("z", link.z)):
        _known(checker, "node", end.node, checker.nodes, address, (*place, side, "node"))
        checker.claim(f"{end.node} port", end.port, address, (*place, side, "port"), "port-used-twice")
        _check_physical(checker, address, (*place, side), link, end)
        if end.address is not None:
            checker.claim("address", end.address.split("/")[0], address, (*place, side, "address"), "pinned-twice")
    if link.a.node == link.z.node:
        checker.error("self-loop", address, f"begins and ends at {link.a.node}", (*place, "z", "node"))
    _check_addresses(checker, address, place, link)
    _check_flexe(checker, address, place, link)
    _check_length(checker, address, place, link)


def _check_addresses(checker: _Checker, address: str, place: Place, link: LinkRow) -> None:
    pinned = {side: end for side, end in (("a", link.a), ("z", link.z)) if end.address}
    if len(pinned) == 1:
        side, end = next(iter(pinned.items()))
        hint = "give the other end its address of the same prefix"
        message = f"pins the address of {end.node} only"
        checker.error("half-pinned-link", address, message, (*place, side, "address"), hint=hint)
    elif len(pinned) == 2 and _prefix(link.a) != _prefix(link.z):
        message = f"has ends in two prefixes: {_prefix(link.a)} and {_prefix(link.z)}"
        checker.error("prefix-mismatch", address, message, (*place, "z", "address"))


def _prefix(end: EndRow) -> str:
    return str(ipaddress.IPv6Interface(end.address or "::").network)


def _check_flexe(checker: _Checker, address: str, place: Place, link: LinkRow) -> None:
    if (flexe := link.flexe) is None:
        return
    for end in (link.a, link.z):
        scope, where = f"{end.node} FlexE group", (*place, "flexe", "group")
        checker.claim(scope, str(flexe.group), address, where, "flexe-group-used-twice")
    calendar = flexe.slots * flexe.granularity
    if calendar > link.capacity:
        message = f"has a calendar of {format_rate(calendar)} on a link of {format_rate(link.capacity)}"
        checker.error("flexe-exceeds-link", address, message, (*place, "flexe", "slots"))
    if flexe.base_slots >= flexe.slots:
        message = f"leaves no slot: {flexe.base_slots} of {flexe.slots} are the base's"
        checker.error("flexe-no-slot", address, message, (*place, "flexe", "base_slots"))


def _check_physical(checker: _Checker, address: str, place: Place, link: LinkRow, end: EndRow) -> None:
    """In FlexE mode a port has no interface of its own, so the link's interface and its port are two names."""
    if end.physical is not None:
        checker.claim(f"{end.node} port", end.physical, address, (*place, "physical"), "port-used-twice")
        if link.flexe is None:
            message = f"names the physical port {end.physical} of {end.node}, and has no FlexE calendar"
            checker.error("physical-without-flexe", address, message, (*place, "physical"), hint="leave it out")
    elif link.flexe is not None:
        message = f"has a FlexE calendar, and does not name the physical port behind {end.port} of {end.node}"
        hint = "port: the base client's interface, physical: the port that is in FlexE mode"
        checker.error("flexe-no-physical", address, message, (*place, "port"), hint=hint)


def _check_length(checker: _Checker, address: str, place: Place, link: LinkRow) -> None:
    """A fibre shorter than the air line is a slip of the pen, in it or in a coordinate (100 m are forgiven)."""
    ends = [checker.nodes.get(end.node) for end in (link.a, link.z)]
    sites = [checker.sites.get(node.site) for node in ends if node]
    a, z = (*sites, None, None)[:2]
    if a is None or z is None:
        return
    air = great_circle_km(a.latitude, a.longitude, z.latitude, z.longitude)
    if link.length_km + 0.1 < air:
        message = f"is {link.length_km:g} km long, and its sites {a.name} and {z.name} are {air:.1f} km apart"
        source = checker.document.source((*place, "length_km"))
        checker.found.warning("shorter-than-air", address, message, source, hint="correct the length or a coordinate")


def _check_pools(checker: _Checker) -> None:
    for number, pool in enumerate(checker.rows.compute_pools):
        for index, node in enumerate(pool.nodes):
            place = ("compute_pools", number, "nodes", index)
            _known(checker, "node", node, checker.nodes, f"ComputePool/{pool.name}", place)


def _check_one_network(checker: _Checker) -> None:
    """Nodes that no way leads to are kept, and said."""
    parts = components(checker.nodes, [(link.a.node, link.z.node) for link in checker.rows.links])
    for part in parts[1:]:
        first = min(part, key=list(checker.nodes).index)
        place = ("nodes", list(checker.nodes).index(first))
        names = ", ".join(sorted(part)[:6]) + (" ..." if len(part) > 6 else "")
        message = (
            f"has no way to the rest of the network ({len(part)} nodes: {names})" if len(part) > 1 else "has no link"
        )
        checker.found.warning("network-in-parts", f"Node/{first}", message, checker.document.source(place))
