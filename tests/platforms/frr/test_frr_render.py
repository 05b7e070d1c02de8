"""What the templates say, construct by construct: read back by the pack, and compared with golden files."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Network, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.platforms.frr import FRR
from netwright.platforms.frr.wording import (
    best_effort_depth,
    device,
    shares,
    slice_queue_class,
    targets,
    trusted,
    unit,
)
from netwright.render import templates
from netwright.services import model
from netwright.tree import tree_of

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).parent / "golden"
PACK = FRR

QUEUE = model.Queue(service_class="af3", discipline="weighted", weight=40, depth_bytes=3_000_000, ecn=True)
STRICT = model.Queue("ef", "strict", 0, 60_000, ecn=False)
CLASSES = (model.ClassQueue(QUEUE, (26, 28)), model.ClassQueue(replace(STRICT, depth_bytes=0), ()))
CONSTRUCTS: dict[str, model.Construct] = {
    "loopback": model.Loopback(address="2001:db8:0:ffff::5", router_id="10.255.0.5"),
    "core_interface": model.CoreInterface("eth1", "2001:db8:0:1000::1/127", 9216, "to spine1"),
    "locator": model.Locator("MAIN", "fd00:1:5::/48", 32, 16, 16, "usid", "fd00:1:5::", "2001:db8:0:ffff::5"),
    "isis": model.Isis(
        "1", "49.0001.0102.5500.0005.00", "49.0001", "0102.5500.0005", 2, "10.255.0.5", "MAIN", "fd00:1:5::"
    ),
    "isis_circuit": model.IsisCircuit("1", 2, "eth1", 100, 1, passive=False, delay_us=50),
    "isis_circuit-loopback": model.IsisCircuit("1", 2, "loopback", 10, 3, passive=True, delay_us=0),
    "bgp": model.Bgp(65000, "10.255.0.5", "MAIN", ("vpnv4", "vpnv6")),
    "bgp_neighbor": model.BgpNeighbor(65000, "2001:db8:0:ffff::1", ("vpnv4", "vpnv6"), True, "core1"),
    "vrf": model.Vrf(
        name="hospital-a",
        description="",
        table=1001,
        families=("ipv4", "ipv6"),
        rd="65000:1001",
        route_targets=("65000:1010", "65000:1001"),
        signalling="vpn",
        asn=65000,
        router_id="10.255.0.5",
        locator="MAIN",
        sid="fd00:1:5:fe00::",
        colour=101,
        tunnel_policy="",
    ),
    "attachment": model.Attachment("eth3", 300, "hospital-a", ("10.41.0.1/24", "2001:db8:41::1/64"), 1500, "branch-7"),
    "static_route": model.StaticRoute("hospital-a", "10.99.0.1/24", "10.41.0.9"),
    "segment_route": model.SegmentRoute(
        "hospital-a", 1001, "10.22.0.0/24", ("fd00:1:1::", "fd00:1:2:fe01::"), (), 101, "2001:db8:0:ffff::5"
    ),
    "segment_route-ipv6": model.SegmentRoute("hospital-a", 1001, "2001:db8:22::/64", ("fd00:1:2:fe01::",), (), 101, ""),
    "segment_route-protected": model.SegmentRoute(
        "hospital-a",
        1001,
        "10.23.0.0/24",
        ("fd00:1:1::", "fd00:1:2:fe01::"),
        ("fd00:1:3::", "fd00:1:2:fe01::"),
        101,
        "",
        "eth1",
        "eth2",
    ),
    "slice_channel": model.SliceChannel("eth1", 17, 105_334_000, True, ("fd00:1:2:fe01::/128",), 10_000_000_000),
    "slice_channel-soft": model.SliceChannel("eth1", 18, 105_334_001, False, ("fd00:1:3::/48",), 10_000_000_000),
    "slice_channel-queues": model.SliceChannel(
        "eth1", 19, 105_334_000, True, ("fd00:1:2:fe02::/128",), 10_000_000_000, CLASSES
    ),
    "access_rate": model.AccessRate("r", "eth3", 300, 105_334_000, 64_000, "", 10_000_000_000),
    "access_rate-queues": model.AccessRate(
        "r", "eth3", 300, 105_334_000, 64_000, "r", 10_000_000_000, (replace(QUEUE, depth_bytes=0), STRICT)
    ),
    "queue_profile": model.QueueProfile("rdma", (QUEUE,)),
    "traffic_class": model.TrafficClass("rdma", "eth3", 300, (26,), 4791, "af3", 26),
    "traffic_class-dscp": model.TrafficClass("rdma", "eth3", 300, (26, 28), 0, "af3", 26),
    "traffic_class-port": model.TrafficClass("rdma", "eth3", 300, (), 4791, "af3", 26),
    "traffic_class-all": model.TrafficClass("all", "eth3", 300, (), 0, "ef", 46),
    "trust_list": model.TrustList(
        "trust-a", "eth3", 300, ("10.41.0.0/24", "10.41.0.9/32", "10.98.0.1/32", "2001:db8:41::/64")
    ),
    "core_queue": model.CoreQueue("eth1", QUEUE, (26,), 10_000_000_000),
    "core_queue-shallow": model.CoreQueue("eth1", replace(QUEUE, depth_bytes=8624), (26,), 10_000_000_000),
    "core_queue-strict": model.CoreQueue("eth1", model.Queue("ef", "strict", 0, 60_000, ecn=False), (46,), 10**10),
}


LIBRARY = templates.library()


def worded(case: str, construct: model.Construct) -> dict[str, str]:
    """What each part's template writes for one construct."""
    facts = {field: getattr(construct, field) for field in construct.__dataclass_fields__}
    return wordings(case.partition("-")[0], facts)


def wordings(name: str, facts: dict[str, object]) -> dict[str, str]:
    return {
        wording.part: _plain(wording.template.render(facts)) for wording in LIBRARY.wordings("frr", name, PACK.parts)
    }


def _plain(marked: str) -> str:
    """The text without the renderer's marks."""
    return "".join(f"{line.partition(templates.MARK)[0].rstrip()}\n" for line in marked.split("\n") if line)


@pytest.mark.parametrize("case", sorted(CONSTRUCTS))
def test_a_construct_is_worded_as_agreed(case: str) -> None:
    for part, text in worded(case, CONSTRUCTS[case]).items():
        assert text == (GOLDEN / f"{case}.{part}").read_text()


@pytest.mark.parametrize("case", sorted(CONSTRUCTS))
def test_what_a_template_writes_is_in_normal_form(case: str) -> None:
    for part, text in worded(case, CONSTRUCTS[case]).items():
        tree = tree_of(PACK.parse(text, part))
        again = tree_of(PACK.parse(PACK.text(tree, part), part))
        assert again == tree
        assert all(path[0] == "linux" for path in tree) == (part == "linux") or not tree


def test_every_template_has_a_case_and_says_where_its_syntax_is_from() -> None:
    names = {case.partition("-")[0] for case in CONSTRUCTS} | {"baseline"}
    for path in (ROOT / "templates" / "frr").glob("*.j2"):
        assert path.name.split(".")[0] in names
        header = path.read_text().split("-#}")[0]
        assert "construct: " + path.name.split(".")[0] in header
        assert "source: " in header
        assert "status: " in header


@pytest.mark.parametrize("part", ["cfg", "linux"])
def test_the_baseline_reads_back(part: str) -> None:
    ports = [
        {"name": "eth1", "capacity_bps": 10**10, "core": True},
        {"name": "eth3", "capacity_bps": 10**9, "core": False},
    ]
    text = wordings("baseline", {"hostname": "leaf1", "router_id": None, "ports": ports})[part]
    assert text == (GOLDEN / f"baseline.{part}").read_text()
    assert tree_of(PACK.parse(text, part))


def test_names_fit_linux_and_stay_apart() -> None:
    assert device("hospital-a") == "hospital-a"
    assert len(device("a-very-long-tenant-name")) == 15
    assert device("a-very-long-tenant-name") != device("a-very-long-tenant-nome")
    with pytest.raises(ValueError, match="longer than Linux allows"):
        unit("enp129s0f0np0", 300)


def test_route_targets_stand_in_the_order_that_bgpd_prints() -> None:
    assert targets(["65000:1010", "65000:999"]) == "65000:999 65000:1010"


@pytest.mark.parametrize("ports", [("", ""), ("eth1", ""), ("eth1", "eth1")])
def test_a_protected_segment_route_needs_two_ports(ports: tuple[str, str]) -> None:
    route = model.SegmentRoute("v", 1, "10.0.0.0/24", ("fd00:1:2::",), ("fd00:1:3::",), 1, "", *ports)
    with pytest.raises(ValueError, match="two different first links"):
        worded("segment_route", route)


@pytest.mark.parametrize(("capacity", "octets"), [(5 * 10**6, 147_456), (10**9, 250_000), (10**11, 25_000_000)])
def test_best_effort_fills_a_core_port_for_two_milliseconds(capacity: int, octets: int) -> None:
    assert best_effort_depth(capacity) == octets


@pytest.mark.parametrize("case", ["core_queue", "core_queue-strict", "slice_channel", "slice_channel-queues"])
def test_only_what_is_no_ip_packet_falls_into_the_default_class_of_a_core_port(case: str) -> None:
    """What the router says itself goes there, too; all the rest waits elsewhere, in a queue that has an end."""
    text = worded(case, CONSTRUCTS[case])["linux"]
    assert "root handle 1: htb default 0xffff\n" in text
    assert "classid 1:ffff htb rate 100000000bit" in text  # first of all, and guaranteed
    assert "parent 1:8000 handle 8000: bfifo limit 2500000\n" in text
    assert 'best_effort { "eth1" : 1:8000 }' in text
    before = [text.index(f"chain inet netwright {name} {{") for name in ("best_effort", "control", "neighbours")]
    assert before == sorted(before)
    assert in_turn("postrouting", text)[:3] == ["best_effort", "control", "neighbours"]  # the last one to speak wins


def in_turn(hook: str, *texts: str) -> list[str]:
    """The chains at a hook in the order that the kernel calls them."""
    found = re.findall(rf"chain inet netwright (\w+) .* hook {hook} priority (-\d+)", "".join(texts))
    return [name for name, _ in sorted(found, key=lambda one: int(one[1]))]


@pytest.mark.parametrize("case", [name for name in CONSTRUCTS if name.startswith("traffic_class")])
def test_a_tenants_packet_without_a_class_is_marked_0_outside_before_its_queue_is_chosen(case: str) -> None:
    vrf, traffic, queue = (worded(name, CONSTRUCTS[name])["linux"] for name in ("vrf", case, "core_queue"))
    assert in_turn("prerouting", vrf, traffic)[-1] == "tenant"  # it takes what no class has taken
    chosen = in_turn("postrouting", vrf, queue)
    assert chosen.index("outer_tenant") < min(chosen.index(name) for name in ("best_effort", "control", "core_queue"))


QUEUES = st.lists(
    st.builds(
        model.Queue,
        st.sampled_from(["be", "af1", "af2", "af3", "af4", "ef", "cs6"]),
        st.sampled_from(["strict", "weighted"]),
        st.integers(1, 100),
        st.integers(0, 10**6),
        ecn=st.booleans(),
    ),
    max_size=7,
    unique_by=lambda queue: queue.service_class,
)


@given(QUEUES, st.integers(1_000_000, 400_000_000_000))
def test_guarantees_inside_a_rate_never_exceed_it_and_all_other_packets_have_a_queue(
    queues: list[model.Queue], bits: int
) -> None:
    found = shares(queues, bits, 64_000)
    assert sum(int(share.rate.removesuffix("bit")) for share in found) <= -(-bits // 8) * 8
    assert [share.service_class for share in found].count("be") == 1
    assert {share.service_class for share in found} == {queue.service_class for queue in queues} | {"be"}
    assert all(share.prio == "" for share, queue in zip(found, queues, strict=False) if queue.discipline == "strict")
    assert all(share.depth_bytes for share in found if share.ecn)


@given(
    st.lists(
        st.ip_addresses(network="10.0.0.0/8").flatmap(
            lambda one: st.integers(8, 32).map(lambda bits: str(ip_network((one, bits), strict=False)))
        ),
        max_size=6,
    )
)
def test_what_is_trusted_is_what_was_given_and_none_lies_within_another(prefixes: list[str]) -> None:
    found = [ip_network(text) for version, text in trusted(prefixes) if version == 4]
    given = [ip_network(prefix) for prefix in prefixes]
    assert all(any(one.subnet_of(other) for other in found) for one in given)
    assert all(any(part.subnet_of(one) for one in given) for other in found for part in _corners(other))
    assert not any(one.overlaps(other) for one in found for other in found if one != other)
    assert [text for version, text in trusted(prefixes) if version == 6] == ["::", "fe80::/10"]


def _corners(network: IPv4Network) -> list[IPv4Network]:
    return [ip_network(network[0]), ip_network(network[-1])]


@given(st.integers(1, 4000), st.integers(1, 4000))
def test_no_two_queues_of_slices_share_a_class(one: int, other: int) -> None:
    names = ("be", "af1", "af2", "af3", "af4", "ef", "cs6")
    classes = {slice_queue_class(name, number) for number in {one, other} for name in names}
    assert len(classes) == len(names) * len({one, other})
    assert all(0x9000 <= int(each.removeprefix("1:"), 16) < 0xFFFF for each in classes)


def test_bgp_families_that_frr_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="evpn"):
        worded("bgp_neighbor", model.BgpNeighbor(65000, "2001:db8::1", ("evpn",), False, ""))
