"""Everything that can go wrong, as one tree. The exit codes are those of `netwright help exit-codes`.

NetwrightError
├── Refused                what was asked for cannot be; carries the diagnostics            (1)
├── Declined               a person said no, or nobody could be asked                       (1)
├── ConfigParseError       a device's configuration, or our own rendering, makes no sense   (70 when ours)
├── DeviceError            one device's trouble; carries its name
│   ├── DeviceUnreachable  no session, or the session was lost                              (4)
│   ├── DeviceRefused      the device said no to a line                                     (4)
│   ├── DeviceLocked       somebody else holds its lock                                     (75)
│   ├── CandidateDirty     somebody left changes in its candidate                           (75)
│   └── RollbackFailed     it says it went back and did not, or could not                   (5)
└── LockHeld               somebody else works on this network                              (75)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netwright.diagnostics import Diagnostic


class NetwrightError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code = 70


class Refused(NetwrightError):
    """The request cannot be met; every reason is a diagnostic."""

    exit_code = 1

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("; ".join(diagnostic.message for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


class Declined(NetwrightError):
    """Nobody agreed to the change."""

    exit_code = 1


class ConfigParseError(NetwrightError):
    """A configuration text cannot be read."""

    def __init__(self, message: str, line: int, text: str = "") -> None:
        super().__init__(f"line {line}: {message}" + (f": {text.strip()}" if text else ""))
        self.message, self.line, self.text = message, line, text


class DeviceError(NetwrightError):
    """Something went wrong between us and one device."""

    exit_code = 4

    def __init__(self, device: str, message: str) -> None:
        super().__init__(f"{device}: {message}")
        self.device, self.message = device, message


class DeviceUnreachable(DeviceError):
    """No session could be had, or the session was lost: what the device runs is unknown."""


class DeviceRefused(DeviceError):
    """The device said no. `line` is the line or path it objected to, where it told."""

    def __init__(self, device: str, message: str, line: str = "") -> None:
        super().__init__(device, message)
        self.line = line


class DeviceLocked(DeviceError):
    """Another session holds the device's configuration lock."""

    exit_code = 75

    def __init__(self, device: str, holder: str, since: str = "") -> None:
        super().__init__(device, f"configuration locked by {holder}" + (f" since {since}" if since else ""))
        self.holder, self.since = holder, since


class CandidateDirty(DeviceError):
    """The device's candidate holds changes that are not ours."""

    exit_code = 75


class RollbackFailed(DeviceError):
    """The device does not run what it ran before, whatever it says."""

    exit_code = 5


class LockHeld(NetwrightError):
    """Another netwright works on this network."""

    exit_code = 75

    def __init__(self, holder: str, since: str) -> None:
        super().__init__(f"the network is locked by {holder} since {since}")
        self.holder, self.since = holder, since
