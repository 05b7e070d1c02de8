"""What NAPALM's getters say of an FRR box beyond what every platform reports: the kernel's facts, and FRR's release.

Shapes as FRR 10.7.1, iproute2 7.2 and procps 4 print them; what a box does not say is NAPALM's "unknown".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from netwright.drivers.frr_state import ADDRESSES, Ask, ahead, rows

_VERSION: Final = ("vtysh", "-c", "show version")
_UPTIME: Final = ("ps", "-o", "etimes=", "-p", "1")  # a container's own, and a whole box's, too


def links(ask: Ask) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """NAPALM's description, MTU (bytes) and MAC address of every interface; a virtual one has no speed to tell."""
    for row in rows(ask(ADDRESSES)):
        mac = str(row.get("address", "")).upper() if row.get("link_type") == "ether" else ""
        yield row["ifname"], {"description": row.get("ifalias", ""), "mtu": row["mtu"], "mac_address": mac}


def facts(ask: Ask) -> dict[str, Any]:
    """NAPALM's release of the system and uptime (seconds)."""
    ahead(ask, (_VERSION, _UPTIME))
    version, seconds = re.match(r"FRRouting (\S+)", ask(_VERSION)), ask(_UPTIME).strip()
    return {"os_version": version[1] if version else "", "uptime": float(seconds) if seconds.isdigit() else -1.0}
