"""The four kinds of services: TenantSlice, LosslessRdmaPath, ElasticLine, DeterministicService.

All rates are bit/s of customer IP packets, per direction; overhead is the compiler's business.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from netwright.intents.common import (
    Attachment,
    Constraints,
    Direction,
    Document,
    Metadata,
    Model,
    Pins,
    Policy,
    Protection,
    ServiceType,
    Slo,
)
from netwright.intents.schedule import Schedule
from netwright.intents.types import Bytes, Dscp, Duration, Milliseconds, Mtu, Name, PositiveDuration, Rate, Ratio

Attachments: TypeAlias = tuple[tuple[str, Attachment], ...]


class ServiceSpec(Model):
    """What every service may say."""

    service: ServiceType = Field(default="l3vpn", description="Routed or bridged.")
    constraints: Constraints = Field(default=Constraints(), description="How the promise may be kept, and how not.")
    policy: Policy = Field(default_factory=Policy, description="What happens when reality and intent part.")
    pins: Pins = Field(default=Pins(), description="Numbers that the user insists on.")
    schedule: Schedule | None = Field(default=None, description="When this holds; absent: from now on.")


# ---- TenantSlice ----------------------------------------------------------------------------------------------------


class Site(Attachment):
    """A named attachment of a slice."""

    name: Name = Field(description="Unique in the slice.")


class SubSlice(Model):
    """A share of a slice, for the packets of some classes."""

    name: Name = Field(description="Unique in the slice.")
    share: Ratio = Field(description="Part of the slice's bandwidth; all shares together are at most 1.")
    dscp: tuple[Dscp, ...] = Field(default=(), description="The packets that belong to it; absent: all others.")


class TenantSliceSpec(ServiceSpec):
    """A VPN of a tenant over resources of its own."""

    sites: tuple[Site, ...] = Field(min_length=2, description="Where the tenant meets the network.")
    bandwidth: Rate = Field(description="Of customer IP packets, per direction and pair of sites.")
    slo: Slo = Field(default=Slo(), description="Service level objectives.")
    sub_slices: tuple[SubSlice, ...] = Field(default=(), description="How the tenant divides its bandwidth.")


class TenantSlice(Document):
    """A tenant's sites, joined by a VPN over resources of its own."""

    kind: Literal["TenantSlice"] = Field(description="What this document is.")
    metadata: Metadata = Field(description="What it is called, and whose it is.")
    spec: TenantSliceSpec = Field(description="What is wanted.")

    @property
    def attachments(self) -> Attachments:
        """Its attachments with their field paths."""
        return tuple((f"spec.sites[{index}]", site) for index, site in enumerate(self.spec.sites))

    @property
    def bandwidth(self) -> int:
        """The largest rate it ever asks for, in bit/s."""
        return self.spec.bandwidth


# ---- the point-to-point kinds ---------------------------------------------------------------------------------------


class Endpoints(Model):
    """The two ends of a line."""

    a: Attachment = Field(description="One end.")
    z: Attachment = Field(description="The other end.")


class LineSpec(ServiceSpec):
    """What every point-to-point service may say."""

    slice: Name | None = Field(default=None, description="The TenantSlice it rides in; absent: a slice of its own.")
    endpoints: Endpoints = Field(description="The two ends.")
    protection: Protection = Field(default="none", description="How a failure on the way is survived.")


class RdmaTraffic(Model):
    """RDMA over converged Ethernet (RoCEv2)."""

    bandwidth: Rate = Field(description="Of customer IP packets, in each direction that carries traffic.")
    direction: Direction = Field(default="both", description="Which way the bulk goes.")
    mtu: Mtu = Field(default=4200, description="Largest customer IP packet, in bytes: 4140 for RoCE's 4096.")
    dscp: Dscp = Field(default=26, description="The packets that are RDMA.")
    udp_port: int = Field(
        default=4791, strict=True, ge=1, le=65535, description="The packets that are RDMA: RoCEv2's port."
    )


class RdmaSlo(Slo):
    """Objectives of an RDMA path; loss and goodput have defaults, since RDMA is nothing without them."""

    loss: float = Field(default=1e-5, strict=True, gt=0, lt=1, description="Largest ratio of lost packets.")
    goodput_ratio: Ratio = Field(default=0.95, description="Goodput as a part of the bandwidth.")


class Lossless(Model):
    """How loss is kept off."""

    granularity: Literal["flow", "tenant", "queue"] = Field(
        default="queue", description="What is held back on congestion, as far as every hop can."
    )
    max_subflows: int = Field(
        default=1, strict=True, ge=1, le=1024, description="Into how many sub-flows (queue pairs) the sender can split."
    )


class LosslessRdmaPathSpec(LineSpec):
    """RDMA between two places far apart."""

    traffic: RdmaTraffic = Field(description="What is sent.")
    slo: RdmaSlo = Field(default=RdmaSlo(), description="Service level objectives.")
    lossless: Lossless = Field(default=Lossless(), description="How loss is kept off.")


class Line(Document):
    """What the point-to-point kinds have in common."""

    metadata: Metadata = Field(description="What it is called, and whose it is.")
    spec: LineSpec = Field(description="What is wanted.")

    @property
    def attachments(self) -> Attachments:
        """Its two ends with their field paths."""
        ends = self.spec.endpoints
        return (("spec.endpoints.a", ends.a), ("spec.endpoints.z", ends.z))


class LosslessRdmaPath(Line):
    """RDMA between two places, so that its goodput survives the distance."""

    kind: Literal["LosslessRdmaPath"] = Field(description="What this document is.")
    spec: LosslessRdmaPathSpec = Field(description="What is wanted.")

    @property
    def bandwidth(self) -> int:
        """The largest rate it ever asks for, in bit/s."""
        return self.spec.traffic.bandwidth


class ElasticBandwidth(Model):
    """The range of a line."""

    base: Rate = Field(description="What it always has.")
    max: Rate = Field(description="What it may grow to.")
    step: Rate = Field(description="The grid: base and whole steps above it.")


class Condition(Model):
    """When a line grows by itself."""

    utilisation_above: Ratio = Field(description="Measured load as a part of the present bandwidth.")
    for_: PositiveDuration = Field(alias="for", description="For how long without a break.")


class Growth(Model):
    """How a line grows."""

    by: Rate = Field(description="In one go.")
    up_to: Rate = Field(description="Not beyond.")


class AtRule(Model):
    """A bandwidth in windows of time."""

    at: Schedule = Field(description="When.")
    bandwidth: Rate = Field(description="The bandwidth then; where windows overlap, the largest.")


class WhenRule(Model):
    """A growth on measured load."""

    when: Condition = Field(description="On what condition.")
    grow: Growth = Field(description="By how much.")
    cooldown: Duration = Field(default=timedelta(minutes=5), description="Rest between two changes.")


def _which_rule(value: object) -> str | None:
    if isinstance(value, dict):
        return "<at>" if "at" in value else "<when>" if "when" in value else None
    return "<at>" if isinstance(value, AtRule) else "<when>" if isinstance(value, WhenRule) else None


Rule: TypeAlias = Annotated[
    Annotated[AtRule, Tag("<at>")] | Annotated[WhenRule, Tag("<when>")], Discriminator(_which_rule)
]


class ElasticLineSpec(LineSpec):
    """A line whose bandwidth breathes."""

    bandwidth: ElasticBandwidth = Field(description="The range, of customer IP packets.")
    elasticity: tuple[Rule, ...] = Field(default=(), description="When it has more than the base.")
    slo: Slo = Field(default=Slo(), description="Service level objectives.")


class ElasticLine(Line):
    """A line whose bandwidth follows the calendar and the load."""

    kind: Literal["ElasticLine"] = Field(description="What this document is.")
    spec: ElasticLineSpec = Field(description="What is wanted.")

    @property
    def bandwidth(self) -> int:
        """The largest rate it ever asks for, in bit/s."""
        return self.spec.bandwidth.max


class DeterministicTraffic(Model):
    """A token bucket of small packets."""

    bandwidth: Rate = Field(description="Of customer IP packets, in each direction that carries traffic.")
    burst_bytes: Bytes = Field(description="The largest burst, in bytes: sigma of the delay bound.")
    max_packet_bytes: int = Field(
        default=1500, strict=True, ge=64, le=9600, description="Largest customer IP packet, in bytes."
    )
    direction: Direction = Field(default="both", description="Which way it goes.")
    dscp: Dscp = Field(default=46, description="The packets that belong to it.")


class DeterministicSlo(Slo):
    """Objectives of a deterministic service: without a bound of the delay it is none."""

    one_way_delay_ms: Milliseconds = Field(description="Upper bound of the one-way delay, in milliseconds.")


class DeterministicServiceSpec(LineSpec):
    """A service whose delay has a bound."""

    traffic: DeterministicTraffic = Field(description="What is sent.")
    slo: DeterministicSlo = Field(description="Service level objectives.")


class DeterministicService(Line):
    """A service whose delay and jitter have a bound that is proven before it is applied."""

    kind: Literal["DeterministicService"] = Field(description="What this document is.")
    spec: DeterministicServiceSpec = Field(description="What is wanted.")

    @property
    def bandwidth(self) -> int:
        """The largest rate it ever asks for, in bit/s."""
        return self.spec.traffic.bandwidth


PointToPoint: TypeAlias = LosslessRdmaPath | ElasticLine | DeterministicService
Service: TypeAlias = TenantSlice | PointToPoint
