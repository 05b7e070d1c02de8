"""Operational facts of a ROSng router, read from its show commands with TextFSM.

Templates: ntc-templates where it has one (`show interface brief`, `show isis adjacency`), else those beside this file,
made for the shapes that public samples have. `| one-line` keeps the router from breaking rows. For locators, SIDs,
SR policies, slices, FlexE and measurements no show command is public.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_interface

import textfsm
from ntc_templates.parse import ParsingException, parse_output

from netwright.drivers.base import NotReported, Row, Topic
from netwright.drivers.zte_session import UnknownShape, rows

_PLATFORM = "zte_zxros"
_UNITS = {"kbps": 1_000, "mbps": 1_000_000, "gbps": 1_000_000_000}
_PROTOCOLS = {"connected": "connected", "direct": "connected", "static": "static", "bgp": "bgp"}
_PROTOCOLS |= {"c": "connected", "s": "static", "b": "bgp"}
_DIRECTIONS = {"input": "in", "output": "out"}
_BUILT_IN_VRF = "mng"


def collect(topic: Topic, ask: Callable[[str], str]) -> list[Row]:
    """Ask the router, `ask` being one command's answer. `NotReported` for what it has no public command for."""
    collector = _COLLECTORS.get(topic)
    if collector is None:
        message = f"no show command of ZTE for {topic} is public"
        raise NotReported(message)
    return list(collector(ask))


def _ntc(command: str, text: str) -> list[Mapping[str, str]]:
    try:
        found: list[Mapping[str, str]] = parse_output(platform=_PLATFORM, command=command, data=text)
    except (ParsingException, textfsm.TextFSMError) as error:
        raise UnknownShape(str(error)) from error
    return found


def _interfaces(ask: Callable[[str], str]) -> Iterator[Row]:
    addresses, tables = _interface_lines(ask("show running-config if-intf"))
    for row in _ntc("show interface brief", ask("show interface brief | one-line")):
        name = row["interface"]
        yield {
            "name": name,
            "admin_up": row["admin"] == "up",
            "oper_up": row["protocol"] == "up",
            "addresses": ",".join(sorted(addresses.get(name, []))),
            "vrf": tables.get(name, ""),
        }


def _interface_lines(text: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Addresses and VRF of each interface, as the router's own configuration section says them."""
    addresses: dict[str, list[str]] = {}
    tables: dict[str, str] = {}
    name = ""
    for words in (line.split() for line in text.splitlines()):
        match words:
            case ["interface", interface]:
                name = interface
            case ["ip", "address", address, mask, *_]:
                addresses.setdefault(name, []).append(str(ip_interface(f"{address}/{mask}")))
            case ["ipv6", "address", prefix, *_]:
                addresses.setdefault(name, []).append(prefix)
            case ["ip", "vrf", "forwarding", vrf]:
                tables[name] = vrf
    return addresses, tables


def _isis(ask: Callable[[str], str]) -> Iterator[Row]:
    text = ask("show isis adjacency | one-line")
    for row in _ntc("show isis adjacency", text) if "Process ID" in text else ():
        state = "up" if row["state"].lower() == "up" else "other"
        yield {"port": row["interface"], "neighbour": row["system_id"], "state": state}


def _bgp(ask: Callable[[str], str]) -> Iterator[Row]:
    for row in rows("zte_zxros_show_bgp_summary", ask("show bgp l2vpn evpn summary | one-line")):
        up = row["STATE"].isdigit()  # a number is the prefixes of an established session, a word is another state
        yield {
            "peer": row["NEIGHBOR"].lower(),
            "family": "evpn",
            "state": "established" if up else "other",
            "prefixes": int(row["STATE"]) if up else 0,
        }


def _routes(ask: Callable[[str], str]) -> Iterator[Row]:
    for vrf in rows("zte_zxros_show_ip_vrf", ask("show ip vrf | one-line")):
        if vrf["NAME"] == _BUILT_IN_VRF:
            continue
        for family, command in (("ipv4", "ip"), ("ipv6", "ipv6")):
            if family in vrf["PROTOCOLS"].split(","):
                template = f"zte_zxros_show_{command}_forwarding_route"
                text = ask(f"show {command} forwarding route vrf {vrf['NAME']} | one-line")
                yield from (found for row in rows(template, text) if (found := _route(vrf["NAME"], row)))


def _route(vrf: str, row: Mapping[str, str]) -> Row | None:
    protocol = _PROTOCOLS.get(row["OWNER"].lower())
    if protocol is None:
        return None
    hop = "" if protocol == "connected" else row["GATEWAY"]
    return {"vrf": vrf, "prefix": row["DEST"], "protocol": protocol, "next_hop": hop, "sid": "", "colour": 0}


def _rates(ask: Callable[[str], str]) -> Iterator[Row]:
    """Policers as the router's configuration has them: of what it counts no show command is public."""
    interface = ""
    for words in (line.split() for line in _unwrapped(ask("show running-config car"))):
        match words:
            case ["interface", name]:
                interface = name
            case ["rate-limit", direction, *_] if "cir" in words:
                at = words.index("cir")
                yield _rate(interface, direction, words[at + 1], words[at + 2])
    yield from _shaped(_unwrapped(ask("show running-config hqos")))


def _shaped(lines: list[str]) -> Iterator[Row]:
    police: dict[str, tuple[str, str]] = {}
    policy = ""
    for line in lines:
        match line.split():
            case ["policy-map", name, *_]:
                policy = name
            case ["police", "cir", number, unit, *_]:
                police[policy] = (number, unit)
            case ["service-policy", port, direction, name] if name in police:
                yield _rate(port, direction, *police[name])


def _rate(interface: str, direction: str, number: str, unit: str) -> Row:
    port, _, vlan = interface.partition(".")
    rate = int(number) * _UNITS[unit]
    return {"port": port, "vlan": int(vlan or 0), "direction": _DIRECTIONS[direction], "rate_bps": rate}


def _unwrapped(text: str) -> list[str]:
    """Lines of configuration; what fills 80 columns goes on in the next line where that is not indented."""
    lines: list[str] = []
    last = 0
    for line in text.splitlines():
        if last == 80 and not line.startswith(("  ", "$", "!")):
            lines[-1] += line
        else:
            lines.append(line)
        last = len(line)
    return lines


_COLLECTORS: Mapping[Topic, Callable[[Callable[[str], str]], Iterator[Row]]] = {
    Topic.INTERFACES: _interfaces,
    Topic.ISIS: _isis,
    Topic.BGP: _bgp,
    Topic.ROUTES: _routes,
    Topic.RATES: _rates,
}
