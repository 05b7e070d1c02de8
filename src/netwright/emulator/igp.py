"""The underlay of the emulated world: which ports are up, which IS-IS neighbours there are, who reaches whom and how.

Ports are wired as the topology says. An adjacency needs both ports up, a circuit at both ends, the same level (and area
on level 1), and addresses in one subnet.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_interface, ip_network
from typing import TypeAlias

from netwright.emulator.facts import Facts, InterfaceFact
from netwright.topology.model import Link, Topology

Network: TypeAlias = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Hop:
    """One step over a link."""

    to: str
    metric: int
    delay_us: float


class Igp:
    """The IS-IS of one moment."""

    def __init__(self, topology: Topology, facts: Mapping[str, Facts]) -> None:
        self._facts, self._topology = facts, topology
        self._up = {name: frozenset(_ports_up(name, topology, facts)) for name in facts}
        self.adjacencies: dict[str, dict[str, str]] = {name: {} for name in facts}
        self._hops: dict[str, list[Hop]] = {name: [] for name in facts}
        for link in topology.links.values():
            if self._adjacent(link):
                self._join(link, link.a)
                self._join(link, link.z)
        self.link_delays_us: dict[str, dict[str, float]] = {name: {} for name in facts}
        """The delays that a node measures of its links and floods, by interface."""
        self._flexible: dict[int, dict[str, list[Hop]]] = {}
        for link in topology.links.values():
            if self._adjacent(link):
                self._measure(link, link.a)
                self._measure(link, link.z)
        self._algorithms = {
            ip_network(prefix): one.number
            for fact in facts.values()
            for one in fact.algorithms
            for prefix in one.locators
        }
        self._trees: dict[tuple[str, int], tuple[dict[str, int], dict[str, tuple[str, float]]]] = {}
        self._owners = dict(_owners(facts, self._up))
        self._locators = {ip_network(prefix): name for name, fact in facts.items() for prefix in fact.locators.values()}
        self._lengths = sorted({prefix.prefixlen for prefix in self._locators}, reverse=True)
        self._found: dict[str, str | None] = {}
        self._sids = {vrf.sid: name for name, fact in facts.items() for vrf in fact.vrfs.values()}
        self._sids |= {sid.sid: name for name, fact in facts.items() for sid in fact.sids}
        self._sids |= {
            one.binding_sid: name for name, fact in facts.items() for one in fact.policies if one.binding_sid
        }

    def interfaces_up(self, name: str) -> frozenset[str]:
        """The interfaces of a node that are up."""
        return self._up[name]

    def encrypted(self, name: str) -> frozenset[str]:
        """The interfaces of a node with a live MACsec peer: the baseline's, and those with the far end's key."""
        found = set()
        for link in self._topology.links_of.get(name, ()):
            for port, far in _opposite(link, name, self._facts):
                mine, other = self._facts[name].macsec.get(port), self._facts[link.other(name)].macsec.get(far)
                baseline = link.encrypted and port == link.port_of(name) and mine is None
                if baseline or (mine is not None and mine == other):
                    found.add(port)
        return frozenset(found & self._up[name])

    def _adjacent(self, link: Link) -> bool:
        if link.a not in self._facts or link.z not in self._facts:
            return False
        if link.a_port not in self._up[link.a] or link.z_port not in self._up[link.z]:
            return False
        a, z = self._facts[link.a], self._facts[link.z]
        if a.macsec.get(link.a_port) != z.macsec.get(link.z_port):
            return False  # with MACsec at one end, or two keys, nothing is understood
        speaks = _speaks(a, link.a_port) and _speaks(z, link.z_port)
        levels = a.isis_level == z.isis_level and (a.isis_level == 2 or a.isis_area == z.isis_area)
        return speaks and levels and bool(_nets(a.interfaces[link.a_port]) & _nets(z.interfaces[link.z_port]))

    def _join(self, link: Link, end: str) -> None:
        port, other = link.port_of(end), link.other(end)
        self.adjacencies[end][port] = self._facts[other].hostname
        self._hops[end].append(Hop(other, self._facts[end].isis[port], link.delay_us))

    def _measure(self, link: Link, end: str) -> None:
        """A link's delay as an end measures it: its probes go from address to address, and the other end answers."""
        port, other = link.port_of(end), link.other(end)
        near, far = self._facts[end], self._facts[other]
        probe = near.link_probes.get(port)
        if probe is None or not any((one.own, one.far) == (probe.far, probe.own) for one in far.reflectors):
            return
        if _holds(near.interfaces[port], probe.own[0]) and _holds(far.interfaces[link.port_of(other)], probe.far[0]):
            self.link_delays_us[end][port] = link.delay_us
            for number in {one.number for one in near.algorithms} & {one.number for one in far.algorithms}:
                hops = self._flexible.setdefault(number, {name: [] for name in self._facts})
                hops[end].append(Hop(other, round(link.delay_us), link.delay_us))

    # ---- reaching ----

    def owner(self, address: str) -> str | None:
        """The node that announces this address into IS-IS."""
        return self._owners.get(address)

    def node_of_sid(self, sid: str) -> str | None:
        """The node that acts upon a packet with this destination: a local SID under a locator that is announced."""
        if sid not in self._found:
            self._found[sid] = self._find(sid)
        return self._found[sid]

    def algorithm_of(self, sid: str) -> int:
        """The algorithm of a SID's locator (RFC 9350); 0 is the shortest path by metric."""
        return next((self._algorithms[one] for one in self._prefixes(sid) if one in self._algorithms), 0) if sid else 0

    def _prefixes(self, sid: str) -> Iterator[Network]:
        """Where a SID's locator may begin, longest first."""
        return (ip_network(f"{sid}/{length}", strict=False) for length in self._lengths)

    def _find(self, sid: str) -> str | None:
        for prefix in self._prefixes(sid):
            name = self._locators.get(prefix)
            if name is not None and (self._sids.get(sid) == name or sid == str(prefix.network_address)):
                return name
        return None

    def distance(self, source: str, target: str) -> int | None:
        """The IGP metric from node to node; None when there is no way."""
        return self._tree(source)[0].get(target)

    def reaches(self, source: str, address: str) -> bool:
        """Whether a node has a way to an address."""
        target = self.owner(address)
        return target is not None and self.distance(source, target) is not None

    def delay_us(self, source: str, target: str, algorithm: int = 0) -> float | None:
        """The propagation delay along the shortest path (by the algorithm's metric, then name), one way."""
        way = self._hops_to(source, target, algorithm)
        return None if way is None else sum(delay for _, delay in way)

    def path(self, source: str, target: str, algorithm: int = 0) -> tuple[str, ...]:
        """The nodes of that path, both ends included; () when there is none."""
        way = self._hops_to(source, target, algorithm)
        return () if way is None else (*(node for node, _ in reversed(way)), target)

    def _hops_to(self, source: str, target: str, algorithm: int) -> list[tuple[str, float]] | None:
        """From the end: the node before each hop, and the hop's delay; None where there is no way."""
        before = self._tree(source, algorithm)[1]
        way, here = [], target
        while here != source:
            if here not in before:
                return None
            way.append(before[here])
            here = before[here][0]
        return way

    def _tree(self, source: str, algorithm: int = 0) -> tuple[dict[str, int], dict[str, tuple[str, float]]]:
        if (source, algorithm) not in self._trees:
            hops = self._flexible.get(algorithm, {}) if algorithm else self._hops
            self._trees[source, algorithm] = self._shortest(source, hops)
        return self._trees[source, algorithm]

    def _shortest(
        self, source: str, hops: Mapping[str, Sequence[Hop]]
    ) -> tuple[dict[str, int], dict[str, tuple[str, float]]]:
        """Dijkstra: metric to each node, and (node before, delay of the last hop)."""
        metrics: dict[str, int] = {}
        before: dict[str, tuple[str, float]] = {}
        queue: list[tuple[int, str, str, float]] = [(0, source, "", 0.0)]
        while queue:
            metric, here, previous, delay = heapq.heappop(queue)
            if here in metrics:
                continue
            metrics[here] = metric
            if previous:
                before[here] = (previous, delay)
            for hop in hops.get(here, ()):
                if hop.to not in metrics:
                    heapq.heappush(queue, (metric + hop.metric, hop.to, here, hop.delay_us))
        return metrics, before


def _holds(interface: InterfaceFact, address: str) -> bool:
    return any(ip_interface(one).ip == ip_address(address) for one in interface.addresses)


def _ports_up(name: str, topology: Topology, facts: Mapping[str, Facts]) -> Iterator[str]:
    """Admin up, and with a link: the other end's port is there and admin up too. A sub-interface needs its port.

    An interface of FlexE needs its client, at both ends of the group with the same number and slots.
    """
    links = {link.port_of(name): link for link in topology.links_of.get(name, ())}
    mine, clients = facts[name].interfaces, frozenset(_clients_up(name, topology, facts))
    for port, interface in mine.items():
        base = mine.get(port.rpartition(".")[0], interface)
        if base.needs_client and base.name not in clients:
            continue
        if interface.admin_up and base.admin_up and _carrier(links.get(base.name), name, facts):
            yield port


def _clients_up(name: str, topology: Topology, facts: Mapping[str, Facts]) -> Iterator[str]:
    """The interfaces of FlexE whose client both ends of the group agree on."""
    for link in topology.links_of.get(name, ()):
        far = facts.get(link.other(name))
        there = {(one.group, one.client, one.slots) for one in far.flexe} if far else set()
        for one in facts[name].flexe if link.flexe else ():
            if link.flexe and one.group == link.flexe.group and (one.group, one.client, one.slots) in there:
                yield one.port


def _opposite(link: Link, name: str, facts: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    """What of a node's interfaces faces what of the neighbour's: the link's own ports, and FlexE clients by number."""
    yield link.port_of(name), link.port_of(link.other(name))
    if link.flexe:
        there = {(one.group, one.client): one.port for one in facts[link.other(name)].flexe}
        for one in facts[name].flexe:
            far = there.get((one.group, one.client))
            if far and one.group == link.flexe.group and one.port != link.port_of(name):
                yield one.port, far


def _carrier(link: Link | None, name: str, facts: Mapping[str, Facts]) -> bool:
    if link is None:
        return True
    other = facts.get(link.other(name))
    far = other.interfaces.get(link.port_of(link.other(name))) if other else None
    return far is not None and far.admin_up


def _speaks(fact: Facts, port: str) -> bool:
    return port in fact.isis and port not in fact.isis_passive


def _nets(interface: InterfaceFact) -> set[Network]:
    return {ip_interface(address).network for address in interface.addresses}


def _owners(facts: Mapping[str, Facts], up: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, str]]:
    for name, fact in facts.items():
        for port in fact.isis:
            for address in fact.interfaces[port].addresses if port in up[name] else ():
                yield address.partition("/")[0], name
