"""A plan's change in the words that people read, construct by construct, beside what is sent. A view: never sent.

Both sides of a transaction are spoken (`render.spoken`) and compared line by line. What is taken away is said as the
command that does it; where no source tells how, or no template knows a construct, the view says so and counts it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import dedent

from netwright.plan.model import DeviceChange, Transaction
from netwright.platforms.base import Platform, Provenance, Status
from netwright.render.spoken import Speech, SpokenLine, Words, constructs, speak, spoken_wordings
from netwright.render.templates import Library
from netwright.tree import Path, Wanted, container_of

NO_UNDO = "# no undo known for"
NOT_KNOWN = "# no CLI known for this construct: see the XML"
OTHER = "other"
"""The name of what belongs to no construct."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the view. `sign`: + new, - taken away, ~ changed in place, "" a view that it stands in."""

    sign: str
    depth: int
    text: str
    note: str = ""
    status: Status | None = None  # of its syntax; None for a view that it stands in


@dataclass(frozen=True, slots=True)
class Part:
    """What one construct's kind is about in one transaction: its CLI, and the part of the XML that says the same."""

    construct: str
    provenance: Provenance | None  # None: no template, nothing known
    said: tuple[Said, ...]
    sent: str
    leaves: int
    unsaid: int  # leaves that no template looked at: in the XML alone

    @property
    def known(self) -> bool:
        """Whether the view says anything of it."""
        return self.provenance is not None

    @property
    def doubtful(self) -> int:
        """How many of its lines have a syntax that nobody has established."""
        return sum(line.status is Status.UNVERIFIED for line in self.said)


@dataclass(frozen=True, slots=True)
class View:
    """One transaction on one device."""

    device: str
    number: int
    total: int
    parts: tuple[Part, ...]


@dataclass(slots=True)
class _Share:
    """What one construct has of a transaction, while it is gathered."""

    said: list[Said] = field(default_factory=list)
    leaves: set[Path] = field(default_factory=set)
    removed: bool = True  # nothing but removal


def views(change: DeviceChange, platform: Platform, templates: Library) -> tuple[View, ...]:
    """The view of each transaction of a device, in order; nothing for a platform whose own words people read."""
    if platform.spoken is None:
        return ()
    known = {construct: wording.provenance for construct, wording in spoken_wordings(platform, templates).items()}
    total = len(change.transactions)
    return tuple(
        View(change.device, number, total, tuple(_Comparison.of(change, one, platform, templates).parts(known)))
        for number, one in enumerate(change.transactions, 1)
    )


@dataclass(frozen=True)
class _Comparison:
    """One transaction, before and after."""

    transaction: Transaction
    wanted: Wanted
    before: Speech
    after: Speech
    text: str  # what is sent
    places: Mapping[Path, int]  # where in it each leaf stands

    @classmethod
    def of(cls, change: DeviceChange, transaction: Transaction, platform: Platform, templates: Library) -> _Comparison:
        """Both sides of a transaction, spoken."""
        text = "".join(transaction.change.values())
        return cls(
            transaction,
            change.wanted,
            speak(transaction.delta.before, platform, templates),
            speak(transaction.delta.after(), platform, templates),
            text,
            platform.spoken.places(text) if platform.spoken is not None else {},
        )

    def parts(self, known: Mapping[str, Provenance]) -> Iterator[Part]:
        """What is taken away first and from the top down, then what is changed or new in the order of constructs."""
        shares: dict[str, _Share] = defaultdict(_Share)
        unsaid = self._deal(shares)
        for step in _steps(self.before, self.after):
            share = shares[step.construct]
            share.removed &= step.said[-1].sign == "-"
            share.said += step.said
        for construct in _order(shares):
            share = shares[construct]
            yield Part(
                construct,
                known.get(construct),
                tuple(_once(share.said)) if construct in known else (Said("", 0, NOT_KNOWN),),
                excerpt(self.text, self._numbers(share.leaves)),
                len(share.leaves),
                len(share.leaves & unsaid),
            )

    def _deal(self, shares: dict[str, _Share]) -> set[Path]:
        """Give each leaf of the change to its construct; return those that the CLI does not say.

        What goes with the entry that holds it is said where the entry goes.
        """
        unsaid, delta = set(), self.transaction.delta
        for path in (*delta.add, *delta.replace):
            leaf = self.wanted.get(path)
            share = shares[leaf.origins[0].construct if leaf and leaf.origins else _nearest(self.after, path)]
            share.leaves.add(path)
            share.removed = False
            if not self.after.reader(path):
                unsaid.add(path)
        for path in delta.remove:
            shares[_nearest(self.before, path)].leaves.add(path)
            if path in self.places and not self.before.reader(path):
                unsaid.add(path)
        return unsaid

    def _numbers(self, leaves: set[Path]) -> set[int]:
        """The lines of leaves, and of the keys that say in which entries they are."""
        placed = [path for path in leaves if path in self.places]
        inside = {path[:depth] for path in placed for depth in range(1, len(path))}
        return {self.places[path] for path in placed} | {
            number for path, number in self.places.items() if path[:-1] in inside and container_of(path, "key")
        }


def _order(shares: Mapping[str, _Share]) -> Sequence[str]:
    """The constructs of a view: those that only go first, from the top down."""
    order = [construct for construct in dict.fromkeys((*constructs(), OTHER)) if construct in shares]
    gone = [construct for construct in order if shares[construct].removed]
    return [*reversed(gone), *(construct for construct in order if construct not in gone)]


def _nearest(speech: Speech, path: Path) -> str:
    """The construct whose template looked at a leaf, or at what holds it."""
    readers = (speech.reader(path[:depth]) for depth in range(len(path), 0, -1))
    return next((reader for reader in readers if reader), OTHER)


@dataclass(frozen=True, slots=True)
class _Step:
    """One difference, with the views that it stands in."""

    construct: str
    said: tuple[Said, ...]


def _steps(before: Speech, after: Speech) -> Iterator[_Step]:
    """The differences between two speeches: what is taken away, then what is new or changed in place."""
    lost = {words: line for words, line in before.lines.items() if words not in after.lines}
    new = [line for words, line in after.lines.items() if words not in before.lines]
    old = {(line.words[:-1], line.undo): line.words[-1] for line in lost.values() if line.undo}
    changed = {(line.words[:-1], line.undo) for line in new} & old.keys()
    for line in reversed(lost.values()):  # the other way round than it was made: users before what they use
        if (line.words[:-1], line.undo) not in changed and not _goes_along(line, lost):
            yield _taken_away(line, lost)
    for line in new:
        was = old.get((line.words[:-1], line.undo)) if line.undo else None
        yield _step(line, "+" if was is None else "~", line.words[-1], "" if was is None else f"was: {was}")


def _goes_along(line: SpokenLine, lost: Mapping[Words, SpokenLine]) -> bool:
    """Whether a view goes that the line stands in, and takes it along; or whether nothing has to take it back."""
    outer = (lost.get(line.words[:depth]) for depth in range(1, len(line.words)))
    return line.undo == "" or any(view is not None and view.undo != "" for view in outer)


def _taken_away(line: SpokenLine, lost: Mapping[Words, SpokenLine]) -> _Step:
    depth = len(line.words)
    along = sum(words[:depth] == line.words and len(words) > depth for words in lost)
    note = f"with the {along} line{'s' if along > 1 else ''} in it" if along else ""
    return _step(line, "-", line.undo if line.undo is not None else f"{NO_UNDO}: {line.words[-1]}", note)


def _step(line: SpokenLine, sign: str, text: str, note: str) -> _Step:
    views = tuple(Said("", depth, view) for depth, view in enumerate(line.words[:-1]))
    return _Step(line.construct, (*views, Said(sign, len(views), text, note, line.provenance.status)))


def _once(said: Sequence[Said]) -> Iterator[Said]:
    """The lines without the views that are open already."""
    open_views: list[str] = []
    for line in said:
        if not line.sign and open_views[line.depth : line.depth + 1] == [line.text]:
            continue
        del open_views[line.depth :]
        open_views.append(line.text)
        yield line


def excerpt(text: str, numbers: set[int]) -> str:
    """The lines of an indented document with these numbers, each with the elements that it stands in, less the root."""
    lines = text.splitlines()
    keep = set(numbers)
    open_lines: list[int] = []
    for number, line in enumerate(lines, 1):
        depth = _depth(line)
        while open_lines and _depth(lines[open_lines[-1] - 1]) > depth:
            open_lines.pop()
        if open_lines and _depth(lines[open_lines[-1] - 1]) == depth:
            opening = open_lines.pop()
            if line.lstrip().startswith("</") and opening in keep:
                keep.add(number)
        if number in numbers:
            keep.update(open_lines)
        open_lines.append(number)
    return dedent("\n".join(lines[number - 1] for number in sorted(keep) if _depth(lines[number - 1])))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


@dataclass(frozen=True, slots=True)
class Sum:
    """What a view says in all, by construct and device."""

    shown: int
    unknown: tuple[str, ...]  # constructs that no template knows
    lines: Mapping[Status, int]  # commands, by how well their syntax is established
    leaves: int
    unsaid: int
    no_undo: int


def summed(all_views: Sequence[View]) -> Sum:
    """Count: a construct once a device."""
    parts: dict[tuple[str, str], list[Part]] = defaultdict(list)
    for view in all_views:
        for part in view.parts:
            parts[view.device, part.construct].append(part)
    known = {key for key, found in parts.items() if found[0].known}
    every = [part for found in parts.values() for part in found]
    lines = Counter(line.status for part in every for line in part.said if line.status is not None)
    return Sum(
        shown=len(known),
        unknown=tuple(sorted({construct for device, construct in parts if (device, construct) not in known})),
        lines={status: lines[status] for status in Status if lines[status]},
        leaves=sum(part.leaves for part in every),
        unsaid=sum(part.unsaid for part in every),
        no_undo=sum(line.text.startswith(NO_UNDO) for part in every for line in part.said),
    )
