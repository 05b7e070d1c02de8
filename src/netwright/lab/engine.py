"""The docker engine, asked over its socket: one request instead of one start of docker's client, which is what costs.

In the lab's machine the socket is reached through the SSH connection that is open already.
"""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final
from urllib.parse import quote

from netwright.lab.deploy import Body
from netwright.lab.ground import Behind, Ground, LabError

SOCKET: Final = "/var/run/docker.sock"
SECONDS: Final = 300

GONE_FOR_S: Final = 60.0
"""How long an engine that went away may take to be back: whoever looks after it starts it again."""

_PAUSE_S: Final = 1.0
_THERE_ALREADY: Final = 409


class EngineLost(LabError):
    """The engine is not there, or went away before it answered: whether it did what it was asked nobody knows."""


class _OverSocket(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=SECONDS)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(SECONDS)
        self.sock.connect(self._path)


@dataclass(frozen=True, slots=True)
class Engine:
    """The engine behind a socket. Requests may come from several threads."""

    path: str

    def ask(self, method: str, place: str, body: Body | None = None, *, again: bool = False) -> Body:
        """One request; `again`: that it is done already is no error. LabError with the engine's own words."""
        read = self._ask(method, place, body, again=again)
        return read if isinstance(read, dict) else {}

    def boxes(self, lab: str) -> dict[str, str]:
        """Every container of a lab, by its node's name, and what the engine says of it: `Up 3 minutes`."""
        filters = quote(json.dumps({"label": [f"containerlab={lab}"]}))
        read = self._ask("GET", f"/containers/json?all=1&filters={filters}", None, again=False)
        rows = read if isinstance(read, list) else []
        return {row["Labels"]["clab-node-name"]: row["Status"] for row in rows}

    def _ask(self, method: str, place: str, body: Body | None, *, again: bool) -> object:
        connection = _OverSocket(self.path)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, place, text, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            said = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise EngineLost("the docker engine does not answer", str(error)) from error
        finally:
            connection.close()
        if answer.status >= 400 and not (again and answer.status == _THERE_ALREADY):
            raise LabError(f"the docker engine refuses {method} {place} ({answer.status})", said)
        return _read(said)

    def await_back(self) -> None:
        """Until an engine that went away answers again; `EngineLost` when it does not."""
        end = monotonic() + GONE_FOR_S
        while True:
            try:
                self.ask("GET", "/_ping")
            except EngineLost:
                if monotonic() > end:
                    raise
                sleep(_PAUSE_S)
            else:
                return

    def start(self, name: str, body: Body, *, again: bool = False) -> int:
        """Create a container and start it; the id of its first process. `again`: whatever of that is done already."""
        self.ask("POST", f"/containers/create?name={quote(name)}", body, again=again)
        return self.start_again(name)

    def start_again(self, name: str) -> int:
        """Start a container, where it does not run (304 says so); the id of its first process."""
        self.ask("POST", f"/containers/{quote(name)}/start")
        state = self.ask("GET", f"/containers/{quote(name)}/json").get("State")
        pid = state.get("Pid") if isinstance(state, dict) else None
        if not isinstance(pid, int) or pid < 1:
            raise LabError(f"{name} ended at once: docker logs {name}")
        return pid

    def kill(self, name: str) -> None:
        """End a container as a power cut would; one that has ended is no error."""
        self.ask("POST", f"/containers/{quote(name)}/kill", again=True)


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None  # `OK` to a ping, nothing to a start


@contextmanager
def engine(ground: Ground) -> Iterator[Engine]:
    """The engine of this ground."""
    if not isinstance(ground, Behind):
        yield Engine(SOCKET)
        return
    config = ground.config
    path = str(Path(_sockets(config)) / "docker")
    forward = ["-L", f"{path}:{SOCKET}", "lab"]
    _ssh(config, "forward", forward)
    try:
        yield Engine(path)
    finally:
        _ssh(config, "cancel", forward)
        Path(path).unlink(missing_ok=True)


def _sockets(config: Path) -> str:
    """The folder of the connection's control socket, from the file that names it."""
    lines = (line.split() for line in config.read_text(encoding="utf-8").splitlines())
    return next(words[1].rpartition("/")[0] for words in lines if words[:1] == ["ControlPath"])


def _ssh(config: Path, command: str, words: list[str]) -> None:
    done = subprocess.run(["ssh", "-F", str(config), "-O", command, *words], capture_output=True, check=False)
    if done.returncode and command == "forward":
        raise LabError("the machine's docker socket cannot be forwarded", done.stderr.decode(errors="replace"))
