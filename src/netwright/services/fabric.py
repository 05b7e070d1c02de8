"""Fabric -> constructs: loopbacks, links, IS-IS with SRv6, locators, BGP to the route reflectors, on every router."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address

from netwright.address import address
from netwright.intents.schema import Fabric
from netwright.platforms.base import Capability, Platform, pack_of
from netwright.services.checks import Check, Rung
from netwright.services.claims import claim_link, claim_loopback, claim_node_id, claim_router_id
from netwright.services.flexible import Flexible, flexible_of
from netwright.services.macsec import Encryption
from netwright.services.model import (
    Bgp,
    BgpNeighbor,
    CoreInterface,
    Fragment,
    Isis,
    IsisCircuit,
    Locator,
    Loopback,
    Reasoned,
)
from netwright.services.numbers import Numbers
from netwright.topology.model import Link, Node, Topology

LOOPBACK = "loopback"
_FAMILIES = {"evpn": ("evpn",), "vpn": ("vpnv4", "vpnv6")}


def igp_metric(link: Link) -> int:
    """The IS-IS metric of a link: its propagation delay in units of 0.1 us, at least 10 (wide metrics, RFC 5305).

    The shortest path is then the path of least delay, and a difference of 20 m of fibre decides.
    """
    return min(max(10, round(link.delay_us * 10)), (1 << 24) - 2)


@dataclass(frozen=True)
class FabricCompiler:
    """The compiler of the one Fabric of a network."""

    fabric: Fabric
    topology: Topology
    platforms: Mapping[str, Platform]  # by name of the platform
    numbers: Numbers

    @property
    def owner(self) -> str:
        """The Fabric's address."""
        return self.fabric.address

    @cached_property
    def encryption(self) -> Encryption:
        """Which links are encrypted, or can be."""
        return Encryption(self.topology, self.platforms, self.fabric.spec.links.macsec)

    def fragments(self, node: str) -> Iterator[Fragment]:
        """Everything the fabric puts on a router."""
        for construct, because in self._node(self.topology.nodes[node]):
            yield Fragment(node, self.owner, construct, because)

    def _can(self, node: Node) -> Mapping[str, Capability]:
        return pack_of(self.platforms, node).capabilities

    def _node(self, node: Node) -> Iterator[Reasoned]:
        yield self._loopback(node)
        if self._can(node)["locator"].value == "managed":
            yield self._locator(node)
        yield self._isis(node)
        yield self._circuit(LOOPBACK, 0, 0, passive=True), {"hello_s": "spec.igp.hello"}
        for link in self.topology.links_of[node.name]:
            yield self._interface(node, link)
            metric, delay = igp_metric(link), round(link.delay_us)
            because = {"hello_s": "spec.igp.hello", "metric": f"inventory/topology.yaml {link.name}"}
            yield self._circuit(link.port_of(node.name), metric, delay, passive=False), because
        if self.flexible:
            yield from self.flexible.constructs(node)
        yield from self._bgp(node)

    @cached_property
    def flexible(self) -> Flexible | None:
        """The algorithm by measured delay; None where the Fabric asks for none."""
        return flexible_of(self.fabric, self.topology, self.platforms, self.numbers)

    def _loopback(self, node: Node) -> Reasoned:
        construct = Loopback(self.numbers.loopback(node.name), self.numbers.router_id(node.name))
        return construct, {
            "address": claim_loopback(self.fabric, node.name),
            "router_id": claim_router_id(self.fabric, node.name),
        }

    def _locator(self, node: Node) -> Reasoned:
        srv6 = self.fabric.spec.srv6
        encoding = self.encoding(node.name)
        construct = Locator(
            name=srv6.locator,
            prefix=self.numbers.locator(node.name),
            block_length=srv6.block.prefixlen,
            node_length=srv6.locator_length - srv6.block.prefixlen,
            function_length=srv6.static_length,
            encoding=encoding,
            end_sid=self.numbers.end_sid(node.name, encoding),
            source=self.numbers.loopback(node.name),
        )
        node_id, loopback = claim_node_id(self.fabric, node.name), claim_loopback(self.fabric, node.name)
        return construct, {
            "name": "spec.srv6.locator",
            "prefix": node_id,
            "end_sid": node_id,
            "source": loopback,
            "function_length": "spec.srv6.static_length",
        }

    def encoding(self, node: str) -> str:
        """How SIDs of a node look: uSID where the fabric asks for it and the platform can, else classic."""
        can = self._can(self.topology.nodes[node])["sid_encoding"].value
        return "usid" if can == "usid" and self.fabric.spec.srv6.encoding == "usid" else "classic"

    def end_sid(self, node: str) -> str:
        """The node's own SID."""
        return self.numbers.end_sid(node, self.encoding(node))

    def _isis(self, node: Node) -> Reasoned:
        igp, router_id = self.fabric.spec.igp, self.numbers.router_id(node.name)
        system_id = system_id_of(router_id)
        construct = Isis(
            instance=str(igp.instance),
            net=f"{igp.area}.{system_id}.00",
            area=igp.area,
            system_id=system_id,
            level=igp.level,
            router_id=router_id,
            locator=self.fabric.spec.srv6.locator,
            end_sid=self.end_sid(node.name),
        )
        claim = claim_router_id(self.fabric, node.name)
        return construct, {"net": claim, "system_id": claim, "level": "spec.igp.level", "locator": "spec.srv6.locator"}

    def _circuit(self, port: str, metric: int, delay_us: int, *, passive: bool) -> IsisCircuit:
        igp = self.fabric.spec.igp
        hello = round(igp.hello.total_seconds())
        return IsisCircuit(str(igp.instance), igp.level, port, metric, hello, passive, delay_us)

    def _interface(self, node: Node, link: Link) -> Reasoned:
        ends = self.numbers.link_ends(link)
        construct = CoreInterface(
            port=link.port_of(node.name),
            address=ends[0] if node.name == link.a else ends[1],
            mtu=self.fabric.spec.links.mtu,
            description=f"to {link.other(node.name)}",
        )
        pinned = f"inventory/topology.yaml {link.name}" if link.a_address and link.z_address else ""
        return construct, {"address": pinned or claim_link(self.fabric, link), "mtu": "spec.links.mtu"}

    # ---- BGP

    def families(self, node: Node) -> tuple[str, ...]:
        """The BGP families that a node speaks: what its platform can carry over SRv6."""
        signalling = self._can(node)["vpn_signalling"].value
        assert isinstance(signalling, tuple)  # noqa: S101 - the capability table's own type
        return tuple(sorted(family for way in signalling for family in _FAMILIES[way]))

    def _bgp(self, node: Node) -> Iterator[Reasoned]:
        spec, router_id = self.fabric.spec, self.numbers.router_id(node.name)
        because = {"asn": "spec.asn", "router_id": claim_router_id(self.fabric, node.name)}
        yield Bgp(spec.asn, router_id, spec.srv6.locator, self.families(node)), because
        for peer in self.peers(node):
            families = tuple(sorted(set(self.families(node)) & set(self.families(peer))))
            client = node.name in spec.route_reflectors and peer.name not in spec.route_reflectors
            construct = BgpNeighbor(spec.asn, self.numbers.loopback(peer.name), families, client, f"to {peer.name}")
            yield construct, {"asn": "spec.asn", "address": claim_loopback(self.fabric, peer.name)}

    def peers(self, node: Node) -> tuple[Node, ...]:
        """Who a node speaks BGP with: a reflector with everybody, everybody else with the reflectors."""
        reflectors = self.fabric.spec.route_reflectors
        nodes = self.topology.nodes
        names = sorted(nodes) if node.name in reflectors else sorted(reflectors)
        own = set(self.families(node))
        return tuple(nodes[name] for name in names if name != node.name and own & set(self.families(nodes[name])))

    # ---- proof

    def checks(self) -> Iterator[Check]:
        """Adjacency on every link, a session with every peer, the locator in the tables."""
        for node in self.topology.nodes.values():
            for link in self.topology.links_of[node.name]:
                yield self._adjacency(node, link)
            for peer in self.peers(node):
                yield from self._sessions(node, peer)
            yield self._locator_check(node)
        if self.flexible:
            yield from self.flexible.checks()

    def _check(
        self, node: Node, thing: str, what: str, topic: str, where: dict[str, str], expect: dict[str, str]
    ) -> Check:
        name = address("Fabric", self.fabric.name, node.name, thing)
        return Check(name, self.owner, node.name, Rung.CONTROL_PLANE, what, topic, where, expect)

    def _adjacency(self, node: Node, link: Link) -> Check:
        what = f"IS-IS adjacency with {link.other(node.name)}"
        return self._check(node, f"isis:{link.name}", what, "isis", {"port": link.port_of(node.name)}, {"state": "up"})

    def _sessions(self, node: Node, peer: Node) -> Iterator[Check]:
        for family in sorted(set(self.families(node)) & set(self.families(peer))):
            where = {"peer": self.numbers.loopback(peer.name), "family": family}
            what = f"BGP {family} session with {peer.name}"
            yield self._check(node, f"bgp:{peer.name}:{family}", what, "bgp", where, {"state": "established"})

    def _locator_check(self, node: Node) -> Check:
        where = {"name": self.fabric.spec.srv6.locator}
        expect = {"prefix": self.numbers.locator(node.name), "state": "up"}
        return self._check(node, "locator", "SRv6 locator", "locators", where, expect)


def system_id_of(router_id: str) -> str:
    """The IS-IS system id that follows from a router id: 10.255.0.1 -> 0102.5500.0001 (each octet three digits)."""
    digits = "".join(f"{octet:03d}" for octet in IPv4Address(router_id).packed)
    return ".".join(digits[start : start + 4] for start in (0, 4, 8))
