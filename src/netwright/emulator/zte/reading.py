"""What an emulated router's configuration means, in the emulator's neutral facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv6Address, IPv6Network, ip_network

from netwright.emulator.facts import Facts, InterfaceFact, NeighborFact, QueueFact, RateFact, SidFact, VrfFact
from netwright.emulator.zte.meaning import addresses_of, vrf_of
from netwright.emulator.zte.store import Config, Node

_UNITS = {"kbps": 1_000, "mbps": 1_000_000, "gbps": 1_000_000_000}
_DYNAMIC = 0x8000  # the emulated router gives SIDs from here; which ones a real one gives is not public


def facts_of(name: str, config: Config, locators: Mapping[str, str], vrf_ids: Mapping[str, int]) -> Facts:
    """The facts of one router. `locators` are those of its world; only what IS-IS advertises counts."""
    isis = _only(config, "isis", "router isis")
    bgp = _only(config, "bgp", "router bgp")
    advertised = {loc: locators[loc] for loc in _advertised(isis) if loc in locators}
    return Facts(
        hostname=_value(config.sections.get("system-config"), "hostname") or name,
        router_id=_value(isis, "router-id") or _value(bgp, "bgp router-id"),
        system_id=_value(isis, "system-id"),
        asn=int(bgp.line.split()[-1]) if bgp else 0,
        interfaces=dict(_interfaces(config)),
        isis=dict(_circuits(isis)),
        isis_passive=frozenset(name for name, node in _isis_interfaces(isis) if "passive-mode" in node.children),
        isis_level=1 if _value(isis, "is-type") == "level-1-only" else 2,
        isis_area=next((key.split()[-1] for key in (isis.children if isis else ()) if key.startswith("area ")), ""),
        locators=advertised,
        sids=tuple(_sids(config, isis, advertised, vrf_ids)),
        neighbors=tuple(_neighbors(config, bgp)),
        vrfs={vrf.name: vrf for vrf in _vrfs(config, bgp, advertised, vrf_ids)},
        rates=tuple(_rates(config)),
        queues=tuple(_queues(config)),
    )


def _only(config: Config, section: str, beginning: str) -> Node | None:
    return next((node for key, node in config.section(section).items() if key.startswith(beginning)), None)


def _value(node: Node | None, key: str) -> str:
    found = node.children.get(key) if node else None
    return found.line.split()[-1] if found else ""


def _interfaces(config: Config) -> Iterator[tuple[str, InterfaceFact]]:
    for name, node in config.interfaces().items():
        yield (
            name,
            InterfaceFact(
                name=name,
                admin_up=is_up(name, node),
                vrf=vrf_of(node),
                addresses=tuple(addresses_of(node)),
                ipv6_enabled="ipv6 enable" in node.children,
                mtu=int(_value(node, "mtu") or 1500),
            ),
        )


def is_up(name: str, node: Node) -> bool:
    """Whether an interface is on: ports are shut down until told otherwise, the others are not."""
    switch = node.children.get("shutdown")
    if "gei-" in name and "." not in name:
        return switch is not None and switch.line == "no shutdown"
    return switch is None or switch.line == "no shutdown"


# ---- IS-IS ----------------------------------------------------------------------------------------------------------


def _isis_interfaces(isis: Node | None) -> Iterator[tuple[str, Node]]:
    for key, node in isis.children.items() if isis else ():
        if key.startswith("interface ") and {"ip router isis", "ipv6 router isis"} & node.children.keys():
            yield key.removeprefix("interface "), node


def _circuits(isis: Node | None) -> Iterator[tuple[str, int]]:
    for name, node in _isis_interfaces(isis):
        yield name, int(_value(node, "ipv6 metric") or _value(node, "metric") or 10)


def _advertised(isis: Node | None) -> Iterator[str]:
    family = isis.children.get("address-family ipv6") if isis else None
    for key in family.children if family else ():
        if key.startswith("segment-routing srv6 locator "):
            yield key.split()[-1]


def _sids(
    config: Config, isis: Node | None, locators: Mapping[str, str], vrf_ids: Mapping[str, int]
) -> Iterator[SidFact]:
    family = isis.children["address-family ipv6"] if isis and locators else None
    for name, prefix in locators.items():
        block = family.children[f"segment-routing srv6 locator {name}"] if family else None
        code = _value(block, "end-sid func-code")
        if code:
            yield SidFact(_within(prefix, int(IPv6Address(code))), "End")
    for name, number in vrf_ids.items():
        vrf = config.section("vrf").get(f"ip vrf {name}")
        if vrf is not None and _speaks_srv6(vrf) and locators:
            yield SidFact(vrf_sid(locators, number), "End.DT46", name)


def _within(prefix: str, function: int) -> str:
    return str(IPv6Address(int(IPv6Network(prefix).network_address) | function))


def vrf_sid(locators: Mapping[str, str], number: int) -> str:
    """The SID that the router gives a VRF by itself."""
    return _within(locators[min(locators)], _DYNAMIC + number)


# ---- VPNs -----------------------------------------------------------------------------------------------------------


def _neighbors(config: Config, bgp: Node | None) -> Iterator[NeighborFact]:
    evpn = bgp.children.get("address-family l2vpn evpn") if bgp else None
    known = evpn.children if evpn else {}
    for key, node in bgp.children.items() if bgp else ():
        if key.endswith("remote-as"):
            address = key.split()[1]
            yield NeighborFact(
                address=str(IPv6Address(address)) if ":" in address else address,
                remote_as=int(node.line.split()[-1]),
                source=_source(config, _value(bgp, f"neighbor {address} update-source")),
                families=frozenset({"evpn"} if f"neighbor {address} activate" in known else ()),
                reflector_client=f"neighbor {address} route-reflector-client" in known,
            )


def _source(config: Config, interface: str) -> str:
    node = config.interfaces().get(interface)
    addresses = [text for text in addresses_of(node) if ":" in text] if node else []
    return addresses[0].partition("/")[0] if addresses else ""


def _speaks_srv6(vrf: Node) -> bool:
    return "rd" in vrf.children and _value(vrf, "evpn tunnel-encapsulation") == "srv6"


def _vrfs(
    config: Config, bgp: Node | None, locators: Mapping[str, str], vrf_ids: Mapping[str, int]
) -> Iterator[VrfFact]:
    for key, node in config.section("vrf").items():
        name = key.removeprefix("ip vrf ")
        srv6 = _speaks_srv6(node) and bool(locators)
        families = [child.split()[-1] for child in node.children if child.startswith("address-family")]
        yield VrfFact(
            name=name,
            rd=_value(node, "rd"),
            import_targets=frozenset(_targets(node, "import")),
            export_targets=frozenset(_targets(node, "export")),
            families=frozenset(families),
            signalling=frozenset({"evpn"} if srv6 else ()),
            sid=vrf_sid(locators, vrf_ids[name]) if srv6 and name in vrf_ids else "",
            redistributes=frozenset(_redistributed(bgp, name)),
            static_routes=tuple(static_routes(config, name)),
        )


def _targets(vrf: Node, direction: str) -> Iterator[tuple[str, str]]:
    lines = [*vrf.children.values(), *(line for node in vrf.children.values() for line in node.children.values())]
    for node in lines:
        words = node.line.split()
        if words[0] == "route-target" and words[1] in (direction, "both"):
            for family in words[3:] or ("evpn", "vpn"):  # without a word it serves both (ROSng VPN reference)
                yield family, words[2]


def _redistributed(bgp: Node | None, vrf: str) -> Iterator[str]:
    for key, family in bgp.children.items() if bgp else ():
        if key.endswith(f" vrf {vrf}"):
            yield from (line.split()[-1] for line in family.children if line.startswith("redistribute "))


def static_routes(config: Config, vrf: str) -> Iterator[tuple[str, str]]:
    """The static routes of a VRF as (prefix, next hop)."""
    for node in config.section("static").values():
        words = node.line.split()
        if words[2:4] == ["vrf", vrf]:
            yield str(ip_network(f"{words[4]}/{words[5]}", strict=False)), words[6]
    for node in config.section("ipv6-static-route").values():
        words = node.line.split()
        if words[2:4] == ["vrf", vrf]:
            yield str(ip_network(words[4], strict=False)), words[5]


# ---- quality of service ---------------------------------------------------------------------------------------------


def _rates(config: Config) -> Iterator[RateFact]:
    car = config.find(("car", "qos"))
    for key, node in car.children.items() if car else ():
        for line in node.children.values():
            words = line.line.split()
            at = words.index("cir")
            yield _rate(key.removeprefix("interface "), words[1], words[at + 1], words[at + 2])
    for port, direction, policy in _attached(config):
        for node in _classes(config, policy):
            police = node.children.get("police")
            if police is not None:
                words = police.line.split()
                yield _rate(port, direction, words[2], words[3])


def _rate(interface: str, direction: str, number: str, unit: str) -> RateFact:
    port, _, vlan = interface.partition(".")
    return RateFact(port, int(vlan or 0), {"input": "in", "output": "out"}[direction], int(number) * _UNITS[unit])


def _attached(config: Config) -> Iterator[tuple[str, str, str]]:
    for node in config.section("hqos").values():
        words = node.line.split()
        if words[0] == "service-policy":
            yield words[1], words[2], words[3]


def _classes(config: Config, policy: str) -> Iterator[Node]:
    node = config.section("hqos").get(f"policy-map {policy}")
    yield from node.children.values() if node else ()


def _queues(config: Config) -> Iterator[QueueFact]:
    for port, _, policy in _attached(config):
        for node in _classes(config, policy):
            child = node.children.get("service-policy")
            for queue in _classes(config, child.line.split()[-1]) if child else (node,):
                yield from _queue(config, port, queue)


def _queue(config: Config, port: str, queue: Node) -> Iterator[QueueFact]:
    named = config.section("hqos").get(f"class-map {queue.line.split()[-1]}")
    for match in named.children if named else ():
        if match.startswith("match service-class "):
            yield QueueFact(port, match.split()[-1], int(_value(queue, "queue-limit") or 0) * 1000)
