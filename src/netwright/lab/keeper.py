"""The process that holds a virtual machine, so that it dies with its lab, however that ends.

    python -m netwright.lab.keeper LEASE TOKEN PROGRAM...

It starts PROGRAM and ends it when the first of these happens:

* standard input ends before the word `keep` came: whoever brought the lab up is gone, by Ctrl-C, a crash or kill -9;
* the file LEASE, once it has been written, no longer holds TOKEN: the lab was taken down, replaced or deleted;
* it is told to end itself. If it is killed outright, the kernel ends PROGRAM (prctl(2), PR_SET_PDEATHSIG).

It runs beside the program that started it, not in it: so it uses the standard library only, and starts at once.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Final

PR_SET_PDEATHSIG: Final = 1
KEEP: Final = b"keep"
LOOK_S: Final = 1.0
"""How often the lease is looked at."""

GRACE_S: Final = 3.0


def _die_with_parent() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _holds(lease: Path, token: str) -> bool:
    try:
        return token in lease.read_text(encoding="utf-8")
    except OSError:
        return False


def _ended(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


def keep(lease: Path, token: str, program: list[str]) -> int:
    """Run the program for as long as somebody wants it; its exit code when it ended by itself."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _ended)
    child = subprocess.Popen(program, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)  # noqa: PLW1509 - one thread
    try:
        if _tethered(child, lease, token):
            while child.poll() is None and _holds(lease, token):
                select.select([], [], [], LOOK_S)
        return child.poll() or 0
    finally:
        _end(child)


def _tethered(child: subprocess.Popen[bytes], lease: Path, token: str) -> bool:
    """Wait for the word; False when the tether broke first, the lease went, or the program ended."""
    said, held = b"", False
    while child.poll() is None:
        before, held = held, _holds(lease, token)
        if before and not held:
            return False
        ready, _, _ = select.select([0], [], [], LOOK_S)
        if ready:
            piece = os.read(0, 64)
            if not piece:
                return False
            said += piece
            if KEEP in said:
                return True
    return False


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
