"""What the FRR driver collects from the emulated box, and how it reads the kernel's counters."""

from __future__ import annotations

import json

import pytest
from frr_box import BASELINE, SERVICE, golden, push, running, served

from frr_golden import FABRIC, GOLDEN
from netwright.drivers.base import NotReported, Topic
from netwright.drivers.frr_collect import collect
from netwright.platforms.frr import FRR_10_3
from netwright.tree import tree_of


def test_the_sids_of_a_release_that_cannot_list_them_are_those_in_the_fib() -> None:
    with served(baseline=BASELINE.replace("<cfg>\n", "<cfg>\nfrr version 10.3\n")) as (_, connect):
        driver = connect()
        wanted = dict(running(driver))
        for name in ("locator", "isis", "bgp", "vrf", "segment_route"):
            for part in FRR_10_3.parts:
                if (file := GOLDEN / f"{name}.{part}").exists():
                    wanted |= tree_of(FRR_10_3.parse(file.read_text(), part))
        push(driver, wanted)
        assert driver.collect(Topic.SIDS) == [
            {"sid": "fd00:1:5::", "behaviour": "End", "vrf": ""},
            {"sid": "fd00:1:5:fe00::", "behaviour": "End.DT46", "vrf": "hospital-a"},
        ]
        route = {"vrf": "hospital-a", "prefix": "10.22.0.0/24", "protocol": "static", "next_hop": "", "colour": 0}
        way = {"sid": "fd00:1:2:fe01::", "sids": "fd00:1:1::,fd00:1:2:fe01::"}
        assert [row for row in driver.collect(Topic.ROUTES) if row["protocol"] == "static"] == [{**route, **way}]


def test_collect_tells_what_the_box_says() -> None:
    with served() as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        peer = "2001:db8:0:ffff::1"
        assert driver.collect(Topic.ISIS) == [{"port": "eth1", "neighbour": "spine1", "state": "up"}]
        assert driver.collect(Topic.BGP) == [
            {"peer": peer, "family": "vpnv4", "state": "established", "prefixes": 4},
            {"peer": peer, "family": "vpnv6", "state": "other", "prefixes": 0},
        ]
        assert driver.collect(Topic.LOCATORS) == [{"name": "MAIN", "prefix": "fd00:1:5::/48", "state": "up"}]
        assert {"sid": "fd00:1:5:fe00::", "behaviour": "uDT46", "vrf": "hospital-a"} in driver.collect(Topic.SIDS)
        assert driver.collect(Topic.SLICES) == [
            {"port": "eth1", "slice_id": number, "rate_bps": 105_334_000, "state": "up"} for number in (17, 19)
        ]
        assert driver.collect(Topic.RATES) == [
            {"port": "eth3", "vlan": 300, "direction": "out", "rate_bps": 105_334_000},
            {"port": "eth3", "vlan": 300, "direction": "in", "rate_bps": 105_334_000},
        ]
        queues = driver.collect(Topic.QUEUES)
        of_port = {"port": "eth1", "service_class": "ef", "slice_id": 0, "depth_bytes": 60_000, "drops": 0}
        of_slice = {"port": "eth1", "service_class": "af3", "slice_id": 19, "depth_bytes": 3_000_000, "drops": 0}
        assert of_port in queues
        assert of_slice in queues
        assert driver.collect(Topic.ROUTES) == [
            {
                "vrf": "hospital-a", "prefix": "10.23.0.0/24", "protocol": "static", "next_hop": "",
                "sid": "fd00:1:2:fe01::", "sids": "fd00:1:1::,fd00:1:2:fe01::", "colour": 0,
            },
            {
                "vrf": "hospital-a", "prefix": "10.22.0.0/24", "protocol": "bgp", "next_hop": "2001:db8:0:ffff::2",
                "sid": "fd00:1:2:fe01::", "sids": "fd00:1:2:fe01::", "colour": 0,
            },
        ]  # fmt: skip
        rows = {str(row["name"]): row for row in driver.collect(Topic.INTERFACES)}
        assert rows["eth3.300"]["vrf"] == "hospital-a"
        assert rows["eth3.300"]["addresses"] == "10.41.0.1/24,2001:db8:41::1/64"
        assert rows["eth1"]["oper_up"] is True
        assert {"eth1", "eth3.300"} <= {row["name"] for row in driver.collect(Topic.COUNTERS)}
        with pytest.raises(NotReported):
            driver.collect(Topic.FLEXE)


def test_counters_are_the_kernels_own() -> None:
    """The shape that iproute2 6.1 prints; an interface without statistics is left out."""
    counts = {"bytes": 9, "packets": 3, "errors": 1, "dropped": 2}
    said = [
        {"ifname": "eth1", "stats64": {"rx": counts, "tx": {**counts, "dropped": 5}}},
        {"ifname": "odd"},
    ]
    rows = collect(
        Topic.COUNTERS, lambda words: json.dumps(said) if words == ("ip", "-s", "-j", "link", "show") else ""
    )
    assert rows == [
        {
            "name": "eth1",
            "in_packets": 3,
            "out_packets": 3,
            "in_errors": 1,
            "out_errors": 1,
            "in_drops": 2,
            "out_drops": 5,
        }
    ]
