"""The SSH side that emulated devices have in common: who may come in, and a server that can be cut off.

What is served behind the door (a shell, commands, a NETCONF subsystem) is each device's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import asyncssh

from netwright.emulator.device import Setting

_CLOSING_S = 2.0  # no longer than this for the connections that were cut to be gone


class Login(asyncssh.SSHServer):  # type: ignore[misc]  # asyncssh is followed without types
    """Lets in who knows the password of the setting. `connections` are those that stand now."""

    def __init__(self, setting: Setting, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._setting = setting
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Remember the connection, to cut it."""
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        """Forget it."""
        if self._connection is not None:
            self._connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        """Everybody must say a password."""
        return True

    def password_auth_supported(self) -> bool:
        """Passwords are how."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """The one of the setting."""
        return (username, password) == (self._setting.username, self._setting.password)


class Door:
    """The SSH server of one device; `serve` is what happens on each channel, in `encoding` (None: bytes)."""

    def __init__(self, setting: Setting, serve: Callable[[Any], Awaitable[None]], encoding: str | None) -> None:
        self._setting = setting
        self._serve = serve
        self._encoding = encoding
        self._server: asyncssh.SSHAcceptor | asyncio.Server | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()

    async def open(self, host: str, port: int, *, dead: bool) -> int:
        """Serve on `host`; `port` 0 takes a free one. Returns the port. A `dead` device takes connections, mute."""
        if dead:
            self._server = await asyncio.start_server(_silent, host, port)
            return int(self._server.sockets[0].getsockname()[1])
        server = await asyncssh.create_server(
            lambda: Login(self._setting, self._connections),
            host,
            port,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=self._serve,
            encoding=self._encoding,
            line_editor=False,
            reuse_address=True,
        )
        self._server = server
        return int(server.get_port())

    async def close(self) -> None:
        """Cut every connection and close the socket."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for connection in list(self._connections):
            connection.abort()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), _CLOSING_S)


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A dead device: it takes the connection and says nothing."""
    with suppress(ConnectionError):
        await reader.read()
    writer.close()
