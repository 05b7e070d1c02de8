"""The Fabric of the networks that tests make by hand: as the reference network's, with another choice of reflectors."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from netwright.intents.schema import Fabric

FABRIC: Mapping[str, Any] = {
    "asn": 65000,
    "route_reflectors": ["core1", "core2"],
    "igp": {"protocol": "isis", "instance": 1, "area": "49.0001", "level": 2, "hello": "PT3S"},
    "srv6": {"locator": "MAIN", "block": "fd00:1::/32", "locator_length": 48, "static_length": 16, "encoding": "usid"},
    "loopbacks": "2001:db8:0:ffff::/64",
    "router_ids": "10.255.0.0/16",
    "links": {"prefix": "2001:db8:0:1000::/52", "prefix_length": 127, "mtu": 9216},
    "pools": {
        "rd": "65000:1000-9999",
        "rt": "65000:1000-9999",
        "slice_id": "1-4000",
        "colour": "100-4095",
        "vlan": "2-4000",
        "node_id": "0x1-0x3fff",
        "sid_function": {"usid": "0xfe00-0xfeff", "classic": "0x4000-0x7fff"},
    },
    "quarantine": "P7D",
}
"""What it asks for."""


def asking(**asked: Any) -> Fabric:
    """The Fabric that asks for this besides, or instead: `asking(links={"hard": "channelised"})`."""
    more = {name: {**FABRIC[name], **new} if isinstance(new, Mapping) else new for name, new in asked.items()}
    return Fabric.model_validate(
        {"apiVersion": "netwright/v1", "kind": "Fabric", "metadata": {"name": "metro"}, "spec": {**FABRIC, **more}}
    )


@cache
def fabric(*reflectors: str) -> Fabric:
    """With these route reflectors."""
    return asking(route_reflectors=list(reflectors or FABRIC["route_reflectors"]))
