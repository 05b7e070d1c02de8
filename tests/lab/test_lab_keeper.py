"""A machine dies with its lab: each way a lab can end, tried on a program that would live for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netwright.lab.machine import Lease, Machine, is_alive, started_at

LIFE = "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)"


@contextmanager
def kept(tmp_path: Path, *, written: bool = True) -> Iterator[tuple[subprocess.Popen[bytes], int, Path]]:
    """A keeper with a program under it, the program's pid, and the lease."""
    lease, mark = tmp_path / "lease", tmp_path / "pid"
    if written:
        lease.write_text("token-1")
    words = [sys.executable, "-m", "netwright.lab.keeper", str(lease), "token-1", sys.executable, "-c", LIFE, str(mark)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True) as keeper:
        try:
            wait_for(lambda: mark.exists() and mark.read_text() != "")
            yield keeper, int(mark.read_text()), lease
        finally:
            keeper.kill()


def wait_for(condition: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


def gone(pid: int) -> bool:
    return started_at(pid) == 0


def say_keep(keeper: subprocess.Popen[bytes]) -> None:
    assert keeper.stdin is not None
    keeper.stdin.write(b"keep\n")
    keeper.stdin.close()


def test_who_brought_it_up_is_gone_before_the_word(tmp_path: Path) -> None:
    with kept(tmp_path) as (keeper, pid, _):
        assert keeper.stdin is not None
        keeper.stdin.close()
        wait_for(lambda: gone(pid))


def test_after_the_word_it_outlives_who_brought_it_up_and_dies_with_its_lease(tmp_path: Path) -> None:
    with kept(tmp_path) as (keeper, pid, lease):
        say_keep(keeper)
        time.sleep(2.5)
        assert not gone(pid)
        lease.unlink()
        wait_for(lambda: gone(pid))


def test_a_lab_that_is_taken_down_dies_though_who_brought_it_up_still_holds_it(tmp_path: Path) -> None:
    with kept(tmp_path) as (_, pid, lease):
        time.sleep(1.5)  # it has been seen
        lease.unlink()
        wait_for(lambda: gone(pid), 8.0)


def test_a_lease_that_is_not_written_yet_is_waited_for(tmp_path: Path) -> None:
    """It names the keeper's own process, so it comes after it."""
    with kept(tmp_path, written=False) as (keeper, pid, lease):
        time.sleep(2.5)
        assert not gone(pid)
        lease.write_text("token-1")
        say_keep(keeper)
        time.sleep(1.5)
        assert not gone(pid)


def test_stop_waits_until_it_is_gone(tmp_path: Path) -> None:
    """Also where it has to be killed: a keeper that is stopped looks at nothing."""
    with kept(tmp_path) as (keeper, pid, _):
        lease = Lease("token-1", keeper.pid, started_at(keeper.pid), 1, "tcg", "i", str(tmp_path / "sockets"))
        os.kill(keeper.pid, signal.SIGSTOP)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("netwright.lab.machine.ENDS_S", 1.0)
            Machine(tmp_path, lease).stop()
        assert not is_alive(lease)
        wait_for(lambda: gone(pid))


def test_another_lab_takes_its_place(tmp_path: Path) -> None:
    with kept(tmp_path) as (keeper, pid, lease):
        say_keep(keeper)
        lease.write_text("token-2")
        wait_for(lambda: gone(pid))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_keeper_itself_is_ended(tmp_path: Path, number: int) -> None:
    with kept(tmp_path) as (keeper, pid, _):
        say_keep(keeper)
        os.kill(keeper.pid, number)
        wait_for(lambda: gone(pid))


def test_the_program_ends_by_itself(tmp_path: Path) -> None:
    with kept(tmp_path) as (keeper, pid, _):
        say_keep(keeper)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: keeper.poll() is not None)


def test_a_pid_that_another_process_has_now_is_not_our_machine() -> None:
    me = Lease("t", os.getpid(), started_at(os.getpid()), 1, "tcg", "i", "/nowhere")
    assert is_alive(me)
    assert not is_alive(Lease("t", os.getpid(), me.started - 1, 1, "tcg", "i", "/nowhere"))
    assert not is_alive(Lease("t", 2**22 + 1, 0, 1, "tcg", "i", "/nowhere"))
