"""What a routed service puts on the routers on its way: channels, FlexE clients, sub-interfaces, and its slice's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwright.paths.graph import DirectedLink
from netwright.promise.overhead import Layer
from netwright.services.channelised import Channelised
from netwright.services.claims import claim_base_slice, claim_channel, claim_client, claim_colour, claim_port_id
from netwright.services.flexe import Client
from netwright.services.macsec import EncryptedPort
from netwright.services.model import ChannelInterface, FlexeClient, Fragment, Macsec, Slice, SliceChannel

if TYPE_CHECKING:
    from netwright.services.lower import Lowering


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """The part of a service that lies between its ends."""

    low: Lowering

    def devices(self) -> Iterator[str]:
        """Where any of it stands."""
        yield from (hop.sender for hop in self.low.shared_hops)
        yield from self._ends()
        yield from (one.node for one in self._keyed())
        yield from (node for node in self._on() if self._has_slice(node))

    def fragments(self, node: str) -> Iterator[Fragment]:
        """On one router: channels, what the service has to itself, MACsec, and then the slice that all of it is in."""
        for hop in sorted(hop for hop in self.low.shared_hops if hop.sender == node):
            yield self._channel(hop)
        for client in self.low.own_clients:
            if node in client.port_ids:
                yield self._client(client, node)
                yield self._shared(node)
        for channel in self.low.own_channels:
            if node in (channel.link.a, channel.link.z):
                yield self._sub_interface(channel, node)
                yield self._shared(node)
        yield from (self._macsec(one) for one in self._keyed() if one.node == node)
        if self._has_slice(node) and node in self._on():
            yield self._slice(node)

    def _ends(self) -> set[str]:
        """The ends of what the service has to itself."""
        ends = {node for client in self.low.own_clients for node in client.port_ids}
        return ends | {node for channel in self.low.own_channels for node in (channel.link.a, channel.link.z)}

    def _on(self) -> set[str]:
        """Every router that must know the slice."""
        return {hop.sender for hop in self.low.channel_rates} | set(self.low.profile.nodes) | self._ends()

    def _has_slice(self, node: str) -> bool:
        return bool(self.low.slice_id and self.low.can(node)["slice_ids"].value)

    def _channel(self, hop: DirectedLink) -> Fragment:
        can = self.low.can(hop.sender)
        link = self.low.topology.links[hop.link]
        destinations = {
            self.low.vpn_sid(way.z) for pair in self.low.ways for way in pair.directions() if hop in way.all_hops
        }
        counts_ip = Layer(str(can["shaper_layer"].value)) is Layer.IP
        construct = SliceChannel(
            port=link.port_of(hop.sender),
            slice_id=self.low.slice_id,
            rate_bps=(self.low.hop_rates if counts_ip else self.low.frame_rates)[hop],
            exclusive=self.low.profile.isolation == "hard" and bool(can["exclusive_channel"].value),
            destinations=tuple(sorted(destinations - {""})),
            capacity_bps=link.base_bps,
            classes=self.low.class_queues if self.low.queues_inside(hop) else (),
        )
        because = {
            "rate_bps": self.low.profile.bandwidth_field,
            "exclusive": "spec.constraints.isolation",
            "slice_id": self.low.slice_claim,
        }
        return Fragment(hop.sender, self.low.profile.address, construct, because)

    def _client(self, client: Client, node: str) -> Fragment:
        """One end of a FlexE client."""
        owner, link = self.low.profile.address, client.link
        construct = FlexeClient(
            port=link.port_of(node),
            group=client.group.group,
            client=client.number,
            port_id=client.port_ids[node],
            slots=client.slots,
            granularity_bps=client.group.granularity_bps,
            slice_id=self.low.slice_id,
            basic_slice=self.low.numbers.base_slice,
            mtu=self.low.fabric.fabric.spec.links.mtu,
        )
        because = {
            "slots": self.low.profile.bandwidth_field,
            "group": f"inventory/topology.yaml {link.name}",
            "client": claim_client(owner, link.name),
            "port_id": claim_port_id(owner, node, link.name),
            "slice_id": self.low.slice_claim,
            "basic_slice": claim_base_slice(self.low.numbers.fabric),
        }
        return Fragment(node, owner, construct, because)

    def _sub_interface(self, channel: Channelised, node: str) -> Fragment:
        """One end of a channelised sub-interface."""
        owner, link = self.low.profile.address, channel.link
        construct = ChannelInterface(
            port=link.port_of(node),
            vlan=channel.vlan,
            slice_id=self.low.slice_id,
            rate_bps=self.low.channel_bps(channel, node),
            basic_slice=self.low.numbers.base_slice,
            mtu=self.low.fabric.fabric.spec.links.mtu,
        )
        because = {
            "vlan": claim_channel(owner, link.name),
            "rate_bps": self.low.profile.bandwidth_field,
            "slice_id": self.low.slice_claim,
            "basic_slice": claim_base_slice(self.low.numbers.fabric),
        }
        return Fragment(node, owner, construct, because)

    def _keyed(self) -> list[EncryptedPort]:
        """Where encryption is required and the baseline has none."""
        return [one for one in self.low.encrypted if one.key]

    def _macsec(self, one: EncryptedPort) -> Fragment:
        asked = self.low.encryption.asked
        assert asked is not None  # noqa: S101 - else no port has a key
        construct = Macsec(one.port, one.key, asked.cipher)
        because = {"key": f"{self.low.fabric.owner} spec.links.macsec.key", "port": "spec.constraints.encryption"}
        return Fragment(one.node, self.low.profile.address, construct, because)

    def _slice(self, node: str) -> Fragment:
        construct = Slice(self.low.slice_id, self.low.profile.ride or self.low.profile.address, (self.low.colour,))
        because = {
            "slice_id": self.low.slice_claim,
            "colours": claim_colour(self.low.profile.service),
        }
        return Fragment(node, self.low.profile.address, construct, because)

    def _shared(self, node: str) -> Fragment:
        """The slice of the ports, or of the base clients, which a slice with an interface of its own joins."""
        numbers = self.low.numbers
        shared = Slice(numbers.base_slice, f"{self.low.fabric.owner} base of the ports", ())
        return Fragment(node, self.low.profile.address, shared, {"slice_id": claim_base_slice(numbers.fabric)})
