"""The FRR driver against the emulated box: a transaction there and back, refusals half-way, the lock, the timer."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from netwright.drivers import frr
from netwright.drivers.base import NotReported, Topic
from netwright.drivers.frr import FrrDriver, _proxy
from netwright.drivers.frr_collect import collect
from netwright.emulator.device import Fault, FaultKind, Setting
from netwright.emulator.frr import FrrDevice
from netwright.emulator.world import Operational, RouteState
from netwright.errors import DeviceLocked, DeviceRefused, DeviceUnreachable, RollbackFailed
from netwright.platforms.base import join_parts, split_parts
from netwright.platforms.frr import FRR, FRR_10_3
from netwright.tree import Delta, between, tree_of
from netwright.tree import Path as TreePath

GOLDEN = Path(__file__).parents[1] / "platforms" / "frr" / "golden"
PORTS = "".join(f"ip link set dev {port} mtu 9216\nip link set dev {port} up\n" for port in ("eth1", "eth3"))
BASELINE = f"!<cfg>\nfrr defaults traditional\nhostname leaf1\n!</cfg>\n!<linux>\n{PORTS}!</linux>\n"
FABRIC = (
    "loopback",
    "core_interface",
    "locator",
    "isis",
    "isis_circuit",
    "isis_circuit-loopback",
    "bgp",
    "bgp_neighbor",
)
SERVICE = (
    "vrf", "attachment", "static_route", "segment_route", "segment_route-ipv6", "segment_route-protected",
    "slice_channel", "slice_channel-queues", "access_rate",
    "traffic_class", "trust_list", "core_queue", "core_queue-strict",
)  # fmt: skip
WORLD = Operational(
    adjacencies={"eth1": "spine1"},
    interfaces_up=frozenset({"eth1", "eth3"}),
    sessions={("2001:db8:0:ffff::1", "vpnv4"): 4},
    routes=(RouteState("hospital-a", "10.22.0.0/24", "bgp", "2001:db8:0:ffff::2", "fd00:1:2:fe01::"),),
)


class Loop:
    """An event loop in a thread: the box must answer while the driver waits."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run(self, what: object) -> object:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(20)  # type: ignore[arg-type]

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


@contextmanager
def served(
    *faults: Fault, state: Path | None = None, baseline: str = BASELINE
) -> Iterator[tuple[FrrDevice, Callable[[], FrrDriver]]]:
    loop, device = Loop(), FrrDevice(Setting("leaf1", baseline, state, lambda _: WORLD, faults=list(faults)))
    port = loop.run(device.start("127.0.0.1", 0))
    drivers: list[FrrDriver] = []

    def connect() -> FrrDriver:
        options = {"port": port, "name": "leaf1", "hostkey_verify": False}
        drivers.append(FrrDriver("127.0.0.1", "netwright", "netwright", 10, options))
        drivers[-1].open()
        return drivers[-1]

    try:
        yield device, connect
    finally:
        for driver in drivers:
            driver.close()
        loop.run(device.stop())
        loop.close()


def tree(text: str) -> dict[TreePath, str]:
    return tree_of(line for part, body in split_parts(text, FRR.parts).items() for line in FRR.parse(body, part))


def golden(*names: str) -> dict[TreePath, str]:
    found: dict[TreePath, str] = {}
    for name in names:
        for part in FRR.parts:
            if (file := GOLDEN / f"{name}.{part}").exists():
                found.update(tree_of(FRR.parse(file.read_text(), part)))
    return found


def running(driver: FrrDriver) -> dict[TreePath, str]:
    return tree(driver.get_config(retrieve="running")["running"])


def text(delta: Delta) -> str:
    return join_parts({part: FRR.change(delta, part) for part in FRR.parts})


def push(driver: FrrDriver, after: dict[TreePath, str], token: str = "apply-1", revert_in: int | None = 60) -> None:
    for delta in FRR.sequence(between(running(driver), after)):
        driver.load_merge_candidate(config=text(delta))
        driver.validate()
        driver.commit_config(message=token, revert_in=revert_in)


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
        _until(lambda: _locks(first))


def _locks(driver: FrrDriver) -> bool:
    with suppress(DeviceLocked):
        driver.lock()
        return True
    return False


def _until(what: Callable[[], bool], seconds: float = 8) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def test_the_box_restores_itself_when_the_controller_is_gone() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)}, revert_in=1)
        assert device.running() != before
        driver.close()
        _until(lambda: device.running() == before)
        again = connect()
        again.reattach("apply-1")
        assert not again.has_pending_commit()
        assert again.apply_id() == ""
        with pytest.raises(DeviceRefused, match="gone back"):
            again.confirm_commit()


def test_a_commit_without_an_id_goes_back_too() -> None:
    with served() as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden("loopback")}, token="", revert_in=1)
        driver.close()
        _until(lambda: device.running() == before)


def test_a_controller_that_is_lost_while_it_goes_back_leaves_that_to_the_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frr, "_RESTORE_S", 1.0)
    with served(Fault(FaultKind.DROP, "rollback")) as (device, connect):
        driver, before = connect(), device.running()
        push(driver, {**running(driver), **golden(*FABRIC)}, revert_in=600)
        with pytest.raises(DeviceUnreachable):
            driver.rollback()
        assert device.running() != before
        _until(lambda: device.running() == before)


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


def test_a_second_controller_takes_over_and_confirms() -> None:
    with served() as (device, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC)}, revert_in=2)
        driver.close()
        again = connect()
        again.reattach("apply-1")
        assert again.has_pending_commit()
        again.confirm_commit()
        after = device.running()
        time.sleep(2.3)
        assert device.running() == after


def test_another_apply_id_does_not_attach() -> None:
    with served() as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden("loopback")})
        driver.reattach("somebody-else")
        assert not driver.has_pending_commit()


@pytest.mark.parametrize("kind", [FaultKind.LIE, FaultKind.PARTIAL_ROLLBACK])
def test_a_rollback_is_compared_and_not_believed(kind: FaultKind) -> None:
    with served(Fault(kind)) as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        with pytest.raises(RollbackFailed):
            driver.rollback()


def test_a_cut_session_is_unreachable() -> None:
    with served(Fault(FaultKind.DROP, "commit")) as (_, connect):
        driver = connect()
        with pytest.raises(DeviceUnreachable):
            push(driver, {**running(driver), **golden("loopback")})
        assert driver.is_alive() == {"is_alive": False}


CARRIER = """import os, select, socket, sys
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
while True:
    ready = select.select([0, line], [], [])[0]
    if 0 in ready:
        line.sendall(os.read(0, 65536))
    if line in ready:
        os.write(1, line.recv(65536))
"""


def test_a_command_that_carries_the_connection_and_ends_is_a_lost_box_at_once(tmp_path: Path) -> None:
    """And only that: what is closed behind it says nothing of its own, else a transaction ends before it goes back."""
    (tmp_path / "carry.py").write_text(CARRIER)
    with served() as (_, connect):
        port = connect().port
        carried = {
            "port": port,
            "hostkey_verify": False,
            "proxy_command": f"{sys.executable} {tmp_path}/carry.py %h %p",
        }
        driver = FrrDriver("127.0.0.1", "netwright", "netwright", 60, carried)
        driver.open()
        driver.lock()
        assert "leaf1" in driver.get_config(retrieve="running")["running"]
        carrier = driver._box._carrier
        assert carrier is not None
        carrier.kill()
        began = time.monotonic()
        for _ in range(2):
            with pytest.raises(DeviceUnreachable):
                driver.get_config(retrieve="running")
        driver.unlock()
        driver.close()
        assert time.monotonic() - began < 30
        assert carrier.returncode is not None


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


def test_nobody_home_is_unreachable() -> None:
    driver = FrrDriver("127.0.0.1", "netwright", "netwright", 1, {"port": 1, "hostkey_verify": False})
    with pytest.raises(DeviceUnreachable):
        driver.open()


def test_the_sids_of_a_release_that_cannot_list_them_are_those_in_the_fib() -> None:
    with served(baseline=BASELINE.replace("<cfg>\n", "<cfg>\nfrr version 10.3\n")) as (_, connect):
        driver = connect()
        wanted = dict(running(driver))
        for name in ("locator", "isis", "bgp", "vrf", "segment_route"):
            for part in FRR_10_3.parts:
                if (file := GOLDEN / f"{name}.{part}").exists():
                    wanted |= tree_of(FRR_10_3.parse(file.read_text(), part))
        push(driver, wanted)
        assert driver.collect(Topic.SIDS) == [
            {"sid": "fd00:1:5::", "behaviour": "End", "vrf": ""},
            {"sid": "fd00:1:5:fe00::", "behaviour": "End.DT46", "vrf": "hospital-a"},
        ]
        route = {"vrf": "hospital-a", "prefix": "10.22.0.0/24", "protocol": "static", "next_hop": "", "colour": 0}
        way = {"sid": "fd00:1:2:fe01::", "sids": "fd00:1:1::,fd00:1:2:fe01::"}
        assert [row for row in driver.collect(Topic.ROUTES) if row["protocol"] == "static"] == [{**route, **way}]


def test_collect_tells_what_the_box_says() -> None:
    with served() as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        peer = "2001:db8:0:ffff::1"
        assert driver.collect(Topic.ISIS) == [{"port": "eth1", "neighbour": "spine1", "state": "up"}]
        assert driver.collect(Topic.BGP) == [
            {"peer": peer, "family": "vpnv4", "state": "established", "prefixes": 4},
            {"peer": peer, "family": "vpnv6", "state": "other", "prefixes": 0},
        ]
        assert driver.collect(Topic.LOCATORS) == [{"name": "MAIN", "prefix": "fd00:1:5::/48", "state": "up"}]
        assert {"sid": "fd00:1:5:fe00::", "behaviour": "uDT46", "vrf": "hospital-a"} in driver.collect(Topic.SIDS)
        assert driver.collect(Topic.SLICES) == [
            {"port": "eth1", "slice_id": number, "rate_bps": 105_334_000, "state": "up"} for number in (17, 19)
        ]
        assert driver.collect(Topic.RATES) == [
            {"port": "eth3", "vlan": 300, "direction": "out", "rate_bps": 105_334_000},
            {"port": "eth3", "vlan": 300, "direction": "in", "rate_bps": 105_334_000},
        ]
        queues = driver.collect(Topic.QUEUES)
        of_port = {"port": "eth1", "service_class": "ef", "slice_id": 0, "depth_bytes": 60_000, "drops": 0}
        of_slice = {"port": "eth1", "service_class": "af3", "slice_id": 19, "depth_bytes": 3_000_000, "drops": 0}
        assert of_port in queues
        assert of_slice in queues
        assert driver.collect(Topic.ROUTES) == [
            {
                "vrf": "hospital-a", "prefix": "10.23.0.0/24", "protocol": "static", "next_hop": "",
                "sid": "fd00:1:2:fe01::", "sids": "fd00:1:1::,fd00:1:2:fe01::", "colour": 0,
            },
            {
                "vrf": "hospital-a", "prefix": "10.22.0.0/24", "protocol": "bgp", "next_hop": "2001:db8:0:ffff::2",
                "sid": "fd00:1:2:fe01::", "sids": "fd00:1:2:fe01::", "colour": 0,
            },
        ]  # fmt: skip
        rows = {str(row["name"]): row for row in driver.collect(Topic.INTERFACES)}
        assert rows["eth3.300"]["vrf"] == "hospital-a"
        assert rows["eth3.300"]["addresses"] == "10.41.0.1/24,2001:db8:41::1/64"
        assert rows["eth1"]["oper_up"] is True
        assert {"eth1", "eth3.300"} <= {row["name"] for row in driver.collect(Topic.COUNTERS)}
        with pytest.raises(NotReported):
            driver.collect(Topic.FLEXE)


def test_counters_are_the_kernels_own() -> None:
    """The shape that iproute2 6.1 prints; an interface without statistics is left out."""
    counts = {"bytes": 9, "packets": 3, "errors": 1, "dropped": 2}
    said = [
        {"ifname": "eth1", "stats64": {"rx": counts, "tx": {**counts, "dropped": 5}}},
        {"ifname": "odd"},
    ]
    rows = collect(
        Topic.COUNTERS, lambda words: json.dumps(said) if words == ("ip", "-s", "-j", "link", "show") else ""
    )
    assert rows == [
        {
            "name": "eth1",
            "in_packets": 3,
            "out_packets": 3,
            "in_errors": 1,
            "out_errors": 1,
            "in_drops": 2,
            "out_drops": 5,
        }
    ]


@pytest.mark.parametrize(
    ("command", "run"),
    [
        ("ssh -W %h:%p lab", "ssh -W 198.18.1.1:22 lab"),
        ("nc --say 100%% %h %p %x", "nc --say 100% 198.18.1.1 22 %x"),
        ("", ""),
    ],
)
def test_a_proxy_command_is_written_as_for_ssh(command: str, run: str) -> None:
    assert _proxy(command, "198.18.1.1", 22) == run
