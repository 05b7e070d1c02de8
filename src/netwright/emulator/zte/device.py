"""An emulated ZTE router: an SSH server whose shell is a ROSng command line."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import asyncssh

from netwright.emulator.device import Setting
from netwright.emulator.facts import Facts
from netwright.emulator.faults import Sabotage
from netwright.emulator.zte.router import Router
from netwright.emulator.zte.session import Session
from netwright.emulator.zte.terminal import Terminal, silent


class ZteDevice:
    """A ZTE router to practise on (`netwright.emulator.device.EmulatedDevice`)."""

    def __init__(self, setting: Setting) -> None:
        self.name = setting.name
        self._setting = setting
        self._sabotage = Sabotage(setting.faults)
        self.router = Router(setting.name, setting.baseline, setting.state)
        self._server: asyncssh.SSHAcceptor | asyncio.Server | None = None
        self._connections: set[asyncssh.SSHServerConnection] = set()
        self._dying: asyncio.Task[None] | None = None  # held, or the loop would forget it
        self._off = False  # stopped, and not started again: nobody hears from it

    @property
    def version(self) -> int:
        """Counts up at every change of the running configuration."""
        return self.router.version

    def facts(self) -> Facts:
        """What the running configuration means; without power, nothing."""
        return Facts(self.name) if self._off else self.router.facts()

    def running(self) -> str:
        """The running configuration, as a terminal wide enough would show it."""
        return self.router.config.render()

    async def start(self, host: str, port: int) -> int:
        """Serve on `host`; `port` 0 takes a free one. Returns the port. Who died boots from what was saved."""
        self._power(on=True)
        if self._dying is not None:
            self._dying = None
            self.router.boot()
        if self._sabotage.dead():
            self._server = await asyncio.start_server(silent, host, port)
            return int(self._server.sockets[0].getsockname()[1])
        server = await asyncssh.create_server(
            lambda: _Login(self),
            host,
            port,
            server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            process_factory=self._serve,
            line_editor=False,
            encoding="utf-8",
            reuse_address=True,
        )
        self._server = server
        return int(server.get_port())

    async def stop(self) -> None:
        """Close every session and the socket."""
        self._power(on=False)
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for connection in list(self._connections):
            connection.abort()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(server.wait_closed(), 2)

    def _power(self, *, on: bool) -> None:
        self._off = not on
        self.router.version += 1

    async def _serve(self, process: asyncssh.SSHServerProcess[str]) -> None:
        if process.command is not None or process.subsystem is not None:
            process.stderr.write(f"{self.name}: this emulated router serves a terminal, no command and no subsystem\n")
            process.exit(1)
            return
        peer = process.get_extra_info("peername")
        session = Session(
            router=self.router,
            user=process.get_extra_info("username"),
            location=str(peer[0]) if peer else "",
            operational=self._setting.operational,
            sabotage=self._sabotage,
        )
        await Terminal(process, session, self._die).serve()

    def _die(self) -> None:
        self._dying = asyncio.get_running_loop().create_task(self.stop())


class _Login(asyncssh.SSHServer):  # type: ignore[misc]  # asyncssh is not followed
    """Lets in who knows the password."""

    def __init__(self, device: ZteDevice) -> None:
        self._device = device
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._device._connections.add(conn)  # noqa: SLF001 - one thing in two classes, as asyncssh wants it

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's signature
        if self._connection is not None:
            self._device._connections.discard(self._connection)  # noqa: SLF001

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - asyncssh's signature
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        setting = self._device._setting  # noqa: SLF001
        return (username, password) == (setting.username, setting.password)
