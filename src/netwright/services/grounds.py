"""Why a construct stands on a device, and what decides an attribute that no claim or field of its own decides.

A fragment's `because` names the field or claim behind what differs from one intent to the next. The rest is the same
for every intent, so it stands here once and costs nothing while compiling; `explain` reads it.

A ground is written in one of these ways:

* `spec.igp.area`: a field of the intent that owns the line; `fabric spec.asn`: a field of the Fabric;
* `claim {fabric}/{device}/locator/node_id`: a claim in the ledger;
* `as rd`: what decides another attribute of the same construct;
* `link`: the link of inventory/topology.yaml whose port this is;
* `site port`: a field of the intent's attachment at this port and VLAN;
* `design: ...`: nobody asks for it by name; the text completes "by the platform's design, because".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SITES: Final = "design: every service is reached at the attachments that its intent lists"
_MARKS: Final = "design: packets of a class must be told apart from the attachment to the last queue"

CONSTRUCTS: Final[Mapping[str, str]] = {
    "loopback": "design: IS-IS, BGP and SRv6 know a router by an address that no failing link takes away",
    "core_interface": "design: every link of inventory/topology.yaml between two routers is part of the underlay",
    "locator": "design: a router can be named in a packet's segments only by SIDs under a locator (RFC 8986)",
    "isis": "design: IS-IS tells every router the others' loopbacks and locators (RFC 9352)",
    "isis_circuit": "design: IS-IS runs on every link of the underlay, and passively on the loopback",
    "flex_algorithm": "design: routers that measure the delays of their links can route by them (RFC 9350)",
    "bgp": "design: BGP carries the routes of the VPNs over SRv6 (RFC 9252)",
    "bgp_neighbor": "design: VPN routes are exchanged between loopbacks, by way of the Fabric's route reflectors",
    "vrf": "design: each service has a VPN of its own on every router it is attached to (RFC 4364, RFC 9252)",
    "tunnel_policy": "design: VPN routes ride the SR policy of their colour, and best effort without one (RFC 9256)",
    "attachment": _SITES,
    "static_route": "design: prefixes behind a host of an attachment are reached by way of that host",
    "sr_policy": "design: the head-end holds packets to the path that was admitted (RFC 9256)",
    "segment_route": "design: this platform has no SRv6 policy, so that each prefix's route carries the segments",
    "slice": "design: routers on the way know a slice by its id, and which colours belong to it",
    "slice_channel": "design: what a slice is sold is set aside on the sending side of each link on its way",
    "flexe_client": "design: hard isolation takes FlexE slots of its own where both ends of a link have them",
    "channel_interface": "design: hard isolation takes sub-interfaces of its own where both ends of a link have them",
    "macsec": "design: what must be encrypted has MACsec on every interface that it crosses (IEEE 802.1AE)",
    "access_rate": "design: nobody sends into the network more than was sold, or the others' promises would not hold",
    "queue_profile": "design: the classes of a service share its rate in queues of their own",
    "traffic_class": _MARKS,
    "trust_list": "design: what enters a slice is promised to its tenant alone, so that nobody else may send into it",
    "access_window": "design: what a schedule ends, ends on the router even if nobody applies then",
    "core_queue": "design: a class that was promised no loss or little delay has a queue of its own on every hop",
    "measurement": "design: loss and delay that were promised are measured in the traffic itself (RFC 9341)",
    "twamp_session": "design: promised jitter is probed in the VPN, the delay of a link over the link (RFC 5357)",
    "twamp_responder": "design: probes that measure a service's jitter or a link's delay are sent back (RFC 5357)",
    "apply_mark": "design: a device carries the id of its last apply, so that a lost or older record is noticed",
}
"""Why there is such a construct at all: what a line says that uses none of its attributes."""

_NODE_ID: Final = "claim {fabric}/{device}/locator/node_id"
_NAMED: Final = "design: it is named after its service, `metadata.name` shortened where a platform's names are short"
_TEST_PORT: Final = "design: it is the port of TWAMP's test packets (RFC 8545)"
_DESCRIBED: Final = "design: whoever reads the device sees whose it is"

ATTRIBUTES: Final[Mapping[str, Mapping[str, str]]] = {
    "loopback": {},
    "core_interface": {"port": "link", "description": "link"},
    "locator": {
        "block_length": "spec.srv6.block",
        "node_length": "spec.srv6.locator_length",
        "encoding": "spec.srv6.encoding",
    },
    "isis": {
        "instance": "spec.igp.instance",
        "area": "spec.igp.area",
        "router_id": "claim {fabric}/{device}/router/id",
        "end_sid": _NODE_ID,
    },
    "isis_circuit": {
        "instance": "spec.igp.instance",
        "level": "spec.igp.level",
        "port": "link",
        "passive": "design: nobody is a neighbour over the loopback, and over every link somebody is",
        "delay_us": "link",
    },
    "flex_algorithm": {
        "instance": "spec.igp.instance",
        "level": "spec.igp.level",
        "function_length": "spec.srv6.static_length",
    },
    "bgp": {
        "families": "design: a router speaks the families of VPN routes that its platform carries over SRv6",
        "locator": "spec.srv6.locator",
    },
    "bgp_neighbor": {
        "families": "design: two routers exchange the families of VPN routes that both carry over SRv6",
        "reflector_client": "spec.route_reflectors",
        "description": _DESCRIBED,
    },
    "vrf": {
        "description": _DESCRIBED,
        "signalling": "design: the VPN's routers share this signalling over SRv6 (capabilities vpn_signalling)",
        "asn": "fabric spec.asn",
        "router_id": "claim {fabric}/{device}/router/id",
        "tunnel_policy": CONSTRUCTS["tunnel_policy"],
    },
    "tunnel_policy": {"name": "design: all services share one tunnel policy, since it says the same for each"},
    "attachment": {
        "vrf": "metadata.name",
        "mtu": "design: the largest customer packet passes whole, 1500 B at least",
        "description": _DESCRIBED,
    },
    "static_route": {"vrf": "metadata.name", "next_hop": "as prefix"},
    "sr_policy": {
        "name": _NAMED,
        "locator": "fabric spec.srv6.locator",
        "hot_standby": "spec.protection",
        "measure": "design: a service with a promise on loss or delay is measured in its traffic",
    },
    "segment_route": {
        "vrf": "metadata.name",
        "prefix": "design: it is what the far end's attachment reaches",
        "colour": "claim {owner}/*/policy/colour",
        "source": "claim {fabric}/{device}/loopback/address",
        "port": "as sids",
        "protection_port": "spec.protection",
    },
    "slice": {"description": _DESCRIBED},
    "slice_channel": {
        "port": "link",
        "capacity_bps": "link",
        "destinations": "design: this platform writes no slice id into packets and tells a slice by its VPN's SIDs",
        "classes": "design: packets of a slice that no id marks find the queues of their classes inside its rate",
    },
    "flexe_client": {"port": "link", "granularity_bps": "link", "mtu": "fabric spec.links.mtu"},
    "channel_interface": {"port": "link", "mtu": "fabric spec.links.mtu"},
    "macsec": {"cipher": "fabric spec.links.macsec.cipher"},
    "access_rate": {
        "name": _NAMED,
        "port": "site port",
        "vlan": "site vlan",
        "queue": _NAMED,
        "queues": CONSTRUCTS["queue_profile"],
        "capacity_bps": "design: it is what inventory/topology.yaml says of the port",
    },
    "queue_profile": {"name": _NAMED},
    "traffic_class": {
        "name": _NAMED,
        "port": "site port",
        "vlan": "site vlan",
        "service_class": _MARKS,
        "outer_dscp": "as dscp",
    },
    "trust_list": {"port": "site port", "vlan": "site vlan"},
    "access_window": {"port": "site port", "vlan": "site vlan"},
    "core_queue": {"port": "link", "capacity_bps": "link"},
    "measurement": {
        "name": _NAMED,
        "vrf": "metadata.name",
        "port": "site port",
        "vlan": "site vlan",
        "node_id": _NODE_ID,
        "destination": "design: it is the first prefix of the far attachment",
        "protocol": "spec.traffic",
        "destination_port": "spec.traffic.udp_port",
        "interval_s": "design: every 10 s there is a new figure",
    },
    "twamp_session": {
        "vrf": "metadata.name",
        "interface": "link",
        "port": _TEST_PORT,
        "period_ms": "design: ten probes a second are some hundred in a minute, and no load",
    },
    "twamp_responder": {"vrf": "metadata.name", "port": _TEST_PORT},
    "apply_mark": {"apply_id": CONSTRUCTS["apply_mark"]},
}
"""By construct: what decides the attributes that a fragment's `because` does not name."""
