"""An emulated ZTE router: an SSH server whose shell is a ROSng command line."""

from __future__ import annotations

import asyncio

import asyncssh

from netwright.emulator.device import Setting
from netwright.emulator.facts import Facts
from netwright.emulator.faults import Sabotage
from netwright.emulator.ssh import Door
from netwright.emulator.zte.router import Router
from netwright.emulator.zte.session import Session
from netwright.emulator.zte.terminal import Terminal


class ZteDevice:
    """A ZTE router to practise on (`netwright.emulator.device.EmulatedDevice`)."""

    def __init__(self, setting: Setting) -> None:
        self.name = setting.name
        self._setting = setting
        self._sabotage = Sabotage(setting.faults)
        self.router = Router(setting.name, setting.baseline, setting.state)
        self._door = Door(setting, self._serve, encoding="utf-8")
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
        return await self._door.open(host, port, dead=self._sabotage.dead())

    async def stop(self) -> None:
        """Close every session and the socket."""
        self._power(on=False)
        await self._door.close()

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
