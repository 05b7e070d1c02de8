"""Folders of the user, beside every network (XDG Base Directory Specification), and files put into a folder."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def cache(name: str) -> Path:
    """Where `name` keeps what can be made again; it need not be there yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "netwright" / name


def write_files(folder: Path, files: Iterable[tuple[str, str]], mode: int = 0o666) -> None:
    """Write texts by their paths below a folder, with the folders that they need. `mode` is of files that are new."""
    for name, text in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode)
        path.write_text(text, encoding="utf-8")


def write_whole(path: Path, text: str, mode: int = 0o666) -> None:
    """Write a file whole or not at all: whoever reads it meets the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.touch(mode)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
