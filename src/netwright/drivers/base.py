"""The door to a device: a NAPALM NetworkDriver with the few words more that a transaction needs.

One driver per platform. NAPALM's own methods keep NAPALM's meaning; what a driver raises is netwright's error tree
(`DeviceRefused`, `DeviceUnreachable`, `DeviceLocked`, `CandidateDirty`, `RollbackFailed`), never a bare string.

The order of a transaction, each word on every device before the next one on any:

    open -> lock -> get_config (snapshot) -> load_merge_candidate -> validate -> commit_config(message=apply id,
    revert_in=seconds) -> collect (verify) -> confirm_commit -> unlock -> close

and back: `discard_config` before the commit, `rollback` after it. After either the caller reads `get_config` again and
compares: a driver is never believed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from ipaddress import ip_interface
from pathlib import Path
from typing import Any, ClassVar, Protocol

from netwright.drivers.model import Endpoint, NotReported, Row, SwitchKind
from netwright.drivers.napalm_base import NetworkDriver
from netwright.services.checks import Topic

__all__ = ["Driver", "Endpoint", "NotReported", "Row", "SwitchKind", "Topic"]


class Session(Protocol):
    """What a driver speaks through, whatever the protocol."""

    @property
    def alive(self) -> bool:
        """Whether it stands."""

    def open(self) -> None:
        """Connect; DeviceUnreachable when nobody answers as he should."""

    def close(self) -> None:
        """Leave; one that is already gone is no error."""


class Driver(NetworkDriver):  # type: ignore[misc]  # napalm carries no types
    """Base of the drivers."""

    platform: ClassVar[str]
    switch: ClassVar[SwitchKind]
    default_port: ClassVar[int] = 22
    _session: Session

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 30,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        self.hostname, self.username, self.password, self.timeout = hostname, username, password, timeout
        self.options: dict[str, Any] = dict(optional_args or {})
        self.name: str = self.options.get("name", hostname)  # the device's name in our inventory, for errors
        self.port: int = int(self.options.get("port", 0)) or self.default_port
        self.verify: bool = bool(self.options.get("hostkey_verify", True))
        self._set_up()

    @abstractmethod
    def _set_up(self) -> None:
        """Make the session, which is not open yet, and what this platform's driver remembers between its words."""

    def open(self) -> None:
        """Connect."""
        self._session.open()

    def close(self) -> None:
        """Leave."""
        self._session.close()

    def is_alive(self) -> dict[str, bool]:
        """Whether the session stands, in NAPALM's form."""
        return {"is_alive": self._session.alive}

    @abstractmethod
    def lock(self) -> None:
        """Take the device's configuration lock or locks.

        `DeviceLocked` names the holder; `CandidateDirty` when somebody left changes.
        """

    @abstractmethod
    def unlock(self) -> None:
        """Give the lock(s) back. Never raises for a lock that is already gone."""

    @abstractmethod
    def validate(self) -> None:
        """Ask the device whether it would take the candidate. `DeviceRefused` with the line it objects to."""

    @abstractmethod
    def apply_id(self) -> str:
        """The id of the last netwright apply that the device carries, or `""`."""

    @abstractmethod
    def collect(self, topic: Topic) -> list[Row]:
        """Ask the device for operational facts. `NotReported` when the platform cannot say."""

    @contextmanager
    def together(self, topics: Collection[Topic]) -> Iterator[None]:  # noqa: ARG002 - for those that can
        """These topics are asked for in here: a driver may fetch their answers at once, and keeps none behind it."""
        yield

    @abstractmethod
    def reattach(self, token: str) -> None:
        """Resume a pending commit of an earlier session, after a crash: `token` is the apply id it was made with."""

    # ---- NAPALM's own getters, from the same facts; what a device does not say is NAPALM's "unknown"

    def get_interfaces(self) -> dict[str, dict[str, Any]]:
        """NAPALM: the interfaces by name."""
        unknown = {"description": "", "last_flapped": -1.0, "speed": -1.0, "mtu": -1, "mac_address": ""}
        return {
            str(row["name"]): {"is_up": bool(row["oper_up"]), "is_enabled": bool(row["admin_up"]), **unknown}
            for row in self.collect(Topic.INTERFACES)
        }

    def get_interfaces_ip(self) -> dict[str, dict[str, dict[str, dict[str, int]]]]:
        """NAPALM: the addresses of interfaces that have any, by family."""
        found: dict[str, dict[str, dict[str, dict[str, int]]]] = {}
        for row in self.collect(Topic.INTERFACES):
            for text in filter(None, str(row["addresses"]).split(",")):
                address = ip_interface(text)
                families = found.setdefault(str(row["name"]), {})
                length = {"prefix_length": address.network.prefixlen}
                families.setdefault(f"ipv{address.version}", {})[str(address.ip)] = length
        return found

    def get_facts(self) -> dict[str, Any]:
        """NAPALM: who the device is, as far as our inventory and its interfaces tell."""
        names = sorted(str(row["name"]) for row in self.collect(Topic.INTERFACES))
        unknown = {"uptime": -1.0, "os_version": "", "serial_number": "", "model": ""}
        return {"hostname": self.name, "fqdn": self.name, "vendor": self.platform, "interface_list": names, **unknown}


def loaded(filename: str | None, config: str | None) -> str:
    """What NAPALM's `load_merge_candidate` is given: the content of a file, or the text itself."""
    return (config or "") if filename is None else Path(filename).read_text(encoding="utf-8")
