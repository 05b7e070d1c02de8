"""The ZTE driver against an emulated router over real SSH: the cycle, locks, candidates, and what it reads."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from netwright.drivers.base import NotReported, Topic
from netwright.emulator.world import Operational, RouteState
from netwright.errors import CandidateDirty, DeviceLocked, DeviceRefused
from netwright.platforms.zte import ZTE
from netwright.tree import tree_of

sys.path.insert(0, str(Path(__file__).parents[1] / "emulator" / "zte"))
from zte_box import CHANGE, Box, opened, until


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
