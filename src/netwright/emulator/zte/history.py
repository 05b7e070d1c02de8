"""The rollback points of an emulated router, and what it keeps on disk over a restart."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from netwright.folders import write_whole

FIRST_ID = 1_000_000_001
_LAST_ID = 1_999_999_999
_KEPT = 50  # `rollback-configuration last <1-50>`


@dataclass(frozen=True, slots=True)
class Point:
    """One commit that can be gone back to: `text` is what ran after it, `before` what ran before."""

    number: int
    user: str
    time: str
    comment: str
    commands: tuple[str, ...]
    before: str
    text: str


@dataclass(slots=True)
class Memory:
    """Everything of a router that outlives its sessions."""

    running: str = ""
    saved: str = ""
    rollback_enabled: bool = False  # the factory default (ROSng system management reference)
    next_id: int = FIRST_ID
    points: list[Point] = field(default_factory=list)  # newest first
    vrf_ids: dict[str, int] = field(default_factory=dict)

    def remember(self, point: Point) -> None:
        """Keep a point, and drop the oldest beyond what the router keeps."""
        self.points = [point, *self.points][:_KEPT]
        self.next_id = FIRST_ID if self.next_id == _LAST_ID else self.next_id + 1

    def number_vrfs(self, names: list[str]) -> None:
        """Give each VRF the lowest free id; one that went gives its id back."""
        kept = {name: self.vrf_ids[name] for name in names if name in self.vrf_ids}
        for name in sorted(names):
            if name not in kept:
                kept[name] = next(
                    number for number in range(1, len(names) + len(kept) + 2) if number not in kept.values()
                )
        self.vrf_ids = kept

    def save(self, path: Path | None) -> None:
        """Write to disk, whole or not at all."""
        if path is None:
            return
        write_whole(path, json.dumps(asdict(self), indent=1))


def recall(path: Path | None) -> Memory | None:
    """Read what was kept; None when there is nothing."""
    if path is None or not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    points = [Point(**{**point, "commands": tuple(point["commands"])}) for point in data.pop("points")]
    return Memory(**data, points=points)
