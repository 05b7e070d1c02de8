"""What a Huawei router of this model can do, from which source, as of when."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from netwright.platforms.base import Capability, Grade

_ROWS = (
    # SRv6 and VPN
    Capability(
        "vpn_signalling", ("evpn", "vpn"), "huawei-evpn-srv6, huawei-bgp-srv6: never both in one VRF", "2022-09-19"
    ),
    Capability(
        "sid_encoding",
        "classic",
        "huawei-srv6: its compression (compress-block-length) is G-SID, not uSID",
        "2022-04-21",
    ),
    Capability("locator", "managed", "huawei-srv6 locators/locator", "2022-04-21"),
    Capability("explicit_path", "sr-policy", "huawei-srpolicy srv6/srpolicy", "2022-07-15"),
    Capability("explicit_sid", True, "huawei-srv6 opcodes/end-dt4s, end-dt6s, end-dt46s", "2022-04-21"),  # noqa: FBT003
    Capability("max_segments", 10, "huawei-srpolicy segment-list/segments/segment: max-elements 10", "2022-07-15"),
    Capability(
        "weighted_paths", 64, "huawei-srpolicy candidate-path/segment-lists/segment-list: max-elements 64", "2022-07-15"
    ),
    Capability(
        "protection", ("none", "hot-standby"), "huawei-srpolicy policy/hsb-enable; no 1+1 in the model", "2022-07-15"
    ),
    Capability(
        "l2vpn",
        Grade.UNSUPPORTED,
        "EVPN VPLS over SRv6 exists (huawei-evpn-srv6); this pack has no template for it",
        "2022-09-19",
    ),
    # resources
    Capability("slice_ids", True, "huawei-net-slice instances/instance", "2022-06-18"),  # noqa: FBT003
    Capability("slice_channel", True, "huawei-net-slice net-slice/flex-channel", "2022-06-18"),  # noqa: FBT003
    Capability("flexe", True, "huawei-flexe clients/client", "2022-05-31"),  # noqa: FBT003
    Capability("isolation_hard", Grade.HARD, "huawei-net-slice net-slice/exclusive", "2022-06-18"),
    Capability("isolation_soft", Grade.SOFT, "huawei-net-slice net-slice/flex-channel", "2022-06-18"),
    Capability(
        "bandwidth", Grade.HARD, "huawei-net-slice net-slice/flex-channel; huawei-qos profile/user-queue", "2022-10-20"
    ),
    Capability(
        "lossless",
        Grade.SOFT,
        "huawei-qos flow-queue, wred: a deep queue of its own; neither PFC nor ECN marking",
        "2022-10-20",
    ),
    Capability(
        "low_latency", Grade.HARD, "huawei-net-slice net-slice/exclusive; huawei-qos port-queue pq", "2022-10-20"
    ),
    Capability("pfc", False, "no module of a router of 8.20.0 to 8.22.0 has PFC", "2023-01-10"),  # noqa: FBT003
    Capability("ecn", False, "no module of a router of 8.20.0 to 8.22.0 has ECN marking", "2023-01-10"),  # noqa: FBT003
    Capability(
        "shaper_layer", "ip", "assumed: the modules do not say what user-queue and flex-channel count", "2022-10-20"
    ),
    Capability("max_rate_bps", 4_294_967_294_000, "huawei-qos user-queue/pir: 0 | 16..4294967294 kbit/s", "2022-10-20"),
    # operation
    Capability("measurement", "ifit", "huawei-ifit-common static-instances/static-instance", "2022-08-27"),
)

CAPABILITIES: Mapping[str, Capability] = MappingProxyType({row.name: row for row in _ROWS})
"""The table, by name. The date is the revision of the module, or of the last published set where something is
absent.
"""
