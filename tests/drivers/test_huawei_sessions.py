"""The Huawei driver reads a working network; drivers side by side, and a session that was idle."""

from __future__ import annotations

import threading
import time

import pytest
from huawei_bench import (
    NUMBERS,
    Bench,
    tenant,
    vrf,
)

from netwright.drivers.base import Topic
from netwright.errors import (
    DeviceUnreachable,
)

# ---- reading --------------------------------------------------------------------------------------------------------


def test_everything_is_collected_from_a_working_network(bench: Bench) -> None:
    for name in ("pe1", "pe2"):
        driver = bench.driver(name)
        driver.lock()
        driver.load_merge_candidate(config=tenant(NUMBERS[name]))
        driver.validate()
        driver.commit_config("a-1", revert_in=60)
        driver.confirm_commit()
        driver.unlock()
    got = {topic: bench.driver("pe1").collect(topic) for topic in Topic}
    assert {
        "name": "100GE0/1/9.100",
        "admin_up": True,
        "oper_up": True,
        "addresses": "10.0.1.1/24",
        "vrf": "red",
    } in got[Topic.INTERFACES]
    assert got[Topic.ISIS] == [{"port": "100GE0/1/0", "neighbour": "p1", "state": "up"}]
    assert got[Topic.BGP] == [{"peer": "fd00::2", "family": "evpn", "state": "established", "prefixes": 1}]
    assert got[Topic.LOCATORS] == [{"name": "main", "prefix": "fd00:1:1::/48", "state": "up"}]
    assert got[Topic.SIDS] == [
        {"sid": "fd00:1:1::1", "behaviour": "End", "vrf": ""},
        {"sid": "fd00:1:1::4000", "behaviour": "End.DT4", "vrf": "red"},
    ]
    assert got[Topic.ROUTES] == [
        {"vrf": "red", "prefix": "10.0.1.0/24", "protocol": "connected", "next_hop": "", "sid": "", "colour": 0},
        {
            "vrf": "red",
            "prefix": "10.0.3.0/24",
            "protocol": "bgp",
            "next_hop": "fd00::3",
            "sid": "fd00:1:3::4000",
            "colour": 7,
        },
    ]
    assert got[Topic.SR_POLICIES] == [
        {
            "name": "pol",
            "endpoint": "fd00::3",
            "colour": 7,
            "state": "up",
            "preference": 200,
            "sids": "fd00:1:2::1,fd00:1:3::1",
            "binding_sid": "",
        }
    ]
    assert got[Topic.SLICES] == [{"port": "100GE0/1/0", "slice_id": 10, "rate_bps": 10**9, "state": "up"}]
    assert got[Topic.RATES] == [{"port": "100GE0/1/9", "vlan": 100, "direction": "in", "rate_bps": 10**7}]
    assert got[Topic.MEASUREMENTS] == [{"name": "flow", "state": "up", "loss": 0.0, "delay_us": 700.0}]
    assert got[Topic.FLEXE] == got[Topic.QUEUES] == []
    counted = dict.fromkeys(("in_packets", "out_packets", "in_errors", "out_errors", "in_drops", "out_drops"), 0)
    assert {"name": "100GE0/1/0", **counted} in got[Topic.COUNTERS]
    assert len(got[Topic.COUNTERS]) == len(got[Topic.INTERFACES])


def test_drivers_work_side_by_side(bench: Bench) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            driver = bench.driver(name)
            driver.lock()
            driver.load_merge_candidate(config=vrf("A"))
            driver.commit_config("a-1", revert_in=30)
            driver.confirm_commit()
            driver.unlock()
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in NUMBERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all("<name>A</name>" in bench.running(name) for name in NUMBERS)


def test_an_idle_session_is_dialled_again_unless_it_held_locks(bench: Bench) -> None:
    router = bench.network.devices["pe1"]
    router.idle_s = 0.3  # type: ignore[attr-defined]
    driver, holder = bench.driver(), bench.driver()
    time.sleep(0.6)
    assert "running" in driver.get_config("running")
    holder.lock()
    time.sleep(0.6)
    with pytest.raises(DeviceUnreachable):
        holder.validate()
