"""Checks as data: what must be true on a device when a promise is kept.

Declared by the services, collected through the drivers, judged in `verify/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import TypeAlias, overload

Value: TypeAlias = str | int | float | bool


class Topic(StrEnum):
    """What `collect` can be asked for, with the keys of its rows.

    A driver returns only what the device said. A topic that the platform cannot report raises `NotReported`.
    """

    INTERFACES = "interfaces"  # name, admin_up, oper_up, addresses (comma-separated ADDRESS/LENGTH, sorted), vrf
    # name, in_packets, out_packets, in_errors, out_errors, in_drops, out_drops: since the counters began
    COUNTERS = "counters"
    ISIS = "isis"  # port, neighbour (hostname or system id), state (up | other)
    BGP = "bgp"  # peer, family (evpn | vpnv4 | vpnv6), state (established | other), prefixes
    LINK_DELAYS = "link-delays"  # port, state (up: the IGP floods it), delay_us (measured, one way, the smallest)
    LOCATORS = "locators"  # name, prefix, state (up | down)
    SIDS = "sids"  # sid, behaviour (End, uN, End.DT46, uDT46 ...), vrf
    # vrf, prefix, protocol (connected | static | bgp), next_hop, sid ("" for local), colour (0: none); of FRR also sids
    # (all segments, comma-separated)
    ROUTES = "routes"
    # name, endpoint, colour, state (up | down), preference (of the active path), sids (comma-separated), binding_sid
    SR_POLICIES = "sr-policies"
    SLICES = "slices"  # port, slice_id, rate_bps, state (up | down)
    RATES = "rates"  # port, vlan, direction (in | out), rate_bps
    QUEUES = "queues"  # port, service_class, depth_bytes, drops; where slices hold queues: slice_id (0: of the port)
    FLEXE = "flexe"  # group, client, slots, state (up | down)
    # port, state (up: a peer is live, so that packets are encrypted | down), suite (the cipher suite; "" for none)
    ENCRYPTION = "encryption"
    MEASUREMENTS = "measurements"  # name, state, loss (ratio), delay_us
    # vrf, reflector, state, delay_us (there and back), jitter_us (there), jitter_back_us: only what was measured
    PROBES = "probes"


class Rung(IntEnum):
    """The verification ladder, the same for every intent: how far up a check proves."""

    RUNNING = 1  # the device runs what was planned
    CONTROL_PLANE = 2  # adjacency, session, route, SID, policy, channel
    PATH = 3  # the way taken is the way computed
    MEASUREMENT = 4  # measured against the promise
    NEGATIVE = 6  # what must not be, is not


@dataclass(frozen=True, slots=True)
class AtMost:
    """A measured value must not exceed `limit`. `if_said`: without a value nothing is judged, and nothing proven."""

    limit: float
    if_said: bool = False

    def __str__(self) -> str:
        return f"<= {self.limit:g}"


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A measured value must reach `limit`."""

    limit: float

    def __str__(self) -> str:
        return f">= {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Reported:
    """A value that is told where it is said, and not judged: a counter that began nobody knows when."""

    def __str__(self) -> str:
        return "reported"


Expected: TypeAlias = Value | AtMost | AtLeast | Reported


@dataclass(frozen=True, slots=True)
class Check:
    """Among the rows of `topic` on `device`, the one that matches `where` exists and is as `expect` says.

    A negative check holds when no row matches `where`.
    """

    address: str
    intent: str
    device: str
    rung: Rung
    what: str
    topic: str
    where: Mapping[str, Value]
    expect: Mapping[str, Expected]
    negative: bool = False


class Checks(Sequence[Check]):
    """The checks of a design, made when somebody first looks: apply and verify do, a plan alone does not."""

    def __init__(self, make: Callable[[], Iterable[Check]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> tuple[Check, ...]:
        return tuple(self._make())

    @overload
    def __getitem__(self, index: int) -> Check: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Check, ...]: ...
    def __getitem__(self, index: int | slice) -> Check | tuple[Check, ...]:
        """One of them, or some."""
        return self._made[index]

    def __iter__(self) -> Iterator[Check]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
