"""The overlay of the emulated world: BGP sessions, and VPN routes from their origin through reflectors to every VRF that imports them.

iBGP's rules (RFC 4456): what a node originates goes to all peers; what a client sent is reflected to all others; what a
non-client sent is reflected to clients only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_interface, ip_network

from netwright.emulator.facts import Facts, NeighborFact, VrfFact
from netwright.emulator.igp import Igp
from netwright.emulator.routes import RouteState


@dataclass(frozen=True, slots=True)
class Peering:
    """One end of an established session: whom we call, at which address, for which families."""

    node: str
    address: str
    families: frozenset[str]
    client: bool  # we reflect for it


@dataclass(frozen=True, slots=True)
class VpnRoute:
    """A route as its origin announces it."""

    origin: str
    family: str  # evpn | vpnv4 | vpnv6
    prefix: str
    targets: frozenset[tuple[str, str]]
    sid: str


class Overlay:
    """The BGP of one moment."""

    def __init__(self, facts: Mapping[str, Facts], igp: Igp) -> None:
        self._facts = facts
        self._igp = igp
        self._addresses = {
            address.partition("/")[0]: name
            for name, fact in facts.items()
            for interface in fact.interfaces.values()
            if not interface.vrf
            for address in interface.addresses
        }
        self.peerings = {name: tuple(self._established(name)) for name in facts}
        self._heard: dict[tuple[str, str], dict[str, str]] = {}

    # ---- sessions ----

    def _established(self, name: str) -> Iterator[Peering]:
        for neighbour in self._facts[name].neighbors:
            other = self._addresses.get(neighbour.address)
            back = self._back(name, neighbour, other) if other is not None else None
            if other is not None and back is not None and self._ways(name, other, neighbour, back):
                families = neighbour.families & back.families
                if families:
                    yield Peering(other, neighbour.address, families, neighbour.reflector_client)

    def _back(self, name: str, neighbour: NeighborFact, other: str) -> NeighborFact | None:
        """The neighbour's own view of us, if both agree on addresses and AS."""
        mine, theirs = self._facts[name], self._facts[other]
        for back in theirs.neighbors:
            same = back.address == neighbour.source and back.source == neighbour.address
            if same and back.remote_as == mine.asn and neighbour.remote_as == theirs.asn:
                return back
        return None

    def _ways(self, name: str, other: str, neighbour: NeighborFact, back: NeighborFact) -> bool:
        return self._igp.reaches(name, neighbour.address) and self._igp.reaches(other, back.address)

    # ---- announcing ----

    @cached_property
    def announced(self) -> tuple[VpnRoute, ...]:
        """Every VPN route of every node."""
        return tuple(
            route
            for name, fact in self._facts.items()
            for vrf in fact.vrfs.values()
            for route in self._announced(name, vrf)
        )

    def _announced(self, name: str, vrf: VrfFact) -> Iterator[VpnRoute]:
        covered = self._igp.node_of_sid(vrf.sid) == name if vrf.sid else False
        if not covered or not vrf.rd:
            return
        for route in self.local(name, vrf):
            if route.protocol not in vrf.redistributes:
                continue
            version = ip_network(route.prefix).version
            for signalling in sorted(vrf.signalling):
                targets = frozenset(target for target in vrf.export_targets if target[0] == signalling)
                family = "evpn" if signalling == "evpn" else f"vpnv{version}"
                yield VpnRoute(name, family, route.prefix, targets, vrf.sid)

    def local(self, name: str, vrf: VrfFact) -> Iterator[RouteState]:
        """Connected routes of interfaces that are up, and static ones whose next hop is connected."""
        connected = []
        for port in sorted(self._igp.interfaces_up(name)):
            interface = self._facts[name].interfaces[port]
            for address in interface.addresses if interface.vrf == vrf.name else ():
                network = ip_interface(address).network
                connected.append((network, port))
                if f"ipv{network.version}" in vrf.families:
                    yield RouteState(vrf.name, str(network), "connected", interface=port)
        for prefix, hop in vrf.static_routes:
            port = next((port for network, port in connected if hop and ip_address(hop) in network), "")
            if port:
                yield RouteState(vrf.name, prefix, "static", next_hop=hop, interface=port)

    # ---- hearing ----

    def heard(self, origin: str, family: str) -> Mapping[str, str]:
        """Who hears the routes of `origin` in a family, and from which peer's address."""
        key = (origin, family)
        if key not in self._heard:
            self._heard[key] = self._flood(origin, family)
        return self._heard[key]

    def _flood(self, origin: str, family: str) -> dict[str, str]:
        heard: dict[str, str] = {}
        queue = [(peer.node, origin) for peer in self.peerings[origin] if family in peer.families]
        while queue:
            here, sender = queue.pop(0)
            if here in heard or here == origin:
                continue
            back = next((peer for peer in self.peerings[here] if peer.node == sender and family in peer.families), None)
            if back is None:
                continue
            heard[here] = back.address
            onward = (peer for peer in self.peerings[here] if family in peer.families and peer.node != sender)
            queue.extend((peer.node, here) for peer in onward if back.client or peer.client)
        return heard

    def received(self, name: str) -> dict[tuple[str, str], int]:
        """Established sessions of a node as (peer, family) -> routes heard from it."""
        counts = {(peer.address, family): 0 for peer in self.peerings[name] for family in peer.families}
        for route in self.announced:
            peer = self.heard(route.origin, route.family).get(name)
            if peer is not None:
                counts[(peer, route.family)] += 1
        return counts

    def routes(self, name: str) -> tuple[RouteState, ...]:
        """The VRF routes of a node: local ones, and for each other prefix the nearest origin's."""
        found: list[RouteState] = []
        for vrf in sorted(self._facts[name].vrfs.values(), key=lambda one: one.name):
            best = {route.prefix: route for route in reversed(list(self.local(name, vrf)))}
            for route in self._imported(name, vrf):
                best.setdefault(route.prefix, route)
            found.extend(best[prefix] for prefix in sorted(best))
        return tuple(found)

    def _imported(self, name: str, vrf: VrfFact) -> Iterator[RouteState]:
        """What the VRF imports, nearest origin first."""
        rows = []
        for route in self.announced:
            if route.origin == name or not route.targets & vrf.import_targets:
                continue
            if f"ipv{ip_network(route.prefix).version}" not in vrf.families or name not in self.heard(
                route.origin, route.family
            ):
                continue
            distance = self._igp.distance(name, route.origin)
            hop = self._next_hop(route)
            if distance is not None and hop:
                rows.append((distance, hop, RouteState(vrf.name, route.prefix, "bgp", hop, route.sid, vrf.colour)))
        rows.sort(key=lambda row: row[:2])
        return (row[2] for row in rows)

    def _next_hop(self, route: VpnRoute) -> str:
        """The origin's own address towards its peers (next-hop-self of what a node originates)."""
        sources = [one.source for one in self._facts[route.origin].neighbors if route.family in one.families]
        return next((source for source in sources if source and self._igp.owner(source) == route.origin), "")
