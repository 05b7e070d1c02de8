"""The programs between two namespaces of this machine, with a line of known rate between them. It needs root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import cast

import pytest

from netwright.lab import bench as bench_room
from netwright.lab.bench import Bench, Flowing, Program
from netwright.lab.ground import Here, LabError, must
from netwright.lab.programs import traffic
from netwright.lab.proof import Seat
from netwright.lab.running import Lab

ONE = Seat("here", f"nwtest-one-{os.getpid()}", ("192.0.2.1", "2001:db8::1"))
TWO = Seat("here", f"nwtest-two-{os.getpid()}", ("192.0.2.2", "2001:db8::2"))
MTU = 3000
LINE = f"""set -e
ip netns add {ONE.namespace}
ip netns add {TWO.namespace}
ip link add name nwtest0 mtu {MTU} netns {ONE.namespace} type veth peer name nwtest0 mtu {MTU} netns {TWO.namespace}
"""
RATE = "tc -n {0} qdisc add dev nwtest0 root handle 1: htb default 1 && \
tc -n {0} class add dev nwtest0 parent 1: classid 1:1 htb rate {1} burst 4k cburst 4k && \
tc -n {0} qdisc add dev nwtest0 parent 1:1 bfifo limit 60000"


@dataclass(frozen=True)
class ThisMachine:
    """As much of a lab as a bench asks for: every box is this machine."""

    def words(self, box: str, command: Sequence[str]) -> list[str]:
        return list(command)

    def say(self, box: str, command: Sequence[str], stdin: str = "", timeout_s: float = 60.0) -> str:
        return must(Here(), command, stdin.encode(), timeout_s)


def sh(text: str) -> None:
    subprocess.run(["sh", "-c", text], check=True, capture_output=True)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    try:
        sh(LINE)
    except (OSError, subprocess.CalledProcessError) as error:
        remove()
        pytest.skip(f"no network namespaces here: {error}")
    for seat in (ONE, TWO):
        sh(f"ip -n {seat.namespace} link set lo up; ip -n {seat.namespace} link set nwtest0 gso_max_segs 1 up")
        sh(f"ip -n {seat.namespace} address add {seat.addresses[0]}/24 dev nwtest0")
        sh(f"ip -n {seat.namespace} address add {seat.addresses[1]}/64 dev nwtest0 nodad")
    made = Bench(cast("Lab", ThisMachine()), str(tmp_path_factory.mktemp("bench") / "traffic.py"))
    made.equip(["here"])
    yield made
    remove()


def remove() -> None:
    for seat in (ONE, TWO):
        subprocess.run(["ip", "netns", "delete", seat.namespace], check=False, capture_output=True)


@pytest.fixture
def slow(bench: Bench) -> Iterator[Bench]:
    """The line at 4 Mbit/s from one to two."""
    sh(RATE.format(ONE.namespace, "4mbit"))
    yield bench
    sh(f"tc -n {ONE.namespace} qdisc del dev nwtest0 root")


def ask(**more: object) -> dict[str, object]:
    return {"rate_bps": 2_000_000, "size": 1500, "seconds": 2.0, **more}


def test_echoes_of_both_families_and_sizes(bench: Bench) -> None:
    targets = [("192.0.2.2", 3, 100), ("2001:db8::2", 3, MTU), ("192.0.2.9", 2, 100), ("192.0.2.2", 1, MTU + 1)]
    plain, full, nobody, large = bench.echoes(ONE, targets)
    assert len(plain.times_us) == len(full.times_us) == 3
    assert (nobody.sent, nobody.times_us) == (2, ())
    assert (large.times_us, large.error) == ((), "EMSGSIZE")


@pytest.mark.parametrize("six", [False, True])
def test_a_stream_that_fits_arrives_whole(bench: Bench, *, six: bool) -> None:
    source = Seat(ONE.box, ONE.namespace, ONE.addresses[::-1] if six else ONE.addresses)
    flow = bench.stream(source, TWO, ask(dscp=26, ecn=True))
    assert flow.lost == flow.received.duplicates == flow.received.overflow == 0
    assert flow.received.octets == flow.received.packets * 1500
    assert flow.sent.sent + flow.sent.late == pytest.approx(2_000_000 / 8 / 1500 * flow.sent.seconds, abs=3)
    assert 0 < flow.received.delay_us["0"] <= flow.received.delay_us["99"] <= flow.received.delay_us["100"]


def test_what_the_line_does_not_carry_is_a_gap_in_the_numbers(slow: Bench) -> None:
    flow = slow.stream(ONE, TWO, ask(rate_bps=8_000_000, seconds=3.0))
    assert flow.lost > 0.2 * flow.sent.sent
    assert flow.received.missing > 0
    assert flow.received.missing <= flow.lost
    assert 3_000_000 < flow.goodput_bps < 4_600_000


def test_congestion_that_is_marked_is_seen(slow: Bench) -> None:
    red = "red limit 400000 min 6000 max 18000 avpkt 1500 bandwidth 4mbit ecn"
    try:
        sh(f"tc -n {ONE.namespace} qdisc replace dev nwtest0 parent 1:1 handle 10: {red}")
    except subprocess.CalledProcessError:
        pytest.skip("this kernel has no RED")
    flow = slow.stream(ONE, TWO, ask(rate_bps=6_000_000, ecn=True))
    assert flow.received.marked > 0
    assert slow.stream(ONE, TWO, ask(rate_bps=1_000_000, ecn=True)).received.marked == 0


def test_a_flood_ends_when_it_is_told_to(bench: Bench) -> None:
    with bench.flowing(ONE, TWO, ask(seconds=600.0, port=9)) as flooding:
        sleep(1)
        flow = flooding.stop()
    assert 0.5 < flow.sent.seconds < 30
    assert flow.lost == 0


def test_what_nobody_waits_for_is_sent_all_the_same(bench: Bench) -> None:
    with bench.pouring(ONE, "192.0.2.2", ask(seconds=600.0, port=9)) as pouring:
        sleep(1)
        sent = pouring.stop()
    assert 0.5 < sent.seconds < 30
    assert sent.rate_bps == pytest.approx(2_000_000, rel=0.3)


def test_a_silence_in_the_middle_is_measured(bench: Bench) -> None:
    with bench.flowing(ONE, TWO, ask(seconds=3.0)) as flowing:
        sleep(1)
        sh(f"ip -n {TWO.namespace} link set nwtest0 down")
        sleep(0.7)
        sh(f"ip -n {TWO.namespace} link set nwtest0 up")
        flow = flowing.end()
    assert flow.received.longest_gap_us > 600_000
    assert flow.lost > 0


def test_a_session_runs_at_the_rate_of_its_line(slow: Bench) -> None:
    with slow.session(ONE, TWO, 30) as talking:
        sleep(3)
        session = talking.end()
    assert session.ended == "closed"
    middle = session.tenths[5:25]
    assert sum(octets for _, octets in middle) * 8 / 2 == pytest.approx(3_850_000, rel=0.1)


def test_what_a_router_tells_is_without_what_changes_by_itself() -> None:
    said = (
        "frr.conf: frr version 10.7.1\n1000:\tfrom all lookup [l3mdev-table]\n 0: from all lookup local \nip x\n"
        "eth1@if12: <UP> mtu 9216 link/ether ee:fb:cc:7f:89:c3 brd ff:ff:ff:ff:ff:ff\n"
        "local fe80::ecfb:ccff:fe7f:89c3 dev eth1\nfe80::1 dev eth1\n"
        'ip saddr 127.0.0.11 tcp sport 42339 counter xt target "SNAT"\ntcp sport 4791 counter\n'
    )

    class Told(ThisMachine):
        def say(self, box: str, command: Sequence[str], stdin: str = "", timeout_s: float = 60.0) -> str:
            return said

    assert Bench(cast("Lab", Told())).tells("pe1") == (
        " 0: from all lookup local",
        "ip x",
        "eth1: <UP> mtu 9216 link/ether  brd ff:ff:ff:ff:ff:ff",
        "local  dev eth1",
        "fe80::1 dev eth1",
        'ip saddr 127.0.0.11  counter xt target "SNAT"',
        "tcp sport 4791 counter",
    )


def test_nothing_that_ran_is_left_behind(bench: Bench) -> None:
    with bench.running(TWO, "receive", {"address": "192.0.2.2", "port": 4000, "seconds": 600}) as program:
        inside = program.process.pid
    assert not Path(f"/proc/{inside}").exists()
    with (
        pytest.raises(LabError, match="did not start"),
        bench.running(TWO, "receive", {"address": "192.0.2.77", "port": 4}),
    ):
        pass  # an address that the box has not got


# ---- what ends, and when


def program(script: str) -> Program:
    words = [sys.executable, "-c", f"import json, sys, time\n{script}"]
    started = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return Program(started, "a program")


SENT = '{"sent": 3, "seconds": 1.0, "late": 0, "refused": 0, "size": 1500}'


@pytest.mark.parametrize("hears_the_end", [True, False])
def test_a_receiver_that_hears_no_end_is_told(monkeypatch: pytest.MonkeyPatch, *, hears_the_end: bool) -> None:
    """The last packets may be lost, too; what still stands in queues is waited for."""
    monkeypatch.setattr(bench_room, "QUEUED_S", 5.0 if hears_the_end else 0.3)
    told = json.dumps(traffic.Seen().told())
    wait = "time.sleep(0.5)" if hears_the_end else "sys.stdin.read()"
    sender, receiver = program(f"print({SENT!r})"), program(f"{wait}\nprint({told!r})")
    began = monotonic()
    flow = Flowing(sender, receiver, 20.0).end()
    assert (flow.sent.sent, flow.received.packets) == (3, 0)
    assert monotonic() - began < 4.5
    assert receiver.process.stdin is not None
    assert receiver.process.stdin.closed is not hears_the_end
