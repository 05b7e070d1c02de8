"""The ledger: which claim holds which number, and which numbers rest.

A *claim* is the address of a thing that needs a number, such as `TenantSlice/acme/pe1/vrf/rd`. A *book* is the part
of the ledger for one pool; a pool that is counted per place has a book per scope: `sid_function/pod2-leaf1` draws from
pool `sid_function`, and every scope has all its numbers. Four rules make the new ledger a pure function of the old
one, the requests and the instant, so that a plan made twice is the same plan:

1. a claim that holds a number keeps it;
2. a pinned claim, whose number somebody wrote down, gets exactly that one or is refused;
3. every other claim, in name order, takes the lowest free number;
4. a freed number rests: what remembers it on the wire must have forgotten it first (a VPN SID reused at once may not
   come back, FRR issue 15753). Only a pin or `revive` gives it back early, and only to the claim that had it.

Nothing is freed by assigning. A number returns to its pool in `retire`, which runs after the change that withdraws it
was applied and verified.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from netwright.alloc.errors import (
    ClaimTwice,
    ClaimUnknown,
    NumberMoved,
    NumberResting,
    NumberTaken,
    PoolError,
    PoolExhausted,
    PoolUnknown,
    raise_all,
)
from netwright.alloc.pool import Pool

QUARANTINE = timedelta(days=7)
"""How long a freed number rests unless the Fabric or the pool says otherwise."""


def second(now: datetime) -> datetime:
    """An instant as the ledger keeps it: in UTC, without the fraction of its second."""
    return now.astimezone(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Request:
    """A claim on a number of a pool (`POOL` or `POOL/SCOPE`); `pin` is the number somebody wrote down."""

    pool: str
    claim: str
    pin: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A number in use. `provisional`: written before its first apply was confirmed; a full rollback drops it."""

    number: int
    since: datetime  # UTC, whole seconds: who holds its numbers longer is routed first
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Rest:
    """A freed number: whose it was, since when it rests, until when (None: until a person frees it)."""

    claim: str
    freed: datetime
    until: datetime | None

    def over(self, now: datetime) -> bool:
        """Whether the number may be handed out again."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, slots=True)
class Book:
    """One pool's part of the ledger (of one scope): who holds what, and what rests."""

    held: Mapping[str, Held] = field(default_factory=dict)
    resting: Mapping[int, Rest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assignment:
    """What came of the requests: the ledger with all of them, each claim's number, and which claims are new.

    `chosen`: the new ones that nobody pinned.
    """

    ledger: Ledger
    numbers: Mapping[str, int]
    new: frozenset[str]
    chosen: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Ledger:
    """All books, by pool name (with scope). Frozen: every operation returns another ledger."""

    books: Mapping[str, Book] = field(default_factory=dict)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of every claim."""
        return {claim: held.number for book in self.books.values() for claim, held in book.held.items()}

    @cached_property
    def pool_of(self) -> Mapping[str, str]:
        """The book every claim stands in."""
        return {claim: name for name, book in self.books.items() for claim in book.held}

    @property
    def provisional(self) -> frozenset[str]:
        """The claims whose first apply is not confirmed."""
        return frozenset(c for book in self.books.values() for c, held in book.held.items() if held.provisional)

    def assign(self, pools: Mapping[str, Pool], requests: Iterable[Request], now: datetime) -> Assignment:
        """Give every request its number, or raise a `PoolError` that names everything that cannot be.

        New claims come back provisional: `settle` makes them permanent, `drop` takes them out again.
        """
        books, numbers, errors = dict(self.books), dict[str, int](), list[PoolError]()
        wanted = _by_book(requests, self.pool_of, errors)
        for name in sorted(wanted):
            pool = pools.get(name.partition("/")[0])
            if pool is None:
                errors += [PoolUnknown(request.claim, name, sorted(pools)) for request in wanted[name]]
                continue
            page = _Page(pool, name, self.books.get(name, Book()), now)
            numbers |= page.serve(wanted[name], errors)
            books[name] = page.book()
        raise_all(errors)
        new = frozenset(numbers.keys() - self.pool_of.keys())
        pinned = {one.claim for asked in wanted.values() for one in asked if one.pin is not None}
        return Assignment(Ledger(_tidy(books)), numbers, new, new - pinned)

    def retire(
        self,
        claims: Collection[str],
        now: datetime,
        quarantine: timedelta = QUARANTINE,
        pools: Mapping[str, Pool] | None = None,
    ) -> Ledger:
        """Return the ledger without `claims`; their numbers rest for `quarantine`, or as long as their pool says.

        Claims that hold nothing are left out, so that a retirement that was interrupted can be repeated. Rests that
        are over at `now` are forgotten.
        """
        books = {}
        for name, book in self.books.items():
            pool = (pools or {}).get(name.partition("/")[0])
            until = now + (pool.rest if pool is not None and pool.rest is not None else quarantine)
            books[name] = _free(book, claims, now, until)
        return Ledger(_tidy(books))

    def block(self, claims: Collection[str], now: datetime) -> Ledger:
        """Like `retire`, but the numbers stay blocked until a person frees them: their device is gone for good."""
        return Ledger(_tidy({name: _free(book, claims, now, None) for name, book in self.books.items()}))

    def revive(self, claims: Collection[str], now: datetime) -> Ledger:
        """Give resting numbers back to the claims that had them: the change that withdrew them is taken back."""
        books = {}
        for name, book in self.books.items():
            back = {
                rest.claim: Held(number, second(now)) for number, rest in book.resting.items() if rest.claim in claims
            }
            mine = {held.number for claim, held in back.items() if claim not in book.held}
            books[name] = Book(back | dict(book.held), {n: r for n, r in book.resting.items() if n not in mine})
        return Ledger(_tidy(books))

    def settle(self, claims: Collection[str] | None = None) -> Ledger:
        """Return the ledger with `claims` (default: all) no longer provisional: their apply is confirmed."""
        return Ledger({name: _settled(book, claims) for name, book in self.books.items()})

    def drop(self, claims: Collection[str] | None = None) -> Ledger:
        """Return the ledger without the provisional ones among `claims` (default: all), as if never asked; no rest."""
        books = {
            name: replace(
                book,
                held={c: h for c, h in book.held.items() if not (h.provisional and (claims is None or c in claims))},
            )
            for name, book in self.books.items()
        }
        return Ledger(_tidy(books))

    def transfer(self, claim: str, to: str) -> Ledger:
        """Pass a number on: the thing's first owner goes and `to`, the next one, keeps the number."""
        name = self.pool_of.get(claim)
        if name is None:
            raise ClaimUnknown(claim)
        if to in self.pool_of:
            raise ClaimTwice(to, name, self.pool_of[to])
        held = dict(self.books[name].held)
        held[to] = held.pop(claim)
        return Ledger({**self.books, name: replace(self.books[name], held=held)})


@dataclass(slots=True)
class _Page:
    """One book while it is written on."""

    pool: Pool
    name: str
    old: Book
    now: datetime
    held: dict[str, Held] = field(init=False)
    resting: dict[int, Rest] = field(init=False)
    holders: dict[int, str] = field(init=False)
    free: Iterator[int] = field(init=False)
    since: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.held, self.resting = dict(self.old.held), dict(self.old.resting)
        self.holders = {held.number: claim for claim, held in self.held.items()}
        self.free = self._free()
        self.since = second(self.now)

    def _free(self) -> Iterator[int]:
        blocked = self.pool.reserved | {number for number, rest in self.resting.items() if not rest.over(self.now)}
        return (number for number in self.pool.numbers if number not in self.holders and number not in blocked)

    def serve(self, requests: list[Request], errors: list[PoolError]) -> dict[str, int]:
        """Serve pins first, then the rest in name order; what cannot be goes to `errors`."""
        numbers = {}
        for request in sorted(requests, key=lambda request: (request.pin is None, request.claim)):
            try:
                numbers[request.claim] = self._number(request)
            except PoolError as error:
                errors.append(error)
        return numbers

    def book(self) -> Book:
        return Book(self.held, self.resting)

    def _number(self, request: Request) -> int:
        held = self.held.get(request.claim)
        if held is not None:
            if request.pin not in {None, held.number}:
                pin = self.pool.text(request.pin or 0)
                raise NumberMoved(request.claim, self.name, pin, self.pool.text(held.number))
            return held.number
        number = self._choose(request.claim) if request.pin is None else self._pinned(request.claim, request.pin)
        self.held[request.claim] = Held(number, self.since, provisional=True)
        self.holders[number] = request.claim
        self.resting.pop(number, None)
        return number

    def _choose(self, claim: str) -> int:
        number = next(self.free, None)
        if number is None:
            ends = [rest.until for rest in self.resting.values() if rest.until is not None and not rest.over(self.now)]
            blocked = sum(not rest.over(self.now) for rest in self.resting.values())
            raise PoolExhausted(claim, self.name, len(self.held), blocked, min(ends, default=None))
        return number

    def _pinned(self, claim: str, pin: int) -> int:
        if (holder := self.holders.get(pin)) is not None:
            raise NumberTaken(claim, self.name, pin, self.pool.text(pin), holder)
        rest = self.resting.get(pin)
        if rest is not None and not rest.over(self.now) and rest.claim != claim:
            raise NumberResting(claim, self.name, pin, self.pool.text(pin), rest.claim, rest.until)
        return pin


def _by_book(
    requests: Iterable[Request], pool_of: Mapping[str, str], errors: list[PoolError]
) -> dict[str, list[Request]]:
    """The requests by book, each claim once."""
    seen: dict[str, Request] = {}
    wanted: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        first = seen.setdefault(request.claim, request)
        if first is request:
            wanted[request.pool].append(request)
        elif first != request:
            errors.append(ClaimTwice(request.claim, request.pool, f"{first.pool}, pinned differently"))
        if pool_of.get(request.claim, request.pool) != request.pool:
            errors.append(ClaimTwice(request.claim, request.pool, f"{pool_of[request.claim]}, where it holds a number"))
    return wanted


def _free(book: Book, claims: Collection[str], now: datetime, until: datetime | None) -> Book:
    gone = [claim for claim in book.held if claim in claims]
    resting = {number: rest for number, rest in book.resting.items() if not rest.over(now)}
    if not gone and len(resting) == len(book.resting):
        return book
    resting |= {book.held[claim].number: Rest(claim, now, until) for claim in gone}
    return Book({claim: held for claim, held in book.held.items() if claim not in claims}, resting)


def _settled(book: Book, claims: Collection[str] | None) -> Book:
    chosen = {
        c: replace(h, provisional=False)
        for c, h in book.held.items()
        if h.provisional and (claims is None or c in claims)
    }
    return replace(book, held={**book.held, **chosen}) if chosen else book


def _tidy(books: Mapping[str, Book]) -> dict[str, Book]:
    """Without the books that say nothing, so that what was taken out leaves no trace."""
    return {name: book for name, book in books.items() if book.held or book.resting}
