"""From a line on a router back to who wants it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netwright.plan.model import DeviceChange
from netwright.tree import PRESENT, Leaf, Origin, Path


@dataclass(frozen=True, slots=True)
class Match:
    """A wanted line that contains what was asked for, with everybody who wants it."""

    path: Path
    line: str
    leaf: Leaf
    shared: bool

    @property
    def origins(self) -> tuple[Origin, ...]:
        """The first origin of each owner."""
        first: dict[str, Origin] = {}
        for origin in self.leaf.origins:
            first.setdefault(origin.owner, origin)
        return tuple(first.values())


def line_of(path: Path, value: str) -> str:
    """A leaf as the device's own line: an XML element, or the command."""
    name = path[-1].partition("[")[0].rpartition(":")[2]
    if not path[0].startswith("huawei-"):
        return value if value != PRESENT else path[-1]
    return f"<{name}>{value}</{name}>" if value != PRESENT else f"<{name}>"


def explain_line(device: DeviceChange, wanted: str) -> Iterator[Match]:
    """The lines of a device that contain `wanted`, as `plan --format diff` prints them, in path order."""
    needle = " ".join(wanted.strip().lstrip("+-~").split())
    for path in sorted(device.wanted):
        line = line_of(path, device.wanted[path].value)
        if needle and needle in " ".join(line.split()):
            owned = device.record.get(path)
            yield Match(path, line, device.wanted[path], owned.shared if owned else False)
