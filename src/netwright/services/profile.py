"""What a kind of service asks of the network, in the words that all kinds share.

Each kind says once, in `kinds.py`, what it wants as a `Profile`; routing, lowering and proof read only the profile.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from netwright.intents.common import Attachment
from netwright.intents.schema import Service
from netwright.platforms.base import Grade
from netwright.services.model import Queue

HORIZON = timedelta(days=366)
"""How far ahead reservations of recurring windows are looked at."""


@dataclass(frozen=True, slots=True)
class Member:
    """One attachment of a service."""

    field: str  # spec.sites[0]
    node: str
    port: str
    vlan: int
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Marking:
    """Which packets go to which queue, and what their outer header says."""

    name: str
    dscp: tuple[int, ...]
    udp_port: int
    service_class: str
    outer_dscp: int


@dataclass(frozen=True, slots=True)
class Booking:
    """A rate that is reserved from `start` until `end` (None: no end)."""

    start: datetime
    end: datetime | None
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What one service asks, at one instant."""

    service: Service
    members: tuple[Member, ...]
    active: bool  # whether its schedule has it on at the instant
    bandwidth_bps: int  # of customer IP packets, per direction and pair of members, at the instant
    bandwidth_field: str
    bookings: tuple[Booking, ...]
    packet_bytes: int  # the packet size that figures and shapers are computed for
    mtu: int  # largest customer packet
    burst_bytes: int
    directions: str  # both | a-to-z | z-to-a
    max_delay_us: float | None
    max_loss: float | None  # largest ratio of lost packets that is promised; None: not promised
    graded: tuple[str, ...]  # capabilities whose grades this service depends on, on every hop
    protection: str
    queues: tuple[Queue, ...] = ()
    markings: tuple[Marking, ...] = ()
    lossless: bool = False
    strict: bool = False  # rides a strict-priority queue
    measured: bool = False
    closes: datetime | None = None  # when its schedule has it off again
    ride: str = ""  # address of the TenantSlice it rides in

    @property
    def address(self) -> str:
        """The service's address."""
        return self.service.address

    @property
    def isolation(self) -> str:
        """What was asked: none, soft, hard."""
        return self.service.spec.constraints.isolation

    @property
    def nodes(self) -> tuple[str, ...]:
        """The nodes that it is attached to, by name."""
        return tuple(sorted({member.node for member in self.members}))

    def pairs(self) -> tuple[tuple[str, str, int], ...]:
        """Pairs of nodes that exchange traffic, with how many pairs of members each stands for."""
        at = Counter(member.node for member in self.members)
        return tuple((a, z, at[a] * at[z]) for a, z in combinations(self.nodes, 2))

    def required_for(self, capability: str) -> Grade:
        """The weakest grade of a capability that the intent accepts on any hop.

        Isolation must be of the grade it asks for unless `minimum_grade` allows less; everything else must be of
        `minimum_grade` where that is given, and supported at all where it is not.
        """
        constraints = self.service.spec.constraints
        if constraints.minimum_grade is not None:
            return _GRADES[str(constraints.minimum_grade)]
        return _GRADES[self.isolation] if capability.startswith("isolation") else Grade.EMULATED

    def carries(self, head: str) -> bool:
        """Whether the direction that begins at `head` carries the promised traffic."""
        first = head == self.members[0].node
        return self.directions == "both" or (self.directions == "a-to-z") == first

    @property
    def peers(self) -> int:
        """How many other members each member exchanges traffic with."""
        return len(self.members) - 1


def waiting(profile: Profile) -> str:
    """When a service that its schedule has off comes on, on the clock of that schedule."""
    schedule = profile.service.spec.schedule
    if not profile.bookings:
        return f"not active, and not within {HORIZON.days} days: its schedule"
    zone = schedule.zone if schedule else None
    return f"not active until {profile.bookings[0].start.astimezone(zone).isoformat(timespec='minutes')}: its schedule"


_GRADES = {"none": Grade.EMULATED, "emulated": Grade.EMULATED, "soft": Grade.SOFT, "hard": Grade.HARD}
