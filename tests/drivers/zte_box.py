"""An emulated ZTE router on its loopback port, and sessions of the driver to it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from looped import Loop
from netwright.drivers.zte import ZteDriver
from netwright.emulator.device import Fault, Setting
from netwright.emulator.world import Operational
from netwright.emulator.zte import ZteDevice

sys.path.insert(0, str(Path(__file__).parents[1] / "emulator" / "zte"))
from zte_support import BASELINE

CHANGE = """ip vrf A
  rd 65000:1
  evpn tunnel-encapsulation srv6
  route-target export 65000:1 evpn
  address-family ipv4
  $
$
interface xgei-0/1/0/1.100
  description a description that is long enough to break the line where the terminal ends, at eighty columns
  ip vrf forwarding A
  ip address 10.0.0.1 255.255.255.0
$
"""


@dataclass
class Box:
    """An emulated router in a loop of its own, as `emulate` runs it."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    seen: Operational = field(default_factory=Operational)
    loop: Loop = field(default_factory=Loop)
    port: int = 0

    def start(self) -> None:
        setting = Setting("leaf7", BASELINE, self.folder / "state", lambda _: self.seen, faults=self.faults)
        self.device = ZteDevice(setting)
        self.port = self.loop.run(self.device.start("127.0.0.1", 0))

    def stop(self) -> None:
        self.loop.run(self.device.stop())
        self.loop.close()

    def driver(self, **options: object) -> ZteDriver:
        facts = {"port": self.port, "name": "leaf7", "hostkey_verify": False, "watchdog_dir": self.folder / "watch"}
        return ZteDriver("127.0.0.1", "netwright", "netwright", 5, {**facts, **options})

    @property
    def text(self) -> str:
        return self.device.running()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    found = Box(tmp_path)
    found.start()
    yield found
    found.stop()


@contextmanager
def opened(box: Box, *, taken_in: bool = True, **options: object) -> Iterator[ZteDriver]:
    driver = box.driver(**options)
    driver.open()
    try:
        if taken_in:
            driver.take_in()
        yield driver
    finally:
        driver.close()


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False
