"""Constructs to configuration: worded by templates, parsed back at once, every leaf with its owners.

Nothing is believed that was not read back: a rendering becomes part of a device's wanted tree only through the
platform's parser, the same that reads running configurations; what it cannot read is a bug of the template and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, TypeAlias

from jinja2 import TemplateRuntimeError

from netwright.diagnostics import Diagnostics
from netwright.errors import ConfigParseError
from netwright.platforms.base import Platform, Provenance
from netwright.render.templates import MARK, Library, TemplateError, Wording
from netwright.services.model import Construct, Fragment
from netwright.tree import Leaf, Origin, Path


@dataclass(frozen=True, slots=True)
class Rendered:
    """What one device shall run, with the provenance of each template that wrote a part of it."""

    leaves: Mapping[Path, Leaf]
    provenance: Mapping[tuple[str, int], Provenance]  # (template, line) -> where its syntax comes from


def construct_name(kind: type[Construct]) -> str:
    """`SrPolicy` -> `sr_policy`: the name of its template."""
    return _snake(kind.__name__)


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


Row: TypeAlias = tuple[Path, str, int]
"""A leaf as plain data: path, value, and the template line that wrote it."""

Read: TypeAlias = tuple[str, list[Row]]
"""What one template of a construct gave: the part of the configuration, and its leaves."""


def render(fragments: Iterable[Fragment], platform: Platform, templates: Library, found: Diagnostics) -> Rendered:
    """Render the fragments of one device. Two intents that want different values at one place are a diagnostic."""
    fragments = tuple(fragments)
    return assemble(fragments, word(fragments, platform, templates), platform, templates, found)


def word(fragments: Iterable[Fragment], platform: Platform, templates: Library) -> list[list[Read]]:
    """What each fragment's templates write, read back: plain data, so that another process can do it."""
    return [_word_one(fragment, platform, templates) for fragment in fragments]


def assemble(
    fragments: Iterable[Fragment],
    worded: Iterable[Iterable[Read]],
    platform: Platform,
    templates: Library,
    found: Diagnostics,
) -> Rendered:
    """Put what was worded together: every leaf with its owners and reasons."""
    leaves: dict[Path, Leaf] = {}
    wrote: dict[str, tuple[Wording, set[int]]] = {}  # by template: its lines that wrote something
    for fragment, reads in zip(fragments, worded, strict=True):
        name = construct_name(type(fragment.construct))
        wordings = {w.part: w for w in templates.wordings(platform.name, name, platform.parts)}
        for part, rows in reads:
            wording = wordings[part]
            for path, value, origins in _with_origins(rows, fragment, name, wording):
                known = leaves.get(path)
                if known is None:
                    leaves[path] = Leaf(value, origins)
                elif known.value == value:
                    leaves[path] = Leaf(value, known.origins + origins)
                else:
                    _conflict(found, fragment, path, value, known.value, known.origins[0])
            wrote.setdefault(wording.path, (wording, set()))[1].update([number for _, _, number in rows])
    return Rendered(leaves, {(path, n): one.provenance_of(n) for path, (one, lines) in wrote.items() for n in lines})


def _with_origins(
    rows: Iterable[Row], fragment: Fragment, construct: str, wording: Wording
) -> Iterator[tuple[Path, str, tuple[Origin]]]:
    """What one template wrote for a fragment, each leaf with its origin; neighbours of one template line share it."""
    reasons: dict[frozenset[str], tuple[tuple[str, str], ...]] = {}  # by the attributes that a line uses
    owner, template, uses = fragment.owner, wording.path, wording.uses
    last, origins = -1, (Origin(owner, construct, template, 0),)
    for path, value, number in rows:
        if number != last:
            used = uses.get(number, _NOTHING)
            if used not in reasons:
                reasons[used] = _because(fragment.because, used)
            last, origins = number, (Origin(owner, construct, template, number, reasons[used]),)
        yield path, value, origins


_NOTHING: Final[frozenset[str]] = frozenset()


def plain(platform: Platform, name: str, context: Mapping[str, object], templates: Library) -> dict[str, str]:
    """The text of a template by part of the configuration: for what no intent owns (baselines)."""
    wordings = templates.wordings(platform.name, name, platform.parts)
    return {wording.part: unmark(_worded(wording, context))[0] for wording in wordings}


_MARKED = re.compile(f"{MARK}([0-9]+)\n")


class _Unreadable(Exception):
    """A template wrote what its platform cannot read back: at which template line, and what."""


def _word_one(fragment: Fragment, platform: Platform, templates: Library) -> list[Read]:
    try:
        return _word_construct(fragment.construct, platform, templates)  # type: ignore[arg-type]  # packs are singletons
    except _Unreadable as error:
        place, said = error.args
        message = f"wrote what {platform.name} cannot read back, for {fragment.owner}: {said}"
        raise TemplateError(place, message) from error.__cause__


@lru_cache(maxsize=1 << 16)
def _word_construct(construct: Construct, platform: Platform, templates: Library) -> list[Read]:
    """What a construct's templates write, read back.

    The same construct says the same on every device of a platform: neighbours, tunnel policies and slices stand on
    hundreds of them, and a plan that is made again knows most of it.
    """
    name = construct_name(type(construct))
    return [_read(construct, wording, platform) for wording in templates.wordings(platform.name, name, platform.parts)]


def _read(construct: Construct, wording: Wording, platform: Platform) -> Read:
    text, numbers = unmark(_worded(wording, _context(construct)))
    try:
        lines = list(platform.parse(text, wording.part))
    except ConfigParseError as error:
        place = f"{wording.path}:{numbers[min(error.line, len(numbers)) - 1]}"
        raise _Unreadable(place, f"{error.message}: {error.text.strip()}") from error
    last = len(numbers)
    return wording.part, [(line.path, line.value, numbers[min(line.number, last) - 1]) for line in lines]


def _worded(wording: Wording, context: Mapping[str, object]) -> str:
    """The marked text; what a template asks for and a construct does not have is the template's mistake."""
    try:
        return wording.say(context)
    except (TemplateRuntimeError, TypeError) as error:
        raise TemplateError(f"{wording.path}:{wording.line_of(error)}", f"cannot be filled in: {error}") from error


def _context(construct: Construct) -> dict[str, object]:
    return {name: getattr(construct, name) for name in construct.__dataclass_fields__}


def unmark(text: str) -> tuple[str, list[int]]:
    """Split what a marked template wrote into the text and the template line of each of its lines.

    A template line that writes several lines (a filter's text) is marked at the end of the last: lines without a mark
    belong to the next one that has one.
    """
    marks = _MARKED.findall(text)
    if len(marks) == text.count("\n"):  # every line has its mark
        return _MARKED.sub("\n", text), [*map(int, marks)] or [0]
    lines: list[str] = []
    numbers: list[int] = []
    for line in text.splitlines():
        written, mark, number = line.rpartition(MARK)
        lines.append(written if mark else line)
        if mark:
            numbers += [int(number)] * (len(lines) - len(numbers))
    numbers += [numbers[-1] if numbers else 0] * (len(lines) - len(numbers))
    return "\n".join(lines) + "\n" if lines else "", numbers or [0]


def _because(reasons: Mapping[str, str], used: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, reasons[name]) for name in sorted(used & reasons.keys()))


def _conflict(found: Diagnostics, fragment: Fragment, path: Path, value: str, have: str, first: Origin) -> None:
    found.error(
        "conflicting-intents",
        fragment.owner,
        f"wants {value!r} on {fragment.device} where {first.owner} wants {have!r}, at /{'/'.join(path)}",
        hint=f"the two intents cannot both be true on {fragment.device}: change one of them",
    )
