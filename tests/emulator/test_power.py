"""A device without power is nobody's neighbour; it comes back with its configuration."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import pytest

from netwright.emulator.device import EmulatedDevice, Setting
from netwright.emulator.facts import Facts
from netwright.emulator.frr.device import FrrDevice
from netwright.emulator.huawei.device import HuaweiDevice
from netwright.emulator.world import Operational, World
from netwright.emulator.zte import ZteDevice
from netwright.topology.model import Node, Topology

HUAWEI = (
    '<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces><interface><name>100GE0/1/0</name>'
    "<class>main-interface</class><type>100GE</type></interface></interfaces></ifm>"
)
FRR = "!<cfg>\nhostname r1\n!</cfg>\n!<linux>\nip link set dev eth1 mtu 9216\nip link set dev eth1 up\n!</linux>\n"
ZTE = "!<if-intf>\ninterface cgei-0/1/0/1\n  no shutdown\n$\n!</if-intf>\n"
DEVICES: Mapping[str, tuple[Callable[[Setting], EmulatedDevice], str]] = {
    "huawei": (HuaweiDevice, HUAWEI),
    "frr": (FrrDevice, FRR),
    "zte": (ZteDevice, ZTE),
}


def made(platform: str) -> EmulatedDevice:
    kind, baseline = DEVICES[platform]
    return kind(Setting("r1", baseline, None, lambda _: Operational()))


@pytest.mark.parametrize("platform", DEVICES)
def test_without_power_a_device_says_nothing_and_the_world_notices(platform: str) -> None:
    async def cycle(device: EmulatedDevice) -> list[tuple[int, Facts, frozenset[str]]]:
        world = World(Topology({"r1": Node("r1", platform, "s")}, {}), {"r1": device})

        def look() -> tuple[int, Facts, frozenset[str]]:
            return device.version, device.facts(), frozenset(world.operational("r1").interfaces_up)

        port = await device.start("127.0.0.1", 0)
        seen = [look()]
        await device.stop()
        seen.append(look())
        await device.start("127.0.0.1", port)
        seen.append(look())
        await device.stop()
        return seen

    on, off, again = asyncio.run(cycle(made(platform)))
    assert on[0] < off[0]
    assert on[1].interfaces
    assert off[1] == Facts("r1")
    assert on[2]
    assert not off[2]
    assert (again[1].interfaces.keys(), again[2]) == (on[1].interfaces.keys(), on[2])
