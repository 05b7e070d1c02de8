"""The proofs, carried out: what `proof` asks for is measured by `bench` and judged by `judging`.

Each proof gives all of its verdicts, whatever goes wrong: what could not be measured is an error, not a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import monotonic, sleep
from typing import Final

from netwright.lab import expected, judging, proof
from netwright.lab.bench import Bench
from netwright.lab.facts import Echoes, Flow
from netwright.lab.ground import LabError
from netwright.lab.model import Wire
from netwright.lab.proof import Host, Pair, Scene, Seat
from netwright.paths.graph import Path
from netwright.platforms.frr.wording import best_effort_depth
from netwright.services.checks import Check
from netwright.services.design import Served
from netwright.services.ways import Way
from netwright.verify.model import Verdict

FLOOD: Final = 1.5
"""How much of its share a tenant sends that floods."""

BACKGROUND: Final = 0.95
FILLED: Final = 0.9
"""Which part of the background must have been sent for a delay to count as one under load."""

FLOOD_BYTES: Final = 8000
"""A flood's packets: few and large, for an emulated machine counts packets, and a link counts bytes."""

FILL_LEAST_S: Final = 10.0
"""How long congestion stands before anything is measured in it: best effort loses nothing before its queue is full."""

FLOOD_CATCH_UP_S: Final = 1.0
"""A flood may come in bursts: it is there to be in the way."""

WAY_BYTES: Final = 200
"""Packets that show a way, at half of the rate: many more than the routers' own, of which each wire has some."""

WAY_MOST_BPS: Final = 160_000
"""A hundred of them a second are enough."""

FULL_BYTES: Final = 1500
"""Packets that fill a class's own queue, which is as deep as some of them."""

CUT_BY: Final = 0.75
"""By which part of a stream the link must be down for its end to show anything."""

SAMPLE_S: Final = 300.0
"""How long the sample for a ratio of loss may take, unless the user says otherwise."""

ECHOES: Final = 3
ASKERS: Final = 4
"""How many hosts ask for others at the same time: more would be late by themselves in an emulated machine."""

SPARE: Final = 1.03
"""How much longer than its sample takes a stream is: a sender may be a little late."""

CATCH_UP_S: Final = 0.06
"""What a tenant's stream that was late makes up for at once: less than a policer's bucket holds at any lab's rate."""

_FLOOD_PORT: Final = 9

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Prover:
    """The proofs of one lab, each stream `seconds` long; for a ratio of loss as long as its sample takes.

    Where that would take more than `sample_s`, it is `seconds`, too, and what that showed is told.
    """

    bench: Bench
    scene: Scene
    seconds: float
    tell: Tell
    sample_s: float = SAMPLE_S

    def all(self, *, cuts: bool = True, rates: bool = True) -> tuple[Verdict, ...]:
        """Every proof that the intents call for; without `rates`, none that wants the machine to reach one."""
        self.bench.equip(sorted({host.seat.box for host in self.scene.hosts} | set(self.scene.routers)))
        found = [*self.reachability(), *self.ways()]
        if rates:
            found += [*self.shares(), *self.lossless(), *self.delays()]
        if cuts:
            found += self.cuts()
        return tuple(found)

    # ---- who reaches whom

    def reachability(self) -> Iterator[Verdict]:
        """Members reach each other with packets small and large; tenants do not reach each other."""
        hosts = self.scene.hosts
        own, foreign = tuple(proof.within_intents(hosts)), tuple(proof.between_tenants(hosts))

        def asked_by(one: Host) -> list[Verdict]:
            return self._asked_by(one, *([pair for pair in pairs if pair.one == one] for pairs in (own, foreign)))

        with ThreadPoolExecutor(ASKERS) as pool:
            for found in pool.map(asked_by, [host for host in hosts if host.intent in self.scene.served]):
                yield from map(self._at, found)

    def _asked_by(self, one: Host, mine: Sequence[Pair], theirs: Sequence[Pair]) -> list[Verdict]:
        """All that one host asks for; it waits most of the time, for those that do not answer."""
        checks = [
            *(expected.reaches(pair.one, pair.target, pair.other) for pair in mine),
            *(expected.carries(pair.one, pair.target, pair.other) for pair in mine),
            *(expected.is_apart(pair.one, pair.target, pair.other) for pair in theirs),
        ]
        sizes = [*(100 for _ in mine), *(min(one.mtu, pair.other.mtu) for pair in mine), *(100 for _ in theirs)]
        targets = [pair.target for pair in (*mine, *mine, *theirs)]
        rows = [(target, ECHOES, size) for target, size in zip(targets, sizes, strict=True)]
        try:
            seen = self.bench.echoes(one.seat, rows) if rows else ()
        except LabError as error:
            return [judging.unasked(check, str(error)) for check in checks]
        heard = any(echo.times_us for echo in seen[: len(mine)])
        return [_asked(check, echo, heard=heard) for check, echo in zip(checks, seen, strict=True)]

    # ---- a tenant that floods

    def shares(self) -> Iterator[Verdict]:
        """A tenant at its full rate, beside another that sends half as much again as it may."""
        for name, way, other, other_way in proof.floods(self.scene, "TenantSlice"):
            rate = self.scene.served[name].profile.bandwidth_bps
            check = expected.share(name, way, judging.rate(rate), other)
            yield from self._guard((check,), lambda: self._share(check, name, way, other, other_way))  # noqa: B023

    def _share(self, check: Check, name: str, way: Way, other: str, other_way: Way) -> Iterator[Verdict]:
        one, target = self._ends(name, way)
        flooder, sink = self._ends(other, other_way)
        own_bps = self.scene.served[name].profile.bandwidth_bps
        flood_bps = round(self.scene.served[other].profile.bandwidth_bps * FLOOD)
        self.tell(f"{other} floods with {judging.rate(flood_bps)} beside {name}")
        flood = _flood(flood_bps, min(flooder.mtu, FLOOD_BYTES))
        with self.bench.flowing(flooder.seat, sink.seat, flood) as flooding:
            own = self.bench.stream(one.seat, target.seat, self._ask(own_bps, min(1500, one.mtu)))
            flooded = flooding.stop()
        yield self._at(judging.keeps_its_share(check, own, own_bps, flooded, flood_bps, expected.OWN_LEAST))

    # ---- lossless

    def lossless(self) -> Iterator[Verdict]:
        """RoCEv2's look-alike at the promised rate, beside best effort that fills the first line of the way."""
        for name, served in self._of_kind("LosslessRdmaPath"):
            for way in list(proof.directions(served))[:1]:
                checks = expected.lossless(name, served, way)
                yield from self._guard(checks, lambda: self._lossless(checks, name, served, way))  # noqa: B023

    def _lossless(self, checks: Sequence[Check], name: str, served: Served, way: Way) -> Iterator[Verdict]:
        promised, least = served.profile.bandwidth_bps, proof.goodput_least(served)
        one, target, ask = self._steady(name, served, way)
        ask["ecn"] = True
        size = int(str(ask["size"]))
        lasts = self._sampled(name, served.profile.max_loss, promised / (size * 8))
        with self._congestion(way, size):
            self.tell(f"{name}: {judging.rate(promised)} of look-alike RDMA through congestion, for {lasts:.0f} s")
            flow = self.bench.stream(one.seat, target.seat, ask | {"seconds": lasts})
            self.tell(f"{name}: the control, the same stream as best effort")
            control = self.bench.stream(*self._neighbours(way), ask | {"dscp": 0})
        loss, good, ecn, shown = checks
        yield self._at(judging.loses_at_most(loss, flow, served.profile.max_loss or 0.0))
        yield self._at(judging.goodput(good, flow, promised, least))
        yield self._at(judging.collapses(shown, control, promised, least))
        yield self._at(self._marked(ecn, name, way, ask))

    def _sampled(self, name: str, ratio: float | None, packets_per_s: float) -> float:
        """How long a stream has to be for this ratio of loss, seconds, where that is not too long."""
        packets = judging.sample_for(ratio) if ratio else 0
        needed = packets / packets_per_s * SPARE
        if needed <= self.sample_s:
            return max(self.seconds, needed)
        self.tell(f"{name}: {ratio:g} takes {packets} packets, {needed:.0f} s: longer than --sample-seconds")
        return self.seconds

    def _marked(self, check: Check, name: str, way: Way, ask: dict[str, object]) -> Verdict:
        """The same stream in a queue that is full: the ingress router sends as much again into its class and tunnel.

        The tenant could not fill it: what it sends is policed where it enters.
        """
        one, target = self._ends(name, way)
        promised = self.scene.served[name].profile.bandwidth_bps
        more = _flood(promised, FULL_BYTES) | {"dscp": ask["dscp"]}
        self.tell(f"{name}: the same, its own queue filled with {judging.rate(promised)} more")
        with self.bench.pouring(self.scene.routers[way.a], self.scene.outer[name, way.a], more) as pouring:
            flow = self.bench.stream(one.seat, target.seat, ask)
            poured = pouring.stop()
        if poured.rate_bps < FILLED * promised:
            return judging.unasked(check, f"the queue was filled with {judging.rate(poured.rate_bps)}: too busy")
        return judging.marks(check, flow)

    # ---- deterministic

    def ways(self) -> Iterator[Verdict]:
        """The way that is taken."""
        for name, served in self._of_kind("DeterministicService"):
            for way in proof.directions(served):
                check = expected.path(name, way)
                yield from self._guard((check,), lambda: self._way(check, name, served, way))  # noqa: B023

    def _way(self, check: Check, name: str, served: Served, way: Way) -> Iterator[Verdict]:
        self.tell(f"{name}: the way from {way.a} to {way.z}")
        yield self._at(self._taken(check, name, served, way, way.path))

    def _taken(self, check: Check, name: str, served: Served, way: Way, path: Path) -> Verdict:
        """Whether the packets of a service take a path, by what each wire counts."""
        one, target, ask = self._steady(name, served, way)
        rate = min(served.profile.bandwidth_bps // 2, WAY_MOST_BPS)
        many = ask | {"rate_bps": rate, "size": WAY_BYTES}
        before = self.bench.counted()
        sent = self.bench.stream(one.seat, target.seat, many).sent.sent
        counted = proof.hop_counters(before, self.bench.counted(), self.scene.drawn)
        return judging.takes(check, counted, [str(hop) for hop in path.hops], sent)

    def delays(self) -> Iterator[Verdict]:
        """The delay under background load."""
        for name, served in self._of_kind("DeterministicService"):
            for way in proof.directions(served):
                check = expected.delay(name, served, way)
                yield from self._guard((check,), lambda: self._delay(check, name, served, way))  # noqa: B023

    def _delay(self, check: Check, name: str, served: Served, way: Way) -> Iterator[Verdict]:
        one, target, ask = self._steady(name, served, way)
        profile = served.profile
        self.tell(f"{name}: {judging.rate(profile.bandwidth_bps)} from {way.a} to {way.z}, idle")
        idle = self.bench.stream(one.seat, target.seat, ask)
        line = self.scene.line_bps(way.path.links[0])
        background = _flood(round(line * BACKGROUND), FLOOD_BYTES)
        self.tell(f"{name}: the same beside {BACKGROUND:.0%} of background load")
        with self.bench.flowing(*self._neighbours(way), background) as flowing:
            loaded = self.bench.stream(one.seat, target.seat, ask)
            load = flowing.stop()
        if load.sent.rate_bps < FILLED * BACKGROUND * line:
            came = f"the background came to {judging.rate(load.sent.rate_bps)} of {judging.rate(BACKGROUND * line)}"
            yield self._at(judging.unasked(check, f"{came}: too busy a machine"))
            return
        share = proof.queue_share_us(served, way, self.scene.drawn)
        yield self._at(judging.delays(check, idle.received, loaded.received, share))

    def _steady(self, name: str, served: Served, way: Way) -> tuple[Host, Host, dict[str, object]]:
        """The ends of a way, and the stream that its service promises to carry."""
        one, target = self._ends(name, way)
        profile = served.profile
        ask = self._ask(profile.bandwidth_bps, min(profile.packet_bytes, one.mtu))
        return one, target, ask | {"dscp": profile.markings[0].dscp[0]}

    # ---- a link that is cut

    def cuts(self) -> Iterator[Verdict]:
        """Cut the first link of the way of each intent that is carried along one, in the middle of a stream."""
        for name, served in (*self._of_kind("DeterministicService"), *self._of_kind("LosslessRdmaPath")):
            for way in list(proof.directions(served))[:1]:
                checks = expected.cut(name, served, way)
                yield from self._guard(checks, lambda: self._cut(checks, name, served, way))  # noqa: B023

    def _cut(self, checks: Sequence[Check], name: str, served: Served, way: Way) -> Iterator[Verdict]:
        """While the link is down: the silence in a stream, then, where there is a protection path, who takes it."""
        one, target, ask = self._steady(name, served, way)
        wire, standby = self._wire(way.path.links[0]), proof.standby(served, way)
        lasts_s, found = self.seconds * 2, list[Verdict]()
        self.tell(f"{name}: {wire.link} is cut")
        try:
            with ExitStack() as down:
                with self.bench.flowing(one.seat, target.seat, ask | {"seconds": lasts_s}) as flowing:
                    began = monotonic()
                    sleep(self.seconds / 2)
                    down.enter_context(self.bench.cut((wire.a, wire.z)))
                    late = monotonic() - began > CUT_BY * lasts_s
                    flow = flowing.end()
                found.append(self._at(_away(checks[0], flow, late=late, protected=standby is not None)))
                if standby:
                    found.append(self._at(self._taken(checks[1], name, served, way, standby)))
        except LabError:  # the link is up again, and nobody waits for what was found while it was down
            yield from found
            raise
        yield from found
        self._await(one, target)

    def _await(self, one: Host, target: Host) -> None:
        """Until they reach each other again, whatever the way; LabError when they do not."""
        there = target.seat.like(one.seat.addresses[0])
        for _ in range(30):
            if self.bench.echoes(one.seat, [(there, 1, 100)])[0].times_us:
                return
            sleep(2)
        raise LabError(f"{one.name} does not reach {target.name} again, a minute after the link is back")

    # ---- what all use

    def _ask(self, rate_bps: int, size: int) -> dict[str, object]:
        return {"rate_bps": rate_bps, "size": size, "seconds": self.seconds, "catch_up_s": CATCH_UP_S}

    def _of_kind(self, kind: str) -> list[tuple[str, Served]]:
        return [(name, one) for name, one in self.scene.served.items() if one.profile.service.kind == kind]

    def _ends(self, name: str, way: Way) -> tuple[Host, Host]:
        one, target = self.scene.at(name, way.a), self.scene.at(name, way.z)
        if one is None or target is None:
            raise LabError(f"{name} has no host at {way.a if one is None else way.z}: netwright lab hosts makes them")
        return one, target

    def _neighbours(self, way: Way) -> tuple[Seat, Seat]:
        return self.scene.routers[way.path.nodes[0]], self.scene.routers[way.path.nodes[1]]

    def _congestion(self, way: Way, size: int) -> Congestion:
        rate = round(self.scene.line_bps(way.path.links[0]) * FLOOD)
        return Congestion(self.bench, *self._neighbours(way), rate, size)

    def _wire(self, link: str) -> Wire:
        return next(wire for wire in self.scene.drawn.wires if wire.link == link)

    def _guard(self, checks: Sequence[Check], work: Callable[[], Iterator[Verdict]]) -> Iterator[Verdict]:
        """All verdicts of a proof; those that it did not come to are errors with the reason."""
        seen: list[Verdict] = []
        try:
            for verdict in work():
                seen.append(verdict)
                yield verdict
        except LabError as error:
            done = {verdict.check.address for verdict in seen}
            left = [check for check in checks if check.address not in done]
            if not left:  # the proof came to its end, and what it had to put right did not
                self.tell(f"  {error}")
            yield from (self._not(check, error) for check in left)

    def _not(self, check: Check, error: LabError) -> Verdict:
        return self._at(judging.unasked(check, str(error)))

    def _at(self, verdict: Verdict) -> Verdict:
        self.tell(f"  {verdict.state}: {verdict.check.what}: {verdict.observed} {verdict.message}".rstrip())
        return replace(verdict, at=datetime.now(UTC).isoformat(timespec="seconds"))


class Congestion:
    """Best effort from a router to its neighbour, at a rate above the line's; its queue is full when this begins.

    Its packets are as large as those of what is measured: a queue of bytes has room for a small one more often.
    """

    def __init__(self, bench: Bench, source: Seat, target: Seat, rate_bps: int, size: int) -> None:
        self._flowing = bench.flowing(source, target, _flood(rate_bps, size))
        over_bps = rate_bps * (1 - 1 / FLOOD)
        self._filled_s = FILL_LEAST_S + best_effort_depth(round(rate_bps / FLOOD)) * 8 / over_bps

    def __enter__(self) -> None:
        self._flowing.__enter__()
        sleep(self._filled_s)

    def __exit__(self, *said: object) -> None:
        self._flowing.__exit__(None, None, None)


def _flood(rate_bps: int, size: int) -> dict[str, object]:
    """Traffic that goes on until it is told to stop, and makes up for what it was late with."""
    return {"rate_bps": rate_bps, "size": size, "seconds": 3600.0, "port": _FLOOD_PORT, "catch_up_s": FLOOD_CATCH_UP_S}


def _away(check: Check, flow: Flow, *, late: bool, protected: bool) -> Verdict:
    """How long the traffic was away."""
    if late:
        return judging.unasked(check, "the stream was nearly over before the link was down: too slow a machine")
    return judging.survives_cut(check, flow, protected=protected, within_s=expected.BACK_WITHIN_S)


def _asked(check: Check, echo: Echoes, *, heard: bool) -> Verdict:
    if check.negative:
        return judging.is_apart(check, echo, heard_elsewhere=heard)
    if "bytes" in check.expect:
        return judging.carries(check, echo)
    return judging.reaches(check, echo)
