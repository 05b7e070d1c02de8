"""What can go wrong with a number, each with the claim, the pool, the holder and the way out.

PoolError                  a claim could not be given the number it needs
├── PoolUnknown            no such pool is defined
├── PoolExhausted          the pool has no free number left
├── NumberTaken            another claim holds the pinned number
├── NumberResting          the pinned number was freed a short while ago
├── NumberMoved            a pin disagrees with what the claim already holds
├── ClaimTwice             one claim asks twice, differently
├── ClaimUnknown           a claim that holds nothing cannot pass anything on
└── PoolErrors             several of these at once
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class PoolError(Refused):
    """A claim could not be given the number it needs."""

    code: ClassVar[str] = "pool"
    hint: str = ""

    def __init__(self, claim: str, pool: str, message: str, hint: str = "") -> None:
        self.claim, self.pool, self.hint = claim, pool, hint or type(self).hint
        super().__init__([Diagnostic(Severity.ERROR, self.code, claim, message, hint=self.hint)])

    def __str__(self) -> str:
        return f"{self.claim} {super().__str__()}"


class PoolUnknown(PoolError):
    """No such pool is defined."""

    code = "pool-unknown"

    def __init__(self, claim: str, pool: str, known: Sequence[str]) -> None:
        super().__init__(
            claim, pool, f"needs a number from pool {pool}, which is not defined", f"pools: {', '.join(known)}"
        )


class PoolExhausted(PoolError):
    """A pool has no free number left."""

    code = "pool-exhausted"

    def __init__(self, claim: str, pool: str, held: int, resting: int, until: datetime | None) -> None:
        used = f"{held} held" + (f", {resting} resting" if resting else "")
        hint = "widen the pool in the Fabric, or withdraw a service that is no longer used"
        if until is not None:
            hint = f"a number becomes free at {until.isoformat()}; or {hint}"
        super().__init__(claim, pool, f"needs a number from pool {pool}, and none is free ({used})", hint)
        self.held, self.resting, self.until = held, resting, until


class NumberTaken(PoolError):
    """Two claims want the same number."""

    code = "number-taken"

    def __init__(self, claim: str, pool: str, number: int, text: str, holder: str) -> None:
        hint = f"unpin one of the two and let the pool choose, or withdraw {holder} first"
        super().__init__(claim, pool, f"asks for {pool} {text}, which {holder} holds", hint)
        self.number, self.holder = number, holder


class NumberResting(PoolError):
    """A pinned number was freed a short while ago and may still be remembered somewhere on the wire."""

    code = "number-resting"

    def __init__(self, claim: str, pool: str, number: int, text: str, holder: str, until: datetime | None) -> None:
        end = f"rests until {until.isoformat()}" if until else "is blocked"
        hint = (
            "pin another number, or wait"
            if until
            else "pin another number, or take the block out of the ledger by hand"
        )
        super().__init__(claim, pool, f"asks for {pool} {text}, which was {holder}'s and {end}", hint)
        self.number, self.holder, self.until = number, holder, until


class NumberMoved(PoolError):
    """A pin disagrees with the number the claim already has on the wire."""

    code = "number-moved"
    hint = "renumbering drops traffic: withdraw it first, then ask again; or pin the number that it holds"

    def __init__(self, claim: str, pool: str, pin: str, held: str) -> None:
        super().__init__(claim, pool, f"is pinned to {pool} {pin} but holds {held}")
        self.pin, self.held = pin, held


class ClaimTwice(PoolError):
    """One claim asks twice, differently; or takes over although it holds something itself."""

    code = "claim-twice"
    hint = "one claim has one number: give the second thing an address of its own"

    def __init__(self, claim: str, pool: str, other: str) -> None:
        super().__init__(claim, pool, f"asks pool {pool} and also {other}")
        self.other = other


class ClaimUnknown(PoolError):
    """A claim that holds nothing cannot pass anything on."""

    code = "claim-unknown"

    def __init__(self, claim: str) -> None:
        super().__init__(claim, "", "holds no number", "netwright show ledger lists the claims")


class PoolErrors(PoolError):
    """Several claims could not be served; `errors` has each."""

    code = "pools"

    def __init__(self, errors: Sequence[PoolError]) -> None:
        self.errors = tuple(errors)
        self.claim, self.pool = errors[0].claim, errors[0].pool
        Refused.__init__(self, [finding for error in errors for finding in error.diagnostics])

    def __str__(self) -> str:
        return "; ".join(map(str, self.errors))


def raise_all(errors: Sequence[PoolError]) -> None:
    """Raise the one error there is, or all of them together; nothing for none."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise PoolErrors(errors)
