"""The whole cycle of the ZTE driver against the emulated router, over SSH."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from netwright.drivers.base import NotReported, Topic
from netwright.drivers.zte import ZteDriver
from netwright.drivers.zte_watchdog import Watch
from netwright.emulator.device import Fault, FaultKind, Setting
from netwright.emulator.world import Operational, RouteState
from netwright.emulator.zte import ZteDevice
from netwright.errors import CandidateDirty, DeviceLocked, DeviceRefused, DeviceUnreachable, RollbackFailed
from netwright.platforms.zte import ZTE
from netwright.tree import tree_of

sys.path.insert(0, str(Path(__file__).parents[1] / "emulator" / "zte"))
from zte_support import BASELINE

CHANGE = """ip vrf A
  rd 65000:1
  evpn tunnel-encapsulation srv6
  route-target export 65000:1 evpn
  address-family ipv4
  $
$
interface xgei-0/1/0/1.100
  description a description that is long enough to break the line where the terminal ends, at eighty columns
  ip vrf forwarding A
  ip address 10.0.0.1 255.255.255.0
$
"""


@dataclass
class Box:
    """An emulated router in a loop of its own, as `emulate` runs it."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    seen: Operational = field(default_factory=Operational)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    port: int = 0

    def start(self) -> None:
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        setting = Setting("leaf7", BASELINE, self.folder / "state", lambda _: self.seen, faults=self.faults)
        self.device = ZteDevice(setting)
        self.port = self.run(self.device.start("127.0.0.1", 0))

    def run(self, what):
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(10)

    def stop(self) -> None:
        self.run(self.device.stop())
        self.loop.call_soon_threadsafe(self.loop.stop)

    def driver(self, **options: object) -> ZteDriver:
        facts = {"port": self.port, "name": "leaf7", "hostkey_verify": False, "watchdog_dir": self.folder / "watch"}
        return ZteDriver("127.0.0.1", "netwright", "netwright", 5, {**facts, **options})

    @property
    def text(self) -> str:
        return self.device.running()


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    found = Box(tmp_path)
    found.start()
    yield found
    found.stop()


@contextmanager
def opened(box: Box, *, taken_in: bool = True, **options: object) -> Iterator[ZteDriver]:
    driver = box.driver(**options)
    driver.open()
    try:
        if taken_in:
            driver.take_in()
        yield driver
    finally:
        driver.close()


def until(true: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def test_the_whole_cycle(box: Box) -> None:
    before = box.text
    began = time.monotonic()
    with opened(box) as driver:
        assert driver.apply_id() == ""
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        driver.validate()
        assert box.text == before, "nothing runs before the commit"
        driver.commit_config(message="2026-11-21-0001", revert_in=60)
        assert driver.has_pending_commit()
        assert driver.apply_id() == "2026-11-21-0001"
        assert "ip vrf A" in box.text
        assert box.device.router.memory.saved == before, "not saved before it is confirmed"
        driver.confirm_commit()
        assert not driver.has_pending_commit()
        driver.unlock()
    assert box.device.router.memory.saved == box.text
    assert box.device.router.exclusive is None
    assert time.monotonic() - began < 4


def test_the_running_configuration_is_read_whole_over_the_wire(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="x")
        text = driver.get_config()["running"]
    assert max(map(len, text.splitlines())) == 80
    assert tree_of(ZTE().parse(text, "cfg")) == tree_of(ZTE().parse(box.text, "cfg"))


def test_a_rollback_restores_configuration_and_apply_id(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config="interface loopback1\n  ipv6 enable\n$\n")
        driver.commit_config(message="first")
        before = box.text
        driver.load_merge_candidate(config=CHANGE)
        driver.commit_config(message="second", revert_in=60)
        driver.load_merge_candidate(config="ip route vrf A 10.9.0.0 255.255.0.0 10.0.0.2\n")
        driver.commit_config(message="second", revert_in=60)
        with opened(box) as somebody:
            somebody._session.ask("write")
        driver.rollback()
        assert box.text == before
        assert driver.apply_id() == "first"
        assert box.device.router.memory.saved == before
        assert not driver.has_pending_commit()
        driver.unlock()


@pytest.mark.parametrize("keeps", [False, True])
def test_a_refused_commit_names_its_line_and_can_be_undone_whatever_it_left(box: Box, keeps: bool) -> None:
    box.device.router.keeps_earlier_lines = keeps
    with opened(box) as driver:
        before = box.text
        driver.lock()
        driver.load_merge_candidate(config="ip vrf B\n$\ninterface loopback3\n  ip vrf forwarding NOWHERE\n$\n")
        driver.validate()
        with pytest.raises(DeviceRefused, match="NOWHERE does not exist") as refused:
            driver.commit_config(message="x", revert_in=60)
        assert refused.value.line == "ip vrf forwarding NOWHERE"
        assert driver.has_pending_commit() is keeps
        if keeps:
            assert box.text != before
            driver.rollback()
        assert box.text == before
        assert not driver.has_pending_commit()


def test_a_line_that_is_no_command_is_refused_while_typing(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        with pytest.raises(DeviceRefused) as refused:
            driver.load_merge_candidate(config="ip vrf A\n  rd 65000\n$\n")
        assert refused.value.line == "rd 65000"
        assert driver.compare_config() == ""


def test_nothing_to_type_is_no_commit(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config="\n")
        driver.validate()
        driver.commit_config(message="x", revert_in=60)
        assert not driver.has_pending_commit()
        assert driver.apply_id() == ""


def test_the_lock_names_its_holder(box: Box) -> None:
    with opened(box) as first, opened(box) as second:
        first.lock()
        with pytest.raises(DeviceLocked, match=r"netwright from 127\.0\.0\.1"):
            second.lock()
        first.unlock()
        second.lock()
        second.unlock()
        second.unlock()


def test_a_lock_of_every_terminal_names_its_holder_too(box: Box) -> None:
    with opened(box) as driver:
        box.device.router.lock_all("ann")
        with pytest.raises(DeviceLocked, match=r"ann \(every terminal\) since \d"):
            driver.lock()


def test_a_terminal_that_is_gone_frees_its_lock(box: Box) -> None:
    with opened(box) as first:
        first.lock()
    with opened(box) as second:
        assert until(lambda: box.device.router.exclusive is None)
        second.lock()


def test_a_dirty_candidate_is_refused_unless_it_may_be_dropped(box: Box) -> None:
    with opened(box, discard_candidate=False) as driver:
        driver._session.ask("configure terminal manual")
        driver._session.ask("ip vrf OTHER")
        driver._session.ask("end")
        with pytest.raises(CandidateDirty):
            driver.lock()
        assert box.device.router.exclusive is None, "the lock is given back"
        driver.options["discard_candidate"] = True
        driver.lock()
        assert driver.get_config("candidate")["candidate"] == ""


def test_a_device_that_was_not_taken_in_is_not_changed(box: Box) -> None:
    with opened(box, taken_in=False) as driver:
        assert not driver.is_taken_in()
        driver.lock()
        with pytest.raises(DeviceRefused, match="taken in first"):
            driver.load_merge_candidate(config=CHANGE)
        before = box.text
        driver.take_in()
        assert driver.is_taken_in()
        assert box.text == before
        driver.load_merge_candidate(config=CHANGE)


def test_a_candidate_that_is_not_what_was_typed_is_refused(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        driver._session.ask("ip vrf OTHER")
        with pytest.raises(DeviceRefused, match="not what was typed") as refused:
            driver.validate()
        assert refused.value.line == "ip vrf OTHER"


def test_a_comment_that_does_not_fit_is_refused_before_anything_happens(box: Box) -> None:
    with opened(box) as driver:
        driver.lock()
        driver.load_merge_candidate(config=CHANGE)
        with pytest.raises(DeviceRefused, match="64 characters"):
            driver.commit_config(message="x" * 60)


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
        found.run(found.device.start("127.0.0.1", found.port))
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


# ---- operational facts ----


def test_what_the_router_shows(box: Box) -> None:
    peer = "fd00:0:0:1::1"
    with opened(box) as driver:
        driver.load_merge_candidate(
            config=CHANGE
            + "router isis 1\n  interface cgei-0/1/0/1\n    ipv6 router isis\n  $\n$\n"
            + f"router bgp 65000\n  neighbor {peer} remote-as 65000\n  neighbor fd00::2 remote-as 65000\n"
            + f"  address-family l2vpn evpn\n    neighbor {peer} activate\n    neighbor fd00::2 activate\n  $\n$\n"
            + "qos\n  interface xgei-0/1/0/1.100\n"
            + "    rate-limit input cir 100 mbps cbs 1500000 pir 100 mbps pbs 1500000 "
            + "conform-action transmit exceed-action drop violate-action drop\n  $\n$\n"
        )
        driver.commit_config(message="x")
        box.seen = Operational(
            adjacencies={"cgei-0/1/0/1": "a-spine-with-a-long-name"},
            interfaces_up=frozenset({"cgei-0/1/0/1", "xgei-0/1/0/1.100"}),
            sessions={(peer, "evpn"): 4},
            routes=(
                RouteState("A", "10.0.0.0/24", "connected", interface="xgei-0/1/0/1.100"),
                RouteState("A", "10.2.0.0/24", "bgp", peer, "fd00:1:1::4000", 7),
            ),
        )
        interfaces = {str(row["name"]): row for row in driver.collect(Topic.INTERFACES)}
        assert interfaces["xgei-0/1/0/1.100"] == {
            "name": "xgei-0/1/0/1.100", "admin_up": True, "oper_up": True, "addresses": "10.0.0.1/24", "vrf": "A",
        }  # fmt: skip
        assert interfaces["cgei-0/1/0/2"]["oper_up"] is False
        assert driver.collect(Topic.ISIS) == [
            {"port": "cgei-0/1/0/1", "neighbour": "a-spine-with-a-long-name", "state": "up"}
        ]
        assert driver.collect(Topic.BGP) == [
            {"peer": peer, "family": "evpn", "state": "established", "prefixes": 4},
            {"peer": "fd00::2", "family": "evpn", "state": "other", "prefixes": 0},
        ]
        assert driver.collect(Topic.ROUTES) == [
            {"vrf": "A", "prefix": "10.0.0.0/24", "protocol": "connected", "next_hop": "", "sid": "", "colour": 0},
            {"vrf": "A", "prefix": "10.2.0.0/24", "protocol": "bgp", "next_hop": peer, "sid": "", "colour": 0},
        ]
        assert driver.collect(Topic.RATES) == [
            {"port": "xgei-0/1/0/1", "vlan": 100, "direction": "in", "rate_bps": 100_000_000}
        ]
        with pytest.raises(NotReported):
            driver.collect(Topic.SIDS)
