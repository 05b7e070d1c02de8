"""How claims on numbers are called: `KIND/NAME[/DEVICE[/THING[/FIELD]]]` (`netwright.address`), one name for each."""

from __future__ import annotations

from netwright.address import address
from netwright.intents.schema import Fabric, Service
from netwright.topology.model import Link

ALL = "*"
"""In the place of the device, where a claim is the whole service's: `TenantSlice/hospital-a/*/vrf/rt`."""


def claim_node_id(fabric: Fabric, node: str) -> str:
    """The claim on a node's part of its locator."""
    return address("Fabric", fabric.name, node, "locator", "node_id")


def claim_loopback(fabric: Fabric, node: str) -> str:
    """The claim on a node's loopback."""
    return address("Fabric", fabric.name, node, "loopback", "address")


def claim_router_id(fabric: Fabric, node: str) -> str:
    """The claim on a node's router id."""
    return address("Fabric", fabric.name, node, "router", "id")


def claim_link(fabric: Fabric, link: Link) -> str:
    """The claim on a link's prefix."""
    return address("Fabric", fabric.name, ALL, f"link:{link.name}", "prefix")


def claim_rd(service: Service, node: str) -> str:
    """The claim on a route distinguisher; a pinned one serves all nodes of the service."""
    return address(service.kind, service.name, ALL if service.spec.pins.rd else node, "vrf", "rd")


def claim_rt(service: Service) -> str:
    """The claim on a route target."""
    return address(service.kind, service.name, ALL, "vrf", "rt")


def claim_slice(service: Service) -> str:
    """The claim on a network slice id."""
    return address(service.kind, service.name, ALL, "slice", "id")


def claim_colour(service: Service) -> str:
    """The claim on a colour."""
    return address(service.kind, service.name, ALL, "policy", "colour")


def claim_table(service: Service, node: str) -> str:
    """The claim on a VRF's number on its node."""
    return address(service.kind, service.name, node, "vrf", "table")


def claim_sid(service: Service, node: str) -> str:
    """The claim on the function of a VRF's SID."""
    return address(service.kind, service.name, node, "vrf", "sid")


def claim_binding_sid(service: Service, node: str, far: str) -> str:
    """The claim on the function of the SID of a policy from a node to another."""
    return address(service.kind, service.name, node, f"policy:{far}", "binding_sid")


def claim_vlan(service: Service, node: str, field: str) -> str:
    """The claim on the VLAN of an attachment."""
    return address(service.kind, service.name, node, field, "vlan")


def claim_probe(service: Service, node: str) -> str:
    """The claim on the number of a TWAMP session on its node."""
    return address(service.kind, service.name, node, "twamp", "session")


def claim_link_probe(fabric: Fabric, node: str, link: str, end: str) -> str:
    """The claim on the number of a TWAMP session that measures a link, on a node; `end`: sender or reflector."""
    return address("Fabric", fabric.name, node, f"twamp:{link}", end)


def claim_base_slice(fabric: Fabric) -> str:
    """The claim on the id of the base clients' slice."""
    return address("Fabric", fabric.name, ALL, "slice", "id")


def claim_client(owner: str, link: str) -> str:
    """The claim of a service on a client's number in the FlexE group of a link."""
    return f"{owner}/{ALL}/flexe:{link}/client"


def claim_channel(owner: str, link: str) -> str:
    """The claim of a service on the VLAN of its channelised sub-interfaces on a link."""
    return f"{owner}/{ALL}/channel:{link}/vlan"


def claim_port_id(owner: str, node: str, link: str) -> str:
    """The claim of a service, or of the Fabric for its base client, on the number of a FlexE interface."""
    return f"{owner}/{node}/flexe:{link}/port_id"
