"""Compiling again from the last design gives what compiling as a whole gives, to the last fragment; or it says no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from services_networks import G, at, deterministic, elastic, rdma, tenant_slice

from metro import fabric
from netwright.alloc.ledger import Ledger
from netwright.errors import NetwrightError
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.platforms.registry import PLATFORMS
from netwright.services.again import Last, Next, compile_again
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.rerouting import Anew
from netwright.services.traces import Traces, traces_of
from netwright.topology.model import Link, Node, Port, Topology

START = datetime.fromisoformat("2026-12-02T12:00:00+08:00")
SATURDAYS = {
    "start": "2026-12-05T01:00:00",
    "duration": "PT8H",
    "recurrence": {"frequency": "weekly", "by_day": ["saturday"]},
    "time_zone": "Asia/Shanghai",
}


def _node(name: str, platform: str) -> Node:
    return Node(name, platform, "s", ports={f"p{n}": Port(f"p{n}", 400 * G, 10**9) for n in range(3)})


def _link(a: str, z: str, km: float) -> Link:
    return Link(f"{a}-{z}", a, f"to-{z}", z, f"to-{a}", 100 * G, km, buffer_bytes=60_000_000)


# two ways of four routers between r1 and r4, a short and a long one, and a rung between them
TOPOLOGY = Topology(
    {name: _node(name, "frr" if name == "r6" else "huawei") for name in ("r1", "r2", "r3", "r4", "r5", "r6")},
    {
        link.name: link
        for link in (
            _link("r1", "r2", 10),
            _link("r2", "r4", 10),
            _link("r1", "r3", 15),
            _link("r3", "r4", 15),
            _link("r2", "r3", 8),
            _link("r4", "r5", 10),
            _link("r5", "r6", 10),
        )
    },
)
FABRIC = fabric("r2")


def whole(services: Mapping[str, Service], ledger: Ledger, now: datetime) -> Design:
    every = tuple(services[name] for name in sorted(services))
    return compile_design(Intents(FABRIC, every), TOPOLOGY, PLATFORMS, ledger, now)


def last(services: Iterable[Service], now: datetime = START) -> tuple[dict[str, Service], Ledger, Last]:
    """A network whose numbers are settled."""
    named = {one.address: one for one in services}
    ledger = whole(named, Ledger(), now).ledger.settle()
    design = whole(named, ledger, now)
    return named, ledger, Last(design, traces_of(design, TOPOLOGY, PLATFORMS))


def again(before: Last, wanted: Iterable[Service], gone: Iterable[str] = (), now: datetime = START) -> Next:
    named = {one.address: one for one in wanted}
    return compile_again(before, named, frozenset(gone), TOPOLOGY, PLATFORMS, now)


def check_same(made: Last, cold: Design) -> None:
    """Everything that a plan is made from."""
    one = made.design
    assert list(one.served) == list(cold.served)
    for name, served in cold.served.items():
        mine = one.served[name]
        assert mine.ways == served.ways, name
        assert (mine.contract, mine.grades, mine.notes) == (served.contract, served.grades, served.notes), name
    assert (dict(one.says), dict(one.idle)) == (dict(cold.says), dict(cold.idle))
    assert (one.claims, one.new_claims, one.numbering) == (cold.claims, cold.new_claims, cold.numbering)
    assert one.warnings == cold.warnings
    assert dict(one.fragments) == dict(cold.fragments)
    assert list(one.checks) == list(cold.checks)
    check_traces(made.traces, traces_of(cold, TOPOLOGY, PLATFORMS))


def check_traces(made: Traces, cold: Traces) -> None:
    """What the next time starts from; of reservations not when they were made."""
    assert list(made.by_address) == list(cold.by_address)
    for name, trace in cold.by_address.items():
        assert made.by_address[name]._replace(held=()) == trace._replace(held=()), name
        assert _held(made, name) == _held(cold, name)
    assert (made.clients, made.channels) == (cold.clients, cold.channels)
    assert dict(made.bursts) == {line: size for line, size in cold.bursts.items() if size}
    assert dict(made.rooms) == {hop: size for hop, size in cold.rooms.items() if size}


def _held(traces: Traces, name: str) -> list[tuple[str, str, int]]:
    return sorted((link, sender, rate) for link, sender, _, _, rate in traces.by_address[name].held)


# ---- any services, any change ---------------------------------------------------------------------------------------


def ends(number: int, a: str, z: str) -> dict[str, object]:
    return {"endpoints": {"a": at(a, "p0", 20 + 2 * number), "z": at(z, "p1", 21 + 2 * number)}}


@st.composite
def services(draw: st.DrawFn, number: int) -> Service:
    """A service between two routers, small or so large that few fit on a link."""
    kind = draw(st.sampled_from(("slice", "line", "line", "rdma", "exact")))
    a, z = draw(st.sampled_from((("r1", "r4"), ("r1", "r4"), ("r2", "r5"), ("r3", "r5"), ("r1", "r6"))))
    rate = draw(st.sampled_from((1, 5, 30, 45)))
    more: dict[str, object] = {"constraints": {"minimum_grade": "emulated"}}
    if draw(st.integers(0, 5)) == 0:
        more["schedule"] = SATURDAYS
    if z != "r6" and kind != "slice" and draw(st.integers(0, 3)) == 0:
        more["protection"] = "hot-standby"
    match kind:
        case "slice":
            sites = (at(a, "p0", 20 + 2 * number), at(z, "p1", 21 + 2 * number))
            isolation = draw(st.sampled_from(("soft", "soft", "soft", "hard")))
            constraints = {"isolation": isolation, "minimum_grade": "emulated"}
            return tenant_slice(f"n{number}", sites, **{**more, "bandwidth": f"{rate}G", "constraints": constraints})
        case "line":
            return elastic(f"n{number}", f"{rate}G", f"{rate}G", **{**more, **ends(number, a, z)})
        case "rdma":
            return rdma(f"n{number}", {"bandwidth": f"{rate}G"}, **{**more, **ends(number, a, z)})
        case _:
            burst = {"bandwidth": f"{rate}M", "burst_bytes": 1500 * rate}
            return deterministic(f"n{number}", burst, **{**more, **ends(number, a, z)})


Step: TypeAlias = tuple[list[Service], list[int]]
"""What is changed or new, and the numbers of what goes."""

History: TypeAlias = tuple[list[Service], list[Step]]


@st.composite
def histories(draw: st.DrawFn) -> History:
    first = [draw(services(number)) for number in range(draw(st.integers(2, 6)))]
    numbers = st.integers(0, 7)
    steps = []
    for _ in range(draw(st.integers(1, 3))):
        changed = draw(st.lists(numbers, max_size=2, unique=True))
        steps.append(([draw(services(number)) for number in changed], draw(st.lists(numbers, max_size=1))))
    return first, steps


@settings(max_examples=20, deadline=None)
@given(histories())
def test_what_is_compiled_again_is_what_is_compiled_anew(history: History) -> None:
    follow(*history)


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=400, deadline=None)
@given(histories())
def test_the_same_for_many_histories(history: History) -> None:
    follow(*history)


def follow(first: list[Service], steps: list[Step]) -> None:
    now = START
    try:
        here, ledger, before = last(first, now)
    except NetwrightError:
        return
    for changed, leaving in steps:
        now += timedelta(hours=20)
        names = {one.name for one in changed}
        gone = {a for a, one in here.items() if one.name in names or one.name in {f"n{n}" for n in leaving}}
        wanted = {one.address: one for one in changed}
        then = {name: one for name, one in here.items() if name not in gone} | wanted
        try:
            cold: Design | None = whole(then, ledger, now)
        except NetwrightError:
            cold = None
        try:
            made: Last = again(before, changed, gone - wanted.keys(), now)
        except Anew:
            if cold is None:
                return
            made = Last(cold, traces_of(cold, TOPOLOGY, PLATFORMS))
        assert cold is not None, "what is refused as a whole is not made again"
        check_same(made, cold)
        here, before = then, made


# ---- what it is for -------------------------------------------------------------------------------------------------


def lines(*rates: str) -> list[Service]:
    return [elastic(f"n{n}", rate, "100G", **ends(n, "r1", "r4")) for n, rate in enumerate(rates)]


def test_a_change_that_fits_touches_its_own_devices_alone() -> None:
    here, ledger, before = last([*lines("1G", "1G"), elastic("far", "1G", "1G", **ends(9, "r5", "r6"))])
    wanted = elastic("far", "2G", "2G", **ends(9, "r5", "r6"))
    made = again(before, [wanted])
    assert made.devices == {"r5", "r6"}
    check_same(made, whole(here | {wanted.address: wanted}, ledger, START))


def test_a_later_service_gives_way() -> None:
    """The first grows, and the second no longer fits beside it on the short way."""
    here, ledger, before = last(lines("40G", "40G"))
    first, second = before.design.served.values()
    assert first.ways[0].there.path.nodes == second.ways[0].there.path.nodes == ("r1", "r2", "r4")
    (wanted, _) = lines("70G", "40G")
    made = again(before, [wanted])
    assert made.design.served[second.profile.address].ways[0].there.path.nodes == ("r1", "r3", "r4")
    check_same(made, whole(here | {wanted.address: wanted}, ledger, START))


def test_a_later_service_comes_back() -> None:
    here, ledger, before = last(lines("70G", "40G"))
    (wanted, second) = lines("40G", "40G")
    made = again(before, [wanted])
    assert made.design.served[second.address].ways[0].there.path.nodes == ("r1", "r2", "r4")
    check_same(made, whole(here | {wanted.address: wanted}, ledger, START))


def test_a_burst_more_is_counted_by_the_others() -> None:
    exact = [deterministic(f"n{n}", {"burst_bytes": 1500}, **ends(n, "r1", "r4")) for n in range(2)]
    here, ledger, before = last(exact)
    wanted = deterministic("n1", {"burst_bytes": 30_000}, **ends(1, "r1", "r4"))
    made = again(before, [wanted])
    other = exact[0].address
    assert made.design.served[other].contract != before.design.served[other].contract
    check_same(made, whole(here | {wanted.address: wanted}, ledger, START))


def test_riders_follow_their_slice() -> None:
    sites = (at("r1", "p0", 70), at("r4", "p1", 71))
    ride = elastic("rider", "1G", "1G", slice="s", **ends(0, "r1", "r4"))
    here, ledger, before = last([tenant_slice("s", sites, bandwidth="10G"), ride])
    wanted = tenant_slice("s", sites, bandwidth="10G", constraints={"avoid": ["node:r2"]})
    made = again(before, [wanted])
    assert made.design.served[ride.address].ways[0].there.path.nodes == ("r1", "r3", "r4")
    check_same(made, whole(here | {wanted.address: wanted}, ledger, START))


def test_what_is_over_is_over() -> None:
    """A service that ends makes room, though no file says anything else."""
    window = {"start": "2026-12-01T00:00:00+08:00", "end": "2026-12-03T00:00:00+08:00"}
    short = elastic("n0", "70G", "100G", schedule=window, **ends(0, "r1", "r4"))
    long = elastic("n1", "40G", "100G", **ends(1, "r1", "r4"))
    here, ledger, before = last([short, long])
    assert before.design.served[long.address].ways[0].there.path.nodes == ("r1", "r3", "r4")
    later = START + timedelta(days=2)
    made = again(before, [], now=later)
    assert made.design.served[long.address].ways[0].there.path.nodes == ("r1", "r2", "r4")
    check_same(made, whole(here, ledger, later))


HARD = (at("r1", "p0", 90), at("r4", "p1", 91))


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (elastic("n0", "300G", "300G", **ends(0, "r1", "r4")), "cannot be routed"),
        (tenant_slice("new", HARD, constraints={"isolation": "hard"}), "hard isolation"),
        (elastic("n9", "1G", "1G", slice="none", **ends(9, "r1", "r4")), "is not there"),
        (elastic("n0", "1G", "1G", **ends(0, "r1", "nowhere")), "said of a name"),
    ],
)  # fmt: skip
def test_what_it_does_not_settle(wanted: Service, why: str) -> None:
    _, _, before = last(lines("1G", "1G"))
    with pytest.raises((Anew, KeyError), match=why):
        again(before, [wanted])


def test_numbers_that_would_move_are_not_moved() -> None:
    """Before the first apply a new name is numbered before the others: then all of them are."""
    named = {one.address: one for one in lines("1G", "1G")}
    design = whole(named, Ledger(), START)
    before = Last(design, traces_of(design, TOPOLOGY, PLATFORMS))
    with pytest.raises(Anew, match="numbers of others would move"):
        again(before, [elastic("a-first", "1G", "1G", **ends(9, "r1", "r4"))])
