"""An emulated FRR box on its loopback port, sessions of the driver to it, and what is put on it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from frr_golden import GOLDEN
from looped import Loop
from netwright.drivers.frr import FrrDriver
from netwright.emulator.device import Fault, Setting
from netwright.emulator.frr import FrrDevice
from netwright.emulator.world import Operational, RouteState
from netwright.errors import DeviceLocked
from netwright.platforms.base import join_parts, split_parts
from netwright.platforms.frr import FRR
from netwright.tree import Delta, between, tree_of
from netwright.tree import Path as TreePath

PORTS = "".join(f"ip link set dev {port} mtu 9216\nip link set dev {port} up\n" for port in ("eth1", "eth3"))
BASELINE = f"!<cfg>\nfrr defaults traditional\nhostname leaf1\n!</cfg>\n!<linux>\n{PORTS}!</linux>\n"
SERVICE = (
    "vrf", "attachment", "static_route", "segment_route", "segment_route-ipv6", "segment_route-protected",
    "slice_channel", "slice_channel-queues", "access_rate",
    "traffic_class", "trust_list", "core_queue", "core_queue-strict",
)  # fmt: skip
WORLD = Operational(
    adjacencies={"eth1": "spine1"},
    interfaces_up=frozenset({"eth1", "eth3"}),
    sessions={("2001:db8:0:ffff::1", "vpnv4"): 4},
    routes=(RouteState("hospital-a", "10.22.0.0/24", "bgp", "2001:db8:0:ffff::2", "fd00:1:2:fe01::"),),
)


@contextmanager
def served(
    *faults: Fault, state: Path | None = None, baseline: str = BASELINE
) -> Iterator[tuple[FrrDevice, Callable[[], FrrDriver]]]:
    loop, device = Loop(), FrrDevice(Setting("leaf1", baseline, state, lambda _: WORLD, faults=list(faults)))
    port = loop.run(device.start("127.0.0.1", 0))
    drivers: list[FrrDriver] = []

    def connect() -> FrrDriver:
        options = {"port": port, "name": "leaf1", "hostkey_verify": False}
        drivers.append(FrrDriver("127.0.0.1", "netwright", "netwright", 10, options))
        drivers[-1].open()
        return drivers[-1]

    try:
        yield device, connect
    finally:
        for driver in drivers:
            driver.close()
        loop.run(device.stop())
        loop.close()


def tree(text: str) -> dict[TreePath, str]:
    return tree_of(line for part, body in split_parts(text, FRR.parts).items() for line in FRR.parse(body, part))


def golden(*names: str) -> dict[TreePath, str]:
    found: dict[TreePath, str] = {}
    for name in names:
        for part in FRR.parts:
            if (file := GOLDEN / f"{name}.{part}").exists():
                found.update(tree_of(FRR.parse(file.read_text(), part)))
    return found


def running(driver: FrrDriver) -> dict[TreePath, str]:
    return tree(driver.get_config(retrieve="running")["running"])


def text(delta: Delta) -> str:
    return join_parts({part: FRR.change(delta, part) for part in FRR.parts})


def push(driver: FrrDriver, after: dict[TreePath, str], token: str = "apply-1", revert_in: int | None = 60) -> None:
    for delta in FRR.sequence(between(running(driver), after)):
        driver.load_merge_candidate(config=text(delta))
        driver.validate()
        driver.commit_config(message=token, revert_in=revert_in)


def locks(driver: FrrDriver) -> bool:
    with suppress(DeviceLocked):
        driver.lock()
        return True
    return False


def until(what: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)
