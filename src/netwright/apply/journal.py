"""The journal of one apply: on disk before each step, so that a killed run can be finished or undone.

`state/journal/<apply id>/` holds `steps.jsonl` (one entry a line, each flushed to the disk before the step that it
announces), what the ledger and the record will be (`ledger.yaml`, `applied.json`) and were, and, mode 0600, what each
device ran before (`before/`) and shall run after (`after/`). A finished apply's folder is removed, its steps are kept
as `state/journal/<apply id>.jsonl`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

WATCHDOGS = "watchdogs"
"""A folder among the journals that is none: where ZTE's watchdogs keep their files, so that both outlive a job."""


class Phase(StrEnum):
    """How far an apply got: every step belongs to one of these."""

    PREPARE = "prepare"  # locks, snapshots, candidates: no device runs anything new
    CHANGE = "change"  # commits are out, each behind a dead-man's switch
    DECIDED = "decided"  # all verified: from here on the change is finished, not undone
    UNDO = "undo"  # going back
    DONE = "done"  # finished
    RESTORED = "restored"  # undone


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    at: str
    phase: Phase
    step: str
    devices: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def as_line(self) -> str:
        """JSON, one line."""
        document = {"at": self.at, "phase": self.phase, "step": self.step, "devices": self.devices, "facts": self.facts}
        return json.dumps(document, ensure_ascii=False) + "\n"


@dataclass(slots=True)
class Journal:
    """The journal of one apply. `write` returns only when the entry is on the disk."""

    folder: Path

    @property
    def apply_id(self) -> str:
        """The apply that this is the journal of."""
        return self.folder.name

    def write(self, entry: Entry) -> None:
        """Append one entry and flush it to the disk."""
        with (self.folder / "steps.jsonl").open("a+b") as file:
            _cut_torn_line(file)
            file.write(entry.as_line().encode())
            file.flush()
            os.fsync(file.fileno())

    def entries(self) -> Iterator[Entry]:
        """The entries so far. A last line that was cut off by a crash does not count: its step was never begun."""
        yield from _entries(self.folder / "steps.jsonl")

    @property
    def phase(self) -> Phase:
        """How far the apply got."""
        phase = Phase.PREPARE
        for entry in self.entries():
            phase = entry.phase
        return phase

    def keep(self, name: str, text: str) -> None:
        """Put a file beside the steps, readable by its owner alone, on the disk when this returns."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())

    def kept(self, name: str) -> str | None:
        """What `keep` put there, or None."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else None

    def close(self) -> None:
        """The apply is over: keep its steps, drop the rest (whole configurations lie there)."""
        steps = self.folder / "steps.jsonl"
        if steps.exists():
            steps.replace(self.folder.with_suffix(".jsonl"))
        shutil.rmtree(self.folder)


def _entries(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for line in path.read_bytes().split(b"\n")[:-1]:
        read = json.loads(line)
        yield Entry(read["at"], Phase(read["phase"]), read["step"], tuple(read["devices"]), read["facts"])


def past(root: Path) -> dict[str, tuple[Entry, ...]]:
    """The steps of every apply that is over, by its id."""
    return {path.stem: tuple(_entries(path)) for path in sorted(root.glob("*.jsonl"))}


def _cut_torn_line(file: BinaryIO) -> None:
    """Drop a last line that a crash cut off: what is written now would be glued to it and lost with it."""
    file.seek(0)
    content = file.read()
    if content and not content.endswith(b"\n"):
        file.truncate(content.rfind(b"\n") + 1)


def open_journal(root: Path, apply_id: str) -> Journal:
    """Begin the journal of an apply in `root` (`state/journal`)."""
    folder = root / apply_id
    folder.mkdir(parents=True, mode=0o700)
    return Journal(folder)


def unfinished(root: Path) -> Journal | None:
    """The journal of an apply that was killed, if there is one."""
    if not root.is_dir():
        return None
    folders = sorted(path for path in root.iterdir() if path.is_dir() and path.name != WATCHDOGS)
    return Journal(folders[0]) if folders else None
