"""Figures as people write them."""

import pytest

from netwright.promise.contract import Bound, Figure
from netwright.report.words import amount, asked, plural, rate


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (100e9, "bit/s", "100 Gbit/s"),
        (101.905e9, "bit/s", "101.905 Gbit/s"),
        (1e12, "bit/s", "1 Tbit/s"),
        (999, "bit/s", "999 bit/s"),
        (15_000_000, "byte", "15 MB"),
        (14_750_000, "bytes", "14.75 MB"),
        (512, "B", "512 B"),
        (590, "us", "0.59 ms"),
        (1.42, "us", "1.42 us"),
        (0.61, "ms", "0.61 ms"),
        (1e-5, "ratio", "1e-05"),
        (0.9652, "ratio", "0.9652"),
        (12, "sub-flows", "12 sub-flows"),
        (12, "", "12"),
    ],
)
def test_an_amount_has_its_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


@pytest.mark.parametrize(("bps", "text"), [(100e9, "100G"), (1.5e9, "1.5G"), (100e6, "100M"), (64_000, "64k")])
def test_a_rate_is_spelled_as_in_intents(bps: float, text: str) -> None:
    assert rate(bps) == text


@pytest.mark.parametrize(
    ("value", "bound", "text"),
    [(95e9, Bound.AT_LEAST, "≥ 95 Gbit/s"), (95e9, Bound.AT_MOST, "≤ 95 Gbit/s"), (None, Bound.AT_MOST, "")],
)
def test_what_was_asked_has_its_good_side(value: float | None, bound: Bound, text: str) -> None:
    assert asked(Figure("goodput", 1.0, "bit/s", value, "", (), "", bound)) == text


def test_one_is_not_many() -> None:
    assert (plural(1, "check"), plural(0, "check"), plural(2, "check")) == ("1 check", "0 checks", "2 checks")
