"""What a configuration of the emulated router means: facts for the emulated world, read with the model in mind."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping

from lxml import etree

from netwright.emulator.facts import AlgorithmFact, Facts, InterfaceFact, NeighborFact, PolicyFact, SidFact, VrfFact
from netwright.emulator.huawei.reading import find, first, qualified, text
from netwright.emulator.huawei.resources import (
    channels,
    flexe_clients,
    link_probes,
    macsec,
    measurements,
    probes,
    queues,
    rates,
    reflectors,
)

PUBLIC = "_public_"
_DEFAULT_COST = 10
_BEHAVIOURS = {
    "end": "End",
    "end-psp": "End",
    "end-psp-usp-usd": "End",
    "end-dt4": "End.DT4",
    "end-dt6": "End.DT6",
    "end-dt46": "End.DT46",
}
_FIRST_DYNAMIC = 0x8000  # functions that the router takes by itself, above the static ones


def facts_of(config: etree._Element, name: str) -> Facts:
    """The facts of a running configuration."""
    public = _instance(config, PUBLIC)
    site = first(public, "isis:isis/isis:sites/isis:site")
    interfaces = {item.name: item for item in _interfaces(config)}
    locators = _locators(public)
    sids = tuple(_sids(public, locators))
    vrfs = tuple(_vrfs(config, sids, locators))
    costs = dict(_circuits(site))
    area, system_id = _net(text(site, "isis:net-entitys/isis:net-entity/isis:value"))
    advertised = {
        text(one, "isis-srv6:locator-name")
        for one in find(site, "isis:afs/isis:af/isis-srv6:srv6/isis-srv6:locators/isis-srv6:locator")
    }
    return Facts(
        hostname=name,
        router_id=text(
            config, "network-instance:network-instance/network-instance:global/network-instance:cfg-router-id"
        ),
        system_id=system_id,
        asn=int(text(config, "bgp:bgp/bgp:base-process/bgp:as", "0")),
        interfaces=interfaces,
        isis=costs,
        isis_passive=frozenset(_passive(site)),
        isis_level=1 if text(site, "isis:level") == "level-1" else 2,
        isis_area=area,
        locators={name: prefix for name, prefix in locators.items() if name in advertised},
        sids=(
            *sids,
            *(SidFact(vrf.sid, "End.DT46", vrf.name) for vrf in vrfs if vrf.sid and not _known(vrf.sid, sids)),
        ),
        neighbors=tuple(_neighbors(public, interfaces)),
        vrfs={vrf.name: vrf for vrf in vrfs},
        policies=tuple(_policies(public)),
        channels=tuple(channels(config)),
        rates=tuple(rates(config)),
        queues=tuple(queues(config)),
        flexe=tuple(flexe_clients(config)),
        macsec=dict(macsec(config)),
        measurements=tuple(measurements(config)),
        probes=tuple(probes(config)),
        reflectors=tuple(reflectors(config)),
        algorithms=tuple(_algorithms(public, site, locators, advertised)),
        link_probes=link_probes(config) if _floods_delay(site) else {},
    )


def _known(sid: str, sids: tuple[SidFact, ...]) -> bool:
    return any(one.sid == sid for one in sids)


def _instance(config: etree._Element, name: str) -> etree._Element | None:
    for one in _instances(config):
        if text(one, "network-instance:name") == name:
            return one
    return None


def _instances(config: etree._Element) -> list[etree._Element]:
    return find(config, "network-instance:network-instance/network-instance:instances/network-instance:instance")


# ---- interfaces and IS-IS -------------------------------------------------------------------------------------------


def _interfaces(config: etree._Element) -> Iterator[InterfaceFact]:
    for one in find(config, "ifm:ifm/ifm:interfaces/ifm:interface"):
        vrf = text(one, "ifm:vrf-name", PUBLIC)
        yield InterfaceFact(
            name=text(one, "ifm:name"),
            admin_up=text(one, "ifm:admin-status", "up") != "down",
            vrf="" if vrf == PUBLIC else vrf,
            addresses=tuple(sorted(_addresses(one))),
            ipv6_enabled=first(one, "ip:ipv6") is not None,
            mtu=int(text(one, "ifm:mtu", "1500")),
            needs_client=text(one, "ifm:type") == "FlexE",
        )


def _addresses(interface: etree._Element) -> Iterator[str]:
    for one in find(interface, "ip:ipv4/ip:addresses/ip:address"):
        yield str(ipaddress.ip_interface(f"{text(one, 'ip:ip')}/{text(one, 'ip:mask')}"))
    for one in find(interface, "ip:ipv6/ip:addresses/ip:address"):
        yield f"{text(one, 'ip:ip')}/{text(one, 'ip:prefix-length')}"


def _circuits(site: etree._Element | None) -> Iterator[tuple[str, int]]:
    """Interfaces with IS-IS for IPv6, and their cost at the level that the process runs."""
    level = "isis:cost-level1" if text(site, "isis:level") == "level-1" else "isis:cost-level2"
    for circuit in find(site, "isis:circuits/isis:circuit"):
        for family in find(circuit, "isis:afs/isis:af"):
            if text(family, "isis:type") == "afipv6":
                default = "0" if text(circuit, "isis:name").startswith("LoopBack") else str(_DEFAULT_COST)
                yield text(circuit, "isis:name"), int(text(family, level) or text(family, "isis:cost") or default)


def _passive(site: etree._Element | None) -> Iterator[str]:
    for circuit in find(site, "isis:circuits/isis:circuit"):
        name = text(circuit, "isis:name")
        if name.startswith("LoopBack") or text(circuit, "isis:silent-enable") == "true":
            yield name


def _algorithms(
    public: etree._Element | None, site: etree._Element | None, locators: Mapping[str, str], advertised: set[str]
) -> Iterator[AlgorithmFact]:
    """Algorithms that are defined by link delay and bound to IS-IS at its level, with their advertised locators."""
    here = "level-1" if text(site, "isis:level") == "level-1" else "level-2"
    bound = {
        text(one, "isis:flex-algo-id")
        for one in find(site, "isis:fad-bindings/isis:fad-binding")
        if text(one, "isis:level", "level-1-2") in (here, "level-1-2")
    }
    numbers = {
        text(one, "srv6:name"): text(one, "srv6:flex-algo", "0")
        for one in find(public, "srv6:srv6/srv6:locators/srv6:locator")
    }
    for one in find(public, "flex-algo:flex-algo-defines/flex-algo:flex-algo-define"):
        number = text(one, "flex-algo:flex-algo-id")
        if number in bound and text(one, "flex-algo:metric-type", "igp") == "link-delay":
            own = {prefix for name, prefix in locators.items() if name in advertised and numbers[name] == number}
            yield AlgorithmFact(int(number), frozenset(own))


def _floods_delay(site: etree._Element | None) -> bool:
    """Whether IS-IS floods the delays of links at the level that it runs."""
    level = "1" if text(site, "isis:level") == "level-1" else "2"
    path = f"isis:traffic-eng/isis:metric-delay/isis:adv-level{level}"
    return any(text(af, path) == "true" for af in find(site, "isis:afs/isis:af") if text(af, "isis:type") == "afipv6")


def _net(net: str) -> tuple[str, str]:
    """Area and system id of a network entity title: 49.0001.0100.0000.0001.00."""
    parts = net.split(".")
    return (".".join(parts[:-4]), ".".join(parts[-4:-1])) if len(parts) >= 5 else ("", "")


# ---- SRv6 -----------------------------------------------------------------------------------------------------------


def _locators(public: etree._Element | None) -> dict[str, str]:
    if text(public, "srv6:srv6/srv6:enable") != "true":
        return {}
    found = find(public, "srv6:srv6/srv6:locators/srv6:locator")
    return {text(one, "srv6:name"): f"{text(one, 'srv6:prefix')}/{text(one, 'srv6:prefix-length')}" for one in found}


def _sids(public: etree._Element | None, locators: Mapping[str, str]) -> Iterator[SidFact]:
    for locator in find(public, "srv6:srv6/srv6:locators/srv6:locator"):
        prefix = locators.get(text(locator, "srv6:name"))
        if prefix is None:
            continue
        for kind, behaviour in _BEHAVIOURS.items():
            for opcode in find(locator, f"srv6:opcodes/srv6:{kind}s/srv6:{kind}"):
                vrf = text(opcode, "srv6:vpn-name") if kind.startswith("end-dt") else ""
                yield SidFact(_sid(prefix, text(opcode, "srv6:value")), behaviour, vrf)


def _sid(prefix: str, opcode: str) -> str:
    network = ipaddress.IPv6Network(prefix, strict=False)
    return str(ipaddress.IPv6Address(int(network.network_address) | int(ipaddress.IPv6Address(opcode))))


def _policies(public: etree._Element | None) -> Iterator[PolicyFact]:
    top = "srv6:srv6/srpolicy:srpolicy"
    lists = {
        text(one, "srpolicy:name"): _segments(one)
        for one in find(public, f"{top}/srpolicy:policy-attributes/srpolicy:segment-lists/srpolicy:segment-list")
    }
    for policy in find(public, f"{top}/srpolicy:policys/srpolicy:policy"):
        paths = find(policy, "srpolicy:candidate-paths/srpolicy:candidate-path")
        chosen = [(int(text(path, "srpolicy:preference")), tuple(_weighted(path, lists))) for path in paths]
        slices = [
            int(text(path, "srpolicy:network-slice-id")) for path in paths if text(path, "srpolicy:network-slice-id")
        ]
        yield PolicyFact(
            name=text(policy, "srpolicy:name"),
            endpoint=text(policy, "srpolicy:endpoint"),
            colour=int(text(policy, "srpolicy:color")),
            paths=tuple(sorted(chosen, reverse=True)),
            slice_id=slices[0] if slices else 0,
            binding_sid=text(policy, "srpolicy:binding-sid/srpolicy:value"),
        )


def _segments(item: etree._Element) -> tuple[str, ...]:
    rows = [
        (int(text(one, "srpolicy:index")), _segment(one)) for one in find(item, "srpolicy:segments/srpolicy:segment")
    ]
    return tuple(sid for _, sid in sorted(rows))


def _segment(item: etree._Element) -> str:
    return next(
        ((child.text or "").strip() for child in item if child.tag.rpartition("}")[2].startswith("sid-value")), ""
    )


def _weighted(path: etree._Element, lists: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for one in find(path, "srpolicy:segment-lists/srpolicy:segment-list"):
        yield int(text(one, "srpolicy:weight", "1")), lists.get(text(one, "srpolicy:name"), ())


# ---- BGP and VRFs ---------------------------------------------------------------------------------------------------


def _neighbors(public: etree._Element | None, interfaces: Mapping[str, InterfaceFact]) -> Iterator[NeighborFact]:
    for peer in find(public, "bgp:bgp/bgp:base-process/bgp:peers/bgp:peer"):
        address = text(peer, "bgp:address")
        families = dict(_peer_families(peer))
        yield NeighborFact(
            address=address,
            remote_as=int(text(peer, "bgp:remote-as", "0")),
            source=_source(text(peer, "bgp:local-if-name"), address, interfaces),
            families=frozenset(families),
            reflector_client=any(families.values()),
        )


def _source(port: str, peer: str, interfaces: Mapping[str, InterfaceFact]) -> str:
    """Our address of the peer's family on the interface that the session starts from."""
    version = ipaddress.ip_address(peer).version
    for one in interfaces[port].addresses if port in interfaces else ():
        if ipaddress.ip_interface(one).version == version:
            return one.partition("/")[0]
    return ""


def _peer_families(peer: etree._Element) -> Iterator[tuple[str, bool]]:
    """(family, whether we reflect) for each that carries VPN routes over SRv6."""
    for family in find(peer, "bgp:afs/bgp:af"):
        evpn = first(family, "bgp-evpn:l2vpn-evpn")
        if text(family, "bgp:type") == "evpn" and text(evpn, "bgp-evpn:advertise-encap-type") == "srv6":
            yield "evpn", text(evpn, "bgp-evpn:reflect-client") == "true"
        for version in ("4", "6"):
            vpn = first(family, f"bgp:ipv{version}-vpn")
            if text(family, "bgp:type") == f"ipv{version}vpn" and text(vpn, "bgp:prefix-sid") == "enable":
                yield f"vpnv{version}", text(vpn, "bgp:reflect-client") == "true"


def _vrfs(config: etree._Element, sids: tuple[SidFact, ...], locators: Mapping[str, str]) -> Iterator[VrfFact]:
    dynamic = _FIRST_DYNAMIC
    for one in _instances(config):
        name = text(one, "network-instance:name")
        if name == PUBLIC:
            continue
        signalling, wanted, engineered, routes = _signalled(one)
        sid = next((fact.sid for fact in sids if fact.vrf == name), "")
        if not sid and signalling and wanted in locators:
            sid, dynamic = _sid(locators[wanted], f"::{dynamic:x}"), dynamic + 1
        yield _vrf(one, name, frozenset(signalling), sid, engineered=engineered, redistributes=routes)


def _signalled(instance: etree._Element) -> tuple[set[str], str, bool, frozenset[str]]:
    """How the instance's routes are advertised over SRv6, from which locator, whether by policy, and which routes."""
    found: set[str] = set()
    locator, engineered = "", False
    routes: set[str] = set()
    for family in find(instance, "bgp:bgp/bgp:base-process/bgp:afs/bgp:af"):
        for unicast in (*find(family, "bgp:ipv4-unicast"), *find(family, "bgp:ipv6-unicast")):
            routes.update(text(row, "bgp:protocol") for row in find(unicast, "bgp:import-routes/bgp:import-route"))
            evpn, vpn = first(unicast, "bgp-evpn:evpn"), first(unicast, "bgp:segment-routing-ipv6")
            if text(evpn, "bgp-evpn:srv6/bgp-evpn:mode"):
                found.add("evpn")
                engineered |= text(evpn, "bgp-evpn:srv6/bgp-evpn:mode") == "te"
                locator = text(evpn, "evpn-srv6:locators/evpn-srv6:locator/evpn-srv6:name", locator)
            if vpn is not None and len(vpn):
                found.add("vpn")
                engineered |= first(vpn, "bgp:srv6-traffic-engineer-enable") is not None
                locator = text(unicast, "bgp-srv6:locators/bgp-srv6:locator/bgp-srv6:name", locator)
    named = {"direct": "connected", "static": "static"}
    return found, locator, engineered, frozenset(named[route] for route in routes if route in named)


def _vrf(
    one: etree._Element,
    name: str,
    signalling: frozenset[str],
    sid: str,
    *,
    engineered: bool,
    redistributes: frozenset[str],
) -> VrfFact:
    families = find(one, "l3vpn:afs/l3vpn:af")
    colours = [text(af, "evpn:evpn/evpn:default-color") or text(af, "l3vpn:default-color") for af in families]
    return VrfFact(
        name=name,
        rd=next((rd for af in families if (rd := text(af, "l3vpn:route-distinguisher"))), ""),
        import_targets=frozenset(_targets(families, "import")),
        export_targets=frozenset(_targets(families, "export")),
        families=frozenset(text(af, "l3vpn:type").removesuffix("-unicast") for af in families),
        signalling=signalling,
        sid=sid,
        colour=next((int(colour) for colour in colours if colour), 0),
        redistributes=redistributes,
        static_routes=tuple(row for af in families for row in _static(af)),
        traffic_engineered=engineered,
    )


def _targets(families: list[etree._Element], direction: str) -> Iterator[tuple[str, str]]:
    for family in families:
        for one in find(family, "l3vpn:vpn-targets/l3vpn:vpn-target"):
            if text(one, "l3vpn:type").startswith(direction):
                yield "vpn", text(one, "l3vpn:value")
        for one in find(family, "evpn:evpn/evpn:extend-vpn-targets/evpn:extend-vpn-target"):
            if text(one, "evpn:vrf-rt-type").startswith(direction):
                yield "evpn", text(one, "evpn:vrf-rt-value")


def _static(family: etree._Element) -> Iterator[tuple[str, str]]:
    top = "routing:routing/routing:static-routing"
    for one in find(family, f"{top}/routing:unicast-routes/routing:unicast-route"):
        yield f"{text(one, 'routing:prefix')}/{text(one, 'routing:mask-length')}", text(one, "routing:next-hop")
    for one in find(family, f"{top}/routing:unicast-route2s/routing:unicast-route2"):
        prefix = f"{text(one, 'routing:prefix')}/{text(one, 'routing:mask-length')}"
        hops = [
            item for item in one.iter() if item.tag in (qualified("routing:address"), qualified("routing:next-hop"))
        ]
        yield prefix, (hops[0].text or "").strip() if hops else ""
