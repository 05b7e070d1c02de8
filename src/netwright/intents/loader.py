"""From files to intents: read, parse, check, and remember where everything stood.

Three stages with one door at the end: every file is parsed as far as it is YAML, every document is given its shape by
its model and tested by its rules, and then the documents are tested against each other. All findings of a run are shown
together; `load_intents` raises `Refused` when one of them is an error.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from math import ceil
from pathlib import Path

from pydantic import ValidationError

from netwright import crew
from netwright.diagnostics import Diagnostic, Diagnostics, Severity, Source
from netwright.intents.crosschecks import Network, crosscheck
from netwright.intents.fabric import Fabric
from netwright.intents.places import Place, SourceFile, Sources
from netwright.intents.problems import Problem, shape_problems
from netwright.intents.rules import problems_of
from netwright.intents.schema import API_VERSION, KINDS, Intent, Service
from netwright.intents.words import did_you_mean, listed, shown
from netwright.intents.yaml12 import Value, YamlDocument, YamlError, parse

_SUFFIXES = (".yaml", ".yml")
_WORTH_IT = 500  # files from which on several processes read faster than one


@dataclass(frozen=True)
class Intents:
    """All that is wanted of one network. Services are sorted by address."""

    fabric: Fabric | None = None
    services: tuple[Service, ...] = ()
    sources: Sources = field(default_factory=Sources)
    warnings: tuple[Diagnostic, ...] = ()
    documents: int = 0  # read, whether they were right or not

    @property
    def all(self) -> tuple[Intent, ...]:
        """The fabric, if there is one, and the services."""
        return (*((self.fabric,) if self.fabric else ()), *self.services)

    def get(self, address: str) -> Intent | None:
        """The intent of an address."""
        return self._by_address.get(address)

    @cached_property
    def _by_address(self) -> dict[str, Intent]:
        return {intent.address: intent for intent in self.all}

    def source(self, address: str, path: str = "") -> Source | None:
        """Where a field stands: `source("ElasticLine/branch-7", "spec.bandwidth.max")`; without a path, the name."""
        return self.sources.source(address, path)


def load_intents(paths: Sequence[Path], root: Path, *, whole: bool = True) -> Intents:
    """Return the intents in `paths` (files and directories), or raise `Refused` with everything that is wrong.

    File names in diagnostics are relative to `root`, where the user stands. With `whole=False` the files are a part of
    a network: nobody misses a Fabric, or a slice that may stand elsewhere.
    """
    intents, findings = read_intents(paths, root, whole=whole)
    findings.close()
    return intents


def read_intents(paths: Sequence[Path], root: Path, *, whole: bool = True) -> tuple[Intents, Diagnostics]:
    """Like `load_intents`, but hand out the findings beside whatever was right."""
    with no_garbage_collection():
        reader = _Reader(root)
        reader.read_all(list(files_in(paths)))
        reader.check_network(whole=whole)
    return reader.result(), reader.findings()


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Bulk work makes no cycles, and the cyclic collector would cost more than half of a big load on Python 3.11."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# ---- files ----------------------------------------------------------------------------------------------------------


def files_in(paths: Sequence[Path]) -> Iterator[str]:
    """The files that `paths` name, each once; directories are walked in name order, hidden files left out."""
    seen: set[str] = set()
    for path in paths:
        for file, is_link in _walk(str(path)) if path.is_dir() else [(str(path), path.is_symlink())]:
            real = os.path.realpath(file) if is_link else os.path.abspath(file)  # noqa: PTH100
            if real not in seen:
                seen.add(real)
                yield file


def _walk(directory: str) -> Iterator[tuple[str, bool]]:
    """The files below a folder and whether each is a link. Names, not paths: a large network has ten thousand."""
    try:
        with os.scandir(directory) as entries:
            found = sorted((entry for entry in entries if not entry.name.startswith(".")), key=lambda entry: entry.name)
    except OSError:
        yield directory, False  # whoever reads it as a file is told why it cannot be read
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        elif entry.name.endswith(_SUFFIXES) and not entry.is_dir():
            yield entry.path, entry.is_symlink()


def _shown_name(path: Path, root: Path) -> str:
    """The file's name for somebody who stands in `root`."""
    name = os.path.relpath(path, root)
    return str(path) if name.startswith("..") else name


# ---- reading --------------------------------------------------------------------------------------------------------


class _Reader:
    """What has been read so far, and what was wrong with it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: list[Diagnostic] = []
        self.places: dict[str, Place] = {}
        self.intents: list[Intent] = []
        self.documents = 0
        self.fabric_address = ""

    def result(self) -> Intents:
        fabric = next((intent for intent in self.intents if isinstance(intent, Fabric)), None)
        services = sorted(
            (intent for intent in self.intents if not isinstance(intent, Fabric)), key=lambda item: item.address
        )
        warnings = tuple(finding for finding in self.findings().found if finding.severity is Severity.WARNING)
        return Intents(fabric, tuple(services), Sources(self.places), warnings, self.documents)

    def findings(self) -> Diagnostics:
        return Diagnostics(sorted(self.found, key=_by_place))

    # -- many files

    def read_all(self, files: Sequence[str]) -> None:
        """Read files in their order; of many, other processes read a part each meanwhile."""
        share = ceil(len(files) / max(1, crew.others(much=len(files) >= _WORTH_IT)))
        own, parts = files[:share], [files[start : start + share] for start in range(share, len(files), share or 1)]
        if not parts:
            self._read_here(own)
            return
        with crew.at_work(self._read_there, parts, len(parts)) as results:
            self._read_here(own)
            for part, data in zip(parts, results, strict=True):
                self._take(part, crew.unpacked(data))

    def _read_here(self, files: Sequence[str]) -> None:
        for file in files:
            self.read(Path(file))

    def _read_there(self, files: Sequence[str]) -> bytes:
        reader = _Reader(self.root)
        reader._read_here(files)
        return crew.packed(reader)

    def _take(self, files: Sequence[str], other: _Reader) -> None:
        """Take what was read elsewhere; if an address is claimed twice, read it here, where both are seen."""
        second_fabric = self.fabric_address and other.fabric_address
        if second_fabric or not self.places.keys().isdisjoint(other.places):
            self._read_here(files)
            return
        self.found += other.found
        self.places |= other.places
        self.intents += other.intents
        self.documents += other.documents
        self.fabric_address = self.fabric_address or other.fabric_address

    # -- one file

    def read(self, path: Path) -> None:
        name = _shown_name(path, self.root)
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            self._error("no-such-file", name, "does not exist")
            return
        except OSError as error:
            self._error("unreadable-file", name, f"cannot be read: {error.strerror}")
            return
        try:
            file = SourceFile(name, raw.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self._error(
                "not-utf8", name, f"is not UTF-8: byte {error.start + 1}", _place_of_byte(name, raw, error.start)
            )
            return
        self._read_documents(file)

    def _read_documents(self, file: SourceFile) -> None:
        count = 0
        try:
            for count, document in enumerate(parse(file.text), 1):  # noqa: B007  # the number of the last one is wanted
                self._read_document(file, document)
        except YamlError as error:
            self._yaml_error(file, file.name, error)
        else:
            if not count:
                self.found.append(Diagnostic(Severity.WARNING, "empty-file", file.name, "holds no document"))

    # -- one document

    def _read_document(self, file: SourceFile, document: YamlDocument) -> None:
        self.documents += 1
        place = Place(file, document.span)
        address = _address(document.value) or file.name
        for error in document.errors:
            self._yaml_error(file, address, error)
        kind = self._kind(document.value, address, place)
        duplicate = self._claim(address, place) if "/" in address and address != file.name else False
        if not kind or document.errors:
            return
        intent = self._shaped(kind, document.value, address, place)
        if intent is None:
            return
        self._report(address, place, problems_of(intent))
        if not duplicate:
            self.intents.append(intent)

    def _shaped(self, kind: str, value: Value, address: str, place: Place) -> Intent | None:
        """The document by its model. A version that we do not know is told, and the document read as our own."""
        try:
            return KINDS[kind].model_validate(value)
        except ValidationError as error:
            problems = list(shape_problems(kind, error))
        self._report(address, place, problems)
        if isinstance(value, dict) and all(problem.code == "unknown-version" for problem in problems):
            return KINDS[kind].model_validate({**value, "apiVersion": API_VERSION})
        return None

    def _kind(self, value: Value, address: str, place: Place) -> str:
        if not isinstance(value, dict):
            self._error(
                "not-a-document",
                address,
                f"holds {shown(value)} where a document with apiVersion and kind belongs",
                place.start,
            )
            return ""
        kind = value.get("kind")
        if isinstance(kind, str) and kind in KINDS:
            return kind
        note = did_you_mean(kind, KINDS, ignore_case=True) if isinstance(kind, str) else ""
        message = (
            f"is {shown(kind)}; allowed: {listed(KINDS)}"
            if "kind" in value
            else f"is required; allowed: {listed(KINDS)}"
        )
        self._report(address, place, [Problem("unknown-kind", ("kind",), message, note, at_key="kind" not in value)])
        return ""

    def _claim(self, address: str, place: Place) -> bool:
        """Take the address for this document; whether another one has it already."""
        first = self.places.setdefault(address, place)
        if first is not place:
            hint = f"first defined in {self._where(address, 'metadata.name')}"
            source = place.source(("metadata", "name"))
            self._error("duplicate-name", address, "is defined twice", source, hint=hint)
            return True
        if address.startswith("Fabric/"):
            self._claim_fabric(address, place)
        return False

    def _claim_fabric(self, address: str, place: Place) -> None:
        first = self.fabric_address = self.fabric_address or address
        if first != address:
            hint = f"the first is {first} in {self._where(first, 'kind')}"
            self._error(
                "second-fabric", address, "is a second Fabric: a network has one", place.source(("kind",)), hint=hint
            )

    # -- all of them

    def check_network(self, *, whole: bool) -> None:
        """Test the documents against each other."""
        network = Network(self.intents, frozenset(self.places), self._where)
        for address, problem in crosscheck(network):
            if whole or problem.code not in {"no-fabric", "unknown-slice"}:
                self._report(address, self.places[address], [problem])

    # -- findings

    def _where(self, address: str, path: str) -> str:
        source = Sources(self.places).source(address, path)
        return f"{source.file}:{source.line}" if source else address

    def _report(self, address: str, place: Place, problems: Iterator[Problem] | list[Problem]) -> None:
        for problem in problems:
            source = place.source(problem.path, key=problem.at_key)
            self.found.append(
                Diagnostic(
                    problem.severity, problem.code, address, problem.sentence, source, problem.note, problem.hint
                )
            )

    def _yaml_error(self, file: SourceFile, address: str, error: YamlError) -> None:
        self._error(
            error.code, address, error.message, file.at(error.line, error.column, error.length), hint=error.hint
        )

    def _error(self, code: str, address: str, message: str, source: Source | None = None, *, hint: str = "") -> None:
        self.found.append(Diagnostic(Severity.ERROR, code, address, message, source, hint=hint))


def _address(value: Value) -> str:
    """`KIND/NAME` of a document, as far as it says so; `""` where that would not be one word."""
    if not isinstance(value, dict):
        return ""
    kind, metadata = value.get("kind"), value.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(kind, str) or not isinstance(name, str) or kind not in KINDS:
        return ""
    return f"{kind}/{name}" if name and len(name) <= 80 and not set(name) & set("/ \n\t") else ""


def _place_of_byte(name: str, raw: bytes, position: int) -> Source:
    start = raw.rfind(b"\n", 0, position) + 1
    line = raw[start:].split(b"\n", 1)[0].decode("utf-8", "replace").rstrip("\r")
    column = len(raw[start:position].decode("utf-8", "replace")) + 1
    return (
        SourceFile(name, line).at(1, column)
        if start == 0
        else Source(name, raw.count(b"\n", 0, start) + 1, column, 1, line)
    )


def _by_place(finding: Diagnostic) -> tuple[str, int, int, str]:
    source = finding.source
    return (source.file, source.line, source.column, finding.code) if source else (finding.address, 0, 0, finding.code)


__all__ = ["API_VERSION", "Intents", "files_in", "load_intents", "no_garbage_collection", "read_intents"]
