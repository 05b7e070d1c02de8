"""Reading a typed line against a list of accepted commands, with the errors that a ROSng command line gives.

A command is its words: a plain word, `{a|b}` one of several, `<name:type>` an argument. Words may be shortened as long
as they stay unmistakable. An argument's type is one of `TYPES`; `int(1-4094)` and `name(32)` carry their bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Interface

INVALID = "%Error 140303: Invalid input detected at '^' marker."
AMBIGUOUS = "%Error 140301: Ambiguous command"
INCOMPLETE = "%Error 140305: Incomplete command."

_RD = re.compile(r"(\d{1,5}:\d{1,10}|\d{1,3}(\.\d{1,3}){3}:\d{1,5}|\d{1,5}\.\d{1,5}:\d{1,5})")
_PORT = re.compile(
    r"(?:(?:xxv|xl|x|l|c|cd)?gei-\d+(?:/\d+){2,3}(?::\d+)?|smartgroup\d+|loopback\d+|bvi\d+|mgmt_eth|null\d+)(?:\.\d+)?"
)


def _is(parse: Callable[[str], object]) -> Callable[[str, str], bool]:
    def check(word: str, _bounds: str) -> bool:
        try:
            parse(word)
        except ValueError:
            return False
        return True

    return check


def _is_int(word: str, bounds: str) -> bool:
    low, _, high = bounds.partition("-")
    return word.isdigit() and int(low) <= int(word) <= int(high)


def _is_mask(word: str, _bounds: str) -> bool:
    if not _is(IPv4Address)(word, ""):
        return False
    bits = f"{int(IPv4Address(word)):032b}"
    return "01" not in bits


TYPES: Mapping[str, Callable[[str, str], bool]] = {
    "word": lambda word, _: bool(word),
    "rest": lambda word, bounds: not bounds or len(word) <= int(bounds),
    "name": lambda word, bounds: 1 <= len(word) <= int(bounds or 31),
    "int": _is_int,
    "ip": _is(IPv4Address),
    "mask": _is_mask,
    "ip6": _is(IPv6Address),
    "address": lambda word, _: _is(IPv4Address)(word, "") or _is(IPv6Address)(word, ""),
    "prefix6": lambda word, _: "/" in word and _is(IPv6Interface)(word, ""),
    "rd": lambda word, _: _RD.fullmatch(word) is not None,
    "port": lambda word, _: _PORT.fullmatch(word) is not None,
    "area": lambda word, _: re.fullmatch(r"[0-9a-fA-F]{2}(\.[0-9a-fA-F]{1,4}){0,6}", word) is not None,
    "system": lambda word, _: re.fullmatch(r"[0-9a-fA-F]{4}(\.[0-9a-fA-F]{4}){2}", word) is not None,
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a command."""

    name: str  # of the argument, or ""
    kind: str  # a key of TYPES, or ""
    bounds: str
    choices: tuple[str, ...]  # what may stand here when it is no argument


@dataclass(frozen=True, slots=True)
class Match:
    """A command that a line is, with its arguments."""

    spec: str
    words: Mapping[str, str]
    line: str  # as typed, words in full


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a line is no command; `column` is where the caret goes, -1 for none."""

    text: str
    column: int = -1


@cache
def compiled(spec: str) -> tuple[Word, ...]:
    """The words of a command."""
    return tuple(_word(text) for text in spec.split())


def _word(text: str) -> Word:
    if text.startswith("<"):
        name, _, kind = text[1:-1].partition(":")
        kind, _, bounds = kind.partition("(")
        return Word(name, kind, bounds.removesuffix(")"), ())
    if text.startswith("{") or ":{" in text:
        name, _, choices = text.rpartition(":") if ":{" in text else ("", "", text)
        return Word(name, "", "", tuple(choices[1:-1].split("|")))
    return Word("", "", "", (text,))


def understand(specs: Sequence[str], line: str) -> Match | Mistake:
    """Return the one command of `specs` that `line` is, or the mistake in it."""
    typed = [(found.group(), found.start()) for found in re.finditer(r"\S+", line)]
    matches: list[tuple[int, Match]] = []
    furthest, incomplete = 0, False
    for spec in specs:
        position, exact, match = _try(spec, typed, line)
        if match is not None:
            matches.append((exact, match))
        elif position >= len(typed):
            incomplete = True
        furthest = max(furthest, position)
    if matches:
        return _best(matches)
    if incomplete:
        return Mistake(INCOMPLETE)
    return Mistake(INVALID, typed[furthest][1] if furthest < len(typed) else len(line))


def _best(matches: Sequence[tuple[int, Match]]) -> Match | Mistake:
    most = max(exact for exact, _ in matches)
    best = [match for exact, match in matches if exact == most]
    return best[0] if len({match.line for match in best}) == 1 else Mistake(AMBIGUOUS)


def _try(spec: str, typed: Sequence[tuple[str, int]], line: str) -> tuple[int, int, Match | None]:
    """(how many words fit, how many of them are literal and in full, the match)."""
    words: dict[str, str] = {}
    full: list[str] = []
    exact = 0
    expected = compiled(spec)
    for position, word in enumerate(expected):
        if position >= len(typed):
            return position, exact, None
        text, start = typed[position]
        if word.kind == "rest":
            text = line[start:].rstrip()
        fitting = _fitting(word, text)
        if fitting is None:
            return position, exact, None
        exact += bool(word.choices) and fitting == text
        full.append(fitting)
        if word.name:
            words[word.name] = fitting
        if word.kind == "rest":
            return len(typed), exact, Match(spec, words, " ".join(full))
    if len(typed) > len(expected):
        return len(expected), exact, None
    return len(typed), exact, Match(spec, words, " ".join(full))


def _fitting(word: Word, text: str) -> str | None:
    if word.kind:
        return text if TYPES[word.kind](text, word.bounds) else None
    if text in word.choices:
        return text
    longer = [choice for choice in word.choices if choice.startswith(text)]
    return longer[0] if len(longer) == 1 else None


def filled(template: str, words: Mapping[str, str]) -> str:
    """`template` with the arguments in place."""
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found[1], ""), template).strip()


def explain(mistake: Mistake, offset: int) -> Iterator[str]:
    """The lines that the terminal shows for a mistake; `offset` is the length of the prompt."""
    if mistake.column >= 0:
        yield " " * (offset + mistake.column) + "^"
    yield mistake.text
