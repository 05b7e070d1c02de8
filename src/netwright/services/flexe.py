"""FlexE for hard isolation: which links have it, how many slots of them a service needs, and who has them when.

On a link with a calendar the base client carries everything that has no client of its own. A service with hard
isolation gets a client there: whole slots, the same in both directions, which nobody else can send into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from netwright.paths.admission import Window
from netwright.paths.flexe import SlotCalendar, SlotRefusal, slots_needed
from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Capability
from netwright.promise.overhead import Layer, shaper_bps, srv6_overhead_bytes
from netwright.services.macsec import required
from netwright.services.profile import Booking, Profile
from netwright.services.ways import PairWays
from netwright.topology.model import FlexeGroup, Link, Topology

BASE_CLIENT = 1
"""The number of a group's base client; services have the others."""


@dataclass(frozen=True, slots=True)
class Client:
    """What a service has of one link's FlexE group. `port_ids` by node: the client's interface there."""

    link: Link
    group: FlexeGroup
    number: int
    port_ids: Mapping[str, int]
    slots: int

    @property
    def rate_bps(self) -> int:
        """What the client carries."""
        return self.slots * self.group.granularity_bps

    def interface(self, node: str) -> str:
        """The client's interface at an end of the link."""
        return client_interface(self.link.port_of(node), self.port_ids[node])


def client_interface(base_port: str, port_id: int) -> str:
    """The interface of a client beside the base client's: `FlexE0/2/131`, 140 -> `FlexE0/2/140`."""
    return re.sub(r"\d+$", str(port_id), base_port)


def port_id_of(interface: str) -> int | None:
    """The number by which an interface names its client: `FlexE0/2/131` -> 131."""
    found = re.search(r"\d+$", interface)
    return int(found[0]) if found else None


def rates(profile: Profile, pair: PairWays, rate_bps: int) -> Iterator[tuple[DirectedLink, int]]:
    """What a pair sends over each hop when it is sold `rate_bps`, bit/s at the outer IP layer."""
    for way in pair.directions():
        overhead = srv6_overhead_bytes(way.sid_count)
        rate = shaper_bps(rate_bps * pair.count, profile.packet_bytes, overhead, Layer.IP)
        for hop in way.all_hops if profile.carries(way.a) else ():
            yield hop, rate


@dataclass
class Slots:
    """The slots of all links whose two ends can do FlexE, and what services send over them."""

    links: Mapping[str, tuple[Link, FlexeGroup]]
    can: Callable[[str], Mapping[str, Capability]]
    calendar: SlotCalendar
    encryptable: frozenset[str] = frozenset()  # links whose clients can have MACsec
    sent: dict[str, dict[int, dict[DirectedLink, int]]] = field(default_factory=dict)  # owner -> booking -> hop -> rate

    @classmethod
    def of(
        cls,
        topology: Topology,
        can: Callable[[str], Mapping[str, Capability]],
        encryptable: frozenset[str] = frozenset(),
    ) -> Slots:
        """Nothing is taken yet."""
        links = {
            link.name: (link, link.flexe)
            for link in topology.links.values()
            if link.flexe and all(can(node)["flexe"].value for node in (link.a, link.z))
        }
        return cls(links, can, SlotCalendar({name: group for name, (_, group) in links.items()}), encryptable)

    def uses(self, profile: Profile) -> bool:
        """Whether a service has clients of its own: its isolation is hard, and its packets can name their slice.

        Where encryption is required a client must have MACsec of its own: the baseline's is of other interfaces.
        """
        wants = profile.isolation == "hard" and not profile.ride and not self.unmarked(profile)
        return wants and (not required(profile) or not self.encryptable.isdisjoint(self.links))

    def unmarked(self, profile: Profile) -> tuple[str, ...]:
        """The ends that cannot write a slice's id into packets: these would never enter the slice's client."""
        return tuple(node for node in profile.nodes if profile.carries(node) and not self.can(node)["slice_ids"].value)

    def room(self, profile: Profile, hop: DirectedLink, number: int) -> int:
        """The bit/s that a service may still send over a hop in its booking of this number."""
        group, sent = self.links[hop.link][1], self.sent.get(profile.address, {}).get(number, {})
        free = self.calendar.free(hop.link, [_window(profile.bookings[number])])
        return (self._held(hop.link, sent) + free) * group.granularity_bps - sent.get(hop, 0)

    def admit(self, profile: Profile, pair: PairWays) -> SlotRefusal | None:
        """Take the slots that a pair needs on top of the service's others; after a refusal the service is released."""
        for number, booking in enumerate(profile.bookings):
            before = self.sent.setdefault(profile.address, {}).setdefault(number, {})
            after = dict(before)
            for hop, rate in rates(profile, pair, booking.rate_bps):
                if hop.link in self.links:
                    after[hop] = after.get(hop, 0) + rate
            for link in sorted({hop.link for hop in after}):
                if refusal := self._grow(profile, booking, link, self._held(link, before), self._held(link, after)):
                    return refusal
            self.sent[profile.address][number] = after
        return None

    def _grow(self, profile: Profile, booking: Booking, link: str, held: int, needed: int) -> SlotRefusal | None:
        if needed == held:
            return None
        rate = (needed - held) * self.links[link][1].granularity_bps
        taken = self.calendar.admit(profile.address, link, rate, [_window(booking)])
        return replace(taken, needed=needed, free=taken.free + held) if isinstance(taken, SlotRefusal) else None

    def refusal(self, profile: Profile, hop: DirectedLink, number: int, rate_bps: int) -> SlotRefusal | None:
        """Why `rate_bps` more does not fit on a hop; nothing is taken."""
        if self.room(profile, hop, number) >= rate_bps:
            return None
        sent = self.sent.get(profile.address, {}).get(number, {})
        after = sent | {hop: sent.get(hop, 0) + rate_bps}
        return self._grow(
            profile, profile.bookings[number], hop.link, self._held(hop.link, sent), self._held(hop.link, after)
        )

    def release(self, owner: str) -> None:
        """Give back everything of a service."""
        self.calendar.release(owner)
        self.sent.pop(owner, None)

    def links_of(self, owner: str) -> tuple[str, ...]:
        """The links on which a service has a client."""
        return tuple(sorted({hop.link for sent in self.sent.get(owner, {}).values() for hop in sent}))

    def slots_now(self, profile: Profile, ways: tuple[PairWays, ...], link: str) -> int:
        """The slots of a service's client at the profile's instant."""
        sent: dict[DirectedLink, int] = {}
        for pair in ways:
            for hop, rate in rates(profile, pair, profile.bandwidth_bps):
                sent[hop] = sent.get(hop, 0) + rate
        return self._held(link, sent)

    def _held(self, link: str, sent: Mapping[DirectedLink, int]) -> int:
        """A client has the same slots in both directions: those of the larger."""
        group = self.links[link][1]
        return slots_needed(max((rate for hop, rate in sent.items() if hop.link == link), default=0), group)


def _window(booking: Booking) -> Window:
    return booking.start, booking.end
