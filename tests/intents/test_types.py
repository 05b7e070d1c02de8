"""Scalars: what people write is read exactly, or refused."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from netwright.intents.pools import AdminPool, NumberPool, check_admin_number, parse_admin_pool, parse_pool
from netwright.intents.types import (
    check_label,
    format_rate,
    parse_address,
    parse_duration,
    parse_instant,
    parse_prefix,
    parse_rate,
)
from netwright.intents.words import did_you_mean, shown


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("100M", 100_000_000),
        ("2.5G", 2_500_000_000),
        ("1T", 10**12),
        ("64k", 64_000),
        ("1", 1),
        (40_000, 40_000),
        (1e9, 10**9),
        ("0.001k", 1),
        ("101.905G", 101_905_000_000),
    ],
)
def test_rates(text: object, rate: int) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text",
    [
        "",
        "G",
        "100 M",
        "100g",
        "100K",
        "1e9",
        "-1G",
        "+1G",
        "0G",
        "1.5",
        "0.0001k",
        "1_000",
        1.5,
        True,
        None,
        [],
        "\u0661G",
    ],
)
def test_what_is_no_rate(text: object) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        parse_rate(text)
    assert refused.value.type == "bad-rate"


@given(st.integers(min_value=1, max_value=10**16))
def test_a_rate_survives_being_written(rate: int) -> None:
    assert parse_rate(format_rate(rate)) == rate


@pytest.mark.parametrize(
    ("rate", "text"), [(10**8, "100M"), (1_500_000_000, "1.5G"), (1, "1"), (10**12, "1T"), (0, "0")]
)
def test_a_rate_is_written_short(rate: int, text: str) -> None:
    assert format_rate(rate) == text


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT5M", timedelta(minutes=5)),
        ("P7D", timedelta(days=7)),
        ("P2W", timedelta(weeks=2)),
        ("P1DT12H", timedelta(days=1.5)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT0S", timedelta()),
        ("PT90M", timedelta(hours=1.5)),
    ],
)
def test_durations(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1M", "P1Y", "5M", "P1DT", "PT5", "pt5m", "-PT5M", "PT1.5M", 5, None, "P999999999W"]
)
def test_what_is_no_duration(text: object) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        parse_duration(text)
    assert refused.value.type == "bad-duration"


def test_instants_keep_whether_they_are_local() -> None:
    assert parse_instant("2026-12-01T22:00:00+08:00") == datetime(2026, 12, 1, 14, tzinfo=UTC)
    assert parse_instant("2026-12-01T22:00Z") == datetime(2026, 12, 1, 22, tzinfo=UTC)
    assert parse_instant("2026-12-01T22:00:00").tzinfo is None


@pytest.mark.parametrize(
    "text", ["2026-12-01", "20261201T220000", "2026-W49-2", "2026-02-30T00:00Z", "22:00", "2026-12-01T24:01Z", 20261201]
)
def test_what_is_no_instant(text: object) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        parse_instant(text)
    assert refused.value.type == "bad-instant"


@pytest.mark.parametrize(
    "text", ["10.21.0.1/24", "10.0.0.0/31", "10.0.0.1/31", "10.0.0.9/32", "2001:db8::1/64", "2001:db8::/127"]
)
def test_addresses_of_routers(text: str) -> None:
    assert parse_address(text) == ip_interface(text)


@pytest.mark.parametrize(
    "text",
    [
        "10.21.0.0/24",
        "10.21.0.255/24",
        "2001:db8::/64",
        "127.0.0.1/8",
        "224.0.0.1/4",
        "fe80::1/64",
        "::/0",
        "10.0.0.1",
        "10.0.0.1/33",
        "a/b",
        10,
    ],
)
def test_what_is_no_address_of_a_router(text: object) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        parse_address(text)
    assert refused.value.type == "bad-address"


def test_prefixes_have_no_host_bits() -> None:
    assert parse_prefix("10.9.0.0/16") == ip_network("10.9.0.0/16")
    with pytest.raises(PydanticCustomError) as refused:
        parse_prefix("10.9.1.0/16")
    assert refused.value.context == {
        "message": "is `10.9.1.0/16`; it has host bits set",
        "note": "did you mean `10.9.0.0/16`?",
        "hint": "",
    }


def test_pools_include_both_ends() -> None:
    pool = parse_pool("0x1-0x3fff")
    assert (pool.first, pool.last, len(pool), 0x3FFF in pool, 0x4000 in pool) == (1, 0x3FFF, 0x3FFF, True, False)
    assert list(parse_pool("7-9")) == [7, 8, 9] == list(NumberPool(7, 9).numbers)
    assert parse_pool(5) == parse_pool("5") == NumberPool(5, 5)
    assert str(parse_pool("010-20")) == "10-20"


def test_pools_of_targets_have_an_administrator() -> None:
    pool = parse_admin_pool("65000:1000-9999")
    assert pool == AdminPool("65000", 1000, 9999)
    assert (pool.text(1000), len(pool), str(pool), pool.numbers[-1]) == ("65000:1000", 9000, "65000:1000-9999", 9999)
    assert parse_admin_pool("10.0.0.1:1-65535").administrator == "10.0.0.1"


@pytest.mark.parametrize("text", ["65000:1", "65000:4294967295", "65536:65535", "10.0.0.1:65535"])
def test_pins_of_rfc_4364(text: str) -> None:
    assert check_admin_number(text) == text


@pytest.mark.parametrize(
    "text",
    ["65000", "65000:4294967296", "65536:65536", "10.0.0.1:65536", "10.0.0.256:1", "4294967296:1", "65000:0x1", "a:1"],
)
def test_what_rfc_4364_does_not_have(text: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        check_admin_number(text)
    assert refused.value.type == "bad-pin"


@pytest.mark.parametrize("name", ["a", "a-b", "7", "a" * 63])
def test_names(name: str) -> None:
    assert check_label(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a-", "A", "a_b", "a.b", "a" * 64, "ä", "a\n"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(PydanticCustomError) as refused:
        check_label(name)
    assert refused.value.type == "bad-name"


def test_messages_cannot_steer_a_terminal() -> None:
    assert shown("a\x1b[31mb") == "`a?[31mb`"
    assert shown("x" * 100) == f"`{'x' * 60}...`"


def test_suggestions_are_near_or_absent() -> None:
    assert did_you_mean("hrad", ["hard", "soft"]) == "did you mean `hard`?"
    assert did_you_mean("HARD", ["hard", "soft"], ignore_case=True) == "did you mean `hard`?"
    assert did_you_mean("banana", ["hard", "soft"]) == ""
