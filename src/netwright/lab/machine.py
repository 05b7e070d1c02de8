"""The lab's virtual machine: started under its keeper, found again, ended. Reached by SSH over loopback, and only so.

What a machine leaves on disk is in one folder: its lease (who it is, which process, which port), its keys, its console.
The lease is what keeps it alive: a machine whose lease is gone or names another is ended within a second.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from netwright.folders import write_whole
from netwright.lab import qemu
from netwright.lab.ground import Behind, LabError
from netwright.lab.images import Built

LEASE: Final = "machine.json"
CONSOLE: Final = "console.log"
BOOT_S: Final = 300
"""How long a machine may take to answer: 10 s on a free machine without KVM, much more on a busy one."""

ENDS_S: Final = 15.0
"""How long a keeper may take to end: it looks at its lease each second, and gives its machine three."""

KVM_BOOT_S: Final = 45
"""With KVM a machine answers within seconds; one that does not hangs, whatever the probe said."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A machine that runs. `started` is its keeper's start in clock ticks since boot: a pid alone may be reused."""

    token: str
    pid: int
    started: int
    port: int
    accel: str
    image: str
    sockets: str  # the folder of SSH's control socket, whose path must be short


@dataclass(frozen=True, slots=True)
class Machine:
    """A running machine. While `tether` is open in this process, the machine lives no longer than this process."""

    folder: Path
    lease: Lease
    tether: subprocess.Popen[bytes] | None = None

    @property
    def ground(self) -> Behind:
        """The root shell in it."""
        return Behind(self.folder / "ssh_config")

    def release(self) -> None:
        """Let it outlive this process: from now on only its lease keeps it."""
        if self.tether is not None and self.tether.stdin is not None:
            self.tether.stdin.write(b"keep\n")
            self.tether.stdin.close()

    def stop(self) -> None:
        """End it, and wait until it is gone."""
        (self.folder / LEASE).unlink(missing_ok=True)
        if self.tether is not None and self.tether.stdin is not None and not self.tether.stdin.closed:
            self.tether.stdin.close()
        if not self._ends_within(ENDS_S):
            os.kill(self.lease.pid, signal.SIGKILL)  # its machine dies with it (PDEATHSIG)
            self._ends_within(ENDS_S)
        shutil.rmtree(self.lease.sockets, ignore_errors=True)

    def _ends_within(self, seconds: float) -> bool:
        """Whether the keeper ends in that time; our own child is reaped."""
        deadline = time.monotonic() + seconds
        while is_alive(self.lease):
            if time.monotonic() > deadline:
                return False
            if self.tether is not None:
                self.tether.poll()
            time.sleep(0.1)
        return True


def started_at(pid: int) -> int:
    """When a process started, in clock ticks since boot (proc(5), field 22 of stat); 0 when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = text.rpartition(")")[2].split()
    return 0 if fields[0] == "Z" else int(fields[19])


def is_alive(lease: Lease) -> bool:
    """Whether the keeper of this lease still runs."""
    return started_at(lease.pid) == lease.started != 0


def find(folder: Path) -> Machine | None:
    """The machine that runs for this lab, or None; what a dead one left behind is cleared away."""
    try:
        lease = Lease(**json.loads((folder / LEASE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    machine = Machine(folder, lease)
    if is_alive(lease):
        return machine
    machine.stop()
    return None


def start(folder: Path, image: Built, tell: Callable[[str], None]) -> Machine:
    """Start a machine and wait until it answers. It dies with this process until it is released."""
    folder.mkdir(parents=True, exist_ok=True)
    _keys(folder)
    for accel in dict.fromkeys((qemu.accelerator(), "tcg")):
        tell(f"machine: boot ({accel})")
        machine = _spawn(folder, image, accel)
        try:
            _await(machine, BOOT_S if accel == "tcg" else KVM_BOOT_S)
        except LabError:
            machine.stop()
            if accel == "tcg":
                raise
        except BaseException:
            machine.stop()
            raise
        else:
            return machine
    raise AssertionError("tcg either answers or raises")


def _spawn(folder: Path, image: Built, accel: str) -> Machine:
    token, port = secrets.token_hex(8), _free_port()
    key = (folder / "id_ed25519.pub").read_text(encoding="utf-8").split()[1]
    program = qemu.words(image.disk, accel, append=f"netwright.key={key}", port=port)
    keeper = [sys.executable, "-m", "netwright.lab.keeper", str(folder / LEASE), token, *program]
    with (folder / CONSOLE).open("wb") as console:
        process = subprocess.Popen(
            keeper, stdin=subprocess.PIPE, stdout=console, stderr=subprocess.STDOUT, start_new_session=True
        )
    sockets = tempfile.mkdtemp(prefix="netwright-lab-")
    lease = Lease(token, process.pid, started_at(process.pid), port, accel, image.folder.name, sockets)
    write_whole(folder / LEASE, json.dumps(asdict(lease), indent=1) + "\n", 0o600)
    write_whole(folder / "known_hosts", f"lab {image.host_key}\n", 0o600)
    write_whole(folder / "ssh_config", _ssh_config(folder.resolve(), lease), 0o600)
    return Machine(folder, lease, process)


def _ssh_config(folder: Path, lease: Lease) -> str:
    """For ssh(1), and for people: `ssh -F ssh_config lab`."""
    rows = {
        "HostName": "127.0.0.1",
        "Port": str(lease.port),
        "User": "root",
        "IdentityFile": f'"{folder / "id_ed25519"}"',
        "IdentitiesOnly": "yes",
        "HostKeyAlias": "lab",
        "UserKnownHostsFile": f'"{folder / "known_hosts"}"',
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
        "ConnectTimeout": "20",
        "ServerAliveInterval": "30",
        "LogLevel": "ERROR",
        "ControlPath": f"{lease.sockets}/lab",
    }
    return "Host lab\n" + "".join(f"    {key} {value}\n" for key, value in rows.items())


def _await(machine: Machine, seconds: float) -> None:
    """Until SSH answers. One connection is held open from then on: those to routers go through it."""
    deadline = time.monotonic() + seconds
    master = ["ssh", "-F", str(machine.folder / "ssh_config"), "-o", "ControlMaster=yes", "-f", "-N", "lab"]
    while time.monotonic() < deadline:
        if machine.tether is not None and machine.tether.poll() is not None:
            raise LabError("the lab's machine ended while it booted", _tail(machine.folder / CONSOLE))
        if b"netwright: ready" in _read(machine.folder / CONSOLE):
            done = subprocess.run(
                master, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
            if done.returncode == 0:
                return
        time.sleep(0.3)
    raise LabError(f"the lab's machine did not answer within {seconds:.0f} s", _tail(machine.folder / CONSOLE))


def _keys(folder: Path) -> None:
    key = folder / "id_ed25519"
    if not key.exists():
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "netwright-lab", "-f", str(key)]
        subprocess.run(words, check=True, capture_output=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _tail(path: Path) -> str:
    return _read(path).decode(errors="replace")[-1500:]
