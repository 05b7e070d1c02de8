"""What an emulated FRR box means by its configuration: the emulator's own reading of it, for the world."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from netwright.emulator.facts import (
    ChannelFact,
    Facts,
    InterfaceFact,
    NeighborFact,
    QueueFact,
    RateFact,
    SegmentRouteFact,
    SidFact,
    VrfFact,
)
from netwright.emulator.frr.kernel import Kernel
from netwright.emulator.frr.routing import Node, Routing

_CLASS_NAMES = ("be", "af1", "af2", "af3", "af4", "ef", "cs6", "cs7")
_LEVELS = {"level-1": 1, "level-2-only": 2}


def facts_of(routing: Routing, kernel: Kernel) -> Facts:
    """Read everything."""
    bgp = next((node for key, node in routing.root.nodes.items() if re.fullmatch(r"router bgp \d+", key)), None)
    isis = next((node for key, node in routing.root.nodes.items() if key.startswith("router isis ")), None)
    interfaces = dict(_interfaces(routing, kernel))
    net = _value(isis, "net ").rpartition(".")[0]  # without the selector
    locators = dict(_locators(routing, isis))
    vrfs = dict(_vrfs(routing, kernel))
    return Facts(
        hostname=_value(routing.root, "hostname"),
        router_id=_value(bgp, "bgp router-id"),
        system_id=net[-14:],
        asn=int(bgp.line.split()[2]) if bgp else 0,
        interfaces=interfaces,
        isis=dict(_isis(routing, interfaces)),
        isis_passive=frozenset(name for name, node in _configured(routing) if "isis passive" in node.lines),
        isis_level=_LEVELS.get(_value(isis, "is-type"), 2),
        isis_area=net[:-15],
        locators=locators,
        sids=tuple(_sids(routing, locators, vrfs)),
        neighbors=tuple(_neighbors(bgp, interfaces)),
        vrfs=vrfs,
        segment_routes=(*_segment_routes(routing), *_kernel_segment_routes(kernel)),
        channels=tuple(_channels(kernel)),
        rates=tuple(_rates(kernel)),
        queues=tuple(_queues(kernel)),
    )


def _value(node: Node | None, start: str) -> str:
    """The rest of the line of `node` that begins with `start`."""
    lines = (line for _, line in node.lines.values()) if node else iter(())
    return next((line.removeprefix(start).strip() for line in lines if line.startswith(start)), "")


def _configured(routing: Routing) -> Iterator[tuple[str, Node]]:
    for key, node in routing.root.nodes.items():
        if key.startswith("interface "):
            yield key.removeprefix("interface "), node


def _interfaces(routing: Routing, kernel: Kernel) -> Iterator[tuple[str, InterfaceFact]]:
    configured = dict(_configured(routing))
    for name, link in kernel.links.items():
        lines = [line for _, line in configured[name].lines.values()] if name in configured else []
        of_frr = [line.split()[2] for line in lines if re.match(r"ip(v6)? address ", line)]
        found = tuple(dict.fromkeys([*link.addresses, *of_frr]))
        ipv6 = any(":" in address for address in found)
        yield name, InterfaceFact(name, link.up, link.master, found, ipv6, link.mtu)


def _isis(routing: Routing, interfaces: Mapping[str, InterfaceFact]) -> Iterator[tuple[str, int]]:
    for name, node in _configured(routing):
        if name in interfaces and any("router isis" in line for _, line in node.lines.values()):
            yield name, int(_value(node, "isis metric") or 10)


def _locators(routing: Routing, isis: Node | None) -> Iterator[tuple[str, str]]:
    """Locators that IS-IS advertises."""
    advertised = isis.nodes.get("segment-routing srv6") if isis else None
    name = _value(advertised, "locator")
    node = routing.find("segment-routing", "srv6", "locators", f"locator {name}")
    prefix = _value(node, "prefix").split()
    if name and prefix:
        yield name, prefix[0]


def _sids(routing: Routing, locators: Mapping[str, str], vrfs: Mapping[str, VrfFact]) -> Iterator[SidFact]:
    for name, prefix in locators.items():
        node = routing.find("segment-routing", "srv6", "locators", f"locator {name}")
        yield SidFact(str(ip_network(prefix).network_address), "uN" if _value(node, "behavior") else "End")
    for vrf in vrfs.values():
        if vrf.sid:
            yield SidFact(vrf.sid, "uDT46", vrf.name)


def _neighbors(bgp: Node | None, interfaces: Mapping[str, InterfaceFact]) -> Iterator[NeighborFact]:
    for _, line in bgp.lines.values() if bgp else ():
        if match := re.fullmatch(r"neighbor (\S+) remote-as (\d+)", line):
            peer = match[1]
            source = _value(bgp, f"neighbor {peer} update-source")
            families = {"ipv4 vpn": "vpnv4", "ipv6 vpn": "vpnv6"}
            active = {
                families[key.removeprefix("address-family ")]: node
                for key, node in (bgp.nodes if bgp else {}).items()
                if key.removeprefix("address-family ") in families and f"neighbor {peer} 1" in node.lines
            }
            client = any(f"neighbor {peer} 2" in node.lines for node in active.values())
            yield NeighborFact(peer, int(match[2]), _source(source, peer, interfaces), frozenset(active), client)


def _source(source: str, peer: str, interfaces: Mapping[str, InterfaceFact]) -> str:
    """`update-source lo` means the first address of the peer's family there."""
    if source in interfaces:
        version = ip_address(peer).version
        found = (address.partition("/")[0] for address in interfaces[source].addresses)
        return next((address for address in found if ip_address(address).version == version), "")
    return source


def _vrfs(routing: Routing, kernel: Kernel) -> Iterator[tuple[str, VrfFact]]:
    """VRFs whose device is there: FRR holds the others inactive."""
    nodes = routing.root.nodes.values()
    instances = {
        node.line.rpartition(" vrf ")[2]: node for node in nodes if node.kind == "bgp" and " vrf " in node.line
    }
    locator = _value(routing.find(*_bgp_locator(routing)), "locator")
    strict = bool(kernel.sysctls.get("net/vrf/strict_mode"))
    for link in kernel.links.values():
        if link.kind == "vrf":
            node = instances.get(link.name)
            sid = _vpn_sid(routing, node, locator) if locator and strict else ""
            yield link.name, _vrf(link.name, node, routing.root.nodes.get(f"vrf {link.name}"), sid)


def _vpn_sid(routing: Routing, node: Node | None, locator: str) -> str:
    """The SID of a VPN: said, or by the index that is the function under BGP's locator."""
    said = _value(node, "sid vpn per-vrf export")
    prefix = _value(routing.find("segment-routing", "srv6", "locators", f"locator {locator}"), "prefix").split()
    if said.isdigit() and prefix:
        return str(ip_network(prefix[0]).network_address + (int(said) << 64))
    return said.removeprefix("explicit ") if said.startswith("explicit ") else ""


def _bgp_locator(routing: Routing) -> tuple[str, str]:
    default = next((key for key in routing.root.nodes if re.fullmatch(r"router bgp \d+", key)), "")
    return default, "segment-routing srv6"


def _vrf(name: str, node: Node | None, static: Node | None, sid: str) -> VrfFact:
    """One VRF; its SID works only with BGP's locator and the kernel's strict mode, and is "" without."""
    families = {
        key.split()[1]: below
        for key, below in (node.nodes if node else {}).items()
        if key.endswith(" unicast") and {"export vpn", "import vpn"} <= below.lines.keys()
    }
    lines = [line for below in families.values() for _, line in below.lines.values()]
    routes = (line.split() for _, line in static.lines.values()) if static else iter(())
    return VrfFact(
        name=name,
        rd=next((_value(below, "rd vpn export") for below in families.values()), ""),
        import_targets=frozenset(_targets(lines, ("both", "import"))),
        export_targets=frozenset(_targets(lines, ("both", "export"))),
        families=frozenset(families),
        signalling=frozenset(("vpn",)) if families and sid else frozenset(),
        sid=sid,
        redistributes=frozenset(line.split()[1] for line in lines if line.startswith("redistribute ")),
        static_routes=tuple((words[2], words[3]) for words in routes if "segments" not in words),
    )


def _targets(lines: list[str], directions: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for line in lines:
        words = line.split()
        if words[:2] == ["rt", "vpn"] and words[2] in directions:
            yield from (("vpn", target) for target in words[3:])


def _segment_routes(routing: Routing) -> Iterator[SegmentRouteFact]:
    """Without `nexthop-vrf default` a segment route of a VRF stays out of the FIB."""
    for key, node in routing.root.nodes.items():
        if key.startswith("vrf "):
            for _, line in node.lines.values():
                match = _SEGMENT_ROUTE.fullmatch(line)
                if match:
                    sids, distance = tuple(match["sids"].split("/")), int(match["distance"] or 1)
                    yield SegmentRouteFact(key.removeprefix("vrf "), match["prefix"], sids, match["port"], distance)


def _kernel_segment_routes(kernel: Kernel) -> Iterator[SegmentRouteFact]:
    """The kernel's own are nearer than any of FRR's."""
    for (vrf, prefix), (sids, port) in kernel.segment_routes.items():
        yield SegmentRouteFact(vrf, prefix, sids, port, 0)


_SEGMENT_ROUTE = re.compile(
    r"ip(v6)? route (?P<prefix>\S+) (?P<port>\S+)( (?P<distance>\d+))? segments (?P<sids>\S+) nexthop-vrf default"
)


def _minor(classid: str) -> int:
    return int(classid.partition(":")[2] or "0", 16)


def _channels(kernel: Kernel) -> Iterator[ChannelFact]:
    for (device, classid), one in kernel.classes.items():
        if 0x1000 <= _minor(classid) <= 0x1FA0:
            yield ChannelFact(device, _minor(classid) - 0x1000, one.rate * 8)


def _rates(kernel: Kernel) -> Iterator[RateFact]:
    for (device, classid), one in kernel.classes.items():
        link = kernel.links[device]
        if link.kind == "vlan" and _minor(classid) == 1:
            yield RateFact(link.parent, link.number, "out", one.rate * 8)
    for device, policer in kernel.clsact.items():
        link = kernel.links[device]
        if policer and link.kind == "vlan":
            yield RateFact(link.parent, link.number, "in", policer[0])


def _queues(kernel: Kernel) -> Iterator[QueueFact]:
    for device, classid in kernel.classes:
        minor = _minor(classid)
        leaf = kernel.qdiscs.get((device, classid))
        depth = int(leaf.options["limit"]) if leaf else 0
        if 0x8000 <= minor < 0x8000 + len(_CLASS_NAMES):
            yield QueueFact(device, _CLASS_NAMES[minor - 0x8000], depth)
        elif 0x9000 <= minor < 0xFFFF:
            slice_id, number = divmod(minor - 0x9000, 7)
            yield QueueFact(device, _CLASS_NAMES[number], depth, slice_id)
