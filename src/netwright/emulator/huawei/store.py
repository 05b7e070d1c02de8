"""What survives a restart of an emulated router: its configurations and checkpoints, in files that are replaced whole.

`pending.xml` exists as long as a confirmed commit waits for its confirmation and holds what to go back to: found at a
start, it is what the router goes back to, without waiting for the timer.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

CHECKPOINTS = 80
"""As many checkpoints as rollback-by-last-num can reach (huawei-cfg: range 1..80)."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A point to go back to: what ran after a commit (huawei-cfg `checkpoint`)."""

    commit_id: str
    username: str
    client: str  # netconf | rollback | system
    timestamp: str
    label: str = ""
    description: str = ""


class Store:
    """The folder of one device, or nothing when `folder` is None."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def read(self, name: str) -> str | None:
        """A configuration that was kept, or None."""
        if self._folder is None or not (self._folder / f"{name}.xml").exists():
            return None
        return (self._folder / f"{name}.xml").read_text(encoding="utf-8")

    def write(self, name: str, text: str) -> None:
        """Keep a configuration."""
        self._replace(f"{name}.xml", text)

    def forget(self, name: str) -> None:
        """Drop a configuration."""
        if self._folder is not None:
            (self._folder / f"{name}.xml").unlink(missing_ok=True)

    def checkpoints(self) -> list[Checkpoint]:
        """The list of checkpoints, oldest first."""
        if self._folder is None or not (self._folder / "checkpoints.json").exists():
            return []
        rows = json.loads((self._folder / "checkpoints.json").read_text(encoding="utf-8"))
        return [Checkpoint(**row) for row in rows]

    def write_checkpoints(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Keep the list."""
        self._replace("checkpoints.json", json.dumps([asdict(one) for one in checkpoints], indent=1))

    def _replace(self, name: str, text: str) -> None:
        if self._folder is None:
            return
        new = self._folder / f".{name}.new"
        with new.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._folder / name)
