"""What the kinds of intents share: the base of the models, metadata, attachments, objectives, constraints, policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from netwright.intents.types import (
    Address,
    AdminNumber,
    Dscp,
    HostAddress,
    Identifier,
    InterfaceAddress,
    Isolation,
    Milliseconds,
    MinimumGrade,
    Name,
    NetworkPrefix,
    NodeName,
    PortName,
    Prefix,
    Vlan,
)
from netwright.intents.words import refuse, shown

DriftAction: TypeAlias = Literal["revert", "accept", "ignore", "adopt", "abort"]
Reaction: TypeAlias = Literal["notify", "reroute", "resize"]
ServiceType: TypeAlias = Literal["l3vpn", "l2vpn"]
Protection: TypeAlias = Literal["none", "hot-standby", "one-plus-one"]
Direction: TypeAlias = Literal["both", "a-to-z", "z-to-a"]


class Model(BaseModel):
    """Base of all models of the intents: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True)


class Metadata(Model):
    """What a service is called, and whose it is."""

    name: Name = Field(description="Unique among the intents of its kind; stands in every address.")
    tenant: Name = Field(description="Who pays: services of different tenants never share a VPN or a slice.")
    labels: Mapping[str, str] = Field(default_factory=dict, description="Free text for people and reports.")
    description: str = Field(default="", max_length=200, description="One line for people.")


class FabricMetadata(Model):
    """What the network is called."""

    name: Name = Field(description="The network's name.")
    labels: Mapping[str, str] = Field(default_factory=dict, description="Free text for people and reports.")
    description: str = Field(default="", max_length=200, description="One line for people.")


class Route(Model):
    """A prefix behind a host of the attachment: `10.9.0.0/16`, or `{prefix: 10.9.0.0/16, via: 10.21.0.2}`."""

    prefix: NetworkPrefix = Field(description="What is reached behind the host.")
    via: HostAddress | None = Field(
        default=None,
        description="The host; absent: the lowest address of the attachment's subnet that is not the router's own.",
    )


def _route_of_text(value: object) -> object:
    return {"prefix": value} if isinstance(value, str) else value


class Attachment(Model):
    """Where a tenant meets the network: one VLAN of one port of one node."""

    node: NodeName = Field(description="The router, as the inventory calls it.")
    port: PortName = Field(description="The access port, as the device spells it.")
    vlan: Vlan | None = Field(default=None, description="The 802.1Q VLAN; absent: from the fabric's pool.")
    addresses: tuple[InterfaceAddress, ...] = Field(
        default=(), description="The router's own addresses; needed for l3vpn."
    )
    routes: tuple[Annotated[Route, BeforeValidator(_route_of_text)], ...] = Field(
        default=(), description="Prefixes behind a host of this attachment."
    )

    def next_hop(self, route: Route) -> str:
        """The address that `route` points to: its `via`, or the lowest host of the first subnet of its family."""
        if route.via is not None:
            return str(route.via)
        own = {address.ip for address in self.addresses}
        for subnet in self.subnets(route.prefix.version):
            hosts = iter(subnet.hosts())
            found = next((host for host in hosts if host not in own), None)
            if found is not None:
                return str(found)
        return ""

    def subnets(self, version: int) -> tuple[Prefix, ...]:
        """The connected prefixes of one IP version."""
        return tuple(address.network for address in self.addresses if address.version == version)

    @property
    def families(self) -> tuple[str, ...]:
        """The address families it speaks: `ipv4`, `ipv6`."""
        return tuple(f"ipv{version}" for version in (4, 6) if self.subnets(version))

    @property
    def prefixes(self) -> tuple[Prefix, ...]:
        """Everything that is reached here: connected subnets first, then routes."""
        return tuple(address.network for address in self.addresses) + tuple(route.prefix for route in self.routes)


class Slo(Model):
    """Service level objectives (RFC 9543, section 5.1); an absent one is not promised."""

    one_way_delay_ms: Milliseconds | None = Field(
        default=None, description="Upper bound of the one-way delay, in milliseconds."
    )
    jitter_ms: Milliseconds | None = Field(
        default=None, description="Upper bound of the delay's variation, in milliseconds."
    )
    loss: float | None = Field(
        default=None, strict=True, gt=0, lt=1, description="Largest ratio of lost packets: 1e-5."
    )
    availability: float | None = Field(
        default=None, strict=True, gt=0, le=100, description="Percent of the time: 99.99."
    )


class Affinity(Model):
    """Administrative groups of links (RFC 5305, section 3.1)."""

    include: tuple[str, ...] = Field(default=(), description="Only links that have one of these groups.")
    exclude: tuple[str, ...] = Field(default=(), description="No link that has one of these groups.")


def _parse_avoid(value: object) -> object:
    kind, colon, name = value.partition(":") if isinstance(value, str) else ("", "", "")
    if kind in {"node", "link", "srlg"} and colon and name.strip():
        return value
    meant = f"did you mean `node:{value}`?" if isinstance(value, str) and ":" not in value else ""
    raise refuse("bad-avoid", f"is {shown(value)}; what is avoided is node:NAME, link:NAME or srlg:NAME", note=meant)


class Constraints(Model):
    """How the promise may be kept, and how not."""

    isolation: Isolation = Field(
        default="none", description="hard: resources of its own; soft: a guaranteed share; none."
    )
    minimum_grade: MinimumGrade | None = Field(
        default=None, description="The weakest realisation accepted on any hop; absent: what isolation asks for."
    )
    diversity: Literal["none", "link", "node", "srlg"] = Field(
        default="none", description="What working and protection may not share."
    )
    encryption: Literal["none", "preferred", "required"] = Field(
        default="none", description="Encryption of every link on the way."
    )
    avoid: tuple[Annotated[str, BeforeValidator(_parse_avoid)], ...] = Field(
        default=(), description="node:NAME, link:NAME or srlg:NAME."
    )
    max_hops: int | None = Field(default=None, strict=True, ge=1, le=255, description="Most links on a way.")
    affinity: Affinity = Field(default=Affinity(), description="Administrative groups of links to use or to leave.")


def _revert() -> Mapping[str, DriftAction]:
    return {"default": "revert"}


def _with_default(drift: Mapping[str, DriftAction]) -> Mapping[str, DriftAction]:
    return {**_revert(), **drift}


class Policy(Model):
    """What happens when reality and intent part."""

    drift: Annotated[Mapping[str, DriftAction], AfterValidator(_with_default)] = Field(
        default_factory=_revert,
        description="Per path pattern of a device's configuration; `default` for the rest.",
    )
    on_violation: tuple[Reaction, ...] = Field(
        default=("notify",), description="What to do when an objective is missed, in order."
    )


class Pins(Model):
    """Numbers that the user insists on; everything else comes from the fabric's pools."""

    rd: AdminNumber | None = Field(default=None, description="Route distinguisher of the VPN on all its nodes.")
    rt: AdminNumber | None = Field(default=None, description="Route target of the VPN, both directions.")
    slice_id: Identifier | None = Field(default=None, description="Network slice id; 0 is the default slice.")
    colour: Identifier | None = Field(default=None, description="Colour of the VPN's SR policies (RFC 9256).")


class Document(Model):
    """One document of a YAML file."""

    apiVersion: Literal["netwright/v1"] = Field(description="The version of this language.")  # noqa: N815  # as in YAML

    @property
    def address(self) -> str:
        """`KIND/NAME`, as in every diagnostic."""
        return f"{self.kind}/{self.name}"  # type: ignore[attr-defined]  # each kind has its own literal

    @property
    def name(self) -> str:
        """The name in its metadata."""
        return str(self.metadata.name)  # type: ignore[attr-defined]


__all__ = [
    "Address",
    "Affinity",
    "Attachment",
    "Constraints",
    "Direction",
    "Document",
    "DriftAction",
    "Dscp",
    "FabricMetadata",
    "Metadata",
    "Model",
    "Pins",
    "Policy",
    "Protection",
    "Reaction",
    "Route",
    "ServiceType",
    "Slo",
]
