"""The dead-man's switch of the ZTE driver, a process of its own; and routers that fail on purpose."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from netwright.drivers.zte import ZteDriver
from netwright.drivers.zte_watchdog import Watch
from netwright.emulator.device import Fault, FaultKind
from netwright.errors import DeviceRefused, DeviceUnreachable, RollbackFailed

sys.path.insert(0, str(Path(__file__).parents[1] / "emulator" / "zte"))
from zte_box import CHANGE, Box, opened, until

# ---- the dead-man's switch ----


def test_the_watchdog_goes_back_when_its_starter_was_killed(box: Box) -> None:
    with opened(box):
        pass
    before = box.text
    script = (
        "import json, sys, time\n"
        "from netwright.drivers.zte import ZteDriver\n"
        "port, folder, change = json.load(sys.stdin)\n"
        "driver = ZteDriver('127.0.0.1', 'netwright', 'netwright', 5,\n"
        "    {'port': port, 'name': 'leaf7', 'hostkey_verify': False, 'watchdog_dir': folder})\n"
        "driver.open(); driver.lock(); driver.load_merge_candidate(config=change)\n"
        "driver.commit_config(message='lost', revert_in=2)\n"
        "print('committed', flush=True); time.sleep(60)\n"
    )
    controller = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    controller.stdin.write(json.dumps([box.port, str(box.folder / "watch"), CHANGE]).encode())
    controller.stdin.close()
    assert controller.stdout.readline() == b"committed\n"
    assert "ip vrf A" in box.text
    controller.send_signal(signal.SIGKILL)
    controller.wait()
    controller.stdout.close()
    watch = Watch(box.folder / "watch", "leaf7", "lost")
    assert until(lambda: watch.state() == "reverted", 20), watch.path("log").read_text()
    assert box.text == before
    assert box.device.router.memory.points[0].comment == "netwright:"
    assert b"netwright" not in watch.path("reverted").read_bytes(), "no password on disk"


def test_a_confirmation_in_time_ends_the_watchdog(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="kept", revert_in=30)
        pid = Watch(box.folder / "watch", "leaf7", "kept").read()["pid"]
        assert Path(f"/proc/{pid}").exists()
        assert os.getsid(int(pid)) != os.getsid(0), "it has a session of its own"
        assert b"netwright\0netwright" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        driver.confirm_commit()
        assert until(lambda: not Path(f"/proc/{pid}").exists())
        assert "ip vrf A" in box.text


def test_a_confirmation_that_comes_too_late_is_refused(box: Box) -> None:
    with opened(box) as driver:
        before = box.text
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="late", revert_in=1)
        watch = Watch(box.folder / "watch", "leaf7", "late")
        assert until(lambda: watch.state() == "firing")
        with pytest.raises(DeviceRefused, match="the watchdog is firing"):
            driver.confirm_commit()
        driver.unlock()  # it was refused as long as we held the lock
        assert until(lambda: watch.state() == "reverted", 20)
        assert box.text == before


def test_who_was_killed_between_confirming_and_saving_saves_later(box: Box) -> None:
    with opened(box) as driver:
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="almost", revert_in=60)
        assert driver._watch is not None
        assert driver._watch.cancel()
    with opened(box) as driver:
        driver.reattach("almost")
        assert driver.has_pending_commit()
        driver.confirm_commit()
        assert not driver.has_pending_commit()
        assert box.device.router.memory.saved == box.text
    assert list((box.folder / "watch").iterdir()) == []


def test_a_new_session_takes_a_pending_commit_up(box: Box) -> None:
    with opened(box) as driver:
        before = box.text
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="crashed", revert_in=60)
    with opened(box) as driver:
        driver.reattach("never seen")
        assert not driver.has_pending_commit()
        driver.reattach("crashed")
        assert driver.has_pending_commit()
        driver.discard_config()
        driver.rollback()
        assert box.text == before
        assert driver.apply_id() == ""


# ---- faults ----


def broken(tmp_path: Path, kind: FaultKind, step: str = "") -> Box:
    found = Box(tmp_path, [Fault(kind, step)])
    found.start()
    return found


def there_and_back(driver: ZteDriver) -> None:
    driver.lock()
    driver.load_merge_candidate(config=CHANGE)
    driver.validate()
    driver.commit_config(message="x", revert_in=60)
    driver.rollback()


@pytest.mark.parametrize("step", ["lock", "stage", "validate", "commit", "rollback"])
def test_a_refusal_on_purpose_is_told_apart_from_success(tmp_path: Path, step: str) -> None:
    found = broken(tmp_path, FaultKind.REFUSE, step)
    try:
        with opened(found, taken_in=False) as driver:
            found.device.router.enable_rollback(on=True)
            found.device.router.commit([], "op", "first")
            with pytest.raises((DeviceRefused, RollbackFailed), match="refused on purpose"):
                there_and_back(driver)
            if step == "rollback":
                driver.rollback()
            assert not driver.has_pending_commit()
            assert "ip vrf A" not in found.text
    finally:
        found.stop()


def test_a_session_that_is_cut_is_unreachable_and_the_next_one_can_undo(tmp_path: Path) -> None:
    found = broken(tmp_path, FaultKind.DROP, "verify")
    try:
        with opened(found) as driver:
            before = found.text
            driver.load_merge_candidate(config=CHANGE)
            driver.commit_config(message="cut", revert_in=60)
            with pytest.raises(DeviceUnreachable):
                driver.get_config()
            assert not driver.is_alive()["is_alive"]
        with opened(found) as driver:
            driver.reattach("cut")
            driver.rollback()
            assert found.text == before
    finally:
        found.stop()


def test_a_device_that_died_boots_what_was_saved(tmp_path: Path) -> None:
    found = broken(tmp_path, FaultKind.DIE_BEFORE_CONFIRM)
    try:
        with opened(found) as driver:
            before = found.text
            driver.load_merge_candidate(config=CHANGE)
            with pytest.raises(DeviceUnreachable):
                driver.commit_config(message="died", revert_in=60)
        with pytest.raises(DeviceUnreachable):
            found.driver().open()
        found.loop.run(found.device.start("127.0.0.1", found.port))
        assert found.text == before
        with opened(found) as driver:
            driver.reattach("died")
            assert driver.has_pending_commit()
            driver.rollback()
            assert found.text == before
            assert driver.apply_id() == ""
    finally:
        found.stop()


def test_a_device_that_lies_about_its_rollback_is_found_by_reading(tmp_path: Path) -> None:
    found = broken(tmp_path, FaultKind.LIE)
    try:
        with opened(found) as driver:
            before = driver.get_config()["running"]
            driver.load_merge_candidate(config=CHANGE)
            driver.commit_config(message="x", revert_in=60)
            driver.rollback()
            assert driver.get_config()["running"] != before
    finally:
        found.stop()


def test_a_dead_device_is_unreachable_soon(tmp_path: Path) -> None:
    found = broken(tmp_path, FaultKind.DEAD)
    try:
        driver = found.driver()
        driver._session._options |= {"banner_timeout": 1, "conn_timeout": 1}
        with pytest.raises(DeviceUnreachable):
            driver.open()
    finally:
        found.stop()


def test_a_wrong_password_is_unreachable(box: Box) -> None:
    driver = ZteDriver("127.0.0.1", "netwright", "wrong", 5, {"port": box.port, "hostkey_verify": False})
    with pytest.raises(DeviceUnreachable, match="login was refused"):
        driver.open()
