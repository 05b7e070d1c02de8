"""Programs in the boxes of a lab, started and heard: streams, floods, sessions, echoes. The edge; it judges nothing."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from netwright.lab.facts import (
    Echoes,
    Flow,
    Sent,
    Session,
    read_counters,
    read_echoes,
    read_received,
    read_sent,
    read_session,
)
from netwright.lab.ground import LabError
from netwright.lab.model import WIRES
from netwright.lab.proof import Seat
from netwright.lab.running import Lab, side_by_side

PROGRAM: Final = "/run/netwright-traffic.py"
PORT: Final = 4791
"""RoCEv2's UDP port (InfiniBand Architecture, annex A17)."""

QUEUED_S: Final = 6.0
"""How long what has been sent may stand in queues: a class's own is bounded, and so is best effort's."""

SLACK_S: Final = 120.0
"""How much longer than it should a program in an emulated machine may take to start and to end."""

_COUNT: Final = 'for d in /sys/class/net/w*; do echo "${d##*/} $(cat "$d/statistics/rx_packets")"; done'
_TELLS: Final = """vtysh -c 'show running-config'
ls -l /etc/frr | sed -n 's/^\\(-[rwx-]*\\) .* \\([^ ]*\\)$/\\1 \\2/p' | grep -v '[.]sav$'
sed -e '/^!/d' -e '/^$/d' -e 's/^/frr.conf: /' /etc/frr/frr.conf
ip -d -o link | sed -e 's/^[0-9]*: //' -e 's/link-netnsid.*//'
ip -o address | sed -e 's/^[0-9]*: //'
ip -4 route show table all; ip -6 route show table all; ip -4 rule; ip -6 rule
tc qdisc show; tc filter show; for d in /sys/class/net/*; do tc class show dev "${d##*/}"; done
nft -s list ruleset
sysctl net.ipv6.conf.all.seg6_enabled net.vrf.strict_mode 2>/dev/null"""
"""Everything of a router that an apply can touch: configuration, links, addresses, tables, rules, queues, filters.

Not vtysh's own copy of the file it wrote before, and not the folder of our driver, which keeps the last apply's id.
"""

_RESTLESS: Final = (
    " lla ", " proto ra ", "expires ", "! Last configuration change",
    "frr.conf: frr version ",  # vtysh's own stamp, with the first file that it writes
    "lookup [l3mdev-table]",  # the kernel's rule for VRFs: it comes with the first and stays
)  # fmt: skip


_MADE_ANEW: Final = re.compile(
    r"@if\d+|(?<=link/ether )[0-9a-f:]{17}|fe80::[0-9a-f:]*ff:fe[0-9a-f:]+"  # a cable's, and what follows from it
    r"|(?<=saddr 127\.0\.0\.11 )(?:tcp|udp) sport \d+"  # of docker's own name server
)
"""What a router that is started again has others of: cables, with their numbers and addresses, and docker's ports."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The boxes of a lab as places where programs run."""

    lab: Lab
    program: str = PROGRAM  # where it lies in every box

    def equip(self, boxes: Sequence[str]) -> None:
        """Put the program into each box."""
        text = files("netwright.lab").joinpath("programs", "traffic.py").read_text(encoding="utf-8")
        side_by_side(boxes, lambda box: self.lab.say(box, ("sh", "-c", f"cat >{self.program}"), text))

    def _words(self, seat: Seat, verb: str, ask: Mapping[str, object]) -> list[str]:
        enter = ["ip", "netns", "exec", seat.namespace] if seat.namespace else []
        return self.lab.words(seat.box, [*enter, "python3", self.program, verb, json.dumps(ask)])

    @contextmanager
    def running(self, seat: Seat, verb: str, ask: Mapping[str, object]) -> Iterator[Program]:
        """A program that has said that it is ready; it ends when this does, whatever happens in between."""
        words = self._words(seat, verb, ask)
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                program = Program(process, f"{verb} in {seat.box} {seat.namespace}".strip())
                program.await_ready()
                yield program
            finally:
                program.close()

    # ---- what is seen

    def echoes(self, seat: Seat, rows: Sequence[tuple[str, int, int]]) -> tuple[Echoes, ...]:
        """Echo requests: (target, how many, size of the IP packet), side by side."""
        targets = [{"target": target, "count": count, "size": size} for target, count, size in rows]
        words = ["ip", "netns", "exec", seat.namespace] if seat.namespace else []
        ask = json.dumps({"targets": targets, "pause_s": 0.3, "wait_s": 4.0})
        words += ["python3", self.program, "ping", ask]
        return read_echoes(self.lab.say(seat.box, words, timeout_s=60 + SLACK_S))

    def stream(self, source: Seat, target: Seat, ask: Mapping[str, object]) -> Flow:
        """One stream from beginning to end: `rate_bps`, `size`, `seconds`, `dscp`, `ecn`, `port`."""
        with self.flowing(source, target, ask) as flowing:
            return flowing.end()

    @contextmanager
    def flowing(self, source: Seat, target: Seat, ask: Mapping[str, object]) -> Iterator[Flowing]:
        """A stream that runs while something else is done."""
        port, seconds = ask.get("port", PORT), float(str(ask["seconds"]))
        there = target.like(source.addresses[0])
        listen = {"address": there, "port": port, "seconds": seconds + SLACK_S}
        with (
            self.running(target, "receive", listen) as receiver,
            self.running(source, "send", {**ask, "target": there, "port": port}) as sender,
        ):
            yield Flowing(sender, receiver, seconds + SLACK_S)

    @contextmanager
    def pouring(self, source: Seat, target: str, ask: Mapping[str, object]) -> Iterator[Pouring]:
        """Datagrams that nobody waits for, for as long as this lasts."""
        with self.running(source, "send", {"seconds": 3600.0, "port": PORT, **ask, "target": target}) as sender:
            yield Pouring(sender)

    @contextmanager
    def session(self, source: Seat, target: Seat, seconds: float) -> Iterator[Talking]:
        """A TCP session that sends for as long as this lasts."""
        there = target.like(source.addresses[0])
        with (
            self.running(target, "accept", {"address": there, "port": 5201, "seconds": seconds}) as door,
            self.running(source, "connect", {"target": there, "port": 5201, "seconds": seconds}) as talker,
        ):
            yield Talking(talker, door)

    def counted(self) -> dict[str, int]:
        """Packets that came into each end of the wires."""
        return read_counters(self.lab.say(WIRES, ("sh", "-c", _COUNT)))

    def clock(self) -> float:
        """The time in the lab, seconds."""
        return float(self.lab.say(WIRES, ("date", "+%s.%N")))

    def tells(self, router: str) -> tuple[str, ...]:
        """What a router says of itself, without what changes by itself."""
        said = self.lab.say(router, ("sh", "-c", _TELLS), timeout_s=300)
        lines = (_MADE_ANEW.sub("", line).rstrip() for line in said.splitlines())
        return tuple(line for line in lines if not any(word in line for word in _RESTLESS))

    @contextmanager
    def cut(self, ends: Sequence[str]) -> Iterator[None]:
        """A link cut at both ends of its wire, for as long as this lasts."""
        down, up = ("; ".join(f"ip link set {end} {state} || exit=1" for end in ends) for state in ("down", "up"))
        try:
            self.lab.say(WIRES, ("sh", "-c", f"exit=0; {down}; exit $exit"))
            yield
        finally:
            self.lab.say(WIRES, ("sh", "-c", f"exit=0; {up}; exit $exit"))


@dataclass(frozen=True, slots=True)
class Program:
    """A program of ours that runs in a box."""

    process: subprocess.Popen[str]
    what: str

    def await_ready(self) -> None:
        """Until it says so; LabError with its complaint when it does not."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if line.strip() != '"ready"':
            raise LabError(f"{self.what} did not start", (line + self._complaint())[-500:])

    def stop(self) -> None:
        """Tell it to stop."""
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()

    def ends_within(self, seconds: float) -> bool:
        """Whether it has ended by then."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def result(self, timeout_s: float) -> str:
        """What it printed at its end, which is waited for."""
        try:
            code = self.process.wait(timeout_s)
        except subprocess.TimeoutExpired as error:
            raise LabError(f"{self.what} did not end within {timeout_s:.0f} s") from error
        if code:
            raise LabError(f"{self.what} failed (exit code {code})", self._complaint()[-500:])
        return self.process.stdout.read() if self.process.stdout else ""

    def close(self) -> None:
        """End it, if it has not ended: its standard input ends, and with it the program in the box."""
        self.stop()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _complaint(self) -> str:
        self.stop()
        return self.process.stderr.read() if self.process.stderr else ""


@dataclass(frozen=True, slots=True)
class Flowing:
    """A stream on its way."""

    sender: Program
    receiver: Program
    timeout_s: float

    def end(self) -> Flow:
        """Wait until it has sent for as long as it should; what both ends saw."""
        sent = read_sent(self.sender.result(self.timeout_s))
        if not self.receiver.ends_within(QUEUED_S):
            self.receiver.stop()  # where the last packets were lost, nobody else tells it
        return Flow(sent, read_received(self.receiver.result(self.timeout_s)))

    def stop(self) -> Flow:
        """End it now; what both ends saw."""
        self.sender.stop()
        return self.end()


@dataclass(frozen=True, slots=True)
class Pouring:
    """A sender whose datagrams end somewhere on their way."""

    sender: Program

    def stop(self) -> Sent:
        """End it now; what it sent."""
        self.sender.stop()
        return read_sent(self.sender.result(SLACK_S))


@dataclass(frozen=True, slots=True)
class Talking:
    """A TCP session that is open."""

    talker: Program
    door: Program

    def end(self) -> Session:
        """Close it; what its receiver saw."""
        self.talker.stop()
        self.talker.result(SLACK_S)
        return read_session(self.door.result(SLACK_S))
