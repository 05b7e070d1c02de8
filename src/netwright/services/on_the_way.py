"""What a routed service puts on the routers on its way: channels, FlexE clients, sub-interfaces, and its slice's id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwright.paths.graph import DirectedLink
from netwright.promise.overhead import Layer
from netwright.services.channelised import Channelised
from netwright.services.flexe import Client
from netwright.services.model import ChannelInterface, FlexeClient, Fragment, Macsec, Slice, SliceChannel
from netwright.services.numbers import claim_base_slice, claim_channel, claim_client, claim_colour, claim_port_id

if TYPE_CHECKING:
    from netwright.services.lower import Lowering


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """The part of a service that lies between its ends."""

    low: Lowering

    def fragments(self) -> Iterator[Fragment]:
        """Channels first, then what the service has to itself and MACsec, then the slice that all of it belongs to."""
        low = self.low
        for hop in sorted(low.channel_rates):
            if hop.link not in low.clients and hop.link not in low.channels:
                yield from self._channel(hop)
        for client in low.own_clients:
            yield from self._client(client)
        for channel in low.own_channels:
            yield from self._sub_interfaces(channel)
        yield from self._macsec()
        ends = {node for client in low.own_clients for node in client.port_ids}
        ends |= {node for channel in low.own_channels for node in (channel.link.a, channel.link.z)}
        for node in sorted({hop.sender for hop in low.channel_rates} | set(low.profile.nodes) | ends):
            if low.slice_id and low.can(node)["slice_ids"].value:
                yield self._slice(node)

    def _channel(self, hop: DirectedLink) -> Iterator[Fragment]:
        can = self.low.can(hop.sender)
        if not can["slice_channel"].value:
            return
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
        yield Fragment(hop.sender, self.low.profile.address, construct, because)

    def _client(self, client: Client) -> Iterator[Fragment]:
        """Both ends of a FlexE client, and the slice of the base clients, which a slice with a client joins."""
        owner, link, base = self.low.profile.address, client.link, claim_base_slice(self.low.numbers.fabric)
        for node, port_id in client.port_ids.items():
            construct = FlexeClient(
                port=link.port_of(node),
                group=client.group.group,
                client=client.number,
                port_id=port_id,
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
                "basic_slice": base,
            }
            yield Fragment(node, owner, construct, because)
            yield self._shared(node)

    def _sub_interfaces(self, channel: Channelised) -> Iterator[Fragment]:
        """Both ends of a channelised sub-interface, and the slice of the ports, which a slice with one joins."""
        owner, link, base = self.low.profile.address, channel.link, claim_base_slice(self.low.numbers.fabric)
        for node in (link.a, link.z):
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
                "basic_slice": base,
            }
            yield Fragment(node, owner, construct, because)
            yield self._shared(node)

    def _macsec(self) -> Iterator[Fragment]:
        """MACsec where it is required and the baseline has none."""
        asked = self.low.encryption.asked
        for one in self.low.encrypted if asked else ():
            if asked and one.key:
                because = {
                    "key": f"{self.low.fabric.owner} spec.links.macsec.key",
                    "port": "spec.constraints.encryption",
                }
                construct = Macsec(one.port, one.key, asked.cipher)
                yield Fragment(one.node, self.low.profile.address, construct, because)

    def _slice(self, node: str) -> Fragment:
        construct = Slice(self.low.slice_id, self.low.profile.ride or self.low.profile.address, (self.low.colour,))
        because = {
            "slice_id": self.low.slice_claim,
            "colours": claim_colour(self.low.profile.service),
        }
        return Fragment(node, self.low.profile.address, construct, because)

    def _shared(self, node: str) -> Fragment:
        """The slice of the ports, which a slice with an interface of its own joins."""
        numbers = self.low.numbers
        shared = Slice(numbers.base_slice, f"{self.low.fabric.owner} base of the ports", ())
        return Fragment(node, self.low.profile.address, shared, {"slice_id": claim_base_slice(numbers.fabric)})
