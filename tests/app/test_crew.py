"""Other processes: what they hand in, and that they end with the one that they work for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netwright import crew

WORKS = """\
import os, sys, time
from netwright import crew

def work(task):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(600)
    return b""

with crew.at_work(work, [1, 2], 2) as results:
    list(results)
"""


def test_what_comes_back_is_in_the_order_of_the_tasks() -> None:
    tasks = [3, 1, 2]

    def work(task: int) -> bytes:
        time.sleep(task / 50)
        return crew.packed((task, os.getpid() != here))

    here = os.getpid()
    with crew.at_work(work, tasks, 2) as results:
        assert [crew.unpacked(data) for data in results] == [(task, True) for task in tasks]


def test_who_is_beside_says_whether_he_could(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with crew.beside((tmp_path / "made").mkdir) as could:
        pass
    assert could()
    assert (tmp_path / "made").is_dir()
    with crew.beside((tmp_path / "made").mkdir) as could:  # it is there: FileExistsError
        pass
    assert not could()
    assert capfd.readouterr() == ("", "")


def test_who_is_beside_ends_with_what_goes_wrong_here() -> None:
    began = time.monotonic()
    with pytest.raises(ZeroDivisionError), crew.beside(lambda: time.sleep(600)):
        _ = 1 / 0
    assert time.monotonic() - began < 300


def test_nobody_waits_for_a_process_that_was_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", WORKS], stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert parent.stdout is not None
    workers = {int(parent.stdout.readline()), int(parent.stdout.readline())}
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 60
    while left := [pid for pid in workers if _lives(pid)]:
        assert time.monotonic() < deadline, f"{left} still wait"
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
