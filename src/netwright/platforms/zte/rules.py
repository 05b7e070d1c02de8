"""What a line of a ROSng configuration is: its identity, its place, and the words that take it away. All data.

A rule words one kind of line in one mode. Its pattern is the line's words:

* a plain word stands for itself,
* `[name]` is a word that belongs to the line's identity (`neighbor [address] remote-as <asn>`),
* `<name>` is a word of its value; `...` inside the brackets takes the rest of the line, and a `?` at the end makes
  the whole optional.

The identity of a line is its plain words and its `[...]` words. Rules of one mode stand in the order in which the
lines are typed (a route distinguisher before route targets, a VRF binding before addresses), and are taken away in
the reverse order. A line without a rule is its own identity: nothing is ever lost for want of one.

Sources, dated 2026-11-21: M-VPN, M-BGP, M-SYS are ROSng command references (VPN, BGP, system management) read in a
public repository; NETX, GEN6120, CIASC, CHEN are public parsers and generators of running configurations. INFERRED
marks what follows from them without having been seen: every removal form that only puts `no` before the line is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

SECTIONS = (
    "mim",
    "system-config",
    "AAA",
    "vrf",
    "port-physical-config",
    "if-intf",
    "vlan",
    "lacp",
    "interface-performance",
    "isis",
    "ospfv2",
    "ospfv3",
    "static",
    "ipv6-static-route",
    "tunnel-policy",
    "bgp",
    "ldp",
    "l2vpn",
    "port-acl",
    "urpf",
    "car",
    "hqos",
)
"""Sections in the order of adding: what is used before what uses it. Sections not named here follow, by name.

Names of sections: NETX, CHEN (WILD); their order on a device is not public and does not matter, a tree has none."""

SECRET = re.compile(
    r"(?:^|[ -])(?:password|encrypted|cipher|secret|community|md5|authentication|authentication-key|key)(?= |$)"
)
"""Words after which a secret may stand (NETX, GEN6120)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of line in one mode."""

    pattern: str
    enters: str = ""  # the mode that the line opens
    remove: str = ""  # how it is taken away, `{name}` from the pattern; "": `no` and its identity's line
    container: bool = False  # a mode without an object: it is there while something is in it
    fixed: str = ""  # a regular expression of identities that are hardware: they cannot be removed
    again: bool = True  # typing it again with another value replaces it; False: the old line is removed first
    source: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a line was recognised as."""

    rule: Rule | None
    order: int  # of its rule in its mode
    identity: str
    words: Mapping[str, str]


_ROUTE_TARGET = (
    Rule("route-target [direction] [target] [family]", remove="no route-target {direction} {target}", source="M-VPN"),
    Rule("route-target [direction] [target]", source="M-VPN"),
)
_NEIGHBOR = (
    # Removing remote-as is removing the neighbour, so it is the first to be typed and the last to go (INFERRED).
    Rule("neighbor [address] peer-group", source="M-BGP"),
    Rule("neighbor [address] remote-as <asn>", remove="no neighbor {address}", source="M-BGP"),
    Rule("neighbor [address] activate <state>?", source="M-BGP"),
    Rule("neighbor [address] route-map <name> [direction]", source="M-BGP"),
    Rule("neighbor [address] [verb] <value...>?", source="M-BGP"),
)

PHYSICAL = r"interface (?:\w*gei-|mgmt_eth)[^.]*"
"""Ports are hardware: their block is always there (NTC, NETX)."""

MODES: Mapping[str, tuple[Rule, ...]] = {
    # ---- sections ----
    "!system-config": (Rule("hostname <name>", source="C600 file, same engine (WILD)"),),
    "!vrf": (Rule("ip vrf [name] <vpnid...>?", enters="vrf", source="M-VPN"),),
    "!if-intf": (Rule("interface [name]", enters="interface", fixed=PHYSICAL, source="NETX"),),
    "!vlan": (Rule("vlan-configuration", enters="vlan", container=True, source="GEN6120"),),
    "!interface-performance": (Rule("intf-statistics", enters="statistics", container=True, source="GEN6120"),),
    "!isis": (Rule("router isis [id] <vrf...>?", enters="isis", source="NETX"),),
    "!bgp": (Rule("router bgp [asn]", enters="bgp", source="M-BGP"),),
    "!car": (Rule("qos", enters="car", container=True, source="CIASC"),),
    "!hqos": (
        Rule("class-map [name] <kind...>?", enters="class-map", source="GEN6120"),
        Rule("policy-map [name] <kind...>?", enters="policy-map", source="GEN6120"),
        Rule(
            "traffic-policy interface [port] [direction] <policy>",
            remove="no traffic-policy interface {port} {direction}",
            again=False,
            source="GEN6120; removal INFERRED",
        ),
        Rule("service-policy [port] [direction] <policy>", again=False, source="GEN6120; removal INFERRED"),
    ),
    # ---- modes ----
    "vrf": (
        Rule("description <text...>", remove="no description", source="M-VPN"),
        Rule("rd <rd>", remove="no rd", source="M-VPN: before route-target and evpn lines"),
        Rule("evpn tunnel-encapsulation <kind>", remove="no evpn tunnel-encapsulation", source="M-VPN: rd first"),
        Rule("mpls label mode <mode>", remove="no mpls label mode", source="GEN6120"),
        *_ROUTE_TARGET,
        Rule("address-family [family]", enters="vrf-af", source="M-VPN"),
    ),
    "vrf-af": (
        *_ROUTE_TARGET,
        Rule("import map <name>", remove="no import map", source="M-VPN"),
        Rule("export map <name>", remove="no export map", source="M-VPN"),
        Rule("evpn import-map <name>", remove="no evpn import-map", source="M-VPN"),
        Rule("maximum routes <limit...>", remove="no maximum routes", source="M-VPN"),
        Rule("priority <number>", remove="no priority", source="M-VPN"),
    ),
    "interface": (
        Rule("description <text...>", remove="no description", source="NETX"),
        Rule("mtu <bytes>", remove="no mtu", source="GEN6120"),
        Rule("ip mtu <bytes>", remove="no ip mtu", source="GEN6120"),
        Rule("ip vrf forwarding <name>", remove="no ip vrf forwarding", source="GEN6120: before any address"),
        Rule("ip address <address> <mask>", remove="no ip address {address} {mask}", source="NETX"),
        Rule("ip address [address] <mask> secondary", remove="no ip address {address} {mask}", source="NETX"),
        Rule("ipv6 enable", source="INFERRED"),
        Rule("ipv6 address [prefix] <rest...>?", remove="no ipv6 address {prefix}", source="NETX"),
        Rule("shutdown", source="GEN6120"),
    ),
    "vlan": (Rule("interface [name]", enters="vlan-interface", container=True, source="GEN6120"),),
    "vlan-interface": (
        Rule("encapsulation-dot1q <vid>", remove="no encapsulation-dot1q", again=False, source="GEN6120"),
        Rule("qinq internal-vlanid <c> external-vlanid <p>", remove="no qinq", again=False, source="GEN6120"),
    ),
    "statistics": (Rule("interface [name]", enters="statistics-interface", container=True, source="GEN6120"),),
    "statistics-interface": (Rule("traffic-statistics <state>", remove="no traffic-statistics", source="GEN6120"),),
    "isis": (
        Rule("area [area]", source="NETX"),
        Rule("system-id <id>", remove="no system-id", source="NETX"),
        Rule("router-id <id>", remove="no router-id", source="NETX"),
        Rule("is-type <level>", remove="no is-type", source="NETX"),
        Rule("description <text...>", remove="no description", source="M-IPR"),
        Rule("authentication <secret...>", remove="no authentication", source="NETX"),
        Rule("address-family [family...]", enters="isis-af", source="NETX"),
        Rule("interface [name]", enters="isis-interface", source="NETX"),
    ),
    "isis-af": (
        Rule("multi-topology", source="NETX"),
        Rule("segment-routing srv6 locator [name]", enters="isis-srv6", source="NETX, one sample"),
    ),
    "isis-srv6": (Rule("end-sid func-code <function>", remove="no end-sid func-code", source="NETX, one sample"),),
    "isis-interface": (
        Rule("circuit-type <level>", remove="no circuit-type", source="NETX"),
        Rule("ip router isis", source="NETX"),
        Rule("ipv6 router isis", source="NETX"),
        Rule("network <kind>", remove="no network", source="NETX"),
        Rule("passive-mode", source="NETX"),
        Rule("metric <metric>", remove="no metric", source="NETX"),
        Rule("ipv6 metric <metric>", remove="no ipv6 metric", source="NETX"),
        Rule("hello-interval <seconds>", remove="no hello-interval", source="INFERRED from OSPF's"),
        Rule("hello-authentication <secret...>", remove="no hello-authentication", source="NETX"),
        Rule("bfd-enable", source="NETX"),
        Rule("ipv6 bfd-enable", source="NETX"),
    ),
    "bgp": (
        Rule("bgp router-id <id>", remove="no bgp router-id", source="GEN6120"),
        Rule("synchronization <state>", remove="no synchronization", source="GEN6120"),
        Rule("maximum-paths <number>", remove="no maximum-paths", source="GEN6120"),
        *_NEIGHBOR,
        Rule("redistribute [protocol] <rest...>?", remove="no redistribute {protocol}", source="M-BGP"),
        Rule("address-family [family...]", enters="bgp-af", source="M-BGP"),
    ),
    "bgp-af": (
        *_NEIGHBOR,
        Rule("redistribute [protocol] <rest...>?", remove="no redistribute {protocol}", source="M-BGP"),
    ),
    "car": (Rule("interface [name]", enters="car-interface", container=True, source="CIASC"),),
    "car-interface": (
        Rule("rate-limit [direction] cir <rest...>", remove="no rate-limit {direction}", again=False, source="CIASC"),
        Rule(
            "rate-limit [direction] localport cir <rest...>",
            remove="no rate-limit {direction} localport",
            again=False,
            source="GEN6120; removal INFERRED from `no rate-limit input qos-group 1`",
        ),
        Rule(
            "rate-limit [direction] [kind] [number] cir <rest...>",
            remove="no rate-limit {direction} {kind} {number}",
            again=False,
            source="CIASC",
        ),
    ),
    "policy-map": (Rule("class [name]", enters="policy-class", source="GEN6120"),),
    "policy-class": (
        Rule("set service-class <class>", remove="no set service-class", source="GEN6120"),
        Rule("police <rate...>", remove="no police", source="GEN6120"),
        Rule("priority-level <level>", remove="no priority-level", source="GEN6120"),
        Rule("bandwidth-remaining percent <share>", remove="no bandwidth-remaining percent", source="GEN6120"),
        Rule("queue-limit <limit>", remove="no queue-limit", source="GEN6120"),
        Rule("random-detect enable", remove="no random-detect enable", source="GEN6120"),
        Rule("random-detect color [color] <curve...>", remove="no random-detect color {color}", source="GEN6120"),
        Rule("statistics <state>", remove="no statistics", source="GEN6120"),
        Rule("service-policy <child>", remove="no service-policy", again=False, source="GEN6120"),
    ),
}
"""The rules of each mode. `!name` is a section's top; a block that no rule knows is a mode without rules."""


def recognise(mode: str, line: str) -> Kind:
    """What `line` is in `mode`. A line that begins with `no` has the identity of what it denies."""
    said = line.removeprefix("no ")
    rules = MODES.get(mode, ())
    for order, rule in enumerate(rules):
        if match := _compiled(rule.pattern).fullmatch(said):
            words = {name: value for name, value in match.groupdict().items() if value is not None}
            return Kind(rule, order, _identity(rule.pattern, words), words)
    return Kind(None, len(rules), _own_identity(said), {})


def removal(kind: Kind, line: str) -> str:
    """The line to type so that `line` goes."""
    if line.startswith("no "):
        return line.removeprefix("no ")
    if kind.rule is None:
        return f"no {line}"
    return kind.rule.remove.format(**kind.words) if kind.rule.remove else f"no {kind.identity}"


def _own_identity(line: str) -> str:
    """A line without a rule is its own identity; a secret in it is shown as a fingerprint: no path may show one."""
    match = SECRET.search(line)
    if match is None or match.end() == len(line):
        return line
    return f"{line[: match.end()]} #{_fingerprint(line[match.end() :])}"


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


@cache
def _tokens(pattern: str) -> tuple[tuple[str, str, bool, bool], ...]:
    """(kind, text, rest of the line, optional) of each word; kind is `word`, `key` or `value`."""
    return tuple(_token(word) for word in pattern.split())


def _token(word: str) -> tuple[str, str, bool, bool]:
    bare = word.removesuffix("?")
    kind = {"[": "key", "<": "value"}.get(bare[0], "word")
    text = bare if kind == "word" else bare[1:-1]
    return kind, text.removesuffix("..."), text.endswith("..."), word.endswith("?")


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_expressions(pattern)))


def _expressions(pattern: str) -> Iterator[str]:
    for position, (kind, text, rest, optional) in enumerate(_tokens(pattern)):
        matched = ".+" if rest else r"\S+"
        body = re.escape(text) if kind == "word" else f"(?P<{text}>{matched})"
        body = f" {body}" if position else body
        yield f"(?:{body})?" if optional else body


def _identity(pattern: str, words: Mapping[str, str]) -> str:
    parts = (
        text if kind == "word" else words.get(text, "") for kind, text, _, _ in _tokens(pattern) if kind != "value"
    )
    return " ".join(part for part in parts if part)
