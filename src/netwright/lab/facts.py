"""What the programs in the boxes saw, as values: read from their JSON, judged in `judging`.

A number that was not seen is not here: who reads something that is no answer gets a `LabError` with what was said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from netwright.lab.ground import LabError


@dataclass(frozen=True, slots=True)
class Echoes:
    """Echo requests of one size (bytes of the IP packet, never fragmented) to one target, and what came back whole."""

    target: str
    size: int
    sent: int
    times_us: tuple[float, ...]
    error: str = ""  # why the sender's own kernel would not send: EMSGSIZE ...


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender of datagrams did.

    `late`: what it should have sent and, busy elsewhere, did not; `size`: of the IP packet.
    """

    sent: int
    seconds: float
    late: int
    refused: int
    size: int

    @property
    def rate_bps(self) -> float:
        """What was offered to the network, in bit/s of IP packets."""
        return self.sent * self.size * 8 / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Received:
    """What a receiver of datagrams saw.

    `overflow`: what its own socket had no room for, which is no loss of the network's.
    """

    packets: int
    octets: int  # of IP packets
    missing: int  # gaps in the packet sequence numbers, up to the highest that was seen
    highest: int
    marked: int  # congestion experienced (RFC 3168)
    duplicates: int
    reordered: int
    overflow: int
    seconds: float
    longest_gap_us: float
    delay_us: Mapping[str, float] = field(default_factory=dict)  # percentile -> one-way delay


@dataclass(frozen=True, slots=True)
class Flow:
    """One stream of datagrams, at both ends."""

    sent: Sent
    received: Received

    @property
    def lost(self) -> int:
        """What was sent and not seen: the gaps, and what is missing behind the last one seen."""
        return self.sent.sent - self.received.packets

    @property
    def goodput_bps(self) -> float:
        """What arrived, in bit/s of IP packets, over the time it was sent in."""
        return self.received.octets * 8 / self.sent.seconds if self.sent.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Session:
    """One TCP session as its receiver saw it. `tenths`: (time in tenths of a second, payload octets)."""

    octets: int
    ended: str  # closed | ECONNRESET ... | time
    tenths: tuple[tuple[int, int], ...]


T = TypeVar("T", Sent, Received)


def _document(text: str) -> object:
    """The last line that a program printed, as JSON."""
    lines = text.strip().splitlines()
    try:
        return json.loads(lines[-1])
    except (IndexError, ValueError) as error:
        raise LabError("a program in the lab gave no answer", text[-500:]) from error


def _read(text: str, shape: type[T]) -> T:
    document = _document(text)
    try:
        return shape(**document)  # type: ignore[arg-type]
    except TypeError as error:
        raise LabError("a program in the lab gave another answer than it should", text[-500:]) from error


def read_sent(text: str) -> Sent:
    """What `traffic.py send` printed."""
    return _read(text, Sent)


def read_received(text: str) -> Received:
    """What `traffic.py receive` printed."""
    return _read(text, Received)


def read_echoes(text: str) -> tuple[Echoes, ...]:
    """What `traffic.py ping` printed."""
    rows = _document(text)
    try:
        found = [Echoes(**{**row, "times_us": tuple(row["times_us"])}) for row in rows]  # type: ignore[attr-defined]
    except (TypeError, KeyError) as error:
        raise LabError("a program in the lab gave another answer than it should", text[-500:]) from error
    return tuple(found)


def read_session(text: str) -> Session:
    """What `traffic.py accept` printed."""
    document = _document(text)
    try:
        tenths = tuple((int(at), int(octets)) for at, octets in document["tenths"])  # type: ignore[index]
        return Session(int(document["octets"]), str(document["ended"]), tenths)  # type: ignore[index]
    except (TypeError, KeyError, ValueError) as error:
        raise LabError("a program in the lab gave another answer than it should", text[-500:]) from error


def read_counters(text: str) -> dict[str, int]:
    """`NAME PACKETS` lines: packets that came into each end of the wires."""
    try:
        return {name: int(number) for name, number in (line.split() for line in text.splitlines() if line.strip())}
    except ValueError as error:
        raise LabError("the wires' counters cannot be read", text[-500:]) from error
