"""One device's constructs: the underlay, and two services beside each other; by the name of their golden files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei.wording import FILTERS
from netwright.render.baseline import BaselinePort
from netwright.services import model
from netwright.topology.model import FlexeGroup
from netwright.tree import Path as TreePath
from netwright.tree import tree_of

TEMPLATES = Path(__file__).parents[3] / "templates" / "huawei"
CORE, ACCESS, FLEXE = "100GE0/1/0", "100GE0/1/1", "FlexE0/2/129"
AFS = ("evpn", "vpnv4", "vpnv6")
DEEP = model.Queue("af4", "weighted", 80, 8_000_000, ecn=False)
CONTROL = model.Queue("cs6", "strict", 0, 0, ecn=False)
WAYS = (
    model.CandidatePath(
        200,
        (
            model.SegmentList("ts-a-2-w", ("fd00:1:3::1", "fd00:1:2::1")),
            model.SegmentList("ts-a-2-x", ("fd00:1:5::1", "fd00:1:2::1"), 3),
        ),
    ),
    model.CandidatePath(100, (model.SegmentList("ts-a-2-p", ("fd00:1:4::1", "fd00:1:2::1")),)),
)
BOTH, V4, V6 = ("ipv4", "ipv6"), ("ipv4",), ("ipv6",)


def vrf(name: str, number: int, families: tuple[str, ...], signalling: str, colour: int = 0) -> model.Vrf:
    rd, sid, policy = f"65000:100{number}", f"fd00:1:1::400{number}", "netwright-srv6" if colour else ""
    return model.Vrf(
        name,
        f"TenantSlice/{name}",
        number,
        families,
        rd,
        (rd,),
        signalling,
        65000,
        "10.255.0.1",
        "MAIN",
        sid,
        colour,
        policy,
    )


CONSTRUCTS: Mapping[str, model.Construct] = {
    "loopback": model.Loopback("2001:db8:0:ffff::1", "10.255.0.1"),
    "core_interface": model.CoreInterface(CORE, "2001:db8:0:1000::/127", 9216, "to spine1 & spine2"),
    "locator": model.Locator(
        "MAIN", "fd00:1:1::/48", 32, 16, 16, "classic", "fd00:1:1::1", "2001:db8:0:ffff::1"
    ),
    "isis": model.Isis(
        "1", "49.0001.0102.5500.0001.00", "49.0001", "0102.5500.0001", 2, "10.255.0.1", "MAIN", "fd00:1:1::1"
    ),
    "isis_circuit": model.IsisCircuit("1", 2, CORE, 10, 3, passive=False, delay_us=500),
    "isis_circuit-loopback": model.IsisCircuit("1", 2, "loopback", 0, 10, passive=True, delay_us=0),
    "flex_algorithm": model.FlexAlgorithm("1", 2, 128, "DELAY", "fd00:2:1::/48", 16, "fd00:2:1::1"),
    "bgp": model.Bgp(65000, "10.255.0.1", "MAIN", AFS),
    "bgp_neighbor": model.BgpNeighbor(65000, "2001:db8:0:ffff::2", AFS, reflector_client=False, description="rr1"),
    "bgp_neighbor-client": model.BgpNeighbor(65000, "2001:db8:0:ffff::3", AFS, reflector_client=True, description=""),
    "tunnel_policy": model.TunnelPolicy("netwright-srv6"),
    "vrf-evpn": vrf("ts-a", 1, BOTH, "evpn", colour=1001),
    "vrf-vpn": vrf("el-b", 2, BOTH, "vpn", colour=1002),
    "vrf-evpn-best-effort": vrf("ts-c", 3, V6, "evpn"),
    "vrf-vpn-best-effort": vrf("el-d", 4, V4, "vpn"),
    "attachment": model.Attachment(
        ACCESS, 210, "ts-a", ("10.21.0.1/24", "10.21.1.1/24", "2001:db8:21::1/64"), 1500, "TenantSlice/a"
    ),
    "attachment-second": model.Attachment(ACCESS, 300, "el-b", ("10.41.0.1/24",), 0, ""),
    "static_route": model.StaticRoute("ts-a", "10.99.0.0/16", "10.21.0.9"),
    "static_route-v6": model.StaticRoute("ts-a", "2001:db8:99::/48", "2001:db8:21::9"),
    "sr_policy": model.SrPolicy(
        "ts-a-2", "2001:db8:0:ffff::2", 1001, "MAIN", WAYS, slice_id=10, hot_standby=True, measure=True
    ),
    "sr_policy-plain": model.SrPolicy(
        "el-b-2", "2001:db8:0:ffff::2", 1002, "MAIN",
        (model.CandidatePath(200, (model.SegmentList("el-b-2-w", ("fd00:1:2::1",)),)),),
        0, hot_standby=False, measure=False,
    ),
    "sr_policy-bound": model.SrPolicy(
        "el-d-2", "2001:db8:0:ffff::2", 1004, "MAIN",
        (model.CandidatePath(200, (model.SegmentList("el-d-2-w", ("fd00:1:2::1",)),)),),
        0, hot_standby=False, measure=False, binding_sid="fd00:1:1::4100",
    ),
    "slice": model.Slice(10, "TenantSlice/a", (1001,)),
    "slice-plain": model.Slice(11, "", ()),
    "slice_channel": model.SliceChannel(CORE, 10, 20_000_000_001, exclusive=True, destinations=(), capacity_bps=10**11),
    "slice_channel-soft": model.SliceChannel(CORE, 11, 5 * 10**9, exclusive=False, destinations=(), capacity_bps=0),
    "access_rate": model.AccessRate("ts-a-210", ACCESS, 210, 20 * 10**9, 3_000_000, "ts-a-210", 10**11),
    "access_rate-plain": model.AccessRate("el-b-300", ACCESS, 300, 100_000_001, 0, "", 10**11),
    "queue_profile": model.QueueProfile("ts-a-210", (DEEP, CONTROL, model.Queue("be", "weighted", 20, 0, ecn=False))),
    "traffic_class": model.TrafficClass("ts-a-210-train", ACCESS, 210, (26, 28), 4791, "af4", 26),
    "traffic_class-rest": model.TrafficClass("ts-a-210-rest", ACCESS, 210, (), 0, "be", 0),
    "traffic_class-other": model.TrafficClass("el-b-300-gold", ACCESS, 300, (34,), 0, "af4", 26),
    "traffic_class-own": model.TrafficClass(
        "ts-a-210-own", ACCESS, 210, (34, 36), 0, "af3", 34, ("10.21.0.0/24", "10.21.1.0/24", "2001:db8:21::/64")
    ),
    "traffic_class-own-v4": model.TrafficClass("el-b-300-own", ACCESS, 300, (18,), 0, "af2", 18, ("10.41.0.0/24",)),
    "trust_list": model.TrustList(
        "trust-ts-a-210", ACCESS, 210, ("10.21.0.0/24", "10.99.0.0/16", "2001:db8:21::/64")
    ),
    "trust_list-v4": model.TrustList("trust-el-b-300", ACCESS, 300, ("10.41.0.0/24",)),
    "access_window": model.AccessWindow(ACCESS, 210, "2026-12-01T15:00:00Z"),
    "access_window-second": model.AccessWindow(ACCESS, 300, "2026-12-01T15:00:00Z"),
    "core_queue": model.CoreQueue(CORE, DEEP, (26,)),
    "core_queue-strict": model.CoreQueue(CORE, CONTROL, ()),
    "measurement": model.Measurement(
        "ts-a-1", "ts-a", f"{ACCESS}", 210, 1, "10.21.0.0/24", "10.22.0.0/24", 17, 4791, 10
    ),
    "core_interface-flexe": model.CoreInterface(FLEXE, "2001:db8:0:1000::2/127", 9216, "to spine3"),
    "slice-base": model.Slice(9, "Fabric/metro base of FlexE", ()),
    "flexe_client": model.FlexeClient(FLEXE, 1, 2, 130, 2, 5 * 10**9, 10, basic_slice=9, mtu=9216),
    "flexe_client-second": model.FlexeClient(FLEXE, 1, 3, 131, 1, 5 * 10**9, 11, basic_slice=9, mtu=9216),
    "flexe_client-plain": model.FlexeClient(FLEXE, 1, 4, 132, 1, 1_250_000_000, 10),
    "macsec": model.Macsec(CORE, "spine1-leaf1.1", "gcm-aes-xpn-256"),
    "macsec-client": model.Macsec(FLEXE.replace("129", "130"), "spine1-spine3.1", "gcm-aes-256"),
    "channel_interface": model.ChannelInterface(CORE, 20, 13, 10_000_000_001, basic_slice=9, mtu=9216),
    "slice-channelised": model.Slice(13, "TenantSlice/c", ()),
    "measurement-v6": model.Measurement(
        "ts-a-2", "ts-a", f"{ACCESS}", 210, 1, "2001:db8:21::/64", "2001:db8:22::/64", 0, 0, 45
    ),
    "twamp_session": model.TwampSession(7, "ts-a", "10.21.0.1", "10.22.0.1", 862, 46, 100),
    "twamp_session-v6": model.TwampSession(8, "ts-a", "2001:db8:21::1", "2001:db8:22::1", 862, 46, 1000),
    "twamp_session-link": model.TwampSession(
        3, "", "2001:db8:0:1000::", "2001:db8:0:1000::1", 862, 48, 1000, CORE
    ),
    "twamp_responder-link": model.TwampResponder(4, "", "2001:db8:0:1000::", "2001:db8:0:1000::1", 863),
    "twamp_responder": model.TwampResponder(9, "ts-a", "10.21.0.1", "10.23.0.1", 862),
    "twamp_responder-v6": model.TwampResponder(10, "ts-a", "2001:db8:21::1", "2001:db8:22::1", 862),
}  # fmt: skip


@cache
def environment() -> Environment:
    """One for all: a template is compiled once."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,
    )  # fmt: skip
    found.filters.update(FILTERS)
    return found


def worded(construct: model.Construct) -> str:
    """The construct's text."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", type(construct).__name__).lower()
    facts = {field: getattr(construct, field) for field in construct.__dataclass_fields__}
    return environment().get_template(f"{name}.xml.j2").render(facts)


def baseline() -> str:
    """What the device runs before netwright."""
    ports = [
        BaselinePort(CORE, 10**11, core=True),
        BaselinePort(ACCESS, 10**11, core=False),
        BaselinePort(FLEXE, 10**11, core=True, flexe=FlexeGroup(1, 80, 5 * 10**9, 20), physical="400GE0/2/0"),
    ]
    return environment().get_template("baseline.xml.j2").render(hostname="pe<1>", router_id=None, asn=None, ports=ports)


def composed() -> dict[TreePath, str]:
    """The tree of the baseline and all constructs together; two that disagree about a leaf fail."""
    tree = tree_of(HUAWEI.parse(baseline(), "xml"))
    for name, construct in CONSTRUCTS.items():
        for line in HUAWEI.parse(worded(construct), "xml"):
            assert tree.setdefault(line.path, line.value) == line.value, (name, line)
    return tree
