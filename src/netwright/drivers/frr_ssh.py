"""One SSH connection to a Linux box, kept open: commands as words, never as shell text; files by standard input."""

from __future__ import annotations

import shlex
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import paramiko

from netwright.errors import DeviceUnreachable

_LOST: Final = (paramiko.SSHException, OSError, EOFError)

ANSWER_S: Final = 30.0
"""How long an SSH server itself may take to answer, on however busy a box: what it runs there may take longer. A box
that lost its power says nothing at all, and its end of the connection is not closed."""

_CHUNK: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """All that it printed, its complaints last."""
        return "\n".join(text.strip() for text in (self.out, self.err) if text.strip())


class Box:
    """A login on one box. `verify`: only a host whose key is known; `proxy`: a command that carries the connection."""

    def __init__(
        self,
        name: str,
        host: str,
        port: int,
        user: str,
        password: str,
        *,
        timeout_s: float,
        verify: bool = True,
        proxy: str = "",
    ) -> None:
        self.name, self.timeout_s = name, timeout_s
        self._where = (host, port, user, password or None)
        self._verify, self._proxy = verify, proxy
        self._client: paramiko.SSHClient | None = None
        self._carrier: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Connect; DeviceUnreachable when nobody answers as he should."""
        host, port, _, password = self._where
        client = paramiko.SSHClient()
        client.load_system_host_keys()
        client.set_missing_host_key_policy(paramiko.RejectPolicy() if self._verify else _Accept())
        try:
            client.connect(
                *self._where,
                sock=self._carried() if self._proxy else None,
                timeout=self.timeout_s, banner_timeout=self.timeout_s, auth_timeout=self.timeout_s,
                allow_agent=not password, look_for_keys=not password,
            )  # fmt: skip
        except _LOST as error:
            self._client = client
            self.close()
            raise DeviceUnreachable(self.name, f"no SSH session with {host}:{port}: {error}") from error
        _send_at_once(client)
        self._client = client

    def _carried(self) -> socket.socket:
        """A connection through a command, as a socket: when the command ends, it ends (paramiko's own waits on)."""
        words = shlex.split(self._proxy)
        here, there = socket.socketpair()
        with there:
            end = there.fileno()
            self._carrier = subprocess.Popen(
                words, stdin=end, stdout=end, stderr=subprocess.DEVNULL, start_new_session=True
            )
        return here

    def close(self) -> None:
        """Leave."""
        client, self._client = self._client, None
        carrier, self._carrier = self._carrier, None
        if client:
            with suppress(*_LOST):
                client.close()
        if carrier:
            carrier.terminate()
            carrier.wait()

    @property
    def alive(self) -> bool:
        """Whether the connection stands."""
        transport = self._client.get_transport() if self._client else None
        return bool(transport and transport.is_active())

    def run(self, words: Sequence[str], stdin: bytes = b"", timeout_s: float = 0.0) -> Done:
        """Run one command to its end. DeviceUnreachable when the connection is lost or nothing comes in time."""
        channel = self.channel(words, timeout_s or self.timeout_s)
        try:
            feeder = threading.Thread(target=_feed, args=(channel, stdin), daemon=True)
            feeder.start()
            patience = timeout_s or self.timeout_s
            out, err = (self._heard(channel, take, patience) for take in (channel.recv, channel.recv_stderr))
            code = self._exit_code(channel)
        except _LOST as error:
            raise DeviceUnreachable(self.name, f"lost while running {words[0]}: {error or 'timeout'}") from error
        finally:
            with suppress(*_LOST):  # a connection that is lost is not closed again
                channel.close()
        return Done(code, out.decode(errors="replace"), err.decode(errors="replace"))

    def _heard(self, channel: paramiko.Channel, take: Callable[[int], bytes], patience_s: float) -> bytes:
        """All that comes, to its end. While a command is silent, the box is asked whether it is there."""
        heard, silent_s = bytearray(), 0.0
        channel.settimeout(min(ANSWER_S, patience_s))
        while True:
            try:
                chunk = take(_CHUNK)
            except TimeoutError:
                silent_s += ANSWER_S
                if silent_s >= patience_s or not self._answers():
                    raise
                continue
            if not chunk:
                return bytes(heard)
            heard, silent_s = heard + chunk, 0.0

    def _answers(self) -> bool:
        """Whether the box's SSH server still does; else the connection is ended, and nobody waits for it again."""
        transport = self._client.get_transport() if self._client else None
        if transport is None:
            return False
        asking = threading.Thread(target=_knock, args=(transport,), daemon=True)
        asking.start()
        asking.join(ANSWER_S)
        if asking.is_alive():
            transport.close()
        return transport.is_active()

    def _exit_code(self, channel: paramiko.Channel) -> int:
        if not channel.status_event.wait(self.timeout_s) or channel.exit_status < 0:
            raise DeviceUnreachable(self.name, "the session was cut before the command ended")
        return channel.exit_status

    def channel(self, words: Sequence[str], timeout_s: float) -> paramiko.Channel:
        """Start a command and return its channel."""
        transport = self._client.get_transport() if self._client else None
        if transport is None or not transport.is_active():
            raise DeviceUnreachable(self.name, "there is no SSH session")
        try:
            channel = transport.open_session(timeout=min(ANSWER_S, timeout_s))
            channel.settimeout(timeout_s)
            channel.exec_command(shlex.join(words))
        except _LOST as error:
            self._answers()
            raise DeviceUnreachable(self.name, f"lost while starting {words[0]}: {error}") from error
        return channel


def _knock(transport: paramiko.Transport) -> None:
    """Ask for what no server has; any answer will do (OpenSSH's own keepalive, RFC 4254 section 4)."""
    with suppress(*_LOST):
        transport.global_request("keepalive@openssh.com", wait=True)


def _send_at_once(client: paramiko.SSHClient) -> None:
    """A command is a few small packets: without this each waits 40 ms for the other end's delayed acknowledgement."""
    transport = client.get_transport()
    line = transport.sock if transport is not None else None
    if isinstance(line, socket.socket) and line.family in (socket.AF_INET, socket.AF_INET6):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Accept(paramiko.MissingHostKeyPolicy):
    """Any host key, said so by the option `hostkey_verify: false` (emulators and labs make new keys at each start)."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Accept."""


def _feed(channel: paramiko.Channel, stdin: bytes) -> None:
    try:
        channel.sendall(stdin)
        channel.shutdown_write()
    except _LOST:
        return  # the reader sees the loss, too, and says it
