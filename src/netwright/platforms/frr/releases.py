"""What older releases of FRR say in other words. The templates are those of 10.7; a release is a way to read them.

Leaves are put into the words of the release as they are read, whoever wrote them: a rendering and a running
configuration then compare as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Final

from netwright.errors import ConfigParseError
from netwright.platforms.frr import linux
from netwright.tree import Line

_EXPLICIT: Final = "sid vpn per-vrf export explicit "
_FUNCTION_AT, _FUNCTION_BITS = 64, 16  # below the block and the node: 32 and 16 bits


def as_10_3(lines: Iterator[Line]) -> Iterator[Line]:
    """FRR 10.3: a VPN's SID by its index, and no segments in IPv4 routes, which then are the kernel's."""
    for line in lines:
        if line.value.startswith(_EXPLICIT):
            yield Line(line.path, f"sid vpn per-vrf export {_index(line.value.removeprefix(_EXPLICIT))}", line.number)
        elif line.path[0].startswith("vrf ") and line.value.startswith("ip route ") and " segments " in line.value:
            yield _kernel_route(line)
        else:
            yield line


def _index(sid: str) -> int:
    """The function of a SID: the index that makes bgpd allocate just it (RUN 10.3: 65024 gives fd00:1:5:fe00::)."""
    return int(ip_address(sid)) >> _FUNCTION_AT & ((1 << _FUNCTION_BITS) - 1)


def _kernel_route(line: Line) -> Line:
    """An IPv4 route with segments, beside FRR: nearer than BGP's (metric 20), and zebra leaves it alone."""
    _, _, prefix, port, *rest = line.value.split()
    if port != "sr0":  # of two routes by their first links
        raise ConfigParseError("FRR 10.3 has no route that protects this one", line.number, line.value)
    sids, vrf = rest[1].replace("/", ","), line.path[0].removeprefix("vrf ")
    command = f"ip -4 route add {prefix} encap seg6 mode encap segs {sids} dev {port} vrf {vrf} metric 10"
    return Line((linux.ROOT, linux.understand(command, line.number).identity), command, line.number)
