"""Folders of the user, beside every network (XDG Base Directory Specification)."""

from __future__ import annotations

import os
from pathlib import Path


def cache(name: str) -> Path:
    """Where `name` keeps what can be made again; it need not be there yet."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "netwright" / name
