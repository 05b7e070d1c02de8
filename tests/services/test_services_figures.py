"""The figures that the language promises under named conditions, as they come out of the whole compiler."""

from __future__ import annotations

import pytest
from services_networks import NOON, ROOT, G, M, at, compiled, deterministic, elastic, ends, of, rdma, row, tenant_slice

from netwright.intents.loader import load_intents
from netwright.platforms.registry import PLATFORMS
from netwright.promise.contract import Figure
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import AccessRate, CoreQueue, SliceChannel
from netwright.topology.model import Topology

R1, R2 = at("r1", "p", 20), at("r2", "p", 20 + 250)


def between(*services: object, topology: Topology) -> Design:
    return compiled(*services, topology=topology, reflectors=("r1",))  # type: ignore[arg-type]


def figure(design: Design, name: str) -> Figure:
    (contract,) = design.contracts.values()
    found = contract.figure(name)
    assert found is not None
    return found


def path(bandwidth: str, most: int = 16, **more: object) -> object:
    traffic = {"bandwidth": bandwidth, "mtu": 4200, "direction": "a-to-z"}
    spec = {"endpoints": ends(R1, R2), "lossless": {"max_subflows": most}, **more}
    return rdma(traffic=traffic, **spec)


@pytest.mark.parametrize(
    ("bandwidth", "km", "target", "subflows"),
    [
        ("100G", 120, 0.96, 1),
        ("143.6G", 120, 0.95, 1),
        ("143.8G", 120, 0.95, 2),
        ("71.8G", 240, 0.95, 1),
        ("71.9G", 240, 0.95, 2),
        ("34.4G", 500, 0.95, 1),
        ("34.5G", 500, 0.95, 2),
        ("400G", 500, 0.95, 12),
    ],
)
def test_sub_flows(bandwidth: str, km: float, target: float, subflows: int) -> None:
    slo = {"loss": 1e-5, "goodput_ratio": target}
    design = between(path(bandwidth, slo=slo), topology=row(km, 800 * G))
    assert figure(design, "subflows").value == subflows
    assert figure(design, "goodput_ratio").holds


@pytest.mark.parametrize(("bandwidth", "km", "most", "ratio"), [("100G", 120, 1, 0.965), ("400G", 500, 12, 0.9516)])
def test_goodput(bandwidth: str, km: float, most: int, ratio: float) -> None:
    design = between(path(bandwidth, most), topology=row(km, 800 * G))
    assert round(figure(design, "goodput_ratio").value, len(str(ratio)) - 2) == ratio


@pytest.mark.parametrize(
    ("bandwidth", "km", "megabytes"), [("100G", 120, 15.0), ("400G", 500, 250.0), ("800G", 500, 500.0)]
)
def test_headroom_is_of_what_the_link_carries(bandwidth: str, km: float, megabytes: float) -> None:
    """The page's figure is rate x RTT; the wire carries SRv6 too, and two packets cannot be cut short."""
    design = between(path(bandwidth, 64), topology=row(km, 1600 * G))
    outer = figure(design, "outer_rate").value
    rate = int(bandwidth[:-1]) * G
    expected = megabytes * outer / rate * M + 2 * (4200 + 40 + 8 + 2 * 16)
    assert figure(design, "headroom").value == pytest.approx(expected, abs=2)
    (queue,) = (one.queue for one in of(design, CoreQueue))
    assert queue.depth_bytes == figure(design, "headroom").value


@pytest.mark.parametrize(
    ("platform", "port_rate"), [("huawei", 105_333_334), ("frr", 106_266_667)], ids=["outer IP layer", "Linux HTB"]
)
def test_the_shaper_on_the_way(platform: str, port_rate: int) -> None:
    """100 Mbit/s of 1500 B packets behind 80 B of SRv6, as each platform's shaper counts."""
    sites = (R1, R2)
    constraints = {"isolation": "soft", "minimum_grade": "emulated"}
    service = tenant_slice(sites=sites, bandwidth="100M", constraints=constraints)
    design = between(service, topology=row(10, platform=platform))
    assert {channel.rate_bps for channel in of(design, SliceChannel)} == {port_rate}


def test_the_flex_channel_of_large_packets() -> None:
    design = between(path("100G", constraints={"isolation": "hard"}), topology=row(100))
    assert figure(design, "outer_rate").value == pytest.approx(101.905 * G, abs=G // 1000)


@pytest.mark.parametrize(("platform", "rate"), [("huawei", 100_000_000), ("frr", 101_200_000), ("zte", 101_200_000)])
def test_the_access_counts_customer_packets(platform: str, rate: int) -> None:
    """Before SRv6; where frames are counted, 14 bytes of Ethernet and 4 of the VLAN tag on each 1500."""
    sites = (R1, R2)
    design = between(tenant_slice(sites=sites, bandwidth="100M"), topology=row(10, platform=platform))
    assert {access.rate_bps for access in of(design, AccessRate)} == {rate}


def test_a_site_may_send_to_every_other_at_once() -> None:
    sites = (R1, R2, at("r3", "p", 22))
    design = between(tenant_slice(sites=sites, bandwidth="1G"), topology=row(10, routers=3))
    assert {access.rate_bps for access in of(design, AccessRate)} == {2 * G}


def test_propagation_is_five_microseconds_a_kilometre() -> None:
    design = between(elastic(endpoints=ends(R1, R2)), topology=row(120))
    packet = 1580 * 8 / 400e3
    assert figure(design, "one_way_delay").value == pytest.approx(600 + 2 * 10 + packet, abs=0.01)


def test_a_bound_grows_with_what_others_may_send() -> None:
    alone = between(deterministic("a", endpoints=ends(R1, R2)), topology=row(50))
    other = deterministic("b", {"burst_bytes": 150_000}, endpoints=ends(at("r1", "p", 30), at("r2", "p", 31)))
    both = between(deterministic("a", endpoints=ends(R1, R2)), other, topology=row(50))
    one, two = (design.contracts["DeterministicService/a"] for design in (alone, both))
    for name in ("one_way_delay", "jitter"):
        before, after = one.figure(name), two.figure(name)
        assert before is not None
        assert after is not None
        assert after.value - before.value == pytest.approx(150_000 * 8 / 400e3, rel=0.15)


def test_every_figure_says_how_it_was_computed(reference_design: Design) -> None:
    for contract in reference_design.contracts.values():
        assert contract.holds
        for promised in contract.figures:
            assert promised.formula
            assert promised.source
            assert promised.inputs


def test_the_examples_of_the_language_compile_on_the_reference_topology(reference_network: object) -> None:
    good = ROOT / "tests" / "intents" / "good"
    from services_networks import EMPTY, reference_topology  # noqa: PLC0415

    design = compile_design(load_intents([good], good), reference_topology(), PLATFORMS, EMPTY, NOON)
    assert set(design.served) == {
        "DeterministicService/robot-arm",
        "ElasticLine/branch-7",
        "LosslessRdmaPath/hosp-train-1",
        "TenantSlice/hospital-a",
    }
    assert all(contract.holds for contract in design.contracts.values())
