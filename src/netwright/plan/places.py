"""From a place in a device's configuration back to the line of ours that stands there, or nearest to it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from netwright.tree import Path

_UNKNOWN = re.compile(r'Node "(?P<name>[^"]+)" not found (?:as a child of|in the "(?P<module>[^"]+)" module)')


def nearest(path: Path, paths: Iterable[Path]) -> Path | None:
    """The path itself; else the first below it; else, going up, the first in the innermost list entry that holds it.

    Not further up: two interfaces have nothing to do with each other.
    """
    known = sorted(paths)
    for outer in _outwards(path):
        inside = [other for other in known if other[: len(outer)] == outer]
        if inside:
            return outer if outer in inside else min(inside, key=lambda other: (len(other), known.index(other)))
    return None


def _outwards(path: Path) -> Iterator[Path]:
    """The path, and what holds it, up to the innermost list entry."""
    for depth in range(len(path), 0, -1):
        yield path[:depth]
        if "[" in path[depth - 1]:
            return


def culprit(path: Path, message: str, paths: Iterable[Path]) -> Path:
    """Where the fault is, more exactly: an element that nobody knows is reported at its parent."""
    found = _UNKNOWN.search(message)
    if found is None:
        return path
    if not path:
        return (f"{found['module']}:{found['name']}",)
    depth = len(path)
    for other in paths:
        if other[:depth] == path and len(other) > depth and _local(other[depth]) == found["name"]:
            return other[: depth + 1]
    return path


def _local(step: str) -> str:
    return step.partition("[")[0].rpartition(":")[2]
