"""What a template of ZTE cannot say with words alone: masks, units, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_interface, ip_network

_LOCATOR_BITS = 48
_PRIORITY = {"cs7": 1, "cs6": 1, "ef": 2, "af4": 3, "af3": 4, "af2": 5, "af1": 6, "be": 7}


def mask(prefix: str) -> str:
    """`10.0.0.1/24` -> `10.0.0.1 255.255.255.0`."""
    interface = ip_interface(prefix)
    return f"{interface.ip} {interface.netmask}"


def network(prefix: str) -> str:
    """The prefix without host bits, as a route names it: with a mask for IPv4, with a length for IPv6."""
    found = ip_network(prefix, strict=False)
    return f"{found.network_address} {found.netmask}" if found.version == 4 else str(found)


def secondary(address: str, addresses: Sequence[str]) -> str:
    """` secondary` for every address of a family after its first."""
    family = [other for other in addresses if (":" in other) == (":" in address)]
    return "" if family[0] == address else " secondary"


def unit(port: str, vlan: int) -> str:
    """The sub-interface of `port` for `vlan`; the port itself for VLAN 0."""
    return f"{port}.{vlan}" if vlan else port


def interface_name(port: str) -> str:
    """The neutral model says `loopback`; here it is loopback1."""
    return "loopback1" if port == "loopback" else port


def process(instance: str) -> str:
    """IS-IS processes have numbers here; any other name is process 1."""
    return instance if instance.isdigit() else "1"


def function(sid: str) -> str:
    """The part of a SID behind its locator, as `end-sid func-code` takes it: `fd00:1:7::1` -> `::1`."""
    return str(IPv6Address(int(IPv6Address(sid)) & ((1 << (128 - _LOCATOR_BITS)) - 1)))


def level(number: int) -> str:
    """`is-type` and `circuit-type` of a level; only level 2 was seen (NETX)."""
    return f"level-{number}-only"


def rate(bps: int) -> str:
    """A rate with its unit word behind the number, never less than asked for: `100 mbps`, `1500 kbps`."""
    if bps % 1_000_000 == 0:
        return f"{bps // 1_000_000} mbps"
    return f"{-(-bps // 1000)} kbps"


def kilobytes(size: int) -> int:
    """Bytes as KB, rounded up."""
    return -(-size // 1000)


def dscp_list(values: Sequence[int]) -> str:
    """`(46, 26)` -> `26,46`, as `match dscp range` takes it."""
    if not values:
        message = "ZTE classifies by DSCP only (capability `classify`), and this class names none"
        raise ValueError(message)
    return ",".join(str(value) for value in sorted(values))


def policy(port: str, vlan: int, direction: str) -> str:
    """The name of the policy that netwright keeps for an interface: `NW-IN-gei_0_1_0_1.100`."""
    return f"NW-{direction.upper()}-{unit(port, vlan).replace('-', '_', 1).replace('/', '_')}"


def shaper(name: str) -> str:
    """The policy that holds a tenant's rate; the queues inside it are another, and may have the tenant's name."""
    return f"{name}-RATE"


def priority_level(service_class: str) -> int:
    """The level of a strict queue, 1 (first served) to 7. That 1 is first is INFERRED."""
    return _PRIORITY[service_class]


FILTERS: Mapping[str, Callable[..., str | int]] = {
    "mask": mask,
    "network": network,
    "secondary": secondary,
    "unit": unit,
    "interface_name": interface_name,
    "process": process,
    "function": function,
    "level": level,
    "rate": rate,
    "kilobytes": kilobytes,
    "dscp_list": dscp_list,
    "policy": policy,
    "shaper": shaper,
    "priority_level": priority_level,
}
