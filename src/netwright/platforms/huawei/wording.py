"""The filters of the Huawei templates: what is more than wording, and the vendor's units.

Units differ by construct (huawei-qos, huawei-net-slice, huawei-flexe); each filter is named after the unit that it
returns.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import product
from typing import Protocol

from netwright.errors import NetwrightError
from netwright.platforms.huawei.secrets import ckn
from netwright.secret import reference
from netwright.services.model import Queue

_TYPES = re.compile(
    r"(?P<type>FlexE-\d+G|FlexE|50\|100GE|\d+GE|GigabitEthernet|Ethernet|Eth-Trunk|LoopBack)(?P<number>[\d/:]+)"
)
_FIRST_PORT_ID = 129  # of FlexE, as in the vendor's examples
_AFS = {"evpn": "evpn", "vpnv4": "ipv4vpn", "vpnv6": "ipv6vpn"}
_VIEWS = {"evpn": "l2vpn-family evpn", "ipv4vpn": "ipv4-family vpnv4", "ipv6vpn": "ipv6-family vpnv6"}
_BEST_FIRST = ("cs7", "cs6", "ef", "af4", "af3", "af2", "af1", "be")
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


def network(prefix: str) -> str:
    """The first address of a prefix, as an ACL rule wants it."""
    return str(ipaddress.ip_network(prefix, strict=False).network_address)


def wildcard(prefix: str) -> str:
    """The bits of an IPv4 prefix that an ACL rule lets be anything, as dotted quad."""
    return str(ipaddress.IPv4Network(prefix, strict=False).hostmask)


def crossed(values: Sequence[int], sources: Sequence[str]) -> list[tuple[int | str, str]]:
    """Every DSCP with every source; "" for the one that nobody asks for."""
    return list(product(values or ("",), sources or ("",)))


def of_family(prefixes: Sequence[str], family: int) -> list[str]:
    """The prefixes of IPv4 (4) or IPv6 (6)."""
    return [prefix for prefix in prefixes if (6 if ":" in prefix else 4) == family]


def opcode(sid: str, locator_length: int = 48) -> str:
    """The function part of a SID, as the vendor writes an opcode: `fd00:1:1::4001` -> `::4001`."""
    function = int(ipaddress.IPv6Address(sid)) & ((1 << (128 - locator_length)) - 1)
    return str(ipaddress.IPv6Address(function))


def decap(families: Sequence[str]) -> str:
    """The SID's behaviour for what a VRF carries (RFC 8986, sections 4.6 to 4.8)."""
    return f"end-dt{''.join(sorted(family.removeprefix('ipv') for family in families))}"


def family(prefix: str) -> str:
    """ipv4 or ipv6."""
    return f"ipv{ipaddress.ip_interface(prefix).version}"


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


class _Port(Protocol):
    """What the baseline says of a port."""

    name: str
    physical: str


def physical_port(port: _Port) -> str:
    """The port itself: on a port in FlexE mode the interface, which is its base client's, has another name."""
    return port.physical or port.name


def flexe_port_id(port: _Port) -> int:
    """The FlexE port ID of a base client's interface, which stands on the card of its port: `FlexE0/2/129` -> 129."""
    found = int(position(port.name).rpartition("/")[2])
    if flexe_interface(port.physical, found) != port.name:
        said = f"such as {flexe_interface(port.physical, _FIRST_PORT_ID)}"
        raise NoWording(f"{port.name} is no FlexE interface on the card of {port.physical}: {said}")
    return found


def flexe_interface(port: str, port_id: int) -> str:
    """The interface of a FlexE client on the card of `port`: `400GE0/2/0`, 129 -> `FlexE0/2/129`."""
    return f"FlexE{position(port).rpartition('/')[0]}/{port_id}"


def bgp_af(family: str) -> str:
    """The address family's name in huawei-bgp."""
    return _AFS[family]


def vpn_container(family: str) -> str:
    """The element that holds a VPN family's settings in huawei-bgp."""
    return _CONTAINERS[family]


def af_view(kind: str) -> str:
    """The view of a family of VPN routes in VRP8's BGP, by its name in huawei-bgp; "" for another family."""
    return _VIEWS.get(kind, "")


def ports(rule: Mapping[str, str]) -> str:
    """The destination ports of an ACL's rule as VRP8 writes them, a blank before; "" for any."""
    first, last = rule["dest-port-begin"], rule["dest-port-end"]
    if not first:
        return ""
    return f" destination-port eq {first}" if first == last else f" destination-port range {first} {last}"


def source(rule: Mapping[str, str], mask: str) -> str:
    """The source of an ACL's rule as VRP8 writes it, a blank before; "" for any. `mask`: wildcard, or length."""
    return f" source {rule['source-ipaddr']} {rule[mask]}" if rule["source-ipaddr"] else ""


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


def burst(size_bytes: int, rate_bps: int) -> int:
    """The burst of a rate in bytes: what was asked for, else what 100 ms bring."""
    return size_bytes or rate_bps // 80


def ifit_interval(seconds: int) -> int:
    """The longest measuring interval that is not longer than asked (huawei-ifit-common: 10, 30, 60 or 300 s)."""
    return max((offered for offered in (10, 30, 60, 300) if offered <= seconds), default=10)


def schedule(discipline: str) -> str:
    """The scheduler of a queue."""
    return {"strict": "pq", "weighted": "wfq"}[discipline]


def with_depth(queues: Sequence[Queue]) -> list[Queue]:
    """The queues whose depth is not the platform's default."""
    return [queue for queue in queues if queue.depth_bytes]


def wred_name(queue: Queue) -> str:
    """The name of the drop profile of a port's queue: ports with equal queues share it."""
    return f"netwright-{queue.service_class}-{kbyte(queue.depth_bytes)}"


def node_priority(service_class: str, name: str, udp_port: int) -> int:
    """The place of a class in the policy of its attachment (1 to 5119, the lowest is asked first).

    The better class comes first, and within it what is told by its port; the rest of the number is a fingerprint of the
    name, so that classes of different services never ask for one place.
    """
    rank = 2 * _BEST_FIRST.index(service_class) + (not udp_port)
    return 1 + 300 * rank + int(sha256(name.encode()).hexdigest(), 16) % 300


def closing(instant: str) -> str:
    """The name of what closes at an instant: `2026-12-01T15:00:00Z` -> `closed-20261201T150000Z`."""
    return f"closed-{instant.replace('-', '').replace(':', '')}"


def clock(instant: str) -> str:
    """An instant as VRP8 writes it: `2026-12-01T15:00:00Z` -> `15:00 2026/12/01`."""
    day, _, time = instant.partition("T")
    return f"{time[:5]} {day.replace('-', '/')}"


def short(text: str, limit: int = 31) -> str:
    """A name of at most `limit` characters; a longer one ends in a fingerprint of itself, so that two never meet."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 9]}-{sha256(text.encode()).hexdigest()[:8]}"


FILTERS: Mapping[str, Callable[..., str | int | list[str] | list[Queue] | list[tuple[int | str, str]]]] = {
    function.__name__: function
    for function in (
        *(
            af_view,
            bgp_af,
            burst,
            ckn,
            clock,
            closing,
            crossed,
            decap,
            family,
            flexe_interface,
            flexe_port_id,
            gbit,
            host,
            ifit_interval,
            interface,
            interface_type,
            kbit,
            kbyte,
            length_of,
            mbit,
        ),
        *(
            netmask,
            network,
            node_priority,
            of_family,
            opcode,
            physical_port,
            ports,
            position,
            schedule,
            reference,
            short,
            source,
            vpn_container,
            wildcard,
            with_depth,
            wred_name,
        ),
    )
}
"""The filters, by the name that templates use."""
