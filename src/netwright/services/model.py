"""The device-neutral model: what a device shall do, in nobody's syntax.

Services compile intents into *constructs*, each for one device; a platform words each construct through one
template of the same name (`SrPolicy` -> `templates/<platform>/sr_policy.*.j2`). Constructs are frozen and hold only
facts: strings, numbers, tuples. Rates are bit/s of what the platform's instrument counts (the compiler has corrected
them for overhead), sizes bytes, times as named. Addresses are text in canonical form; "prefix" means ADDRESS/LENGTH.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Construct:
    """One thing that a device shall do."""


# ---- the fabric -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loopback(Construct):
    """The node's own address: /128 of the fabric's loopbacks; `router_id` as dotted quad."""

    address: str  # without length
    router_id: str


@dataclass(frozen=True, slots=True)
class CoreInterface(Construct):
    """One end of a link of the underlay."""

    port: str
    address: str  # ADDRESS/LENGTH
    mtu: int
    description: str


@dataclass(frozen=True, slots=True)
class Locator(Construct):
    """The node's SRv6 locator (RFC 8986, section 3). `end_sid` is the node's own SID: uN, or End with PSP."""

    name: str
    prefix: str  # PREFIX/LENGTH
    block_length: int
    node_length: int
    function_length: int  # Huawei's static length
    encoding: str  # usid | classic
    end_sid: str
    source: str  # encapsulation source address


@dataclass(frozen=True, slots=True)
class Isis(Construct):
    """The IS-IS process with SRv6 (RFC 9352)."""

    instance: str
    net: str
    area: str  # 49.0001
    system_id: str  # 0102.5500.0001
    level: int
    router_id: str
    locator: str
    end_sid: str


@dataclass(frozen=True, slots=True)
class IsisCircuit(Construct):
    """IS-IS on one interface; the loopback is passive."""

    instance: str
    level: int
    port: str  # "loopback" for the node's loopback, whatever its name on the platform
    metric: int
    hello_s: int
    passive: bool
    delay_us: int


@dataclass(frozen=True, slots=True)
class FlexAlgorithm(Construct):
    """An algorithm of IS-IS by the delay that routers measure of their links (RFC 9350), and its SRv6 locator."""

    instance: str
    level: int
    algorithm: int  # 128 to 255
    locator: str
    prefix: str  # PREFIX/LENGTH, of the node
    function_length: int
    end_sid: str


@dataclass(frozen=True, slots=True)
class Bgp(Construct):
    """The BGP process."""

    asn: int
    router_id: str
    locator: str
    families: tuple[str, ...]  # evpn | vpnv4 | vpnv6, sorted


@dataclass(frozen=True, slots=True)
class BgpNeighbor(Construct):
    """An internal BGP session between loopbacks."""

    asn: int
    address: str
    families: tuple[str, ...]
    reflector_client: bool  # we reflect for this neighbour
    description: str


# ---- the service ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vrf(Construct):
    """A VPN of a tenant on one node, bound to BGP over SRv6 (RFC 9252)."""

    name: str
    description: str
    table: int  # number of the kernel's table, the device's VPN id: unique on the node
    families: tuple[str, ...]  # ipv4 | ipv6
    rd: str
    route_targets: tuple[str, ...]  # both directions
    signalling: str  # evpn | vpn
    asn: int
    router_id: str
    locator: str
    sid: str  # End.DT46 / uDT46 of this VRF
    colour: int  # of its routes; 0: none, best effort
    tunnel_policy: str  # "" when best effort


@dataclass(frozen=True, slots=True)
class TunnelPolicy(Construct):
    """Let VPN routes ride SR policies of their colour, and fall to best effort without one."""

    name: str


@dataclass(frozen=True, slots=True)
class Attachment(Construct):
    """A tenant's access: a VLAN sub-interface in its VRF."""

    port: str
    vlan: int
    vrf: str
    addresses: tuple[str, ...]  # ADDRESS/LENGTH, IPv4 first
    mtu: int
    description: str


@dataclass(frozen=True, slots=True)
class StaticRoute(Construct):
    """A prefix behind a host of an attachment."""

    vrf: str
    prefix: str
    next_hop: str


@dataclass(frozen=True, slots=True)
class SegmentList:
    """A weighted list of SIDs, first to last (RFC 9256, section 2.2); the endpoint's own SID is the last."""

    name: str
    sids: tuple[str, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class CandidatePath:
    """A way of a policy; the highest preference that is up carries the traffic (RFC 9256, section 2.9)."""

    preference: int
    lists: tuple[SegmentList, ...]


@dataclass(frozen=True, slots=True)
class SrPolicy(Construct):
    """An SRv6 policy (RFC 9256) from this node to `endpoint`, found by colour."""

    name: str
    endpoint: str
    colour: int
    locator: str
    paths: tuple[CandidatePath, ...]  # highest preference first
    slice_id: int  # 0: none
    hot_standby: bool
    measure: bool  # in-band measurement of loss and delay
    binding_sid: str = ""  # by which others enter the policy (RFC 9256, section 6); "": none


@dataclass(frozen=True, slots=True)
class SegmentRoute(Construct):
    """An explicit path where the platform has no SRv6 policy: a route per prefix with its segments.

    `sids` ends with the remote VRF's SID; `protection` is the list used when the first way is gone ((): none). A way
    with a protection is gone when `port` is down, the interface of its first link; `protection_port` is the other's.
    """

    vrf: str
    table: int
    prefix: str
    sids: tuple[str, ...]
    protection: tuple[str, ...]
    colour: int
    source: str
    port: str = ""
    protection_port: str = ""


# ---- resources ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slice(Construct):
    """A network slice: the resources that its id names on every link (RFC 9543: NRP). `colours` map to it."""

    slice_id: int
    description: str
    colours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SliceChannel(Construct):
    """What a slice holds on the sending side of one link.

    Platforms without slice ids classify by the outer destination: `destinations` are the SIDs (prefixes) of the
    slice's VPNs that leave by this port.
    """

    port: str
    slice_id: int
    rate_bps: int
    exclusive: bool
    destinations: tuple[str, ...]
    capacity_bps: int  # of the port
    classes: tuple[ClassQueue, ...] = ()  # inside the slice, where no slice id leads its packets past other queues


@dataclass(frozen=True, slots=True)
class FlexeClient(Construct):
    """A FlexE client for one slice at one end of a link (OIF FlexE 2.1); the other end has the same client."""

    port: str  # the base client's interface, over which IS-IS runs
    group: int
    client: int  # of the group: both ends agree on it
    port_id: int  # of the client's interface; unique on the node
    slots: int
    granularity_bps: int
    slice_id: int
    basic_slice: int = 0  # of the base port, whose link the client joins; 0: none, and Huawei then binds no slice
    mtu: int = 0  # of its interface; 0: the platform's default


@dataclass(frozen=True, slots=True)
class ChannelInterface(Construct):
    """A channelised sub-interface for one slice at one end of a link; the other end has one of the same VLAN."""

    port: str  # over which IS-IS runs
    vlan: int
    slice_id: int
    rate_bps: int
    basic_slice: int  # of the port, whose link the sub-interface joins
    mtu: int


@dataclass(frozen=True, slots=True)
class Macsec(Construct):
    """MACsec with a static key at one end of a link (IEEE 802.1AE, 802.1X); the other end has the same."""

    port: str
    key: str  # the name of its secret
    cipher: str  # gcm-aes-xpn-256, ...


@dataclass(frozen=True, slots=True)
class AccessRate(Construct):
    """What a tenant may send into and receive from its attachment."""

    name: str  # of the profile
    port: str
    vlan: int
    rate_bps: int  # committed and peak, each direction
    burst_bytes: int
    queue: str  # name of a QueueProfile, or ""
    capacity_bps: int  # of the port
    queues: tuple[Queue, ...] = ()  # those of the QueueProfile, where a platform has no profiles


@dataclass(frozen=True, slots=True)
class QueueProfile(Construct):
    """The queues inside a tenant's rate: one per class, with share and depth."""

    name: str
    queues: tuple[Queue, ...]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. `discipline` is `strict` or `weighted`; a lossless queue is deep and drops last."""

    service_class: str  # be | af1 | af2 | af3 | af4 | ef | cs6
    discipline: str
    weight: int  # 1 to 100, for weighted
    depth_bytes: int  # 0: the platform's default
    ecn: bool  # mark instead of drop, where the platform can


@dataclass(frozen=True, slots=True)
class ClassQueue:
    """A queue, and the marks of the outer header that lead to it."""

    queue: Queue
    dscp: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TrafficClass(Construct):
    """Which packets of an attachment belong to which class, and how they are marked on the outer header."""

    name: str
    port: str
    vlan: int
    dscp: tuple[int, ...]
    udp_port: int  # 0: any
    service_class: str
    outer_dscp: int
    sources: tuple[str, ...] = ()  # only packets from these prefixes; (): from anywhere


@dataclass(frozen=True, slots=True)
class TrustList(Construct):
    """Who may send into a slice by an attachment: the tenant's own prefixes there, nobody else (BCP 38, RFC 2827)."""

    name: str
    port: str
    vlan: int
    prefixes: tuple[str, ...]  # sorted, IPv4 first


@dataclass(frozen=True, slots=True)
class AccessWindow(Construct):
    """Until when an attachment is open: from then on nothing is taken from it, by the router's own clock."""

    port: str
    vlan: int
    closes: str  # 2026-12-01T15:00:00Z, whole minutes


@dataclass(frozen=True, slots=True)
class CoreQueue(Construct):
    """A queue of a class on a port of the underlay."""

    port: str
    queue: Queue
    dscp: tuple[int, ...]
    capacity_bps: int = 0  # of the port, where a platform's shares are rates


@dataclass(frozen=True, slots=True)
class Measurement(Construct):
    """In-band measurement of loss and delay of one flow direction (iFIT, RFC 9341)."""

    name: str
    vrf: str
    port: str
    vlan: int
    node_id: int
    source: str  # prefix
    destination: str  # prefix
    protocol: int  # 0: any
    destination_port: int  # 0: any
    interval_s: int


@dataclass(frozen=True, slots=True)
class TwampSession(Construct):
    """The sending end of a TWAMP light session (RFC 5357, appendix I).

    Inside a VPN its probes measure jitter: the addresses are those of the two attachments, so that probes take the way
    of the tenant's packets. Outside it measures a link, whose delay the IGP floods (RFC 8570).
    """

    session: int  # of the node's sessions
    vrf: str  # "": none
    sender: str  # this node's address
    reflector: str  # the other node's
    port: int  # UDP, at both ends
    dscp: int
    period_ms: int  # between two probes
    interface: str = ""  # the link's that is measured


@dataclass(frozen=True, slots=True)
class TwampResponder(Construct):
    """The reflecting end of the same session: what it is sent from `sender` it sends back."""

    session: int  # of the node's sessions; not the sender's number
    vrf: str  # "": none
    reflector: str  # this node's address
    sender: str  # the other node's
    port: int


@dataclass(frozen=True, slots=True)
class ApplyMark(Construct):
    """The id of the last apply, where a platform keeps it in its configuration."""

    apply_id: str


# ---- with their reasons ---------------------------------------------------------------------------------------------


Reasoned = tuple[Construct, dict[str, str]]
"""A construct, and for its attributes what decided them (as in `Fragment.because`)."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A construct wanted on a device by one intent.

    `because` says which field of the intent (`spec.bandwidth`) or which claim of the ledger
    (`TenantSlice/a/pe1/vrf/rd`) decided an attribute.
    """

    device: str
    owner: str
    construct: Construct
    because: Mapping[str, str] = field(default_factory=dict)
