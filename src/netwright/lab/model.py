"""What a lab is made of: boxes (containers), cables between them, and the wires that give a link its length and rate.

A link of the topology is two cables, from either router into the box `wires`, which forwards between the two ends with
the link's delay and rate. So the routers' own queues stay the routers' own, and a link can be cut, slowed or made lossy
at one place, without touching a router. An access port is one cable to the box of hosts behind its router.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from netwright.topology.model import Topology

WIRES: Final = "wires"
"""The name of the box with the wires."""


class Role(StrEnum):
    """What a box is for."""

    ROUTER = "router"
    HOSTS = "hosts"
    WIRES = "wires"


@dataclass(frozen=True, slots=True)
class Box:
    """A container. `kind` is containerlab's; `address` is its own on the management network."""

    name: str
    role: Role
    kind: str
    image: str
    address: str
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plug:
    """One end of a cable."""

    box: str
    interface: str


@dataclass(frozen=True, slots=True)
class Cable:
    """A veth pair. `link` is the link or the access port (`NODE:PORT`) of the topology that it belongs to."""

    link: str
    a: Plug
    z: Plug
    mtu: int


@dataclass(frozen=True, slots=True)
class Wire:
    """A link inside the box `wires`: its two ends there, one-way delay and rate."""

    link: str
    a: str
    z: str
    delay_us: float
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Blueprint:
    """A whole lab. `topology` is what runs in it: the platforms, ports and rates of the lab, names of production."""

    name: str
    subnet: str
    scale: int  # every rate of production, divided by this
    boxes: tuple[Box, ...]
    cables: tuple[Cable, ...]
    wires: tuple[Wire, ...]
    topology: Topology

    def of_role(self, role: Role) -> tuple[Box, ...]:
        """The boxes that are there for this."""
        return tuple(box for box in self.boxes if box.role is role)

    @property
    def addresses(self) -> Mapping[str, str]:
        """Where each box answers on the management network."""
        return {box.name: box.address for box in self.boxes}
