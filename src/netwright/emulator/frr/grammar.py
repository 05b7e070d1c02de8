"""The lines that the emulated FRR knows: its own list, made from what FRR 10.7.1 took and printed, not from netwright.

A line that is not here is an unknown command, as it is to vtysh. Each row says in which node the line lives, how the
positive form looks, what two lines must share to exclude each other (`key`), what the negative form may look like, and
at which place FRR prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_V6 = r"[0-9a-f:]*:[0-9a-f:.]*"
_NUM = r"\d+"
_WORD = r"\S+"
_SHORT = {"V4": _V4, "V6": _V6, "NUM": _NUM, "WORD": _WORD, "TEXT": r".+", "RTS": r"\S+(?: \S+)*"}


def _expand(pattern: str) -> re.Pattern[str]:
    for short, long in _SHORT.items():
        pattern = re.sub(rf"\b{short}\b", lambda _, long=long: long, pattern)  # type: ignore[misc]
    return re.compile(pattern)


@dataclass(frozen=True, slots=True)
class Entry:
    """One command of a node. `default`: the value that FRR does not print. `enters`: the node that the line opens."""

    node: str
    line: re.Pattern[str]
    key: str
    no: re.Pattern[str] | None
    rank: int
    default: str = ""
    enters: str = ""


def _entry(node: str, line: str, key: str, no: str = "", rank: int = 50, default: str = "", enters: str = "") -> Entry:
    """`no` "" takes the positive form behind `no`, "-" none at all."""
    negative = None if no == "-" else _expand(no or f"no {line}")
    return Entry(node, _expand(line), key, negative, rank, default, enters)


_HOP = r"(?P<hop>(?:V4|V6|(?!segments)[a-z]\S*)(?: [a-z]+[\w.-]*(?<!segments)(?<!nexthop-vrf)(?<!metric)(?<!tag))?)"
_ROUTE_REST = r"(?: (?P<distance>NUM))?(?: segments (?P<segments>V6(?:/V6)*))?(?: nexthop-vrf (?P<in>WORD))?"


def _routes(node: str) -> tuple[Entry, ...]:
    return (
        _entry(node, rf"ip route (?P<p>V4/NUM) {_HOP}{_ROUTE_REST}", "ip route {p} {hop}", rank=10),
        _entry(node, rf"ipv6 route (?P<p>V6/NUM) {_HOP}{_ROUTE_REST}", "ipv6 route {p} {hop}", rank=11),
    )


ENTRIES: Final = (
    _entry("config", "frr defaults (?P<v>WORD)", "frr defaults", "-", rank=1),
    _entry("config", "hostname (?P<v>WORD)", "hostname", "no hostname(?: WORD)?", rank=2),
    _entry("config", "log TEXT", "{0}", rank=3),
    _entry("config", "service TEXT", "{0}", rank=4),
    *_routes("config"),
    _entry("config", "vrf (?P<v>WORD)", "vrf {v}", rank=20, enters="vrf"),
    _entry("config", "interface (?P<v>WORD)", "interface {v}", rank=30, enters="interface"),
    _entry("config", "router bgp (?P<a>NUM)(?: vrf (?P<v>WORD))?", "router bgp {a} {v}", rank=40, enters="bgp"),
    _entry("config", "router isis (?P<v>WORD)", "router isis {v}", rank=50, enters="isis"),
    _entry("config", "segment-routing", "segment-routing", "-", rank=60, enters="sr"),
    *_routes("vrf"),
    _entry("interface", "description (?P<v>TEXT)", "description", "no description", rank=1),
    _entry("interface", "ip address (?P<v>V4/NUM)", "ip address {v}", rank=2),
    _entry("interface", "ipv6 address (?P<v>V6/NUM)", "ipv6 address {v}", rank=3),
    _entry("interface", "ip router isis (?P<v>WORD)", "ip router isis", rank=4),
    _entry("interface", "ipv6 router isis (?P<v>WORD)", "ipv6 router isis", rank=5),
    _entry(
        "interface", "isis circuit-type (?P<v>level-1|level-1-2|level-2-only)", "isis circuit-type",
        "no isis circuit-type(?: WORD)?", rank=6, default="level-1-2",
    ),
    _entry(
        "interface", "isis hello-interval (?P<v>NUM)", "isis hello-interval", "no isis hello-interval(?: NUM)?",
        rank=7, default="3",
    ),
    _entry(
        "interface", "isis hello-multiplier (?P<v>NUM)", "isis hello-multiplier", "no isis hello-multiplier(?: NUM)?",
        rank=8, default="10",
    ),
    _entry("interface", "isis metric (?P<v>NUM)", "isis metric", "no isis metric(?: NUM)?", rank=9, default="10"),
    _entry("interface", "isis network (?P<v>point-to-point)", "isis network", rank=10),
    _entry("interface", "isis passive", "isis passive", rank=11),
    _entry("bgp", "bgp router-id (?P<v>V4)", "bgp router-id", "no bgp router-id(?: V4)?", rank=1),
    _entry("bgp", "no bgp default (?P<v>ipv4-unicast)", "bgp default", "bgp default ipv4-unicast", rank=2),
    _entry("bgp", "sid vpn per-vrf export (?P<v>auto|explicit V6|NUM)", "sid vpn", rank=3),
    _entry("bgp", "neighbor (?P<n>V4|V6) remote-as (?P<v>NUM)", "neighbor {n} 1", "-", rank=10),
    _entry(
        "bgp", "neighbor (?P<n>V4|V6) description (?P<v>TEXT)", "neighbor {n} 2",
        "no neighbor (?P<n>V4|V6) description", rank=10,
    ),
    _entry(
        "bgp", "neighbor (?P<n>V4|V6) update-source (?P<v>WORD)", "neighbor {n} 3",
        "no neighbor (?P<n>V4|V6) update-source(?: WORD)?", rank=10,
    ),
    _entry("bgp", "neighbor (?P<n>V4|V6) password (?P<v>WORD)", "neighbor {n} 4",
           "no neighbor (?P<n>V4|V6) password(?: WORD)?", rank=10),
    _entry("bgp", "neighbor (?P<n>V4|V6) capability extended-nexthop", "neighbor {n} 5", rank=10),
    _entry("bgp", "segment-routing srv6", "segment-routing srv6", "-", rank=20, enters="bgp-srv6"),
    _entry("bgp", "address-family (?P<v>ipv[46] (?:unicast|vpn))", "address-family {v}", "-", rank=30, enters="af"),
    _entry("bgp-srv6", "locator (?P<v>WORD)", "locator"),
    _entry("af", "redistribute (?P<v>connected|static)", "redistribute {v}", rank=1),
    _entry("af", "neighbor (?P<n>V4|V6) activate", "neighbor {n} 1", rank=2),
    _entry("af", "neighbor (?P<n>V4|V6) route-reflector-client", "neighbor {n} 2", rank=2),
    _entry("af", "rd vpn export (?P<v>WORD)", "rd vpn", "no rd vpn export(?: WORD)?", rank=3),
    _entry("af", "nexthop vpn export (?P<v>V4|V6)", "nexthop vpn", "no nexthop vpn export(?: WORD)?", rank=4),
    _entry("af", "rt vpn (?P<d>both|import|export) (?P<v>RTS)", "rt vpn {d}",
           "no rt vpn (?P<d>both|import|export)(?: RTS)?", rank=5),
    _entry("af", "export vpn", "export vpn", rank=6),
    _entry("af", "import vpn", "import vpn", rank=7),
    _entry("isis", "is-type (?P<v>level-1|level-1-2|level-2-only)", "is-type", "no is-type(?: WORD)?", rank=1,
           default="level-1-2"),
    _entry("isis", "net (?P<v>[0-9a-fA-F.]+)", "net {v}", rank=2),
    _entry("isis", "metric-style (?P<v>wide|narrow|transition)", "metric-style", "no metric-style(?: WORD)?", rank=3,
           default="wide"),
    _entry("isis", "topology (?P<v>ipv6-unicast)", "topology {v}", rank=4),
    _entry("isis", "segment-routing srv6", "segment-routing srv6", rank=20, enters="isis-srv6"),
    _entry("isis-srv6", "locator (?P<v>WORD)", "locator"),
    _entry("sr", "srv6", "srv6", "-", enters="srv6"),
    _entry("srv6", "encapsulation", "encapsulation", rank=1, enters="encap"),
    _entry("srv6", "locators", "locators", "-", rank=2, enters="locators"),
    _entry("encap", "source-address (?P<v>V6)", "source-address", "no source-address(?: V6)?"),
    _entry("locators", "locator (?P<v>WORD)", "locator {v}", enters="locator"),
    _entry(
        "locator", "prefix (?P<p>V6/NUM)(?: block-len (?P<b>NUM))?(?: node-len (?P<n>NUM))?(?: func-bits (?P<f>NUM))?",
        "prefix", "-", rank=1,
    ),
    _entry("locator", "behavior (?P<v>usid)", "behavior", "-", rank=2),
    _entry("locator", "format (?P<v>usid-f3216)", "format", "-", rank=3),
)  # fmt: skip

STANDS: Final = frozenset(("vrf", "bgp", "isis", "locator", "isis-srv6"))
"""Nodes that are printed even when they are empty."""

BY_NODE: Final = {
    node: tuple(entry for entry in ENTRIES if entry.node == node) for node in {entry.node for entry in ENTRIES}
}


UNKNOWN_TO: Final = {"10.3": re.compile(r"(no )?(sid vpn per-vrf export explicit .*|ip route .* segments .*)")}
"""What a release does not know yet (RUN 10.3: IPv4 routes take no segments, and a SID has an index or none)."""


def find(node: str, line: str) -> tuple[Entry, re.Match[str], bool] | None:
    """The entry that takes `line` in `node`, and whether it is taken back."""
    for entry in BY_NODE.get(node, ()):
        if match := entry.line.fullmatch(line):
            return entry, match, False
        if entry.no and (match := entry.no.fullmatch(line)):
            return entry, match, True
    if node == "bgp" and (match := re.fullmatch(rf"no neighbor (?P<n>{_V4}|{_V6})", line)):
        return _NEIGHBOR, match, True
    return None


_NEIGHBOR: Final = next(entry for entry in ENTRIES if "remote-as" in entry.line.pattern)
