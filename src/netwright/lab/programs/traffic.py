"""Send, receive and ping in a box of the lab; print what was seen as one line of JSON. No verdicts here.

    python3 traffic.py receive|send|ping|accept|connect JSON

Runs in a tenant's namespace, with nothing but Python's own library. A program that waits for others says `ready` first,
and one that goes on until it is told to stop does so when its standard input ends: nothing is left behind by a
controller that dies. All boxes of a lab share one kernel, and so one clock: delays are one-way delays.

The datagrams are RoCEv2's to look at (InfiniBand Architecture 1.4, 9.2 and annex A17): a base transport header with a
packet sequence number, then the time it was sent, and room for an ICRC that nobody computes.
"""

from __future__ import annotations

import errno
import json
import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator

BTH = struct.Struct("!BBHII")
STAMP = struct.Struct("!Q")
SEND_ONLY, LAST = 0x04, 0x1F  # opcodes: RC SEND only; and one that RC does not use, for "that was all"
PKEY, QUEUE_PAIR, PSN_MASK = 0xFFFF, 0x11, 0xFFFFFF
ICRC_BYTES, UDP_BYTES = 4, 8
BUFFER = 16 << 20
CATCH_UP_S = 0.02
"""How much of what it is late with a sender makes up for at once: more would be a burst that nobody asked for."""

TCP_BUFFER = 16 << 10
"""About what may be on its way at once; Linux doubles it for its own books. More would stand in queues, and come out of
them after a change."""

REFUSALS = {errno.ENOBUFS, errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPROTO}
"""A full queue, and what others say about datagrams that were sent before: no reason to stop."""

ECT0, CE = 0b10, 0b11
SO_RXQ_OVFL, SO_TIMESTAMPNS, SO_SNDBUFFORCE, SO_RCVBUFFORCE = 40, 35, 32, 33
IP_RECVTOS, IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PROBE = 13, 10, 23, 3
IPV6_RECVTCLASS, IPV6_TCLASS = 66, 67
PERCENTILES = (0, 50, 90, 95, 99, 99.9, 100)


def family(address: str) -> socket.AddressFamily:
    """Which IP an address is of."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def header_bytes(address: str) -> int:
    """What stands before the UDP header."""
    return 40 if ":" in address else 20


def told_to_stop() -> bool:
    """Whether standard input has ended."""
    readable, _, _ = select.select([0], [], [], 0)
    return bool(readable) and not os.read(0, 4096)


def say(found: object) -> None:
    """One line of JSON."""
    sys.stdout.write(json.dumps(found) + "\n")
    sys.stdout.flush()


# ---- datagrams


def packet(psn: int, opcode: int, size: int) -> bytes:
    """The UDP payload of `size` bytes."""
    head = BTH.pack(opcode, 0x40, PKEY, QUEUE_PAIR, psn & PSN_MASK) + STAMP.pack(time.time_ns())
    return head + bytes(max(0, size - len(head)))


def send(ask: dict) -> None:  # type: ignore[type-arg]
    """Datagrams at a rate (bit/s of IP packets), for some seconds or until standard input ends."""
    target, port, size = ask["target"], ask["port"], ask["size"] - header_bytes(ask["target"]) - UDP_BYTES
    line = socket.socket(family(target), socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, BUFFER)
    traffic_class = ask.get("dscp", 0) << 2 | (ECT0 if ask.get("ecn") else 0)
    if ":" in target:
        line.setsockopt(socket.IPPROTO_IPV6, IPV6_TCLASS, traffic_class)
    else:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, traffic_class)
    line.connect((target, port))
    say("ready")
    gap, catch_up = ask["size"] * 8 / ask["rate_bps"], ask.get("catch_up_s", CATCH_UP_S)
    began = due = time.monotonic()
    sent = refused = late = 0
    end = began + ask["seconds"]
    while (now := time.monotonic()) < end and not (sent % 64 == 0 and told_to_stop()):
        if now < due:
            time.sleep(due - now)
            continue
        if now - due > catch_up + gap:
            missed = int((now - due - catch_up) / gap)
            late += missed
            due += missed * gap
        try:
            line.send(packet(sent, SEND_ONLY, size))
            sent += 1
        except OSError as error:
            if error.errno not in REFUSALS:
                raise
            refused += 1
        due += gap
    took = time.monotonic() - began
    for _ in range(5):
        time.sleep(0.3)
        try:
            line.send(packet(sent, LAST, 64))
        except OSError:
            refused += 1
    say({"sent": sent, "seconds": took, "late": late, "refused": refused, "size": ask["size"]})


class Seen:
    """What a receiver has seen."""

    def __init__(self) -> None:
        self.psns: set[int] = set()
        self.highest = -1
        self.packets = self.octets = self.marked = self.again = self.reordered = self.overflow = 0
        self.first = self.last = self.longest_gap = 0
        self.delays: list[int] = []

    def take(self, data: bytes, at: int, traffic_class: int, overhead: int) -> bool:
        """One datagram; False when it was the last."""
        opcode, _, _, _, short = BTH.unpack_from(data)
        (sent_at,) = STAMP.unpack_from(data, BTH.size)
        if opcode == LAST:
            return False
        psn = self._long(short)
        if psn in self.psns:
            self.again += 1
            return True
        self.psns.add(psn)
        self.reordered += psn < self.highest
        self.highest = max(self.highest, psn)
        self.packets += 1
        self.octets += len(data) + overhead
        self.marked += traffic_class & 3 == CE
        if self.last:
            self.longest_gap = max(self.longest_gap, at - self.last)
        self.first, self.last = self.first or at, at
        self.delays.append(at - sent_at)
        return True

    def _long(self, short: int) -> int:
        """A sequence number of 24 bits, as it counts on past 2^24."""
        base = max(self.highest, 0)
        ahead = (short - base) & PSN_MASK
        return base + ahead if ahead <= PSN_MASK // 2 else base + ahead - PSN_MASK - 1

    def told(self) -> dict[str, object]:
        """All of it."""
        ordered = sorted(self.delays)
        last = len(ordered) - 1
        return {
            "packets": self.packets,
            "octets": self.octets,
            "missing": self.highest + 1 - self.packets,  # up to the highest number seen; the sender knows the rest
            "highest": self.highest,
            "marked": self.marked,
            "duplicates": self.again,
            "reordered": self.reordered,
            "overflow": self.overflow,
            "seconds": (self.last - self.first) / 1e9,
            "longest_gap_us": self.longest_gap / 1e3,
            "delay_us": {f"{p:g}": ordered[round(last * p / 100)] / 1e3 for p in PERCENTILES} if ordered else {},
        }


def receive(ask: dict) -> None:  # type: ignore[type-arg]
    """Everything that comes to a port, until its sender says that was all, standard input ends, or time is up."""
    address = ask["address"]
    line = socket.socket(family(address), socket.SOCK_DGRAM)
    line.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
    line.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    line.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
    if ":" in address:
        line.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVTCLASS, 1)
    else:
        line.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
    line.bind((address, ask["port"]))
    line.settimeout(0.5)
    say("ready")
    seen, overhead = Seen(), header_bytes(address) + UDP_BYTES
    end = time.monotonic() + ask["seconds"]
    while time.monotonic() < end:
        try:
            data, said, _, _ = line.recvmsg(65535, 256)
        except TimeoutError:
            if told_to_stop():
                break
            continue
        at, traffic_class = _ancillary(said, seen)
        if not seen.take(data, at, traffic_class, overhead):
            break
    say(seen.told())


def _ancillary(said: list[tuple[int, int, bytes]], seen: Seen) -> tuple[int, int]:
    """When the kernel took a datagram in, and its traffic class."""
    at, traffic_class = 0, 0
    for level, kind, data in said:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            at = seconds * 10**9 + nanoseconds
        elif level == socket.SOL_SOCKET and kind == SO_RXQ_OVFL:
            seen.overflow = struct.unpack("I", data[:4])[0]
        elif (level, kind) in {(socket.IPPROTO_IP, socket.IP_TOS), (socket.IPPROTO_IPV6, IPV6_TCLASS)}:
            traffic_class = data[0]
    return at or time.time_ns(), traffic_class


# ---- one TCP session


def accept(ask: dict) -> None:  # type: ignore[type-arg]
    """Take in one TCP session to its end: octets by tenths of a second, and how it ended."""
    door = socket.create_server((ask["address"], ask["port"]), family=family(ask["address"]))
    door.settimeout(ask["seconds"])
    say("ready")
    line, _ = door.accept()
    line.settimeout(0.5)
    tenths: dict[int, int] = {}
    total, ended, end = 0, "time", time.monotonic() + ask["seconds"]
    while time.monotonic() < end:
        try:
            data = line.recv(1 << 18)
        except TimeoutError:
            continue
        except OSError as error:
            ended = errno.errorcode.get(error.errno or 0, str(error))
            break
        if not data:
            ended = "closed"
            break
        tenth = time.time_ns() // 10**8
        tenths[tenth] = tenths.get(tenth, 0) + len(data)
        total += len(data)
    say({"octets": total, "ended": ended, "tenths": sorted(tenths.items())})


def connect(ask: dict) -> None:  # type: ignore[type-arg]
    """Send over one TCP session until standard input ends."""
    line = socket.create_connection((ask["target"], ask["port"]), timeout=30)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, TCP_BUFFER)
    line.settimeout(ask["seconds"])
    say("ready")
    total, ended, block = 0, "closed", bytes(1 << 15)
    end = time.monotonic() + ask["seconds"]
    while time.monotonic() < end and not told_to_stop():
        try:
            total += line.send(block)
        except OSError as error:
            ended = errno.errorcode.get(error.errno or 0, str(error))
            break
    segment = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    line.close()
    say({"octets": total, "ended": ended, "segment": segment})


# ---- echoes


def ping(ask: dict) -> None:  # type: ignore[type-arg]
    """Echo requests to many targets side by side; the size is the IP packet's. None is ever fragmented."""
    echoes = [Echo(number, **row) for number, row in enumerate(ask["targets"])]
    for turn in range(max((echo.count for echo in echoes), default=0)):
        for echo in echoes:
            if turn < echo.count:
                echo.ask()
        collect(echoes, time.monotonic() + ask["pause_s"])
    collect(echoes, time.monotonic() + ask["wait_s"])
    say([echo.told() for echo in echoes])


class Echo:
    """The requests to one target."""

    def __init__(self, number: int, target: str, count: int, size: int) -> None:
        self.target, self.count, self.size = target, count, size
        self.six = ":" in target
        self.mark = (os.getpid() + number) & 0xFFFF
        protocol = socket.getprotobyname("ipv6-icmp") if self.six else socket.IPPROTO_ICMP
        self.line = socket.socket(family(target), socket.SOCK_RAW, protocol)
        level, option = (socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER) if self.six else (socket.IPPROTO_IP, IP_MTU_DISCOVER)
        self.line.setsockopt(level, option, PROBE)
        self.sent_at: list[int] = []
        self.answers: dict[int, float] = {}
        self.error = ""

    def ask(self) -> None:
        """One more request."""
        kind = 128 if self.six else 8
        rest = bytes(max(0, self.size - header_bytes(self.target) - 8))
        head = struct.pack("!BBHHH", kind, 0, 0, self.mark, len(self.sent_at))
        if not self.six:  # ICMPv6's is the kernel's to compute
            head = struct.pack("!BBHHH", kind, 0, checksum(head + rest), self.mark, len(self.sent_at))
        self.sent_at.append(time.monotonic_ns())
        try:
            self.line.sendto(head + rest, (self.target, 0))
        except OSError as error:
            self.error = errno.errorcode.get(error.errno or 0, str(error))

    def take(self) -> None:
        """Whatever came in: only a whole answer to a request of ours counts."""
        data, sender = self.line.recvfrom(65535)
        inner = data if self.six else data[(data[0] & 15) * 4 :]
        if len(inner) < 8:
            return
        kind, _, _, mark, turn = struct.unpack_from("!BBHHH", inner)
        whole = len(inner) == max(8, self.size - header_bytes(self.target))
        answer = kind == (129 if self.six else 0) and mark == self.mark and sender[0] == self.target
        if answer and whole and turn < len(self.sent_at):
            self.answers.setdefault(turn, (time.monotonic_ns() - self.sent_at[turn]) / 1e3)

    def told(self) -> dict[str, object]:
        """What came back."""
        times = [round(one, 1) for one in self.answers.values()]
        sent = len(self.sent_at)
        return {"target": self.target, "size": self.size, "sent": sent, "times_us": times, "error": self.error}


def collect(echoes: list[Echo], until: float) -> None:
    """Take answers in until then, or until there are all."""
    by_line = {echo.line: echo for echo in echoes}
    while (left := until - time.monotonic()) > 0:
        if all(len(echo.answers) == echo.count for echo in echoes):
            return
        for line in select.select(list(by_line), [], [], left)[0]:
            by_line[line].take()


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    total = sum(_words(data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def _words(data: bytes) -> Iterator[int]:
    padded = data + bytes(len(data) % 2)
    return iter(struct.unpack(f"!{len(padded) // 2}H", padded))


if __name__ == "__main__":
    {"send": send, "receive": receive, "accept": accept, "connect": connect, "ping": ping}[sys.argv[1]](
        json.loads(sys.argv[2])
    )
