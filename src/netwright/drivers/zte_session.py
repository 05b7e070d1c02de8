"""A terminal session with a ROSng router: netmiko's `zte_zxros` with prompts read instead of waited for.

netmiko paces itself with sleeps; here every command ends when the prompt is back, so a change of a hundred lines takes
a fraction of a second. What is said here of prompts, pager and errors: ROSng command references and public tools.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from importlib.resources import files
from io import StringIO
from typing import TypeVar

import textfsm
from netmiko import NetmikoAuthenticationException, NetmikoBaseException
from netmiko.zte.zte_zxros import ZteZxrosSSH
from paramiko.ssh_exception import SSHException

from netwright.errors import DeviceError, DeviceRefused, DeviceUnreachable

T = TypeVar("T")

_PROMPT = re.compile(r"(?P<name>[\w.\-]+)(?P<mode>\(config[^\s)]*\))?[>#] ?")
_MORE = " --More--"
_ERASED = re.compile("\x08+ *\x08*")
_ERROR = re.compile(r"(?m)^\s*%\s*(?:Error|Code)\b\s*\d*:?\s*(?P<text>.*)$")
_CHUNK = 65536


class _Terminal(ZteZxrosSSH):  # type: ignore[misc]  # netmiko is not followed
    """netmiko's session without its sleeps."""

    base_prompt: str = ""

    def session_preparation(self) -> None:
        """Find the prompt and switch the pager off; a privileged mode (`#`) is expected."""
        self.exchange("terminal length 0", self.conn_timeout, echoed=True)

    def exchange(self, line: str, timeout: float, *, echoed: bool = False) -> str:
        """Send a line and return what came back before the next prompt. `echoed`: drop what came before the echo."""
        self.write_channel(line + self.RETURN)
        deadline = time.monotonic() + timeout
        seen = ""
        while not self._complete(seen, line if echoed else ""):
            seen += self._receive(deadline)
            if seen.endswith(_MORE):
                seen = seen.removesuffix(_MORE)
                self.write_channel(" ")
        return _cleaned(seen, line if echoed else "")

    def _complete(self, seen: str, echo: str) -> bool:
        if echo and f"{echo}\n" not in seen.replace("\r", ""):
            return False
        _, newline, last = seen.rpartition("\n")
        match = _PROMPT.fullmatch(last)
        if not newline or match is None:
            return False
        if self.base_prompt and match["name"] != self.base_prompt and match["mode"] is None:
            return False
        self.base_prompt = match["name"]
        return True

    def _receive(self, deadline: float) -> str:
        channel = self.remote_conn
        channel.settimeout(max(deadline - time.monotonic(), 0.01))
        data: bytes = channel.recv(_CHUNK)
        if not data:
            message = "the session was closed by the device"
            raise EOFError(message)
        return data.decode("utf-8", "replace")


def _cleaned(seen: str, echo: str) -> str:
    text = _ERASED.sub("", seen.replace("\r", ""))
    if echo:
        text = text[text.index(f"{echo}\n") :]
    body = text.partition("\n")[2]
    return body.rpartition("\n")[0] + "\n" if "\n" in body else ""


class ZteSession:
    """One open terminal. Every trouble with the wire is `DeviceUnreachable`, and every refusal `DeviceRefused`."""

    def __init__(self, name: str, *, host: str, port: int, username: str, password: str, timeout: int, verify: bool):
        self.name, self._timeout = name, timeout
        self.configuring = False
        self._terminal: _Terminal | None = None
        self._options = {
            "device_type": "zte_zxros",
            "host": host,
            "port": port,
            "username": username,
            "password": password,
            "conn_timeout": timeout,
            "banner_timeout": timeout,
            "auth_timeout": timeout,
            "ssh_strict": verify,
            "system_host_keys": verify,
            "allow_agent": False,
            "use_keys": False,
            "fast_cli": True,
        }

    def open(self) -> None:
        """Connect and log in."""
        self._terminal = self._guard(lambda: _Terminal(**self._options))

    def close(self) -> None:
        """Hang up. netmiko's polite way needs a living session; the router frees what the terminal held anyway."""
        terminal, self._terminal = self._terminal, None
        if terminal is not None and terminal.remote_conn_pre is not None:
            terminal.remote_conn_pre.close()

    @property
    def alive(self) -> bool:
        """Whether the session stands."""
        transport = self._terminal.remote_conn.get_transport() if self._terminal else None
        return bool(transport and transport.is_active() and not self._terminal.remote_conn.closed)  # type: ignore[union-attr]

    def ask(self, line: str, timeout: float = 0) -> str:
        """Send one line; the text that came back, without echo and prompt."""

        def exchange() -> str:
            if self._terminal is None:
                message = "no session is open"
                raise EOFError(message)
            return str(self._terminal.exchange(line, timeout or self._timeout))

        return self._guard(exchange)

    def must(self, line: str, timeout: float = 0) -> str:
        """Send a line that has to be taken."""
        output = self.ask(line, timeout)
        if error := error_in(output):
            raise DeviceRefused(self.name, error, line.strip())
        return output

    def table(self, command: str) -> list[dict[str, str]]:
        """Ask, and parse with our template that has the command's name."""
        try:
            return rows(f"zte_zxros_{command.replace(' ', '_')}", self.must(command))
        except UnknownShape as error:
            raise DeviceError(self.name, f"answered {command!r} in an unknown shape: {error}") from error

    def configure(self) -> None:
        """Enter configuration mode, where nothing holds before its commit."""
        if not self.configuring:
            self.must("configure terminal manual")
            self.configuring = True

    def leave(self) -> None:
        """Leave configuration mode."""
        if self.configuring:
            self.ask("end")
            self.configuring = False

    @property
    def hostname(self) -> str:
        """The name in the router's prompt."""
        return str(self._terminal.base_prompt) if self._terminal else ""

    def _guard(self, do: Callable[[], T]) -> T:
        try:
            return do()
        except NetmikoAuthenticationException as error:
            raise DeviceUnreachable(self.name, "the login was refused") from error
        except TimeoutError as error:
            raise DeviceUnreachable(self.name, f"no answer within {self._timeout} s") from error
        except (NetmikoBaseException, SSHException, OSError, EOFError) as error:
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise DeviceUnreachable(self.name, reason) from error


def error_in(output: str) -> str:
    """The text of the first error in an answer, or "". `%Info` lines are no errors."""
    match = _ERROR.search(output)
    return (match["text"].strip() or match.group().strip()) if match else ""


class UnknownShape(Exception):
    """The router answered in a shape that no template knows."""


def rows(template: str, text: str) -> list[dict[str, str]]:
    """Parse with a template of ours."""
    source = (files("netwright") / "drivers" / "textfsm" / f"{template}.textfsm").read_text(encoding="utf-8")
    machine = textfsm.TextFSM(StringIO(source))
    try:
        return [dict(zip(machine.header, row, strict=True)) for row in machine.ParseText(text)]
    except textfsm.TextFSMError as error:
        raise UnknownShape(str(error)) from error
