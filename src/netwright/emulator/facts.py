"""What an emulated device's configuration means, in neutral words.

Read by the emulator's own eyes from what the device was configured with, never from netwright's plan. The world
(`world.py`) puts the facts of all devices together and answers what a network of such devices would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InterfaceFact:
    """An interface as configured. `addresses` are ADDRESS/LENGTH."""

    name: str
    admin_up: bool = True
    vrf: str = ""  # "" is the public instance
    addresses: tuple[str, ...] = ()
    ipv6_enabled: bool = False
    mtu: int = 1500
    needs_client: bool = False  # an interface of FlexE, which is nothing without its client


@dataclass(frozen=True, slots=True)
class SidFact:
    """A local SID with its behaviour (RFC 8986)."""

    sid: str
    behaviour: str
    vrf: str = ""


@dataclass(frozen=True, slots=True)
class NeighborFact:
    """A configured BGP neighbour; `families` (evpn, vpnv4, vpnv6) are those activated with SRv6."""

    address: str
    remote_as: int
    source: str  # our address for the session, resolved
    families: frozenset[str] = frozenset()
    reflector_client: bool = False


@dataclass(frozen=True, slots=True)
class VrfFact:
    """A VRF as configured. Route targets by family of signalling: `evpn` or `vpn`."""

    name: str
    rd: str = ""
    import_targets: frozenset[tuple[str, str]] = frozenset()  # (evpn | vpn, target)
    export_targets: frozenset[tuple[str, str]] = frozenset()
    families: frozenset[str] = frozenset()  # ipv4, ipv6
    signalling: frozenset[str] = frozenset()  # evpn, vpn: what its routes are advertised in, over SRv6
    sid: str = ""
    colour: int = 0
    redistributes: frozenset[str] = frozenset()  # connected, static
    static_routes: tuple[tuple[str, str], ...] = ()  # prefix, next hop
    traffic_engineered: bool = False  # may ride SR policies


@dataclass(frozen=True, slots=True)
class PolicyFact:
    """An SR policy as configured: candidate paths as (preference, ((weight, (sid, ...)), ...))."""

    name: str
    endpoint: str
    colour: int
    paths: tuple[tuple[int, tuple[tuple[int, tuple[str, ...]], ...]], ...]
    slice_id: int = 0
    binding_sid: str = ""


@dataclass(frozen=True, slots=True)
class SegmentRouteFact:
    """A static route with segments (FRR, Linux); of those whose port is up, the nearest holds."""

    vrf: str
    prefix: str
    sids: tuple[str, ...]
    port: str = ""
    distance: int = 1


@dataclass(frozen=True, slots=True)
class ChannelFact:
    """A slice's resources on a port."""

    port: str
    slice_id: int
    rate_bps: int


@dataclass(frozen=True, slots=True)
class RateFact:
    """A policer or shaper on an attachment."""

    port: str
    vlan: int
    direction: str
    rate_bps: int


@dataclass(frozen=True, slots=True)
class QueueFact:
    """A queue on a port; `slice_id` 0: of no slice."""

    port: str
    service_class: str
    depth_bytes: int
    slice_id: int = 0


@dataclass(frozen=True, slots=True)
class FlexeFact:
    """A FlexE client."""

    group: int
    client: int
    slots: int
    port: str = ""  # the interface that it is


@dataclass(frozen=True, slots=True)
class MacsecFact:
    """A static key of MACsec on an interface; `key` tells it from others and is not the key."""

    name: str
    key: str
    suite: str = ""


@dataclass(frozen=True, slots=True)
class MeasurementFact:
    """An in-band measurement."""

    name: str
    vrf: str
    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class ProbeFact:
    """One end of a TWAMP light session: `own` and `far` are (address, UDP port)."""

    session: int
    vrf: str
    own: tuple[str, int]
    far: tuple[str, int]


@dataclass(frozen=True, slots=True)
class AlgorithmFact:
    """A flexible algorithm by link delay that IS-IS takes part in (RFC 9350), with the prefixes of its locators."""

    number: int
    locators: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one device's configuration says."""

    hostname: str
    router_id: str = ""
    system_id: str = ""
    asn: int = 0
    interfaces: Mapping[str, InterfaceFact] = field(default_factory=dict)
    isis: Mapping[str, int] = field(default_factory=dict)  # interface -> metric; passive ones included
    isis_passive: frozenset[str] = frozenset()
    isis_level: int = 2
    isis_area: str = ""
    locators: Mapping[str, str] = field(default_factory=dict)  # name -> prefix, advertised by IS-IS
    sids: tuple[SidFact, ...] = ()
    neighbors: tuple[NeighborFact, ...] = ()
    vrfs: Mapping[str, VrfFact] = field(default_factory=dict)
    policies: tuple[PolicyFact, ...] = ()
    segment_routes: tuple[SegmentRouteFact, ...] = ()
    channels: tuple[ChannelFact, ...] = ()
    rates: tuple[RateFact, ...] = ()
    queues: tuple[QueueFact, ...] = ()
    flexe: tuple[FlexeFact, ...] = ()
    macsec: Mapping[str, MacsecFact] = field(default_factory=dict)  # by interface
    measurements: tuple[MeasurementFact, ...] = ()
    probes: tuple[ProbeFact, ...] = ()  # that it sends
    reflectors: tuple[ProbeFact, ...] = ()  # that it sends back
    algorithms: tuple[AlgorithmFact, ...] = ()
    link_probes: Mapping[str, ProbeFact] = field(default_factory=dict)  # interface -> what measures its link for IS-IS
