"""Which numbers the intents need, from which pools, and how each is written. Claims are called as `claims.py` says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_interface

from netwright.alloc.ledger import Assignment, Ledger, Request
from netwright.alloc.pool import Pool, Subnets, Tagged, addresses, subnets
from netwright.intents.schema import Fabric, Service
from netwright.platforms.base import Platform, pack_of
from netwright.services.channelised import VLANS
from netwright.services.claims import (
    ALL,
    claim_base_slice,
    claim_binding_sid,
    claim_channel,
    claim_client,
    claim_colour,
    claim_link,
    claim_link_probe,
    claim_loopback,
    claim_node_id,
    claim_port_id,
    claim_probe,
    claim_rd,
    claim_router_id,
    claim_rt,
    claim_sid,
    claim_slice,
    claim_table,
    claim_vlan,
)
from netwright.services.flexe import BASE_CLIENT, port_id_of
from netwright.services.ranges import can_probe, largest_probe, measured_links, narrowed
from netwright.topology.model import Link, Node, Topology

TABLES = range(1001, 65000)  # above the kernel's own tables (253 to 255) and below 16 bits
CLIENTS = range(BASE_CLIENT + 1, 65535)  # of a FlexE group (huawei-flexe: 1 to 65534)
PORT_IDS = range(129, 65536)  # of FlexE interfaces on a node; the vendor's examples begin there
PROBES = range(1, 65536)  # of TWAMP sessions on a node (huawei-twamp-controller), less where a model has fewer


@dataclass(frozen=True)
class Numbers:
    """Every number of a design, in the words of the field."""

    fabric: Fabric
    pools: Mapping[str, Pool]
    assignment: Assignment

    def text(self, pool: str, claim: str) -> str:
        """The number of a claim as its pool writes it."""
        return self.pools[pool].text(self.assignment.numbers[claim])

    def number(self, claim: str) -> int:
        """The bare number of a claim."""
        return self.assignment.numbers[claim]

    # ---- the fabric

    def loopback(self, node: str) -> str:
        """A node's loopback, without a length."""
        return self.text("loopback", claim_loopback(self.fabric, node))

    def router_id(self, node: str) -> str:
        """A node's router id."""
        return self.text("router_id", claim_router_id(self.fabric, node))

    def locator(self, node: str) -> str:
        """A node's locator: block, node id, zeros, `PREFIX/LENGTH` (RFC 8986, section 3.1)."""
        return pinned_locator(self.fabric, self.number(claim_node_id(self.fabric, node)))

    def end_sid(self, node: str, encoding: str) -> str:
        """The node's own SID: uN is the locator itself (RFC 9800), End is function 1 in the last bits."""
        locator = self.locator(node)
        return str(_first(locator)) if encoding == "usid" else pinned_end_sid(locator)

    def flexible_locator(self, node: str) -> str:
        """A node's locator in the block of the Fabric's flexible algorithm."""
        asked = self.fabric.spec.igp.flex_algo
        assert asked is not None  # noqa: S101 - whoever asks has looked
        return pinned_locator(self.fabric, self.number(claim_node_id(self.fabric, node)), asked.block)

    def link_ends(self, link: Link) -> tuple[str, str]:
        """The addresses of a link's two ends, a first, `ADDRESS/LENGTH`."""
        if link.a_address and link.z_address:
            return link.a_address, link.z_address
        form = self.pools["link"].form
        assert isinstance(form, Subnets)  # noqa: S101 - `pools_of` makes it so
        return form.ends(self.number(claim_link(self.fabric, link)))

    # ---- services

    def rd(self, service: Service, node: str) -> str:
        """The route distinguisher of a service on a node."""
        return self.text("rd", claim_rd(service, node))

    def rt(self, service: Service) -> str:
        """The route target of a service."""
        return self.text("rt", claim_rt(service))

    def slice_id(self, service: Service) -> int:
        """The network slice id of a service that has a slice of its own."""
        return self.number(claim_slice(service))

    def colour(self, service: Service) -> int:
        """The colour of a service's SR policies."""
        return self.number(claim_colour(service))

    def table(self, service: Service, node: str) -> int:
        """The number of the service's VRF on a node."""
        return self.number(claim_table(service, node))

    def vpn_sid(self, service: Service, node: str, encoding: str, *, flexible: bool = False) -> str:
        """The SID of the service's VRF on a node: function in bits 48 to 63 (uSID) or in the last 16 (classic)."""
        function = self.number(claim_sid(service, node))
        base = _first(self.flexible_locator(node) if flexible else self.locator(node))
        shift = 128 - self.fabric.spec.srv6.locator_length - 16 if encoding == "usid" else 0
        return str(base + (function << shift))

    def binding_sid(self, service: Service, node: str, far: str) -> str:
        """The SID by which others enter a service's policy, classic as VPN SIDs are; "" where it has none."""
        function = self.assignment.numbers.get(claim_binding_sid(service, node, far))
        return "" if function is None else str(_first(self.locator(node)) + function)

    def vlan(self, service: Service, node: str, field: str) -> int:
        """The VLAN of an attachment that names none."""
        return self.number(claim_vlan(service, node, field))

    def probe(self, service: Service, node: str) -> int:
        """The number of the service's TWAMP session on a node, sender's or reflector's; 0 where it has none."""
        return self.assignment.numbers.get(claim_probe(service, node), 0)

    # ---- FlexE

    @property
    def base_slice(self) -> int:
        """The slice of a port itself, which slices with a FlexE client or a sub-interface of their own join."""
        return self.number(claim_base_slice(self.fabric))

    def client(self, owner: str, link: str) -> int:
        """The number of a service's client in the FlexE group of a link."""
        return self.number(claim_client(owner, link))

    def channel(self, owner: str, link: str) -> int:
        """The VLAN of a service's channelised sub-interfaces on a link."""
        return self.number(claim_channel(owner, link))

    def port_id(self, owner: str, node: str, link: str) -> int:
        """The number of a FlexE interface on a node."""
        return self.number(claim_port_id(owner, node, link))


def pinned_locator(fabric: Fabric, node_id: int, block: IPv6Network | None = None) -> str:
    """The locator of a node id, in the block of srv6 or in another of its length."""
    srv6 = fabric.spec.srv6
    base = int((block or srv6.block).network_address) | node_id << (128 - srv6.locator_length)
    return _spelled(base, srv6.locator_length)


@lru_cache(maxsize=1 << 14)  # every service asks for the locators of its ends
def _spelled(base: int, length: int) -> str:
    return f"{IPv6Address(base)}/{length}"


@lru_cache(maxsize=1 << 14)  # and for what lies in them
def _first(locator: str) -> IPv6Address:
    """The first address of a locator."""
    return IPv6Address(locator.partition("/")[0])


def pinned_end_sid(locator: str) -> str:
    """The classic End SID of a locator: function 1 in the last bits."""
    return str(_first(locator) + 1)


# ---- pools and requests ---------------------------------------------------------------------------------------------


def pools_of(fabric: Fabric) -> dict[str, Pool]:
    """The pools that the Fabric defines, by name."""
    spec = fabric.spec
    return {
        "node_id": Pool("node_id", spec.pools.node_id.numbers),
        "loopback": addresses("loopback", str(spec.loopbacks)),
        "router_id": addresses("router_id", str(spec.router_ids)),
        "link": subnets("link", str(spec.links.prefix), spec.links.prefix_length),
        "rd": Pool("rd", spec.pools.rd.numbers, Tagged(spec.pools.rd.administrator)),
        "rt": Pool("rt", spec.pools.rt.numbers, Tagged(spec.pools.rt.administrator)),
        "slice_id": Pool("slice_id", spec.pools.slice_id.numbers),
        "colour": Pool("colour", spec.pools.colour.numbers),
        "vlan": Pool("vlan", spec.pools.vlan.numbers),
        "sid_usid": Pool("sid_usid", spec.pools.sid_function.usid.numbers),
        "sid_classic": Pool("sid_classic", spec.pools.sid_function.classic.numbers),
        "table": Pool("table", TABLES),
        "flexe_client": Pool("flexe_client", CLIENTS),
        "flexe_port": Pool("flexe_port", PORT_IDS),
        "probe": Pool("probe", PROBES),
        "channel_vlan": Pool("channel_vlan", VLANS),
    }


def pools_for(fabric: Fabric, topology: Topology, platforms: Mapping[str, Platform]) -> dict[str, Pool]:
    """The pools, as narrow as the routers of this network need them."""
    pools = pools_of(fabric)
    pools["slice_id"] = narrowed(pools["slice_id"], topology, platforms)
    pools["probe"] = narrowed(pools["probe"], topology, platforms, largest_probe)
    return pools


def assign(
    fabric: Fabric,
    topology: Topology,
    platforms: Mapping[str, Platform],
    services: Iterable[Service],
    ledger: Ledger,
    now: datetime,
) -> Numbers:
    """Give every claim its number, or raise a `PoolError` that names all that cannot be served."""
    pools = pools_for(fabric, topology, platforms)
    asked = (requests_of(service, fabric, topology, platforms, pools) for service in services)
    return assign_all(fabric, topology, platforms, pools, asked, ledger, now)


def assign_all(
    fabric: Fabric,
    topology: Topology,
    platforms: Mapping[str, Platform],
    pools: Mapping[str, Pool],
    asked: Iterable[Iterable[Request]],
    ledger: Ledger,
    now: datetime,
) -> Numbers:
    """The same for services whose requests are known."""
    requests = [*_fabric_requests(fabric, topology, pools), *_base_clients(fabric, topology, platforms)]
    if fabric.spec.igp.flex_algo:
        requests += _link_probes(fabric, topology, platforms)
    for some in asked:
        requests += some
    return Numbers(fabric, pools, ledger.assign(pools, requests, now))


def requests_of(
    service: Service,
    fabric: Fabric,
    topology: Topology,
    platforms: Mapping[str, Platform],
    pools: Mapping[str, Pool],
) -> tuple[Request, ...]:
    """The numbers that a service asks for, wherever it is routed."""
    bound = _binding_sids(service, topology, platforms) if fabric.spec.srv6.binding_sids else ()
    return (*_service_requests(service, topology, platforms, pools), *bound)


def with_clients(
    numbers: Numbers,
    topology: Topology,
    links: Mapping[str, Iterable[str]],
    channels: Mapping[str, Iterable[str]],
    now: datetime,
) -> Numbers:
    """The numbers with those of FlexE clients and channelised sub-interfaces, known only after routing; by owner."""
    requests = []
    for owner, name in ((owner, name) for owner, names in links.items() for name in names):
        link = topology.links[name]
        requests.append(Request(f"flexe_client/{name}", claim_client(owner, name)))
        requests += [Request(f"flexe_port/{node}", claim_port_id(owner, node, name)) for node in (link.a, link.z)]
    for owner, name in ((owner, name) for owner, names in channels.items() for name in names):
        requests.append(Request(f"channel_vlan/{name}", claim_channel(owner, name)))
    if not requests:
        return numbers
    requests.append(Request("slice_id", claim_base_slice(numbers.fabric)))
    first = numbers.assignment
    more = first.ledger.assign(numbers.pools, requests, now)
    both = Assignment(more.ledger, {**first.numbers, **more.numbers}, first.new | more.new, first.chosen | more.chosen)
    return replace(numbers, assignment=both)


def _base_clients(fabric: Fabric, topology: Topology, platforms: Mapping[str, Platform]) -> Iterator[Request]:
    """The numbers that base clients' interfaces have already."""
    for link in topology.links.values():
        for node in (link.a, link.z) if link.flexe else ():
            taken = port_id_of(link.port_of(node))
            if taken is not None and pack_of(platforms, topology.nodes[node]).capabilities["flexe"].value:
                yield Request(f"flexe_port/{node}", claim_port_id(fabric.address, node, link.name), taken)


def _link_probes(fabric: Fabric, topology: Topology, platforms: Mapping[str, Platform]) -> Iterator[Request]:
    """The sessions that measure the links between routers with the algorithm: each end sends, and reflects."""
    for link in measured_links(topology, platforms):
        for node in (link.a, link.z):
            for end in ("sender", "reflector"):
                yield Request(f"probe/{node}", claim_link_probe(fabric, node, link.name, end))


def _fabric_requests(fabric: Fabric, topology: Topology, pools: Mapping[str, Pool]) -> Iterator[Request]:
    for node in topology.nodes.values():
        yield Request("node_id", claim_node_id(fabric, node.name), node.node_id)
        yield Request("loopback", claim_loopback(fabric, node.name), _pinned_loopback(node, pools["loopback"]))
        yield Request("router_id", claim_router_id(fabric, node.name))
    for link in topology.links.values():
        if not (link.a_address and link.z_address):
            yield Request("link", claim_link(fabric, link))
        elif (pin := _pinned_link(link, fabric, pools["link"])) is not None:
            yield Request("link", claim_link(fabric, link), pin)


def _pinned_loopback(node: Node, pool: Pool) -> int | None:
    return None if node.loopback is None else pool.number(node.loopback)


def _pinned_link(link: Link, fabric: Fabric, pool: Pool) -> int | None:
    """The number that a link's own addresses take from the pool; None when they lie elsewhere."""
    first = ip_interface(link.a_address or "").ip
    return pool.number(str(first)) if first in fabric.spec.links.prefix else None


def _service_requests(
    service: Service, topology: Topology, platforms: Mapping[str, Platform], pools: Mapping[str, Pool]
) -> Iterator[Request]:
    pins = service.spec.pins
    yield Request("rt", claim_rt(service), _pin(pools["rt"], pins.rt))
    yield Request("colour", claim_colour(service), pins.colour)
    if not getattr(service.spec, "slice", None):
        yield Request("slice_id", claim_slice(service), pins.slice_id)
    nodes = sorted({attachment.node for _, attachment in service.attachments})
    if pins.rd:
        yield Request("rd", claim_rd(service, ALL), _pin(pools["rd"], pins.rd))
    for node in nodes:
        capabilities = pack_of(platforms, topology.nodes[node]).capabilities
        if not pins.rd:
            yield Request("rd", claim_rd(service, node))
        yield Request(f"table/{node}", claim_table(service, node))
        if capabilities["explicit_sid"].value:
            yield Request(f"sid_{capabilities['sid_encoding'].value}/{node}", claim_sid(service, node))
    if len(nodes) == 2 and can_probe(service, [pack_of(platforms, topology.nodes[node]) for node in nodes]):
        yield from (Request(f"probe/{node}", claim_probe(service, node)) for node in nodes)
    for field, attachment in service.attachments:
        if attachment.vlan is None:
            yield Request(f"vlan/{attachment.node}", claim_vlan(service, attachment.node, field))


def _binding_sids(service: Service, topology: Topology, platforms: Mapping[str, Platform]) -> Iterator[Request]:
    """A SID for each policy between two of a service's nodes, where the head-end's platform has such SIDs."""
    nodes = sorted({attachment.node for _, attachment in service.attachments})
    for node in nodes:
        if pack_of(platforms, topology.nodes[node]).capabilities["binding_sid"].value:
            for far in (far for far in nodes if far != node):
                yield Request(f"sid_classic/{node}", claim_binding_sid(service, node, far))


def _pin(pool: Pool, text: object) -> int | None:
    return None if text is None else pool.number(str(text))
