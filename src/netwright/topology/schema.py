"""What may stand in `inventory/topology.yaml`: the border between people's YAML and the frozen model."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from netwright.intents.types import NodeName, PortName, Rate


def _loopback(value: str) -> str:
    return str(ipaddress.IPv6Address(value))


def _interface(value: str) -> str:
    return str(ipaddress.IPv6Interface(value))


Loopback: TypeAlias = Annotated[str, AfterValidator(_loopback)]
InterfaceAddress: TypeAlias = Annotated[str, AfterValidator(_interface)]

Zone: TypeAlias = Literal["pod", "pop", "interconnect", ""]
Role: TypeAlias = Literal["leaf", "spine", "computing-gateway", "core", "backbone-edge", ""]


class Base(BaseModel):
    """Nothing is converted silently, nothing unknown is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SiteRow(Base):
    """A place on the map, in degrees (WGS 84)."""

    name: NodeName
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    description: str = ""


class PortRow(Base):
    """An access port written out; `100G` alone is short for its capacity."""

    capacity: Rate
    buffer_mb: Annotated[float, Field(ge=0)] = 0
    stands_for: PortName | None = None  # in a lab: the port of production that intents name


def _port(value: object) -> object:
    return {"capacity": value} if isinstance(value, str | int | float) else value


class NodeRow(Base):
    """A router."""

    name: NodeName
    platform: str
    site: str
    zone: Zone = ""
    role: Role = ""
    model: str = ""
    description: str = ""
    node_id: Annotated[int, Field(ge=1, le=0xFFFF)] | None = None
    loopback: Loopback | None = None
    ports: dict[PortName, Annotated[PortRow, BeforeValidator(_port)]] = {}
    labels: dict[str, str] = {}


class EndRow(Base):
    """One end of a link. `address` is pinned by the baseline: ADDRESS/LENGTH.

    On a link with FlexE `port` is the base client's interface, and `physical` the port whose lanes it shares.
    """

    node: str
    port: PortName
    physical: PortName | None = None
    address: InterfaceAddress | None = None


class FlexeRow(Base):
    """A FlexE calendar (OIF FlexE 2.1)."""

    group: Annotated[int, Field(ge=1, le=0xFFFFE)]
    slots: Annotated[int, Field(ge=1)]
    granularity: Rate
    base_slots: Annotated[int, Field(ge=1)]  # the link's own IP interface needs a client


class LinkRow(Base):
    """A fibre between two ports."""

    name: NodeName | None = None
    a: EndRow
    z: EndRow
    capacity: Rate
    length_km: Annotated[float, Field(gt=0, le=40_000)]
    srlgs: list[str] = []
    groups: list[str] = []
    buffer_mb: Annotated[float, Field(ge=0)] = 0
    encrypted: bool = False
    flexe: FlexeRow | None = None

    @property
    def title(self) -> str:
        """Its name, or the names of its ends."""
        return self.name or f"{self.a.node}-{self.z.node}"


class PoolRow(Base):
    """Compute behind one router or more."""

    name: NodeName
    nodes: Annotated[list[str], Field(min_length=1)]
    gpus: Annotated[int, Field(ge=0)] = 0
    pflops: Annotated[float, Field(ge=0)] = 0.0
    description: str = ""


class TopologyFile(Base):
    """The whole file. `scale` above 1: a lab, whose rates are those of production divided by it."""

    scale: Annotated[int, Field(ge=1)] = 1
    sites: list[SiteRow] = []
    nodes: list[NodeRow]
    links: list[LinkRow] = []
    compute_pools: list[PoolRow] = []
