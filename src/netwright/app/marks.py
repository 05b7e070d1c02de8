"""Whether a file is what it was, without reading it: by its size, its times and its place on the disk.

A file that was written moments before it was marked could change again within the same tick of the clock: such a file
is marked by what is in it, as Git does. Names are text here, not paths: a large network has ten thousand files.
"""

# ruff: noqa: PTH116, PTH118 - see above

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import time

import netwright

_SETTLED_S = 3.0
"""Seconds after which a file's times tell it from any later version."""


def mark(name: str) -> str:
    """The mark of a file as it is now; "" for one that is not there."""
    try:
        found = os.stat(name)
        if time() - max(found.st_mtime, found.st_ctime) < _SETTLED_S:
            return _content(name)
    except OSError:
        return ""
    return _stamp(found)


def marks(names: Iterable[str]) -> dict[str, str]:
    """The marks of files, by name."""
    return {name: mark(name) for name in names}


def holds(name: str, before: str) -> bool:
    """Whether a file still is what it was when it was marked."""
    try:
        return before == (_content(name) if before.startswith("content ") else _stamp(os.stat(name)))
    except OSError:
        return before == ""


def changed(names: Iterable[str], before: Mapping[str, str]) -> set[str]:
    """The files that are new, or not what they were."""
    return {name for name in names if name not in before or not holds(name, before[name])}


def files_below(*folders: Path) -> list[str]:
    """All files in folders, in name order."""
    return sorted(os.path.join(at, name) for folder in folders for at, _, names in os.walk(folder) for name in names)


def _stamp(found: os.stat_result) -> str:
    return f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"


def _content(name: str) -> str:
    return f"content {sha256(Path(name).read_bytes()).hexdigest()}"


@cache
def program() -> str:
    """A digest of this program as it is installed: what another one remembers means nothing to it."""
    home = Path(netwright.__file__).parent
    files = (name for name in files_below(home) if name.endswith((".py", ".j2", ".json")))
    stamps = "\n".join(f"{name} {_stamp(os.stat(name))}" for name in files)
    return sha256(f"{netwright.__version__} {sys.version}\n{stamps}".encode()).hexdigest()
