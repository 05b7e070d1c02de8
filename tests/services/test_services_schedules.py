"""Services that are there at some times: what they keep, what they configure, and what others may have meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from services_networks import (
    GW1,
    GW2,
    NOON,
    G,
    M,
    at,
    compiled,
    elastic,
    ends,
    fragments,
    of,
    refusals,
    row,
    tenant_slice,
)

from netwright.errors import Refused
from netwright.services.model import AccessRate
from netwright.services.profile import waiting

NIGHT = datetime.fromisoformat("2026-12-02T23:00:00+08:00")
MORNING = datetime.fromisoformat("2026-12-03T04:00:00+08:00")
DAILY = {"frequency": "daily"}
NIGHTLY = {"at": {"start": "2026-12-01T22:00:00+08:00", "recurrence": DAILY, "duration": "PT6H"}, "bandwidth": "10G"}


def nightly(name: str = "a", **more: object) -> object:
    return elastic(name, elasticity=[NIGHTLY], **more)


@pytest.mark.parametrize(
    ("now", "rate"),
    [
        (NOON, 100 * M),
        (datetime.fromisoformat("2026-12-02T21:59:59+08:00"), 100 * M),
        (datetime.fromisoformat("2026-12-02T22:00:00+08:00"), 10 * G),
        (NIGHT, 10 * G),
        (datetime.fromisoformat("2026-12-02T15:00:00+00:00"), 10 * G),
        (MORNING, 100 * M),
    ],
)
def test_an_elastic_line_is_wide_in_its_window(now: datetime, rate: int) -> None:
    design = compiled(nightly(), now=now)  # type: ignore[arg-type]
    assert {access.rate_bps for access in of(design, AccessRate)} == {rate}


def test_the_calendar_alone_changes_rates_and_no_numbers() -> None:
    day = compiled(nightly(), now=NOON)  # type: ignore[arg-type]
    night = compiled(nightly(), now=NIGHT, ledger=day.ledger.settle())  # type: ignore[arg-type]
    assert night.ledger == day.ledger.settle()
    changed = {type(one.construct).__name__ for one in fragments(night) if one not in fragments(day)}
    assert changed == {"AccessRate"}


SATURDAYS = {
    "start": "2026-12-05T01:00:00",
    "duration": "PT8H",
    "recurrence": {"frequency": "weekly", "by_day": ["saturday"]},
    "time_zone": "Asia/Shanghai",
}
SATURDAY = datetime.fromisoformat("2026-12-05T02:00:00+08:00")


def test_an_inactive_service_keeps_its_numbers_and_configures_nothing() -> None:
    service = tenant_slice(schedule=SATURDAYS)
    off, on = compiled(service, now=NOON), compiled(service, now=SATURDAY)
    assert not [one for one in fragments(off) if one.owner == service.address]
    assert [one for one in fragments(on) if one.owner == service.address]
    assert off.ledger.numbers == on.ledger.numbers
    assert off.claims == on.claims
    assert not [check for check in off.checks if check.intent == service.address]
    assert [made.served[service.address].profile.active for made in (off, on)] == [False, True]
    assert waiting(off.served[service.address].profile) == "not active until 2026-12-05T01:00+08:00: its schedule"


def two(first: dict[str, object], second: dict[str, object]) -> list[tuple[str, str]]:
    """Two slices that want three quarters of the one link between r1 and r2."""
    sites = [(at("r1", "p", 20 + n), at("r2", "p", 30 + n)) for n in range(2)]
    one = tenant_slice("one", sites[0], bandwidth="75G", **({"schedule": first} if first else {}))
    other = tenant_slice("two", sites[1], bandwidth="75G", **({"schedule": second} if second else {}))
    topology = row(10, 100 * G)
    wide = dict(row(10, 400 * G).nodes.items())
    return refusals(one, other, topology=type(topology)(wide, topology.links), reflectors=("r1",))


def window(start: str, end: str) -> dict[str, object]:
    return {"start": f"2026-12-{start}+08:00", "end": f"2026-12-{end}+08:00"}


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        (window("05T00:00:00", "06T00:00:00"), window("06T00:00:00", "07T00:00:00"), True),
        (window("05T00:00:00", "06T00:00:01"), window("06T00:00:00", "07T00:00:00"), False),
        (SATURDAYS, {**SATURDAYS, "start": "2026-12-05T09:00:00"}, True),
        (SATURDAYS, {**SATURDAYS, "start": "2026-12-05T08:59:00"}, False),
        (SATURDAYS, {**SATURDAYS, "recurrence": {"frequency": "weekly", "by_day": ["sunday"]}}, True),
        (SATURDAYS, {}, False),
        ({}, {}, False),
    ],
)
def test_windows_that_do_not_overlap_share_a_link(
    first: dict[str, object], second: dict[str, object], fits: bool
) -> None:
    refused = two(first, second)
    assert refused == ([] if fits else [("bandwidth-exceeds-link", "TenantSlice/two")])


def test_a_line_wide_at_night_and_one_wide_by_day_share_a_link() -> None:
    by_day = {
        "at": {"start": "2026-12-01T04:00:00+08:00", "recurrence": DAILY, "duration": "PT18H"},
        "bandwidth": "70G",
    }
    by_night = {**NIGHTLY, "bandwidth": "70G"}
    too_long = {"at": {**NIGHTLY["at"], "duration": "PT7H"}, "bandwidth": "70G"}  # type: ignore[dict-item]
    small = row(10, 100 * G)
    topology = type(small)(row(10, 400 * G).nodes, small.links)

    def line(name: str, vlan: int, rule: dict[str, object]) -> object:
        points = ends(at("r1", "p", vlan), at("r2", "p", vlan + 1))
        return elastic(name, "1G", "70G", endpoints=points, elasticity=[rule])

    def said(rule: dict[str, object]) -> list[tuple[str, str]]:
        return refusals(line("a", 20, by_day), line("b", 30, rule), topology=topology, reflectors=("r1",))  # type: ignore[arg-type]

    assert said(by_night) == []
    assert said(too_long) == [("bandwidth-exceeds-link", "ElasticLine/b")]


@pytest.mark.parametrize(
    "schedule",
    [
        {"start": "2026-12-20T00:00:00+00:00", "end": "2027-01-20T00:00:00+00:00"},  # not yet
        {"start": "2025-12-20T00:00:00+00:00", "end": "2026-01-20T00:00:00+00:00"},  # long ago
        {"start": "2030-01-01T00:00:00+00:00"},  # beyond the horizon
    ],
)
def test_a_line_whose_schedule_has_it_off_reserves_nothing_then_and_is_no_crash(schedule: dict[str, str]) -> None:
    design = compiled(elastic(schedule=schedule), now=NOON)
    (served,) = design.served.values()
    assert not served.profile.active
    assert all(booking.rate_bps for booking in served.profile.bookings)
    assert not of(design, AccessRate)


def test_no_offer_names_the_end_of_the_horizon_as_if_bandwidth_came_free_there() -> None:
    both = [ends(at("pop1-gw1", "100GE0/2/1", n), at("pop2-gw1", "100GE0/2/1", n)) for n in (8, 9)]
    holder = elastic("a", "100M", "90G", elasticity=[{**NIGHTLY, "bandwidth": "90G"}], endpoints=both[0])
    with pytest.raises(Refused) as refused:
        compiled(holder, elastic("c", "100G", "100G", endpoints=both[1]), now=NIGHT)
    said = [f"{found.message} {found.hint}" for found in refused.value.diagnostics]
    assert all("10 G now" in text for text in said)
    assert not [text for text in said if "2027-12" in text]


def test_who_came_an_hour_later_gives_way_whatever_its_name() -> None:
    """Seniority counts within a day; a tie goes by name."""
    both = [ends(at("pop1-gw1", "100GE0/2/1", n), at("pop2-gw1", "100GE0/2/1", n)) for n in (8, 9)]
    small = [elastic(name, "1G", "1G", endpoints=place) for name, place in zip(("zed", "abe"), both, strict=True)]
    large = [elastic(name, "60G", "60G", endpoints=place) for name, place in zip(("zed", "abe"), both, strict=True)]
    first = compiled(small[0], now=NOON).ledger.settle()
    later = compiled(*small, ledger=first, now=NOON + timedelta(hours=1)).ledger.settle()
    at_once = compiled(*small, now=NOON).ledger.settle()
    for ledger, loser in ((later, "abe"), (at_once, "zed")):
        assert {address for _, address in refusals(*large, ledger=ledger)} == {f"ElasticLine/{loser}"}


HOLIDAY = {"start": "2026-12-01T00:00:00+08:00", "end": "2026-12-20T00:00:00+08:00"}
LONGER = {**HOLIDAY, "end": "2027-01-20T00:00:00+08:00"}
SINCE = {"start": "2026-12-01T00:00:00+08:00"}
NIGHTS = {"start": "2026-12-01T22:00:00+08:00", "recurrence": DAILY, "duration": "PT6H"}
SHORT_NIGHTS = {**NIGHTS, "start": "2026-12-01T23:00:00+08:00", "duration": "PT2H"}


@pytest.mark.parametrize(
    ("slice_", "rider", "code"),
    [
        (None, None, ""),
        (None, HOLIDAY, ""),
        (None, NIGHTS, ""),
        (HOLIDAY, HOLIDAY, ""),
        (LONGER, HOLIDAY, ""),
        (SINCE, None, ""),
        (SINCE, SINCE, ""),
        (SINCE, NIGHTS, ""),
        (NIGHTS, NIGHTS, ""),
        (NIGHTS, SHORT_NIGHTS, ""),
        (HOLIDAY, LONGER, "slice-schedule-too-short"),
        (HOLIDAY, None, "slice-schedule-too-short"),
        (HOLIDAY, SINCE, "slice-schedule-too-short"),
        (SHORT_NIGHTS, NIGHTS, "slice-schedule-too-short"),
        (NIGHTS, HOLIDAY, "slice-schedule-too-short"),
    ],
)
def test_a_rider_is_on_only_while_its_slice_is(
    slice_: dict[str, object] | None, rider: dict[str, object] | None, code: str
) -> None:
    def when(schedule: dict[str, object] | None) -> dict[str, object]:
        return {"schedule": schedule} if schedule else {}

    carrier = tenant_slice("carrier", **when(slice_))
    line = elastic("line", "1G", "1G", slice="carrier", endpoints=ends(at(*GW1, 8), at(*GW2, 9)), **when(rider))
    assert {found for found, _ in refusals(carrier, line, now=NOON)} == ({code} if code else set())
