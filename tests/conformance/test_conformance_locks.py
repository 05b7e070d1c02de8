"""Cases of the matrix: locks, who holds them, and sessions that end."""

from __future__ import annotations

import threading
import time

import pytest
from conformance_support import (
    CANDIDATE,
    ENDS,
    Server,
    case,
    cut,
    eventually,
    has,
    leave,
    quietly,
)

from netwright.drivers import netconf
from netwright.errors import (
    CandidateDirty,
    DeviceError,
    DeviceLocked,
    DeviceUnreachable,
)

LATE_S = 3.0
"""So much later than asked a timer may come, on a busy machine."""


# ---- locks ----------------------------------------------------------------------------------------------------------


@case("the driver holds running and candidate; a second one is told who has them", CANDIDATE)
def test_both_locks(server: Server) -> None:
    with server.session() as holder, server.session() as other:
        holder.lock()
        number = holder._session.call(lambda m: m).session_id
        for name in ("running", "candidate"):
            with pytest.raises(DeviceLocked, match=f"session {number}"):
                other._lock(name)
        with pytest.raises(DeviceLocked, match=f"session {number}"):
            other.lock()
        holder.unlock()
        other.lock()
        other.unlock()


@case("while one holds the locks, another neither edits nor discards nor commits", CANDIDATE)
def test_locked_out(server: Server) -> None:
    with server.session() as holder, server.session() as other:
        holder.lock()
        for action in (
            lambda: other.load_merge_candidate(config=server.content.things("b")),
            other.discard_config,
            other.commit_config,
        ):
            with pytest.raises(DeviceLocked):
                action()
        assert not has(holder, "b", "candidate")


@case("a lock that is held by the same session is refused, not given twice", CANDIDATE)
def test_lock_twice(server: Server) -> None:
    with server.session() as driver:
        driver._lock("running")
        with pytest.raises(DeviceError):
            driver._lock("running")


@case("a candidate with somebody's changes is not taken over silently", CANDIDATE)
def test_dirty(server: Server) -> None:
    with server.session() as somebody, server.session() as driver:
        somebody.load_merge_candidate(config=server.content.things("a"))
        with pytest.raises(CandidateDirty):
            driver.lock()
        assert has(somebody, "a", "candidate")
        somebody._lock("running")  # it was given back


@case("with discard_candidate, somebody's changes go and the locks are ours", CANDIDATE)
def test_dirty_discarded(server: Server) -> None:
    with server.session() as somebody:
        somebody.load_merge_candidate(config=server.content.things("a"))
        driver = server.driver(discard_candidate=True)
        driver.lock()
        assert driver.compare_config() == ""
        driver.close()


@case("two controllers fight for the locks: never both have them, each gets its turn", CANDIDATE)
def test_fight(server: Server) -> None:
    holders, most, turns = [], [], {"one": 0, "two": 0}

    def controller(me: str) -> None:
        with server.session() as driver:
            end = time.monotonic() + 20
            while turns[me] < 3 and time.monotonic() < end:
                try:
                    driver.lock()
                except DeviceLocked:
                    time.sleep(0.02)
                    continue
                holders.append(me)
                most.append(len(holders))
                time.sleep(0.05)
                holders.remove(me)
                turns[me] += 1
                driver.unlock()
                time.sleep(0.05)

    threads = [threading.Thread(target=controller, args=(me,)) for me in turns]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert turns == {"one": 3, "two": 3}


@case("the end of the holder (unlock, close, kill, cut) frees the locks and takes its changes", CANDIDATE)
def test_end_of_holder(server: Server) -> None:
    for end in ENDS:
        holder = server.driver()
        holder.lock()
        holder.load_merge_candidate(config=server.content.things("a"))
        leave(server, holder, end)
        with server.session() as other:
            assert eventually(lambda other=other: not has(other, "a", "candidate"), LATE_S), end  # type: ignore[misc]
            other.lock()
            other.unlock()
        quietly(holder.close)


# ---- sessions that end ----------------------------------------------------------------------------------------------


@case("a session that is cut with locks held is lost, not dialled again in silence", CANDIDATE)
def test_cut(server: Server) -> None:
    driver = server.driver()
    driver.lock()
    driver.load_merge_candidate(config=server.content.things("a"))
    cut(driver)
    with pytest.raises(DeviceUnreachable):
        driver.validate()
    quietly(driver.close)


@case("an idle session is closed by the server and dialled again; one that held locks is lost", CANDIDATE, "idle")
def test_idle(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.session() as driver, server.session() as holder:
        holder._lock("running")
        holder._session.keep(alive=True)  # as after lock(), but its first word is due after the server's patience
        assert eventually(lambda: not driver._session.alive and not holder._session.alive, server.idle_s * 2 + LATE_S)
        assert "running" in driver.get_config("running")
        with pytest.raises(DeviceUnreachable):
            holder.validate()
        driver._lock("running")


@case("one who holds locks speaks now and then, so the server does not hang up on it", CANDIDATE, "idle")
def test_keepalive(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netconf, "_KEEPALIVE_S", server.idle_s / 4)
    with server.session() as driver:
        driver.lock()
        time.sleep(server.idle_s * 1.5)
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.discard_config()
        driver.unlock()
