"""The Huawei driver against emulated routers over real NETCONF: the cycle there and back again, and locks."""

from __future__ import annotations

import time

import pytest
from huawei_bench import (
    Bench,
    eventually,
    tenant,
    vrf,
)

from netwright.errors import (
    CandidateDirty,
    DeviceLocked,
    DeviceRefused,
    RollbackFailed,
)

# ---- the cycle ------------------------------------------------------------------------------------------------------


def test_the_whole_cycle_and_back_again(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.lock()
    assert driver.get_config("running")["running"] == before
    driver.load_merge_candidate(config=tenant(1))
    assert "+        <name>red</name>" in driver.compare_config()
    driver.validate()
    driver.commit_config("a-1", revert_in=9)
    assert driver.has_pending_commit()
    assert driver.apply_id() == "a-1"
    driver.confirm_commit()
    assert not driver.has_pending_commit()
    driver.unlock()
    other = bench.driver()
    assert other.apply_id() == "a-1"
    other.lock()
    other.rollback()
    assert bench.running() == before
    assert other.apply_id() == ""


def test_two_transactions_wait_as_one(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    for _ in range(2):
        driver.lock()
        driver.load_merge_candidate(config=vrf("A"))
        driver.commit_config("a-1", revert_in=9)
        driver.load_merge_candidate(config=vrf("B"))
        driver.commit_config("a-1", revert_in=9)
        assert "<name>B</name>" in bench.running()
        driver.rollback()
        assert bench.running() == before
        driver.unlock()


def test_both_transactions_go_back_by_themselves(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    for name in "AB":
        driver.load_merge_candidate(config=vrf(name))
        driver.commit_config("a-1", revert_in=1)
    driver.close()
    assert "<name>B</name>" in bench.running()
    assert eventually(lambda: bench.running() == before, 2)
    assert bench.driver().apply_id() == ""


def test_a_new_session_takes_over_what_waits(bench: Bench) -> None:
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    driver._session._manager._session.transport.close()
    heir = bench.driver()
    heir.reattach("a-1")
    assert heir.has_pending_commit()
    heir.confirm_commit()
    assert "<name>A</name>" in bench.running()
    assert heir.apply_id() == "a-1"


def test_a_new_session_rolls_back_what_waits(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    heir = bench.driver()
    heir.reattach("a-1")
    heir.rollback()
    assert bench.running() == before


def test_what_has_gone_back_cannot_be_confirmed(bench: Bench) -> None:
    driver = bench.driver()
    with pytest.raises(DeviceRefused, match="no confirmed commit"):
        driver.confirm_commit()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=1)
    time.sleep(1.3)
    assert not driver.has_pending_commit()
    with pytest.raises(DeviceRefused, match="persist-id"):
        driver.confirm_commit()
    driver.rollback()  # nothing is left to take back, and that is no error


def test_only_the_last_apply_is_taken_back(bench: Bench) -> None:
    driver = bench.driver()
    for number in (1, 2):
        driver.load_merge_candidate(config=vrf(f"V{number}"))
        driver.commit_config(f"a-{number}", revert_in=9)
        driver.confirm_commit()
    bench.driver().rollback()
    assert "<name>V1</name>" in bench.running()
    assert "<name>V2</name>" not in bench.running()
    assert bench.driver().apply_id() == "a-1"


def test_nothing_to_roll_back_is_an_error(bench: Bench) -> None:
    with pytest.raises(RollbackFailed, match="no checkpoint"):
        bench.driver().rollback()


def test_a_plain_commit_carries_its_id_too(bench: Bench) -> None:
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1")
    assert bench.driver().apply_id() == "a-1"


def test_a_commit_without_an_id_carries_none(bench: Bench) -> None:
    driver = bench.driver()
    for name, message in (("A", "a-1"), ("B", ""), ("C", "a-1"), ("D", "")):
        driver.load_merge_candidate(config=vrf(name))
        driver.commit_config(message)
        assert bench.driver().apply_id() == message


def test_what_was_confirmed_elsewhere_is_rolled_back_all_the_same(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    driver.confirm_commit()
    heir = bench.driver()
    heir.reattach("a-1")
    heir.rollback()
    assert bench.running() == before
    assert heir.apply_id() == ""


# ---- locks ----------------------------------------------------------------------------------------------------------


def test_a_lock_of_somebody_else_is_named(bench: Bench) -> None:
    holder, other = bench.driver(), bench.driver()
    holder.lock()
    with pytest.raises(DeviceLocked, match="NETCONF session 1"):
        other.lock()
    holder.unlock()
    other.lock()


@pytest.mark.parametrize("discard", [False, True])
def test_a_dirty_candidate_is_not_ours_to_discard(bench: Bench, discard: bool) -> None:
    somebody = bench.driver()
    somebody.load_merge_candidate(config=vrf("A"))
    driver = bench.driver(discard_candidate=discard)
    if discard:
        driver.lock()
        assert driver.compare_config() == ""
    else:
        with pytest.raises(CandidateDirty):
            driver.lock()
        assert "+        <name>A</name>" in somebody.compare_config()
        somebody.discard_config()
        driver.lock()  # running was not left locked


def test_unlock_twice_is_no_error(bench: Bench) -> None:
    driver = bench.driver()
    driver.lock()
    driver.unlock()
    driver.unlock()
