"""Lines for few programs: their order stays, the line that failed is named, and a restore goes on behind it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from frr_box import SERVICE, golden, push, running, served, text, until

from frr_golden import FABRIC
from netwright.drivers import frr_box, frr_carry
from netwright.drivers.base import NotReported, Row, Topic
from netwright.drivers.frr import FrrDriver
from netwright.drivers.frr_batch import Group, commands, groups
from netwright.drivers.frr_ssh import Box, Done
from netwright.drivers.frr_trips import trip
from netwright.platforms.frr import FRR
from netwright.tree import between

LINES: Final = """\
# a comment
ip link add name v type vrf table 7
ip link set dev v up
ip -6 route add unreachable default table 7 metric 4278198272
ip -4 route add unreachable default table 7 metric 4278198272
sysctl -w net/vrf/strict_mode=1
sysctl -w net/ipv6/conf/eth1/seg6_enabled=1
tc qdisc replace dev eth1 clsact
nft add table inet netwright
nft 'flush chain inet netwright c ; add rule inet netwright c meta mark 1 accept'
ip link set dev eth1 up
"""


def made(text: str = LINES) -> list[Group]:
    return list(groups(commands(text)))


def test_neighbours_of_one_program_are_one_start_of_it() -> None:
    assert [(group.words, group.text) for group in made()] == [
        (("ip", "-batch"), "link add name v type vrf table 7\nlink set dev v up\n"),
        (("ip", "-6", "-batch"), "route add unreachable default table 7 metric 4278198272\n"),
        (("ip", "-4", "-batch"), "route add unreachable default table 7 metric 4278198272\n"),
        (("sysctl", "-w", "net/vrf/strict_mode=1", "net/ipv6/conf/eth1/seg6_enabled=1"), ""),
        (("tc", "-batch"), "qdisc replace dev eth1 clsact\n"),
        (
            ("nft", "-f"),
            "add table inet netwright\nflush chain inet netwright c ; add rule inet netwright c meta mark 1 accept\n",
        ),
        (("ip", "-batch"), "link set dev eth1 up\n"),
    ]


def test_every_line_is_in_a_group_once() -> None:
    assert [line for group in made() for line in group.lines] == LINES.splitlines()[1:]


@pytest.mark.parametrize(
    ("lines", "said", "line"),
    [  # as iproute2 7.2, nftables 1.1.7 and procps said it
        (["ip link set dev a up", "ip link set dev b up"], 'Cannot find device "b"\nCommand failed -:2', 1),
        (
            ["tc qdisc del dev a root", "tc qdisc del dev b root"],
            "Error: Invalid handle.\nCommand failed /run/s-1:1",
            0,
        ),
        (
            ["ip link set dev a up", "ip link set dev a master nope"],
            'Error: argument "nope" is wrong: Device does not exist\n',
            1,
        ),
        (
            ["nft add table inet t", "nft 'add element inet n m { 1 : 2 }'", "nft 'add element inet o m { 1 : 2 }'"],
            "/s-2:2:18-18: Error: No such file or directory\nadd element...\n^\n/s-2:3:18-18: Error: No such file",
            1,
        ),
        (
            ["sysctl -w net/a=1", "sysctl -w net/ipv6/conf/no/seg6_enabled=1"],
            "sysctl: cannot stat /proc/sys/net/ipv6/conf/no/seg6_enabled: No such file or directory",
            1,
        ),
        (["ip link set dev a up"], "something else", None),
    ],
)
def test_the_line_that_failed_is_named(lines: list[str], said: str, line: int | None) -> None:
    (group,) = groups(map(shlex.split, lines))
    assert group.failed(said) == ("" if line is None else lines[line])


class Programs:
    """Programs that fail at the lines they are told to."""

    def __init__(self, *bad: str, silent: bool = False) -> None:
        self.bad, self.silent, self.ran = bad, silent, list[str]()

    def batch(self, group: Group) -> tuple[int, str]:
        if group.words[0] == "nft" and set(group.lines) & set(self.bad):
            return 1, "/dev/stdin:1:1-1: Error: no"
        for place, line in enumerate(group.lines):
            if line in self.bad:
                return 1, "" if self.silent else f"Command failed -:{place + 1}"
            self.ran.append(line)
        return 0, ""

    def run(self, words: Sequence[str], stdin: str = "") -> tuple[int, str]:
        del stdin
        line = " ".join(words)
        self.ran += [] if line in self.bad else [line]
        return int(line in self.bad), ""


@pytest.mark.parametrize(
    ("text", "bad", "silent", "ran"),
    [
        ("ip a\nip b\nip c\nip d\n", ("ip b", "ip c"), False, ["ip a", "ip d"]),
        ("ip a\nip b\nip c\n", ("ip b",), True, ["ip a", "ip a", "ip c"]),
        ("nft a\nnft b\nnft c\n", ("nft b",), False, ["nft a", "nft c"]),
        ("reboot now\nip a\n", (), False, ["ip a"]),
    ],
)
def test_a_restore_takes_back_what_it_can(
    monkeypatch: pytest.MonkeyPatch, text: str, bad: tuple[str, ...], silent: bool, ran: list[str]
) -> None:
    programs = Programs(*bad, silent=silent)
    monkeypatch.setattr(frr_box, "run_batch", programs.batch)
    monkeypatch.setattr(frr_box, "run", programs.run)
    frr_box.send_linux(text)
    assert programs.ran == ran


POLICER: Final = (
    "tc filter add dev a ingress protocol all prio 1 u32 match u32 0 0 "
    "action police rate 1Mbit burst 16Kb mtu 65535 drop"
)


def test_a_policer_is_never_there_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    programs = Programs("tc x", silent=True)
    monkeypatch.setattr(frr_box, "run_batch", programs.batch)
    monkeypatch.setattr(frr_box, "run", programs.run)
    frr_box.send_linux(f"{POLICER}\ntc x\n")
    assert programs.ran == [POLICER, "tc filter del dev a ingress prio 1", POLICER]


# ---- trips, by the shell of this machine


class Here:
    """A box whose shell is this machine's, at the end of a line that may be cut."""

    def __init__(self, cut: int | None = None) -> None:
        self.cut, self.trips = cut, 0

    def run(self, words: Sequence[str], stdin: bytes = b"", timeout_s: float = 0.0) -> Done:
        self.trips += 1
        done = subprocess.run(list(words), input=stdin[: self.cut], capture_output=True, check=False, timeout=20)
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def test_files_are_written_and_then_commands_run_for_one_trip(tmp_path: Path) -> None:
    files = {f"{tmp_path}/d/{name}": text for name, text in (("a", b"\0\xff\n" * 70_000), ("b", ""), ("c", "it's"))}
    box = Here()
    commands = (("cat", f"{tmp_path}/d/c"), ("test", "-e", f"{tmp_path}/d/b"))
    ran = trip(box, commands, files, f"{tmp_path}/d/whole", (f"{tmp_path}/d",))
    assert (ran.failed, ran.done.out, box.trips) == ((), "it's", 1)
    assert (tmp_path / "d" / "a").read_bytes() == b"\0\xff\n" * 70_000
    assert (tmp_path / "d" / "b").read_bytes() == b""


def test_the_command_that_fails_is_named_and_none_comes_after_it(tmp_path: Path) -> None:
    fails = ("sh", "-c", "echo no >&2; exit 3")
    ran = trip(Here(), (("echo", "a\nb"), fails, ("touch", f"{tmp_path}/x")), {}, f"{tmp_path}/whole")
    assert (ran.failed, ran.done.code) == (fails, 3)
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("cut", [0, 1, 5, 8, 10])
def test_where_the_line_is_cut_no_command_runs(tmp_path: Path, cut: int) -> None:
    files = {f"{tmp_path}/a": "link set dev eth1 mtu 9216\n"[:6], f"{tmp_path}/whole.not": "x"}
    ran = trip(Here(cut), (("touch", f"{tmp_path}/x"),), files, f"{tmp_path}/whole")
    assert ran.failed[0] == "grep"
    assert not (tmp_path / "x").exists()


def counting(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What every trip to a box from now on begins with."""
    made: list[str] = []
    run = Box.run

    def counted(box: Box, words: Sequence[str], stdin: bytes = b"", timeout_s: float = 0.0) -> Done:
        made.append(words[0])
        return run(box, words, stdin, timeout_s)

    monkeypatch.setattr(Box, "run", counted)
    return made


def test_a_transaction_is_a_handful_of_trips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each costs a second or more on a box that is slow or far: 43 before they were put together."""
    with served() as (_, connect):
        driver = connect()
        (delta,) = FRR.sequence(between(running(driver), {**running(driver), **golden(*FABRIC, *SERVICE)}))
        made = counting(monkeypatch)
        driver.load_merge_candidate(config=text(delta))
        counts = []
        for step in (driver.validate, lambda: driver.commit_config("a", 60), driver.confirm_commit):
            made.clear()
            step()
            counts.append(len(made))
        assert counts == [1, 7, 5]


def test_all_topics_are_a_few_trips_and_say_what_each_says_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    topics = list(Topic)
    with served() as (_, connect):
        driver = connect()
        push(driver, {**running(driver), **golden(*FABRIC, *SERVICE)})
        alone = {topic: said(driver, topic) for topic in topics}
        made = counting(monkeypatch)
        with driver.together(topics):
            assert {topic: said(driver, topic) for topic in topics} == alone
        assert len(made) == 3
        driver.collect(Topic.ISIS)
        assert len(made) == 4  # nothing is kept


def said(driver: FrrDriver, topic: Topic) -> list[Row] | None:
    try:
        return driver.collect(topic)
    except NotReported:
        return None


# ---- the timer, by the shell of this machine


def alive(pid: str) -> bool:
    """Whether it runs; the shell that started it is gone, so nobody but init hears of its end."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def test_a_timer_ends_when_another_is_started_and_when_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "timer.sh").write_text('sleep "$1"\n')
    arm, disarm = (
        script.replace("/etc/netwright", str(tmp_path)).replace("/run/netwright", str(tmp_path))
        for script in (frr_carry.ARM, frr_carry.DISARM)
    )
    pids = []
    for _ in range(2):
        subprocess.run(("sh", "-c", arm, "sh", "60", "token"), check=True, timeout=20)
        pids.append((tmp_path / "timer.pid").read_text().strip())
        until(lambda: os.getpgid(int(pids[-1])) == int(pids[-1]))
    until(lambda: not alive(pids[0]))
    assert alive(pids[1])
    for _ in range(2):  # a second time there is none, and that is no error
        subprocess.run(("sh", "-c", disarm), check=True, timeout=20)
    until(lambda: not alive(pids[1]))
    assert not (tmp_path / "timer.pid").exists()
