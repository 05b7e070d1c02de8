"""What may stand in `inventory/topology.yaml`: the border between people's YAML and the frozen model."""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

_RATE = re.compile(r"(\d+(?:\.\d+)?)([kMGT])")
_SCALE = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9._-]*")


def parse_rate(value: object) -> int:
    """`100G` -> 100 000 000 000 bit/s."""
    match = _RATE.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a rate: a number with k, M, G or T, such as 100G")
    return int(Decimal(match[1]) * _SCALE[match[2]])


def format_rate(rate_bps: int) -> str:
    """100 000 000 000 bit/s -> `100G`: the largest unit that needs no fraction."""
    for unit, scale in reversed(_SCALE.items()):
        if rate_bps % scale == 0:
            return f"{rate_bps // scale}{unit}"
    return f"{Decimal(rate_bps) / 1000:f}k"


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError(f"{value!r} is not a name: letters, digits, dots, dashes, underscores, no dash or dot first")
    return value


def _loopback(value: str) -> str:
    return str(ipaddress.IPv6Address(value))


def _interface(value: str) -> str:
    return str(ipaddress.IPv6Interface(value))


Name: TypeAlias = Annotated[str, AfterValidator(_name)]
Rate: TypeAlias = Annotated[int, BeforeValidator(parse_rate), Field(gt=0)]
Loopback: TypeAlias = Annotated[str, AfterValidator(_loopback)]
InterfaceAddress: TypeAlias = Annotated[str, AfterValidator(_interface)]

Zone: TypeAlias = Literal["pod", "pop", "interconnect"]
Role: TypeAlias = Literal["leaf", "spine", "computing-gateway", "core", "backbone-edge"]


class Base(BaseModel):
    """Nothing is converted silently, nothing unknown is accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SiteRow(Base):
    """A place on the map, in degrees (WGS 84)."""

    name: Name
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    description: str = ""


class PortRow(Base):
    """An access port written out; `100G` alone is short for its capacity."""

    capacity: Rate
    buffer_mb: Annotated[float, Field(ge=0)] = 0


def _port(value: object) -> object:
    return {"capacity": value} if isinstance(value, str | int | float) else value


class NodeRow(Base):
    """A router."""

    name: Name
    platform: str
    site: str
    zone: Zone | Literal[""] = ""
    role: Role | Literal[""] = ""
    model: str = ""
    description: str = ""
    node_id: Annotated[int, Field(ge=1, le=0xFFFF)] | None = None
    loopback: Loopback | None = None
    ports: dict[str, Annotated[PortRow, BeforeValidator(_port)]] = {}
    labels: dict[str, str] = {}


class EndRow(Base):
    """One end of a link. `address` is pinned by the baseline: ADDRESS/LENGTH."""

    node: str
    port: str
    address: InterfaceAddress | None = None


class FlexeRow(Base):
    """A FlexE calendar (OIF FlexE 2.1)."""

    group: Annotated[int, Field(ge=1, le=0xFFFFE)]
    slots: Annotated[int, Field(ge=1)]
    granularity: Rate
    base_slots: Annotated[int, Field(ge=0)]


class LinkRow(Base):
    """A fibre between two ports."""

    name: Name | None = None
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

    name: Name
    nodes: Annotated[list[str], Field(min_length=1)]
    gpus: Annotated[int, Field(ge=0)] = 0
    pflops: Annotated[float, Field(ge=0)] = 0.0
    description: str = ""


class TopologyFile(Base):
    """The whole file."""

    sites: list[SiteRow] = []
    nodes: list[NodeRow]
    links: list[LinkRow] = []
    compute_pools: list[PoolRow] = []
