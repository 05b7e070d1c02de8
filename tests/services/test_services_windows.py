"""Attachments that close by the routers' own clocks: where the Fabric asks, when a schedule has an end in sight."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from services_networks import EMPTY, FRR, GW1, GW2, NOON, at, elastic, ends, reference_topology

from metro import asking
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import AccessWindow

NIGHT = {"start": "2026-12-02T11:00:00+08:00", "recurrence": {"frequency": "daily"}, "duration": "PT6H"}


def line(schedule: dict[str, Any] | None, z: tuple[str, str] = GW2) -> Service:
    more = {} if schedule is None else {"schedule": schedule}
    ports = ends(at(*GW1, 210), at(*z, 211))
    return elastic(endpoints=ports, constraints={"minimum_grade": "emulated"}, **more)


def planned(service: Service, *, asked: bool = True, now: datetime = NOON) -> Design:
    intents = Intents(asking(time_ranges=asked), (service,))
    return compile_design(intents, reference_topology(), PLATFORMS, EMPTY, now)


def closing(design: Design) -> dict[str, str]:
    found = ((node, one.construct) for node, own in design.fragments.items() for one in own)
    return {node: one.closes for node, one in found if isinstance(one, AccessWindow)}


@pytest.mark.parametrize(
    ("schedule", "closes"),
    [
        (NIGHT, "2026-12-02T09:00:00Z"),
        ({**NIGHT, "duration": "PT6H0M30S"}, "2026-12-02T09:01:00Z"),
        ({"end": "2026-12-31T23:59:59+08:00"}, "2026-12-31T16:00:00Z"),
    ],
)
def test_the_window_that_is_open_closes_at_its_end_in_whole_minutes(schedule: dict[str, Any], closes: str) -> None:
    assert closing(planned(line(schedule))) == {"pop1-gw1": closes, "pop2-gw1": closes}


@pytest.mark.parametrize(
    "schedule", [None, {"start": "2026-11-01T00:00:00+08:00"}, {"end": "2029-01-01T00:00:00+08:00"}]
)
def test_what_has_no_end_in_sight_stays_open(schedule: dict[str, Any] | None) -> None:
    assert closing(planned(line(schedule))) == {}


def test_what_is_off_has_nothing_to_close() -> None:
    assert closing(planned(line(NIGHT), now=datetime.fromisoformat("2026-12-02T18:00:00+08:00"))) == {}


def test_nobody_asked() -> None:
    assert closing(planned(line(NIGHT), asked=False)) == {}


def test_a_platform_without_time_ranges_does_as_before() -> None:
    assert closing(planned(line(NIGHT, FRR))) == {"pop1-gw1": "2026-12-02T09:00:00Z"}


def test_the_next_window_has_its_own_end() -> None:
    later = datetime.fromisoformat("2026-12-03T12:00:00+08:00")
    assert set(closing(planned(line(NIGHT), now=later)).values()) == {"2026-12-03T09:00:00Z"}
