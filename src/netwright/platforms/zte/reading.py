"""Reading a ROSng running configuration: `!<section>` ... `!</section>`, modes closed by `$` at their own indent.

A terminal of 80 columns breaks long lines: what reads exactly 80 characters goes on in the next line (CHEN, parsers of
M6000 and ZXCTN 9000). Lines that really have 80 characters are told apart by what follows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netwright.errors import ConfigParseError
from netwright.platforms.zte.rules import MODES, recognise
from netwright.tree import PRESENT, Line, Path

WIDTH = 80
_OPEN = re.compile(r"!<(?P<name>[^/>][^>]*)>")
_CLOSE = re.compile(r"!</(?P<name>[^>]+)>")
_TOP_WORDS = frozenset(
    rule.pattern.split()[0] for mode, rules in MODES.items() if mode.startswith("!") for rule in rules
) | {"ip", "ipv6", "ipv4-access-list", "ipv6-access-list", "commit-mode", "no"}


@dataclass(frozen=True, slots=True)
class _Text:
    """A line without its indent."""

    number: int  # 1-based, where it began
    indent: int
    words: str


def read(text: str) -> Iterator[Line]:
    """Yield the leaves of a configuration. Comments (`!...`) and blank lines between sections are skipped."""
    lines = list(_unwrapped(text))
    position = 0
    while position < len(lines):
        line = lines[position]
        position += 1
        if not line.words.startswith("!"):
            raise ConfigParseError("a line outside any section", line.number, line.words)
        opened = _OPEN.fullmatch(line.words)
        if opened:
            end = _end_of_section(lines, position, opened["name"], line)
            body = [entry for entry in lines[position:end] if not entry.words.startswith("!")]
            yield from _block(body, 0, len(body), (opened["name"],), f"!{opened['name']}")
            position = end + 1
        elif _CLOSE.fullmatch(line.words):
            raise ConfigParseError("this section was never opened", line.number, line.words)


def _end_of_section(lines: Sequence[_Text], position: int, name: str, start: _Text) -> int:
    for index in range(position, len(lines)):
        closed = _CLOSE.fullmatch(lines[index].words)
        if closed and closed["name"] == name:
            return index
        if closed or _OPEN.fullmatch(lines[index].words):
            break
    raise ConfigParseError("this section is never closed", start.number, start.words)


def _block(lines: Sequence[_Text], first: int, last: int, path: Path, mode: str) -> Iterator[Line]:
    """Yield the leaves of `lines[first:last]`, which stand in one mode."""
    position = first
    while position < last:
        line = lines[position]
        if line.words == "$":
            raise ConfigParseError("$ closes no mode", line.number, line.words)
        end = _end_of_mode(lines, position, last)
        kind = recognise(mode, line.words)
        enters = kind.rule.enters if kind.rule else ""
        if end is None and not enters:
            yield Line((*path, kind.identity), line.words, line.number)
            position += 1
            continue
        step = kind.identity if enters else line.words
        yield Line((*path, step), PRESENT if step == line.words else line.words, line.number)
        stop = position if end is None else end
        yield from _block(lines, position + 1, stop, (*path, step), enters)
        position = stop + 1


def _end_of_mode(lines: Sequence[_Text], position: int, last: int) -> int | None:
    """Return where the mode that `lines[position]` opens is closed; None when it opens none."""
    line = lines[position]
    for index in range(position + 1, last):
        follower = lines[index]
        if follower.indent <= line.indent:
            if follower.indent == line.indent and follower.words == "$":
                return index
            if index == position + 1:
                return None
            break
    else:
        if position + 1 == last:
            return None
    raise ConfigParseError("this mode is never closed with $", line.number, line.words)


def _unwrapped(text: str) -> Iterator[_Text]:
    physical = text.replace("\r", "").split("\n")
    position = 0
    while position < len(physical):
        number = position + 1
        whole = part = physical[position]
        position += 1
        while len(part) == WIDTH and position < len(physical) and _goes_on(whole, physical[position]):
            part = physical[position]
            whole += part
            position += 1
        if whole.strip():
            yield _Text(number, len(whole) - len(whole.lstrip(" ")), " ".join(whole.split()))


def _goes_on(line: str, follower: str) -> bool:
    """Whether `follower` is the rest of `line`, which fills the terminal's width.

    Inside a mode nothing but `$` and `!` may stand further left than the line; at the top a new line begins with a
    command that may stand there.
    """
    words = follower.split()
    if not words or words[0] == "$" or words[0].startswith("!"):
        return False
    indent = len(line) - len(line.lstrip(" "))
    if indent:
        return len(follower) - len(follower.lstrip(" ")) < indent
    return words[0] not in _TOP_WORDS
