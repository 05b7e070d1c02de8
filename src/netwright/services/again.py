"""Compile again: the design when a few services say something else, from the last one. Pure.

Everything but the services must be what it was: the Fabric, the topology, the platforms, the ledger. What this cannot
settle for certain (hard isolation, numbers that would move, anything that would be refused or told) raises `Anew`: the
network is then compiled as if nobody remembered, which also words what is wrong. The outcome is the same design, to
the last fragment, that compiling as a whole would give.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from netwright.alloc.errors import PoolError
from netwright.alloc.ledger import Request
from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.overlay import Made, Over
from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Platform
from netwright.services.channelised import Channelised
from netwright.services.checks import Checks
from netwright.services.compile import Compiler
from netwright.services.design import Design, Line, Rank, Served, new_claims, rank, said
from netwright.services.fabric import FabricCompiler
from netwright.services.flexe import Client
from netwright.services.kinds import Profiler
from netwright.services.limits import refuse_beyond
from netwright.services.model import Fragment
from netwright.services.numbers import Numbers, assign_all, requests_of, with_clients
from netwright.services.patching import Patch
from netwright.services.queues import strict_bursts
from netwright.services.references import References
from netwright.services.refusals import Refusals
from netwright.services.rerouting import Anew, Rerouting
from netwright.services.routing import Routing
from netwright.services.traces import Asked, Trace, Traces, bursts_of, plain, rooms_of, trace
from netwright.topology.model import Topology

_Apart: TypeAlias = tuple[Mapping[str, Client], Mapping[str, Channelised]]


@dataclass(frozen=True)
class Last:
    """A design and what is remembered beside it. Its mappings may be read when somebody looks."""

    design: Design
    traces: Traces


@dataclass(frozen=True)
class Next(Last):
    """What came of compiling again, and the devices where anything may differ."""

    devices: frozenset[str]


def compile_again(
    last: Last,
    wanted: Mapping[str, Service],
    gone: Collection[str],
    topology: Topology,
    platforms: Mapping[str, Platform],
    at: datetime,
) -> Next:
    """Compile with the services of `wanted` changed or new, and those of `gone` withdrawn; or raise `Anew`."""
    if last.design.numbers is None:
        raise Anew("there was no Fabric")
    return _Again(last, dict(wanted), frozenset(gone), topology, platforms, at, last.design.numbers).run()


@dataclass
class _Again:
    last: Last
    wanted: dict[str, Service]
    gone: frozenset[str]
    topology: Topology
    platforms: Mapping[str, Platform]
    at: datetime
    before: Numbers
    found: Diagnostics = field(default_factory=Diagnostics)

    @property
    def traces(self) -> Mapping[str, Trace]:
        return self.last.traces.by_address

    def run(self) -> Next:
        self._take_riders_along()
        intents = self._with_slices(self.wanted.values())
        ledger = self.last.design.ledger_before
        compiler = Compiler(intents, self.topology, self.platforms, ledger, self.at, self.found)
        self._check_names(intents)
        asked = {name: self._requests(service) for name, service in self.wanted.items()}
        numbers = self._numbers(asked)
        underlay = FabricCompiler(numbers.fabric, self.topology, self.platforms, numbers)
        pass_ = self._reroute(compiler, underlay)
        bursts, served = self._serve(compiler, pass_, underlay)
        rooms = self._rooms(served)
        patch = Patch(self.last, self.topology, numbers.fabric.address, served, self.gone, self._rank)
        fragments = patch.fragments()
        design = self._put_together(compiler, served, fragments, underlay)
        traces = self._traces(pass_, served, asked)
        apart = self.last.traces.clients, self.last.traces.channels  # of hard isolation, which stays as it was
        return Next(design, Traces(traces, *apart, bursts, rooms), frozenset(fragments))

    # ---- what is compiled

    def _take_riders_along(self) -> None:
        """What a slice is decides over its riders."""
        for name, one in self.traces.items():
            if one.ride in self.gone and name not in self.gone:
                raise Anew("a slice goes that is ridden in")
            if one.ride in self.wanted and name not in self.wanted and name not in self.gone:
                self.wanted[name] = self.last.design.served[name].profile.service

    def _with_slices(self, services: Iterable[Service]) -> Intents:
        """Services as intents, with the slices that they ride in."""
        every = {one.address: one for one in services}
        ridden = {f"TenantSlice/{name}" for one in every.values() if (name := getattr(one.spec, "slice", ""))}
        every |= {name: self._slice(name) for name in ridden}
        return Intents(self.before.fabric, tuple(every[name] for name in sorted(every)))

    def _slice(self, address: str) -> Service:
        if address in self.wanted:
            return self.wanted[address]
        if address in self.gone or address not in self.traces:
            raise Anew(f"{address} is not there")
        return self.last.design.served[address].profile.service

    def _check_names(self, intents: Intents) -> None:
        if any(one.address in self.wanted or one.address in self.gone for one in self.last.design.warnings):
            raise Anew("something was said of it")
        References(intents, self.topology, self.platforms, self.found).check()
        if self.found.found:
            raise Anew(f"something is to be said of a name: {self.found.found[0].code}")

    # ---- numbers

    def _requests(self, service: Service) -> tuple[Asked, ...]:
        return plain(requests_of(service, self.before.fabric, self.topology, self.platforms, self.before.pools))

    def _numbers(self, asked: Mapping[str, tuple[Asked, ...]]) -> Numbers:
        """The numbers that were, or with those of what is new: what others have must not move."""
        if not self.gone and all(name in self.traces and self.traces[name].requests == asked[name] for name in asked):
            return self.before
        every = {name: one.requests for name, one in self.traces.items() if name not in self.gone} | dict(asked)
        requests = ([Request(*one) for one in every[name]] for name in sorted(every))
        clients, channels = self.last.traces.clients, self.last.traces.channels
        ledger, fabric = self.last.design.ledger_before, self.before.fabric
        try:
            made = assign_all(fabric, self.topology, self.platforms, self.before.pools, requests, ledger, self.at)
            made = with_clients(made, self.topology, clients, channels, self.at)
        except PoolError as error:
            raise Anew("a number cannot be given") from error
        old = self.before.assignment.numbers
        moved = {claim for claim, number in made.assignment.numbers.items() if old.get(claim, number) != number}
        if not {"/".join(claim.split("/", 2)[:2]) for claim in moved} <= self.wanted.keys():
            raise Anew("numbers of others would move")
        return made

    # ---- ways and promises

    def _reroute(self, compiler: Compiler, underlay: FabricCompiler) -> Rerouting:
        new = sorted((self._rank(name), name) for name in self.wanted if name not in self.traces)
        no = Refusals(compiler.intents, self.found)
        routing = Routing(self.topology, self.platforms, no, underlay.encryption)
        profiler = Profiler(self.at, underlay.numbers.vlan)
        served = self.last.design.served
        pass_ = Rerouting(self.traces, served, self.wanted, new, self.gone, compiler, routing, profiler)
        pass_.run()
        return pass_

    def _rank(self, name: str) -> Rank:
        return (
            self.traces[name].rank if name in self.traces else rank(self.last.design.ledger_before, self.wanted[name])
        )

    def _serve(
        self, compiler: Compiler, pass_: Rerouting, underlay: FabricCompiler
    ) -> tuple[dict[Line, int], dict[str, Served]]:
        """The services that were routed again, and those whose bounds count others' bursts; all bursts by line."""
        routed = dict(pass_.routed)
        old = bursts_of(self._were({*routed, *self.gone}), self.topology)
        new = strict_bursts(routed.values(), {name: {} for name in routed}, self.topology)
        bursts = dict(self.last.traces.bursts)
        for line in old.keys() | new.keys():
            bursts[line] = bursts.get(line, 0) - old.get(line, 0) + new.get(line, 0)
        moved = {
            (hop.sender, port) for hop, port in old.keys() | new.keys() if old.get((hop, port)) != new.get((hop, port))
        }
        apart: dict[str, _Apart] = {}  # who was routed again is neither hard itself nor rides in what is
        for name, known in self.traces.items():
            if known.strict and name not in routed and name not in self.gone and not moved.isdisjoint(known.queued):
                one = self.last.design.served[name]
                routed[name], apart[name] = (one.profile, one.ways, one.lowering.signalling), _apart(one)
        compiler.intents = self._with_slices(profile.service for profile, _, _ in routed.values())
        made = {}
        for name, (profile, ways, signalling) in routed.items():
            own = apart.get(name, ({}, {}))
            made[name] = compiler.serve(profile, ways, signalling, underlay.numbers, underlay, bursts, *own)
            compiler.grade(pass_.routing.no, made[name])
            refuse_beyond(pass_.routing.no, made[name].lowering)
        if self.found.found:
            raise Anew(f"something is refused: {self.found.found[0].code}")
        return {line: size for line, size in bursts.items() if size}, made

    def _were(self, names: Iterable[str]) -> list[Served]:
        return [self.last.design.served[name] for name in sorted(names) if name in self.traces]

    def _rooms(self, served: Mapping[str, Served]) -> dict[DirectedLink, int]:
        """What lossless services hold of the buffers: headroom that fits in the end fitted at every step."""
        rooms = dict(self.last.traces.rooms)
        for sign, services in ((-1, self._were({*served, *self.gone})), (1, list(served.values()))):
            for hop, size in rooms_of(services, self.topology).items():
                rooms[hop] = rooms.get(hop, 0) + sign * size
        for hop, size in rooms.items():
            if size > self.topology.links[hop.link].buffer_bytes:
                raise Anew(f"{hop} has no buffer for its headroom")
        return {hop: size for hop, size in rooms.items() if size}

    # ---- everything together

    def _put_together(
        self,
        compiler: Compiler,
        served: dict[str, Served],
        fragments: Mapping[str, tuple[Fragment, ...]],
        underlay: FabricCompiler,
    ) -> Design:
        last, numbers = self.last.design, underlay.numbers
        every = Over(last.served, served, self.gone)
        says = {name: text for name, text in last.says.items() if name not in self.gone}
        says |= {name: said(one.profile.service) for name, one in served.items()}
        idle = {name: off for name, off in last.idle.items() if name not in self.gone}
        idle |= {name: not one.profile.active for name, one in served.items()}
        active = Made(sorted((name for name in idle if not idle[name]), key=self._rank), every.__getitem__)
        return replace(
            last,
            at=self.at,
            ledger=numbers.assignment.ledger,
            new_claims=last.new_claims if numbers is self.before else new_claims(numbers),
            fragments=Over(last.fragments, fragments, ()),
            served=every,
            checks=Checks(lambda: compiler.checks(active, underlay)),
            claims=frozenset(numbers.assignment.numbers),
            numbers=numbers,
            routing=None,
        ).knowing(says=says, idle=idle, numbering=last.numbering if numbers is self.before else "")

    def _traces(
        self,
        pass_: Rerouting,
        served: Mapping[str, Served],
        asked: Mapping[str, tuple[Asked, ...]],
    ) -> dict[str, Trace]:
        traces = {name: one for name, one in self.traces.items() if name not in self.gone}
        for name, one in served.items():
            old = self.traces.get(name)
            held = pass_.routing.taken[name] if name in pass_.routed else old.held if old else ()
            requests = asked.get(name, old.requests if old else ())
            traces[name] = trace(one, pass_.routing, held, self._rank(name), requests)
        return {name: traces[name] for name in sorted(traces, key=lambda name: traces[name].rank)}


def _apart(served: Served) -> _Apart:
    """What a service has, or rides in, of hard isolation."""
    return served.lowering.clients, served.lowering.channels
