"""The tenants' hosts: one network namespace for each attachment, in the box behind its router.

A namespace is called as the router calls the attachment (`eth3.210`), holds the lowest address of each subnet that is
not the router's (the rule of an attachment's `routes`), and knows one way out: the router. So two tenants in one box
are as far apart as two machines, and may use the same addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface, ip_network

from netwright.lab.model import Blueprint, Role
from netwright.services.model import Attachment, Construct, StaticRoute


@dataclass(frozen=True, slots=True)
class Tenant:
    """One attachment's host."""

    node: str  # the router
    box: str
    namespace: str
    vrf: str
    port: str  # of the box
    vlan: int
    mtu: int
    addresses: tuple[str, ...]  # ADDRESS/LENGTH of the host
    gateways: tuple[str, ...]  # the router's own
    behind: tuple[str, ...] = ()  # addresses of prefixes behind the host, answered by it, too


def tenants(blueprint: Blueprint, constructs: Mapping[str, Sequence[Construct]]) -> tuple[Tenant, ...]:
    """The hosts of every attachment that the routers of the lab are given; by router, in their order."""
    plugs = {(cable.a.box, cable.a.interface): cable.z for cable in blueprint.cables}
    boxes = {box.name for box in blueprint.of_role(Role.HOSTS)}
    found = []
    for node, made in sorted(constructs.items()):
        routes = [one for one in made if isinstance(one, StaticRoute)]
        for attachment in (one for one in made if isinstance(one, Attachment)):
            plug = plugs.get((node, attachment.port))
            if plug is not None and plug.box in boxes and attachment.addresses:
                found.append(_tenant(node, plug.box, plug.interface, attachment, routes))
    return tuple(found)


def _tenant(node: str, box: str, port: str, attachment: Attachment, routes: Sequence[StaticRoute]) -> Tenant:
    own = [ip_interface(text) for text in attachment.addresses]
    mine = [route for route in routes if route.vrf == attachment.vrf and _within(route.next_hop, own)]
    addresses = [*(_lowest(one) for one in own), *(_like(route.next_hop, own) for route in mine)]
    return Tenant(
        node=node,
        box=box,
        namespace=f"{attachment.port}.{attachment.vlan}",
        vrf=attachment.vrf,
        port=port,
        vlan=attachment.vlan,
        mtu=attachment.mtu,
        addresses=tuple(dict.fromkeys(addresses)),
        gateways=tuple(str(one.ip) for one in own),
        behind=tuple(_first(route.prefix) for route in mine),
    )


def _lowest(router: IPv4Interface | IPv6Interface) -> str:
    """The lowest usable address of the router's subnet that is not its own."""
    net = router.network
    first = int(net.network_address) + (0 if net.num_addresses <= 2 else 1)
    address = net.network_address + (first - int(net.network_address))
    if address == router.ip:
        address += 1
    return f"{address}/{net.prefixlen}"


def _within(address: str, own: Iterable[IPv4Interface | IPv6Interface]) -> bool:
    return any(ip_address(address) in one.network for one in own)


def _like(address: str, own: Iterable[IPv4Interface | IPv6Interface]) -> str:
    """An address with the length of the subnet it lies in."""
    length = next(one.network.prefixlen for one in own if ip_address(address) in one.network)
    return f"{ip_address(address)}/{length}"


def _first(prefix: str) -> str:
    """The first usable address of a prefix, as a host route."""
    net = ip_network(prefix, strict=False)
    address = net.network_address + (0 if net.num_addresses <= 2 else 1)
    return f"{address}/{net.max_prefixlen}"


def script(hosts: Iterable[Tenant]) -> str:
    """What makes the hosts of one box, and unmakes those that were there: run by sh in the box."""
    lines = ["set -e", "ip -all netns delete"]
    for tenant in hosts:
        lines += _commands(tenant)
    return "\n".join(lines) + "\n"


def _commands(tenant: Tenant) -> Iterator[str]:
    inside = tenant.namespace
    device = f"{tenant.port}.{tenant.vlan}" if tenant.vlan else tenant.port
    yield f"ip netns add {inside}"
    yield f"ip -n {inside} link set lo up"
    yield f"ip link set {tenant.port} up"
    yield f"ethtool -K {tenant.port} tx off >/dev/null 2>&1 || true"
    if tenant.vlan:
        yield f"ip link add link {tenant.port} name {device} type vlan id {tenant.vlan}"
    yield f"ip link set {device} netns {inside}"
    yield f"ip -n {inside} link set {device} mtu {tenant.mtu} up"
    for address in tenant.addresses:
        nodad = " nodad" if ":" in address else ""
        yield f"ip -n {inside} address add {address} dev {device}{nodad}"
    for gateway in tenant.gateways:
        yield f"ip -n {inside} route add default via {gateway} dev {device}"
    for address in tenant.behind:
        yield f"ip -n {inside} address add {address} dev lo"
