"""What a ZTE router can be asked for, as far as public material tells, each row with its source and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netwright.platforms.base import Capability, Grade

_SEARCHED = "2026-11-21"
_NOT_PUBLIC = "no syntax is public"

_ROWS: tuple[tuple[str, str | int | bool | Grade | tuple[str, ...], str], ...] = (
    (
        "vpn_signalling",
        ("evpn",),
        "ROSng VPN reference: evpn tunnel-encapsulation srv6; no L3VPN (VPNv4) over SRv6 in it",
    ),
    ("sid_encoding", "classic", "NETX sample of show mac l2vpn: full SIDs, allocated by the device"),
    ("locator", "baseline", f"{_NOT_PUBLIC}: the locator comes with the operator's baseline"),
    ("explicit_path", "", f"SR policies are known by BGP family only; of local ones {_NOT_PUBLIC}"),
    ("explicit_sid", False, f"{_NOT_PUBLIC}: the device allocates the SID of a VRF"),
    ("binding_sid", False, "no explicit paths"),
    ("max_segments", 0, "no explicit paths"),
    ("weighted_paths", 0, "no explicit paths"),
    ("slice_ids", False, _NOT_PUBLIC),
    ("max_slice_id", 0, _NOT_PUBLIC),
    ("time_range", False, "ACL syntax was not seen"),
    ("trust_list", False, "ACL syntax was not seen"),
    ("slice_channel", False, _NOT_PUBLIC),
    ("exclusive_channel", False, _NOT_PUBLIC),
    ("max_channel_bps", 0, _NOT_PUBLIC),
    ("macsec", "baseline", f"{_NOT_PUBLIC}: what the topology says of a link is taken as the operator's word"),
    ("macsec_ports", (), _NOT_PUBLIC),
    ("channelised", False, _NOT_PUBLIC),
    ("flexe", False, f"interface types flexe_group and flexe_client exist; {_NOT_PUBLIC}"),
    (
        "isolation_hard",
        Grade.SOFT,
        f"CAR and HQoS share the link; of FlexE and channelised sub-interfaces {_NOT_PUBLIC}",
    ),
    ("isolation_soft", Grade.SOFT, "CAR and HQoS of configurations in use"),
    ("bandwidth", Grade.SOFT, "CAR (rate-limit) and HQoS (police) of configurations in use; no reservation"),
    ("lossless", Grade.SOFT, "queue-limit and random-detect of configurations in use; neither PFC nor ECN"),
    ("low_latency", Grade.SOFT, "priority-level of configurations in use; no bound is documented"),
    ("protection", ("none",), "no explicit paths to protect; what IS-IS does by itself is not promised"),
    ("l2vpn", Grade.UNSUPPORTED, "vpls NAME evpn with srv6 locator was parsed (CHEN), its whole syntax is not public"),
    ("measurement", "", "MPLS-TP loss measurement only"),
    ("jitter", "", f"TWAMP: {_NOT_PUBLIC}"),
    ("flex_algo", "", _NOT_PUBLIC),
    ("max_probe", 0, f"TWAMP: {_NOT_PUBLIC}"),
    ("pfc", False, f"routers: {_NOT_PUBLIC}"),
    ("ecn", False, f"routers: {_NOT_PUBLIC}"),
    ("shaper_layer", "ethernet", "INFERRED: no document says what CAR and police count; the careful reading"),
    ("max_rate_bps", 400_000_000_000, "no maximum of CAR is public; the fastest port type (cdgei) is the bound"),
    (
        "classify",
        ("dscp",),
        "class-map traffic-based match dscp of configurations in use; ports need ACL syntax not seen",
    ),
)


def _table() -> Iterator[tuple[str, Capability]]:
    for name, value, source in _ROWS:
        yield name, Capability(name, value, source, _SEARCHED)


CAPABILITIES: Mapping[str, Capability] = dict(_table())
