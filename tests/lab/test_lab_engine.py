"""Asking the docker engine: what is sent over the socket, and what its refusals become."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import pytest

from netwright.lab import raising
from netwright.lab.deploy import ClabFile, read_clab
from netwright.lab.engine import Engine, EngineLost
from netwright.lab.ground import LabError

BOX = {"Labels": {"clab-node-name": "pe1"}, "Status": "Up 3 minutes"}


class Handler(BaseHTTPRequestHandler):
    """An engine that knows one container, `good`, and remembers what it was asked."""

    asked: ClassVar[list[tuple[str, str, object]]] = []
    silent: ClassVar[list[str]] = []  # requests that are not answered, once each

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        self.asked.append((self.command, self.path, body))
        if self.path in self.silent:
            self.silent.remove(self.path)
            return
        status, said = self.reply()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def reply(self) -> tuple[int, object]:
        if self.path.startswith("/containers/json"):
            return 200, [BOX]
        if self.path.startswith("/containers/create") and sum(place == self.path for _, place, _ in self.asked) > 1:
            return 409, {"message": "is already in use"}
        if self.path == "/networks/create":
            return 409, {"message": "network exists"}
        if "ended" in self.path:
            return 409, {"message": "is not running"}
        if "bad" in self.path:
            return 404, {"message": "no such image"}
        return 200, {"State": {"Pid": 0 if "dead" in self.path else 4711}}

    do_GET = do_POST = answer  # noqa: N815 - the library's names

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    Handler.asked.clear()
    Handler.silent.clear()
    path = str(tmp_path / "docker.sock")
    with socketserver.ThreadingUnixStreamServer(path, Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield Engine(path)
        server.shutdown()


def test_a_container_is_created_and_started_and_its_process_known(engine: Engine) -> None:
    assert engine.start("clab-x-good", {"Image": "i"}) == 4711
    assert Handler.asked == [
        ("POST", "/containers/create?name=clab-x-good", {"Image": "i"}),
        ("POST", "/containers/clab-x-good/start", None),
        ("GET", "/containers/clab-x-good/json", None),
    ]


def test_a_container_is_killed_and_started_again(engine: Engine) -> None:
    engine.kill("clab-x-good")
    assert engine.start_again("clab-x-good") == 4711
    assert [place for _, place, _ in Handler.asked] == [
        f"/containers/clab-x-good/{word}" for word in ("kill", "start", "json")
    ]


def test_a_container_that_has_ended_may_be_killed(engine: Engine) -> None:
    engine.kill("clab-x-ended")
    with pytest.raises(LabError, match="no such image"):
        engine.kill("clab-x-bad")


def test_a_container_that_ended_at_once_is_said(engine: Engine) -> None:
    with pytest.raises(LabError, match="clab-x-dead ended at once"):
        engine.start("clab-x-dead", {})


def test_a_refusal_is_told_in_the_engines_words(engine: Engine) -> None:
    with pytest.raises(LabError, match=r"404.*no such image"):
        engine.start("clab-x-bad", {})


def test_a_network_that_is_there_already_is_no_error_where_that_was_said(engine: Engine) -> None:
    engine.ask("POST", "/networks/create", {}, again=True)
    with pytest.raises(LabError, match="network exists"):
        engine.ask("POST", "/networks/create", {})


def test_the_boxes_of_a_lab(engine: Engine) -> None:
    assert engine.boxes("x") == {"pe1": "Up 3 minutes"}
    assert "containerlab%3Dx" in Handler.asked[0][1]


def test_an_engine_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="does not answer"):
        Engine(str(tmp_path / "none")).ask("GET", "/_ping")


# ---- an engine that goes away


CLAB = """\
name: x
mgmt: {network: lab, ipv4-subnet: 198.18.0.0/16}
topology:
  nodes:
    pe1: {kind: linux, image: i, mgmt-ipv4: 198.18.0.2}
    pe2: {kind: linux, image: i, mgmt-ipv4: 198.18.0.3}
"""


@pytest.fixture
def clab(monkeypatch: pytest.MonkeyPatch) -> ClabFile:
    monkeypatch.setattr("netwright.lab.engine._PAUSE_S", 0.0)
    return read_clab(CLAB, "x.clab.yml")


def test_a_box_that_was_never_asked_for_is_not_taken_over_after_a_loss(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine goes away at the first; the second is somebody else's."""
    monkeypatch.setattr("netwright.lab.engine._PAUSE_S", 0.0)
    monkeypatch.setattr("netwright.lab.raising.AT_ONCE", 1)
    engine.start("clab-x-pe2", {"Image": "theirs"})
    Handler.silent.append("/containers/create?name=clab-x-pe1")
    with pytest.raises(LabError, match="already in use"):
        raising._started(engine, read_clab(CLAB, "x.clab.yml"), "x.clab.yml", lambda _: None)


@pytest.mark.parametrize("lost", ["/containers/create?name=clab-x-pe2", "/containers/clab-x-pe2/start"])
def test_an_engine_that_goes_away_is_waited_for_and_asked_again(engine: Engine, clab: ClabFile, lost: str) -> None:
    """It may have done what it did not answer, and its boxes may have gone with it: so all are asked for again."""
    said: list[str] = []
    Handler.silent += [lost, "/_ping"]
    assert raising._started(engine, clab, "x.clab.yml", said.append) == {"pe1": 4711, "pe2": 4711}
    asked = [place for _, place, _ in Handler.asked]
    assert asked.count("/containers/clab-x-pe1/start") == 2
    assert asked.count("/_ping") == 2
    assert any(line.endswith("; it is waited for, and asked again") for line in said)


def test_an_engine_that_goes_away_twice_is_an_error(engine: Engine, clab: ClabFile) -> None:
    Handler.silent += ["/containers/clab-x-pe1/start"] * 2
    with pytest.raises(LabError, match="the docker engine does not answer"):
        raising._started(engine, clab, "x.clab.yml", lambda _: None)


def test_a_box_that_is_there_already_is_refused_the_first_time(engine: Engine, clab: ClabFile) -> None:
    """Whose it is, and what runs in it, nobody knows."""
    raising._started(engine, clab, "x.clab.yml", lambda _: None)
    with pytest.raises(LabError, match="already in use"):
        raising._started(engine, clab, "x.clab.yml", lambda _: None)


def test_an_engine_that_stays_away_is_not_waited_for_forever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netwright.lab.engine.GONE_FOR_S", 0.0)
    with pytest.raises(EngineLost):
        Engine(str(tmp_path / "none")).await_back()
