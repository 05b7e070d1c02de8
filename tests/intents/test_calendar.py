"""Windows in time: sorted, disjoint, right over daylight saving time, and the same however one asks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.intents.calendar import Window, active, bandwidth_at, bandwidth_profile, windows
from netwright.intents.loader import Intents
from netwright.intents.schema import ElasticLine, Schedule

BERLIN = ZoneInfo("Europe/Berlin")


def schedule(**fields: object) -> Schedule:
    return Schedule.model_validate(fields)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(plan: Schedule, since: str, until: str, zone: ZoneInfo | None = None) -> list[str]:
    return [f"{window.start.astimezone(zone or UTC):%m-%dT%H:%M}" for window in windows(plan, utc(since), utc(until))]


# ---- single windows -------------------------------------------------------------------------------------------------


def test_without_a_schedule_it_is_always_on() -> None:
    assert windows(None, utc("2026-01-01"), utc("2026-01-02")) == (Window(utc("2026-01-01"), utc("2026-01-02")),)
    assert active(None, utc("2026-01-01"))
    assert windows(None, utc("2026-01-02"), utc("2026-01-02")) == ()


def test_a_window_is_half_open() -> None:
    plan = schedule(start="2026-12-01T00:00:00+08:00", end="2026-12-02T00:00:00+08:00")
    assert windows(plan, utc("2026-01-01"), utc("2027-01-01")) == (
        Window(utc("2026-11-30T16:00"), utc("2026-12-01T16:00")),
    )
    assert active(plan, utc("2026-11-30T16:00"))
    assert not active(plan, utc("2026-11-30T15:59:59.999999"))
    assert active(plan, utc("2026-12-01T15:59:59.999999"))
    assert not active(plan, utc("2026-12-01T16:00"))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, [("2026-01-01", "2026-01-10")]),
        ({"start": "2026-01-03T00:00Z"}, [("2026-01-03", "2026-01-10")]),
        ({"end": "2026-01-03T00:00Z"}, [("2026-01-01", "2026-01-03")]),
        ({"start": "2026-01-03T00:00Z", "duration": "PT36H"}, [("2026-01-03", "2026-01-04T12:00")]),
        ({"start": "2026-01-11T00:00Z"}, []),
        ({"end": "2025-12-31T00:00Z"}, []),
        ({"start": "2025-01-01T00:00Z", "duration": "P36600D"}, [("2026-01-01", "2026-01-10")]),
    ],
)
def test_open_and_closed_ends(fields: dict[str, object], expected: list[tuple[str, str]]) -> None:
    found = windows(schedule(**fields), utc("2026-01-01"), utc("2026-01-10"))
    assert found == tuple(Window(utc(start), utc(end)) for start, end in expected)


def test_the_clock_must_have_a_zone() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        active(schedule(), datetime(2026, 1, 1))


# ---- recurrence -----------------------------------------------------------------------------------------------------


def test_every_night_and_over_midnight() -> None:
    plan = schedule(start="2026-12-01T22:00:00+08:00", recurrence={"frequency": "daily"}, duration="PT6H")
    assert starts(plan, "2026-11-01", "2026-12-04") == ["12-01T14:00", "12-02T14:00", "12-03T14:00"]
    assert active(plan, utc("2026-12-02T19:59"))
    assert not active(plan, utc("2026-12-02T20:00"))
    assert active(plan, utc("2036-12-02T14:00"))


@pytest.mark.parametrize(
    ("recurrence", "expected"),
    [
        ({"frequency": "daily", "interval": 3}, ["12-01", "12-04", "12-07", "12-10", "12-13"]),
        ({"frequency": "daily", "count": 2}, ["12-01", "12-02"]),
        ({"frequency": "daily", "until": "2026-12-03T08:00:00Z"}, ["12-01", "12-02", "12-03"]),
        ({"frequency": "daily", "until": "2026-12-03T07:59:00Z"}, ["12-01", "12-02"]),
        ({"frequency": "daily", "by_day": ["sat", "SU"]}, ["12-05", "12-06", "12-12", "12-13"]),
        ({"frequency": "weekly"}, ["12-01", "12-08"]),
        ({"frequency": "weekly", "interval": 2, "by_day": ["monday", "tuesday"]}, ["12-01", "12-14"]),
        ({"frequency": "monthly", "by_day": ["1MO", "-1FR"]}, ["12-07"]),
        ({"frequency": "monthly"}, ["12-01"]),
    ],
)
def test_recurrences(recurrence: dict[str, object], expected: list[str]) -> None:
    plan = schedule(start="2026-12-01T08:00:00Z", duration="PT1H", recurrence=recurrence)
    assert [found[:5] for found in starts(plan, "2026-12-01", "2026-12-15")] == expected


def test_a_month_without_the_day_is_left_out() -> None:
    plan = schedule(start="2026-01-31T08:00:00Z", duration="PT1H", recurrence={"frequency": "monthly"})
    assert starts(plan, "2026-01-01", "2026-06-01") == ["01-31T08:00", "03-31T08:00", "05-31T08:00"]


def test_windows_that_overlap_or_touch_are_one() -> None:
    for length in ("PT24H", "PT30H"):
        plan = schedule(start="2026-12-01T00:00:00Z", duration=length, recurrence={"frequency": "daily"})
        assert windows(plan, utc("2026-12-05"), utc("2026-12-08")) == (Window(utc("2026-12-05"), utc("2026-12-08")),)


def test_the_same_instant_with_another_offset_is_another_weekday() -> None:
    mondays = {"duration": "PT1H", "recurrence": {"frequency": "weekly", "by_day": ["MO"]}}
    east = schedule(start="2026-12-01T02:00:00+08:00", **mondays)  # a Tuesday there
    west = schedule(start="2026-11-30T18:00:00+00:00", **mondays)  # still Monday
    assert starts(east, "2026-11-01", "2026-12-10") == ["12-06T18:00"]
    assert starts(west, "2026-11-01", "2026-12-10") == ["11-30T18:00", "12-07T18:00"]


# ---- daylight saving time -------------------------------------------------------------------------------------------


def test_ten_at_night_stays_ten_at_night() -> None:
    plan = schedule(
        start="2026-03-27T22:00:00", time_zone="Europe/Berlin", duration="PT2H", recurrence={"frequency": "daily"}
    )
    assert starts(plan, "2026-03-27", "2026-03-31") == ["03-27T21:00", "03-28T21:00", "03-29T20:00", "03-30T20:00"]
    assert {found[6:] for found in starts(plan, "2026-03-27", "2026-11-30", BERLIN)} == {"22:00"}


def test_an_offset_alone_knows_no_daylight_saving() -> None:
    plan = schedule(start="2026-03-27T22:00:00+01:00", duration="PT2H", recurrence={"frequency": "daily"})
    assert {found[6:] for found in starts(plan, "2026-03-27", "2026-11-30")} == {"21:00"}


def test_an_offset_beside_a_zone_follows_the_zone() -> None:
    plan = schedule(
        start="2026-03-27T22:00:00+01:00", time_zone="Europe/Berlin", duration="PT2H", recurrence={"frequency": "daily"}
    )
    assert {found[6:] for found in starts(plan, "2026-03-27", "2026-11-30", BERLIN)} == {"22:00"}


def test_six_hours_are_six_hours_in_the_night_of_a_change() -> None:
    plan = schedule(
        start="2026-03-27T22:00:00", time_zone="Europe/Berlin", duration="PT6H", recurrence={"frequency": "daily"}
    )
    assert {window.end - window.start for window in windows(plan, utc("2026-03-27"), utc("2026-04-02T12:00"))} == {
        timedelta(hours=6)
    }


def test_an_end_in_local_time_gives_the_elapsed_length_of_the_first_window() -> None:
    plan = schedule(
        start="2026-03-28T22:00:00",
        end="2026-03-29T04:00:00",
        time_zone="Europe/Berlin",
        recurrence={"frequency": "daily"},
    )
    assert plan.length == timedelta(hours=5)


def test_a_time_that_the_clock_skips_moves_forward() -> None:
    plan = schedule(
        start="2026-03-28T02:30:00", time_zone="Europe/Berlin", duration="PT1H", recurrence={"frequency": "daily"}
    )
    assert starts(plan, "2026-03-28", "2026-03-31", BERLIN) == ["03-28T02:30", "03-29T03:30", "03-30T02:30"]


def test_a_time_that_comes_twice_is_its_first_coming() -> None:
    plan = schedule(start="2026-10-25T02:30:00", time_zone="Europe/Berlin", duration="PT1H")
    assert windows(plan, utc("2026-10-24"), utc("2026-10-26"))[0].start == utc("2026-10-25T00:30")


# ---- properties -----------------------------------------------------------------------------------------------------

ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia"])
LOCAL = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0).isoformat()
)
DAYS = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), max_size=3, unique=True)
RECURRENCES = st.fixed_dictionaries(
    {"frequency": st.sampled_from(["daily", "weekly", "monthly"]), "interval": st.integers(1, 5), "by_day": DAYS},
    optional={"count": st.integers(1, 30)},
)
SCHEDULES = st.fixed_dictionaries(
    {"start": LOCAL, "time_zone": ZONES, "duration": st.integers(1, 200).map(lambda hours: f"PT{hours}H")},
    optional={"recurrence": RECURRENCES},
).map(Schedule.model_validate)
INSTANTS = st.datetimes(datetime(2025, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
SPANS = st.integers(1, 90 * 24).map(lambda hours: timedelta(hours=hours))


@given(SCHEDULES, INSTANTS, SPANS)
def test_windows_are_sorted_disjoint_and_within_bounds(plan: Schedule, since: datetime, span: timedelta) -> None:
    found = windows(plan, since, since + span)
    edges = [edge for window in found for edge in (window.start, window.end)]
    assert all(before < after for before, after in pairwise(edges))
    assert all(since <= edge <= since + span for edge in edges)


@given(SCHEDULES, INSTANTS, SPANS, SPANS)
def test_the_horizon_may_be_cut_anywhere(plan: Schedule, since: datetime, first: timedelta, second: timedelta) -> None:
    middle, until = since + first, since + first + second
    left, right = windows(plan, since, middle), windows(plan, middle, until)
    if left and right and left[-1].end == right[0].start:
        left, right = left[:-1], (Window(left[-1].start, right[0].end), *right[1:])
    assert windows(plan, since, until) == left + right


@given(SCHEDULES, INSTANTS, SPANS)
def test_an_instant_is_active_when_a_window_holds_it(plan: Schedule, at: datetime, around: timedelta) -> None:
    assert active(plan, at) == any(at in window for window in windows(plan, at - around, at + around))


# ---- bandwidth ------------------------------------------------------------------------------------------------------


@pytest.fixture
def line(intents: Intents) -> ElasticLine:
    found = intents.get("ElasticLine/branch-7")
    assert isinstance(found, ElasticLine)
    return found


def with_spec(line: ElasticLine, **fields: object) -> ElasticLine:
    return ElasticLine.model_validate(line.model_dump(by_alias=True, mode="python") | {"spec": raw_spec() | fields})


def raw_spec() -> dict[str, object]:
    return {
        "endpoints": {
            "a": {"node": "pod2-leaf1", "port": "eth3", "vlan": 300, "addresses": ["10.41.0.1/24"]},
            "z": {"node": "pop1-gw1", "port": "100GE0/2/1", "vlan": 300, "addresses": ["10.42.0.1/24"]},
        },
        "bandwidth": {"base": "100M", "max": "10G", "step": "100M"},
    }


def test_a_line_has_its_base_and_at_night_more(line: ElasticLine) -> None:
    assert bandwidth_at(line, utc("2026-12-01T13:59")) == 100_000_000
    assert bandwidth_at(line, utc("2026-12-01T14:00")) == 10_000_000_000
    assert bandwidth_at(line, utc("2026-12-01T20:00")) == 100_000_000


def test_the_profile_has_no_gaps(line: ElasticLine) -> None:
    profile = bandwidth_profile(line, utc("2026-12-01"), utc("2026-12-03"))
    assert [(f"{window.start:%dT%H}", f"{window.end:%dT%H}", rate // 10**6) for window, rate in profile] == [
        ("01T00", "01T14", 100),
        ("01T14", "01T20", 10_000),
        ("01T20", "02T14", 100),
        ("02T14", "02T20", 10_000),
        ("02T20", "03T00", 100),
    ]


def test_of_two_rules_the_larger_counts_and_outside_its_schedule_a_line_has_nothing(line: ElasticLine) -> None:
    day = {"start": "2026-12-01T08:00:00Z", "duration": "PT8H"}
    noon = {"start": "2026-12-01T11:00:00Z", "duration": "PT2H"}
    busy = with_spec(
        line,
        elasticity=[
            {"at": noon, "bandwidth": "1G"},
            {"at": day, "bandwidth": "500M"},
            {"at": noon, "bandwidth": "200M"},
        ],
        schedule={"start": "2026-12-01T10:00:00Z", "end": "2026-12-01T20:00:00Z"},
    )
    profile = bandwidth_profile(busy, utc("2026-12-01"), utc("2026-12-02"))
    assert [(window.start.hour, rate // 10**6) for window, rate in profile] == [
        (0, 0),
        (10, 500),
        (11, 1000),
        (13, 500),
        (16, 100),
        (20, 0),
    ]
    for window, rate in profile:
        assert bandwidth_at(busy, window.start) == rate == bandwidth_at(busy, window.end - timedelta(microseconds=1))


def test_growth_on_load_is_data_not_time(line: ElasticLine) -> None:
    rule = {"when": {"utilisation_above": 0.8, "for": "PT5M"}, "grow": {"by": "1G", "up_to": "5G"}}
    profile = bandwidth_profile(with_spec(line, elasticity=[rule]), utc("2026-12-01"), utc("2026-12-03"))
    assert profile == ((Window(utc("2026-12-01"), utc("2026-12-03")), 100_000_000),)


@pytest.mark.parametrize("frequency", ["daily", "weekly"])
@pytest.mark.parametrize("interval", [1, 3, 5])
def test_years_later_the_rhythm_is_the_same(frequency: str, interval: int) -> None:
    start = utc("2020-01-01T08:00")
    plan = schedule(start=start.isoformat(), duration="PT1H", recurrence={"frequency": frequency, "interval": interval})
    period = timedelta(days=(1 if frequency == "daily" else 7) * interval)
    found = windows(plan, utc("2026-01-01"), utc("2026-06-01"))
    assert found
    assert all((window.start - start) % period == timedelta() for window in found)
    assert len(found) in {151 * 86_400 // int(period.total_seconds()) + more for more in (0, 1)}
