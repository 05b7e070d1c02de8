"""A YAML file of the inventory as plain data that knows where each value stands, by the rules of the intents' files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from netwright.diagnostics import Diagnostics, Source
from netwright.intents.places import Place, SourceFile
from netwright.intents.yaml12 import Span, Value, YamlDocument, YamlError, parse

Data: TypeAlias = Value


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file and where it stood in it."""

    file: str
    data: Data
    place: Place
    empty: bool = False  # the file holds nothing

    def source(self, path: Sequence[str | int], *, key: bool = False) -> Source:
        """Where the value at `path` stands, or its key; where it is missing, what should hold it."""
        if self.empty:
            return Source(self.file, 1, 1)
        return self.place.source(tuple(path), key=key)


def read_file(path: Path, shown: str, found: Diagnostics) -> str | None:
    """The text of a file that exists; None when it cannot be read, which `found` then says."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        found.error("unreadable-file", shown, f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        found.error("not-utf8", shown, f"is not UTF-8 text in line {line}", hint="save it again as UTF-8")
    return None


def read(text: str, file: str, found: Diagnostics) -> Document | None:
    """Read the one document of `text`; what is wrong with it goes to `found`. An empty file is an empty mapping."""
    source = SourceFile(file, text)
    try:
        documents = list(parse(text))
    except YamlError as error:
        _report(error, source, found)
        return None
    if not documents:
        return Document(file, {}, Place(SourceFile(file, "{}"), Span(0, 2, 0, 0)), empty=True)
    if len(documents) > 1:
        place = Place(source, documents[1].span).start
        found.error("several-documents", file, "holds more than one YAML document", place)
    return _document(documents[0], source, found)


def _document(document: YamlDocument, source: SourceFile, found: Diagnostics) -> Document:
    for error in document.errors:
        _report(error, source, found)
    return Document(source.name, document.value, Place(source, document.span))


def _report(error: YamlError, source: SourceFile, found: Diagnostics) -> None:
    place = source.at(error.line, error.column, error.length)
    found.error(error.code, source.name, error.message, place, hint=error.hint)
