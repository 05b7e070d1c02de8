"""The driver and the transaction against real NETCONF servers: a case is a test, and names what it needs.

Each case runs against the emulator, Debian's netconfd, and whatever `NETWRIGHT_CONFORMANCE` names; see
docs/conformance.md. What servers do where the standard leaves room is not judged; what the transaction relies on is.
"""

from __future__ import annotations

import threading
import time

import pytest
from conformance_support import (
    CANDIDATE,
    CONFIRMED,
    MANY,
    PREFIX,
    TOKEN,
    VALIDATE,
    WRITABLE,
    Server,
    case,
    commit,
    config,
    confirmed,
    cut,
    eventually,
    gone_back,
    has,
    quietly,
    refused,
)

from netwright.drivers import netconf
from netwright.drivers.netconf import NC, element
from netwright.errors import (
    CandidateDirty,
    DeviceError,
    DeviceLocked,
    DeviceRefused,
    DeviceUnreachable,
    RollbackFailed,
)

LATE_S = 3.0
"""So much later than asked a timer may come, on a busy machine."""


# ---- candidate ------------------------------------------------------------------------------------------------------


@case("the hello announces what a transaction needs")
def test_hello(server: Server) -> None:
    for wanted in ("candidate:1.0", "confirmed-commit:1.1", "validate:1.1", "rollback-on-error:1.0"):
        assert wanted in server.capabilities, wanted


@case("what is edited in the candidate runs from the commit on, not before", CANDIDATE)
def test_candidate(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        assert has(driver, "a", "candidate")
        assert not has(driver, "a")
        assert "+" in driver.compare_config()
        driver.commit_config()
        assert has(driver, "a")
        assert driver.compare_config() == ""


@case("discarding empties the candidate", CANDIDATE)
def test_discard(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.discard_config()
        assert not has(driver, "a", "candidate")
        assert driver.compare_config() == ""


@case("an edit is atomic: when one part is refused, no part is in the candidate", CANDIDATE)
def test_atomic(server: Server) -> None:
    with server.session() as driver:
        body = server.content.things("a").replace("</config>", '<nonsense xmlns="urn:none"/></config>')
        refused(lambda: driver.load_merge_candidate(config=body))
        assert not has(driver, "a", "candidate")


@case("texts arrive as they were written, & and < and umlauts too", CANDIDATE)
def test_texts(server: Server) -> None:
    note = server.content.note
    inside = f"<{note}>ACME &amp; Söhne &lt;1&gt;</{note}>"
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a", inside=inside))
        driver.commit_config()
        assert "ACME &amp; Söhne &lt;1" in driver.get_config("running")["running"]


@case("an edit and a configuration of many entries pass the framing whole", CANDIDATE)
def test_large(server: Server) -> None:
    names = [f"many{number}" for number in range(MANY)]
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things(*names))
        driver.commit_config()
        running = driver.get_config("running")["running"]
    assert all(f"{PREFIX}{name}<" in running for name in names)


# ---- what is refused ------------------------------------------------------------------------------------------------


@case("an unknown element is refused at the edit", CANDIDATE)
def test_unknown_element(server: Server) -> None:
    with server.session() as driver:
        edit = server.content.things("a", inside="<nonsense>1</nonsense>")
        tags = refused(lambda: driver.load_merge_candidate(config=edit)).tags
        assert tags & {"unknown-element", "unknown-namespace"}


@case("an unknown namespace is refused at the edit", CANDIDATE)
def test_unknown_namespace(server: Server) -> None:
    with server.session() as driver:
        error = refused(lambda: driver.load_merge_candidate(config=config('<nonsense xmlns="urn:none"/>')))
        assert error.tags & {"unknown-namespace", "unknown-element"}


@case("a value outside its type is refused at the edit, and its place is said", CANDIDATE)
def test_bad_value(server: Server) -> None:
    with server.session() as driver:
        edit = config(server.content.around % server.content.bad_value)
        error = refused(lambda: driver.load_merge_candidate(config=edit))
        assert error.tags == {"invalid-value"}
        assert error.line


@case("an entry without its key is refused at the edit", CANDIDATE)
def test_missing_key(server: Server) -> None:
    entry = server.content.one.replace("<name>%s</name>", "") % ("", "")
    with server.session() as driver:
        error = refused(lambda: driver.load_merge_candidate(config=config(server.content.around % entry)))
        assert error.tags & {"missing-element", "bad-element", "data-missing"}


@case("create of what exists is refused: data-exists", CANDIDATE)
def test_create(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        again = server.content.things("a", operation="create")
        assert refused(lambda: driver.load_merge_candidate(config=again)).tags == {"data-exists"}


@case("delete of what is not there is refused: data-missing", CANDIDATE)
def test_delete(server: Server) -> None:
    with server.session() as driver:
        delete = server.content.things("a", operation="delete")
        assert refused(lambda: driver.load_merge_candidate(config=delete)).tags == {"data-missing"}


@case("remove of what is not there changes nothing", CANDIDATE)
def test_remove(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("b"))
        driver.load_merge_candidate(config=server.content.things("a", operation="remove"))
        assert not has(driver, "a", "candidate")


@case("a reference to nothing is refused no later than by validate, and never runs", CANDIDATE, VALIDATE)
def test_broken_reference(server: Server) -> None:
    with server.session() as driver:

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody"))
            driver.validate()

        error = refused(stage)
        assert error.tags == {"data-missing"}
        assert server.content.reference in error.line
        driver.discard_config()


@case("commit refuses what validate refuses, and nothing of it runs", CANDIDATE)
def test_commit_judges(server: Server) -> None:
    with server.session() as driver:
        before = server.running()

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody"))
            driver.commit_config()

        refused(stage)
        assert server.running() == before
        driver.discard_config()


@case("several errors come in one reply, and all are told", CANDIDATE, VALIDATE)
def test_several_errors(server: Server) -> None:
    with server.session() as driver:

        def stage() -> None:
            driver.load_merge_candidate(config=server.content.dangling("nobody", "noone"))
            driver.validate()

        error = refused(stage)
        assert len(error.refusals) == 2
        driver.discard_config()


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


ENDS = ("unlock", "close", "kill", "cut")


def leave(server: Server, driver: netconf.NetconfSession, end: str) -> None:
    if end == "unlock":
        driver.unlock()
    elif end == "close":
        driver.close()
    elif end == "kill":
        number = driver._session.call(lambda m: m).session_id
        with server.session() as other:
            other._session.call(lambda m: m.kill_session(number))
    else:
        cut(driver)


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


# ---- confirmed commit -----------------------------------------------------------------------------------------------


@case("a confirmed commit that nobody confirms goes back on time", CANDIDATE, CONFIRMED)
def test_expires(server: Server) -> None:
    before = server.running()
    with server.session() as driver, server.session() as other:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=2)
        time.sleep(0.8)
        assert has(other, "a")
        assert gone_back(other, "a", 1.2)
        assert server.running() == before
        assert not eventually(driver.has_pending_commit, 0)


@case("a second confirmed commit winds the timer up; both go back together", CANDIDATE, CONFIRMED)
def test_second_confirmed(server: Server) -> None:
    before = server.running()
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=3)
        time.sleep(2)
        driver.load_merge_candidate(config=server.content.things("b"))
        driver.commit_config(TOKEN, revert_in=3)
        time.sleep(2)
        assert has(driver, "a")
        assert has(driver, "b")
        assert gone_back(driver, "b", 1)
        assert server.running() == before


@case("what is confirmed stays", CANDIDATE, CONFIRMED)
def test_confirmed_stays(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=2)
        driver.confirm_commit()
        time.sleep(2.5)
        assert has(driver, "a")


@case("a confirming commit takes what the candidate holds", CANDIDATE, CONFIRMED)
def test_confirming_takes_candidate(server: Server) -> None:
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=9)
        driver.load_merge_candidate(config=server.content.things("b"))
        driver.confirm_commit()
        assert has(driver, "a")
        assert has(driver, "b")


@case("without persist, the end of the session (close, kill, cut) goes back at once", CANDIDATE, CONFIRMED)
def test_no_persist(server: Server) -> None:
    for end in ENDS[1:]:
        driver = server.driver()
        driver.load_merge_candidate(config=server.content.things("a"))
        commit(driver, *confirmed(30))
        leave(server, driver, end)
        with server.session() as other:
            assert eventually(lambda other=other: not has(other, "a"), LATE_S), end  # type: ignore[misc]
        quietly(driver.close)


@case("with persist it outlives the session, cut or closed, and its name confirms it", CANDIDATE, CONFIRMED)
def test_persist(server: Server) -> None:
    for end in ("close", "cut"):
        driver = server.driver()
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=30)
        leave(server, driver, end)
        quietly(driver.close)
        time.sleep(0.5)
        with server.session() as heir:
            assert has(heir, "a"), end
            heir.reattach(TOKEN)
            heir.confirm_commit()
            assert has(heir, "a")
            with pytest.raises(DeviceError):  # nothing waits any more
                heir._session.request(element(NC, "cancel-commit", ("persist-id", TOKEN)))
        server.clean()


@case("a wrong persist-id, or none, neither confirms nor cancels", CANDIDATE, CONFIRMED)
def test_wrong_persist_id(server: Server) -> None:
    with server.session() as driver, server.session() as other:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=30)
        for parts in ((("persist-id", "somebody-else"),), ()):
            with pytest.raises(DeviceError):
                commit(other, *parts)
            with pytest.raises(DeviceError):
                other._session.request(element(NC, "cancel-commit", *parts))
        assert has(other, "a")
        driver.rollback()
        assert not has(other, "a")


@case("another session cancels by the name, and all is as before", CANDIDATE, CONFIRMED)
def test_cancel(server: Server) -> None:
    before = server.running()
    driver = server.driver()
    driver.load_merge_candidate(config=server.content.things("a", "b"))
    driver.commit_config(TOKEN, revert_in=30)
    cut(driver)
    with server.session() as heir:
        heir.reattach(TOKEN)
        heir.rollback()
    assert server.running() == before
    quietly(driver.close)


@case("persist expires on time though its session is gone; its name is nobody's then", CANDIDATE, CONFIRMED)
def test_persist_expires(server: Server) -> None:
    driver = server.driver()
    driver.load_merge_candidate(config=server.content.things("a"))
    driver.commit_config(TOKEN, revert_in=2)
    driver.close()
    with server.session() as heir:
        assert gone_back(heir, "a", 2)
        heir.reattach(TOKEN)
        with pytest.raises(DeviceRefused):
            heir.confirm_commit()
        quietly(heir.rollback)  # nothing is left to take back


@case("what another wrote to running while it waited is lost when it goes back", CANDIDATE, CONFIRMED, WRITABLE)
def test_written_meanwhile(server: Server) -> None:
    before = server.running()
    with server.session() as driver, server.session() as other:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=2)
        other._session.call(lambda m: m.edit_config(target="running", config=server.content.things("b")))
        assert has(other, "b")
        assert gone_back(other, "a", 2)
    assert server.running() == before


@case("power lost while a confirmed commit waits: gone back at the next start", CANDIDATE, CONFIRMED, "can=restart")
def test_power_off(server: Server) -> None:
    before = server.running()
    driver = server.driver()
    driver.load_merge_candidate(config=server.content.things("a"))
    driver.commit_config(TOKEN, revert_in=60)
    server.can["restart"]()
    assert server.running() == before
    quietly(driver.close)


# ---- the driver's whole words ---------------------------------------------------------------------------------------


@case("the whole cycle, twice: lock, edit, validate, commit, confirm, unlock", CANDIDATE, CONFIRMED, VALIDATE)
def test_cycle(server: Server) -> None:
    with server.session() as driver:
        for name in "ab":
            driver.lock()
            driver.load_merge_candidate(config=server.content.things(name))
            driver.validate()
            driver.commit_config(TOKEN, revert_in=30)
            assert driver.has_pending_commit()
            assert driver.apply_id() == TOKEN
            driver.confirm_commit()
            driver.unlock()
        assert has(driver, "a")
        assert has(driver, "b")


@case("rollback of what waits: cancelled, and all is as before", CANDIDATE, CONFIRMED)
def test_rollback(server: Server) -> None:
    before = server.running()
    with server.session() as driver:
        driver.lock()
        driver.load_merge_candidate(config=server.content.things("a", "b"))
        driver.commit_config(TOKEN, revert_in=30)
        driver.rollback()
        driver.unlock()
    assert server.running() == before


@case("rollback of what was confirmed, and the apply id that the device carries", CONFIRMED, "module=huawei-cfg")
def test_rollback_confirmed(server: Server) -> None:
    before = server.running()
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=30)
        driver.confirm_commit()
    with server.session() as heir:
        assert heir.apply_id() == TOKEN
        heir.rollback()
    assert server.running() == before


@case("without checkpoints, rollback of what was confirmed is an error and not a silent nothing", CANDIDATE, CONFIRMED)
def test_no_way_back(server: Server) -> None:
    if "huawei-cfg" in server.modules:
        pytest.skip("the server has checkpoints")
    with server.session() as driver:
        driver.load_merge_candidate(config=server.content.things("a"))
        driver.commit_config(TOKEN, revert_in=30)
        driver.confirm_commit()
        with pytest.raises(RollbackFailed):
            driver.rollback()
        assert has(driver, "a")


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
