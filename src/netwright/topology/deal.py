"""Give the nodes of a drawn network their platforms, their ports by the platform's names, and the pins it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv6Address
from itertools import count

from netwright.topology.dialects import DIALECTS
from netwright.topology.model import Link, Node, Port, Topology

LOOPBACKS = IPv6Address("2001:db8:0:ffff::")
"""Fabric's `loopbacks`: a pinned loopback is this and the node id."""

PINNED_LINKS = IPv6Address("2001:db8:0:1f00::")
"""Where pinned link addresses start: the far end of Fabric's `links.prefix`, whose near end the ledger hands out."""

FIRST_PINNED_ID = 0x101
ACCESS_PORTS = 2
ACCESS_BPS = 100 * 10**9
ACCESS_BUFFER_BYTES = 250 * 10**6
GIGA = 10**9


def deal(topology: Topology, platforms: Sequence[str]) -> Topology:
    """`topology` with a platform for each node that has none (in name order, in turn), ports, access ports and pins.

    Ports that have a name keep it.
    """
    nodes = dict(zip(topology.nodes, _with_platforms(topology, platforms), strict=True))
    numbers = {name: _Numbers(node.platform, _taken(topology, node)) for name, node in nodes.items()}
    links = {name: _with_ports(link, numbers) for name, link in topology.links.items()}
    ids = count(FIRST_PINNED_ID)
    nodes = {name: _pinned(_with_access(node, numbers[name]), ids) for name, node in nodes.items()}
    return replace(topology, nodes=nodes, links=_with_addresses(links, nodes))


def _with_platforms(topology: Topology, platforms: Sequence[str]) -> Iterator[Node]:
    turn = count()
    for node in topology.nodes.values():
        platform = node.platform or platforms[next(turn) % len(platforms)]
        yield replace(node, platform=platform, model=node.model or DIALECTS[platform].model)


def _taken(topology: Topology, node: Node) -> set[str]:
    return {link.port_of(node.name) for link in topology.links_of[node.name]} | set(node.ports)


@dataclass(slots=True)
class _Numbers:
    """The ports of one node that are still free, in order."""

    platform: str
    taken: set[str]
    counters: dict[str, Iterator[int]] = field(default_factory=dict)

    def next(self, pattern: str) -> str:
        """The next free port of a kind; kinds that share one row of numbers never collide by their names."""
        row = self.counters.setdefault(pattern, count(DIALECTS[self.platform].first_port))
        name = next(name for name in (pattern.format(number) for number in row) if name not in self.taken)
        self.taken.add(name)
        return name


def _with_ports(link: Link, numbers: Mapping[str, _Numbers]) -> Link:
    a_port, z_port = (
        port or numbers[node].next(DIALECTS[numbers[node].platform].link_port(link.capacity_bps / GIGA))
        for node, port in ((link.a, link.a_port), (link.z, link.z_port))
    )
    return replace(link, a_port=a_port, z_port=z_port)


def _with_access(node: Node, numbers: _Numbers) -> Node:
    if node.ports:
        return node
    names = [numbers.next(DIALECTS[node.platform].access_port) for _ in range(ACCESS_PORTS)]
    return replace(node, ports={name: Port(name, ACCESS_BPS, ACCESS_BUFFER_BYTES) for name in sorted(names)})


def _pinned(node: Node, ids: Iterator[int]) -> Node:
    if not DIALECTS[node.platform].pinned or node.node_id is not None:
        return node
    number = next(ids)
    return replace(node, node_id=number, loopback=node.loopback or str(LOOPBACKS + number))


def _with_addresses(links: Mapping[str, Link], nodes: Mapping[str, Node]) -> dict[str, Link]:
    """A link of a pinned node is pinned at both ends, since both must lie in one prefix."""
    offsets = count(0, 2)
    result: dict[str, Link] = {}
    for name, link in links.items():
        pinned = any(DIALECTS[nodes[end].platform].pinned for end in (link.a, link.z))
        if pinned and link.a_address is None:
            offset = next(offsets)
            addresses = [f"{PINNED_LINKS + offset + end}/127" for end in (0, 1)]
            link = replace(link, a_address=addresses[0], z_address=addresses[1])  # noqa: PLW2901 - the same link, pinned
        result[name] = link
    return result
