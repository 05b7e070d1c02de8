"""The network as it is: nodes, links, sites, compute pools. Frozen; read from `inventory/topology.yaml`.

Units are in the names: capacity in bit/s, length in kilometres, buffers in bytes, delay in microseconds one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

US_PER_KM = 5.0
"""Propagation in fibre, microseconds one way per kilometre (refractive index about 1.5)."""


@dataclass(frozen=True, slots=True)
class FlexeGroup:
    """FlexE on a link: `slots` calendar slots of `granularity_bps`; `base_slots` of them carry the base client.

    In FlexE mode the physical port has no interface of its own: the link's interface is that of the base client.
    """

    group: int
    slots: int
    granularity_bps: int
    base_slots: int

    @property
    def base_bps(self) -> int:
        """What the base client carries, and so the link's ordinary interface."""
        return self.base_slots * self.granularity_bps


@dataclass(frozen=True, slots=True)
class Port:
    """A port of a node, by the name its platform gives it."""

    name: str
    capacity_bps: int
    buffer_bytes: int = 0
    stands_for: str = ""  # in a lab: the port of production that intents name


@dataclass(frozen=True, slots=True)
class Node:
    """A router."""

    name: str
    platform: str
    site: str
    zone: str = ""  # pod | pop | interconnect
    role: str = ""  # leaf | spine | computing-gateway | core | backbone-edge
    model: str = ""  # the vendor's model and software, where capabilities depend on it
    node_id: int | None = None  # pinned by the baseline: the node part of its SRv6 locator
    loopback: str | None = None  # pinned by the baseline: IPv6 address of the loopback, without length
    ports: Mapping[str, Port] = field(default_factory=dict)  # access ports
    labels: Mapping[str, str] = field(default_factory=dict)
    description: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A fibre between two ports, the same in both directions."""

    name: str
    a: str
    a_port: str
    z: str
    z_port: str
    capacity_bps: int
    length_km: float
    srlgs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()  # administrative groups (affinity)
    buffer_bytes: int = 0  # packet buffer behind either port
    encrypted: bool = False  # MACsec runs on it (part of the baseline)
    flexe: FlexeGroup | None = None
    a_address: str | None = None  # pinned by the baseline: "ADDRESS/LENGTH"
    z_address: str | None = None
    a_physical: str = ""  # with FlexE: the physical port, whose base client's interface `a_port` is
    z_physical: str = ""

    @property
    def base_bps(self) -> int:
        """What its interfaces carry: with FlexE the base client, else the whole link."""
        return self.flexe.base_bps if self.flexe else self.capacity_bps

    @property
    def delay_us(self) -> float:
        """Propagation delay one way."""
        return self.length_km * US_PER_KM

    def port_of(self, node: str) -> str:
        """The port by which `node` reaches this link."""
        return self.a_port if node == self.a else self.z_port

    def physical_of(self, node: str) -> str:
        """The physical port behind FlexE's interfaces at `node`; "" without FlexE."""
        return self.a_physical if node == self.a else self.z_physical

    def other(self, node: str) -> str:
        """The node at the other end."""
        return self.z if node == self.a else self.a


@dataclass(frozen=True, slots=True)
class Site:
    """A place: where on the map it is, in degrees, and what it is called."""

    name: str
    latitude: float
    longitude: float
    description: str = ""


@dataclass(frozen=True, slots=True)
class ComputePool:
    """Compute that tenants rent, behind one node or more."""

    name: str
    nodes: tuple[str, ...]
    gpus: int = 0
    pflops: float = 0.0
    description: str = ""


@dataclass(frozen=True)
class Topology:
    """The whole network. Mappings are sorted by name."""

    nodes: Mapping[str, Node]
    links: Mapping[str, Link]
    sites: Mapping[str, Site] = field(default_factory=dict)
    pools: Mapping[str, ComputePool] = field(default_factory=dict)
    scale: int = 1  # in a lab: every rate of production was divided by this

    @cached_property
    def links_of(self) -> Mapping[str, tuple[Link, ...]]:
        """The links of each node, by name."""
        found: dict[str, list[Link]] = {name: [] for name in self.nodes}
        for link in self.links.values():
            found[link.a].append(link)
            found[link.z].append(link)
        return {name: tuple(links) for name, links in found.items()}
