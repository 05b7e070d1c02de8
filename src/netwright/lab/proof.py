"""What is to be proved by packets, and between whom: a pure function of the design and the hosts that stand for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_interface

from netwright.lab.hosts import Tenant
from netwright.lab.model import Blueprint
from netwright.paths.graph import DirectedLink, Path
from netwright.promise.delay import serialization_us
from netwright.promise.overhead import srv6_overhead_bytes
from netwright.services.design import Design, Served
from netwright.services.figures import ROUTER_US
from netwright.services.model import Loopback, SegmentRoute
from netwright.services.ways import Way


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a program runs: a box, a network namespace in it ("": the box's own), and the addresses it has there."""

    box: str
    namespace: str
    addresses: tuple[str, ...]  # without length

    def like(self, other: str) -> str:
        """The address of the same family; "" when there is none."""
        return next((one for one in self.addresses if (":" in one) == (":" in other)), "")


@dataclass(frozen=True, slots=True)
class Host:
    """A member of an intent, and where it sits."""

    intent: str
    tenant: str
    node: str  # the router
    seat: Seat
    mtu: int

    @property
    def name(self) -> str:
        """Router and attachment: `pe1:eth3.210`."""
        return f"{self.node}:{self.seat.namespace}"


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that the proofs are made of."""

    hosts: tuple[Host, ...]
    served: Mapping[str, Served]  # active ones
    routers: Mapping[str, Seat]  # by their loopbacks
    drawn: Blueprint
    outer: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (intent, router) -> where its tunnel leads

    def of(self, intent: str) -> tuple[Host, ...]:
        """The members of an intent that have a host."""
        return tuple(host for host in self.hosts if host.intent == intent)

    def at(self, intent: str, node: str) -> Host | None:
        """A member at a router."""
        return next((host for host in self.of(intent) if host.node == node), None)

    def line_bps(self, link: str) -> int:
        """What a link of the lab carries."""
        return self.drawn.topology.links[link].capacity_bps


def scene(design: Design, hosts: Sequence[Tenant], drawn: Blueprint) -> Scene:
    """The hosts by the intents that they are members of."""
    served = {name: one for name, one in design.served.items() if one.profile.active}
    owners = {one.lowering.name: name for name, one in served.items()}
    found = [_host(owners[tenant.vrf], served[owners[tenant.vrf]], tenant) for tenant in hosts if tenant.vrf in owners]
    routers = {
        node: Seat(node, "", (fragment.construct.address,))
        for node, fragments in design.fragments.items()
        for fragment in fragments
        if isinstance(fragment.construct, Loopback)
    }
    return Scene(tuple(found), served, routers, drawn, dict(_outer(design, owners)))


def _outer(design: Design, owners: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], str]]:
    """The outer destination that a router gives an intent's packets: the first segment of its route."""
    for node, fragments in design.fragments.items():
        for fragment in fragments:
            route = fragment.construct
            if isinstance(route, SegmentRoute) and route.vrf in owners:
                yield (owners[route.vrf], node), route.sids[0]


def _host(intent: str, served: Served, tenant: Tenant) -> Host:
    addresses = tuple(str(ip_interface(text).ip) for text in (*tenant.addresses, *tenant.behind))
    seat = Seat(tenant.box, tenant.namespace, addresses)
    return Host(intent, served.profile.service.metadata.tenant, tenant.node, seat, tenant.mtu)


# ---- who with whom


@dataclass(frozen=True, slots=True)
class Pair:
    """An address to ask for, from a host."""

    one: Host
    other: Host
    target: str


def within_intents(hosts: Sequence[Host]) -> Iterator[Pair]:
    """Every ordered pair of members of the same intent, each family."""
    for one in hosts:
        for other in hosts:
            if one.intent == other.intent and one != other:
                yield from (Pair(one, other, target) for target in other.seat.addresses if one.seat.like(target))


def between_tenants(hosts: Sequence[Host]) -> Iterator[Pair]:
    """Every ordered pair of members of different tenants; not addresses that the asker's own intent has, too."""
    for one in hosts:
        own = {text for host in hosts if host.intent == one.intent for text in host.seat.addresses}
        for other in hosts:
            if one.tenant != other.tenant:
                targets = (text for text in other.seat.addresses if text not in own and one.seat.like(text))
                yield from (Pair(one, other, target) for target in targets)


def directions(served: Served) -> Iterator[Way]:
    """The directions that carry the promised traffic."""
    for pair in served.ways:
        yield from (way for way in pair.directions() if served.profile.carries(way.a))


def shares_hop(one: Way, other: Way) -> bool:
    """Whether two ways send over one line in the same direction."""
    return bool(one.hops & other.hops)


def floods(scene_: Scene, kind: str) -> Iterator[tuple[str, Way, str, Way]]:
    """For each intent of a kind: a direction, and another tenant's slice of that kind that shares a line with it."""
    slices = {name: one for name, one in scene_.served.items() if one.profile.service.kind == kind}
    for name, own in slices.items():
        tenant = own.profile.service.metadata.tenant
        found = (
            (name, way, other_name, other_way)
            for way in directions(own)
            for other_name, other in slices.items()
            if other.profile.service.metadata.tenant != tenant
            for other_way in directions(other)
            if shares_hop(way, other_way)
        )
        yield from (row for row in [next(found, None)] if row is not None)


# ---- figures


def goodput_least(served: Served) -> float:
    """Which part of the promised rate must arrive."""
    figure = served.contract.figure("goodput_ratio")
    return figure.asked or figure.value if figure else 1.0


def standby(served: Served, way: Way) -> Path | None:
    """The protection path, where the intent asked for one."""
    return way.protection if served.profile.protection != "none" else None


def queue_share_us(served: Served, way: Way, drawn: Blueprint) -> float:
    """What the promised bound leaves for queues: less fibre, routers and the packet's own time on each line."""
    figure = served.contract.figure("one_way_delay")
    if figure is None:
        return 0.0
    size = served.profile.packet_bytes + srv6_overhead_bytes(way.sid_count)
    lines = sum(serialization_us(size, drawn.topology.links[name].capacity_bps) for name in way.path.links)
    routers = ROUTER_US * len(way.path.nodes)
    return max(0.0, figure.value - way.path.delay_us - lines - routers)


def tcp_payload_bps(rate_bps: int, packet_bytes: int, *, six: bool = False) -> float:
    """What a rate of IP packets leaves for TCP's payload: less IP, TCP and its timestamps (RFC 7323)."""
    headers = (40 if six else 20) + 20 + 12
    return rate_bps * (packet_bytes - headers) / packet_bytes


def hop_counters(before: Mapping[str, int], after: Mapping[str, int], drawn: Blueprint) -> dict[str, int]:
    """Packets that went over each hop in between, by the hop's name: counted where they enter the wire."""
    found = {}
    for wire in drawn.wires:
        link = drawn.topology.links[wire.link]
        for end, sender in ((wire.a, link.a), (wire.z, link.z)):
            found[str(DirectedLink(wire.link, sender))] = after.get(end, 0) - before.get(end, 0)
    return found
