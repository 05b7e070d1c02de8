"""What yanglint says, as values: its version, and the faults it finds. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_SOUND = (3, 13)
"""The first libyang that validates large vendor modules. Seen to crash on a complete datastore: 2.1.30 and 3.12.2."""

_VERSION = re.compile(r"yanglint (\d+)\.(\d+)\.(\d+)")
_BEGINS = re.compile(r"(?:libyang\[(?P<level>\d)\]|YANGLINT\[(?P<tool>\w)\]): ?(?P<text>.*)")
_PLACES = (
    re.compile(r"(?P<text>.*) \(schemadata path: .*\)", re.DOTALL),
    re.compile(
        r"(?P<text>.*) \((?:data path: (?P<path>/.*?))?(?:(?:, |(?<=\())line: (?P<line>\d+))?\)",
        re.DOTALL,
    ),
    re.compile(  # libyang 3
        r'(?P<text>.*) \(path: (?:Schema location "[^"]*"[,.]? ?)?(?:[Dd]ata location "(?P<path>/.*?)"[,.]? ?)?'
        r"(?:[Ll]ine number (?P<line>\d+))?\.?\)",
        re.DOTALL,
    ),
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a document or of a module."""

    message: str
    path: str = ""  # of the data, as libyang spells it; "" where it tells none
    line: int = 0  # of the document, from 1; 0 where it tells none


def version_of(text: str) -> tuple[int, int, int] | None:
    """The version in what `yanglint --version` says; None when it is no yanglint."""
    found = _VERSION.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def faults_of(text: str) -> tuple[Fault, ...]:
    """The faults in what yanglint said about one document or module, in its order, each once.

    What libyang finds counts; what yanglint adds ("Failed to parse input data file") only where libyang is silent, so
    that no failure passes for want of a reason.
    """
    said = list(_said(text))
    found = [message for by_tool, message in said if not by_tool] or [message for _, message in said]
    return tuple(dict.fromkeys(_fault(message) for message in found))


def _said(text: str) -> Iterator[tuple[bool, str]]:
    """Each error, and whether yanglint and not libyang says it. A value with a line break goes on in the next line."""
    current: tuple[bool, str] | None = None
    for line in text.splitlines():
        begins = _BEGINS.match(line)
        if begins is None:
            current = (current[0], f"{current[1]}\n{line}") if current else None
            continue
        if current:
            yield current
        serious = begins["level"] == "0" or begins["tool"] == "E"
        current = (begins["tool"] is not None, begins["text"]) if serious else None
    if current:
        yield current


def _fault(message: str) -> Fault:
    for pattern in _PLACES:
        if found := pattern.fullmatch(message):
            where = found.groupdict()
            return Fault(where["text"], where.get("path") or "", int(where.get("line") or 0))
    return Fault(message)
