"""A number is written in its pool's form and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.alloc.pool import Pool, Subnets, addresses, ranged, subnets

LINKS = subnets("links", "2001:db8:0:1000::/52", 127)


@pytest.mark.parametrize(
    ("pool", "number", "text"),
    [
        (ranged("rd", "65000:1000-9999"), 1000, "65000:1000"),
        (ranged("node_id", "0x1-0x3fff"), 31, "31"),
        (LINKS, 0, "2001:db8:0:1000::/127"),
        (LINKS, 3, "2001:db8:0:1000::6/127"),
        (addresses("loopbacks", "2001:db8:0:ffff::/64"), 1, "2001:db8:0:ffff::1"),
        (addresses("router_ids", "10.255.0.0/16"), 258, "10.255.1.2"),
        (subnets("v4", "10.0.0.0/24", 31), 2, "10.0.0.4/31"),
    ],
)
def test_forms(pool: Pool, number: int, text: str) -> None:
    assert pool.text(number) == text
    assert pool.number(text) == number


@given(st.integers(0, 2**75 - 1))
def test_every_link_prefix_reads_back(number: int) -> None:
    assert LINKS.number(LINKS.text(number)) == number
    assert isinstance(LINKS.form, Subnets)
    assert {LINKS.number(end) for end in LINKS.form.ends(number)} == {number}


def test_ranges() -> None:
    assert ranged("slice_id", "1-4000").numbers == range(1, 4001)
    assert ranged("one", "7").numbers == range(7, 8)
    assert ranged("f", "0xfe00-0xfeff").number("0xfe01") == 0xFE01
    assert LINKS.numbers == range(2**75)
    assert addresses("router_ids", "10.255.0.0/16").numbers == range(1, 65535)
    assert addresses("loopbacks", "2001:db8::/126").numbers == range(1, 4)


def test_ends() -> None:
    assert isinstance(LINKS.form, Subnets)
    assert LINKS.form.ends(1) == ("2001:db8:0:1000::2/127", "2001:db8:0:1000::3/127")
    thirty = subnets("v4", "10.0.0.0/24", 30).form
    assert isinstance(thirty, Subnets)
    assert thirty.ends(1) == ("10.0.0.5/30", "10.0.0.6/30")


@pytest.mark.parametrize(
    ("pool", "text"),
    [
        (ranged("rd", "65000:1-9"), "65001:1"),
        (LINKS, "2001:db8:1::/127"),
        (LINKS, "10.0.0.1/31"),
        (ranged("n", "1-9"), "x"),
    ],
)
def test_a_text_of_another_pool_is_refused(pool: Pool, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not in|does not begin|invalid"):
        pool.number(text)


def test_impossible_pools() -> None:
    with pytest.raises(ValueError, match="empty"):
        ranged("x", "9-1")
    with pytest.raises(ValueError, match="does not fit"):
        subnets("x", "10.0.0.0/24", 23)
