"""The overlay of the emulated world: BGP sessions, and VPN routes from origin through reflectors to importing VRFs.

iBGP's rules (RFC 4456): what a node originates goes to all peers; what a client sent is reflected to all others; what a
non-client sent is reflected to clients only.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
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
    version: int  # of IP
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
        self._by_node = {name: {peer.node: peer for peer in peers} for name, peers in self.peerings.items()}
        self._heard: dict[tuple[str, str], dict[str, str]] = {}
        self._next_hops: dict[tuple[str, str], str] = {}

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
                yield VpnRoute(name, family, route.prefix, version, targets, vrf.sid)

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
        queue = deque((peer.node, origin) for peer in self.peerings[origin] if family in peer.families)
        while queue:
            here, sender = queue.popleft()
            if here in heard or here == origin:
                continue
            back = self._by_node[here].get(sender)
            if back is None or family not in back.families:
                continue
            heard[here] = back.address
            onward = (peer for peer in self.peerings[here] if back.client or peer.client)
            queue.extend((peer.node, here) for peer in onward if family in peer.families and peer.node not in heard)
        return heard

    def received(self, name: str) -> dict[tuple[str, str], int]:
        """Established sessions of a node as (peer, family) -> routes heard from it."""
        counts = {(peer.address, family): 0 for peer in self.peerings[name] for family in peer.families}
        for (origin, family), number in self._numbers.items():
            peer = self.heard(origin, family).get(name)
            if peer is not None:
                counts[(peer, family)] += number
        return counts

    @cached_property
    def _numbers(self) -> Counter[tuple[str, str]]:
        """How many routes each node announces in each family."""
        return Counter((route.origin, route.family) for route in self.announced)

    @cached_property
    def _by_target(self) -> Mapping[tuple[str, str], Sequence[VpnRoute]]:
        """The announced routes by each of their targets."""
        found: defaultdict[tuple[str, str], list[VpnRoute]] = defaultdict(list)
        for route in self.announced:
            for target in route.targets:
                found[target].append(route)
        return found

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
        targets = sorted(vrf.import_targets)
        for route in dict.fromkeys(route for target in targets for route in self._by_target.get(target, ())):
            if route.origin == name or f"ipv{route.version}" not in vrf.families:
                continue
            if name not in self.heard(route.origin, route.family):
                continue
            distance = self._igp.distance(name, route.origin)
            hop = self._next_hop(route.origin, route.family)
            if distance is not None and hop:
                rows.append((distance, hop, RouteState(vrf.name, route.prefix, "bgp", hop, route.sid, vrf.colour)))
        rows.sort(key=lambda row: row[:2])
        return (row[2] for row in rows)

    def _next_hop(self, origin: str, family: str) -> str:
        """The origin's own address towards its peers (next-hop-self of what a node originates)."""
        if (origin, family) not in self._next_hops:
            sources = [one.source for one in self._facts[origin].neighbors if family in one.families]
            own = next((source for source in sources if source and self._igp.owner(source) == origin), "")
            self._next_hops[(origin, family)] = own
        return self._next_hops[(origin, family)]
