"""Pools of numbers as people write them: `1000-9999`, `0xfe00-0xfeff`, `"65000:1000-9999"`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from netwright.intents.words import lowered, refuse, shown

NUMBER = r"(?:0x[0-9A-Fa-f]+|[0-9]+)"
_RANGE = re.compile(rf"(?P<first>{NUMBER})(?:-(?P<last>{NUMBER}))?")
_ADMINISTRATOR = re.compile(r"(?P<administrator>[0-9]+|[0-9]+(?:\.[0-9]+){3}):(?P<rest>.+)")


@dataclass(frozen=True, slots=True)
class NumberPool:
    """Numbers that claims may take, both ends included."""

    first: int
    last: int

    @property
    def numbers(self) -> range:
        """The numbers, lowest first."""
        return range(self.first, self.last + 1)

    def __contains__(self, number: int) -> bool:
        return self.first <= number <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __iter__(self) -> Iterator[int]:
        return iter(self.numbers)

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class AdminPool:
    """Route distinguishers or route targets that claims may take: `ADMINISTRATOR:NUMBER` (RFC 4364, section 4.2)."""

    administrator: str
    first: int
    last: int

    @property
    def numbers(self) -> range:
        """The assigned numbers, lowest first."""
        return range(self.first, self.last + 1)

    def text(self, number: int) -> str:
        """The distinguisher or target of a number: `65000:1000`."""
        return f"{self.administrator}:{number}"

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        return f"{self.administrator}:{self.first}-{self.last}"


def parse_pool(value: object) -> NumberPool:
    """Return a pool: `1000-9999`, `0xfe00-0xfeff`, or one number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    found = _RANGE.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise refuse("bad-pool", f"is {shown(value)}; a pool is FIRST-LAST: 1000-9999 or 0xfe00-0xfeff")
    first, last = _number(found["first"]), _number(found["last"] or found["first"])
    if first > last:
        raise refuse(
            "bad-pool",
            f"is {shown(value)}; its first number is larger than its last",
            note=f"did you mean `{last}-{first}`?",
        )
    return NumberPool(first, last)


def _number(text: str) -> int:
    return int(text, 16) if text.startswith("0x") else int(text)


def parse_admin_pool(value: object) -> AdminPool:
    """Return a pool of distinguishers or targets: `"65000:1000-9999"`."""
    found = _ADMINISTRATOR.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise refuse("bad-pool", f"is {shown(value)}; a pool of these is ADMINISTRATOR:FIRST-LAST: 65000:1000-9999")
    pool = parse_pool(found["rest"])
    _check_administrator("bad-pool", found["administrator"], pool.last, value)
    return AdminPool(found["administrator"], pool.first, pool.last)


def check_admin_number(value: str) -> str:
    """Return a route distinguisher or route target: `65000:1000`, `10.0.0.1:7`."""
    found = _ADMINISTRATOR.fullmatch(value)
    if not found or not found["rest"].isdecimal():
        raise refuse("bad-pin", f"is {shown(value)}; it is written ADMINISTRATOR:NUMBER: 65000:1000")
    _check_administrator("bad-pin", found["administrator"], int(found["rest"]), value)
    return value


def _check_administrator(code: str, administrator: str, largest: int, value: object) -> None:
    """RFC 4364, section 4.2: 2-byte ASN and 4-byte number, or 4-byte ASN or IPv4 address and 2-byte number."""
    if "." in administrator:
        try:
            IPv4Address(administrator)
        except ValueError as error:
            raise refuse(code, f"is {shown(value)}; {lowered(error)}") from error
    elif int(administrator) > 0xFFFFFFFF:
        raise refuse(code, f"is {shown(value)}; an AS number is at most 4294967295")
    room = 0xFFFFFFFF if "." not in administrator and int(administrator) <= 0xFFFF else 0xFFFF
    if largest > room:
        raise refuse(code, f"is {shown(value)}; after {administrator} the number is at most {room} (RFC 4364)")
