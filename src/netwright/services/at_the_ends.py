"""What a routed service puts on the routers of its members: VPN, attachments, rates, explicit ways."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from netwright.services.claims import (
    claim_binding_sid,
    claim_colour,
    claim_rd,
    claim_rt,
    claim_sid,
    claim_table,
    claim_vlan,
)
from netwright.services.model import (
    AccessRate,
    AccessWindow,
    Attachment,
    CandidatePath,
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
from netwright.services.profile import Member, Profile
from netwright.services.routing import describe
from netwright.services.ways import Way

if TYPE_CHECKING:
    from netwright.services.lower import Lowering

TUNNEL_POLICY = "netwright-srv6"
WORKING, PROTECTION = 200, 100  # preferences of candidate paths


@dataclass(frozen=True, slots=True)
class AtTheEnds:
    """The part of a service that its members see."""

    low: Lowering

    def constructs(self, node: str) -> Iterator[Reasoned]:
        """What one end gets: its VPN first, its attachments, then its ways to the others."""
        explicit = self.low.can(node)["explicit_path"].value
        if explicit == "sr-policy" and self.low.ways_from.get(node):
            yield TunnelPolicy(TUNNEL_POLICY), {}
        yield self._vrf(node)
        for member in self.low.profile.members:
            if member.node == node:
                yield from self._member(member)
        if self.low.probed:
            yield self.low.probed.end(node, self.low.name)
        for way in self.low.ways_from.get(node, ()):
            if way.pinned and explicit == "sr-policy":
                yield self._policy(way)
            elif way.pinned and explicit == "segment-routes":
                yield from self._routes(way)

    def _vrf(self, node: str) -> Reasoned:
        service, spec = self.low.profile.service, self.low.fabric.fabric.spec
        steered = self.low.can(node)["explicit_path"].value == "sr-policy" and bool(self.low.ways_from.get(node))
        construct = Vrf(
            name=self.low.name,
            description=self.low.profile.address,
            table=self.low.numbers.table(service, node),
            families=self.low.families,
            rd=self.low.numbers.rd(service, node),
            route_targets=(self.low.numbers.rt(service),),
            signalling=self.low.signalling,
            asn=spec.asn,
            router_id=self.low.numbers.router_id(node),
            locator=self.low.flexible.asked.locator if self.low.flexible else spec.srv6.locator,
            sid=self.low.vpn_sid(node),
            colour=self.low.colour if steered else 0,
            tunnel_policy=TUNNEL_POLICY if steered else "",
        )
        return construct, {
            "name": "metadata.name",
            "families": f"{self.low.profile.members[0].field}.addresses",
            "rd": claim_rd(service, node),
            "route_targets": claim_rt(service),
            "table": claim_table(service, node),
            "sid": claim_sid(service, node),
            "colour": claim_colour(service),
            "locator": f"{self.low.fabric.owner} spec.{'igp.flex_algo' if self.low.flexible else 'srv6'}.locator",
        }

    def _member(self, member: Member) -> Iterator[Reasoned]:
        attachment = member.attachment
        yield (
            Attachment(
                port=member.port,
                vlan=member.vlan,
                vrf=self.low.name,
                addresses=tuple(map(str, sorted(attachment.addresses, key=lambda one: (one.version, one)))),
                mtu=max(self.low.profile.mtu, 1500),
                description=self.low.profile.address,
            ),
            {
                "port": f"{member.field}.port",
                "vlan": self._vlan_reason(member),
                "addresses": f"{member.field}.addresses",
            },
        )
        for route in attachment.routes:
            next_hop = attachment.next_hop(route)
            yield StaticRoute(self.low.name, str(route.prefix), next_hop), {"prefix": f"{member.field}.routes"}
        yield from self._rate(member)
        if self._trusts(member):
            prefixes = self._sources(member)
            construct = TrustList(f"trust-{self.low.name}-{member.vlan}", member.port, member.vlan, prefixes)
            yield construct, {"prefixes": f"{member.field}.addresses", "name": self.low.slice_claim}
        closes = self._closes()
        if closes and self.low.can(member.node)["time_range"].value:
            yield AccessWindow(member.port, member.vlan, closes), {"closes": "spec.schedule"}
        if self.low.profile.measured and self.low.can(member.node)["measurement"].value == "ifit":
            yield from self._measurements(member)

    def _closes(self) -> str:
        """When routers close its attachments by their own clocks, the next whole minute; "" where none is asked to."""
        end = self.low.profile.closes if self.low.fabric.fabric.spec.time_ranges else None
        whole = end and end.astimezone(UTC) + timedelta(seconds=59)
        return whole.strftime("%Y-%m-%dT%H:%M:00Z") if whole else ""

    def _vlan_reason(self, member: Member) -> str:
        if member.attachment.vlan is not None:
            return f"{member.field}.vlan"
        return claim_vlan(self.low.profile.service, member.node, member.field)

    def _rate(self, member: Member) -> Iterator[Reasoned]:
        profile = self.low.profile
        port = self.low.topology.nodes[member.node].ports[member.port]
        name = f"{self.low.name}-{member.vlan}"
        if profile.queues:
            yield QueueProfile(name, profile.queues), {"queues": _queues_field(profile)}
        because = {"rate_bps": profile.bandwidth_field, "burst_bytes": profile.bandwidth_field}
        yield (
            AccessRate(
                name=name,
                port=member.port,
                vlan=member.vlan,
                rate_bps=self.low.access_bps(member),
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
        return bool(self.low.slice_id and self.low.can(member.node)["trust_list"].value)

    def _sources(self, member: Member) -> tuple[str, ...]:
        """The prefixes of an attachment, IPv4 first."""
        found = sorted(set(member.attachment.prefixes), key=lambda prefix: (prefix.version, prefix))
        return tuple(map(str, found))

    def _measurements(self, member: Member) -> Iterator[Reasoned]:
        """A flow to every other member, from its first prefix to theirs (same family)."""
        for number, other in enumerate(self.low.profile.members):
            if other.node == member.node or not self.low.profile.carries(member.node):
                continue
            version = min(address.version for address in member.attachment.addresses)
            source, target = member.attachment.subnets(version), other.attachment.subnets(version)
            if source and target:
                yield self._measurement(member, number, str(source[0]), str(target[0]))

    def _measurement(self, member: Member, number: int, source: str, target: str) -> Reasoned:
        marking = self.low.profile.markings[0] if self.low.profile.markings else None
        construct = Measurement(
            name=f"{self.low.name}-{number}",
            vrf=self.low.name,
            port=member.port,
            vlan=member.vlan,
            node_id=self.low.numbers.number(f"{self.low.fabric.owner}/{member.node}/locator/node_id"),
            source=source,
            destination=target,
            protocol=17 if marking and marking.udp_port else 0,
            destination_port=marking.udp_port if marking else 0,
            interval_s=10,
        )
        return construct, {"source": f"{member.field}.addresses"}

    def _policy(self, way: Way) -> Reasoned:
        can, service = self.low.can(way.a), self.low.profile.service
        far = f"{self.low.numbers.number(f'{self.low.fabric.owner}/{way.z}/locator/node_id'):x}"
        name = f"{self.low.name}-{far}"
        paths = [_candidate(WORKING, f"{name}-w", self.low.node_sids(way.segments))]
        if way.protection_segments:
            paths.append(_candidate(PROTECTION, f"{name}-p", self.low.node_sids(way.protection_segments)))
        construct = SrPolicy(
            name=name,
            endpoint=self.low.numbers.loopback(way.z),
            colour=self.low.colour,
            locator=self.low.fabric.fabric.spec.srv6.locator,
            paths=tuple(paths),
            slice_id=self.low.slice_id if can["slice_ids"].value else 0,
            hot_standby=bool(way.protection_segments),
            measure=self.low.profile.measured and can["measurement"].value == "ifit",
            binding_sid=self.low.numbers.binding_sid(service, way.a, way.z),
        )
        because = {
            "colour": claim_colour(service),
            "slice_id": self.low.slice_claim,
            "paths": f"the path {describe(way.path)}",
            "endpoint": f"{self.low.fabric.owner}/{way.z}/loopback/address",
            "binding_sid": claim_binding_sid(service, way.a, way.z),
        }
        return construct, because

    def _routes(self, way: Way) -> Iterator[Reasoned]:
        """A route with segments for each prefix at the far end; the last SID is the far VPN's own."""
        last = self.low.vpn_sid(way.z)
        sids = (*self.low.node_sids(way.segments[:-1]), last)
        spare = (*self.low.node_sids(way.protection_segments[:-1]), last) if way.protection_segments else ()
        table = self.low.numbers.table(self.low.profile.service, way.a)
        because = {
            "sids": f"the path {describe(way.path)}",
            "protection": "spec.protection",
            "table": claim_table(self.low.profile.service, way.a),
        }
        spare_port = self.low.interface(way.protection.hops[0]) if way.protection else ""
        ports = self.low.interface(way.path.hops[0]), spare_port
        for prefix in self.low.prefixes_at(way.z):
            source = self.low.numbers.loopback(way.a)
            yield SegmentRoute(self.low.name, table, prefix, sids, spare, self.low.colour, source, *ports), because


def _candidate(preference: int, name: str, sids: tuple[str, ...]) -> CandidatePath:
    return CandidatePath(preference, (SegmentList(name, sids),))


def _queues_field(profile: Profile) -> str:
    return "spec.sub_slices" if profile.service.kind == "TenantSlice" else "spec.traffic"


def _dscp_field(profile: Profile) -> str:
    return "spec.sub_slices" if profile.service.kind == "TenantSlice" else "spec.traffic.dscp"
