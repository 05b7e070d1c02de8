"""The FRR driver when controller or box is gone: what the box does by itself, and what is there after a boot."""

from __future__ import annotations

import asyncio
import threading
import time
from pathlib import Path

import pytest
from frr_box import SERVICE, golden, push, running, served, until

from frr_golden import FABRIC
from netwright.drivers import frr
from netwright.emulator.device import Fault, FaultKind
from netwright.emulator.frr import FrrDevice
from netwright.errors import DeviceRefused, DeviceUnreachable


@pytest.fixture
def over(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """The time of the box's switch is over when the test says so: on a busy machine seconds are over too soon."""
    event, expire = threading.Event(), FrrDevice._expire

    async def when_told(device: FrrDevice, _seconds: int, token: str) -> None:
        while not event.is_set():  # noqa: ASYNC110 - it is set in another thread
            await asyncio.sleep(0.01)
        await expire(device, 0, token)

    monkeypatch.setattr(FrrDevice, "_expire", when_told)
    return event


def test_the_box_restores_itself_when_the_controller_is_gone(over: threading.Event) -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)}, revert_in=600)
        assert device.running() != before
        driver.close()
        over.set()
        until(lambda: device.running() == before)
        again = connect()
        again.reattach("apply-1")
        assert not again.has_pending_commit()
        assert again.apply_id() == ""
        with pytest.raises(DeviceRefused, match="gone back"):
            again.confirm_commit()


def test_a_commit_without_an_id_goes_back_too_and_in_its_time() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden("loopback")}, token="", revert_in=1)
        driver.close()
        until(lambda: device.running() == before)


def test_a_controller_that_is_lost_while_it_goes_back_leaves_that_to_the_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frr, "_RESTORE_S", 1.0)
    with served(Fault(FaultKind.DROP, "rollback")) as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC)}, revert_in=600)
        with pytest.raises(DeviceUnreachable):
            driver.rollback()
        assert device.running() != before
        until(lambda: device.running() == before)


def test_a_second_controller_takes_over_and_confirms(over: threading.Event) -> None:
    with served() as (device, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC)}, revert_in=600)
        driver.close()
        again = connect()
        again.reattach("apply-1")
        assert again.has_pending_commit()
        again.confirm_commit()
        after = device.running()
        over.set()
        time.sleep(0.3)
        assert device.running() == after


def test_another_apply_id_does_not_attach() -> None:
    with served() as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden("loopback")})
        driver.reattach("somebody-else")
        assert not driver.has_pending_commit()


def test_a_box_that_dies_before_the_confirmation_boots_with_the_old_configuration(tmp_path: Path) -> None:
    with served(Fault(FaultKind.DIE_BEFORE_CONFIRM), state=tmp_path) as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        with pytest.raises(DeviceUnreachable):
            driver.confirm_commit()
    with served(state=tmp_path) as (device, connect):
        assert device.running() == before
        driver = connect()
        driver.reattach("apply-1")
        assert not driver.has_pending_commit()
        assert driver.apply_id() == ""


def test_what_was_confirmed_is_there_after_a_reboot(tmp_path: Path) -> None:
    with served(state=tmp_path) as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        driver.confirm_commit()
        after = running(driver)
    with served(state=tmp_path) as (_, connect):
        driver = connect()
        assert running(driver) == after
        assert driver.apply_id() == "apply-1"


def test_a_unit_puts_the_linux_side_back_at_boot_and_goes_with_the_last_of_ours(tmp_path: Path) -> None:
    with served(state=tmp_path) as (device, connect):
        driver = connect()
        base = running(driver)
        push(driver, {**base, **golden(*FABRIC)})
        assert device.box.enabled == set()  # not before it is confirmed
        driver.confirm_commit()
        assert device.box.enabled == {"netwright-linux.service"}
        assert b"Before=frr.service" in device.box.files["/etc/systemd/system/netwright-linux.service"]
        push(driver, base, token="apply-2")
        driver.confirm_commit()
        assert device.box.enabled == set()
        assert not any(path.startswith("/etc/systemd") for path in device.box.files)


def test_a_box_without_systemd_is_left_as_it_boots() -> None:
    with served() as (device, connect):
        device.box.folders.clear()
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC)})
        driver.confirm_commit()
        assert not any(path.startswith("/etc/systemd") for path in device.box.files)
