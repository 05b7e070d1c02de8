"""A routed service to constructs: VPN, attachments, policies, slice, rates, queues, on each device that carries it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cached_property

from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Capability, Platform, pack_of
from netwright.promise.overhead import Layer, shaper_bps, srv6_overhead_bytes
from netwright.services.channelised import LEAST_BPS, Channelised
from netwright.services.fabric import FabricCompiler
from netwright.services.flexe import Client
from netwright.services.flexible import Flexible
from netwright.services.macsec import EncryptedPort, Encryption, required
from netwright.services.model import (
    AccessRate,
    AccessWindow,
    Attachment,
    CandidatePath,
    ClassQueue,
    Fragment,
    Measurement,
    QueueProfile,
    Reasoned,
    SegmentList,
    SegmentRoute,
    SrPolicy,
    StaticRoute,
    TrafficClass,
    TrustList,
    TunnelPolicy,
    Vrf,
)
from netwright.services.numbers import (
    ALL,
    Numbers,
    claim_binding_sid,
    claim_colour,
    claim_rd,
    claim_rt,
    claim_sid,
    claim_slice,
    claim_table,
    claim_vlan,
)
from netwright.services.on_the_way import OnTheWay
from netwright.services.probes import Probe, probe_of
from netwright.services.profile import Member, Profile
from netwright.services.routing import describe
from netwright.services.ways import PairWays, Way
from netwright.topology.model import Topology

TUNNEL_POLICY = "netwright-srv6"
WORKING, PROTECTION = 200, 100  # preferences of candidate paths
_PREFIX = {"TenantSlice": "ts", "LosslessRdmaPath": "lr", "ElasticLine": "el", "DeterministicService": "ds"}
_VRF_LENGTH = 15  # a VRF is a network device on Linux: IFNAMSIZ less the final zero


def vrf_name(kind: str, name: str, colour: int) -> str:
    """The VPN's name on devices: readable, unique by its colour where the name is too long for Linux."""
    full = f"{_PREFIX[kind]}-{name}"
    return full if len(full) <= _VRF_LENGTH else f"{full[: _VRF_LENGTH - 5]}-{colour:04d}"


@dataclass(frozen=True)
class Lowering:
    """One active service with its ways, ready to become constructs."""

    profile: Profile
    ways: tuple[PairWays, ...]
    signalling: str
    slice_id: int  # of the slice it has or rides in; 0: none
    numbers: Numbers
    fabric: FabricCompiler
    topology: Topology
    platforms: Mapping[str, Platform]
    clients: Mapping[str, Client] = field(default_factory=dict)  # by link: its FlexE clients, or those of its slice
    channels: Mapping[str, Channelised] = field(default_factory=dict)  # by link: the same of sub-interfaces

    # ---- names and numbers

    @cached_property
    def colour(self) -> int:
        """The colour of its policies."""
        return self.numbers.colour(self.profile.service)

    @cached_property
    def name(self) -> str:
        """Its name on devices."""
        service = self.profile.service
        return vrf_name(service.kind, service.name, self.colour)

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The address families of its members."""
        found = {family for member in self.profile.members for family in member.attachment.families}
        return tuple(sorted(found))

    def can(self, node: str) -> Mapping[str, Capability]:
        """What a node's platform can do."""
        return pack_of(self.platforms, self.topology.nodes[node]).capabilities

    def vpn_sid(self, node: str) -> str:
        """The SID of the VPN on a node; "" where the device chooses it and nobody can tell before."""
        if not self.can(node)["explicit_sid"].value:
            return ""
        encoding, flexible = self.fabric.encoding(node), self.flexible is not None
        return self.numbers.vpn_sid(self.profile.service, node, encoding, flexible=flexible)

    @cached_property
    def flexible(self) -> Flexible | None:
        """The algorithm by measured delay, where its VPN's SIDs are of that: its ends all have it, and delay matters.

        A policy's packets do not notice. Without the policy, a packet follows the SID of its VPN.
        """
        found = self.fabric.flexible
        return found if found and self.profile.strict and found.joins(self.profile.nodes) else None

    @cached_property
    def ways_from(self) -> Mapping[str, tuple[Way, ...]]:
        """The ways that begin at each node."""
        found: dict[str, list[Way]] = defaultdict(list)
        for pair in self.ways:
            for way in pair.directions():
                found[way.a].append(way)
        return {node: tuple(ways) for node, ways in found.items()}

    @cached_property
    def slice_claim(self) -> str:
        """The claim on the slice's id: its own, or that of the slice it rides in."""
        return f"{self.profile.ride}/{ALL}/slice/id" if self.profile.ride else claim_slice(self.profile.service)

    @property
    def encryption(self) -> Encryption:
        """Which links are encrypted, or can be."""
        return self.fabric.encryption

    @cached_property
    def encrypted(self) -> tuple[EncryptedPort, ...]:
        """The interfaces at both ends of every link on its way, where encryption is required."""
        links = sorted({hop.link for hop in self.hop_rates}) if required(self.profile) else ()
        return tuple(self.encryption.ports(links, self.clients))

    # ---- fragments

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """Where this service puts anything, but for the class queues that services share."""
        return tuple(sorted({*self.profile.nodes, *OnTheWay(self).devices()}))

    def fragments(self, node: str) -> Iterator[Fragment]:
        """Everything this service puts on one of its devices."""
        if node in self.profile.nodes:
            for construct, because in self._edge(node):
                yield Fragment(node, self.profile.address, construct, because)
        yield from OnTheWay(self).fragments(node)

    def _edge(self, node: str) -> Iterator[Reasoned]:
        explicit = self.can(node)["explicit_path"].value
        if explicit == "sr-policy" and self.ways_from.get(node):
            yield TunnelPolicy(TUNNEL_POLICY), {}
        yield self._vrf(node)
        for member in self.profile.members:
            if member.node == node:
                yield from self._member(member)
        if self.probed:
            yield self.probed.end(node, self.name)
        for way in self.ways_from.get(node, ()):
            if way.pinned and explicit == "sr-policy":
                yield self._policy(way)
            elif way.pinned and explicit == "segment-routes":
                yield from self._routes(way)

    def _vrf(self, node: str) -> Reasoned:
        service, spec = self.profile.service, self.fabric.fabric.spec
        steered = self.can(node)["explicit_path"].value == "sr-policy" and bool(self.ways_from.get(node))
        construct = Vrf(
            name=self.name,
            description=self.profile.address,
            table=self.numbers.table(service, node),
            families=self.families,
            rd=self.numbers.rd(service, node),
            route_targets=(self.numbers.rt(service),),
            signalling=self.signalling,
            asn=spec.asn,
            router_id=self.numbers.router_id(node),
            locator=self.flexible.asked.locator if self.flexible else spec.srv6.locator,
            sid=self.vpn_sid(node),
            colour=self.colour if steered else 0,
            tunnel_policy=TUNNEL_POLICY if steered else "",
        )
        return construct, {
            "name": "metadata.name",
            "families": f"{self.profile.members[0].field}.addresses",
            "rd": claim_rd(service, node),
            "route_targets": claim_rt(service),
            "table": claim_table(service, node),
            "sid": claim_sid(service, node),
            "colour": claim_colour(service),
            "locator": f"{self.fabric.owner} spec.{'igp.flex_algo' if self.flexible else 'srv6'}.locator",
        }

    def _member(self, member: Member) -> Iterator[Reasoned]:
        attachment = member.attachment
        yield (
            Attachment(
                port=member.port,
                vlan=member.vlan,
                vrf=self.name,
                addresses=tuple(map(str, sorted(attachment.addresses, key=lambda one: (one.version, one)))),
                mtu=max(self.profile.mtu, 1500),
                description=self.profile.address,
            ),
            {
                "port": f"{member.field}.port",
                "vlan": self._vlan_reason(member),
                "addresses": f"{member.field}.addresses",
            },
        )
        for route in attachment.routes:
            next_hop = attachment.next_hop(route)
            yield StaticRoute(self.name, str(route.prefix), next_hop), {"prefix": f"{member.field}.routes"}
        yield from self._rate(member)
        if self._trusts(member):
            prefixes = self._sources(member)
            construct = TrustList(f"trust-{self.name}-{member.vlan}", member.port, member.vlan, prefixes)
            yield construct, {"prefixes": f"{member.field}.addresses", "name": self.slice_claim}
        if self.closes and self.can(member.node)["time_range"].value:
            yield AccessWindow(member.port, member.vlan, self.closes), {"closes": "spec.schedule"}
        if self.profile.measured and self.can(member.node)["measurement"].value == "ifit":
            yield from self._measurements(member)

    @cached_property
    def closes(self) -> str:
        """When routers close its attachments by their own clocks, the next whole minute; "" where none is asked to."""
        end = self.profile.closes if self.fabric.fabric.spec.time_ranges else None
        whole = end and end.astimezone(UTC) + timedelta(seconds=59)
        return whole.strftime("%Y-%m-%dT%H:%M:00Z") if whole else ""

    def _vlan_reason(self, member: Member) -> str:
        if member.attachment.vlan is not None:
            return f"{member.field}.vlan"
        return claim_vlan(self.profile.service, member.node, member.field)

    def _rate(self, member: Member) -> Iterator[Reasoned]:
        profile = self.profile
        port = self.topology.nodes[member.node].ports[member.port]
        name = f"{self.name}-{member.vlan}"
        if profile.queues:
            yield QueueProfile(name, profile.queues), {"queues": _queues_field(profile)}
        because = {"rate_bps": profile.bandwidth_field, "burst_bytes": profile.bandwidth_field}
        yield (
            AccessRate(
                name=name,
                port=member.port,
                vlan=member.vlan,
                rate_bps=self.access_bps(member),
                burst_bytes=profile.burst_bytes * profile.peers,
                queue=name if profile.queues else "",
                capacity_bps=port.capacity_bps,
                queues=profile.queues,
            ),
            because,
        )
        for marking in profile.markings:
            yield (
                TrafficClass(
                    name=f"{name}-{marking.name}"[:31],
                    port=member.port,
                    vlan=member.vlan,
                    dscp=marking.dscp,
                    udp_port=marking.udp_port,
                    service_class=marking.service_class,
                    outer_dscp=marking.outer_dscp,
                    sources=self._sources(member) if self._trusts(member) else (),
                ),
                {
                    "dscp": _dscp_field(profile),
                    "udp_port": "spec.traffic.udp_port",
                    "sources": f"{member.field}.addresses",
                },
            )

    def _trusts(self, member: Member) -> bool:
        """Whether only the tenant's own prefixes may send: what enters a slice is promised to its tenant alone."""
        return bool(self.slice_id and self.can(member.node)["trust_list"].value)

    def _sources(self, member: Member) -> tuple[str, ...]:
        """The prefixes of an attachment, IPv4 first."""
        found = sorted(set(member.attachment.prefixes), key=lambda prefix: (prefix.version, prefix))
        return tuple(map(str, found))

    def access_bps(self, member: Member) -> int:
        """What the access may send and receive: the sold rate to every peer, as the platform's instrument counts it."""
        layer = Layer(str(self.can(member.node)["shaper_layer"].value))
        rate = self.profile.bandwidth_bps * self.profile.peers
        return shaper_bps(rate, self.profile.packet_bytes, 0, layer, tags=1)

    def _measurements(self, member: Member) -> Iterator[Reasoned]:
        """A flow to every other member, from its first prefix to theirs (same family)."""
        for number, other in enumerate(self.profile.members):
            if other.node == member.node or not self.profile.carries(member.node):
                continue
            version = min(address.version for address in member.attachment.addresses)
            source, target = member.attachment.subnets(version), other.attachment.subnets(version)
            if source and target:
                yield self._measurement(member, number, str(source[0]), str(target[0]))

    def _measurement(self, member: Member, number: int, source: str, target: str) -> Reasoned:
        marking = self.profile.markings[0] if self.profile.markings else None
        construct = Measurement(
            name=f"{self.name}-{number}",
            vrf=self.name,
            port=member.port,
            vlan=member.vlan,
            node_id=self.numbers.number(f"{self.fabric.owner}/{member.node}/locator/node_id"),
            source=source,
            destination=target,
            protocol=17 if marking and marking.udp_port else 0,
            destination_port=marking.udp_port if marking else 0,
            interval_s=10,
        )
        return construct, {"source": f"{member.field}.addresses"}

    @cached_property
    def probed(self) -> Probe | None:
        """The session that measures its jitter; None without one."""
        return probe_of(self.profile, self.numbers)

    # ---- explicit paths

    def node_sids(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        """The SIDs of nodes in order."""
        return tuple(self.fabric.end_sid(node) for node in segments)

    def _policy(self, way: Way) -> Reasoned:
        can, service = self.can(way.a), self.profile.service
        far = f"{self.numbers.number(f'{self.fabric.owner}/{way.z}/locator/node_id'):x}"
        paths = [_candidate(WORKING, f"{self.name}-{far}-w", self.node_sids(way.segments))]
        if way.protection_segments:
            paths.append(_candidate(PROTECTION, f"{self.name}-{far}-p", self.node_sids(way.protection_segments)))
        construct = SrPolicy(
            name=f"{self.name}-{far}",
            endpoint=self.numbers.loopback(way.z),
            colour=self.colour,
            locator=self.fabric.fabric.spec.srv6.locator,
            paths=tuple(paths),
            slice_id=self.slice_id if can["slice_ids"].value else 0,
            hot_standby=bool(way.protection_segments),
            measure=self.profile.measured and can["measurement"].value == "ifit",
            binding_sid=self.numbers.binding_sid(service, way.a, way.z),
        )
        because = {
            "colour": claim_colour(service),
            "slice_id": self.slice_claim,
            "paths": f"the path {describe(way.path)}",
            "endpoint": f"{self.fabric.owner}/{way.z}/loopback/address",
            "binding_sid": claim_binding_sid(service, way.a, way.z),
        }
        return construct, because

    def _routes(self, way: Way) -> Iterator[Reasoned]:
        """A route with segments for each prefix at the far end; the last SID is the far VPN's own."""
        last = self.vpn_sid(way.z)
        sids = (*self.node_sids(way.segments[:-1]), last)
        spare = (*self.node_sids(way.protection_segments[:-1]), last) if way.protection_segments else ()
        table = self.numbers.table(self.profile.service, way.a)
        because = {
            "sids": f"the path {describe(way.path)}",
            "protection": "spec.protection",
            "table": claim_table(self.profile.service, way.a),
        }
        ports = self.interface(way.path.hops[0]), self.interface(way.protection.hops[0]) if way.protection else ""
        for prefix in self.prefixes_at(way.z):
            source = self.numbers.loopback(way.a)
            yield SegmentRoute(self.name, table, prefix, sids, spare, self.colour, source, *ports), because

    def prefixes_at(self, node: str) -> tuple[str, ...]:
        """Every prefix that the service reaches at a node."""
        found = {str(p) for m in self.profile.members if m.node == node for p in m.attachment.prefixes}
        return tuple(sorted(found))

    # ---- resources on the way

    def outer_bps(self, way: Way, count: int, layer: Layer) -> int:
        """The rate of a direction with its SRv6 headers, as `layer` counts it."""
        overhead = srv6_overhead_bytes(way.sid_count)
        return shaper_bps(self.profile.bandwidth_bps * count, self.profile.packet_bytes, overhead, layer)

    @cached_property
    def channel_rates(self) -> Mapping[DirectedLink, int]:
        """What the service holds on the sending side of each link, bit/s at the outer IP layer; a rider: nothing."""
        if self.profile.ride or self.profile.isolation == "none":
            return {}
        return self.hop_rates

    @cached_property
    def hop_rates(self) -> Mapping[DirectedLink, int]:
        """What the service sends over each hop, bit/s at the outer IP layer."""
        return self._rates(Layer.IP)

    @cached_property
    def frame_rates(self) -> Mapping[DirectedLink, int]:
        """The same as Ethernet frames: what Linux counts."""
        return self._rates(Layer.ETHERNET)

    def _rates(self, layer: Layer) -> Mapping[DirectedLink, int]:
        rates: dict[DirectedLink, int] = defaultdict(int)
        for pair in self.ways:
            for way in pair.directions():
                for hop in way.all_hops if self.profile.carries(way.a) else ():
                    rates[hop] += self.outer_bps(way, pair.count, layer)
        return rates

    def queues_inside(self, hop: DirectedLink) -> bool:
        """Whether its packets are sorted into classes inside its channel: they leave by it, and carry no slice id."""
        can, own = self.can(hop.sender), hop in self.channel_rates and hop.link not in self.clients
        return own and bool(can["slice_channel"].value) and not can["slice_ids"].value

    @cached_property
    def class_queues(self) -> tuple[ClassQueue, ...]:
        """Its queues with the outer marks that lead to each; without a mark they are for all other packets."""
        marks = {marking.service_class: marking.outer_dscp for marking in self.profile.markings}
        return tuple(
            ClassQueue(queue, (marks[queue.service_class],) if queue.service_class in marks else ())
            for queue in self.profile.queues
        )

    @property
    def own_clients(self) -> tuple[Client, ...]:
        """Its own FlexE clients, by link; a rider has none."""
        return () if self.profile.ride else tuple(self.clients[name] for name in sorted(self.clients))

    @property
    def own_channels(self) -> tuple[Channelised, ...]:
        """Its own channelised sub-interfaces, by link; a rider has none."""
        return () if self.profile.ride else tuple(self.channels[name] for name in sorted(self.channels))

    def channel_bps(self, channel: Channelised, node: str) -> int:
        """What a sub-interface sends at most: what is promised, or the least there is."""
        sent = {hop: rate for hop, rate in self.hop_rates.items() if hop.link == channel.link.name}
        return max([LEAST_BPS, *(rate for hop, rate in sent.items() if hop.sender == node)])

    def interface(self, hop: DirectedLink) -> str:
        """The interface by which its packets leave over a hop: its client's, or the link's own."""
        client = self.clients.get(hop.link) or self.channels.get(hop.link)
        return client.interface(hop.sender) if client else self.topology.links[hop.link].port_of(hop.sender)

    def line_bps(self, link: str) -> int:
        """What the line of a link gives its packets: its client, or all that has no client."""
        client = self.clients.get(link)
        return client.rate_bps if client else self.topology.links[link].base_bps


def _candidate(preference: int, name: str, sids: tuple[str, ...]) -> CandidatePath:
    return CandidatePath(preference, (SegmentList(name, sids),))


def _queues_field(profile: Profile) -> str:
    return "spec.sub_slices" if profile.service.kind == "TenantSlice" else "spec.traffic"


def _dscp_field(profile: Profile) -> str:
    return "spec.sub_slices" if profile.service.kind == "TenantSlice" else "spec.traffic.dscp"
