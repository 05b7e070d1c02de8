"""The `linux` part: one `ip`, `sysctl`, `tc` or `nft` command a line, in one normal form, as a tree, and back.

FRR routes; the kernel below it carries links, rates and marks. Every object of the kernel that netwright can own has
exactly one way to be said here, so that what was sent and what is read back compare as text. `KINDS` is that list: how
a command looks, what identifies its object, how the object is taken back, and its place in the order.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from netwright.errors import ConfigParseError
from netwright.tree import Line, Tree

ROOT: Final = "linux"
"""The first step of every path of this part."""

NFT_TABLE: Final = "inet netwright"
"""The one nftables table that is ours; no other is read or touched."""

SYSCTL_DEFAULTS: Final = {"net/vrf/strict_mode": "0"}
"""Kernel defaults other than 0."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of kernel object. Templates use the names of the groups of `command`."""

    name: str
    command: re.Pattern[str]
    identity: str
    undo: str
    rank: int  # additions in this order, removals against it
    replace: str = ""  # "" when the command itself replaces


_DEV = r"(?P<dev>[\w.:@-]+)"
_CLASSID = r"(?P<classid>[0-9a-f]+:[0-9a-f]+)"
_WORD = r"[\w./-]+"


def _kind(name: str, command: str, identity: str, undo: str, rank: int, replace: str = "") -> Kind:
    return Kind(name, re.compile(command), identity, undo, rank, replace)


KINDS: Final = (
    _kind(
        "link",
        r"ip link add (link (?P<parent>[\w.-]+) )?name (?P<dev>[\w.-]+) type (?P<type>vrf table \d+|dummy|vlan id \d+)",
        "ip link {dev}",
        "ip link del dev {dev}",
        10,
        "ip link del dev {dev}\n{line}",
    ),
    _kind("sysctl", r"sysctl -w (?P<key>[\w./-]+)=(?P<value>-?\d+)", "sysctl {key}", "sysctl -w {key}={default}", 20),
    _kind(
        "mtu", rf"ip link set dev {_DEV} mtu (?P<mtu>\d+)", "ip link {dev} mtu", "ip link set dev {dev} mtu 1500", 30
    ),
    _kind(
        "master",
        rf"ip link set dev {_DEV} master (?P<master>[\w.-]+)",
        "ip link {dev} master",
        "ip link set dev {dev} nomaster",
        31,
    ),
    _kind("up", rf"ip link set dev {_DEV} up", "ip link {dev} up", "ip link set dev {dev} down", 32),
    _kind(
        "address",
        rf"ip address add (?P<address>[0-9a-f.:]+/\d+) dev {_DEV}",
        "ip address {address} dev {dev}",
        "ip address del {address} dev {dev}",
        33,
    ),
    _kind(
        "route",
        r"ip (?P<family>-4|-6) route add (?P<route>(?:unreachable default|throw \S+) table \d+ metric \d+)",
        "ip {family} route {route}",
        "ip {family} route del {route}",
        34,
    ),
    _kind(
        "segment-route",  # of IPv4, where FRR has none (10.3); nearer than what zebra installs
        r"ip -4 route add (?P<prefix>[0-9.]+/\d+) encap seg6 mode encap segs (?P<sids>[0-9a-f:,]+) "
        r"dev (?P<port>[\w.-]+) vrf (?P<vrf>[\w.-]+) metric 10",
        "ip -4 route {prefix} vrf {vrf}",
        "ip -4 route del {prefix} vrf {vrf} metric 10",
        35,
        "ip -4 route replace {prefix} encap seg6 mode encap segs {sids} dev {port} vrf {vrf} metric 10",
    ),
    _kind(
        "root-qdisc",
        rf"tc qdisc replace dev {_DEV} root handle (?P<handle>[0-9a-f]+:) (?P<options>htb default 0x[0-9a-f]+)",
        "tc qdisc dev {dev} root",
        "tc qdisc del dev {dev} root",
        40,
        "tc qdisc del dev {dev} root\n{line}",
    ),
    _kind(
        "class",
        rf"tc class replace dev {_DEV} parent (?P<parent>[0-9a-f]+:[0-9a-f]*) classid {_CLASSID} "
        r"htb( prio \d+)? rate \d+bit ceil \d+bit",
        "tc class dev {dev} classid {classid}",
        "tc class del dev {dev} classid {classid}",
        41,
    ),
    _kind(
        "leaf-qdisc",
        rf"tc qdisc replace dev {_DEV} parent {_CLASSID} handle (?P<handle>[0-9a-f]+:) "
        r"(?P<options>bfifo limit \d+|red limit \d+ min \d+ max \d+ avpkt \d+ bandwidth \w+( ecn)?)",
        "tc qdisc dev {dev} parent {classid}",
        "tc qdisc del dev {dev} parent {classid}",
        43,
    ),
    _kind(
        "clsact",
        rf"tc qdisc replace dev {_DEV} clsact",
        "tc qdisc dev {dev} clsact",
        "tc qdisc del dev {dev} clsact",
        44,
    ),
    _kind(
        "police",
        rf"tc filter add dev {_DEV} ingress protocol all prio 1 u32 match u32 0 0 "
        r"action police rate \d+[KMGT]?bit burst \d+Kb mtu 65535 drop",
        "tc filter dev {dev} ingress",
        "tc filter del dev {dev} ingress prio 1",
        45,
        "tc filter del dev {dev} ingress prio 1\n{line}",
    ),
    _kind("table", rf"nft add table {NFT_TABLE}", "nft table", f"nft delete table {NFT_TABLE}", 50),
    _kind(
        "map",
        rf"nft 'add map {NFT_TABLE} (?P<map>{_WORD}) \{{ (?P<spec>type [^{{}}]+;) \}}'",
        "nft map {map}",
        f"nft delete map {NFT_TABLE} {{map}}",
        51,
        f"nft delete map {NFT_TABLE} {{map}}\n{{line}}",
    ),
    _kind(
        "set",
        rf"nft 'add set {NFT_TABLE} (?P<set>{_WORD}) \{{ (?P<spec>type [^{{}}]+;) \}}'",
        "nft set {set}",
        f"nft delete set {NFT_TABLE} {{set}}",
        51,
        f"nft delete set {NFT_TABLE} {{set}}\n{{line}}",
    ),
    _kind(
        "chain",
        rf"nft 'add chain {NFT_TABLE} (?P<chain>{_WORD}) \{{ (?P<spec>type filter hook \w+ priority -?\d+ ;) \}}'",
        "nft chain {chain}",
        f"nft delete chain {NFT_TABLE} {{chain}}",
        52,
        f"nft delete chain {NFT_TABLE} {{chain}}\n{{line}}",
    ),
    _kind(
        "rule",  # each chain of ours holds one rule: a rule has no name, its chain has
        rf"nft 'add rule {NFT_TABLE} (?P<chain>{_WORD}) (?P<rule>[^']+)'",
        "nft rule {chain}",
        f"nft flush chain {NFT_TABLE} {{chain}}",
        53,
        f"nft 'flush chain {NFT_TABLE} {{chain}} ; add rule {NFT_TABLE} {{chain}} {{rule}}'",  # one kernel transaction
    ),
    _kind(
        "element",
        rf"nft 'add element {NFT_TABLE} (?P<map>{_WORD}) \{{ (?P<key>[^{{}}]+?) : (?P<value>[^ {{}}]+) \}}'",
        "nft element {map} {key}",
        f"nft 'delete element {NFT_TABLE} {{map}} {{{{ {{key}} }}}}'",
        54,
        f"nft 'delete element {NFT_TABLE} {{map}} {{{{ {{key}} }}}} ; add element {NFT_TABLE} {{map}} "
        f"{{{{ {{key}} : {{value}} }}}}'",
    ),
    _kind(
        "member",
        rf"nft 'add element {NFT_TABLE} (?P<set>{_WORD}) \{{ (?P<key>(?:(?! : )[^{{}}])+?) \}}'",
        "nft member {set} {key}",
        f"nft 'delete element {NFT_TABLE} {{set}} {{{{ {{key}} }}}}'",
        54,
    ),
)

VANISH_WITH_LINK: Final = frozenset(
    ("mtu", "master", "up", "address", "root-qdisc", "class", "leaf-qdisc", "clsact", "police")
)
"""What the kernel takes away together with its interface."""

_DEVICE_KEY = re.compile(r"net/ipv[46]/conf/(?P<dev>[^/]+)/")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of this part, understood."""

    kind: Kind
    line: str
    facts: dict[str, str]
    identity: str  # what makes the object the object it is

    @property
    def undo(self) -> str:
        """The command that takes the object back: a sysctl returns to the kernel's default."""
        default = SYSCTL_DEFAULTS.get(self.facts.get("key", ""), "0")
        return self.kind.undo.format(**self.facts, default=default)

    @property
    def replacement(self) -> str:
        """The command, or the commands a line each, that put this in place of another value."""
        return self.kind.replace.format(**self.facts, line=self.line) if self.kind.replace else self.line

    @property
    def device(self) -> str:
        """The interface that the object lives on, or `""`."""
        key = _DEVICE_KEY.match(self.facts.get("key", ""))
        return key["dev"] if key else self.facts.get("dev", "")


def understand(line: str, number: int = 0) -> Command:
    """Read one command. ConfigParseError when it is none that netwright writes."""
    command = _known(line)
    if command is None:
        raise ConfigParseError("not a command of netwright's Linux side", number, line)
    return command


@lru_cache(maxsize=1 << 16)  # a line is read, ordered, compared and written: it is understood once
def _known(line: str) -> Command | None:
    for kind in KINDS:
        match = kind.command.fullmatch(line)
        if match:
            facts = {name: value for name, value in match.groupdict().items() if value is not None}
            return Command(kind, line, facts, kind.identity.format(**facts))
    return None


def arguments(line: str) -> list[str]:
    """The words of a command, as a shell reads them."""
    return shlex.split(line)


def parse(text: str) -> Iterator[Line]:
    """Yield the leaves of a text. Empty lines and comments (`#`, `!`) are none."""
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if line and line[0] not in "#!":
            yield Line((ROOT, understand(line, number).identity), line, number)


def text(tree: Tree) -> str:
    """Write the leaves of this part, each after what it needs."""
    commands = sorted((understand(value) for value in of_part(tree).values()), key=order)
    return "".join(f"{command.line}\n" for command in commands)


def of_part(tree: Tree) -> dict[tuple[str, ...], str]:
    """The leaves of `tree` that belong to this part."""
    return {path: value for path, value in tree.items() if path[0] == ROOT}


def order(command: Command) -> tuple[int, tuple[int, ...], str]:
    """The place of a command among additions: a link before what lives on it, a class after its parent."""
    return command.kind.rank, _depth(command), command.line


def _depth(command: Command) -> tuple[int, ...]:
    """Links without a parent first; classes by the level that they hang at: 1:, then 1:1, then below one of its own."""
    if command.kind.name == "class":
        return (("1:", "1:1").index(parent) if (parent := command.facts["parent"]) in ("1:", "1:1") else 2,)
    return (1 if command.facts.get("parent") else 0,)
