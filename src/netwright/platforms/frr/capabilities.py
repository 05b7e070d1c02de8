"""What FRR on Linux can be asked for, each row with its source and date: 10.7, and the rows in which 10.3 differs."""

from __future__ import annotations

from collections.abc import Mapping

from netwright.platforms.base import Capability, Grade

_RUN = "2026-11-21"

_ROWS: tuple[tuple[str, str | int | bool | Grade | tuple[str, ...], str], ...] = (
    ("vpn_signalling", ("vpn",), "RUN: VPNv4 and VPNv6 over SRv6, End.DT46; EVPN over SRv6 is not in FRR 10.7"),
    ("sid_encoding", "usid", "RUN 10.3, 10.7: locator with behavior usid (NEXT-C-SID, RFC 9800)"),
    ("locator", "managed", "RUN: segment-routing srv6 locators"),
    ("explicit_path", "segment-routes", "RUN 10.7.1: static routes with segments, IPv4 and IPv6, in a VRF"),
    ("binding_sid", False, "no SRv6 policy that a SID could name"),
    ("explicit_sid", True, "RUN 10.7.1: sid vpn per-vrf export explicit"),
    ("max_segments", 8, "FRR 10.7 lib/srv6.h SRV6_MAX_SEGS"),
    ("weighted_paths", 1, "RUN 10.7.1: one static path per prefix and next hop, a second replaces it"),
    ("slice_ids", False, "no network slice id in FRR or Linux; slices are told apart by the outer destination"),
    ("max_slice_id", 0, "no network slice id in FRR or Linux"),
    ("exclusive_channel", True, "tc-htb(8): rate = ceil keeps others out of a class, and the class out of the rest"),
    ("max_channel_bps", 400_000_000_000, "tc takes 64 bit rates; the fastest port this was written for is the bound"),
    ("macsec", "baseline", "ip-macsec(8); keys stay with the operator"),
    ("macsec_ports", (), "this pack has no template for it"),
    ("time_range", False, "nft(8) could (meta time); this pack has no template for it"),
    ("trust_list", True, "nft(8): sets by interface and source; RUN Linux 6.18: other sources are dropped"),
    ("slice_channel", True, "tc-htb(8): a class per slice, filtered by the outer destination"),
    ("channelised", False, "no channelised sub-interface in Linux"),
    ("flexe", False, "no FlexE in Linux"),
    ("isolation_hard", Grade.EMULATED, "tc-htb(8): a class with rate = ceil shares the port, not its buffers"),
    ("isolation_soft", Grade.EMULATED, "tc-htb(8): a class with a rate and the port's capacity as ceil"),
    ("bandwidth", Grade.EMULATED, "tc-htb(8); RUN: rates in the kernel come back exactly in multiples of 8 bit/s"),
    ("lossless", Grade.EMULATED, "tc-red(8) with ECN on a class of its own; no PFC in Linux"),
    ("low_latency", Grade.EMULATED, "tc-htb(8) prio 0; the CPU forwards: no bound"),
    (
        "protection",
        ("none", "hot-standby"),
        "there is no 1+1; RUN 10.7.1: a route by the first link of each list, the second at distance 2, while it is up",
    ),
    ("l2vpn", Grade.UNSUPPORTED, "EVPN over SRv6 is not in FRR 10.7"),
    ("measurement", "counters", "counters of tc classes and interfaces; no iFIT, no TWAMP in FRR"),
    ("jitter", "", "no TWAMP in FRR or Linux"),
    ("flex_algo", "", "FRR 10.7 has Flex-Algo for SR-MPLS alone: no SRv6 locator of an algorithm"),
    ("max_probe", 0, "no TWAMP in FRR or Linux"),
    ("pfc", False, "a Linux router has no priority flow control of its own"),
    ("ecn", True, "tc-red(8) ecn; seen to work in the lab's kernel"),
    ("shaper_layer", "ethernet", "tc-htb(8) counts the frame without FCS; the ingress policer counts IP packets"),
    ("classify", ("dscp", "port"), "nft(8): maps by interface, DSCP and UDP port"),
    ("max_rate_bps", 400_000_000_000, "tc takes 64 bit rates; the fastest port this was written for is the bound"),
)

_ROWS_10_3: tuple[tuple[str, str | int | bool | Grade | tuple[str, ...], str], ...] = (
    (
        "explicit_path",
        "segment-routes",
        "RUN 10.3: static routes with segments for IPv6; for IPv4 the kernel's (ip-route(8) encap seg6), 10.4 has them",
    ),
    ("explicit_sid", True, "RUN 10.3: sid vpn per-vrf export INDEX takes the index as the function of the SID"),
    ("protection", ("none",), "no floating route with segments for IPv4; the kernel's own stays while a link is down"),
)

CAPABILITIES: Mapping[str, Capability] = {name: Capability(name, value, source, _RUN) for name, value, source in _ROWS}

CAPABILITIES_10_3: Mapping[str, Capability] = {
    **CAPABILITIES,
    **{name: Capability(name, value, source, _RUN) for name, value, source in _ROWS_10_3},
}
