"""A whole network of emulated devices in one process: booted from baselines, wired by a topology, served on loopback.

Used in the foreground by `netwright emulate` (`serve`), and in a thread of its own by tests and the demo (`with`).
While it runs, `endpoints.json` in its folder says where each device answers.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import threading
from collections.abc import Callable, Coroutine, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import IO, Any, Final, Self, TypeVar

from netwright.drivers.base import Endpoint
from netwright.emulator.device import EmulatedDevice, Fault, Judge, Setting
from netwright.emulator.faults import jitter_us, lost_ratio, parse_faults
from netwright.emulator.world import Operational, World
from netwright.errors import NetwrightError
from netwright.folders import write_whole
from netwright.topology.model import Topology

DEVICES: Final[Mapping[str, str]] = {
    "frr": "netwright.emulator.frr.device:FrrDevice",
    "huawei": "netwright.emulator.huawei.device:HuaweiDevice",
    "zte": "netwright.emulator.zte.device:ZteDevice",
}
"""Platform -> module:class of the emulated device."""

HOST: Final = "127.0.0.1"
ENDPOINTS: Final = "endpoints.json"
USER: Final = "netwright"
PASSWORD: Final = "netwright"  # noqa: S105 - loopback only, and only devices that we emulate
Answer = TypeVar("Answer")


class NotEmulated(NetwrightError):
    """Nothing is emulated here, or not this."""

    exit_code = 1


class AlreadyEmulated(NetwrightError):
    """Another process, or another part of this one, serves the devices of this folder."""

    exit_code = 75


class EmulatedNetwork:
    """The devices of a topology, each booted from its text in `baselines` (parts joined), or empty.

    `state_dir` is where `endpoints.json` is written and, with `keep`, where devices keep their configurations over
    restarts (or in `devices_dir`, when given); None: nowhere. `faults` are texts (`DEVICE:KIND[@STEP]`), or faults by
    device. `judges` are asked, by device, what the vendor's own model says about each edit and commit.
    """

    def __init__(
        self,
        topology: Topology,
        baselines: Mapping[str, str],
        state_dir: Path | None = None,
        faults: Sequence[str] | Mapping[str, Sequence[Fault]] = (),
        *,
        keep: bool = True,
        devices_dir: Path | None = None,
        judges: Mapping[str, Judge] = MappingProxyType({}),
    ) -> None:
        self._state_dir = state_dir
        by_device = faults if isinstance(faults, Mapping) else parse_faults(faults, topology.nodes)
        folder = devices_dir or (state_dir / "devices" if state_dir is not None and keep else None)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self.devices: dict[str, EmulatedDevice] = {}
        losses = {name: lost_ratio(found) for name, found in by_device.items()}
        jitters = {name: jitter_us(found) for name, found in by_device.items()}
        self.world = World(topology, self.devices, losses, jitters)
        for name, node in sorted(topology.nodes.items()):
            state = folder / name if folder is not None else None
            setting = Setting(
                name,
                baselines.get(name, ""),
                state,
                self._operational,
                faults=list(by_device.get(name, ())),
                judge=judges.get(name),
            )
            self.devices[name] = device_class(name, node.platform)(setting)
        self._ports: dict[str, int] = {}
        self._claim: IO[str] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def _operational(self, name: str) -> Operational:
        return self.world.operational(name)

    # ---- where they answer ----

    @property
    def endpoints(self) -> dict[str, Endpoint]:
        """Where each device answers, once started."""
        return {name: Endpoint(HOST, port, USER, PASSWORD) for name, port in sorted(self._ports.items())}

    def _claim_folder(self) -> None:
        """AlreadyEmulated when somebody serves this folder. The kernel gives the claim back when its holder dies."""
        if self._state_dir is None:
            return
        self._state_dir.mkdir(parents=True, exist_ok=True)
        claim = (self._state_dir / "lock").open("w", encoding="utf-8")
        try:
            fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            claim.close()
            raise AlreadyEmulated(_held(self._state_dir)) from None
        self._claim = claim

    def _announce(self) -> None:
        if self._state_dir is None:
            return
        rows = {
            name: {"host": end.hostname, "port": end.port, "username": end.username, "password": end.password}
            for name, end in self.endpoints.items()
        }
        text = json.dumps({"pid": os.getpid(), "devices": rows}, indent=2) + "\n"
        write_whole(self._state_dir / ENDPOINTS, text)

    def _withdraw(self) -> None:
        if self._state_dir is not None and self._claim is not None:
            (self._state_dir / ENDPOINTS).unlink(missing_ok=True)
            self._claim.close()
            self._claim = None

    # ---- in the foreground ----

    async def start(self) -> None:
        """Start every device in the running loop; AlreadyEmulated, and nothing is started, where they run already."""
        self._claim_folder()
        try:
            for name, device in self.devices.items():
                self._ports[name] = await device.start(HOST, self._ports.get(name, 0))
        except BaseException:
            await self.stop()
            raise
        self._announce()

    async def stop(self) -> None:
        """Stop every device."""
        self._withdraw()
        await asyncio.gather(*(device.stop() for device in self.devices.values()))

    async def serve(self, ready: Callable[[Mapping[str, Endpoint]], None] | None = None) -> None:
        """Run until cancelled; `ready` is called once with the endpoints."""
        await self.start()
        try:
            if ready is not None:
                ready(self.endpoints)
            await asyncio.Event().wait()
        finally:
            await self.stop()

    # ---- in a thread ----

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="emulated-network", daemon=True)
        self._thread.start()
        try:
            self.do(self.start())
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.do(self.stop())
        finally:
            self._end()

    def _end(self) -> None:
        if self._loop is None or self._thread is None:
            return
        self.do(_cancel_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    def do(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a coroutine in the network's loop, from another thread."""
        if self._loop is None:
            work.close()
            raise RuntimeError("the emulated network does not run in a thread")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def restart(self, name: str) -> None:
        """Power-cycle a device; it answers on the same port again."""
        self.do(self._restart(name))

    async def _restart(self, name: str) -> None:
        await self.devices[name].stop()
        self._ports[name] = await self.devices[name].start(HOST, self._ports[name])

    def running(self, name: str) -> str:
        """What a device runs, read behind its back."""

        async def read() -> str:
            return self.devices[name].running()

        return self.do(read())


async def _cancel_all() -> None:
    """End what sessions left behind, so that the loop closes in silence."""
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def device_class(name: str, platform: str) -> Callable[[Setting], EmulatedDevice]:
    """The class that emulates a platform; NotEmulated when there is none."""
    if platform not in DEVICES:
        raise NotEmulated(f"{name}: platform {platform!r} cannot be emulated; there are {', '.join(DEVICES)}")
    module, _, cls = DEVICES[platform].partition(":")
    found: Callable[[Setting], EmulatedDevice] = getattr(import_module(module), cls)
    return found


def read_endpoints(state_dir: Path) -> dict[str, Endpoint]:
    """Where the devices answer that an emulator announced in this folder; NotEmulated when none runs."""
    file = state_dir / ENDPOINTS
    if not file.exists():
        raise NotEmulated("no emulated network runs here: start one with `netwright emulate`")
    content = json.loads(file.read_text(encoding="utf-8"))
    if not _alive(int(content["pid"])):
        raise NotEmulated(
            "the emulated network that was announced here is gone: start it again with `netwright emulate`"
        )
    return {
        name: Endpoint(row["host"], int(row["port"]), row["username"], row["password"])
        for name, row in sorted(content["devices"].items())
    }


def _held(state_dir: Path) -> str:
    try:
        by = f"process {json.loads((state_dir / ENDPOINTS).read_text(encoding='utf-8'))['pid']}"
    except FileNotFoundError:
        by = "another netwright, which is starting"
    return f"this network is emulated already, by {by}: use its devices with --emulated, or end it first"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
