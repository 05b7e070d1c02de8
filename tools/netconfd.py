"""Debian's NETCONF server (`netconfd`, yuma123) over Debian's sshd on loopback, with a router's YANG modules.

It needs no root and changes nothing on the system: packages that the machine lacks are fetched by apt (checked by its
own keys) and unpacked into a folder; users and passwords of this sshd alone come from files (nss_wrapper). As root,
sshd also wants /run/sshd; it is made when it is missing, and stays until the next boot (others may use it by then).

    python tools/netconfd.py --yang DIR [--cache DIR] [MODULE...]

runs one until it is interrupted and prints its address, for `NETWRIGHT_CONFORMANCE` or anything else.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

USER = "netwright"
PASSWORD = "netwright"  # noqa: S105 - loopback only, for as long as a test runs
_HASHED = "$5$loopbackonly$z6SkTOyqpgGuu610kf5ZAazGEjeSWHlg7aFUr4/oLy1"  # the same, as crypt(5) has it (SHA-256)
MODULES = ("huawei-ifm", "huawei-network-instance", "huawei-l3vpn", "huawei-net-slice", "huawei-flexe", "huawei-ip")
"""Huawei's modules that yuma123 2.13 can load; it crashes on -srv6, -qos and -bgp."""

IDLE_S = 10
"""After so many seconds of silence it closes a session: the least that netconfd takes."""

_PACKAGES = ("netconfd", "openssh-server", "libnss-wrapper")
_PRIVATE_SEP = Path("/run/sshd")  # where sshd, as root, locks up what speaks before the login
_PATIENCE_S = 60.0


class NotHere(Exception):
    """This machine cannot run it; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where it answers, and where its logs lie."""

    port: int
    folder: Path
    version: str

    @property
    def address(self) -> str:
        """As `NETWRIGHT_CONFORMANCE` takes it."""
        return f"netconf://{USER}:{PASSWORD}@127.0.0.1:{self.port}"


# ---- packages -------------------------------------------------------------------------------------------------------


def cache_folder() -> Path:
    """Where packages are unpacked unless somebody says otherwise."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "netwright" / "netconfd"


def installed(cache: Path) -> Path:
    """A root folder with all that this machine lacks, unpacked; NotHere when it cannot be had."""
    root = cache / "root"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _unpack(cache, root)
    return root


def _unpack(cache: Path, root: Path) -> None:
    if not (cache / "complete").exists():
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise NotHere("netconfd comes from Debian's packages, and this machine has no apt")
        shutil.rmtree(root, ignore_errors=True)
        (cache / "debs").mkdir(parents=True, exist_ok=True)
        root.mkdir(parents=True, exist_ok=True)
        _fetch(cache)
        for package in sorted((cache / "debs").glob("*.deb")):
            _run("dpkg-deb", "-x", str(package), str(root))
        (cache / "complete").touch()


def _fetch(cache: Path) -> None:
    """Download what an installation would add. With package lists of our own when the machine has none, or old ones."""
    try:
        _download(cache, ())
    except NotHere:
        for folder in ("lists/partial", "archives/partial"):
            (cache / "apt" / folder).mkdir(parents=True, exist_ok=True)
        own = (f"-oDir::State::Lists={cache}/apt/lists", f"-oDir::Cache={cache}/apt", "-oAPT::Sandbox::User=")
        _run("apt-get", *own, "update")
        _download(cache, own)


def _download(cache: Path, options: Sequence[str]) -> None:
    told = _run("apt-get", *options, "--simulate", "--no-install-recommends", "install", *_PACKAGES)
    lacking = re.findall(r"^Inst (\S+)", told, re.MULTILINE)
    wanted = [name for name in lacking if name != "libc6"]  # the machine's own, or nothing starts
    if wanted:
        _run("apt-get", *options, "-oAPT::Sandbox::User=", "download", *wanted, folder=cache / "debs")


def _run(*command: str, folder: Path | None = None) -> str:
    done = subprocess.run(command, cwd=folder, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise NotHere(f"`{' '.join(command[:3])} ...` failed: {done.stdout.strip()[-400:]}")
    return done.stdout


def _program(root: Path, name: str) -> str:
    for folder in (root / "usr/sbin", Path("/usr/sbin"), root / "usr/bin", Path("/usr/bin")):
        if (folder / name).exists():
            return str(folder / name)
    raise NotHere(f"there is no {name}")


def _library(root: Path, pattern: str) -> str:
    for top in (root, Path("/")):
        if found := sorted((top / "usr/lib").glob(f"*/{pattern}")):
            return str(found[0])
    raise NotHere(f"there is no {pattern}")


def _libraries(root: Path) -> str:
    folders = [*(root / "usr/lib").glob("*-linux-gnu*"), *(root / "lib").glob("*-linux-gnu*")]
    return ":".join(str(folder) for folder in folders)


# ---- running --------------------------------------------------------------------------------------------------------


@contextmanager
def running(folder: Path, yang: str, modules: Sequence[str] = MODULES, cache: Path | None = None) -> Iterator[Server]:
    """A server in `folder` (short path: a UNIX socket lies in it) with modules of the folders `yang`."""
    root = installed(cache or cache_folder())
    folder.mkdir(parents=True, exist_ok=True)
    for left in ("netconfd.log", "sshd.log", "socket"):
        (folder / left).unlink(missing_ok=True)
    _write_users(folder)
    port = _free_port()
    _private_separation()
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_netconfd(root, folder, yang, modules, port))
        _await(folder / "netconfd.log", processes[0], "Running netconfd server")
        processes.append(_sshd(root, folder, port))
        _await(folder / "sshd.log", processes[1], "Server listening")
        yield Server(port, folder, _version(folder / "netconfd.log"))
    finally:
        for process in reversed(processes):
            _end(process)


def _netconfd(root: Path, folder: Path, yang: str, modules: Sequence[str], port: int) -> subprocess.Popen[bytes]:
    shipped = next((top for top in (root, Path("/")) if (top / "usr/share/yuma/modules").exists()), root)
    arguments = [
        f"--modpath={shipped / 'usr/share/yuma/modules'}:{yang}",
        f"--ncxserver-sockname={folder / 'socket'}",
        f"--port={port}",
        f"--superuser={USER}",
        f"--idle-timeout={IDLE_S}",
        f"--log={folder / 'netconfd.log'}",
        "--log-level=info",
        "--target=candidate",
        "--access-control=off",
        "--no-startup",
        "--with-startup=true",
        *(f"--module={name}" for name in modules),
    ]
    return _spawn(folder, "netconfd", [_program(root, "netconfd"), *arguments], _environment(root, folder))


def _sshd(root: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "host_key").unlink(missing_ok=True)
    keys = [_program(root, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "host_key")]
    subprocess.run(keys, check=True)
    subsystem = folder / "subsystem"
    program = _program(root, "netconf-subsystem")
    subsystem.write_text(
        f"#!/bin/sh\nexport LD_LIBRARY_PATH='{_libraries(root)}'\n"
        f"exec '{program}' --ncxserver-sockname={port}@{folder / 'socket'}\n",
        encoding="utf-8",
    )
    subsystem.chmod(0o755)
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host_key",
        "PidFile": "none",
        "UsePAM": "no",
        "StrictModes": "no",
        "PasswordAuthentication": "yes",
        "PermitRootLogin": "yes",
        "UseDNS": "no",
        "MaxStartups": "200",
        "Subsystem": f"netconf {subsystem}",
    }
    config = folder / "sshd_config"
    config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8")
    return _spawn(folder, "sshd", [_program(root, "sshd"), "-D", "-e", "-f", str(config)], _environment(root, folder))


def _environment(root: Path, folder: Path) -> dict[str, str]:
    """What both servers run with: the unpacked libraries, and the users of our files instead of the machine's."""
    return {
        "LD_LIBRARY_PATH": _libraries(root),
        "LD_PRELOAD": _library(root, "libnss_wrapper.so*"),
        **{f"NSS_WRAPPER_{kind.upper()}": str(folder / kind) for kind in ("passwd", "group", "shadow")},
    }


def _write_users(folder: Path) -> None:
    """The users that this sshd knows: the one who may come in is whoever runs it."""
    uid, gid = os.getuid(), os.getgid()
    users = [f"{USER}:x:{uid}:{gid}::{folder}:/bin/sh", "sshd:x:65533:65534::/run/sshd:/bin/false"]
    if uid:
        users.insert(0, "root:x:0:0::/:/bin/false")
    (folder / "passwd").write_text("\n".join(users) + "\n", encoding="utf-8")
    (folder / "group").write_text(f"{USER}:x:{gid}:\nnogroup:x:65534:\n", encoding="utf-8")
    (folder / "shadow").write_text(f"{USER}:{_HASHED}:19000::::::\nsshd:*:19000::::::\n", encoding="utf-8")
    (folder / "shadow").chmod(0o600)


def _private_separation() -> None:
    """Make the folder that sshd asks for as root."""
    if not os.getuid():
        _PRIVATE_SEP.mkdir(mode=0o755, parents=True, exist_ok=True)


def _spawn(folder: Path, name: str, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.{'out' if name == 'netconfd' else 'log'}").open("wb") as log:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *command],  # a killed test leaves no server behind
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": str(folder), **environment},
        )


def _await(log: Path, process: subprocess.Popen[bytes], word: str) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        if log.exists() and word in log.read_text(errors="replace"):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    said = log.read_text(errors="replace").strip()[-400:] if log.exists() else ""
    raise NotHere(f"{log.stem} did not start: {said}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server and the sessions it started (a process group of their own)."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, wish)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5)
            return


def _version(log: Path) -> str:
    found = re.search(r"Running netconfd server \(([^)]+)\)", log.read_text(errors="replace"))
    return found.group(1) if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# ---- by hand --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Run one until Ctrl-C."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=list(MODULES), help="YANG modules to load")
    parser.add_argument("--yang", required=True, help="folder with the router's modules")
    parser.add_argument("--cache", type=Path, default=cache_folder(), help="where packages are unpacked")
    parser.add_argument("--folder", type=Path, default=None, help="where it runs (default: beside the packages)")
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers are ended too
    try:
        with running(asked.folder or asked.cache / "run", asked.yang, asked.modules, asked.cache) as server:
            print(f"netconfd {server.version}: {server.address}", flush=True)
            signal.pause()
    except NotHere as why:
        sys.exit(str(why))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
