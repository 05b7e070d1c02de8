"""What is admitted fits at every instant; what is refused would not have fitted; a refusal knows when it would."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paths_networks import G, graph, link, topology

from netwright.paths.admission import ALWAYS, Calendar, Refusal, Window, overlap
from netwright.paths.buffers import BufferRefusal, Buffers
from netwright.paths.flexe import SlotCalendar, SlotRefusal, slots_needed
from netwright.paths.graph import DirectedLink, Graph
from netwright.topology.model import FlexeGroup

DAY = datetime(2026, 12, 1, tzinfo=UTC)
HOPS = [DirectedLink(name, "a") for name in ("x", "y")]


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def window(start: float | None, end: float | None) -> Window:
    return (None if start is None else at(start), None if end is None else at(end))


hours = st.integers(0, 12)
spans = st.one_of(
    st.tuples(hours, st.integers(1, 6)).map(lambda pair: window(pair[0], pair[0] + pair[1])),
    hours.map(lambda hour: window(hour, None)),
    hours.map(lambda hour: window(None, hour)),
    st.just(window(None, None)),
)
requests = st.lists(
    st.tuples(st.sets(st.sampled_from(HOPS), min_size=1), st.integers(1, 60), st.lists(spans, min_size=1, max_size=3)),
    max_size=12,
)


def holds(windows: list[Window] | tuple[Window, ...], instant: datetime) -> bool:
    return any((start is None or start <= instant) and (end is None or instant < end) for start, end in windows)


@given(requests)
def test_the_sum_of_what_is_admitted_fits_at_every_instant(
    asked: list[tuple[set[DirectedLink], int, list[Window]]],
) -> None:
    calendar = Calendar(dict.fromkeys(HOPS, 100))
    admitted: list[tuple[set[DirectedLink], int, list[Window]]] = []
    instants = [at(half / 2 - 1) for half in range(44)]

    def load(hop: DirectedLink, instant: datetime) -> int:
        return sum(rate for hops, rate, windows in admitted if hop in hops and holds(windows, instant))

    for number, (hops, rate, windows) in enumerate(asked):
        refusal = calendar.admit(f"o{number}", sorted(hops), rate, windows)
        worst = max(load(hop, instant) for hop in hops for instant in instants if holds(windows, instant))
        if refusal is None:
            admitted.append((hops, rate, windows))
        else:
            assert worst + rate > 100
            assert refusal.free_bps < rate
        assert all(load(hop, instant) <= 100 for hop in HOPS for instant in instants)
    for hop in HOPS:
        for instant in instants:
            assert calendar.free(hop, [(instant, instant + timedelta(minutes=1))]) == 100 - load(hop, instant)
    for number in range(len(asked)):
        calendar.release(f"o{number}")
    assert all(calendar.free(hop) == 100 for hop in HOPS)
    assert calendar.reservations() == ()


@given(requests, st.sets(st.sampled_from(HOPS), min_size=1), st.integers(50, 130), spans)
def test_counter_offers_are_true(
    before: list[tuple[set[DirectedLink], int, list[Window]]], hops: set[DirectedLink], rate: int, wanted: Window
) -> None:
    calendar = Calendar(dict.fromkeys(HOPS, 100))
    for number, (those, amount, windows) in enumerate(before):
        calendar.admit(f"o{number}", those, amount, windows)
    refusal = calendar.admit("new", hops, rate, [wanted])
    if refusal is None:
        return
    start, end = wanted
    for instant, offer in refusal.fits_at:
        if instant == start:
            shifted: Window = wanted
        else:
            assert instant is not None
            shifted = (instant, instant + (end - start) if start and end else None)
        assert calendar.admit("offer", hops, offer, [shifted]) is None
        calendar.release("offer")
        if offer < rate:
            assert calendar.admit("offer", hops, offer + 1, [shifted]) is not None


def test_a_refusal_says_what_fits_when() -> None:
    """The screen of the handbook: 40 G now, 100 G from six."""
    x, y = HOPS
    calendar = Calendar({x: 100 * G, y: 400 * G})
    assert calendar.admit("night", [x], 60 * G, [window(0, 6)]) is None
    assert calendar.admit("day", [y], 320 * G, [window(None, 8)]) is None
    refusal = calendar.admit("train", [x, y], 100 * G, [window(1, None)])
    assert refusal == Refusal(
        "train",
        x,
        100 * G,
        40 * G,
        window(1, None),
        at(6),
        ((at(1), 40 * G), (at(6), 80 * G), (at(8), 100 * G)),
        ("night",),
    )
    assert calendar.reservations(x) == calendar.reservations()[:1]
    assert calendar.peak(x) == 60 * G
    never = calendar.admit("train", [x], 101 * G, [window(6, None)])
    assert never is not None
    assert (never.free_bps, never.until, never.fits_at) == (100 * G, None, ((at(6), 100 * G),))


def test_offers_come_in_the_order_of_time() -> None:
    calendar = Calendar({HOPS[0]: 100})
    for hour in (11, 3, 7, 2, 5):
        calendar.admit(f"o{hour}", HOPS[:1], 10, [window(None, hour)])
    refusal = calendar.admit("new", HOPS[:1], 100, [window(0, None)])
    assert refusal is not None
    assert refusal.fits_at == ((at(0), 50), (at(2), 60), (at(3), 70), (at(5), 80), (at(7), 90), (at(11), 100))
    assert calendar.free(HOPS[0], [window(0, 1), window(12, 13)]) == 50
    assert calendar.free(HOPS[0], [window(6, 8), window(12, 13)]) == 80


def test_one_owner_never_counts_twice() -> None:
    calendar = Calendar({HOPS[0]: 100})
    assert calendar.admit("a", [HOPS[0], HOPS[0]], 60, [window(0, 5), window(4, 8), window(8, 9)]) is None
    assert calendar.free(HOPS[0]) == 40
    (held,) = calendar.reservations()
    assert held.window == window(0, 9)


def test_windows_are_half_open() -> None:
    calendar = Calendar({HOPS[0]: 100})
    assert calendar.admit("a", HOPS[:1], 100, [window(0, 5)]) is None
    assert calendar.admit("b", HOPS[:1], 100, [window(5, 6)]) is None
    assert not overlap(window(0, 5), window(5, 6))
    assert overlap(window(0, 5), window(None, 1))


@pytest.mark.parametrize(
    ("rate", "windows"),
    [(0, ALWAYS), (1, [window(5, 5)]), (1, [(datetime(2026, 1, 1), None)]), (1, [])],
)
def test_nonsense_is_refused(rate: int, windows: list[Window]) -> None:
    with pytest.raises(ValueError, match=r"nothing|empty|time zone|at least one"):
        Calendar({HOPS[0]: 100}).admit("a", HOPS[:1], rate, windows)


def test_free_by_arc() -> None:
    ours = graph("ab", "bc")
    calendar = Calendar.of(ours)
    hop = DirectedLink("ab", "b")
    calendar.admit("a", [hop], 30 * G, [window(0, 5)])
    free = calendar.free_by_arc(ours, [window(4, 6)])
    assert [free(arc) // G for arc in (0, 1, 2, 1)] == [100, 70, 100, 70]
    assert calendar.free_by_arc(ours, [window(5, 6)])(1) == 100 * G
    calendar.admit("b", [hop], 20 * G, [window(0, 5)])
    assert calendar.free_by_arc(ours, [window(4, 6)])(1) == 50 * G
    calendar.release("b")
    assert calendar.free_by_arc(ours, [window(4, 6)])(1) == 70 * G
    assert calendar.free_by_arc(graph("ab"), [window(4, 6)])(1) == 70 * G
    half = Calendar(dict.fromkeys(ours.directed_links, 50 * G))
    assert half.free_by_arc(ours)(0) == 50 * G


GROUP = FlexeGroup(group=1, slots=20, granularity_bps=5 * G, base_slots=4)


@pytest.mark.parametrize(("gbps", "slots"), [(1, 1), (5, 1), (5.1, 2), (100, 20)])
def test_slots_are_whole(gbps: float, slots: int) -> None:
    assert slots_needed(int(gbps * G), GROUP) == slots


def test_slots_are_taken_for_a_window_and_free_again_after_it() -> None:
    slots = SlotCalendar({"x": GROUP})
    assert slots.free("x") == 16
    assert slots.admit("a", "x", 21 * G, [window(0, 5)]) == 5
    assert slots.admit("b", "x", 10 * G) == 2
    assert slots.admit("c", "x", 10 * G, [window(5, 6), window(7, 8)]) == 2
    assert slots.admit("d", "x", 50 * G, [window(4, 5)]) == SlotRefusal("d", "x", 10, 9, 5 * G, ("a", "b"))
    refusal = slots.admit("d", "x", 50 * G, [window(4, 5)])
    assert isinstance(refusal, SlotRefusal)
    assert refusal.free_bps == 45 * G
    slots.release("a")
    assert slots.free("x", [window(4, 5)]) == 14
    assert slots.free("x", [window(4, 6)]) == 12


def test_buffers() -> None:
    links = [link("ab", "a", "b"), link("bc", "b", "c")]
    declared = [
        type(item)(**{f: getattr(item, f) for f in item.__slots__} | {"buffer_bytes": 100}) for item in links[:1]
    ]
    buffers = Buffers.of(Graph.of(topology([*declared, links[1]])))
    ab, bc = DirectedLink("ab", "a"), DirectedLink("bc", "b")
    assert buffers.admit("one", {ab: 60}) is None
    assert buffers.admit("two", {ab: 41}) == BufferRefusal("two", ab, 41, 40, 100, ("one",))
    assert buffers.admit("two", {ab: 1, bc: 1}) == BufferRefusal("two", bc, 1, 0, 0, ())
    assert buffers.free(ab) == 40  # all or nothing
    assert buffers.free(DirectedLink("ab", "b")) == 100
    buffers.release("one")
    assert buffers.admit("two", {ab: 100}) is None
