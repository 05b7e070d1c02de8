"""`state/ledger.yaml`: one claim a line, sorted, so that two branches that add services merge line by line.

A broken file is refused whole, with the line: a ledger that is half read would hand out numbers that are in use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TypeVar

import yaml

from netwright.alloc.ledger import Book, Held, Ledger, Rest
from netwright.diagnostics import Diagnostics, Source
from netwright.folders import write_whole

HEADER = (
    "# Numbers and their claims. Written by apply and rollback; commit it. A claim that stands here keeps its number.\n"
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./@+=-]*")  # needs no quotes as a YAML key or value, and is no number or date
_WORDS = {"true", "false", "null", "yes", "no", "on", "off"}  # YAML 1.1 readers take these for something else
_BOOK = re.compile(r"  (\S.*):")
_CLAIM = re.compile(r'      (.+): \{number: (\d+), since: "([\dTZ:-]+)"(, provisional: true)?\}')
_RESTING = re.compile(r'      (\d+): \{freed: "([^"]+)", until: (?:"([^"]+)"|null), was: (.+)\}')
_DAY = len("2026-11-20")
T = TypeVar("T")
WAY_OUT = "take the last committed file (git checkout -- state/ledger.yaml), or let drift --adopt read the devices"


def save(ledger: Ledger, path: Path) -> None:
    """Write the ledger whole or not at all."""
    write_whole(path, dump(ledger))


def load(path: Path) -> Ledger:
    """Read the ledger; none yet is an empty one. Raises `Refused` with every finding when the file is broken."""
    if not path.exists():
        return Ledger()
    return parse(path.read_text(encoding="utf-8"), str(path))


def dump(ledger: Ledger) -> str:
    """The file's text: the same ledger always gives the same bytes."""
    books = sorted(ledger.books.items())
    return HEADER + "version: 1\n" + ("pools:\n" + "".join(_book(*item) for item in books) if books else "pools: {}\n")


def _book(name: str, book: Book) -> str:
    lines = [f"  {_quoted(name)}:\n"]
    if book.held:
        lines.append("    claims:\n")
        lines += [f"      {_quoted(claim)}: {_held(held)}\n" for claim, held in sorted(book.held.items())]
    if book.resting:
        lines.append("    resting:\n")
        lines += [f"      {number}: {_rest(rest)}\n" for number, rest in sorted(book.resting.items())]
    return "".join(lines)


def _held(held: Held) -> str:
    mark = ", provisional: true" if held.provisional else ""
    return f'{{number: {held.number}, since: "{_instant(held.since)}"{mark}}}'


def _rest(rest: Rest) -> str:
    until = f'"{_instant(rest.until)}"' if rest.until else "null"
    return f'{{freed: "{_instant(rest.freed)}", until: {until}, was: {_quoted(rest.claim)}}}'


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _quoted(text: str) -> str:
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else json.dumps(text, ensure_ascii=False)


def parse(text: str, file: str = "state/ledger.yaml") -> Ledger:
    """Read a ledger's text. Raises `Refused` with every finding when it is broken."""
    if (ledger := _own_layout(text)) is not None:
        return ledger
    reader = _Reader(file, text)
    ledger = Ledger(reader.books())
    reader.found.close()
    return ledger


def _own_layout(text: str) -> Ledger | None:
    """Read a file that nobody has touched since `dump`, much faster than as YAML; None for any other, right or wrong.

    What was read is written again and must give the same bytes, so this cannot read anything differently from YAML.
    """
    books: dict[str, Book] = {}
    held: dict[str, Held] = {}
    resting: dict[int, Rest] = {}
    try:
        for line in text.split("\n"):
            if found := _CLAIM.fullmatch(line):
                held[_unquoted(found[1])] = Held(int(found[2]), _since(found[3]), found[4] is not None)
            elif found := _RESTING.fullmatch(line):
                until = _aware(found[3]) if found[3] else None
                resting[int(found[1])] = Rest(_unquoted(found[4]), _aware(found[2]), until)
            elif found := _BOOK.fullmatch(line):
                held, resting = {}, {}
                books[_unquoted(found[1])] = Book(held, resting)
    except ValueError:
        return None
    ledger = Ledger(books)
    return ledger if dump(ledger) == text and all(map(_each_number_once, books.values())) else None


def _each_number_once(book: Book) -> bool:
    numbers = {held.number for held in book.held.values()} | book.resting.keys()
    return len(numbers) == len(book.held) + len(book.resting)


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text


class _Reader:
    """Walks the YAML nodes, which know their lines. Everything is text until it is checked: YAML 1.1 guesses types."""

    def __init__(self, file: str, text: str) -> None:
        self.file, self.text, self.found = file, text, Diagnostics()

    def books(self) -> dict[str, Book]:
        try:
            root = yaml.compose(self.text, Loader=yaml.CBaseLoader)
        except yaml.YAMLError as error:
            problem = getattr(error, "problem", None) or str(error)
            self._complain(getattr(error, "problem_mark", None), f"is not YAML: {problem}")
            return {}
        top = dict(self._pairs(root)) if root else {}
        if "version" not in top or "pools" not in top:
            self._complain(root.start_mark if root else None, "is no ledger: it needs version and pools")
        elif top["version"].value != "1":
            self._complain(top["version"].start_mark, f"has version {top['version'].value}; this program reads 1")
        else:
            return {name: self._book(node) for name, node in self._pairs(top["pools"])}
        return {}

    def _book(self, node: yaml.Node) -> Book:
        parts = dict(self._pairs(node))
        for name in parts.keys() - {"claims", "resting"}:
            self._complain(parts[name].start_mark, f"does not know {name}, only claims and resting")
        held = dict(self._entries(parts.get("claims"), _read_held))
        resting = {int(number): rest for number, rest in self._entries(parts.get("resting"), _read_rest)}
        self._check_unique(parts.get("claims"), held, resting)
        return Book(held, resting)

    def _pairs(self, node: yaml.Node) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._complain(node.start_mark, "should have a mapping here")
            return
        seen = set()
        for key, value in node.value:
            if key.value in seen:
                self._complain(key.start_mark, f"says {key.value} twice (a merge that kept both sides?)")
            seen.add(key.value)
            yield key.value, value

    def _entries(self, node: yaml.Node | None, read: Callable[[str, dict[str, str]], T]) -> Iterator[tuple[str, T]]:
        for name, value in self._pairs(node) if node else ():
            try:
                entry = read(name, {key: str(part.value) for key, part in self._pairs(value)})
            except (KeyError, ValueError) as error:
                self._complain(value.start_mark, f"cannot be read at {name}: {_why(error)}")
            else:
                yield name, entry

    def _check_unique(self, node: yaml.Node | None, held: Mapping[str, Held], resting: Mapping[int, Rest]) -> None:
        holders: dict[int, str] = {number: f"{rest.claim} (resting)" for number, rest in resting.items()}
        for name, value in self._pairs(node) if node else ():
            if name in held and (first := holders.setdefault(held[name].number, name)) != name:
                self._complain(value.start_mark, f"gives number {held[name].number} to both {first} and {name}")

    def _complain(self, mark: yaml.Mark | None, message: str) -> None:
        line, column = (mark.line, mark.column) if mark else (0, 0)
        lines = self.text.splitlines()
        place = Source(self.file, line + 1, column + 1, text=lines[line] if line < len(lines) else "")
        self.found.error("ledger-broken", self.file, message, place, hint=WAY_OUT)


def _read_held(_: str, fields: Mapping[str, str]) -> Held:
    _known(fields, {"number", "since", "provisional"})
    return Held(int(fields["number"]), _since(fields["since"]), fields.get("provisional") == "true")


def _read_rest(number: str, fields: Mapping[str, str]) -> Rest:
    _known(fields, {"freed", "until", "was"})
    int(number)
    until = None if fields["until"] == "null" else _aware(fields["until"])
    return Rest(fields["was"], _aware(fields["freed"]), until)


def _known(fields: Mapping[str, str], names: set[str]) -> None:
    if unknown := sorted(fields.keys() - names):
        raise ValueError(f"unknown {', '.join(unknown)}")


def _since(text: str) -> datetime:
    """An instant; a ledger of before has the day alone, which then counts from its first second."""
    return datetime.combine(date.fromisoformat(text), time(), UTC) if len(text) == _DAY else _aware(text)


def _aware(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return instant


def _why(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)
