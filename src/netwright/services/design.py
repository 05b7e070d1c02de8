"""The compiled network: what came of every service, and of all of them together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import TypeAlias

from netwright.alloc import store
from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic
from netwright.intents.schema import Intent, Service, TenantSlice
from netwright.overlay import Made
from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Grade
from netwright.promise.contract import Contract
from netwright.services.checks import Check
from netwright.services.claims import claim_rt
from netwright.services.lower import Lowering
from netwright.services.model import Fragment
from netwright.services.numbers import Numbers
from netwright.services.profile import Profile
from netwright.services.routing import Routing
from netwright.services.ways import PairWays

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

    def knowing(self, *, says: Mapping[str, str], idle: Mapping[str, bool], numbering: str = "") -> Design:
        """The same design, which need not look at all services to tell these; "": it has to look at the ledger."""
        self.__dict__.update(says=says, idle=idle, **({"numbering": numbering} if numbering else {}))
        return self

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


def new_claims(numbers: Numbers) -> dict[str, str]:
    """The claims that were given a number now, with the number for people."""
    pool_of = numbers.assignment.ledger.pool_of
    return {claim: numbers.text(pool_of[claim].partition("/")[0], claim) for claim in sorted(numbers.assignment.new)}
