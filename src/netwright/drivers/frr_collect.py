"""Operational facts of an FRR box, topic by topic: FRR's JSON for routing, the kernel's for links, rates and queues.

Shapes as FRR 10.7.1, iproute2 7.2 and nftables 1.1.7 print them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from netwright.drivers import frr_state
from netwright.drivers.base import NotReported, Row, Topic
from netwright.drivers.frr_state import Ask
from netwright.platforms.frr import linux

_FAMILIES: Final = {"ipv4Vpn": "vpnv4", "ipv6Vpn": "vpnv6"}
_PROTOCOLS: Final = frozenset(("connected", "static", "bgp"))
_STATISTICS: Final = ("ip", "-s", "-j", "link", "show")
_DEPTHS: Final = ("tc", "-s", "-j", "qdisc", "show")
_ISIS: Final = "show isis neighbor json"
_BGP: Final = "show bgp summary json"
_LOCATORS: Final = "show segment-routing srv6 locator json"
_SIDS: Final = "show segment-routing srv6 sid json"
_ROUTES: Final = ("show ip route vrf all json", "show ipv6 route vrf all json")
_SLICE_CLASSES: Final = range(0x1000, 0x1FA1)
_QUEUE_CLASSES: Final = range(0x8000, 0x8008)
_CLASS_NAMES: Final = ("be", "af1", "af2", "af3", "af4", "ef", "cs6", "cs7")
_SLICE_QUEUES: Final = range(0x9000, 0xFFFF)
_SLICE_QUEUES_EACH: Final = 7


def collect(topic: Topic, ask: Ask) -> list[Row]:
    """The rows of a topic. `NotReported` for what neither FRR nor Linux can say."""
    collector = _COLLECTORS.get(topic)
    if collector is None:
        raise NotReported(f"FRR cannot report {topic}")
    return list(collector(ask))


def first_of(topics: Collection[Topic]) -> list[tuple[str, ...]]:
    """The commands that these topics ask first, whatever the others answer; each once."""
    return list(dict.fromkeys(words for topic in topics for words in _FIRST.get(topic, ())))


def _vtysh(command: str) -> tuple[str, ...]:
    return ("vtysh", "-c", command)


def _show(ask: Ask, command: str) -> Any:
    text = ask(_vtysh(command))
    return json.loads(text) if text.strip() else {}


def _interfaces(ask: Ask) -> Iterator[Row]:
    interfaces = frr_state.rows(ask(frr_state.ADDRESSES))
    vrfs = {row["ifname"] for row in interfaces if row.get("linkinfo", {}).get("info_kind") == "vrf"}
    for row in interfaces:
        found = (f"{a['local']}/{a['prefixlen']}" for a in row.get("addr_info", ()) if a.get("scope") == "global")
        yield {
            "name": row["ifname"],
            "admin_up": "UP" in row["flags"],
            # a dummy and a VRF have no carrier to lose: the kernel says UNKNOWN, and means up
            "oper_up": row.get("operstate") in ("UP", "UNKNOWN") and "UP" in row["flags"],
            "addresses": ",".join(sorted(found)),
            "vrf": row.get("master", "") if row.get("master") in vrfs else "",
        }


def _counters(ask: Ask) -> Iterator[Row]:
    for row in frr_state.rows(ask(_STATISTICS)):
        said = row.get("stats64", {})
        if said:
            counted = (
                (f"{way}_{name}", said[side][key])
                for name, key in (("packets", "packets"), ("errors", "errors"), ("drops", "dropped"))
                for way, side in (("in", "rx"), ("out", "tx"))
            )
            yield {"name": row["ifname"], **dict(counted)}


def _isis(ask: Ask) -> Iterator[Row]:
    for area in _show(ask, _ISIS).get("areas", ()):
        for circuit in area.get("circuits", ()):
            if "adj" in circuit:
                state = "up" if circuit.get("state") == "Up" else "other"
                yield {"port": circuit["interface"], "neighbour": circuit["adj"], "state": state}


def _bgp(ask: Ask) -> Iterator[Row]:
    summary = _show(ask, _BGP)
    for name, family in _FAMILIES.items():
        for peer, facts in summary.get(name, {}).get("peers", {}).items():
            state = "established" if facts["state"] == "Established" else "other"
            yield {"peer": peer, "family": family, "state": state, "prefixes": facts.get("pfxRcd", 0)}


def _locators(ask: Ask) -> Iterator[Row]:
    for row in _show(ask, _LOCATORS).get("locators", ()):
        yield {"name": row["name"], "prefix": row["prefix"], "state": "up" if row.get("statusUp") else "down"}


def _sids(ask: Ask) -> Iterator[Row]:
    known = ask(_vtysh(_SIDS))
    if not known.strip():  # 10.3 does not know it: the FIB does
        yield from _installed_sids(ask)
        return
    for sid, row in json.loads(known).items():
        yield {"sid": sid, "behaviour": row["behavior"], "vrf": row.get("context", {}).get("vrfName", "")}


def _installed_sids(ask: Ask) -> Iterator[Row]:
    """The kernel's routes with a behaviour; zebra installs that of a VRF on the VRF's own interface."""
    interfaces = frr_state.rows(ask(frr_state.ADDRESSES))
    vrfs = {row["ifname"] for row in interfaces if row.get("linkinfo", {}).get("info_kind") == "vrf"}
    for row in frr_state.rows(ask(("ip", "-j", "-6", "route", "show"))):
        encap = row.get("encap")
        if isinstance(encap, Mapping) and encap.get("encap_type") == "seg6local":
            vrf = row["dev"] if row["dev"] in vrfs else ""
            yield {"sid": row["dst"].removesuffix("/128"), "behaviour": encap["action"], "vrf": vrf}


def _routes(ask: Ask) -> Iterator[Row]:
    frr_state.ahead(ask, (frr_state.ADDRESSES, frr_state.SEGMENTS_4))
    interfaces, segmented = (frr_state.rows(ask(words)) for words in (frr_state.ADDRESSES, frr_state.SEGMENTS_4))
    for route in filter(frr_state.ownable, frr_state.segment_routes(interfaces, segmented)):
        facts = linux.understand(route).facts
        sids = facts["sids"].split(",")
        row: Row = {"vrf": facts["vrf"], "prefix": facts["prefix"], "protocol": "static", "next_hop": "", "colour": 0}
        yield {**row, "sid": sids[-1], "sids": ",".join(sids)}
    frr_state.ahead(ask, list(map(_vtysh, _ROUTES)))
    for command in _ROUTES:
        for vrf, prefixes in _show(ask, command).items():
            for prefix, routes in prefixes.items():
                yield from _selected(vrf, prefix, routes)


def _selected(vrf: str, prefix: str, routes: list[Mapping[str, Any]]) -> Iterator[Row]:
    """The route that carries traffic, one row a next hop. FRR knows no colour of its own."""
    for route in routes:
        if route.get("selected") and route["protocol"] in _PROTOCOLS:
            for hop in route.get("nexthops", ()):
                yield {
                    "vrf": "" if vrf == "default" else vrf,
                    "prefix": prefix,
                    "protocol": route["protocol"],
                    "next_hop": hop.get("ip", ""),
                    "sid": next(reversed(_segments(hop.get("seg6"))), ""),
                    "sids": ",".join(_segments(hop.get("seg6"))),
                    "colour": 0,
                }


def _segments(seg6: Any) -> list[str]:
    """FRR prints one segment as an object, several as a list: the last is the service's SID."""
    if isinstance(seg6, list):
        return [str(sid) for sid in seg6]
    return [str(seg6["segs"])] if isinstance(seg6, Mapping) and seg6.get("segs") else []


def _classes(ask: Ask, qdiscs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, int, int]]:
    """(interface, minor number, rate in bit/s) of every HTB class."""
    devices = frr_state.shapers(qdiscs)
    frr_state.ahead(ask, list(map(frr_state.classes_of, devices)))
    for device in devices:
        for row in frr_state.rows(ask(frr_state.classes_of(device))):
            if row["class"] == "htb":
                yield device, int(row["handle"].partition(":")[2] or "0", 16), row["rate"] * 8


def _slices(ask: Ask) -> Iterator[Row]:
    for device, minor, rate in _classes(ask, frr_state.rows(ask(frr_state.QDISCS))):
        if minor in _SLICE_CLASSES:
            yield {"port": device, "slice_id": minor - _SLICE_CLASSES.start, "rate_bps": rate, "state": "up"}


_POLICER: Final = re.compile(r"tc filter add dev (\S+) ingress .* police rate (\d+)([KMGT]?)bit")
_UNITS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def _rates(ask: Ask) -> Iterator[Row]:
    qdiscs = frr_state.rows(ask(frr_state.QDISCS))
    for device, minor, rate in _classes(ask, qdiscs):
        port, dot, vlan = device.rpartition(".")
        if dot and minor == 1:
            yield {"port": port, "vlan": int(vlan), "direction": "out", "rate_bps": rate}
    frr_state.ahead(ask, list(map(frr_state.ingress_of, frr_state.policed(qdiscs))))
    for line in frr_state.ingress(ask, qdiscs):
        found = _POLICER.match(line)
        port, dot, vlan = found[1].rpartition(".") if found else ("", "", "")
        if found and dot:
            yield {"port": port, "vlan": int(vlan), "direction": "in", "rate_bps": int(found[2]) * _UNITS[found[3]]}


def _queues(ask: Ask) -> Iterator[Row]:
    for row in frr_state.rows(ask(_DEPTHS)):
        queue = _queue(int(row.get("parent", ":0").partition(":")[2] or "0", 16))
        if queue and "limit" in row.get("options", {}):
            depth, drops = row["options"]["limit"], row.get("drops", 0)
            yield {"port": row["dev"], **queue, "depth_bytes": depth, "drops": drops}


def _queue(minor: int) -> Row:
    """Which queue a class is: of a port by its class, inside a slice by both."""
    if minor in _QUEUE_CLASSES:
        return {"service_class": _CLASS_NAMES[minor - _QUEUE_CLASSES.start], "slice_id": 0}
    if minor in _SLICE_QUEUES:
        slice_id, number = divmod(minor - _SLICE_QUEUES.start, _SLICE_QUEUES_EACH)
        return {"service_class": _CLASS_NAMES[number], "slice_id": slice_id}
    return {}


_COLLECTORS: Final[Mapping[Topic, Callable[[Ask], Iterator[Row]]]] = {
    Topic.INTERFACES: _interfaces,
    Topic.COUNTERS: _counters,
    Topic.ISIS: _isis,
    Topic.BGP: _bgp,
    Topic.LOCATORS: _locators,
    Topic.SIDS: _sids,
    Topic.ROUTES: _routes,
    Topic.SLICES: _slices,
    Topic.RATES: _rates,
    Topic.QUEUES: _queues,
}

_FIRST: Final[Mapping[Topic, Sequence[tuple[str, ...]]]] = {
    Topic.INTERFACES: (frr_state.ADDRESSES,),
    Topic.COUNTERS: (_STATISTICS,),
    Topic.ISIS: (_vtysh(_ISIS),),
    Topic.BGP: (_vtysh(_BGP),),
    Topic.LOCATORS: (_vtysh(_LOCATORS),),
    Topic.SIDS: (_vtysh(_SIDS),),
    Topic.ROUTES: (frr_state.ADDRESSES, frr_state.SEGMENTS_4, *map(_vtysh, _ROUTES)),
    Topic.SLICES: (frr_state.QDISCS,),
    Topic.RATES: (frr_state.QDISCS,),
    Topic.QUEUES: (_DEPTHS,),
}
