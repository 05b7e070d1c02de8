"""The bandwidth calendar: who may have how much on which link, and when.

A reservation holds a rate on directed links over half-open windows [start, end). Per directed link the calendar keeps
the sum as a staircase over time; a request is admitted on all its links and windows, or on none. A refusal is never a
bare no: it names the bottleneck, what is free there, and what would fit when.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from netwright.paths.graph import DirectedLink, Graph

Window: TypeAlias = tuple[datetime | None, datetime | None]
"""Half-open [start, end), both aware; None: since ever, for ever."""

ALWAYS: tuple[Window, ...] = ((None, None),)
MOST_COUNTER_OFFERS = 8

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_EVER, _NEVER = -(1 << 62), 1 << 62


@dataclass(frozen=True, slots=True)
class Reservation:
    """What one owner holds on one directed link in one window."""

    owner: str
    hop: DirectedLink
    rate_bps: int
    window: Window


Taken: TypeAlias = tuple[str, str, int, int, int]
"""A reservation in plain values: link, sender, from, until (microseconds since 1970), bit/s."""

_Held: TypeAlias = tuple[str, int, int, int]
"""What somebody holds of one hop: owner, from, until, bit/s."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request does not fit. `free_bps` is what `hop` has over the whole of `window`.

    `fits_at`: (instant, bit/s) by time, each more than the one before: what all links of the request together carry for
    the same duration when it begins then (None: since ever). `until`: when more than `free_bps` fits, None: never.
    """

    owner: str
    hop: DirectedLink
    asked_bps: int
    free_bps: int
    window: Window
    until: datetime | None
    fits_at: tuple[tuple[datetime | None, int], ...]
    holders: tuple[str, ...]


@dataclass(slots=True)
class _Staircase:
    """A sum over time: `levels[i]` holds from `times[i]` to `times[i + 1]`."""

    times: list[int] = field(default_factory=lambda: [_EVER])
    levels: list[int] = field(default_factory=lambda: [0])

    def add(self, start: int, end: int, amount: int) -> None:
        first, last = self._step(start), self._step(end)
        self.levels[first:last] = [level + amount for level in self.levels[first:last]]

    def peak(self, start: int, end: int) -> int:
        if len(self.levels) == 1:
            return self.levels[0]
        return max(self.levels[bisect_right(self.times, start) - 1 : bisect_left(self.times, end)])

    def _step(self, instant: int) -> int:
        """The index of the step that begins at `instant`, made if need be (the end of time has none)."""
        place = bisect_left(self.times, instant)
        if instant < _NEVER and (place == len(self.times) or self.times[place] != instant):
            self.times.insert(place, instant)
            self.levels.insert(place, self.levels[place - 1])
        return place


@dataclass(frozen=True, slots=True)
class _View:
    """What is free by arc in the windows asked for last: most requests of a run ask for the same (from now on)."""

    graph: Graph
    spans: list[tuple[int, int]]
    known: list[int | None]


class Calendar:
    """Reservations against capacities in bit/s by directed link. What is admitted never exceeds them at any instant."""

    def __init__(self, capacity_bps: Mapping[DirectedLink, int]) -> None:
        self.capacity_bps = dict(capacity_bps)
        self._sums: dict[DirectedLink, _Staircase] = {}
        self._held: dict[DirectedLink, list[_Held]] = {}
        self._view: _View | None = None
        self.taken: list[Taken] = []
        """What was admitted here, in that order, released since or not."""

    @classmethod
    def of(cls, graph: Graph) -> Calendar:
        """A calendar of all directed links with all their capacity."""
        return cls(dict(zip(graph.directed_links, graph.capacity, strict=True)))

    def free(self, hop: DirectedLink, windows: Sequence[Window] = ALWAYS) -> int:
        """What can still be had on `hop` in each of `windows`, in bit/s."""
        return min(self._free(hop, *span) for span in _spans(windows))

    def free_by_arc(self, graph: Graph, windows: Sequence[Window] = ALWAYS) -> Callable[[int], int]:
        """`free` as path searches want it: by arc number. Right until the next admission or release."""
        spans = _spans(windows)
        if self._view is None or self._view.graph is not graph or self._view.spans != spans:
            self._view = _View(graph, spans, [None] * len(graph.head))
        known, hops, sums, capacity = self._view.known, graph.directed_links, self._sums, self.capacity_bps

        def free(arc: int) -> int:
            found = known[arc]
            if found is None:
                hop = hops[arc]
                found = capacity[hop]
                if (stairs := sums.get(hop)) is not None:
                    found -= max([stairs.peak(start, end) for start, end in spans])
                known[arc] = found
            return found

        return free

    def admit(
        self, owner: str, hops: Iterable[DirectedLink], rate_bps: int, windows: Sequence[Window] = ALWAYS
    ) -> Refusal | None:
        """Reserve `rate_bps` on every hop in every window, or nothing at all and say why.

        A hop named twice is reserved once: the ways of one service that stand in for each other never send together.
        """
        if rate_bps <= 0:
            raise ValueError("a reservation is of more than nothing")
        wanted, spans = tuple(dict.fromkeys(hops)), _spans(windows)
        for span in spans:
            if refusal := self._refusal(owner, wanted, rate_bps, span):
                return refusal
        for hop in wanted:
            self._forget(hop)
            stairs, held = self._sums.setdefault(hop, _Staircase()), self._held.setdefault(hop, [])
            for start, end in spans:
                stairs.add(start, end, rate_bps)
                held.append((owner, start, end, rate_bps))
                self.taken.append((*hop, start, end, rate_bps))
        return None

    def release(self, owner: str) -> None:
        """Take back everything `owner` holds."""
        for hop, held in self._held.items():
            for whose, start, end, rate_bps in held:
                if whose == owner:
                    self._forget(hop)
                    self._sums[hop].add(start, end, -rate_bps)
            held[:] = [one for one in held if one[0] != owner]

    def restore(self, taken: Iterable[Taken]) -> None:
        """Take what was admitted before, unasked, as nobody's; a negative rate takes it back."""
        sums: dict[tuple[str, str, int, int], int] = {}
        for link, sender, start, end, rate_bps in taken:
            place = link, sender, start, end
            sums[place] = sums.get(place, 0) + rate_bps
        for (link, sender, start, end), rate_bps in sums.items():
            hop = DirectedLink(link, sender)
            self._forget(hop)
            self._sums.setdefault(hop, _Staircase()).add(start, end, rate_bps)

    def copy(self, hop: DirectedLink, other: Calendar) -> None:
        """Take over what another calendar has on a hop, and its capacity."""
        self.capacity_bps[hop] = other.capacity_bps.get(hop, 0)
        if (stairs := other._sums.get(hop)) is not None:
            self._sums[hop] = _Staircase(stairs.times[:], stairs.levels[:])

    def reservations(self, hop: DirectedLink | None = None) -> tuple[Reservation, ...]:
        """What is held on `hop` (default: everywhere), by hop, in the order of admission."""
        hops = sorted(self._held) if hop is None else [hop]
        return tuple(
            Reservation(owner, name, rate_bps, (_instant(start), _instant(end)))
            for name in hops
            for owner, start, end, rate_bps in self._held.get(name, ())
        )

    def peak(self, hop: DirectedLink, windows: Sequence[Window] = ALWAYS) -> int:
        """The most that is reserved on `hop` at any instant of `windows`, in bit/s."""
        return self.capacity_bps[hop] - self.free(hop, windows)

    def _forget(self, hop: DirectedLink) -> None:
        if self._view is not None and hop.link in self._view.graph.link_index:
            self._view.known[self._view.graph.arc(hop)] = None

    def _free(self, hop: DirectedLink, start: int, end: int) -> int:
        sums = self._sums.get(hop)
        return self.capacity_bps[hop] - (sums.peak(start, end) if sums else 0)

    def _refusal(
        self, owner: str, hops: tuple[DirectedLink, ...], rate_bps: int, span: tuple[int, int]
    ) -> Refusal | None:
        start, end = span
        free_bps, hop = min(((self._free(hop, start, end), hop) for hop in hops), default=(rate_bps, None))
        if hop is None or free_bps >= rate_bps:
            return None
        offers = self._offers(hops, rate_bps, start, end)
        window = (_instant(start), _instant(end))
        until = next((instant for instant, rate in offers if rate > free_bps), None)
        return Refusal(owner, hop, rate_bps, free_bps, window, until, offers, self._holders(hop, start, end))

    def _offers(
        self, hops: tuple[DirectedLink, ...], asked: int, start: int, end: int
    ) -> tuple[tuple[datetime | None, int], ...]:
        """What fits when the same duration begins now, or at a later instant at which something ends."""
        bounded = start > _EVER and end < _NEVER
        steps = {instant for hop in hops if hop in self._sums for instant in self._sums[hop].times if instant > start}
        offers: list[tuple[datetime | None, int]] = []
        best = 0
        for instant in (start, *sorted(steps)):
            last = end if instant == start else instant + (end - start) if bounded else _NEVER
            rate = min(asked, *(self._free(hop, instant, last) for hop in hops))
            if rate > best and len(offers) < MOST_COUNTER_OFFERS:
                offers.append((_instant(instant), rate))
                best = rate
        return tuple(offers)

    def _holders(self, hop: DirectedLink, start: int, end: int) -> tuple[str, ...]:
        held = self._held.get(hop, ())
        return tuple(sorted({owner for owner, first, last, _ in held if first < end and start < last}))


def overlap(one: Window, two: Window) -> bool:
    """Whether two windows share an instant."""
    (start, end), (first, last) = _ticks(one), _ticks(two)
    return start < last and first < end


def _ticks(window: Window) -> tuple[int, int]:
    """A window in microseconds since 1970; ValueError for one that is empty or has no time zone."""
    start = _EVER if window[0] is None else _tick(window[0])
    end = _NEVER if window[1] is None else _tick(window[1])
    if start >= end:
        raise ValueError(f"the window from {window[0]} to {window[1]} is empty")
    return start, end


def _spans(windows: Sequence[Window]) -> list[tuple[int, int]]:
    """The instants that are in one of `windows`, as spans apart from each other: a request never holds a rate twice."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted(map(_ticks, windows)):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    if not spans:
        raise ValueError("a request has at least one window")
    return spans


def _tick(instant: datetime) -> int:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return (instant - _EPOCH) // _TICK


def _instant(tick: int) -> datetime | None:
    return None if tick in {_EVER, _NEVER} else _EPOCH + tick * _TICK
