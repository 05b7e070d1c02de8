"""Route again: those services whose ways may differ from the last time, and no others.

The services are gone through in the order of service. One that changed is routed where it stands; the hops on which it
now holds something else are *moved*. A later service keeps its ways when every moved hop has, then and now, at least
what its search asked for: the search could not tell the difference. Where that is not certain it is routed again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import merge

from netwright.intents.schema import Service
from netwright.paths.admission import Calendar, Taken
from netwright.paths.graph import DirectedLink
from netwright.services.compile import Compiler
from netwright.services.design import Rank, Routed, Served
from netwright.services.kinds import Profiler
from netwright.services.routing import FULL, Routing
from netwright.services.traces import Trace

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Anew(Exception):
    """What is remembered does not settle it; the message says why."""


@dataclass
class Rerouting:
    """One pass through all services; `routed` has those that were routed again."""

    traces: Mapping[str, Trace]  # in the order of service
    served: Mapping[str, Served]  # as it was
    wanted: Mapping[str, Service]  # changed or new
    new: Iterable[tuple[Rank, str]]  # of `wanted`: those that were not there, in the order of service
    gone: frozenset[str]
    compiler: Compiler
    routing: Routing
    profiler: Profiler
    routed: dict[str, Routed] = field(default_factory=dict)
    then: Calendar = field(default_factory=lambda: Calendar({}))  # what was held on the moved hops, and those alone
    floor: int = FULL  # the least that any moved hop has free, then or now
    waiting: list[Taken] = field(default_factory=list)  # kept, and not in the calendar yet

    def run(self) -> None:
        """Go through all services."""
        for _, address in self._in_order():
            self._pass(address)
            if self.compiler.found.found:
                raise Anew(f"{address} is refused: {self.compiler.found.found[0].code}")

    def _in_order(self) -> Iterator[tuple[Rank, str]]:
        """Every service that is or was."""
        return merge(((trace.rank, name) for name, trace in self.traces.items()), self.new)

    def _pass(self, address: str) -> None:
        trace = self.traces.get(address)
        if address in self.gone:
            assert trace is not None  # noqa: S101 - what goes was there
            self._refuse_hard(trace)
            self._catch_up()
            self._move(trace.held, ())
        elif trace is None or address in self.wanted:
            self._route(address, self.wanted[address], trace)
        elif not trace.timeless or trace.need > self.floor:
            self._route(address, self.served[address].profile.service, trace)
        else:
            self._keep(trace)

    def _keep(self, trace: Trace) -> None:
        """It holds what it held; where that is on a moved hop, the hop has less to give from here on."""
        moved = self.then.capacity_bps
        here = [one for one in trace.held if one[:2] in moved] if moved else []
        if here:
            self.then.restore(here)
            self.routing.calendar.restore(here)
            self._lower({one[:2] for one in here})
        self.waiting += [one for one in trace.held if one[:2] not in moved] if here else trace.held

    def _catch_up(self) -> None:
        self.routing.calendar.restore(self.waiting)
        self.waiting = []

    def _route(self, address: str, service: Service, trace: Trace | None) -> None:
        """Route a service at its place, and compare what it holds with what it held."""
        profile, routing = self.profiler.profile(service), self.routing
        self._refuse_hard(trace, profile.isolation == "hard")
        self._catch_up()
        self._lay_out(profile.ride)
        signalling = self.compiler.signalling(routing.no, profile)
        ways = routing.route(profile) if signalling else None
        if ways is None:
            raise Anew(f"{address} cannot be routed")
        self.routed[address] = profile, ways, signalling
        self._move(trace.held if trace else (), routing.taken[address])

    def _lay_out(self, ride: str) -> None:
        """What a rider asks of its slice: its links, and when it is there."""
        if ride and ride not in self.routing.ridden:
            served = self.served[ride]
            hops = (hop for pair in served.ways for way in pair.directions() for hop in way.all_hops)
            self.routing.ridden[ride] = frozenset(hop.link for hop in hops)
            self.routing.there[ride] = self.profiler.profile(served.profile.service).bookings

    def _move(self, old: tuple[Taken, ...], new: tuple[Taken, ...]) -> None:
        """Mark the hops on which something else is held from here on; the calendar has `new`, and not `old`."""
        if self._sums(old) == self._sums(new):
            return
        hops = {one[:2] for one in (*old, *new)}
        for hop in hops - self.then.capacity_bps.keys():
            self.then.copy(DirectedLink(*hop), self.routing.calendar)
            self.then.restore((*one[:4], -one[4]) for one in new if one[:2] == hop)
        self.then.restore(old)
        self._lower(hops)

    def _sums(self, taken: Iterable[Taken]) -> Counter[tuple[str, str, int, int]]:
        """Rates by hop and window; what has begun has begun."""
        now = (self.profiler.at - _EPOCH) // timedelta(microseconds=1)
        sums: Counter[tuple[str, str, int, int]] = Counter()
        for link, sender, start, end, rate in taken:
            sums[link, sender, max(start, now), end] += rate
        return sums

    def _lower(self, hops: Iterable[tuple[str, str]]) -> None:
        """Look at what moved hops have free, then and now."""
        calendar, links = self.routing.calendar, self.routing.topology.links
        for hop in (DirectedLink(*hop) for hop in hops):
            if hop not in calendar.capacity_bps:
                continue  # a slice's share, of which nobody has asked anything yet
            free = calendar.free(hop)
            if free < 0:
                raise Anew(f"{hop} has no room for what is held there")
            if hop.link in links:
                self.floor = min(self.floor, self.then.free(hop), free)

    def _refuse_hard(self, trace: Trace | None, now: bool = False) -> None:  # noqa: FBT001, FBT002
        """Slots and sub-interfaces are given out by rules that look at all services together."""
        ridden = self.traces.get(trace.ride) if trace else None
        if now or (trace and trace.hard) or (ridden and ridden.hard):
            raise Anew("hard isolation would be given out anew")
