"""Bounds, contracts, and the directions in which a promise may move."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from netwright.promise.availability import availability, in_parallel, in_series
from netwright.promise.contract import Bound, Contract, Figure
from netwright.promise.delay import (
    Hop,
    cyclic_bound_us,
    guaranteed_rate_bound_us,
    jitter_bound_us,
    latency_bound_us,
    propagation_us,
    rtt_us,
    serialization_us,
)
from netwright.promise.lossless import goodput_ratio, headroom_bytes, largest_qp_bps, subflows
from netwright.promise.overhead import Layer, shaper_bps

rates = st.integers(10**6, 10**12)
lengths = st.floats(0.1, 5000)
losses = st.floats(1e-9, 0.1)


def test_propagation() -> None:
    assert (propagation_us(120), rtt_us(120)) == (600, 1200)
    assert serialization_us(1500, 100e9) == pytest.approx(0.12)


def test_strict_priority() -> None:
    hop = Hop(rate_bps=100 * 10**9, burst_bytes=15_000, blocking_bytes=9216, processing_us=10)
    assert latency_bound_us([hop], 0) == pytest.approx(24_216 * 8 / 1e5 + 10)
    assert latency_bound_us([hop, hop], 10) == pytest.approx(2 * (1.93728 + 10) + 50)
    assert jitter_bound_us([hop], 1500) == pytest.approx((24_216 - 1500) * 8 / 1e5)


def test_guaranteed_rate_and_cycles() -> None:
    bound = guaranteed_rate_bound_us(15_000, 1500, 50_000_000, [10**9, 10**9], 9000, 1)
    assert bound == pytest.approx((15_000 + 3000) * 8 / 50 + 2 * 72 + 5)
    assert cyclic_bound_us(3, 10, 2) == 70


def test_availability() -> None:
    part = availability(9990, 10)
    assert part == 0.999
    assert in_series([part, part]) == pytest.approx(0.998001)
    assert in_parallel([part, part]) == pytest.approx(0.999999)
    assert (in_series([]), in_parallel([])) == (1, 0)


@given(rates, rates, lengths, losses)
def test_more_rate_never_helps_goodput(one: int, two: int, km: float, loss: float) -> None:
    slow, fast = sorted((one, two))
    assert goodput_ratio(slow, km, loss) >= goodput_ratio(fast, km, loss)
    assert headroom_bytes(slow, km) <= headroom_bytes(fast, km)
    assert subflows(slow, km, loss, 0.95) <= subflows(fast, km, loss, 0.95)


@given(rates, lengths, lengths, losses)
def test_more_distance_never_helps(rate: int, one: float, two: float, loss: float) -> None:
    near, far = sorted((one, two))
    assert goodput_ratio(rate, near, loss) >= goodput_ratio(rate, far, loss)
    assert headroom_bytes(rate, near) <= headroom_bytes(rate, far)
    assert largest_qp_bps(near, loss, 0.95) >= largest_qp_bps(far, loss, 0.95)


@given(rates, lengths, losses, st.floats(0.5, 0.99))
@example(31_859_289_021, 4084.0, 0.0625, 0.984375)
def test_the_split_keeps_the_ratio_and_one_less_does_not(rate: int, km: float, loss: float, goodput: float) -> None:
    """One less carries more than the largest rate in whole bits, which is less than one bit below the largest rate."""
    largest = largest_qp_bps(km, loss, goodput)
    if largest < 1000:
        return  # rounding to whole bits is coarse there
    count = subflows(rate, km, loss, goodput)
    assert goodput_ratio(rate / count, km, loss) >= goodput * (1 - 1e-9)
    if count > 1:
        assert goodput_ratio(rate / (count - 1), km, loss) < goodput * (1 + (1 - goodput) / largest + 1e-12)


@given(rates, st.integers(64, 9000), st.integers(0, 200))
def test_the_shaper_passes_the_whole_rate_and_not_a_packet_more(rate: int, packet: int, overhead: int) -> None:
    allowed = shaper_bps(rate, packet, overhead, Layer.ETHERNET)
    frame = packet + overhead + 14
    assert allowed * packet >= rate * frame
    assert (allowed - 1) * packet < rate * frame


def _figure(value: float, asked: float | None, bound: Bound) -> Figure:
    return Figure("goodput", value, "ratio", asked, "(1-p)/(1-p+pW)", (("loss", 1e-5),), "Go-Back-N", bound)


@pytest.mark.parametrize(
    ("value", "asked", "bound", "holds"),
    [
        (0.965, 0.95, Bound.AT_LEAST, True),
        (0.94, 0.95, Bound.AT_LEAST, False),
        (0.95, 0.95, Bound.AT_LEAST, True),
        (0.95, 0.95, Bound.AT_MOST, True),
        (0.96, 0.95, Bound.AT_MOST, False),
        (0.96, None, Bound.AT_MOST, True),
        (0.96, 0.95, Bound.NONE, True),
    ],
)
def test_a_contract_holds_when_every_figure_does(value: float, asked: float | None, bound: Bound, holds: bool) -> None:
    good = _figure(1, 0, Bound.AT_LEAST)
    contract = Contract("LosslessRdmaPath/x", (good, _figure(value, asked, bound)))
    assert contract.holds is holds
    assert contract.as_dict()["holds"] is holds
    assert contract.figure("goodput") is good
    assert contract.figure("delay") is None
    assert good.as_dict()["inputs"] == {"loss": 1e-5}
