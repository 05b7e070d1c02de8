"""A record made anew claims exactly what is wanted and there, and calls shared what the baseline has too."""

from __future__ import annotations

from datetime import UTC, datetime

from netwright.drift.adopt import adopted
from netwright.plan.ground import Seen
from netwright.plan.merge import merge
from netwright.plan.record import DeviceRecord, Owned
from netwright.tree import Leaf, Origin

NOW = datetime(2026, 12, 2, 12, 0, 1, 5, tzinfo=UTC)
A = "TenantSlice/a"


def leaf(value: str) -> Leaf:
    return Leaf(value, (Origin(A, "vrf", "templates/frr/vrf.cfg.j2", 7),))


WANTED = {("ours",): leaf("v"), ("base",): leaf("v"), ("changed",): leaf("v"), ("gone",): leaf("v")}
RUNS = {("ours",): "v", ("base",): "v", ("changed",): "w", ("foreign",): "x"}
BASE = {("base",): "v", ("foreign",): "x"}


def test_what_is_wanted_and_there_is_ours() -> None:
    made = adopted({"pe1": WANTED}, {"pe1": Seen(RUNS, "7")}, {"pe1": BASE}, "c0ffee", NOW)
    assert made.devices == {
        "pe1": DeviceRecord(
            "7", {("ours",): Owned("v", frozenset({A})), ("base",): Owned("v", frozenset({A}), shared=True)}
        )
    }
    assert (made.apply_id, made.commit, made.at) == ("7", "c0ffee", "2026-12-02T12:00:01+00:00")


def test_a_device_that_never_saw_an_apply_is_not_claimed() -> None:
    made = adopted({"pe1": WANTED, "pe2": WANTED}, {"pe1": Seen(RUNS, "7"), "pe2": Seen(RUNS)}, {}, "", NOW)
    assert list(made.devices) == ["pe1"]


def test_without_a_baseline_nothing_is_shared() -> None:
    made = adopted({"pe1": WANTED}, {"pe1": Seen(RUNS, "7")}, {}, "", NOW)
    assert not any(owned.shared for owned in made.device("pe1").leaves.values())


def test_removing_everything_after_adopting_leaves_the_baseline() -> None:
    runs = {**BASE, ("ours",): "v", ("changed",): "v", ("gone",): "v"}
    made = adopted({"pe1": WANTED}, {"pe1": Seen(runs, "7")}, {"pe1": BASE}, "", NOW)
    assert merge({}, made.device("pe1").leaves, runs, BASE, lambda _: False).delta.after() == BASE


def test_the_newest_apply_speaks_for_the_network() -> None:
    seen = {"pe1": Seen({}, "20261201-1"), "pe2": Seen({}, "20261202-1"), "pe3": Seen({})}
    assert adopted({}, seen, {}, "", NOW).apply_id == "20261202-1"
