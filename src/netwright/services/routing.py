"""Ways for services: constrained paths, protection, admission. What cannot be is refused with the way out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from netwright.intents.schema import TenantSlice
from netwright.paths.admission import Calendar, Taken, Window
from netwright.paths.disjoint import Diversity, PathPair, find_pair
from netwright.paths.graph import DirectedLink, Graph, Limits, Path
from netwright.paths.igp import Igp, pinnable_links
from netwright.paths.segments import NotPinnable, Segments, TooDeep, encode
from netwright.paths.shortest import NoPath, Reason, find_path
from netwright.platforms.base import Capability, Platform, pack_of
from netwright.promise.overhead import Layer, shaper_bps, srv6_overhead_bytes
from netwright.services import words
from netwright.services.fabric import igp_metric
from netwright.services.flexe import Slots
from netwright.services.macsec import Encryption, required
from netwright.services.profile import HORIZON, Booking, Profile
from netwright.services.refusals import Refusals
from netwright.services.ways import PairWays, Way, way_of_igp
from netwright.topology.model import Topology

FULL = 1 << 60
"""More than any link has, bit/s."""

_ALWAYS = datetime.max.replace(tzinfo=UTC)

_SIDS_AHEAD = 4
"""SIDs that a search reckons with before the path is known; admission then counts the real ones."""


@dataclass
class Routing:
    """Finds and books ways, one service after the other. Earlier services keep what they have."""

    topology: Topology
    platforms: Mapping[str, Platform]
    no: Refusals
    encryption: Encryption
    ridden: dict[str, frozenset[str]] = field(default_factory=dict)  # slice -> the links of its ways
    there: dict[str, tuple[Booking, ...]] = field(default_factory=dict)  # slice -> when it is there
    taken: dict[str, tuple[Taken, ...]] = field(default_factory=dict)  # service -> what it was given

    @cached_property
    def graph(self) -> Graph:
        """The network as arrays."""
        return Graph.of(self.topology)

    @cached_property
    def igp(self) -> Igp:
        """What IS-IS does by itself."""
        return Igp(self.graph, igp_metric)

    @cached_property
    def pinnable(self) -> frozenset[str]:
        """The links over which a path can be pinned by node SIDs."""
        return pinnable_links(self.igp)

    @cached_property
    def calendar(self) -> Calendar:
        """Reservations on links (of a FlexE link its base client), and on access ports under the name `NODE/PORT`."""
        capacity = {hop: self.topology.links[hop.link].base_bps for hop in self.graph.directed_links}
        for node in self.topology.nodes.values():
            for port in node.ports.values():
                capacity |= dict.fromkeys(_access(node.name, port.name), port.capacity_bps)
        return Calendar(capacity)

    @cached_property
    def slots(self) -> Slots:
        """The FlexE slots beside the base clients."""
        return Slots.of(self.topology, self.can, self.encryption.ours)

    def can(self, node: str) -> Mapping[str, Capability]:
        """What a node's platform can do."""
        return pack_of(self.platforms, self.topology.nodes[node]).capabilities

    # ---- one service

    def route(self, profile: Profile) -> tuple[PairWays, ...] | None:
        """Find and book the ways of a service; None when it cannot be, with the refusals said."""
        before, mark = len(self.no.found.errors), len(self.calendar.taken)
        self.there[profile.address] = profile.bookings
        if gap := _first_gap(profile.bookings, self.there.get(profile.ride, profile.bookings)):
            self.no.slice_gone(profile, *gap)
            return None
        self._book_access(profile)
        found = [self._pair(profile, a, z, count) for a, z, count in profile.pairs()]
        ways = tuple(pair for pair in found if pair is not None)
        if len(self.no.found.errors) > before:
            self.calendar.release(profile.address)
            self.slots.release(profile.address)
            return None
        hops = (hop for pair in ways for way in pair.directions() for hop in way.all_hops)
        self.ridden[profile.address] = frozenset(hop.link for hop in hops)
        self.taken[profile.address] = tuple(self.calendar.taken[mark:])
        return ways

    def _book_access(self, profile: Profile) -> None:
        for member in profile.members:
            for booking in profile.bookings:
                rate, hops = booking.rate_bps * profile.peers, _access(member.node, member.port)
                if refusal := self.calendar.admit(profile.address, hops, rate, [_window(booking)]):
                    self.no.full(profile, refusal, f"port {member.port} of {member.node}", f"{member.field}.port")
                    break

    def _pair(self, profile: Profile, a: str, z: str, count: int) -> PairWays | None:
        if not all(self.can(node)["explicit_path"].value for node in (a, z)):
            return self._igp_pair(profile, a, z, count)
        limits, free = self._limits(profile), self._free(profile, count)
        if profile.protection == "none":
            path = find_path(self.graph, a, z, limits, free=free)
            if not isinstance(path, NoPath):
                return self._book(profile, count, path, None)
            self._refuse(profile, path, count)
            return None
        pair = find_pair(self.graph, a, z, _diversity(profile), limits, free=free)
        if isinstance(pair, PathPair):
            return self._book(profile, count, pair.working, pair.protection)
        if isinstance(pair, NoPath):
            self._refuse(profile, pair, count)
        else:
            self.no.no_pair(profile, pair, str(_diversity(profile)))
        return None

    def _limits(self, profile: Profile) -> Limits:
        constraints = profile.service.spec.constraints
        avoid = {kind: frozenset(avoided(constraints.avoid, kind)) for kind in ("node", "link", "srlg")}
        allowed = self.pinnable
        if profile.ride:
            allowed &= self.ridden.get(profile.ride, frozenset())
        if required(profile):
            allowed &= {name for name in self.topology.links if self._encrypted(profile, name)}
        return Limits(
            bandwidth_bps=max((booking.rate_bps for booking in profile.bookings), default=0),
            max_delay_us=profile.max_delay_us,
            max_hops=constraints.max_hops,
            avoid_nodes=avoid["node"],
            avoid_links=avoid["link"],
            avoid_srlgs=avoid["srlg"],
            include_any=frozenset(constraints.affinity.include),
            exclude=frozenset(constraints.affinity.exclude),
            allowed=allowed,
            both_directions=profile.directions == "both",
        )

    def _encrypted(self, profile: Profile, link: str) -> bool:
        """Whether a service's packets are encrypted on a link, by its port or by the FlexE client that they take."""
        carrier = profile.ride and link in self.slots.links_of(profile.ride)
        own = carrier or (link in self.slots.links and self.slots.uses(profile))
        return self.encryption.covers(link, own_client=bool(own))

    def need(self, profile: Profile) -> int:
        """The most bit/s that a search for this service asks of an arc; 0 where none asks: its slice has booked it."""
        most = max((booking.rate_bps for booking in profile.bookings), default=0)
        return (
            0
            if profile.ride
            else max((self._outer(profile, most * count) for _, _, count in profile.pairs()), default=0)
        )

    def _free(self, profile: Profile, count: int) -> Callable[[int], int]:
        """Free bit/s of an arc as a search for this service sees it: in the tightest of all its windows.

        A search asks for one rate, the largest; a window that needs less has the difference to spare.
        """
        if profile.ride:
            return lambda _: FULL  # its bandwidth is the slice's, booked there
        most = max((booking.rate_bps for booking in profile.bookings), default=0)
        spans: dict[int, list[Window]] = defaultdict(list)
        for booking in profile.bookings:
            spans[booking.rate_bps].append(_window(booking))
        views = [
            (self._outer(profile, rate * count) - most, self.calendar.free_by_arc(self.graph, windows))
            for rate, windows in spans.items()
        ]
        return self._beside_slots(
            profile, count, most, lambda arc: min((view(arc) - less for less, view in views), default=FULL)
        )

    def _beside_slots(
        self, profile: Profile, count: int, most: int, free: Callable[[int], int]
    ) -> Callable[[int], int]:
        """The same where links have FlexE: there a service with clients of its own has what is left of the slots."""
        if not self.slots.links or not self.slots.uses(profile):
            return free
        asked = [self._outer(profile, booking.rate_bps * count) for booking in profile.bookings]
        known: dict[int, int] = {}

        def left(arc: int) -> int:
            hop = self.graph.directed(arc)
            if hop.link not in self.slots.links:
                return free(arc)
            if arc not in known:
                rooms = (self.slots.room(profile, hop, number) - rate for number, rate in enumerate(asked))
                known[arc] = most + min(rooms, default=FULL)
            return known[arc]

        return left

    def _outer(self, profile: Profile, rate_bps: int) -> int:
        """A rate at the outer IP layer before the path is known."""
        return shaper_bps(rate_bps, profile.packet_bytes, srv6_overhead_bytes(_SIDS_AHEAD), Layer.IP)

    def _refuse(self, profile: Profile, no: NoPath, count: int) -> None:
        if no.reason is not Reason.BANDWIDTH or no.bottleneck is None:
            self.no.no_path(profile, no)
            return
        if no.bottleneck.link in self.slots.links and self.slots.uses(profile):
            self._refuse_slots(profile, no.bottleneck, count)
            return
        worst = max(profile.bookings, key=lambda booking: booking.rate_bps)
        rate = self._outer(profile, worst.rate_bps * count)
        for booking in (
            worst,
            *profile.bookings,
        ):  # ask the calendar at the bottleneck: it knows when how much would fit
            if refusal := self.calendar.admit(profile.address, [no.bottleneck], rate, [_window(booking)]):
                over = srv6_overhead_bytes(_SIDS_AHEAD)
                self.no.full(profile, refusal, no.bottleneck.link, profile.bandwidth_field, over)
                return

    def _refuse_slots(self, profile: Profile, hop: DirectedLink, count: int) -> None:
        for number, booking in enumerate(profile.bookings):
            rate = self._outer(profile, booking.rate_bps * count)
            if refusal := self.slots.refusal(profile, hop, number, rate):
                room = self.slots.room(profile, hop, number)
                self.no.no_slots(profile, refusal, booking.rate_bps * room // rate, booking)
                return

    # ---- where the IGP decides

    def _igp_pair(self, profile: Profile, a: str, z: str, count: int) -> PairWays | None:
        """Packets take the IGP's shortest paths, all of them where there are equals: no head-end can hold them."""
        there, back = way_of_igp(self.igp, a, z), way_of_igp(self.igp, z, a)
        if there is None or back is None:
            self.no.no_path(profile, NoPath(a, z, Reason.UNCONNECTED))
            return None
        if self._asks_for_a_path(profile, a, z) or not self._igp_allowed(profile, there):
            return None
        return self._admit(profile, PairWays(there, back, count))

    def _asks_for_a_path(self, profile: Profile, a: str, z: str) -> bool:
        constraints = profile.service.spec.constraints
        asked = {
            "spec.protection": profile.protection != "none",
            "spec.constraints.diversity": constraints.diversity != "none",
            "spec.constraints.affinity": bool(constraints.affinity.include or constraints.affinity.exclude),
        }
        loose = next(node for node in (a, z) if not self.can(node)["explicit_path"].value)
        platform = self.topology.nodes[loose].platform
        for name in (name for name, wanted in asked.items() if wanted):
            what = f"asks for {name.rpartition('.')[2]}, and {loose} ({platform}) cannot hold packets to a path"
            self.no.not_pinnable(profile, what, name)
        return any(asked.values())

    def _igp_allowed(self, profile: Profile, way: Way) -> bool:
        """Whether the way that the IGP takes keeps to what was asked; nobody could make it take another."""
        constraints = profile.service.spec.constraints
        links = {hop.link: self.topology.links[hop.link] for hop in way.hops}
        on_it = {
            "node": {hop.sender for hop in way.hops} - {way.a},
            "link": set(links),
            "srlg": {srlg for link in links.values() for srlg in link.srlgs},
        }
        hits = [
            f"{kind} {name}"
            for kind, names in on_it.items()
            for name in avoided(constraints.avoid, kind)
            if name in names
        ]
        what, open_links = (
            f"the IGP's way {describe(way.path)}",
            sorted(name for name in links if not self._encrypted(profile, name)),
        )
        if hits:
            self.no.not_pinnable(profile, f"avoids {words.listed(hits)}, which is on {what}", "spec.constraints.avoid")
        elif profile.max_delay_us is not None and way.path.delay_us > profile.max_delay_us:
            self.no.too_long(profile, what, way.path.delay_us)
        elif constraints.max_hops is not None and len(way.path.hops) > constraints.max_hops:
            self.no.too_many_hops(profile, what, len(way.path.hops))
        elif required(profile) and open_links:
            self.no.not_encrypted(profile, f"{words.listed(open_links)} on {what} has none")
        else:
            return True
        return False

    # ---- booking

    def _book(self, profile: Profile, count: int, working: Path, protection: Path | None) -> PairWays | None:
        there = self._pinned_way(profile, working, protection)
        back = self._pinned_way(profile, self._reversed(working), self._reversed(protection) if protection else None)
        if there is None or back is None:
            return None
        return self._admit(profile, PairWays(there, back, count))

    def _reversed(self, path: Path) -> Path:
        return self.graph.path(path.nodes[-1], [arc ^ 1 for arc in reversed(path.arcs)])

    def _pinned_way(self, profile: Profile, working: Path, protection: Path | None) -> Way | None:
        first = self._segments(profile, working)
        spare = self._segments(profile, protection) if protection else ()
        if first is None or spare is None:
            return None
        return Way(working, frozenset(working.hops), first, protection, spare)

    def _segments(self, profile: Profile, path: Path) -> tuple[str, ...] | None:
        head = path.nodes[0]
        match encode(self.igp, path, int(str(self.can(head)["max_segments"].value))):
            case Segments(nodes):
                return nodes
            case TooDeep(needed, most):
                what = f"needs {needed} SIDs for {describe(path)}, and {head} can push {most}"
            case NotPinnable(hop):
                what = f"needs {hop}, which the IGP would not take"
        self.no.not_pinnable(profile, what, "spec.constraints")
        return None

    def _admit(self, profile: Profile, pair: PairWays) -> PairWays | None:
        if profile.ride:
            return self._admit_ride(profile, pair)
        own = self.slots.links.keys() if self.slots.uses(profile) else frozenset[str]()
        if own and (refused := self.slots.admit(profile, pair)):
            self.no.no_slots(profile, refused, 0, None)
            return None
        for way in pair.directions():
            overhead = srv6_overhead_bytes(way.sid_count)
            hops = [hop for hop in sorted(way.all_hops) if hop.link not in own]
            for booking in profile.bookings if profile.carries(way.a) else ():
                rate = shaper_bps(booking.rate_bps * pair.count, profile.packet_bytes, overhead, Layer.IP)
                if refusal := self.calendar.admit(profile.address, hops, rate, [_window(booking)]):
                    self.no.full(profile, refusal, refusal.hop.link, profile.bandwidth_field, overhead)
                    return None
        return pair

    def _admit_ride(self, profile: Profile, pair: PairWays) -> PairWays | None:
        """A rider's bandwidth is part of its slice's, between the same two nodes."""
        ridden = self.no.intents.get(profile.ride)
        sold = ridden.spec.bandwidth if isinstance(ridden, TenantSlice) else 0
        share = DirectedLink(f"{profile.ride} between {pair.there.a} and {pair.there.z}", "")
        self.calendar.capacity_bps.setdefault(share, sold)
        for booking in profile.bookings:
            rate = booking.rate_bps * pair.count
            if refusal := self.calendar.admit(profile.address, [share], rate, [_window(booking)]):
                self.no.full(profile, refusal, share.link, profile.bandwidth_field)
                return None
        return pair


def avoided(entries: Iterable[str], kind: str) -> list[str]:
    """The names of one kind in `avoid`: `node:core3` -> core3."""
    return [entry.partition(":")[2] for entry in entries if entry.startswith(f"{kind}:")]


def describe(path: Path) -> str:
    """A path for people: its nodes."""
    return " - ".join(path.nodes)


def _first_gap(needed: Sequence[Booking], there: Sequence[Booking]) -> tuple[Booking, datetime | None] | None:
    """The first time that is needed and not there, with the end of what is there when it begins (None: nothing is).

    What touches the end of the calendar's horizon goes on behind it.
    """
    if not needed:
        return None
    far = min(one.start for one in (*needed, *there)) + HORIZON - timedelta(days=1)
    spans: list[tuple[datetime, datetime]] = []
    for one in sorted(there, key=lambda booking: booking.start):
        end = one.end if one.end and one.end < far else _ALWAYS
        if spans and one.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((one.start, end))
    for one in (one for one in needed if one.start < far):
        last = one.end if one.end and one.end < far else _ALWAYS
        around = next((end for start, end in spans if start <= one.start < end), None)
        if around is None or last > around:
            return one, around
    return None


def _access(node: str, port: str) -> list[DirectedLink]:
    """Both directions of an access port, as the calendar knows them."""
    return [DirectedLink(f"{node}/{port}", way) for way in ("in", "out")]


def _diversity(profile: Profile) -> Diversity:
    """What working and protection may not share; protection alone means other links."""
    asked = str(profile.service.spec.constraints.diversity)
    return Diversity("link" if asked == "none" else asked)


def _window(booking: Booking) -> Window:
    return booking.start, booking.end
