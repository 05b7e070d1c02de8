"""The Nornir connection `netwright`: opens the driver of the host's platform.

A driver's module is imported when its first host is opened: nobody needs ncclient for a network of FRR.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from nornir.core.configuration import Config

from netwright.drivers.base import Driver
from netwright.errors import DeviceUnreachable

DRIVERS: Final[Mapping[str, str]] = {
    "frr": "netwright.drivers.frr:FrrDriver",
    "huawei": "netwright.drivers.huawei:HuaweiDriver",
    "zte": "netwright.drivers.zte:ZteDriver",
}
"""Platform -> module:class."""

_TIMEOUT_S = 30


def driver_class(platform: str) -> type[Driver]:
    """The driver of a platform; KeyError when there is none."""
    module, _, name = DRIVERS[platform].partition(":")
    found: type[Driver] = getattr(import_module(module), name)
    return found


class NetwrightConnection:
    """A Nornir connection plugin. `extras` are the driver's options; `timeout` (seconds) and `name` among them."""

    def __init__(self) -> None:
        self._driver: Driver | None = None

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002 - Nornir's protocol
    ) -> None:
        """Open a session with the driver of `platform`. DeviceError when there is none to be had."""
        options = dict(extras or {})
        name = str(options.setdefault("name", hostname or ""))
        timeout = int(options.pop("timeout", _TIMEOUT_S))
        if platform is None or platform not in DRIVERS:
            raise DeviceUnreachable(name, f"no driver for platform {platform!r}; there are {', '.join(DRIVERS)}")
        if port is not None:
            options["port"] = port
        driver = driver_class(platform)(hostname or "", username or "", password or "", timeout, options)
        driver.open()
        self._driver = driver

    def close(self) -> None:
        """Close the session."""
        if self._driver is not None:
            self._driver.close()

    @property
    def connection(self) -> Driver:
        """The open driver."""
        if self._driver is None:
            raise RuntimeError("the connection is not open")
        return self._driver
