"""The Nornir connection: the driver of the host's platform, opened and closed."""

from __future__ import annotations

from typing import Any

import pytest

from netwright.drivers import connection as module
from netwright.drivers.base import Driver
from netwright.drivers.connection import DRIVERS, NetwrightConnection, driver_class
from netwright.errors import DeviceUnreachable


class Paper:
    """Remembers what it was given."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.said: list[str] = []

    def open(self) -> None:
        self.said.append("open")

    def close(self) -> None:
        self.said.append("close")


@pytest.mark.parametrize("platform", sorted(DRIVERS))
def test_every_platform_of_the_table_has_its_driver(platform: str) -> None:
    found = driver_class(platform)
    assert issubclass(found, Driver)
    assert found.platform == platform


def test_what_the_host_says_reaches_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "driver_class", lambda _: Paper)
    plugin = NetwrightConnection()
    plugin.open("10.0.0.1", "me", "secret", 830, "huawei", {"name": "core1", "timeout": 7, "discard_candidate": True})
    paper: Any = plugin.connection
    assert paper.arguments == (
        "10.0.0.1",
        "me",
        "secret",
        7,
        {"name": "core1", "discard_candidate": True, "port": 830},
    )
    plugin.close()
    assert paper.said == ["open", "close"]


def test_without_a_driver_the_device_is_named() -> None:
    with pytest.raises(DeviceUnreachable, match=r"core1: no driver for platform 'junos'; there are frr, huawei, zte"):
        NetwrightConnection().open("h", "u", "p", None, "junos", {"name": "core1"})


def test_a_connection_that_was_never_opened_can_be_closed() -> None:
    plugin = NetwrightConnection()
    plugin.close()
    with pytest.raises(RuntimeError, match="not open"):
        _ = plugin.connection
