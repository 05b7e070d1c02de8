"""What the emulated router shows, in the shapes that public samples and templates of ROSng output have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_network

from netwright.emulator.facts import Facts
from netwright.emulator.world import Operational, RouteState
from netwright.emulator.zte.reading import is_up
from netwright.emulator.zte.store import Config

_SPEED = {
    "gei": 1_000,
    "xgei": 10_000,
    "xxvgei": 25_000,
    "xlgei": 40_000,
    "lgei": 50_000,
    "cgei": 100_000,
    "cdgei": 400_000,
}
_OWNERS = {"connected": "connected", "static": "static", "bgp": "BGP"}
_LETTERS = {"connected": "C", "static": "S", "bgp": "B"}


def vrf_table(facts: Facts, numbers: Mapping[str, int]) -> Iterator[str]:
    """`show ip vrf`."""
    yield "* Being deleted"
    yield f"{'Name':<33}{'Default RD':<22}{'Protocols':<10}VRF ID"
    for name, vrf in sorted(facts.vrfs.items()):
        families = ",".join(sorted(vrf.families))
        yield f"{name:<33}{vrf.rd or '<not set>':<22}{families:<10}{numbers.get(name, 0)}".rstrip()


def vrf_detail(facts: Facts, numbers: Mapping[str, int], name: str) -> Iterator[str]:
    """`show ip vrf detail [V]`."""
    for vrf in [facts.vrfs[key] for key in sorted(facts.vrfs) if name in ("", key)]:
        yield f"VRF {vrf.name} (VRF Id = {numbers.get(vrf.name, 0)}); default RD {vrf.rd or '<not set>'}"
        for family in ("ipv4", "ipv6"):
            if family not in vrf.families:
                yield f"  Address family {family} not active."
                continue
            yield f"  Address family {family}:"
            yield "    Export VPN route-target communities"
            yield from (f"      RT:{target}" for target in sorted({rt for _, rt in vrf.export_targets}))
            yield "    Import VPN route-target communities"
            yield from (f"      RT:{target}" for target in sorted({rt for _, rt in vrf.import_targets}))
        yield "  Interface:"
        yield from (f"    {port}" for port, fact in sorted(facts.interfaces.items()) if fact.vrf == vrf.name)


def isis_adjacency(seen: Operational, *, whole: bool) -> Iterator[str]:
    """`show isis adjacency`: long names are cut unless the rows are asked for in one line."""
    yield "Process ID: 1"
    titles = ("Interface", "System id", "State", "Lev", "Holds", "SNPA(802.2)", "Pri", "MT", "NSF", "AF")
    yield _row(titles, (15, 14, 5, 3, 5, 14, 3, 2, 3, 2))
    for interface, neighbour in sorted(seen.adjacencies.items()):
        names = (interface, neighbour) if whole else (_cut(interface, 15), _cut(neighbour, 14))
        yield _row((*names, "UP", "L2", "25", "PPP", "-", "", "DIS", "IPv6"), (15, 14, 5, 3, 5, 14, 3, 2, 3, 2))


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def evpn_summary(facts: Facts, seen: Operational, *, whole: bool) -> Iterator[str]:
    """`show bgp l2vpn evpn summary`: an IPv6 neighbour wraps to a line of its own."""
    peers = [peer for peer in facts.neighbors if "evpn" in peer.families]
    up = {
        peer.address: seen.sessions[peer.address, "evpn"] for peer in peers if (peer.address, "evpn") in seen.sessions
    }
    yield f"BGP router ID : {facts.router_id}, Local As : {facts.asn}"
    yield f"All peers : {len(peers)}, Established : {len(up)}, All prefixes : {sum(up.values())}"
    yield f"{'Neighbor':<16}{'Ver':<4}{'As':<11}{'MsgRcvd':<11}{'MsgSend':<11}{'Up/Down':<13}State/PfxRcd"
    for peer in sorted(peers, key=lambda found: found.address):
        state = str(up[peer.address]) if peer.address in up else "Connect"
        rest = f"{'4':<4}{peer.remote_as:<11}{'10':<11}{'10':<11}{'00:01:00':<13}{state}"
        if whole or len(peer.address) < 16:
            yield f"{peer.address:<16}{' ' if len(peer.address) >= 16 else ''}{rest}"
        else:
            yield from (peer.address, f"{'':<16}{rest}")


def interface_brief(config: Config, seen: Operational) -> Iterator[str]:
    """`show interface brief`."""
    yield f"{'Interface':<25}{'Attribute':<11}{'Mode':<11}{'BW':<10}{'Admin':<7}{'Phy':<6}{'Prot':<6}Description"
    for name, node in sorted(config.interfaces().items()):
        admin = "up" if is_up(name, node) else "down"
        works = "up" if name in seen.interfaces_up else "down"
        speed = _SPEED.get(name.partition("-")[0], 0)
        attribute, mode = ("optical", "Duplex/full") if speed else ("N/A", "N/A")
        said = node.children.get("description")
        text = said.line.removeprefix("description ") if said else ""
        bandwidth = speed or "N/A"
        yield f"{name:<25}{attribute:<11}{mode:<12}{bandwidth!s:<10}{admin:<7}{works:<6}{works:<6}{text}".rstrip()


def ipv4_routes(seen: Operational, vrf: str) -> Iterator[str]:
    """`show ip forwarding route [vrf V]`."""
    yield "IPv4 Routing Table:"
    yield "Headers: Dest: Destination,  Gw: Gateway,  Pri: Priority;"
    yield "Status codes: *valid, >best;"
    yield f"    {'Dest':<19}{'Gw':<16}{'Interface':<19}{'Owner':<12}{'Pri':<4}Metric"
    for route in _routes(seen, vrf, version=4):
        hop = route.next_hop or route.prefix.partition("/")[0]
        interface = route.interface or "N/A"
        yield f"*>  {route.prefix:<18} {hop:<15} {interface:<18} {_OWNERS[route.protocol]:<12}{_priority(route):<4}0"


def ipv6_routes(seen: Operational, vrf: str) -> Iterator[str]:
    """`show ipv6 forwarding route [vrf V]`: two lines a route."""
    yield f"  {'Dest':<42}{'Protocol':<13}{'Pri':<4}{'Metric':<7}Flag"
    yield "  Nexthop,Interface"
    for route in _routes(seen, vrf, version=6):
        yield f"  {route.prefix:<42}{_LETTERS[route.protocol]:<13}{_priority(route):<4}0"
        yield f"    {route.next_hop or '::'},{route.interface or 'N/A'}"


def _routes(seen: Operational, vrf: str, version: int) -> list[RouteState]:
    found = [route for route in seen.routes if route.vrf == vrf and ip_network(route.prefix).version == version]
    return sorted(found, key=lambda route: ip_network(route.prefix).network_address.packed)


def _priority(route: RouteState) -> int:
    return {"connected": 0, "static": 1, "bgp": 200}[route.protocol]
