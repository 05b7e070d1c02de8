"""The FRR driver's way to the box: the command that carries it, a box that is not there or goes in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from frr_box import golden, push, running, served

from netwright.drivers import frr_ssh
from netwright.drivers.frr import FrrDriver, _proxy
from netwright.emulator.device import Fault, FaultKind
from netwright.emulator.faults import SLOW_S
from netwright.errors import DeviceUnreachable


def test_nobody_home_is_unreachable() -> None:
    driver = FrrDriver("127.0.0.1", "netwright", "netwright", 1, {"port": 1, "hostkey_verify": False})
    with pytest.raises(DeviceUnreachable):
        driver.open()


def test_a_cut_session_is_unreachable() -> None:
    with served(Fault(FaultKind.DROP, "commit")) as (_, connect):
        driver = connect()
        with pytest.raises(DeviceUnreachable):
            push(driver, {**running(driver), **golden("loopback")})
        assert driver.is_alive() == {"is_alive": False}


CARRIER = """import os, select, socket, sys
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    ready = select.select([0, line], [], [])[0]
    if 0 in ready:
        line.sendall(os.read(0, 65536))
    if line in ready:
        os.write(1, line.recv(65536))
"""


@contextmanager
def carried(tmp_path: Path, *faults: Fault) -> Iterator[tuple[FrrDriver, subprocess.Popen[bytes]]]:
    """A session through a command, and the command."""
    (tmp_path / "carry.py").write_text(CARRIER)
    with served(*faults) as (_, connect):
        command = f"{sys.executable} {tmp_path}/carry.py %h %p"
        options = {"port": connect().port, "hostkey_verify": False, "proxy_command": command}
        driver = FrrDriver("127.0.0.1", "netwright", "netwright", 60, options)
        driver.open()
        carrier = driver._box._carrier
        assert carrier is not None
        yield driver, carrier
        driver.close()


def test_a_command_that_carries_the_connection_and_ends_is_a_lost_box_at_once(tmp_path: Path) -> None:
    """And only that: what is closed behind it says nothing of its own, else a transaction ends before it goes back."""
    with carried(tmp_path) as (driver, carrier):
        driver.lock()
        assert "leaf1" in driver.get_config(retrieve="running")["running"]
        carrier.kill()
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(DeviceUnreachable):
                driver.get_config(retrieve="running")
        driver.unlock()
        driver.close()
        assert time.monotonic() - began < 30
        assert carrier.returncode is not None


def test_a_box_that_says_nothing_any_more_is_lost_before_the_time_of_a_command_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a power cut: nobody closes the connection, and whoever asks next does not wait again."""
    monkeypatch.setattr(frr_ssh, "ANSWER_S", 1.0)
    with carried(tmp_path) as (driver, carrier):
        carrier.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        try:
            for _ in range(2):
                with pytest.raises(DeviceUnreachable):
                    driver.get_config(retrieve="running")
        finally:
            carrier.send_signal(signal.SIGCONT)
        assert time.monotonic() - began < 20
        assert driver.is_alive() == {"is_alive": False}


def test_a_command_that_is_silent_for_long_on_a_box_that_answers_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frr_ssh, "ANSWER_S", 0.5)
    with carried(tmp_path, Fault(FaultKind.SLOW, "commit")) as (driver, _):
        began = time.monotonic()
        push(driver, {**running(driver), **golden("loopback")})
        assert time.monotonic() - began > SLOW_S


@pytest.mark.parametrize(
    ("command", "run"),
    [
        ("ssh -W %h:%p lab", "ssh -W 198.18.1.1:22 lab"),
        ("nc --say 100%% %h %p %x", "nc --say 100% 198.18.1.1 22 %x"),
        ("", ""),
    ],
)
def test_a_proxy_command_is_written_as_for_ssh(command: str, run: str) -> None:
    assert _proxy(command, "198.18.1.1", 22) == run
