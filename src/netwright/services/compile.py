"""Compile: intents, topology, ledger and an instant to the design of the whole network. Pure.

The order services are served in decides who gets bandwidth when it is scarce, and must not depend on what is added
later: slices first (others ride in them), then who holds its numbers longest, then by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from netwright.alloc.errors import PoolError
from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic, Diagnostics, Severity
from netwright.intents.loader import Intents
from netwright.intents.schema import Fabric, Service, TenantSlice
from netwright.paths.buffers import Buffers
from netwright.platforms.base import Grade, Platform, pack_of
from netwright.services import words
from netwright.services.channelised import Channelised, channelised_links, may_be_channelised
from netwright.services.checks import Check, Checks
from netwright.services.claims import claim_slice
from netwright.services.design import Design, Line, Routed, Served, new_claims, rank
from netwright.services.fabric import FabricCompiler
from netwright.services.figures import Promise
from netwright.services.flexe import Client, Slots
from netwright.services.gathering import gathered
from netwright.services.kinds import Profiler
from netwright.services.limits import refuse_beyond
from netwright.services.lower import Lowering
from netwright.services.model import Queue
from netwright.services.notes import notes
from netwright.services.numbers import Numbers, assign, with_clients
from netwright.services.profile import Profile
from netwright.services.proof import Proof
from netwright.services.queues import headroom, strict_bursts
from netwright.services.references import References
from netwright.services.refusals import Refusals
from netwright.services.routing import Routing
from netwright.services.ways import PairWays
from netwright.topology.model import Topology


def compile_design(
    intents: Intents, topology: Topology, platforms: Mapping[str, Platform], ledger: Ledger, at: datetime
) -> Design:
    """Compile the network as it shall be at `at`, or raise `Refused` with everything that cannot be."""
    found = Diagnostics()
    compiler = Compiler(intents, topology, platforms, ledger, at, found)
    design = compiler.run()
    found.close()
    return replace(design, warnings=(*intents.warnings, *found.found))


@dataclass
class Compiler:
    """Compiles one network at one instant; what cannot be goes to `found`."""

    intents: Intents
    topology: Topology
    platforms: Mapping[str, Platform]
    ledger: Ledger
    at: datetime
    found: Diagnostics
    taken: dict[str, Served] = field(default_factory=dict)

    def run(self) -> Design:
        """Compile everything."""
        fabric = self.intents.fabric
        if fabric is None:
            return Design(self.at, self.ledger, {}, {}, {}, (), frozenset(), None)
        references = References(self.intents, self.topology, self.platforms, self.found)
        sound = references.check()
        if not references.has_reflectors:
            self.found.close()  # no underlay can be made
        services = [service for service in self.intents.services if service.address in sound]
        numbers = self._numbers(services)
        underlay = FabricCompiler(fabric, self.topology, self.platforms, numbers)
        routing = Routing(self.topology, self.platforms, Refusals(self.intents, self.found), underlay.encryption)
        numbers = self._serve(services, numbers, underlay, routing)
        return self._design(numbers, underlay, routing)

    def _numbers(self, services: Iterable[Service]) -> Numbers:
        fabric = self.intents.fabric
        assert fabric is not None  # noqa: S101 - the caller looked
        try:
            return assign(fabric, self.topology, self.platforms, services, self.ledger, self.at)
        except PoolError as error:
            self.found.found += [self._placed(diagnostic) for diagnostic in error.diagnostics]
            self.found.close()
            raise

    def _placed(self, finding: Diagnostic) -> Diagnostic:
        """A finding about a claim, shown at the intent that makes it."""
        intent = "/".join(finding.address.split("/")[:2])
        return replace(finding, severity=Severity.ERROR, source=finding.source or self.intents.source(intent))

    # ---- services

    def _serve(self, services: list[Service], numbers: Numbers, underlay: FabricCompiler, routing: Routing) -> Numbers:
        """Serve the services; the numbers come back with those that depend on their ways."""
        no = routing.no
        profiler = Profiler(self.at, numbers.vlan)
        buffers = Buffers.of(routing.graph)
        routed: list[Routed] = []
        for service in sorted(services, key=partial(rank, self.ledger)):
            profile = profiler.profile(service)
            signalling = self.signalling(no, profile)
            ways = routing.route(profile) if signalling else None
            if ways is not None:
                routed.append((profile, ways, signalling))
        links = self._channelised(routed, routing.slots, numbers.fabric)
        numbers = self._with_clients(numbers, routing.slots, routed, links)
        clients = {profile.address: _clients(profile, ways, numbers, routing.slots) for profile, ways, _ in routed}
        channels = {owner: self._channels(owner, names, numbers) for owner, names in links.items()}
        for profile, _, _ in routed:
            clients[profile.address] |= clients.get(profile.ride, {})
            channels[profile.address] |= channels.get(profile.ride, {})
        bursts = strict_bursts(routed, clients, self.topology)
        for profile, ways, signalling in routed:
            own = clients[profile.address], channels[profile.address]
            served = self.serve(profile, ways, signalling, numbers, underlay, bursts, *own)
            self._book_buffers(no, buffers, served)
            self.grade(no, served)
            refuse_beyond(no, served.lowering)
            self.taken[profile.address] = served
        return numbers

    def _channelised(self, routed: Iterable[Routed], slots: Slots, fabric: Fabric) -> dict[str, tuple[str, ...]]:
        """The links on which each service has sub-interfaces; none for a slice whose riders need a queue there."""
        can = slots.can
        apart = {profile.ride for profile, _, _ in routed if profile.ride and not may_be_channelised(profile, can)}
        asked = fabric.spec.links.hard == "channelised"
        return {
            profile.address: channelised_links(
                profile, ways, slots.links_of(profile.address), self.topology, can, asked=asked
            )
            if profile.address not in apart
            else ()
            for profile, ways, _ in routed
        }

    def _channels(self, owner: str, names: Iterable[str], numbers: Numbers) -> dict[str, Channelised]:
        return {name: Channelised(self.topology.links[name], numbers.channel(owner, name)) for name in names}

    def _with_clients(
        self, numbers: Numbers, slots: Slots, routed: Iterable[Routed], channels: Mapping[str, Iterable[str]]
    ) -> Numbers:
        links = {profile.address: slots.links_of(profile.address) for profile, _, _ in routed}
        try:
            return with_clients(numbers, self.topology, links, channels, self.at)
        except PoolError as error:
            self.found.found += [self._placed(diagnostic) for diagnostic in error.diagnostics]
            self.found.close()
            raise

    def signalling(self, no: Refusals, profile: Profile) -> str:
        """The VPN signalling over SRv6 that all members have in common; "" after a refusal."""
        ways = {node: self._can(node) for node in profile.nodes}
        common = set.intersection(*(set(way) for way in ways.values()))
        if not common:
            said = ", ".join(f"{node} {' or '.join(way) or 'none'}" for node, way in ways.items())
            message = f"joins routers that have no VPN signalling over SRv6 in common: {said}"
            no.say(profile, "no-common-signalling", message, "spec.endpoints", "attach on platforms that share one")
            return ""
        return min(common)  # evpn before vpn

    def _can(self, node: str) -> tuple[str, ...]:
        value = pack_of(self.platforms, self.topology.nodes[node]).capabilities["vpn_signalling"].value
        return value if isinstance(value, tuple) else ()

    def serve(
        self,
        profile: Profile,
        ways: tuple[PairWays, ...],
        signalling: str,
        numbers: Numbers,
        underlay: FabricCompiler,
        bursts: Mapping[Line, int],
        clients: Mapping[str, Client],
        channels: Mapping[str, Channelised],
    ) -> Served:
        """What a routed service is promised, and what it becomes."""
        lowering = Lowering(
            profile,
            ways,
            signalling,
            self._slice_id(profile, numbers),
            numbers,
            underlay,
            self.topology,
            self.platforms,
            clients,
            channels,
        )
        mtu = underlay.fabric.spec.links.mtu
        before = {hop: bursts.get((hop, lowering.interface(hop)), 0) for hop in lowering.hop_rates}
        promise = Promise(profile, ways, lowering.hop_rates, self.topology, mtu, before, lowering.line_bps)
        contract = promise.contract()
        promise.refuse(Refusals(self.intents, self.found), contract)
        if profile.lossless and lowering.hop_rates:
            profile = replace(profile, queues=_deepened(profile.queues, max(promise.headroom().values())))
            lowering = replace(lowering, profile=profile)
        return Served(profile, ways, contract, self._grades(lowering), tuple(notes(lowering)), lowering)

    def _slice_id(self, profile: Profile, numbers: Numbers) -> int:
        if profile.ride:
            ridden = self.intents.get(profile.ride)
            return numbers.slice_id(ridden) if isinstance(ridden, TenantSlice) and _isolated(ridden) else 0
        return numbers.number(claim_slice(profile.service)) if profile.isolation != "none" else 0

    def _book_buffers(self, no: Refusals, buffers: Buffers, served: Served) -> None:
        if not served.profile.lossless:
            return
        promise = Promise(served.profile, served.ways, served.lowering.hop_rates, self.topology, 0, {})
        if refusal := buffers.admit(served.profile.address, promise.headroom()):
            message = (
                f"needs {words.size(refusal.asked_bytes)} of buffer on {refusal.hop}, which has "
                f"{words.size(refusal.free_bytes)} of {words.size(refusal.total_bytes)} left"
            )
            held = f"{words.listed(refusal.holders)} has the rest; " if refusal.holders else ""
            hint = f"{held}ask for less bandwidth, or give the port more buffer"
            no.say(served.profile, "buffer-exceeds-port", message, served.profile.bandwidth_field, hint)

    # ---- grades

    def _grades(self, lowering: Lowering) -> dict[str, dict[str, Grade]]:
        """The grade of everything that the service needs, on every node on the way."""
        nodes = sorted({hop.sender for hop in lowering.hop_rates} | set(lowering.profile.nodes))
        return {name: {node: _grade_of(lowering, name, node) for node in nodes} for name in lowering.profile.graded}

    def grade(self, no: Refusals, served: Served) -> None:
        """Refuse what is graded below what was asked: isolation by its own word, the rest by `minimum_grade` alone."""
        for name, by_node in served.grades.items():
            required = served.profile.required_for(name)
            weak = {node: grade for node, grade in by_node.items() if grade < required}
            if weak:
                self._refuse_grade(no, served.profile, name, required, weak)

    def _refuse_grade(
        self, no: Refusals, profile: Profile, name: str, required: Grade, weak: Mapping[str, Grade]
    ) -> None:
        weakest = min(weak.values())
        at = words.listed(f"{node} ({self.topology.nodes[node].platform})" for node in weak)
        what = name.partition("_")[0] if name.startswith("isolation") else name.replace("_", " ")
        wanted = f"{required}" if required is max(Grade) else f"{required} or better"
        message = f"asks for {what} that is {wanted}, and it is {weakest} on {at}"
        hint = "attach elsewhere"
        if weakest is not Grade.UNSUPPORTED:
            hint = f"allow it with minimum_grade: {weakest}, or attach elsewhere"
        no.say(profile, "grade-below-minimum", message, "spec.constraints.isolation", hint)

    # ---- everything together

    def _design(self, numbers: Numbers, underlay: FabricCompiler, routing: Routing) -> Design:
        active = {address: served for address, served in self.taken.items() if served.profile.active}
        return Design(
            at=self.at,
            ledger=numbers.assignment.ledger,
            new_claims=new_claims(numbers),
            fragments=gathered(underlay, active.values()),
            served=dict(sorted(self.taken.items())),
            checks=Checks(lambda: self.checks(active, underlay)),
            claims=frozenset(numbers.assignment.numbers),
            numbers=numbers,
            ledger_before=self.ledger,
            routing=routing,
        )

    def checks(self, active: Mapping[str, Served], underlay: FabricCompiler) -> Iterator[Check]:
        """Everything that must be true on devices."""
        yield from underlay.checks()
        attached = _prefixes_by_node(active.values())
        for served in active.values():
            deep = headroom(served, self.topology) if served.profile.lossless else {}
            proof = Proof(served.lowering, _foreign_prefixes(served, attached), deep)
            yield from proof.checks()
            yield from proof.measurements()


def _grade_of(lowering: Lowering, name: str, node: str) -> Grade:
    """How faithfully a node does what is needed; where its links have channelised sub-interfaces, these count."""
    grade = Grade(int(lowering.can(node)[name].value))  # type: ignore[arg-type]
    if name != "isolation_hard" or not lowering.channels:
        return grade
    ends = ((hop.link, lowering.topology.links[hop.link]) for hop in lowering.hop_rates)
    links = {name for name, link in ends if node in (link.a, link.z)}
    return Grade.HARD if links and links <= lowering.channels.keys() | lowering.clients.keys() else grade


def _clients(profile: Profile, ways: tuple[PairWays, ...], numbers: Numbers, slots: Slots) -> dict[str, Client]:
    """The FlexE clients of a service, by link."""
    found: dict[str, Client] = {}
    for name in slots.links_of(profile.address):
        link, group = slots.links[name]
        ports = {node: numbers.port_id(profile.address, node, name) for node in (link.a, link.z)}
        count = slots.slots_now(profile, ways, name)
        found[name] = Client(link, group, numbers.client(profile.address, name), ports, count)
    return found


def _isolated(service: Service) -> bool:
    return str(service.spec.constraints.isolation) != "none"


def _deepened(queues: tuple[Queue, ...], depth_bytes: int) -> tuple[Queue, ...]:
    """The weighted queues of a lossless service, as deep as its headroom."""
    return tuple(
        replace(queue, depth_bytes=depth_bytes) if queue.discipline == "weighted" else queue for queue in queues
    )


def _prefixes_by_node(active: Iterable[Served]) -> dict[str, list[tuple[str, str]]]:
    """By node: the tenant and a prefix of each service that is attached there."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for served in active:
        for node in served.profile.nodes:
            if prefixes := served.lowering.prefixes_at(node):
                found[node].append((served.profile.service.metadata.tenant, prefixes[0]))
    return found


def _foreign_prefixes(served: Served, attached: Mapping[str, Iterable[tuple[str, str]]]) -> dict[str, list[str]]:
    """By node: a prefix of each service of another tenant that is attached there."""
    own = served.profile.service.metadata.tenant
    return {
        node: sorted({prefix for tenant, prefix in attached.get(node, ()) if tenant != own})
        for node in served.profile.nodes
    }
