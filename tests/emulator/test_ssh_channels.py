"""SSH channels as people's clients open them: standard input stays open, and the command still ends.

`ssh box 'vtysh -c "show version"'` keeps its standard input open for as long as the terminal does; a device that waits
for its end hangs that client.
"""

from __future__ import annotations

import asyncio

import asyncssh
import pytest

from netwright.emulator.device import EmulatedDevice, Setting
from netwright.emulator.frr.device import FrrDevice
from netwright.emulator.huawei.device import HuaweiDevice
from netwright.emulator.world import Operational
from netwright.emulator.zte import ZteDevice

ZTE = "!<system-config>\nhostname leaf7\n!</system-config>\n"
FRR = "!<cfg>\nfrr defaults traditional\nhostname leaf1\n!</cfg>\n!<linux>\nip link set dev eth1 up\n!</linux>\n"
PATIENCE_S = 5.0


async def asked(device: EmulatedDevice, command: str, subsystem: str | None = None) -> tuple[int | None, str]:
    """Exit status and what was said, with standard input never closed."""
    port = await device.start("127.0.0.1", 0)
    try:
        async with asyncssh.connect(
            "127.0.0.1", port, username="netwright", password="netwright", known_hosts=None, config=None
        ) as session:
            process = await session.create_process(command or None, subsystem=subsystem, stdin=asyncssh.PIPE)
            out, err = await asyncio.wait_for(asyncio.gather(process.stdout.read(), process.stderr.read()), PATIENCE_S)
            await asyncio.wait_for(process.wait_closed(), PATIENCE_S)
            return process.exit_status, f"{out}{err}"
    finally:
        await device.stop()


def setting(baseline: str) -> Setting:
    return Setting("leaf7", baseline, None, lambda _: Operational())


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ('vtysh -c "show version"', 1, "% Unknown command: show version"),
        ('vtysh -c "show running-config"', 0, "hostname leaf1"),
        ("uptime", 127, "uptime: not found (emulated box)"),
        ("vtysh -c 'show", 2, "Unterminated quoted string"),
        ("  ", 0, ""),
        ("sh -c", 1, "sh: usage"),
        ("test -d", 1, "test: usage"),
    ],
)
def test_a_command_on_the_frr_box_ends_while_stdin_is_open(command: str, status: int, said: str) -> None:
    code, answer = asyncio.run(asked(FrrDevice(setting(FRR)), command))
    assert code == status
    assert said in answer


@pytest.mark.parametrize(("command", "subsystem"), [("show version", None), ("", "netconf")])
def test_the_zte_device_serves_a_terminal_and_says_so(command: str, subsystem: str | None) -> None:
    code, answer = asyncio.run(asked(ZteDevice(setting(ZTE)), command, subsystem))
    assert code == 1
    assert "serves a terminal" in answer


@pytest.mark.parametrize("command", ["display version", ""])
def test_the_huawei_device_serves_netconf_and_says_so(command: str) -> None:
    code, answer = asyncio.run(asked(HuaweiDevice(setting("")), command))
    assert code == 1
    assert "serves NETCONF only" in answer
