"""The FRR driver against the emulated box: a transaction there and back, refusals half-way, the lock."""

from __future__ import annotations

import pytest
from frr_box import SERVICE, golden, locks, push, running, served, until

from frr_golden import FABRIC
from netwright.emulator.device import Fault, FaultKind
from netwright.errors import DeviceLocked, DeviceRefused, RollbackFailed
from netwright.platforms.frr import FRR
from netwright.tree import Path as TreePath
from netwright.tree import between


def test_a_change_is_committed_confirmed_and_taken_back_to_the_byte() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        base = running(driver)
        driver.lock()
        push(driver, {**base, **golden(*FABRIC, *SERVICE)})
        assert driver.has_pending_commit()
        assert running(driver) == {**base, **golden(*FABRIC, *SERVICE)}
        assert driver.apply_id() == "apply-1"
        driver.confirm_commit()
        assert not driver.has_pending_commit()
        push(driver, base, token="apply-2")
        driver.confirm_commit()
        driver.unlock()
        assert running(driver) == base
        assert driver.apply_id() == "apply-2"
        assert device.running() == before


def test_a_rollback_restores_what_ran_and_the_old_apply_id() -> None:
    with served() as (device, connect):
        driver = connect()
        base = running(driver)
        push(driver, {**base, **golden(*FABRIC)}, token="old")
        driver.confirm_commit()
        fabric = device.running()
        push(driver, {**base, **golden(*FABRIC, *SERVICE)}, token="new")
        driver.rollback()
        assert device.running() == fabric
        assert driver.apply_id() == "old"
        assert not driver.has_pending_commit()


def test_a_confirmed_commit_can_be_rolled_back_too() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC)})
        driver.confirm_commit()
        driver.rollback()
        assert device.running() == before


def test_a_commit_without_an_id_is_kept_and_leaves_none() -> None:
    with served() as (_, connect):
        driver = connect()
        base = running(driver)
        push(driver, {**base, **golden(*FABRIC)}, token="failed")
        driver.confirm_commit()
        push(driver, base, token="", revert_in=None)
        assert running(driver) == base
        assert driver.apply_id() == ""
        assert not driver.has_pending_commit()


def test_a_moved_locator_is_two_commits_and_one_rollback() -> None:
    with served() as (device, connect):
        driver = connect()
        full = {**running(driver), **golden(*FABRIC, *SERVICE)}
        push(driver, full)
        driver.confirm_commit()
        before = device.running()
        locator: TreePath = ("segment-routing", "srv6", "locators", "locator MAIN", "prefix")
        moved = {**full, locator: "prefix fd00:1:6::/48 block-len 32 node-len 16"}
        assert len(FRR.sequence(between(full, moved))) == 2
        push(driver, moved, token="apply-2")
        assert running(driver) == moved
        driver.rollback()
        assert device.running() == before


def test_a_line_that_frr_does_not_know_is_named_and_nothing_is_sent() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        driver.load_merge_candidate(config="!<cfg>\nrouter bgp 65000\n frobnicate\nexit\n!</cfg>\n")
        with pytest.raises(DeviceRefused, match="Unknown command") as caught:
            driver.validate()
        assert caught.value.line == "frobnicate"
        assert device.running() == before


def test_a_program_that_is_none_of_ours_is_never_sent() -> None:
    with served() as (_, connect):
        driver = connect()
        driver.load_merge_candidate(config="!<linux>\nip link set dev eth1 up\nreboot now\n!</linux>\n")
        with pytest.raises(DeviceRefused, match="reboot is none of"):
            driver.validate()


def test_a_command_that_the_kernel_refuses_half_way_is_undone() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        lines = "ip link add name sr0 type dummy\nip link set dev sr0 up\nip link set dev nope up\n"
        driver.load_merge_candidate(config=f"!<cfg>\nhostname other\n!</cfg>\n!<linux>\n{lines}!</linux>\n")
        with pytest.raises(DeviceRefused, match="Cannot find device") as caught:
            driver.commit_config(message="apply-1", revert_in=60)
        assert caught.value.line == "ip link set dev nope up"
        assert device.running() == before
        assert not driver.has_pending_commit()


def test_a_routing_line_that_is_refused_half_way_is_undone() -> None:
    with served(Fault(FaultKind.REFUSE, "commit")) as (device, connect):
        driver, before = connect(), device.running()
        after = {**running(driver), **golden("loopback", "bgp", "bgp_neighbor")}
        with pytest.raises(DeviceRefused, match="refused on purpose"):
            push(driver, after)
        assert device.running() == before
        push(driver, after, token="apply-2")
        assert running(driver) == after


def test_the_lock_names_its_holder_and_goes_with_the_session() -> None:
    with served() as (_, connect):
        first, second = connect(), connect()
        first.lock()
        with pytest.raises(DeviceLocked) as caught:
            second.lock()
        assert "process" in caught.value.holder
        assert caught.value.since.startswith("20")
        first.unlock()
        second.lock()
        second.close()
        until(lambda: locks(first))


def test_what_waits_for_another_is_not_overwritten() -> None:
    with served() as (device, connect):
        first, second, before = connect(), connect(), device.running()
        push(first, {**running(first), **golden(*FABRIC)}, revert_in=600)
        waiting = device.running()
        with pytest.raises(DeviceRefused, match="apply-1 waits here"):
            push(second, {**running(second), **golden("vrf")}, token="apply-2")
        assert device.running() == waiting
        first.rollback()
        assert device.running() == before
        push(second, {**running(second), **golden("loopback")}, token="apply-2")


def test_a_group_that_mgmtd_rejects_with_exit_code_0_is_refused_and_undone() -> None:
    with served() as (device, connect):
        driver = connect()
        push(driver, {**running(driver), **golden("isis")})
        driver.confirm_commit()
        before = device.running()
        lines = "router isis 1\n net 49.0002.0102.5500.0006.00\nexit\nhostname other\n"
        driver.load_merge_candidate(config=f"!<cfg>\n{lines}!</cfg>\n")
        with pytest.raises(DeviceRefused, match="System ID must not change") as caught:
            driver.commit_config(message="apply-2", revert_in=60)
        assert caught.value.line == "net 49.0002.0102.5500.0006.00"
        assert device.running() == before


def test_the_same_again_sends_nothing() -> None:
    with served() as (device, connect):
        driver = connect()
        full = {**running(driver), **golden(*FABRIC, *SERVICE)}
        push(driver, full)
        driver.confirm_commit()
        assert FRR.sequence(between(running(driver), full)) == ()
        before = device.running()
        push(driver, full, token="apply-2")
        assert (device.running(), driver.apply_id(), driver.has_pending_commit()) == (before, "apply-1", False)


@pytest.mark.parametrize("kind", [FaultKind.LIE, FaultKind.PARTIAL_ROLLBACK])
def test_a_rollback_is_compared_and_not_believed(kind: FaultKind) -> None:
    with served(Fault(kind)) as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        with pytest.raises(RollbackFailed):
            driver.rollback()
