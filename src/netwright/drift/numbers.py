"""The ledger, read back from what the devices run. Pure.

The network is compiled twice with made-up numbers for every claim that the ledger lacks. Where a leaf of one differs
from the same leaf of the other, and only there, stands a number: that makes a *pattern*, which no coincidence of
digits survives. A pattern that matches leaves of the running configuration says which numbers its claims may have; all
patterns of all devices together say which ones they have. A claim on which they do not agree is left out and reported,
never guessed. Found numbers make names whole in which they stand (a long VPN name ends in its colour), so it is done
again until nothing new is found.

What devices do not know is not found: since when a claim holds its number (it is dated now), and what rests.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from netwright.alloc.ledger import Book, Held, Ledger, second
from netwright.alloc.pool import Pool
from netwright.drift.words import Reading, Word, words
from netwright.services.design import Design
from netwright.services.numbers import Numbers
from netwright.tree import Path, Tree, Wanted

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TOKEN = re.compile(r"[0-9A-Za-z:.]+")
_PART = re.compile(r"[0-9A-Za-z]+")
_COULD_BE = re.compile(r".*[0-9].*|[a-f:]+")  # a token that could be a number
_STEP = "\x1f"  # between the steps of a path, and before the value

Piece = str | Word


@dataclass(frozen=True)
class Recovered:
    """What the devices say about the numbers that the ledger lacks."""

    ledger: Ledger  # with what was found
    found: Mapping[str, int]
    disputed: Mapping[str, tuple[str, ...]]  # claim -> what is said where; left out
    unread: tuple[str, ...]  # on no device: any number will do


@dataclass(frozen=True)
class Compiler:
    """How a ledger becomes a design, and a design what each device shall run."""

    design: Callable[[Ledger], Design]
    render: Callable[[Design], Mapping[str, Wanted]]


def recover(compiler: Compiler, ledger: Ledger, running: Mapping[str, Tree], now: datetime) -> Recovered:
    """Find the numbers of all claims that the ledger lacks in what the devices run."""
    found: dict[str, int] = {}
    while True:
        numbers = compiler.design(ledger).numbers
        if numbers is None or not numbers.assignment.chosen:
            return Recovered(ledger, found, {}, ())
        verdict = _look(compiler, ledger, numbers, running)
        if not verdict.found:
            return Recovered(ledger, found, verdict.disputed, verdict.unread)
        found |= verdict.found
        ledger = _with(ledger, verdict.found, numbers.assignment.ledger.pool_of, now)


def _with(ledger: Ledger, found: Reading, pool_of: Mapping[str, str], now: datetime) -> Ledger:
    """The ledger with found numbers, settled; what runs on a device does not rest."""
    books = dict(ledger.books)
    for claim, number in found.items():
        book = books.get(pool_of[claim], Book())
        resting = {freed: rest for freed, rest in book.resting.items() if freed != number}
        books[pool_of[claim]] = Book({**book.held, claim: Held(number, second(now))}, resting)
    return Ledger(books)


# ---- made-up numbers ------------------------------------------------------------------------------------------------


def probes(numbers: Numbers) -> tuple[Reading, Reading]:
    """Two sets of made-up numbers for what the ledger lacks: as different as the pools allow, over all books."""
    used = set[int]()
    first, second = dict[str, int](), dict[str, int]()
    for name, book in sorted(numbers.assignment.ledger.books.items()):
        claims = sorted(book.held.keys() & numbers.assignment.chosen)
        taken = {held.number for claim, held in book.held.items() if claim not in claims} | set(book.resting)
        free = _Free(numbers.pools[name.partition("/")[0]], taken, used)
        first |= dict(zip(claims, free.take(len(claims)), strict=True))
        second |= dict(zip(claims, free.take(len(claims)), strict=True))
    return first, second


@dataclass
class _Free:
    """The free numbers of a book, from the top; those of other books last."""

    pool: Pool
    taken: set[int]
    used: set[int]
    given: list[int] = field(default_factory=list)

    def take(self, count: int) -> list[int]:
        """`count` numbers that are new as long as there are new ones; then the first ones, turned by one place."""
        fresh = self._fresh(count)
        again = self.given[1:] + self.given[:1]
        chosen = fresh + again[: count - len(fresh)]
        self.given += fresh
        self.used.update(fresh)
        return chosen

    def _fresh(self, count: int) -> list[int]:
        chosen = dict[int, None]()
        blocked = self.taken.union(self.given)
        for avoid in (self.used, set[int]()):
            for number in reversed(self.pool.numbers):
                if len(chosen) == count:
                    break
                if number not in blocked and number not in avoid:
                    chosen[number] = None
        return list(chosen)


# ---- patterns -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pattern:
    """A leaf with the places where numbers stand. Equal patterns are `shown` equally, whatever numbers were made up."""

    pieces: tuple[Piece, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The pattern without its made-up numbers."""
        return tuple(f"\0{piece.key}" if isinstance(piece, Word) else piece for piece in self.pieces)

    @property
    def text(self) -> str:
        """The leaf itself."""
        return "".join(piece.text if isinstance(piece, Word) else piece for piece in self.pieces)

    def readings(self, texts: Iterable[str]) -> Iterator[Reading]:
        """What each of the texts that match says."""
        matcher = self._matcher()
        for text in texts:
            if match := matcher.fullmatch(text):
                reading = self._reading(match.groups())
                if reading is not None:
                    yield reading

    def _matcher(self) -> re.Pattern[str]:
        return re.compile("".join(f"({p.shape})" if isinstance(p, Word) else re.escape(p) for p in self.pieces))

    def _reading(self, captured: tuple[str, ...]) -> Reading | None:
        """The numbers that a leaf says; None when it contradicts itself or says no number at one of the places."""
        said: dict[str, int] = {}
        named = (piece for piece in self.pieces if isinstance(piece, Word))
        for word, text in zip(named, captured, strict=True):
            try:
                reading = word.read(text)
            except ValueError:
                return None
            if any(said.setdefault(claim, number) != number for claim, number in reading.items()):
                return None
        return said


def leaf_text(path: Path, value: str) -> str:
    """A leaf as one text."""
    return _STEP.join((*path, value))


def pattern(text: str, vocabulary: Mapping[str, Word]) -> Pattern:
    """The pattern of a leaf's text: whole tokens first, then the parts of those that say nothing as a whole."""
    pieces: list[Piece] = []
    literal = 0
    for token in filter(_could_be, _TOKEN.finditer(text)):
        for start, end in _candidates(token):
            if (word := vocabulary.get(text[start:end])) is not None:
                pieces += [text[literal:start], word]
                literal = end
                if (start, end) == token.span():
                    break
    return Pattern((*pieces, text[literal:]))


def _candidates(token: re.Match[str]) -> Iterator[tuple[int, int]]:
    yield token.span()
    for part in _PART.finditer(token.string, *token.span()):
        if part.span() != token.span():
            yield part.span()


def _patterns(numbers: Numbers, device: str, wanted: Wanted, sought: Reading) -> dict[tuple[str, ...], Pattern]:
    """The patterns of a device that hold a number; a text that could be two things is taken for none."""
    vocabulary: dict[str, Word] = {}
    twice = set()
    for word in words(numbers, device, sought):
        if vocabulary.setdefault(word.text, word).key != word.key:
            twice.add(word.text)
    known = {text: word for text, word in vocabulary.items() if text not in twice}
    made = (pattern(leaf_text(path, leaf.value), known) for path, leaf in wanted.items())
    return {one.shown: one for one in made if len(one.pieces) > 1}


def _skeleton(text: str) -> str:
    """A text without anything that could be a number: a pattern only ever matches texts of its own skeleton."""
    return _TOKEN.sub(lambda token: "#" if _could_be(token) else token[0], text)


def _could_be(token: re.Match[str]) -> bool:
    return _COULD_BE.fullmatch(token[0]) is not None


# ---- what the devices say -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Witness:
    """What one pattern says on one device: a row of numbers for each leaf that it matches.

    `own`: no other claims have a pattern that looks alike there, so that a leaf which matches can be nobody else's.
    """

    device: str
    claims: tuple[str, ...]
    rows: frozenset[tuple[int, ...]]
    own: bool

    def said_of(self, claim: str) -> set[int]:
        """The numbers that a claim may have."""
        place = self.claims.index(claim)
        return {row[place] for row in self.rows}

    def within(self, may: Mapping[str, set[int]]) -> Witness:
        """Only the rows whose numbers may be."""
        bound = [(place, may[claim]) for place, claim in enumerate(self.claims) if claim in may]
        return replace(self, rows=frozenset(row for row in self.rows if all(row[at] in good for at, good in bound)))


def witnesses(patterns: Mapping[tuple[str, ...], Pattern], device: str, tree: Tree) -> Iterator[Witness]:
    """What a device's running leaves say, pattern by pattern."""
    texts: dict[str, list[str]] = defaultdict(list)
    for path, value in tree.items():
        text = leaf_text(path, value)
        texts[_skeleton(text)].append(text)
    alike: dict[tuple[str, ...], int] = defaultdict(int)
    for one in patterns.values():
        alike[_looks(one)] += 1
    for one in patterns.values():
        readings = [dict(reading) for reading in one.readings(texts.get(_skeleton(one.text), ()))]
        if readings:
            claims = tuple(sorted(readings[0]))
            rows = frozenset(tuple(reading[claim] for claim in claims) for reading in readings)
            yield Witness(device, claims, rows, own=alike[_looks(one)] == 1)


def _looks(one: Pattern) -> tuple[str, ...]:
    """A pattern without whose numbers they are."""
    return tuple(f"\0{piece.shape}" if isinstance(piece, Word) else piece for piece in one.pieces)


@dataclass
class Court:
    """Weighs all witnesses: each claim's number is the one that all of them allow."""

    known: Reading
    pool_of: Mapping[str, str]
    may: dict[str, set[int]] = field(init=False)
    quarrels: set[str] = field(default_factory=set)
    sworn: dict[str, set[int]] = field(default_factory=dict)  # claim -> numbers by witnesses of its own

    def __post_init__(self) -> None:
        self.may = {claim: {number} for claim, number in self.known.items()}

    def hear(self, heard: Iterable[Witness]) -> None:
        """Narrow down what each number may be until nothing changes."""
        left = [one for one in (one.within(self.may) for one in heard) if one.rows]
        left.sort(key=lambda one: not one.own)  # who may be speaking of somebody else is heard last, and never against
        for one in left:
            for claim in one.claims if one.own else ():
                self.sworn.setdefault(claim, set()).update(one.said_of(claim))
        before = None
        while before != (state := (dict(self.may), len(left))):
            before = state
            left = [one for one in left if self._weigh(one)]
            self._no_number_twice()

    def _weigh(self, one: Witness) -> bool:
        """Take a witness into account; False when it is to be heard no more."""
        said = one.within(self.may)
        if not said.rows:
            if one.own:
                self._quarrel(one)
            return False
        for claim in said.claims:
            if claim not in self.quarrels:
                self.may[claim] = self.may.get(claim, said.said_of(claim)) & said.said_of(claim)
        return True

    def _quarrel(self, one: Witness) -> None:
        open_ = [claim for claim in one.claims if claim not in self.known]
        guilty = [claim for claim in open_ if claim in self.may and not self.may[claim] & one.said_of(claim)]
        for claim in guilty or open_:
            self.quarrels.add(claim)
            self.may.pop(claim, None)

    def _no_number_twice(self) -> None:
        """In one book a number has one claim: where that is certain, it is nobody else's."""
        holders: dict[tuple[str, int], list[str]] = defaultdict(list)
        for claim, number in self.certain.items():
            holders[self.pool_of[claim], number].append(claim)
        for claims in holders.values():
            if len(claims) > 1:
                self.quarrels.update(claim for claim in claims if claim not in self.known)
        for claim in self.quarrels:
            self.may.pop(claim, None)
        for claim, numbers in self.may.items():
            if claim in self.known:
                continue
            others = {number for number in numbers if holders.get((self.pool_of[claim], number), [claim]) != [claim]}
            self.may[claim] = numbers - others

    @property
    def certain(self) -> dict[str, int]:
        """The numbers that are certain: one is left, and a leaf of the claim's own says so."""
        return {
            claim: min(numbers)
            for claim, numbers in self.may.items()
            if len(numbers) == 1 and (claim in self.known or claim in self.sworn)
        }


@dataclass(frozen=True)
class _Verdict:
    found: Reading
    disputed: Mapping[str, tuple[str, ...]]
    unread: tuple[str, ...]


def _look(compiler: Compiler, ledger: Ledger, numbers: Numbers, running: Mapping[str, Tree]) -> _Verdict:
    """One round: compile twice, take the patterns that both have, hear what the devices say."""
    pool_of = numbers.assignment.ledger.pool_of
    one, other = (_probed(compiler, _with(ledger, probe, pool_of, _LONG_AGO), probe) for probe in probes(numbers))
    heard: list[Witness] = []
    for device, patterns in one.items():
        both = {shown: made for shown, made in patterns.items() if shown in other.get(device, {})}
        heard += witnesses(both, device, running.get(device, {}))
    known = {claim: n for claim, n in numbers.assignment.numbers.items() if claim not in numbers.assignment.chosen}
    court = Court(known, pool_of)
    court.hear(heard)
    return _verdict(numbers, court, heard)


def _probed(compiler: Compiler, ledger: Ledger, sought: Reading) -> dict[str, dict[tuple[str, ...], Pattern]]:
    """The patterns of each device with made-up numbers."""
    design = compiler.design(ledger)
    numbers = design.numbers
    if numbers is None:
        return {}
    sought = {claim: number for claim, number in sought.items() if claim in numbers.assignment.numbers}
    return {device: _patterns(numbers, device, wanted, sought) for device, wanted in compiler.render(design).items()}


def _verdict(numbers: Numbers, court: Court, heard: Iterable[Witness]) -> _Verdict:
    found, disputed, unread = dict[str, int](), dict[str, tuple[str, ...]](), list[str]()
    said: dict[str, list[Witness]] = defaultdict(list)
    for one in heard:
        for claim in one.claims:
            said[claim].append(one)
    certain = court.certain
    for claim in sorted(numbers.assignment.chosen):
        if claim in certain and claim not in court.quarrels:
            found[claim] = certain[claim]
        elif claim in court.quarrels or court.may.get(claim):
            disputed[claim] = _saying(numbers.pools[court.pool_of[claim].partition("/")[0]], claim, said[claim])
        else:
            unread.append(claim)
    return _Verdict(found, disputed, tuple(unread))


def _saying(pool: Pool, claim: str, heard: Iterable[Witness]) -> tuple[str, ...]:
    """Who says what of a claim, each once."""
    lines = {
        f"{one.device} says {' or '.join(pool.text(number) for number in sorted(one.said_of(claim)))}" for one in heard
    }
    return tuple(sorted(lines))
