"""Snapshots: what devices ran, and what we owned there, before an apply.

Whole configurations lie there: mode 0600, never committed.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn

from netwright.alloc import store
from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.plan import record
from netwright.plan.record import Applied

SNAPSHOT: Final = "snapshot"
"""What the origin of a leaf is called that is wanted because an apply that is gone back to had left it."""

INTENTS: Final = "intents"
"""The folder of a snapshot with the intents that its apply made true."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state before an apply."""

    apply_id: str
    ledger: Ledger
    applied: Applied


def write_snapshot(root: Path, snapshot: Snapshot, before: Mapping[str, str], intents: Path | None = None) -> None:
    """Keep what was before an apply: record, ledger, and each changed device's whole configuration.

    `intents` is the folder of those that the apply makes true: who comes back to what it left looks whether they hold.
    """
    folder = root / snapshot.apply_id
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files = {"ledger.yaml": store.dump(snapshot.ledger), "applied.json": record.dump(snapshot.applied)}
    for name, text in {**files, **{f"before-{device}": text for device, text in before.items()}}.items():
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    if intents is not None and intents.is_dir():
        shutil.copytree(intents, folder / INTENTS, ignore=_but_yaml, dirs_exist_ok=True)


def _but_yaml(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not (name.endswith((".yaml", ".yml")) or Path(folder, name).is_dir())]


def snapshots(root: Path) -> tuple[str, ...]:
    """The ids of the applies that can be gone back before, oldest first."""
    return tuple(sorted(path.name for path in root.iterdir() if path.is_dir())) if root.is_dir() else ()


def no_such_apply(apply_id: str, known: Iterable[str]) -> NoReturn:
    """`Refused`: nothing is kept of this apply, and of which ones something is."""
    found = Diagnostics()
    there = ", ".join(known)
    hint = f"there is {there}; netwright show applies" if there else "nothing was applied from this folder yet"
    found.error("no-such-apply", apply_id, "is no apply that can be gone back to", hint=hint)
    raise Refused(found.found)


def read_snapshot(root: Path, apply_id: str) -> Snapshot:
    """The state before apply `apply_id`."""
    folder = root / apply_id
    if not folder.is_dir():
        no_such_apply(apply_id, snapshots(root))
    ledger = store.parse((folder / "ledger.yaml").read_text(encoding="utf-8"))
    applied = record.load((folder / "applied.json").read_text(encoding="utf-8"))
    return Snapshot(apply_id, ledger, applied)
