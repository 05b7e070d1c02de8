"""Pools: where numbers come from, and how a number is written as an RD, a prefix or an address.

A pool chooses integers only; its *form* writes them: `65000:1000`, the n-th /127 of a prefix, the n-th address. The
ledger keeps the integers, so that widening a pool or writing it differently moves nobody.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_interface, ip_network
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import timedelta


class Form(Protocol):
    """How a pool's numbers are written. `number` is the inverse of `text` and raises ValueError for other texts."""

    def text(self, number: int) -> str:
        """Write a number."""

    def number(self, text: str) -> int:
        """Read a number."""


@dataclass(frozen=True, slots=True)
class Decimal:
    """Plain numbers, read in any base that Python's literals have (`0x1f`)."""

    def text(self, number: int) -> str:
        """Write a number."""
        return str(number)

    def number(self, text: str) -> int:
        """Read a number."""
        return int(text, 0)


@dataclass(frozen=True, slots=True)
class Tagged:
    """Numbers behind an administrator field: route distinguishers and targets, `65000:1000` (RFC 4364, section 4.2)."""

    tag: str

    def text(self, number: int) -> str:
        """Write a number."""
        return f"{self.tag}:{number}"

    def number(self, text: str) -> int:
        """Read a number."""
        tag, _, digits = text.rpartition(":")
        if tag != self.tag:
            raise ValueError(f"{text} does not begin with {self.tag}:")
        return int(digits)


@dataclass(frozen=True, slots=True)
class Subnets:
    """The n-th subnet of a length inside a prefix; `text` is `ADDRESS/LENGTH`."""

    network: IPv4Network | IPv6Network
    length: int

    def text(self, number: int) -> str:
        """Write a number."""
        return f"{self._address(number)}/{self.length}"

    def number(self, text: str) -> int:
        """Read the number of the subnet that `text` (an address or a prefix with its length) lies in."""
        return _offset(self.network, text) >> self._shift

    def ends(self, number: int) -> tuple[str, str]:
        """The two ends of a point-to-point link, `ADDRESS/LENGTH` each: all of a /127 or /31 (RFC 6164, RFC 3021)."""
        first = 0 if self._shift == 1 else 1
        return tuple(f"{self._address(number, first + end)}/{self.length}" for end in (0, 1))  # type: ignore[return-value]

    @property
    def _shift(self) -> int:
        return self.network.max_prefixlen - self.length

    def _address(self, number: int, host: int = 0) -> IPv4Address | IPv6Address:
        return self.network.network_address + ((number << self._shift) + host)


@dataclass(frozen=True, slots=True)
class Addresses:
    """The n-th address of a prefix, without a length: loopbacks, router ids."""

    network: IPv4Network | IPv6Network

    def text(self, number: int) -> str:
        """Write a number."""
        return str(self.network.network_address + number)

    def number(self, text: str) -> int:
        """Read a number."""
        return _offset(self.network, text)


def _offset(network: IPv4Network | IPv6Network, text: str) -> int:
    address = ip_interface(text).ip
    if address.version != network.version or address not in network:
        raise ValueError(f"{text} is not in {network}")
    return int(address) - int(network.network_address)


@dataclass(frozen=True, slots=True)
class Pool:
    """A named range of numbers. Pins may lie outside the range, choices may not.

    `rest` is how long a freed number rests, None for the network's own period. `reserved` is never chosen: numbers
    seen in baselines, which belong to somebody else.
    """

    name: str
    numbers: range
    form: Form = field(default_factory=Decimal)
    rest: timedelta | None = None
    reserved: frozenset[int] = frozenset()

    def text(self, number: int) -> str:
        """Write a number as this pool does."""
        return self.form.text(number)

    def number(self, text: str) -> int:
        """Read a number as this pool writes it."""
        return self.form.number(text)


def ranged(name: str, spec: str, *, rest: timedelta | None = None, reserved: frozenset[int] = frozenset()) -> Pool:
    """A pool from `FIRST-LAST` or `TAG:FIRST-LAST` as the Fabric writes it: `0x1-0x3fff`, `65000:1000-9999`."""
    tag, _, span = spec.rpartition(":")
    first, dash, last = span.partition("-")
    numbers = range(int(first, 0), int(last if dash else first, 0) + 1)
    if not numbers:
        raise ValueError(f"{spec} is empty: the last number is below the first")
    return Pool(name, numbers, Tagged(tag) if tag else Decimal(), rest, reserved)


def subnets(name: str, prefix: str, length: int, *, rest: timedelta | None = None) -> Pool:
    """A pool of the subnets of `length` inside `prefix`, the first included."""
    network = ip_network(prefix)
    if not network.prefixlen <= length <= network.max_prefixlen:
        raise ValueError(f"a /{length} does not fit into {prefix}")
    return Pool(name, range(1 << (length - network.prefixlen)), Subnets(network, length), rest)


def addresses(name: str, prefix: str, *, rest: timedelta | None = None) -> Pool:
    """A pool of the addresses of `prefix`, without the first (subnet-router anycast) and IPv4's last (broadcast)."""
    network = ip_network(prefix)
    size = 1 << (network.max_prefixlen - network.prefixlen)
    return Pool(name, range(1, size - (network.version == 4)), Addresses(network), rest)
