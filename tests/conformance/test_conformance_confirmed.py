"""Cases of the matrix: confirmed commits, their end by themselves, and the driver's whole words over them."""

from __future__ import annotations

import time

import pytest
from conformance_support import (
    CANDIDATE,
    CONFIRMED,
    ENDS,
    TOKEN,
    VALIDATE,
    WRITABLE,
    Server,
    case,
    commit,
    confirmed,
    cut,
    eventually,
    gone_back,
    has,
    leave,
    quietly,
)

from netwright.drivers.netconf import NC, element
from netwright.errors import (
    DeviceError,
    DeviceRefused,
    RollbackFailed,
)

LATE_S = 3.0
"""So much later than asked a timer may come, on a busy machine."""


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
