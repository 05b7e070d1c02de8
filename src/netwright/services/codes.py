"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "bandwidth-exceeds-link": (
        "The link has too little bandwidth left for the intent at some time of its calendar, after everybody "
        "who came before. The message names the link and what is free; the hint says how much fits now and "
        "from when on more does, and who holds the rest. Slices are served first, then whoever holds its "
        "numbers longest."
    ),
    "buffer-exceeds-port": (
        "Lossless traffic needs buffer for everything in flight while a pause travels back: rate x round-trip "
        "time (IEEE 802.1Qbb headroom). The port behind this hop has less of it left than the distance and "
        "the rate ask for."
    ),
    "delay-exceeds-slo": (
        "The one-way delay cannot be kept: propagation (5 us/km) along the shortest way that fits, plus the "
        "bound of the queues on it, is more than the intent allows. No configuration changes that; attach "
        "closer, or ask for what the hint says."
    ),
    "jitter-exceeds-slo": (
        "The bound on delay variation, from the bursts that may stand before a packet at each hop, is more "
        "than the intent allows. Smaller bursts or fewer hops lower it."
    ),
    "rate-exceeds-platform": (
        "The rate, with the headers that the network adds, is more than a router's shaper or slice channel can be "
        "told, whatever its ports can carry. The limit is the range of the number in the vendor's model; "
        "`netwright show capabilities` lists it."
    ),
    "slice-id-exceeds-platform": (
        "The pinned slice id is larger than a router on the way can have. The range comes from the vendor's modules "
        "of that model. Ids that nobody pins are chosen so that every router of the network can have them."
    ),
    "goodput-below-slo": (
        "Go-Back-N resends a whole window after each loss, so that one queue pair over this distance, at this "
        "loss, keeps less of its rate than asked. The traffic would have to be split into more sub-flows than "
        "max_subflows allows."
    ),
    "grade-below-minimum": (
        "A hop on the way can keep the request only less faithfully than asked: hard, soft, emulated, "
        "unsupported, in this order. The weakest hop decides. constraints.minimum_grade accepts a weaker one, "
        "and the plan then shows it."
    ),
    "no-common-signalling": (
        "The routers at the ends have no way of announcing VPN routes over SRv6 in common (EVPN or "
        "VPNv4/VPNv6). Their capability tables say what each can do: `netwright show capabilities`."
    ),
    "no-disjoint-pair": (
        "Protection asks for two ways that share no node, link or risk group (SRLG), and the network has none "
        "such between these ends. The hint names what every way crosses, where that is known."
    ),
    "no-path": (
        "No way between the ends keeps to the constraints: avoid, affinity, max_hops. The message shows the "
        "nearest one."
    ),
    "path-not-encrypted": (
        "The intent requires encryption, and every way has a link without MACsec, or one of its hops does not "
        "encrypt. `spec.links.macsec` of the Fabric configures MACsec where both routers can; what the baseline has is "
        "said by `encrypted: true` of a link in topology.yaml. Or ask for `preferred`."
    ),
    "key-name-too-long": (
        "The name of a MACsec key travels in the packets that negotiate it, and there is room for 32 octets (IEEE "
        "802.1X), three of which are netwright's mark. Name keys without `{link}`, or give the links shorter names."
    ),
    "path-not-pinnable": (
        "The intent needs its packets held to one path, and the platform at its end cannot steer them: it has "
        "neither SRv6 policies nor segment routes. Attach elsewhere, or leave out what needs a fixed path."
    ),
    "slice-schedule-too-short": (
        "The service rides in a slice and is on at a time at which the slice's own schedule has it off. It would lose "
        "its bandwidth and its isolation then, so it is refused beforehand. Schedules are compared over the coming "
        "year; a slice without a schedule is always there."
    ),
    "slice-has-no-way": (
        "The intent rides in a TenantSlice that has no resources on any way between these ends: a slice "
        "reaches only its own sites."
    ),
    "too-many-hops": "The way with fewest hops has more of them than constraints.max_hops allows.",
    "unconnected": (
        "No link leads from one end to the other at all: the network of inventory/topology.yaml falls into parts there."
    ),
    "too-many-sub-slices": (
        "The slice has more sub-slices than a platform on its way has queues to keep them apart. Join some of them."
    ),
    "unknown-node": (
        "The name is of no router of this network. inventory/topology.yaml lists them; names are spelled exactly so."
    ),
    "unknown-port": (
        "The router has no access port of this name in inventory/topology.yaml. Ports of links cannot carry tenants."
    ),
    "unknown-link": (
        "The name is of no link of this network. A link is called by its ends, `core1-core2`, unless it has a "
        "name of its own: `netwright show links`."
    ),
    "unknown-srlg": (
        "No link of inventory/topology.yaml is in a shared-risk group of this name, so avoiding it would avoid nothing."
    ),
    "flexe-slots-exceeded": (
        "Hard isolation on a link with FlexE takes whole calendar slots of a client of its own, headers included, in "
        "both directions. So many slots are not free there in all windows of the service. The message says what would "
        "fit and who has the others; the base client's slots are nobody's."
    ),
    "unsupported": (
        "A platform at an end of the service has no way at all to do what is asked: not a weaker one either, so no "
        "minimum_grade helps. `netwright show capabilities` says from which source we know. Ask for what the hint "
        "names, or attach elsewhere."
    ),
    "isolation-exceeds-slice": (
        "A line that rides in a TenantSlice uses the slice's resources, and is kept apart from others exactly as well "
        "as the slice is. It cannot be promised more than that. Leave `slice` out to give the line resources of its "
        "own, or raise the isolation of the slice."
    ),
    "reaction-not-automatic": (
        "policy.on_violation names a reaction that nothing carries out by itself: netwright reports a missed objective "
        "(`verify` exits with 3) and changes the network only by a plan that somebody or some pipeline applies."
    ),
}
