"""The emulated Huawei router: its SSH server, its sessions, its configuration and what that means."""

from __future__ import annotations

import asyncio
import contextlib
from functools import cache
from typing import Any

import asyncssh
from lxml import etree

from netwright.emulator.device import Setting
from netwright.emulator.facts import Facts
from netwright.emulator.faults import Sabotage
from netwright.emulator.huawei.datastore import Datastore
from netwright.emulator.huawei.judging import Bench
from netwright.emulator.huawei.meaning import facts_of
from netwright.emulator.huawei.rpcs import Context
from netwright.emulator.huawei.session import IDLE_S, Session
from netwright.emulator.huawei.state import operational_tree
from netwright.emulator.huawei.store import Store
from netwright.emulator.huawei.tree import text_of
from netwright.emulator.ssh import Login
from netwright.emulator.world import Operational


@cache
def host_key() -> asyncssh.SSHKey:
    """One host key for all emulated routers of this process: nobody should trust it."""
    return asyncssh.generate_private_key("ssh-ed25519")


class HuaweiDevice:
    """An NE40E to practise on (emulator.device.EmulatedDevice)."""

    idle_s = IDLE_S

    def __init__(self, setting: Setting) -> None:
        self.name = setting.name
        self._setting = setting
        self._sabotage = Sabotage(setting.faults)
        self._bench = Bench(setting.judge)
        self._store: Datastore | None = None
        self._server: Any = None
        self._sessions: dict[int, asyncssh.SSHServerProcess[bytes]] = {}
        self._next_session = 1
        self._facts: tuple[int, Facts] | None = None
        self._versions = 0  # of the lives before this one
        self._off = False  # stopped, and not started again: nobody hears from it

    @property
    def store(self) -> Datastore:
        """The configuration; read from disk at birth and again after each stop."""
        if self._store is None:
            self._store = Datastore(Store(self._setting.state), self._setting.baseline, self._bench)
            self._store.partial = self._sabotage.partial
            self._store.reports_all = self._sabotage.reports_all
        return self._store

    @property
    def version(self) -> int:
        """Counts up at every change of the running configuration, and when the power goes."""
        return self._versions + self.store.version

    def facts(self) -> Facts:
        """What the running configuration means; without power, nothing."""
        if self._off:
            return Facts(self.name)
        if self._facts is None or self._facts[0] != self.version:
            self._facts = (self.version, facts_of(self.store.running, self.name))
        return self._facts[1]

    def running(self) -> str:
        """The running configuration as text."""
        return text_of(self.store.running)

    async def start(self, host: str, port: int) -> int:
        """Serve NETCONF over SSH on `host`; returns the port."""
        self._power(on=True)
        if self._sabotage.dead():
            self._server = await asyncio.start_server(_mute, host, port)
        else:
            self._server = await asyncssh.listen(
                host,
                port,
                server_host_keys=[host_key()],
                server_factory=lambda: Login(self._setting, set()),  # its sessions are what is cut
                process_factory=self._serve,
                encoding=None,
                keepalive_interval=0,
            )
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Close every session and the socket. What waits for its confirmation is gone back on at the next start."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for process in list(self._sessions.values()):
            process.get_extra_info("connection").abort()
        self._sessions.clear()
        if self._store is not None:
            self._power_off(self._store)
        self._power(on=False)

    def _power(self, *, on: bool) -> None:
        self._versions += 1
        self._off = not on

    def _power_off(self, store: Datastore) -> None:
        if store.pending is not None and store.pending.timer is not None:
            store.pending.timer.cancel()
        if self._setting.state is None:  # nothing on disk to read back: the same going back, in memory
            store.revert()
            store.locks.clear()
            store.candidate = None
        else:
            self._versions += store.version
            self._store = None

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.subsystem != "netconf":
            process.stderr.write(f"{self.name}: this emulated router serves NETCONF only (ssh -s netconf)\n".encode())
            process.exit(1)
            return
        number = self._next_session
        self._next_session += 1
        self._sessions[number] = process
        user = str(process.get_extra_info("username"))
        context = Context(
            number, user, self.store, self._state, self._kill, here=lambda: self._sessions.get(number) is process
        )
        try:
            with contextlib.suppress(asyncssh.Error, ConnectionError):
                await Session(context, self._sabotage, self.stop, self.idle_s).run(process.stdin, process.stdout)
        finally:
            self._sessions.pop(number, None)
            if self._store is context.store:
                context.store.end_session(number)
            process.get_extra_info("connection").close()

    def _state(self, roots: frozenset[str] | None) -> etree._Element:
        store = self.store
        return operational_tree(store.running, store.checkpoints, self.facts, self._world, roots)

    def _world(self) -> Operational:
        return self._setting.operational(self.name)

    def _kill(self, number: int) -> bool:
        process = self._sessions.pop(number, None)
        if process is None:
            return False
        self.store.end_session(number)
        process.get_extra_info("connection").abort()
        return True


async def _mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept and never say a word."""
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()
    writer.close()
