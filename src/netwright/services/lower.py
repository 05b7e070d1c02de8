"""A routed service to constructs: VPN, attachments, policies, slice, rates, queues, on each device that carries it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Capability, Platform, pack_of
from netwright.promise.overhead import Layer, shaper_bps, srv6_overhead_bytes
from netwright.services.at_the_ends import AtTheEnds
from netwright.services.channelised import LEAST_BPS, Channelised
from netwright.services.claims import ALL, claim_slice
from netwright.services.fabric import FabricCompiler
from netwright.services.flexe import Client
from netwright.services.flexible import Flexible
from netwright.services.macsec import EncryptedPort, Encryption, required
from netwright.services.model import (
    ClassQueue,
    Fragment,
)
from netwright.services.numbers import Numbers
from netwright.services.on_the_way import OnTheWay
from netwright.services.probes import Probe, probe_of
from netwright.services.profile import Member, Profile
from netwright.services.ways import PairWays, Way
from netwright.topology.model import Topology

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
            for construct, because in AtTheEnds(self).constructs(node):
                yield Fragment(node, self.profile.address, construct, because)
        yield from OnTheWay(self).fragments(node)

    def access_bps(self, member: Member) -> int:
        """What the access may send and receive: the sold rate to every peer, as the platform's instrument counts it."""
        layer = Layer(str(self.can(member.node)["shaper_layer"].value))
        rate = self.profile.bandwidth_bps * self.profile.peers
        return shaper_bps(rate, self.profile.packet_bytes, 0, layer, tags=1)

    @cached_property
    def probed(self) -> Probe | None:
        """The session that measures its jitter; None without one."""
        return probe_of(self.profile, self.numbers)

    # ---- ways

    def node_sids(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        """The SIDs of nodes in order."""
        return tuple(self.fabric.end_sid(node) for node in segments)

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

    @cached_property
    def shared_hops(self) -> tuple[DirectedLink, ...]:
        """Where it has a channel beside others, on an interface that is not its own."""
        own = self.clients.keys() | self.channels.keys()
        hops = (hop for hop in self.channel_rates if hop.link not in own)
        return tuple(hop for hop in hops if self.can(hop.sender)["slice_channel"].value)

    def queues_inside(self, hop: DirectedLink) -> bool:
        """Whether its packets are sorted into classes inside its channel: they leave by it, and carry no slice id."""
        return hop in self.shared_hops and not self.can(hop.sender)["slice_ids"].value

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
