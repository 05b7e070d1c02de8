"""The names of a router's ports in the lab: what Linux takes, the production name kept where it is one already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

LONGEST: Final = 10
"""Of the 15 characters that Linux gives an interface (IFNAMSIZ), five are left for a VLAN: `.4094`."""

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_OURS: Final = re.compile(r"eth0|lo|sr0|all|default|docker.*|br-.*|veth.*")
"""Management, what FRR makes itself, the two words of sysctl, what docker makes."""


def keeps(name: str) -> bool:
    """Whether a production name can be the name of a Linux interface that is nobody else's."""
    return len(name) <= LONGEST and bool(_PLAIN.fullmatch(name)) and not _NOT_OURS.fullmatch(name)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a kind of containerlab calls its data ports: in its configuration, and in the lab's file."""

    port: str  # what the router itself calls it
    plug: str  # what containerlab calls it
    first: int
    keeps: bool = False  # a production name that Linux takes stays


FRR: Final = Dialect("eth{}", "eth{}", 1, keeps=True)

DIALECTS: Final[Mapping[str, Dialect]] = {
    "linux": FRR,
    "nokia_srlinux": Dialect("ethernet-1/{}", "ethernet-1/{}", 1),
    "arista_ceos": Dialect("Ethernet{}", "eth{}", 1),
    "huawei_vrp": Dialect("Ethernet1/0/{}", "eth{}", 0),
}
"""From containerlab's manual, "Interface naming" of each kind (2026-08). vrnetlab's eth1 is the router's first port."""


@dataclass(frozen=True, slots=True)
class Name:
    """One port: as production, the router in the lab, and the lab's file call it."""

    production: str
    port: str
    plug: str


def names(production: Sequence[str], kind: str) -> dict[str, Name]:
    """A name for each production port, in their order; names that are kept are given to nobody else."""
    dialect = DIALECTS[kind]
    kept = {name for name in production if dialect.keeps and keeps(name)}
    numbers = (number for number in count(dialect.first) if dialect.port.format(number) not in kept)
    return {
        name: Name(name, name, name) if name in kept else _next(name, dialect, next(numbers)) for name in production
    }


def _next(production: str, dialect: Dialect, number: int) -> Name:
    plugged = number if dialect.plug == dialect.port else number + 1 - dialect.first
    return Name(production, dialect.port.format(number), dialect.plug.format(plugged))
