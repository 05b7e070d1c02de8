"""The grammar of FRR's configuration, as data: blocks, what makes a line the line it is, and how it is taken back.

Everything here was run against FRR 10.7.1 (vtysh, mgmtd, zebra, staticd, bgpd, isisd), unless a row says otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Block:
    """A block of lines: `kind` names it for the rules below, `parent` is the kind that it stands in.

    A block that `stands` alone is configuration even when it is empty; the others vanish with their last line.
    `rank` is its place among its siblings, which is the order that FRR prints.
    """

    kind: str
    parent: str
    opening: re.Pattern[str]
    stands: bool
    rank: int
    closing: str = "exit"


def _block(kind: str, parent: str, opening: str, *, stands: bool, rank: int, closing: str = "exit") -> Block:
    return Block(kind, parent, re.compile(opening), stands, rank, closing)


BLOCKS: Final = (
    _block("vrf", "", r"vrf \S+", stands=True, rank=10, closing="exit-vrf"),
    _block("interface", "", r"interface \S+", stands=False, rank=20),
    _block("bgp", "", r"router bgp \d+( (vrf|view) \S+)?", stands=True, rank=30),
    _block("isis", "", r"router isis \S+( vrf \S+)?", stands=True, rank=40),
    _block("segment-routing", "", r"segment-routing", stands=False, rank=50),
    _block("route-map", "", r"route-map \S+ (permit|deny) \d+", stands=True, rank=60),
    # bgpd drops the block with its locator; `no segment-routing srv6` would leave `no srv6-only` behind (RUN 10.7.1)
    _block("bgp-srv6", "bgp", r"segment-routing srv6", stands=False, rank=10),
    _block("address-family", "bgp", r"address-family \S+ \S+", stands=False, rank=20, closing="exit-address-family"),
    _block("isis-srv6", "isis", r"segment-routing srv6", stands=True, rank=10),
    _block("node-msd", "isis-srv6", r"node-msd", stands=False, rank=10),
    _block("srv6", "segment-routing", r"srv6", stands=False, rank=10),
    _block("encapsulation", "srv6", r"encapsulation", stands=False, rank=10),
    _block("locators", "srv6", r"locators", stands=False, rank=20),
    _block("formats", "srv6", r"formats", stands=False, rank=25),  # 10.3 prints those that it brings, empty
    _block("format", "formats", r"format \S+", stands=False, rank=10),
    _block("static-sids", "srv6", r"static-sids", stands=False, rank=30),
    _block("locator", "locators", r"locator \S+", stands=True, rank=10),
)

UNKNOWN: Final = "unknown"
"""The kind of a block that only its indentation shows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one kind of line is identified and taken back.

    `words` is matched word by word, `*` for any one, `**` at the end for the rest; the first `keep` words are the
    line's identity. `undo` is what takes it back: words by number in braces; default `no` and the whole line. `cycle`:
    an old value must be taken back before a new one is given.
    """

    kind: str
    words: tuple[str, ...]
    keep: int
    undo: str = ""
    cycle: bool = False


def _rule(kind: str, words: str, keep: int, undo: str = "", *, cycle: bool = False) -> Rule:
    return Rule(kind, tuple(words.split()), keep, undo, cycle)


RULES: Final = (
    _rule("", "hostname *", 1),
    _rule("", "frr defaults *", 2),
    _rule("interface", "description **", 1, "no description"),  # `no description TEXT` is unknown to zebra
    _rule("interface", "isis metric *", 2, "no isis metric"),
    _rule("interface", "isis circuit-type *", 2, "no isis circuit-type"),
    _rule("interface", "isis hello-interval *", 2, "no isis hello-interval"),
    _rule("interface", "isis hello-multiplier *", 2, "no isis hello-multiplier"),
    _rule("interface", "isis network *", 2),
    _rule("interface", "ipv6 router isis *", 3),
    _rule("interface", "ip router isis *", 3),
    _rule("bgp", "bgp router-id *", 2, "no bgp router-id"),
    # bgpd ignores a new SID while one is set, without a word
    _rule("bgp", "sid vpn per-vrf export **", 4, cycle=True),
    _rule("bgp", "neighbor * remote-as *", 3, "no neighbor {1}"),
    _rule("bgp", "neighbor * description **", 3, "no neighbor {1} description"),
    _rule("bgp", "neighbor * update-source *", 3, "no neighbor {1} update-source"),
    _rule("bgp", "neighbor * password *", 3, "no neighbor {1} password"),
    _rule("bgp", "neighbor * timers *", 3, "no neighbor {1} timers"),
    _rule("bgp", "neighbor * timers * *", 3, "no neighbor {1} timers"),
    _rule("bgp-srv6", "locator *", 1),
    _rule("address-family", "rd vpn export *", 3),
    _rule("address-family", "nexthop vpn export *", 3),
    _rule("address-family", "rt vpn both **", 3),
    _rule("address-family", "rt vpn import **", 3),
    _rule("address-family", "rt vpn export **", 3),
    _rule("isis", "is-type *", 1, "no is-type"),
    _rule("isis", "metric-style *", 1, "no metric-style"),
    _rule("isis-srv6", "locator *", 1),
    _rule("encapsulation", "source-address *", 1, "no source-address"),
    _rule("locator", "prefix **", 1),
    _rule("locator", "behavior *", 1),
    _rule("locator", "format *", 1),
)

ROUTE_OPTIONS: Final = frozenset(
    ("bfd", "color", "label", "metric", "nexthop-vrf", "onlink", "segments", "table", "tag", "vrf", "weight")
)
"""Words that end the next hop of a static route. FRR holds one path per prefix and next hop: a second line for the
same next hop replaces the first, whatever its distance (RUN 10.7.1)."""

HEADER: Final = re.compile(r"(Building configuration\.\.\.|Current configuration:.*|frr version .*|end)$")
"""What `show running-config` prints that is not configuration."""

CLOSINGS: Final = frozenset(("exit", "quit", "exit-vrf", "exit-address-family"))

SECRETS: Final = frozenset(("password", "key-string", "key", "md5", "authentication-key", "passphrase"))
"""Words after which a secret stands: `neighbor X password SECRET`, `isis password md5 SECRET`."""


_BLOCKS_IN: Final = {parent: [one for one in BLOCKS if one.parent == parent] for parent in (b.parent for b in BLOCKS)}
_RULES_IN: Final = {kind: [one for one in RULES if one.kind == kind] for kind in (rule.kind for rule in RULES)}


def block_of(kind: str, line: str) -> Block | None:
    """The block that `line` opens inside a block of `kind`."""
    return next((block for block in _BLOCKS_IN.get(kind, ()) if block.opening.fullmatch(line)), None)


def rule_of(kind: str, line: str) -> Rule | None:
    """The rule for a plain line inside a block of `kind`."""
    words = line.split()
    return next((rule for rule in _RULES_IN.get(kind, ()) if _matches(rule.words, words)), None)


def _matches(pattern: tuple[str, ...], words: list[str]) -> bool:
    if pattern[-1] == "**":
        pattern, words = pattern[:-1], words[: len(pattern) - 1]
    return len(pattern) == len(words) and all(want in ("*", word) for want, word in zip(pattern, words, strict=True))


def normal(kind: str, line: str) -> str:
    """`line` without a default that some releases print: 10.3 says a locator's 16 bits of function."""
    return line.removesuffix(" func-bits 16") if kind == "locator" else line


def identity(kind: str, line: str) -> str:
    """What makes `line` the line it is: two lines of one identity exclude each other."""
    positive = line.removeprefix("no ")
    words = positive.split()
    if words[:2] in (["ip", "route"], ["ipv6", "route"]):
        return " ".join(words[: _end_of_next_hop(words)])
    rule = rule_of(kind, positive)
    return " ".join(words[: rule.keep]) if rule else positive


def _end_of_next_hop(words: list[str]) -> int:
    for number, word in enumerate(words[4:], start=4):
        if word in ROUTE_OPTIONS or word.isdigit():
            return number
    return len(words)


def undo(kind: str, line: str) -> str:
    """The line that takes `line` back."""
    if line.startswith("no "):
        return line.removeprefix("no ")
    rule = rule_of(kind, line)
    return rule.undo.format(*line.split()) if rule and rule.undo else f"no {line}"
