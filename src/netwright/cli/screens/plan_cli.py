"""`plan --format cli`: what is sent, in the words that people read.

Where a platform is told documents, its command line stands beside them, construct by construct: in two columns when
the terminal is wide enough for both, else one below the other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap

from netwright.cli.screens.plan import changed, cli_screen
from netwright.plan.model import Plan
from netwright.plan.spoken import NO_UNDO, Part, Said, View, summed
from netwright.platforms.base import Status
from netwright.report.words import plural

WIDE = 140
"""Columns from which on CLI and XML stand side by side."""

VIEW_ONLY = "# a view for people: this CLI is never sent, the XML is (xmlns:nc left out)"
_NC = ' xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"'
_GAP = " | "


def spoken_screen(plan: Plan, views: Mapping[str, Sequence[View]], only: Collection[str] = (), width: int = 80) -> str:
    """What is sent, device by device, one block a transaction, in order; then what the CLI beside it is worth."""
    names = [change.device for change in changed(plan, only)]
    blocks = [_device(plan, name, views.get(name, ()), width) for name in names]
    shown = [view for name in names for view in views.get(name, ())]
    return "\n".join([*blocks, *(_wrapped(_sum(shown), width, "  ") if shown else [])])


def _device(plan: Plan, name: str, views: Sequence[View], width: int) -> str:
    return "\n".join(line for view in views for line in _view(view, width)) if views else cli_screen(plan, [name])


def _view(view: View, width: int) -> Iterator[str]:
    yield f"# {view.device}, transaction {view.number} of {view.total}"
    yield VIEW_ONLY
    for part in view.parts:
        yield ""
        yield from _wrapped(_heading(part), width, "#   ")
        right = part.sent.replace(_NC, "").splitlines()
        wide = width >= WIDE
        left = [line for said in part.said for line in ([_line(said)] if wide else _narrow(said, width))]
        if part.known and not left:
            left = ["# nothing of its own in the CLI: it goes along with what holds it"]
        if part.known and part.unsaid:
            left.append(f"# no CLI known for {plural(part.unsaid, 'value')} of it: see the XML")
        yield from _side_by_side(left, right, width) if wide else left
        yield from () if wide else (piece for line in right for piece in _tag(f"    {line}", width))
    yield ""


def _heading(part: Part) -> str:
    known = part.provenance
    but = f" ({plural(part.doubtful, 'line')} unverified)" if part.doubtful else ""
    return f"# {part.construct}: {known.status}{but}, {known.source}" if known else f"# {part.construct}"


def _line(said: Said) -> str:
    doubt = "syntax unverified" if said.status is Status.UNVERIFIED else ""
    notes = ", ".join(note for note in (said.note, doubt) if note)
    return f"{said.sign or ' '} {' ' * said.depth}{said.text}{f'   # {notes}' if notes else ''}"


def _narrow(said: Said, width: int) -> Iterator[str]:
    """A command is never broken: where its note makes the line too long, that stands below it."""
    line = _line(said)
    command, mark, note = line.partition("   # ")
    if len(line) <= width or not mark:
        yield line
        return
    yield command
    yield from _wrapped(f"#   {note}", width, "#     ")


def _tag(line: str, width: int) -> Iterator[str]:
    """A line of XML; one that is too long is broken before its namespace, where XML may be."""
    before, mark, after = line.partition(" xmlns=")
    if len(line) <= width or not mark:
        yield line
        return
    yield before
    yield f"{' ' * (len(before) - len(before.lstrip()))}    {mark.lstrip()}{after}"


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _side_by_side(left: Sequence[str], right: Sequence[str], width: int) -> Iterator[str]:
    """The CLI at the left, as wide as it needs up to half the terminal; a line that is longer stands alone."""
    room = min(max((len(line) for line in left), default=0), (width - len(_GAP)) // 2)
    rows = list(right)
    for line in left:
        if len(line) > room:
            yield line
        else:
            yield f"{line.ljust(room)}{_GAP}{rows.pop(0)}" if rows else line
    yield from (f"{'':{room}}{_GAP}{row}" for row in rows)


def _sum(views: Sequence[View]) -> str:
    """`CLI: 18 constructs shown, 1 without known CLI (x); 90 lines: 88 documented, 2 unverified; 3 of 420 ...`."""
    total = summed(views)
    statuses = ", ".join(f"{count} {status}" for status, count in total.lines.items())
    unknown = f"{len(total.unknown)} without known CLI" + (f" ({', '.join(total.unknown)})" if total.unknown else "")
    parts = [
        f"{plural(total.shown, 'construct')} shown, {unknown}",
        plural(sum(total.lines.values()), "line") + (f": {statuses}" if statuses else ""),
        f"{total.unsaid} of {plural(total.leaves, 'value')} in the XML alone",
    ]
    if total.no_undo:
        parts.append(f"{plural(total.no_undo, 'line')} with {NO_UNDO.removeprefix('# ').removesuffix(' for')}")
    return f"CLI: {'; '.join(parts)}"
