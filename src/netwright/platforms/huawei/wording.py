"""The filters of the Huawei templates: what is more than wording, and the vendor's units.

Units differ by construct (huawei-qos, huawei-net-slice, huawei-flexe); each filter is named after the unit that it
returns.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from netwright.errors import NetwrightError

_TYPES = re.compile(r"(?P<type>FlexE-\d+G|FlexE|\d+GE|GigabitEthernet|Ethernet|Eth-Trunk|LoopBack)(?P<number>[\d/:]+)")
_AFS = {"evpn": "evpn", "vpnv4": "ipv4vpn", "vpnv6": "ipv6vpn"}
_CONTAINERS = {"vpnv4": "ipv4-vpn", "vpnv6": "ipv6-vpn"}


class NoWording(NetwrightError):
    """A fact that Huawei has no words for."""


def host(prefix: str) -> str:
    """The address of ADDRESS/LENGTH."""
    return prefix.partition("/")[0]


def length_of(prefix: str) -> int:
    """The length of ADDRESS/LENGTH."""
    return int(prefix.partition("/")[2])


def netmask(prefix: str) -> str:
    """The length of an IPv4 prefix as dotted quad."""
    return str(ipaddress.IPv4Interface(prefix).netmask)


def of_family(prefixes: Sequence[str], family: int) -> list[str]:
    """The prefixes of IPv4 (4) or IPv6 (6)."""
    return [prefix for prefix in prefixes if ipaddress.ip_interface(prefix).version == family]


def opcode(sid: str, locator_length: int = 48) -> str:
    """The function part of a SID, as the vendor writes an opcode: `fd00:1:1::4001` -> `::4001`."""
    function = int(ipaddress.IPv6Address(sid)) & ((1 << (128 - locator_length)) - 1)
    return str(ipaddress.IPv6Address(function))


def decap(families: Sequence[str]) -> str:
    """The SID's behaviour for what a VRF carries (RFC 8986, sections 4.6 to 4.8)."""
    return f"end-dt{''.join(sorted(family.removeprefix('ipv') for family in families))}"


def interface(port: str) -> str:
    """The interface's name; the construct says `loopback` for the node's loopback."""
    return "LoopBack0" if port == "loopback" else port


def interface_type(port: str) -> str:
    """The type of a port, which the vendor writes at the head of its name: `100GE0/1/0` -> `100GE`."""
    if found := _TYPES.match(port):
        return found["type"]
    raise NoWording(f"{port} is no name of a Huawei port: a type such as 100GE, then its position")


def position(port: str) -> str:
    """The slot, card and port of a port: `100GE0/1/0` -> `0/1/0`."""
    if found := _TYPES.match(port):
        return found["number"]
    raise NoWording(f"{port} is no name of a Huawei port: a type such as 100GE, then its position")


def bgp_af(family: str) -> str:
    """The address family's name in huawei-bgp."""
    return _AFS[family]


def vpn_container(family: str) -> str:
    """The element that holds a VPN family's settings in huawei-bgp."""
    return _CONTAINERS[family]


def kbit(rate_bps: int) -> int:
    """Rate in kbit/s, rounded up (user-queue, CAR, flow-queue)."""
    return -(-rate_bps // 1_000)


def mbit(rate_bps: int) -> int:
    """Rate in Mbit/s, rounded up (flex-channel, mode-channel, port-queue)."""
    return -(-rate_bps // 1_000_000)


def gbit(rate_bps: int) -> str:
    """Rate in Gbit/s as FlexE writes it: 1, 1.25, 5."""
    return f"{rate_bps / 1_000_000_000:g}"


def kbyte(size_bytes: int) -> int:
    """Size in kB, rounded up (queue depth)."""
    return -(-size_bytes // 1_000)


def short(text: str, limit: int = 31) -> str:
    """A name of at most `limit` characters; a longer one ends in a fingerprint of itself, so that two never meet."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 9]}-{sha256(text.encode()).hexdigest()[:8]}"


FILTERS: Mapping[str, Callable[..., str | int | list[str]]] = {
    function.__name__: function
    for function in (
        bgp_af, decap, gbit, host, interface, interface_type, kbit, kbyte, length_of, mbit, netmask, of_family, opcode,
        position, short, vpn_container,
    )
}  # fmt: skip
"""The filters, by the name that templates use."""
