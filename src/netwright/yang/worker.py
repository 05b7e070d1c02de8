"""libyang in a process of its own: `yanglint`, interactive, over a pipe.

Why so: a fault of libyang's ends that process and never this one; the context is loaded once and serves many documents;
and yanglint comes with libyang itself, while its Python binding would need the interpreter of the system that libyang
comes from (Debian 12 has to borrow one from Debian testing). The end of an answer is found by asking for a command that
does not exist: yanglint says so after everything else that it had to say.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class WorkerGone(Exception):
    """The process ended by itself or had to be ended. `said` is what it said before, `hung` that it did not answer."""

    def __init__(self, how: str, said: str, *, hung: bool = False) -> None:
        super().__init__(how)
        self.how, self.said, self.hung = how, said, hung


class Worker:
    """One yanglint. Close it, or use it in a `with`."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [*command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a wrapper's children go with it, and Ctrl-C is ours
        )
        self._asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ask(self, command: str, timeout_s: float) -> str:
        """What yanglint says to one command. `WorkerGone` when it dies or does not come to an end in time."""
        self._asked += 1
        end = f"netwright-{self._asked}-said"
        pipe = self._process.stdin
        assert pipe is not None  # noqa: S101 - asked for above
        try:
            pipe.write(f"{command}\n{end}\n".encode())
            pipe.flush()
        except OSError:  # it died since: what it said last is read below
            pass
        return self._read(f'"{end}"', time.monotonic() + timeout_s, timeout_s)

    def _read(self, end: str, deadline: float, timeout_s: float) -> str:
        pipe = self._process.stdout
        assert pipe is not None  # noqa: S101 - asked for above
        said = b""
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                self.close()
                raise WorkerGone(f"did not answer within {timeout_s:g} s", said.decode(errors="replace"), hung=True)
            piece = os.read(pipe.fileno(), 65536)
            if not piece:
                raise WorkerGone(self._how(), said.decode(errors="replace"))
            said += piece
            before, found, _ = said.decode(errors="replace").partition(end)
            if found and said.endswith(b"\n"):
                return before[: before.rfind("\n") + 1]

    def _how(self) -> str:
        """How it ended, in words."""
        code = self._process.wait()
        number = -code if code < 0 else code - 128 if code > 128 else 0  # a shell around it adds 128
        with suppress(ValueError):
            return f"was ended by {signal.Signals(number).name}"
        return f"ended with exit code {code}"

    def close(self) -> None:
        """End the process, and whatever it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
