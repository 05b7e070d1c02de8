"""Kind `Fabric`: the underlay, and the pools that numbers come from. One per network."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from netwright.intents.common import Document, FabricMetadata, Model, Policy
from netwright.intents.pools import NumberPool
from netwright.intents.schedule import Schedule
from netwright.intents.types import (
    AdminNumbers,
    Area,
    Duration,
    Mtu,
    NodeName,
    Numbers,
    PositiveDuration,
    Prefix4,
    Prefix6,
)


class FlexAlgo(Model):
    """An algorithm of IS-IS by measured delay (RFC 9350), with a locator of its own."""

    id: int = Field(default=128, strict=True, ge=128, le=255, description="The algorithm's number.")
    metric: Literal["delay"] = Field(default="delay", description="What the routers measure and flood of each link.")
    locator: str = Field(
        default="DELAY", pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,30}$", description="The name of its locator on the devices."
    )
    block: Prefix6 = Field(description="The block that its locators lie in, as long as that of `srv6`.")


class Igp(Model):
    """The interior gateway protocol: IS-IS with SRv6 (RFC 9352)."""

    protocol: Literal["isis"] = Field(default="isis", description="Only IS-IS carries SRv6 locators on all platforms.")
    instance: int = Field(
        default=1, strict=True, ge=1, le=65535, description="The process's number or name on the devices."
    )
    area: Area = Field(default="49.0001", description="The area address, in quotes.")
    level: Literal[1, 2] = Field(default=2, description="The level of all circuits.")
    hello: PositiveDuration = Field(default=timedelta(seconds=3), description="Time between hellos, in whole seconds.")
    flex_algo: FlexAlgo | None = Field(
        default=None,
        description="Paths by measured delay, for a DeterministicService that lost its policy; absent: none.",
    )


class Srv6(Model):
    """The SRv6 locators (RFC 8986): block, node and function bits."""

    locator: str = Field(
        default="MAIN", pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,30}$", description="The locator's name on the devices."
    )
    block: Prefix6 = Field(description="The block that all locators lie in.")
    locator_length: int = Field(
        default=48, strict=True, ge=16, le=112, description="Prefix length of one node's locator."
    )
    static_length: int = Field(default=16, strict=True, ge=1, le=64, description="Bits of static functions.")
    encoding: Literal["usid", "classic"] = Field(
        default="usid", description="Compressed SIDs (RFC 9800) where a platform can, or classic ones."
    )
    binding_sids: bool = Field(
        default=False,
        strict=True,
        description="A binding SID (RFC 9256) for each SR policy, by which other policies and domains can enter it.",
    )


class Macsec(Model):
    """MACsec (IEEE 802.1AE) with keys that are named here and never written."""

    key: str = Field(
        default="{link}.1",
        pattern=r"^[A-Za-z0-9._{}-]+$",
        description="The name of a link's secret; `{link}` stands for the link. Another name is another key.",
    )
    cipher: Literal["gcm-aes-128", "gcm-aes-xpn-128", "gcm-aes-256", "gcm-aes-xpn-256"] = Field(
        default="gcm-aes-xpn-256", description="The cipher suite."
    )


class LinkNumbers(Model):
    """How the links of the underlay are numbered, and what they have in common."""

    prefix: Prefix6 = Field(description="Where the prefixes of links come from.")
    prefix_length: int = Field(
        default=127, strict=True, ge=64, le=127, description="Length of one link's prefix (RFC 6164)."
    )
    mtu: Mtu = Field(default=9216, description="IP MTU of the links, in bytes.")
    hard: Literal["exclusive", "channelised"] = Field(
        default="exclusive",
        description="Hard isolation on links without FlexE: an exclusive channel, or a channelised sub-interface.",
    )
    macsec: Macsec | None = Field(
        default=None,
        description="MACsec where a service requires encryption and the baseline has none; absent: never.",
    )


class SidFunctions(Model):
    """Function parts of service SIDs."""

    usid: Numbers = Field(default=NumberPool(0xFE00, 0xFEFF), description="For compressed SIDs.")
    classic: Numbers = Field(default=NumberPool(0x4000, 0x7FFF), description="For classic SIDs.")


class Pools(Model):
    """Where numbers come from."""

    rd: AdminNumbers = Field(description="Route distinguishers.")
    rt: AdminNumbers = Field(description="Route targets.")
    slice_id: Numbers = Field(default=NumberPool(1, 4000), description="Network slice ids; 0 is the default slice.")
    colour: Numbers = Field(default=NumberPool(100, 4095), description="Colours of SR policies.")
    vlan: Numbers = Field(default=NumberPool(2, 4000), description="VLANs of attachments that name none.")
    node_id: Numbers = Field(default=NumberPool(1, 0x3FFF), description="The node part of locators.")
    sid_function: SidFunctions = Field(default=SidFunctions(), description="The function part of service SIDs.")


class FabricSpec(Model):
    """What the underlay is."""

    asn: int = Field(strict=True, ge=1, le=0xFFFFFFFF, description="The AS number of all routers.")
    route_reflectors: tuple[NodeName, ...] = Field(min_length=1, description="The nodes that reflect BGP routes.")
    igp: Igp = Field(default=Igp(), description="The interior gateway protocol.")
    srv6: Srv6 = Field(description="The SRv6 locators.")
    loopbacks: Prefix6 = Field(description="Where loopbacks come from, a /128 each.")
    router_ids: Prefix4 = Field(description="Where router ids come from; the IS-IS system id follows from it.")
    links: LinkNumbers = Field(description="How links are numbered.")
    pools: Pools = Field(description="Where numbers come from.")
    time_ranges: bool = Field(
        default=False,
        strict=True,
        description="Routers that can stop taking a service's packets by their own clocks when its schedule ends.",
    )
    quarantine: Duration = Field(default=timedelta(days=7), description="How long a freed number rests.")
    policy: Policy = Field(default_factory=Policy, description="What happens when reality and intent part.")
    schedule: Schedule | None = Field(default=None, description="When this holds; absent: from now on.")


class Fabric(Document):
    """One per network: the underlay, and the pools that numbers come from."""

    kind: Literal["Fabric"] = Field(description="What this document is.")
    metadata: FabricMetadata = Field(description="What it is called.")
    spec: FabricSpec = Field(description="What is wanted.")
