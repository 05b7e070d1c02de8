"""What a template of FRR cannot say with words alone: names of the kernel, its units, and what FRR leaves unsaid.

FRR prints no defaults: a line that names one would never be seen again. The functions below leave them out, too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from typing import Final

from netwright.services.model import Queue

_KNOWN: Final = 1 << 14
"""Addresses that are remembered as they are spelled: routers have neighbours, and far ends, in common."""

IFNAMSIZ: Final = 15
"""Longest name of an interface in Linux, VRFs included (linux/if.h, less the closing zero)."""

SLICE_CLASSES: Final = 0x1000
QUEUE_CLASSES: Final = 0x8000
SLICE_QUEUES: Final = 0x9000
SLICE_QUEUES_EACH: Final = 7
"""First minor numbers of HTB classes: slices by id, queues of a port by class, queues inside slices by both."""

_CLASSES = ("be", "af1", "af2", "af3", "af4", "ef", "cs6", "cs7")
_NODE_BITS, _FUNCTION_BITS = 24, 16  # zebra's defaults, which it does not print
_BLOCK_BITS: Final = 32

BEST_EFFORT_S: Final = 0.002
SHALLOWEST_BEST_EFFORT: Final = 16 * 9216
"""How long best effort may fill a core port, and bytes that its queue always takes: sixteen of the largest packets.

Linux would keep 1000 packets: nothing at 100 Gbit/s, and half a minute on a slow line.
"""

SHALLOWEST_RED: Final = 24_000
"""Bytes: 16 packets of the average that RED is told, so that its smoothing can be computed from a twelfth of them."""


def device(name: str) -> str:
    """The interface that carries a VRF: its name, shortened to what Linux takes, still its own by a digest."""
    if len(name) <= IFNAMSIZ:
        return name
    return f"{name[: IFNAMSIZ - 5]}-{hashlib.sha256(name.encode()).hexdigest()[:4]}"


def interface(port: str) -> str:
    """The neutral model says `loopback`; here it is lo."""
    return "lo" if port == "loopback" else port


def unit(port: str, vlan: int) -> str:
    """The interface of an attachment: `eth3.300`; the port itself for VLAN 0."""
    name = f"{port}.{vlan}" if vlan else port
    if len(name) > IFNAMSIZ:
        raise ValueError(f"{name} is longer than Linux allows for an interface ({IFNAMSIZ})")
    return name


def structure(prefix: str, block: int, node: int, function: int) -> str:
    """The locator's lengths as zebra prints them: `block-len 32 node-len 16`, without its defaults."""
    length = ip_network(prefix).prefixlen
    words = [f" block-len {block}"] if block != length - _NODE_BITS else []
    words += [f" node-len {node}"] if node != _NODE_BITS else []
    words += [f" func-bits {function}"] if function != _FUNCTION_BITS else []
    return "".join(words)


def level(number: int) -> str:
    """IS-IS level in FRR's words."""
    return {1: "level-1", 2: "level-2-only"}[number]


def vpn_family(family: str) -> str:
    """`vpnv4` -> `ipv4 vpn`. FRR carries no EVPN over SRv6: ValueError."""
    try:
        return {"vpnv4": "ipv4 vpn", "vpnv6": "ipv6 vpn"}[family]
    except KeyError:
        raise ValueError(f"FRR does not carry {family} over SRv6") from None


def targets(route_targets: Sequence[str]) -> str:
    """Route targets in the order that bgpd prints them: by number."""
    return " ".join(sorted(route_targets, key=lambda target: [int(part) for part in target.split(":")]))


@lru_cache(maxsize=_KNOWN)
def network(prefix: str) -> str:
    """A prefix without host bits, in canonical form."""
    return str(ip_network(prefix, strict=False))


@lru_cache(maxsize=_KNOWN)
def route(prefix: str) -> str:
    """The command's first word for a prefix."""
    return "ipv6" if ip_network(prefix, strict=False).version == 6 else "ip"


def segments(sids: Sequence[str]) -> str:
    """`fd00:1:1::/fd00:1:2:fe01::`."""
    return "/".join(map(_sid, sids))


@lru_cache(maxsize=_KNOWN)
def _sid(sid: str) -> str:
    return str(ip_address(sid))


def watched(port: str, protection_port: str) -> str:
    """The interface by which zebra tells whether a protected way is up: its first link's. The other way has another.

    The packet is routed by its first segment, so that the interface of such a route only decides whether it holds. A
    second route for the same interface would replace the first (RUN 10.7.1): ValueError.
    """
    if not port or not protection_port or port == protection_port:
        raise ValueError("a protected segment route needs the ports of two different first links")
    return port


def rate(bits_per_second: int) -> str:
    """A rate as tc takes it and as it comes back: tc counts bytes, so bits in eights, rounded up."""
    return f"{-(-bits_per_second // 8) * 8}bit"


def police_rate(bits_per_second: int) -> str:
    """A policer's rate, in the form that tc prints: `105334Kbit`.

    tc tells a policer's rate only as text, to the kbit/s, and from 1 Gbit/s on to the Mbit/s: rounded up to that.
    """
    step = 1000 if bits_per_second < 10**9 else 10**6
    rate = -(-bits_per_second // step) * step
    units = iter(("", "K", "M", "G", "T"))
    unit = next(units)
    while rate >= 1000 and not (rate % 1000 and rate < 10**6) and unit != "T":
        rate, unit = rate // 1000, next(units)
    return f"{rate}{unit}bit"


def police_burst(octets: int) -> str:
    """A policer's bucket in whole 4 KiB, rounded up: the kernel keeps it as time, and bytes get lost on the way."""
    return f"{-(-octets // 4096) * 4}Kb"


def share(percent: int, capacity_bps: int) -> str:
    """A weight of 1 to 100 as a guaranteed rate of the port."""
    if capacity_bps <= 0:
        raise ValueError("a queue's share needs the capacity of its port")
    return rate(capacity_bps * percent // 100)


@dataclass(frozen=True, slots=True)
class Share:
    """What a queue has of its parent's rate, and how it comes to the rest. `depth_bytes` 0: the kernel's default."""

    service_class: str
    prio: str  # " prio 4"; "" for the first
    rate: str
    depth_bytes: int
    ecn: bool


def shares(queues: Sequence[Queue], rate_bps: int, burst_bytes: int = 0) -> tuple[Share, ...]:
    """The classes inside a rate; together their guarantees never exceed it, and best effort always has one.

    HTB serves guarantees first and lends the rest by priority. So a strict queue is guaranteed what the weighted ones
    leave, and borrows before them. `burst_bytes` is the depth of a marking queue that has none of its own: without one
    nothing would be marked.
    """
    weighted = sum(queue.weight for queue in queues if queue.discipline != "strict")
    strict = sum(queue.discipline == "strict" for queue in queues)
    left = max(1, (99 - weighted) // strict) if strict else 0
    points = {queue.service_class: left if queue.discipline == "strict" else queue.weight for queue in queues}
    total = sum(points.values()) + ("be" not in points)
    found = [_share(queue, points[queue.service_class], total, rate_bps, burst_bytes) for queue in queues]
    if "be" not in points:
        found.append(Share("be", " prio 7" if queues else "", _part(rate_bps, 1, total), 0, ecn=False))
    return tuple(found)


def _share(queue: Queue, points: int, total: int, rate_bps: int, burst_bytes: int) -> Share:
    prio = "" if queue.discipline == "strict" else " prio 4"
    depth = queue.depth_bytes or (burst_bytes if queue.ecn else 0)
    return Share(queue.service_class, prio, _part(rate_bps, points, total), depth, queue.ecn)


def _part(rate_bps: int, points: int, total: int) -> str:
    """Rounded down, but for a whole: together no more than the rate."""
    return rate(rate_bps) if points == total else f"{max(1, rate_bps * points // total // 8) * 8}bit"


def slice_class(slice_id: int) -> str:
    """The HTB class of a slice on any port: `1:1011` for slice 17."""
    return f"1:{SLICE_CLASSES + slice_id:x}"


def slice_queue_class(service_class: str, slice_id: int) -> str:
    """The HTB class of a queue inside a slice, on any port: `1:907a` for af3 of slice 17."""
    return f"1:{_slice_queue(service_class, slice_id):x}"


def slice_queue_handle(service_class: str, slice_id: int) -> str:
    """The handle of that queue's own discipline: `907a:`."""
    return f"{_slice_queue(service_class, slice_id):x}:"


def _slice_queue(service_class: str, slice_id: int) -> int:
    return SLICE_QUEUES + slice_id * SLICE_QUEUES_EACH + _CLASSES.index(service_class)


def queue_class(service_class: str) -> str:
    """The HTB class of a queue of a port, or inside the rate of an access: `1:8003` for af3."""
    return f"1:{QUEUE_CLASSES + _CLASSES.index(service_class):x}"


def queue_handle(service_class: str) -> str:
    """The handle of the queue's own discipline: `8003:`."""
    return f"{QUEUE_CLASSES + _CLASSES.index(service_class):x}:"


def sid_prefix(prefix: str) -> str:
    """A SID or a prefix of SIDs as nft prints it: without /128."""
    return network(prefix).removesuffix("/128")


NEIGHBOURS: Final = ("::/128", "fe80::/10")
"""Who speaks on a link before he has an address, and with his own of the link: neighbour discovery (RFC 4861, 4862)."""


def trusted(prefixes: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """The sources that are let in, by IP version, as nft prints them; none within another, which nft would refuse."""
    networks = [ip_network(prefix, strict=False) for prefix in (*prefixes, *NEIGHBOURS)]
    four = collapse_addresses(one for one in networks if isinstance(one, IPv4Network))
    six = collapse_addresses(one for one in networks if isinstance(one, IPv6Network))
    found: list[IPv4Network | IPv6Network] = [*four, *six]
    return tuple((one.version, str(one).removesuffix(f"/{one.max_prefixlen}")) for one in found)


@lru_cache(maxsize=_KNOWN)
def block(sid: str) -> str:
    """The block that all SIDs lie in: 32 bits, then 16 of the node and 16 of the function (docs/intents.md)."""
    return str(ip_network((ip_address(sid), _BLOCK_BITS), strict=False))


def red(depth_bytes: int) -> int:
    """The depth of a RED queue: tc-red refuses one whose threshold is less than a packet or so (RUN, iproute2 7.2)."""
    return max(depth_bytes, SHALLOWEST_RED)


def best_effort_depth(capacity_bps: int) -> int:
    """Bytes of a core port's queue for what was promised nothing."""
    return max(SHALLOWEST_BEST_EFFORT, round(capacity_bps * BEST_EFFORT_S / 8))


FILTERS: Mapping[str, Callable[..., object]] = {
    "device": device,
    "interface": interface,
    "unit": unit,
    "structure": structure,
    "level": level,
    "vpn_family": vpn_family,
    "targets": targets,
    "network": network,
    "route": route,
    "segments": segments,
    "watched": watched,
    "rate": rate,
    "police_rate": police_rate,
    "police_burst": police_burst,
    "share": share,
    "shares": shares,
    "slice_class": slice_class,
    "queue_class": queue_class,
    "queue_handle": queue_handle,
    "slice_queue_class": slice_queue_class,
    "slice_queue_handle": slice_queue_handle,
    "sid_prefix": sid_prefix,
    "trusted": trusted,
    "block": block,
    "red": red,
    "best_effort_depth": best_effort_depth,
}
