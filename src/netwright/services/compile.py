"""Compile: intents, topology, ledger and an instant to the design of the whole network. Pure.

The order services are served in decides who gets bandwidth when it is scarce, and must not depend on what is added
later: slices first (others ride in them), then who holds its numbers longest, then by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from hashlib import sha256
from typing import TypeAlias

from netwright.alloc import store
from netwright.alloc.errors import PoolError
from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic, Diagnostics, Severity
from netwright.intents.loader import Intents
from netwright.intents.schema import Fabric, Intent, LosslessRdmaPath, Service, TenantSlice
from netwright.overlay import Made
from netwright.paths.buffers import Buffers
from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Grade, Platform, pack_of
from netwright.promise.contract import Contract
from netwright.services import words
from netwright.services.channelised import Channelised, channelised_links, may_be_channelised
from netwright.services.checks import Check, Checks
from netwright.services.fabric import FabricCompiler
from netwright.services.figures import Promise
from netwright.services.flexe import Client, Slots
from netwright.services.kinds import Profiler
from netwright.services.limits import refuse_beyond
from netwright.services.lower import Lowering
from netwright.services.model import CoreQueue, Fragment, Queue
from netwright.services.numbers import Numbers, assign, claim_rt, claim_slice, with_clients
from netwright.services.profile import Profile
from netwright.services.proof import Proof
from netwright.services.ranges import is_encrypted
from netwright.services.references import References
from netwright.services.refusals import Refusals
from netwright.services.routing import Routing
from netwright.services.ways import PairWays
from netwright.topology.model import Topology

Routed: TypeAlias = tuple[Profile, tuple[PairWays, ...], str]  # with its VPN signalling
Rank: TypeAlias = tuple[bool, str, str]
Line: TypeAlias = tuple[DirectedLink, str]  # a hop, and the interface by which packets leave over it

_NEVER = "~"  # behind every instant in ISO 8601


@dataclass(frozen=True)
class Served:
    """A service that the network can keep its promise to, with all that follows."""

    profile: Profile
    ways: tuple[PairWays, ...]
    contract: Contract
    grades: Mapping[str, Mapping[str, Grade]]  # what is needed -> node -> how faithfully it does that
    notes: tuple[str, ...]
    lowering: Lowering


@dataclass(frozen=True)
class Design:
    """The compiled network at one instant."""

    at: datetime
    ledger: Ledger  # with the numbers that were new
    new_claims: Mapping[str, str]  # claim -> number, for people
    fragments: Mapping[str, tuple[Fragment, ...]]  # by device
    served: Mapping[str, Served]  # by address of the service, active or not
    checks: Sequence[Check]
    claims: frozenset[str]  # every number that is needed: what else the ledger holds is to be retired
    numbers: Numbers | None
    warnings: tuple[Diagnostic, ...] = ()
    ledger_before: Ledger = field(default_factory=Ledger, compare=False, repr=False)  # without what was new
    routing: Routing | None = field(default=None, compare=False, repr=False)  # how the ways were found and booked

    @cached_property
    def says(self) -> Mapping[str, str]:
        """A digest of what every intent says."""
        fabric = {self.numbers.fabric.address: said(self.numbers.fabric)} if self.numbers else {}
        return fabric | {address: said(served.profile.service) for address, served in self.served.items()}

    @cached_property
    def numbering(self) -> str:
        """A digest of all numbers; the provisional ones are dated by the clock: of those only the number counts."""
        held, numbers = store.dump(self.ledger.drop()), self.ledger.numbers
        lines = (f"{claim} {numbers[claim]}\n" for claim in sorted(self.ledger.provisional))
        return sha256(f"{held}{''.join(lines)}".encode()).hexdigest()

    @cached_property
    def idle(self) -> Mapping[str, bool]:
        """Every service, and whether its schedule has it off."""
        return {address: not served.profile.active for address, served in self.served.items()}

    @property
    def contracts(self) -> Mapping[str, Contract]:
        """What each service is promised."""
        return Made(self.idle, lambda address: self.served[address].contract)


def rank(ledger: Ledger, service: Service) -> Rank:
    """The place of a service in the order of service: slices before riders; then who holds its route target longest."""
    book = ledger.books.get("rt")
    held = book.held.get(claim_rt(service)) if book else None
    since = held.since.astimezone(UTC).isoformat() if held else _NEVER
    return not isinstance(service, TenantSlice), since, service.address


def said(intent: Intent) -> str:
    """A digest of what an intent says."""
    return sha256(intent.model_dump_json().encode()).hexdigest()


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
        routing = Routing(self.topology, self.platforms, Refusals(self.intents, self.found))
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
        return Served(profile, ways, contract, self._grades(lowering), tuple(self._notes(lowering)), lowering)

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

    def _notes(self, lowering: Lowering) -> Iterator[str]:
        """What a reader of the plan must know besides the grade."""
        profile = lowering.profile
        availability = profile.service.spec.slo.availability
        if availability is not None:
            yield f"availability {availability:g} % is asked and not computed: there are no failure records"
        loose = sorted({way.a for pair in lowering.ways for way in pair.directions() if not way.pinned})
        if loose:
            yield f"{words.listed(loose)} cannot hold packets to a path: the IGP's shortest paths are taken"
        yield from _watched(lowering)
        yield from _unbounded(lowering)
        yield from _inflexible(lowering)
        yield from _unmeasured(lowering)
        yield from _untrusting(lowering)
        yield from _held_back(profile.service)
        yield from _slot_notes(lowering)
        if lowering.own_channels:
            yield f"a channelised sub-interface of its own on {words.count(len(lowering.own_channels), 'link')}"
        if profile.service.spec.constraints.encryption == "preferred":
            links = {hop.link for hop in lowering.hop_rates}
            plain = sorted(name for name in links if not is_encrypted(self.topology, self.platforms, name))
            if plain:
                yield f"encryption preferred, and {words.listed(plain)} has none"
        yield from _uncovered(lowering)

    # ---- everything together

    def _design(self, numbers: Numbers, underlay: FabricCompiler, routing: Routing) -> Design:
        active = {address: served for address, served in self.taken.items() if served.profile.active}
        fragments: dict[str, list[Fragment]] = defaultdict(list)
        for fragment in underlay.fragments():
            fragments[fragment.device].append(fragment)
        for served in active.values():
            for fragment in served.lowering.fragments():
                fragments[fragment.device].append(fragment)
        for fragment in core_queues(active.values(), self.topology):
            fragments[fragment.device].append(fragment)
        return Design(
            at=self.at,
            ledger=numbers.assignment.ledger,
            new_claims=new_claims(numbers),
            fragments={device: tuple(fragments[device]) for device in sorted(fragments)},
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


def _held_back(service: Service) -> Iterator[str]:
    """No platform here can hold back less than a class's queue: the models have neither PFC nor queues by flow."""
    if isinstance(service, LosslessRdmaPath) and service.spec.lossless.granularity != "queue":
        yield f"granularity {service.spec.lossless.granularity} is asked: every hop holds back a whole queue at best"


def _slot_notes(lowering: Lowering) -> Iterator[str]:
    """Whole slots taken for less, and hard isolation that stays in the base client."""
    profile = lowering.profile
    granularity = {one.group.granularity_bps for one in lowering.own_clients if one.slots == 1}
    for size in sorted(granularity):
        links = [one for one in lowering.own_clients if one.group.granularity_bps == size and one.slots == 1]
        most = max(rate for hop, rate in lowering.hop_rates.items() if hop.link in lowering.clients)
        if most < size:
            rate = words.rate(profile.bandwidth_bps)
            yield f"{rate} takes a whole {words.rate(size)} slot of FlexE on {words.count(len(links), 'link')}"
    unmarked = [node for node in profile.nodes if not lowering.can(node)["slice_ids"].value]
    over_flexe = any(lowering.topology.links[hop.link].flexe for hop in lowering.hop_rates)
    if profile.isolation == "hard" and not profile.ride and not lowering.clients and unmarked and over_flexe:
        yield f"{words.listed(unmarked)} cannot mark packets for a slice: no FlexE client, exclusive channels instead"


def _clients(profile: Profile, ways: tuple[PairWays, ...], numbers: Numbers, slots: Slots) -> dict[str, Client]:
    """The FlexE clients of a service, by link."""
    found: dict[str, Client] = {}
    for name in slots.links_of(profile.address):
        link, group = slots.links[name]
        ports = {node: numbers.port_id(profile.address, node, name) for node in (link.a, link.z)}
        count = slots.slots_now(profile, ways, name)
        found[name] = Client(link, group, numbers.client(profile.address, name), ports, count)
    return found


def _watched(lowering: Lowering) -> Iterator[str]:
    """Head-ends that see only the link that a path begins with."""
    routed = {way.a for pair in lowering.ways for way in pair.directions() if way.protection}
    blind = sorted(node for node in routed if lowering.can(node)["explicit_path"].value == "segment-routes")
    if blind:
        yield (
            f"the protection path of {words.listed(blind)} is taken when the link that the working path begins with is "
            "down; around what fails further on, IS-IS leads from SID to SID"
        )


def _uncovered(lowering: Lowering) -> Iterator[str]:
    """Interfaces that the baseline cannot have encrypted, since the service brings them (MACsec is by interface)."""
    encryption = lowering.profile.service.spec.constraints.encryption
    if encryption != "none" and lowering.clients:
        clients = words.count(len(lowering.clients), "FlexE client")
        yield f"encryption {encryption}, and the baseline's MACsec is not known to cover its {clients}"


def _unbounded(lowering: Lowering) -> Iterator[str]:
    """Where a bound of the delay is only as good as a CPU that forwards: the figure counts fibre, queues and bursts."""
    nodes = {hop.sender for hop in lowering.hop_rates} | set(lowering.profile.nodes)
    weak = sorted(node for node in nodes if lowering.can(node)["low_latency"].value == Grade.EMULATED)
    if lowering.profile.strict and weak:
        yield f"the bounds of delay and jitter do not count the CPU that forwards on {words.listed(weak)}"


def _inflexible(lowering: Lowering) -> Iterator[str]:
    """An algorithm by measured delay that the Fabric has and that does not join the ends."""
    if lowering.fabric.flexible and lowering.profile.strict and not lowering.flexible:
        ends = words.listed(lowering.profile.nodes)
        yield f"no way by measured delay joins {ends}: without their policy packets follow the metric of the topology"


def _unmeasured(lowering: Lowering) -> Iterator[str]:
    """Jitter that is asked for and that no probe measures."""
    profile = lowering.profile
    if profile.service.spec.slo.jitter_ms is None or lowering.probed:
        return
    lacking = [node for node in profile.nodes if not lowering.can(node)["jitter"].value]
    if not profile.strict:
        yield "jitter is asked, and neither bounded nor measured: only a DeterministicService's is"
    elif lacking:
        yield f"jitter is bounded by computation and not measured: no TWAMP on {words.listed(lacking)}"
    else:
        yield "jitter is bounded by computation and not measured: its ends are no two routers with a family in common"


def _untrusting(lowering: Lowering) -> Iterator[str]:
    """Where a slice takes whatever comes by the tenant's port, whoever it says it is from."""
    open_to_all = [node for node in lowering.profile.nodes if not lowering.can(node)["trust_list"].value]
    if lowering.slice_id and open_to_all:
        yield f"{words.listed(open_to_all)} cannot check that packets come from the tenant's own prefixes"


def _isolated(service: Service) -> bool:
    return str(service.spec.constraints.isolation) != "none"


def new_claims(numbers: Numbers) -> dict[str, str]:
    """The claims that were given a number now, with the number for people."""
    pool_of = numbers.assignment.ledger.pool_of
    return {claim: numbers.text(pool_of[claim].partition("/")[0], claim) for claim in sorted(numbers.assignment.new)}


def _deepened(queues: tuple[Queue, ...], depth_bytes: int) -> tuple[Queue, ...]:
    """The weighted queues of a lossless service, as deep as its headroom."""
    return tuple(
        replace(queue, depth_bytes=depth_bytes) if queue.discipline == "weighted" else queue for queue in queues
    )


def strict_bursts(
    routed: Iterable[Routed], clients: Mapping[str, Mapping[str, Client]], topology: Topology
) -> dict[Line, int]:
    """What all strict-priority services of one interface may send at once, bytes, SRv6 not counted."""
    bursts: dict[Line, int] = defaultdict(int)
    for profile, ways, _ in routed:
        for pair in ways if profile.strict else ():
            for way in pair.directions():
                for hop in way.all_hops if profile.carries(way.a) else ():
                    client = clients[profile.address].get(hop.link)
                    port = client.interface(hop.sender) if client else topology.links[hop.link].port_of(hop.sender)
                    bursts[hop, port] += profile.burst_bytes * pair.count
    return bursts


def core_queues(active: Iterable[Served], topology: Topology) -> Iterator[Fragment]:
    """The class queues of the underlay's ports: as deep as all their services need together, owned by each of them."""
    depth: dict[tuple[Line, str], int] = defaultdict(int)
    users: dict[tuple[Line, str], list[tuple[Served, Queue, tuple[int, ...]]]] = defaultdict(list)
    for served in active:
        profile = served.profile
        if not (profile.lossless or profile.strict):
            continue
        marks = {marking.service_class: marking.outer_dscp for marking in profile.markings}
        room = headroom(served, topology)
        for hop in served.lowering.hop_rates:
            if served.lowering.queues_inside(hop):
                continue
            for queue in (queue for queue in profile.queues if queue.service_class in marks):
                line = hop, served.lowering.interface(hop)
                depth[line, queue.service_class] += room[hop] if profile.lossless else 0
                users[line, queue.service_class].append((served, queue, (marks[queue.service_class],)))
    for (line, service_class), wanted in sorted(users.items(), key=lambda item: item[0]):
        hop, port = line
        dscp = tuple(sorted({value for _, _, values in wanted for value in values}))
        queue = replace(wanted[0][1], depth_bytes=depth[line, service_class])
        construct = CoreQueue(port, queue, dscp, wanted[0][0].lowering.line_bps(hop.link))
        for served, _, _ in wanted:
            because = {"queue": served.profile.bandwidth_field, "dscp": "spec.traffic.dscp"}
            yield Fragment(hop.sender, served.profile.address, construct, because)


def headroom(served: Served, topology: Topology) -> Mapping[DirectedLink, int]:
    """What a lossless service's queue must hold behind each hop, bytes."""
    return Promise(served.profile, served.ways, served.lowering.hop_rates, topology, 0, {}).headroom()


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
