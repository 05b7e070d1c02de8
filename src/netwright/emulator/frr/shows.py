"""What the emulated box shows: FRR's and the kernel's JSON, of its own configuration and of the world around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from netwright.emulator.facts import Facts, SegmentRouteFact
from netwright.emulator.frr.kernel import Kernel, Link
from netwright.emulator.steering import held
from netwright.emulator.world import Operational, RouteState

_FAMILIES = {"ipv4Vpn": "vpnv4", "ipv6Vpn": "vpnv6"}


def isis_neighbors(facts: Facts, world: Operational) -> str:
    """`show isis neighbor json`."""
    level = 1 if facts.isis_level == 1 else 2
    circuits: list[dict[str, Any]] = [{"circuit": 0}]
    for interface, neighbour in sorted(world.adjacencies.items()):
        circuits.append(
            {"circuit": 0, "adj": neighbour, "interface": interface, "level": level, "state": "Up", "expires-in": "28s"}
        )
    return json.dumps({"areas": [{"area": "1", "circuits": circuits}] if facts.isis else []})


def bgp_summary(facts: Facts, world: Operational) -> str:
    """`show bgp summary json`: the VPN families, each with its neighbours."""
    found: dict[str, Any] = {}
    for name, family in _FAMILIES.items():
        peers = {
            peer.address: _peer(peer.remote_as, world.sessions.get((peer.address, family)))
            for peer in facts.neighbors
            if family in peer.families
        }
        if peers:
            found[name] = {"routerId": facts.router_id, "as": facts.asn, "vrfName": "default", "peers": peers}
    return json.dumps(found)


def _peer(remote_as: int, prefixes: int | None) -> dict[str, Any]:
    state = "Active" if prefixes is None else "Established"
    return {"remoteAs": remote_as, "version": 4, "pfxRcd": prefixes or 0, "state": state, "peerState": "OK"}


def locators(facts: Facts) -> str:
    """`show segment-routing srv6 locator json`."""
    found = [
        {"name": name, "prefix": prefix, "behavior": "usid", "statusUp": True}
        for name, prefix in sorted(facts.locators.items())
    ]
    return json.dumps({"locators": found})


def sids(facts: Facts) -> str:
    """`show segment-routing srv6 sid json`."""
    return json.dumps(
        {
            sid.sid: {
                "sid": sid.sid,
                "behavior": sid.behaviour,
                "context": {"vrfName": sid.vrf} if sid.vrf else {},
                "allocationMode": "explicit" if sid.vrf else "dynamic",
            }
            for sid in facts.sids
        }
    )


def routes(facts: Facts, world: Operational, family: str) -> str:
    """`show ip|ipv6 route vrf all json`: a route with segments is nearer than what BGP learnt."""
    found: dict[str, dict[str, Any]] = {}
    wanted, holding = family == "ipv6", held(facts, world.interfaces_up)
    steered = {key: one for key, one in holding.items() if (":" in one.prefix) == wanted}
    for explicit in steered.values():
        found.setdefault(explicit.vrf, {}).setdefault(explicit.prefix, []).append(_explicit(explicit))
    for route in world.routes:
        if (":" in route.prefix) == wanted:
            vrf = found.setdefault(route.vrf or "default", {})
            best = (route.vrf, route.prefix) not in steered
            vrf.setdefault(route.prefix, []).append({**_route(route), "selected": best, "installed": best})
    return json.dumps(found)


def _explicit(route: SegmentRouteFact) -> dict[str, Any]:
    """One segment is printed as an object, several are as a list (FRR 10.7.1)."""
    seg6: Any = list(route.sids) if len(route.sids) > 1 else {"segs": route.sids[0]}
    hop = {"fib": True, "active": True, "interfaceName": route.port, "vrf": "default", "seg6": seg6}
    protocol = "static" if route.distance else "kernel"
    head = {"prefix": route.prefix, "protocol": protocol, "distance": route.distance}
    return {**head, "selected": True, "installed": True, "nexthops": [hop]}


def _route(route: RouteState) -> dict[str, Any]:
    hop: dict[str, Any] = {"fib": True, "active": True, "interfaceName": route.interface or "sr0"}
    if route.next_hop:
        hop |= {"ip": route.next_hop, "afi": "ipv6" if ":" in route.next_hop else "ipv4"}
    if route.sid:
        hop["seg6"] = {"segs": route.sid}
    return {"prefix": route.prefix, "protocol": route.protocol, "selected": True, "installed": True, "nexthops": [hop]}


def addresses(kernel: Kernel, facts: Facts, world: Operational) -> str:
    """`ip -j -d address show`; the addresses that FRR set are in the kernel, too."""
    rows = []
    for link in kernel.links.values():
        fact = facts.interfaces.get(link.name)
        carrier = link.kind in ("vrf", "dummy", "loopback") or _lower(kernel, link).name in world.interfaces_up
        row: dict[str, Any] = {
            "ifindex": link.index,
            "ifname": link.name,
            "flags": [*(["UP"] if link.up else []), *(["LOWER_UP"] if link.up and carrier else [])],
            "mtu": link.mtu,
            "operstate": "UNKNOWN" if link.kind == "loopback" else "UP" if link.up and carrier else "DOWN",
            "linkinfo": _linkinfo(link),
            "addr_info": [_address(each) for each in (fact.addresses if fact else ())],
        }
        row |= {"link": link.parent} if link.parent else {}
        row |= {"master": link.master} if link.master else {}
        rows.append(row)
    return json.dumps(rows)


def statistics(kernel: Kernel, world: Operational) -> str:
    """`ip -s -j link show`, as far as anybody reads it: nobody sends packets here but those that a fault loses."""
    lost = round(world.loses * 1_000_000)
    count = {"bytes": 0, "packets": 1_000_000 - lost if lost else 0, "errors": 0, "dropped": 0}
    rows = [
        {"ifindex": link.index, "ifname": link.name, "stats64": {"rx": count, "tx": {**count, "dropped": lost}}}
        for link in kernel.links.values()
    ]
    return json.dumps(rows)


def _lower(kernel: Kernel, link: Link) -> Link:
    return kernel.links.get(link.parent, link)


def _linkinfo(link: Link) -> dict[str, Any]:
    if link.kind == "vrf":
        return {"info_kind": "vrf", "info_data": {"table": link.number}}
    if link.kind == "vlan":
        return {"info_kind": "vlan", "info_data": {"protocol": "802.1Q", "id": link.number}}
    return {"info_kind": link.kind} if link.kind in ("dummy", "veth") else {}


def _address(text: str) -> dict[str, Any]:
    address, _, length = text.partition("/")
    family = "inet6" if ":" in address else "inet"
    return {"family": family, "local": address, "prefixlen": int(length), "scope": "global"}


def typed(kernel: Kernel, family: str, kind: str) -> str:
    """`ip -j -4|-6 route show table all type unreachable|throw`."""
    rows = [
        {"type": kind, "dst": what.partition(" ")[2], "table": str(table), "metric": metric, "flags": []}
        for route_family, what, table, metric in sorted(kernel.routes)
        if route_family == family and what.startswith(f"{kind} ")
    ]
    return json.dumps(rows)


def segment_routes(kernel: Kernel) -> str:
    """`ip -j -4 route show table all type unicast proto boot`: nobody but `ip` made these."""
    rows = []
    for (vrf, prefix), (sids, port) in sorted(kernel.segment_routes.items()):
        encap = {"encap_type": "seg6", "mode": "encap", "segs": list(sids)}
        place = {"dev": port, "table": str(kernel.links[vrf].number), "scope": "link", "metric": 10, "flags": []}
        rows.append({"dst": prefix, "encap": encap, **place})
    return json.dumps(rows)


def installed_sids(facts: Facts) -> str:
    """`ip -j -6 route show`, as far as SRv6 goes: zebra installs the SID of a VRF on the VRF's interface."""
    actions = {"uN": "End", "uDT46": "End.DT46"}
    rows = [
        {"dst": one.sid, "encap": {"encap_type": "seg6local", "action": actions.get(one.behaviour, one.behaviour)},
         "dev": one.vrf or "sr0", "protocol": "bgp" if one.vrf else "isis", "metric": 20}
        for one in facts.sids
    ]  # fmt: skip
    return json.dumps(rows)


def sysctls(kernel: Kernel, asked: str) -> str:
    """`sysctl -e KEY ...`, each key with slashes: those that the kernel has, in the order that they were asked for."""
    swap = str.maketrans("./", "/.")
    found = (key for key in asked.split() if kernel.has_sysctl(key))
    return "".join(f"{key.translate(swap)} = {kernel.sysctls.get(key, 0)}\n" for key in found)


def qdiscs(kernel: Kernel) -> str:
    """`tc -j qdisc show`."""
    return json.dumps(list(_qdiscs(kernel)))


def _qdiscs(kernel: Kernel) -> Iterator[dict[str, Any]]:
    for (device, parent), qdisc in kernel.qdiscs.items():
        place: dict[str, Any] = {"root": True} if parent == "root" else {"parent": parent}
        facts = {"kind": qdisc.kind, "handle": qdisc.handle, "dev": device, "options": qdisc.options, "drops": 0}
        yield facts | place
    for device in kernel.clsact:
        yield {"kind": "clsact", "handle": "ffff:", "dev": device, "parent": "ffff:fff1", "options": {}}


def ingress(kernel: Kernel, device: str) -> str:
    """`tc filter show dev D ingress`: a policer is told in text only, its rate in the largest unit that is exact."""
    policer = kernel.clsact.get(device)
    if policer is None:
        return ""
    head = "filter protocol all pref 1 u32 chain 0"
    return (
        f"{head} \n{head} fh 800: ht divisor 1 \n{head} fh 800::800 order 2048 key ht 800 bkt 0 not_in_hw \n"
        f"  match 00000000/00000000 at 0\n\taction order 1:  police 0x1 rate {_rate(policer[0])} "
        f"burst {_size(policer[1])} mtu 64Kb action drop overhead 0b \n\tref 1 bind 1 \n"
    )


def _rate(bits: int) -> str:
    units = " KMGT"
    power = 0
    while bits >= 1000 and (bits % 1000 == 0 or bits >= 1_000_000) and power < len(units) - 1:
        bits, power = bits // 1000, power + 1
    return f"{bits}{units[power].strip()}bit"


def _size(octets: int) -> str:
    if octets >= 1024 * 1024 and octets % (1024 * 1024) == 0:
        return f"{octets // (1024 * 1024)}Mb"
    return f"{octets // 1024}Kb" if octets % 1024 == 0 else f"{octets}b"


def classes(kernel: Kernel, device: str) -> str:
    """`tc -j class show dev D`: HTB prints a class below the root without its parent, an inner one without prio."""
    parents = {one.parent for (name, _), one in kernel.classes.items() if name == device}
    rows = []
    for (name, classid), one in kernel.classes.items():
        if name == device:
            place = {"root": True} if one.parent.endswith(":") else {"parent": one.parent}
            prio = {} if classid in parents else {"prio": one.prio}
            rows.append({"class": "htb", "handle": classid, **place, **prio, "rate": one.rate, "ceil": one.ceil})
    for (name, _), qdisc in kernel.qdiscs.items():
        if name == device and qdisc.kind == "red":  # red has one class of its own
            rows.append({"class": "red", "handle": f"{qdisc.handle}1", "parent": qdisc.handle})
    return json.dumps(rows)
