"""Where a lab's docker engine runs: this machine, or the lab's virtual machine behind SSH. One way to use either."""

from __future__ import annotations

import io
import shlex
import subprocess
import tarfile
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from netwright.errors import NetwrightError

Line = Callable[[str], None]
"""Told each line that a long work prints."""


class LabError(NetwrightError):
    """The lab cannot be had, or something in it went wrong. `said` is what the program concerned printed."""

    exit_code = 4

    def __init__(self, message: str, said: str = "") -> None:
        super().__init__(f"{message}: {said.strip()}" if said.strip() else message)
        self.said = said


@dataclass(frozen=True, slots=True)
class Said:
    """What a command did."""

    code: int
    out: str
    err: str


class Ground(Protocol):
    """A root shell beside a docker engine."""

    @abstractmethod
    def words(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """The words that run `command` there, for a program that is started here."""

    @property
    @abstractmethod
    def proxy(self) -> str:
        """An SSH ProxyCommand (with `%h` and `%p`) that leads to the containers; "" where they are reached straight."""


@dataclass(frozen=True, slots=True)
class Here(Ground):
    """This machine."""

    def words(self, command: Sequence[str], *, tty: bool = False) -> list[str]:  # noqa: ARG002 - nothing lies between
        """As they are."""
        return list(command)

    @property
    def proxy(self) -> str:
        """Straight."""
        return ""


@dataclass(frozen=True, slots=True)
class Behind(Ground):
    """A machine behind SSH; `config` is an ssh_config(5) that knows the host `lab`."""

    config: Path

    def words(self, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """Through ssh, which hands over one line of shell."""
        return ["ssh", *(["-t"] if tty else []), "-F", str(self.config), "lab", shlex.join(command)]

    @property
    def proxy(self) -> str:
        """Through the machine, over the connection that is open already."""
        return f"ssh -F {shlex.quote(str(self.config))} -W %h:%p lab"


HOUR_S: Final = 3600.0


def run(ground: Ground, command: Sequence[str], stdin: bytes = b"", timeout_s: float = HOUR_S) -> Said:
    """Run a command to its end."""
    try:
        done = subprocess.run(ground.words(command), input=stdin, capture_output=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise LabError(f"{shlex.join(command)[:80]} did not end within {timeout_s:.0f} s") from error
    except OSError as error:
        raise LabError(f"{command[0]} cannot be started", str(error)) from error
    return Said(done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))


def must(ground: Ground, command: Sequence[str], stdin: bytes = b"", timeout_s: float = HOUR_S) -> str:
    """Run a command that has to succeed; what it printed."""
    said = run(ground, command, stdin, timeout_s)
    if said.code:
        raise LabError(f"{shlex.join(command)[:80]} failed (exit code {said.code})", said.err or said.out)
    return said.out


def watch(words: Sequence[str], stdin: bytes, line: Line, cwd: Path | None = None) -> None:
    """Run a long work and pass on what it prints, line by line; LabError with its last lines when it fails."""
    last: list[str] = []
    with subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=cwd,
        errors="replace",
        text=True,
    ) as process:
        try:
            for text in _feed(process, stdin.decode()):
                last = [*last[-11:], text]
                line(text)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise LabError(f"{words[0]} failed (exit code {process.returncode})", "\n".join(last))


def _feed(process: subprocess.Popen[str], text: str) -> Iterator[str]:
    if process.stdin is None or process.stdout is None:  # both are pipes: Popen was asked for them
        return
    process.stdin.write(text)
    process.stdin.close()
    for line in process.stdout:
        yield line.rstrip()


def put(ground: Ground, folder: str, files: Mapping[str, str | bytes]) -> None:
    """Write files under `folder` there, readable by root only; a name that ends in .sh or stands in bin/ can be run."""
    pack = io.BytesIO()
    with tarfile.open(fileobj=pack, mode="w") as tar:
        for name, content in sorted(files.items()):
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755 if name.startswith("bin/") or name.endswith(".sh") else 0o600
            tar.addfile(info, io.BytesIO(data))
    must(ground, ("sh", "-c", f"mkdir -p {shlex.quote(folder)} && tar -x -C {shlex.quote(folder)}"), pack.getvalue())
