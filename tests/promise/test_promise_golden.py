"""The figures with their conditions, exactly as they are promised to users."""

from fractions import Fraction

import pytest

from netwright.promise.lossless import (
    goodput_ratio,
    headroom_bytes,
    largest_qp_bps,
    packets_to_prove,
    roce_packet_bytes,
    subflows,
    window_packets,
)
from netwright.promise.overhead import (
    Layer,
    path_mtu_bytes,
    round_up,
    shaper_bps,
    srv6_overhead_bytes,
    srv6_reduced_overhead_bytes,
    tcp_share,
    usid_carriers,
)
from netwright.promise.transfer import (
    cross_site_bps,
    cross_site_bytes,
    links_needed,
    rate_for_bps,
    training_efficiency,
    transfer_s,
)

G = 10**9
KM = (1e-5, 1e-4, 1e-3)


@pytest.mark.parametrize(
    ("rate", "km", "window", "ratios"),
    [
        (100, 120, 3662, (0.965, 0.732, 0.214)),
        (100, 240, 7324, (0.932, 0.577, 0.120)),
        (25, 240, 1831, (0.982, 0.845, 0.353)),
        (25, 500, 3815, (0.963, 0.724, 0.208)),
        (100, 500, 15259, (0.868, 0.396, 0.061)),
    ],
)
def test_go_back_n(rate: int, km: int, window: int, ratios: tuple[float, ...]) -> None:
    assert round(window_packets(rate * G, km)) == window
    assert tuple(round(goodput_ratio(rate * G, km, p), 3) for p in KM) == ratios


@pytest.mark.parametrize("km", [100, 120, 240, 500])
def test_largest_qp_to_the_bit(km: int) -> None:
    loss, ratio = Fraction(1, 100_000), Fraction(95, 100)
    exact = (1 - loss) * (1 - ratio) / (ratio * loss) * 4096 * 8 / Fraction(km, 100_000)
    found = largest_qp_bps(km, 1e-5, 0.95)
    assert exact - 1.001 < found <= exact + 0.001
    assert goodput_ratio(found, km, 1e-5) >= 0.95 - 1e-12
    assert goodput_ratio(found + 10, km, 1e-5) < 0.95


def test_largest_qp_as_printed() -> None:
    """172.4, 143.7 and 34.49 are cut, 71.86 is 71.859 rounded: one more digit, and all four are cut."""
    found = {km: largest_qp_bps(km, 1e-5, 0.95) for km in (100, 120, 240, 500)}
    assert [found[100] // 10**8, found[120] // 10**8, found[500] // 10**7] == [1724, 1437, 3449]
    assert found[240] // 10**6 == 71_858
    assert round(found[240] / G, 2) == 71.86


def test_no_largest_rate_without_loss() -> None:
    with pytest.raises(ValueError, match="largest rate"):
        largest_qp_bps(120, 0, 0.95)


def test_twelve_subflows() -> None:
    assert subflows(400 * G, 500, 1e-5, 0.95) == 12
    assert round(goodput_ratio(400 * G / 11, 500, 1e-5), 4) == 0.9474
    assert round(goodput_ratio(400 * G / 12, 500, 1e-5), 4) == 0.9516
    assert subflows(400 * G, 500, 0, 0.95) == subflows(400 * G, 0, 1e-5, 0.95) == subflows(1, 1, 1e-5, 0.95) == 1


@pytest.mark.parametrize(
    ("rate", "km", "megabytes"),
    [(100, 120, 15.0), (100, 240, 30), (100, 500, 62.5), (400, 120, 60), (400, 500, 250), (800, 500, 500)],
)
def test_headroom(rate: int, km: int, megabytes: float) -> None:
    assert headroom_bytes(rate * G, km) == megabytes * 1e6
    assert headroom_bytes(rate * G, km, mtu=4096) - headroom_bytes(rate * G, km) == 8192
    assert headroom_bytes(8 * G, 0, reaction_us=2) == 2000


def test_srv6_sizes() -> None:
    assert [srv6_overhead_bytes(n) for n in range(4)] == [40, 64, 80, 96]
    assert [srv6_reduced_overhead_bytes(n) for n in range(4)] == [40, 40, 64, 80]
    assert [usid_carriers(n) for n in (0, 1, 6, 7, 12, 13)] == [0, 1, 1, 2, 2, 3]
    assert usid_carriers(6, block_bits=48) == 2


def test_shaper() -> None:
    two_sids = srv6_overhead_bytes(2)
    assert shaper_bps(100_000_000, 1500, two_sids) == 105_333_334  # 105.33 Mbit/s, never a bit short
    assert shaper_bps(100_000_000, 1500, two_sids, Layer.ETHERNET) == 106_266_667  # 106.27
    assert shaper_bps(100_000_000, 1500, two_sids, Layer.ETHERNET, tags=1) == 106_533_334
    assert round_up(shaper_bps(100 * G, 4200, two_sids), 10**6) == 101_905 * 10**6
    assert round_up(7, 7) == 7


def test_roce_packets() -> None:
    assert roce_packet_bytes() == 4140
    assert roce_packet_bytes(reth=True) == 4156
    assert roce_packet_bytes(ipv6=True) == 4160
    assert path_mtu_bytes(4200, srv6_overhead_bytes(2)) == 4280


def test_tcp_share() -> None:
    assert round(tcp_share(1500, 80), 3) == 0.888
    assert round(tcp_share(9000, 80), 3) == 0.981


def test_transfer_times() -> None:
    assert round(rate_for_bps(1e12, 3600) / 1e9, 2) == 2.22
    assert round(transfer_s(10e12, 100e9) / 60, 1) == 13.3
    assert round(transfer_s(1e15, 100e9) / 3600, 1) == 22.2
    assert round(transfer_s(1e15, 400e9) / 3600, 1) == 5.6


@pytest.mark.parametrize(
    ("ratio", "step", "percent", "links"),
    [
        (4, 10, 99.7, 1250),
        (8, 10, 99.4, 625),
        (16, 10, 98.7, 313),
        (32, 10, 97.5, 157),
        (64, 10, 95.1, 79),
        (64, 5, 90.7, 79),
    ],
)
def test_convergence(ratio: int, step: float, percent: float, links: int) -> None:
    between = cross_site_bps(10_000, 200 * G, ratio)
    volume = cross_site_bytes(2e12, 2)
    assert round(100 * training_efficiency(step, volume, between), 1) == percent
    assert links_needed(between, 400 * G) == links


def test_overlap_hides_the_exchange() -> None:
    assert training_efficiency(10, 1e12, 8e12, overlap=0.1) == 1
    assert training_efficiency(10, 1e12, 8e12, overlap=0.05, round_trips_s=0.5) == pytest.approx(10 / 11)


def test_rule_of_three() -> None:
    assert packets_to_prove(1e-5) == 300_000
