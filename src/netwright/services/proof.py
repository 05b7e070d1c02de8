"""The checks that prove a service: declared beside the compiler that makes it, collected and judged in `verify/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netwright.address import address
from netwright.paths.graph import DirectedLink
from netwright.services.at_the_ends import WORKING
from netwright.services.checks import AtLeast, AtMost, Check, Expected, Reported, Rung, Topic, Value
from netwright.services.lower import Lowering
from netwright.services.probes import ends
from netwright.services.ways import Way

SLOT_BPS = 5 * 10**9  # what devices count slots of FlexE in, whatever they divide them into (OIF FlexE 2.1)
_TOLD = Reported()
_TOLERANCE = 0.001  # a rate that a platform rounds to its own unit is the same rate


@dataclass(frozen=True, slots=True)
class Proof:
    """The checks of one active service."""

    lowering: Lowering
    others: Mapping[str, Sequence[str]]  # node -> prefixes of other tenants' services there
    headroom: Mapping[DirectedLink, int] = field(default_factory=dict)  # of a lossless service, bytes behind each hop

    def checks(self) -> Iterator[Check]:
        """Control plane first, then path, measurement, and what must not be."""
        for node in self.lowering.profile.nodes:
            yield from self._attachments(node)
            yield from self._sid(node)
            for way in self.lowering.ways_from.get(node, ()):
                yield from self._reach(way)
            yield from self._isolation(node)
        yield from self._channels()
        yield from self._clients()
        yield from self._sub_interfaces()
        yield from self._queues()
        yield from self._encryption()

    def _check(
        self,
        node: str,
        thing: str,
        what: str,
        topic: Topic,
        where: dict[str, Value],
        expect: dict[str, Expected],
        rung: Rung,
    ) -> Check:
        intent = self.lowering.profile.address
        negative = rung is Rung.NEGATIVE
        return Check(address(intent, node, thing), intent, node, rung, what, topic, where, expect, negative)

    def _attachments(self, node: str) -> Iterator[Check]:
        plane = Rung.CONTROL_PLANE
        for member in self.lowering.profile.members:
            if member.node != node:
                continue
            port = f"{member.port}.{member.vlan}"
            where: dict[str, Value] = {"name": port}
            expect: dict[str, Expected] = {"oper_up": True, "vrf": self.lowering.name}
            yield self._check(node, f"attachment:{port}", f"attachment {port}", Topic.INTERFACES, where, expect, plane)
            where = {"port": member.port, "vlan": member.vlan, "direction": "in"}
            expect = {"rate_bps": AtLeast(self.lowering.access_bps(member) * (1 - _TOLERANCE))}
            yield self._check(node, f"rate:{port}", f"rate of {port}", Topic.RATES, where, expect, plane)
            if self.lowering.profile.measured:
                expect = dict.fromkeys(
                    ("in_packets", "out_packets", "in_errors", "out_errors", "in_drops", "out_drops"), _TOLD
                )
                what = f"counters of {port}, told and not judged"
                yield self._check(node, f"counters:{port}", what, Topic.COUNTERS, {"name": port}, expect, plane)

    def _sid(self, node: str) -> Iterator[Check]:
        """The VPN's SID, where we choose it, is in the node's table and leads into the VRF."""
        if sid := self.lowering.vpn_sid(node):
            where: dict[str, Value] = {"sid": sid}
            expect: dict[str, Expected] = {"vrf": self.lowering.name}
            yield self._check(node, "sid", f"SID {sid} of the VPN", Topic.SIDS, where, expect, Rung.CONTROL_PLANE)

    def _reach(self, way: Way) -> Iterator[Check]:
        """Routes to everything at the far end, and the policy that carries them."""
        lowering, plane = self.lowering, Rung.CONTROL_PLANE
        sid = lowering.vpn_sid(way.z)
        for prefix in lowering.prefixes_at(way.z):
            where: dict[str, Value] = {"vrf": lowering.name, "prefix": prefix}
            routes = lowering.can(way.a)["explicit_path"].value == "segment-routes"
            expect: dict[str, Expected] = (
                {"sid": sid} if sid and routes else {"next_hop": lowering.numbers.loopback(way.z)}
            )
            yield self._check(
                way.a, f"route:{prefix}", f"route to {prefix} at {way.z}", Topic.ROUTES, where, expect, plane
            )
            if way.pinned and routes and sid:
                expect = {"sids": ",".join((*lowering.node_sids(way.segments[:-1]), sid))}
                what = f"route to {prefix} on its working path to {way.z}"
                yield self._check(way.a, f"way:{prefix}", what, Topic.ROUTES, where, expect, Rung.PATH)
        if way.pinned and lowering.can(way.a)["explicit_path"].value == "sr-policy":
            yield self._policy(way)

    def _policy(self, way: Way) -> Check:
        where: dict[str, Value] = {"endpoint": self.lowering.numbers.loopback(way.z), "colour": self.lowering.colour}
        sids = ",".join(self.lowering.node_sids(way.segments))
        expect: dict[str, Expected] = {"state": "up", "preference": WORKING, "sids": sids}
        if sid := self.lowering.numbers.binding_sid(self.lowering.profile.service, way.a, way.z):
            expect["binding_sid"] = sid
        what = f"SR policy to {way.z} on its working path"
        return self._check(way.a, f"policy:{way.z}", what, Topic.SR_POLICIES, where, expect, Rung.PATH)

    def _channels(self) -> Iterator[Check]:
        lowering = self.lowering
        for hop, rate in sorted(lowering.channel_rates.items()):
            if (
                hop.link not in {*lowering.clients, *lowering.channels}
                and lowering.can(hop.sender)["slice_channel"].value
            ):
                port = lowering.topology.links[hop.link].port_of(hop.sender)
                where: dict[str, Value] = {"port": port, "slice_id": lowering.slice_id}
                expect: dict[str, Expected] = {"state": "up", "rate_bps": AtLeast(rate * (1 - _TOLERANCE))}
                what = f"slice {lowering.slice_id} on {port}"
                yield self._check(hop.sender, f"channel:{port}", what, Topic.SLICES, where, expect, Rung.CONTROL_PLANE)

    def _clients(self) -> Iterator[Check]:
        """Each FlexE client is up with its slots, and holds the slice, at both ends."""
        lowering, plane = self.lowering, Rung.CONTROL_PLANE
        for client in lowering.own_clients:
            slots = -(-client.rate_bps // SLOT_BPS)
            for node in client.port_ids:
                port = client.interface(node)
                where: dict[str, Value] = {"group": client.group.group, "client": client.number}
                expect: dict[str, Expected] = {"slots": slots, "state": "up"}
                what = f"FlexE client {client.number} on {client.link.name}"
                yield self._check(node, f"flexe:{client.link.name}", what, Topic.FLEXE, where, expect, plane)
                where = {"port": port, "slice_id": lowering.slice_id}
                what, expect = f"slice {lowering.slice_id} on {port}", {"state": "up"}
                yield self._check(node, f"channel:{port}", what, Topic.SLICES, where, expect, plane)

    def _sub_interfaces(self) -> Iterator[Check]:
        """Each channelised sub-interface holds the slice with its bandwidth, at both ends."""
        lowering = self.lowering
        for channel in lowering.own_channels:
            for node in (channel.link.a, channel.link.z):
                port, rate = channel.interface(node), lowering.channel_bps(channel, node)
                where: dict[str, Value] = {"port": port, "slice_id": lowering.slice_id}
                expect: dict[str, Expected] = {"state": "up", "rate_bps": AtLeast(rate * (1 - _TOLERANCE))}
                what = f"slice {lowering.slice_id} on {port}"
                yield self._check(node, f"channel:{port}", what, Topic.SLICES, where, expect, Rung.CONTROL_PLANE)

    def _queues(self) -> Iterator[Check]:
        """The lossless queue of each hop holds what may arrive while the sender is told to pause."""
        lowering = self.lowering
        for hop, deep in sorted(self.headroom.items()):
            for marking in lowering.profile.markings:
                port, name = lowering.interface(hop), marking.service_class
                where: dict[str, Value] = {"port": port, "service_class": name}
                can, inside = lowering.can(hop.sender), lowering.queues_inside(hop)
                if can["slice_channel"].value and not can["slice_ids"].value:
                    where["slice_id"] = lowering.slice_id if inside else 0
                expect: dict[str, Expected] = {"depth_bytes": AtLeast(deep * (1 - _TOLERANCE)), "drops": Reported()}
                what, thing = f"lossless queue {name} on {port}{' in its slice' * inside}", f"queue:{port}:{name}"
                yield self._check(hop.sender, thing, what, Topic.QUEUES, where, expect, Rung.CONTROL_PLANE)

    def _encryption(self) -> Iterator[Check]:
        """MACsec is up at both ends of each link that must be encrypted, or of the FlexE client there."""
        for one in self.lowering.encrypted:
            what, where = f"MACsec on {one.port}", dict[str, Value](port=one.port)
            expect: dict[str, Expected] = {"state": "up", "suite": _TOLD}
            yield self._check(
                one.node, f"encryption:{one.port}", what, Topic.ENCRYPTION, where, expect, Rung.CONTROL_PLANE
            )

    def measurements(self) -> Iterator[Check]:
        """In-band delay and loss against the promise, where a head-end measures."""
        profile = self.lowering.profile
        for member in profile.members if profile.measured else ():
            if self.lowering.can(member.node)["measurement"].value == "ifit" and profile.carries(member.node):
                for number, other in enumerate(profile.members):
                    if other.node != member.node:
                        yield from self._measured(member.node, number, other.node)
        yield from self._jitter()

    def _jitter(self) -> Iterator[Check]:
        """Probed jitter against the promise, each promised direction; where nothing probes, that it is not measured."""
        profile, jitter_ms = self.lowering.profile, self.lowering.profile.service.spec.slo.jitter_ms
        if jitter_ms is None or not profile.strict or len(profile.nodes) != 2:
            return
        a, z = ends(profile)
        probe, limit = self.lowering.probed, AtMost(jitter_ms * 1000, if_said=True)
        where: dict[str, Value] = {"vrf": self.lowering.name, "reflector": probe.reflector if probe else z.node}
        told: dict[str, Expected] = {"state": _TOLD, "delay_us": _TOLD}
        named = [("jitter", f"measured jitter to {z.node}", "jitter_us")]
        if profile.directions == "both":
            named.append(("jitter-back", f"measured jitter from {z.node}", "jitter_back_us"))
        for thing, what, fact in named:
            yield self._check(a.node, thing, what, Topic.PROBES, where, {fact: limit}, Rung.MEASUREMENT)
        if probe:
            what = f"probes to {z.node} and back, told and not judged"
            yield self._check(a.node, "probes", what, Topic.PROBES, where, told, Rung.MEASUREMENT)

    def _measured(self, node: str, number: int, to: str) -> Iterator[Check]:
        """One direction, each promise for itself: a delay that is kept says nothing of a loss that is not."""
        profile, rung = self.lowering.profile, Rung.MEASUREMENT
        where: dict[str, Value] = {"name": f"{self.lowering.name}-{number}"}
        for thing, promised, fact, limit in (
            ("measurement", "delay", "delay_us", profile.max_delay_us),
            ("loss", "loss", "loss", profile.max_loss),
        ):
            if limit is not None:  # `state`: a flow without a result has measured nothing, not 0
                expect: dict[str, Expected] = {"state": "up", fact: AtMost(limit)}
                what = f"measured {promised} to {to}"
                yield self._check(node, f"{thing}:{number}", what, Topic.MEASUREMENTS, where, expect, rung)

    def _isolation(self, node: str) -> Iterator[Check]:
        """No route of another tenant in this VPN."""
        own = {prefix for far in self.lowering.profile.nodes for prefix in self.lowering.prefixes_at(far)}
        for prefix in self.others.get(node, ()):
            if prefix not in own:
                where: dict[str, Value] = {"vrf": self.lowering.name, "prefix": prefix}
                what = f"no route to another tenant's {prefix}"
                yield self._check(node, f"isolation:{prefix}", what, Topic.ROUTES, where, {}, Rung.NEGATIVE)
