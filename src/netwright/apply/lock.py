"""The network's lock: one apply at a time on one machine. Between machines each device's own lock decides."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from netwright.errors import LockHeld


@contextmanager
def network_lock(folder: Path, who: str, now: datetime) -> Iterator[None]:
    """Hold the lock file of a network while inside; `LockHeld` names the holder.

    The kernel gives the lock back when its holder dies, so a killed run never blocks the next one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _held(path) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"holder": who, "since": now.isoformat(timespec="seconds")}).encode())
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _held(path: Path) -> LockHeld:
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        return LockHeld(held["holder"], held["since"])
    except (ValueError, KeyError):
        return LockHeld("another netwright", "just now")
