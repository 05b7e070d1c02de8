"""Constructs to configuration: worded by templates, parsed back at once, every leaf with its owners.

Nothing is believed that was not read back: a rendering becomes part of a device's wanted tree only through the
platform's parser, the same that reads running configurations; what it cannot read is a bug of the template and says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import UndefinedError

from netwright.diagnostics import Diagnostics
from netwright.errors import ConfigParseError
from netwright.platforms.base import Platform, Provenance
from netwright.render.templates import MARK, Library, TemplateError, Wording
from netwright.services.model import Construct, Fragment
from netwright.tree import Leaf, Line, Origin, Path


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


def render(fragments: Iterable[Fragment], platform: Platform, templates: Library, found: Diagnostics) -> Rendered:
    """Render the fragments of one device. Two intents that want different values at one place are a diagnostic."""
    merged: dict[Path, list[Origin]] = defaultdict(list)
    values: dict[Path, str] = {}
    provenance: dict[tuple[str, int], Provenance] = {}
    for fragment in fragments:
        for wording, lines in _render_one(fragment, platform, templates):
            for line, origin in lines:
                if values.setdefault(line.path, line.value) != line.value:
                    _conflict(found, fragment, line, values[line.path], merged[line.path][0])
                    continue
                merged[line.path].append(origin)
                written_by = wording.path, origin.line
                if written_by not in provenance:
                    provenance[written_by] = wording.provenance_of(origin.line)
    leaves = {path: Leaf(values[path], tuple(origins)) for path, origins in merged.items()}
    return Rendered(leaves, provenance)


def plain(platform: Platform, name: str, context: Mapping[str, object], templates: Library) -> dict[str, str]:
    """The text of a template by part of the configuration: for what no intent owns (baselines)."""
    wordings = templates.wordings(platform.name, name, platform.parts)
    return {wording.part: _unmark(_worded(wording, context))[0] for wording in wordings}


def _render_one(
    fragment: Fragment, platform: Platform, templates: Library
) -> Iterator[tuple[Wording, list[tuple[Line, Origin]]]]:
    name = construct_name(type(fragment.construct))
    context = _context(fragment.construct)
    for wording in templates.wordings(platform.name, name, platform.parts):
        text, numbers = _unmark(_worded(wording, context))
        try:
            lines = list(platform.parse(text, wording.part))
        except ConfigParseError as error:
            place = f"{wording.path}:{numbers[min(error.line, len(numbers)) - 1]}"
            said = f"{error.message}: {error.text.strip()}"
            raise TemplateError(
                f"{place} wrote what {platform.name} cannot read back, for {fragment.owner}: {said}"
            ) from error
        origins: dict[int, Origin] = {}  # by template line: what it wrote shares one
        found = []
        for line in lines:
            written_by = numbers[min(line.number, len(numbers)) - 1]
            origin = origins.get(written_by)
            if origin is None:
                because = _because(fragment.because, wording.uses.get(written_by, frozenset()))
                origin = origins[written_by] = Origin(fragment.owner, name, wording.path, written_by, because)
            found.append((line, origin))
        yield wording, found


def _worded(wording: Wording, context: Mapping[str, object]) -> str:
    """The marked text; what a template asks for and a construct does not have is the template's mistake."""
    try:
        return wording.template.render(context)
    except UndefinedError as error:
        raise TemplateError(f"{wording.path}: {error.message}") from error


def _context(construct: Construct) -> dict[str, object]:
    return {name: getattr(construct, name) for name in construct.__dataclass_fields__}


def _unmark(text: str) -> tuple[str, list[int]]:
    """Split what a marked template wrote into the text and the template line of each of its lines.

    A template line that writes several lines (a filter's text) is marked at the end of the last: lines without a mark
    belong to the next one that has one.
    """
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


def _conflict(found: Diagnostics, fragment: Fragment, line: Line, have: str, first: Origin) -> None:
    found.error(
        "conflicting-intents",
        fragment.owner,
        f"wants {line.value!r} on {fragment.device} where {first.owner} wants {have!r}, at /{'/'.join(line.path)}",
        hint=f"the two intents cannot both be true on {fragment.device}: change one of them",
    )
