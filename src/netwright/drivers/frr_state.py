"""What the Linux side of a box runs, read from the kernel's own tools and said in netwright's normal form.

Only what netwright can own is said; kernel defaults are left out, so that a box without netwright's objects reads as
none. The rules:

* links of type vrf, vlan and dummy are objects; of every interface but lo: that it is up, and an MTU other than 1500
  (always for a VLAN, which would else inherit its parent's; never for a VRF, whose MTU means nothing);
* `master` only where it is a VRF; addresses only of VLANs and of members of a VRF: FRR holds the others;
* routes: unreachable defaults with a metric, in tables of their own, and IPv4 routes with segments in those of VRFs,
  where FRR has none (10.3);
* the sysctls of `sysctls_of` that are not 0, asked by name: `sysctl -a` reads the whole of /proc/sys to leave it out;
* HTB as root with its classes, bfifo and red below them (its bursts and quanta are tc's own arithmetic and not ours),
  and the policer of an ingress, which tc tells as text only;
* the nftables table `inet netwright`, and no other.

It uses the standard library only, because it also runs on the box (`frr_box.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from netwright.errors import ConfigParseError
from netwright.platforms.frr import linux
from netwright.tree import tree_of

Ask: TypeAlias = Callable[[Sequence[str]], str]
"""Run a command on the box and return what it printed; `""` when it failed."""


@runtime_checkable
class Together(Protocol):
    """One who can fetch several answers in one trip to the box: `ahead` fetches, each `ask` then takes its own."""

    def ahead(self, commands: Sequence[Sequence[str]]) -> None:
        """These are asked next."""


def ahead(ask: Ask, commands: Sequence[Sequence[str]]) -> None:
    """Say what is asked next, to whom it saves trips."""
    if isinstance(ask, Together):
        ask.ahead(commands)


SYSCTLS: Final = (
    "net/ipv4/ip_forward",
    "net/ipv6/conf/all/forwarding",
    "net/ipv6/conf/all/seg6_enabled",
    "net/vrf/strict_mode",
)
"""The sysctls of the whole box; each interface has its own `seg6_enabled`."""

_AT_ONCE: Final = 200
"""Keys in one command: it must fit a packet of SSH."""

ADDRESSES: Final = ("ip", "-j", "-d", "address", "show")
ROUTES_4: Final = ("ip", "-j", "-4", "route", "show", "table", "all", "type", "unreachable")
ROUTES_6: Final = ("ip", "-j", "-6", "route", "show", "table", "all", "type", "unreachable")
SEGMENTS_4: Final = ("ip", "-j", "-4", "route", "show", "table", "all", "type", "unicast", "proto", "boot")
THROWN_6: Final = ("ip", "-j", "-6", "route", "show", "table", "all", "type", "throw")
QDISCS: Final = ("tc", "-j", "qdisc", "show")
NFT: Final = ("nft", "-nn", "list", "table", "inet", "netwright")
FIRST: Final = (ADDRESSES, QDISCS, ROUTES_4, SEGMENTS_4, ROUTES_6, THROWN_6, NFT)
"""What depends on no answer."""


def sysctls_of(interfaces: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The commands that print what netwright can own of the sysctls; a key that the kernel lacks is left out (-e)."""
    keys = (*SYSCTLS, *(f"net/ipv6/conf/{name}/seg6_enabled" for name in interfaces))
    for start in range(0, len(keys), _AT_ONCE):
        yield ("sysctl", "-e", *keys[start : start + _AT_ONCE])


def classes_of(device: str) -> tuple[str, ...]:
    """The command that lists the classes of an interface."""
    return ("tc", "-j", "class", "show", "dev", device)


def ingress_of(device: str) -> tuple[str, ...]:
    """The command that lists the filters of an interface's ingress."""
    return ("tc", "filter", "show", "dev", device, "ingress")


def read(ask: Ask) -> str:
    """The `linux` part of the running configuration, in the order that `linux.text` gives."""
    lines: list[str] = []
    ahead(ask, FIRST)
    interfaces, qdiscs = rows(ask(ADDRESSES)), rows(ask(QDISCS))
    sysctls = list(sysctls_of([str(row["ifname"]) for row in interfaces]))
    devices = shapers(qdiscs)
    ahead(ask, [*sysctls, *map(classes_of, devices), *map(ingress_of, policed(qdiscs))])
    lines += _links(interfaces)
    lines += _routes("-4", rows(ask(ROUTES_4)))
    lines += segment_routes(interfaces, rows(ask(SEGMENTS_4)))
    lines += _routes("-6", [*rows(ask(ROUTES_6)), *rows(ask(THROWN_6))])
    for command in sysctls:
        lines += _sysctls(ask(command))
    lines += _qdiscs(qdiscs)
    for device in devices:
        lines += _classes(device, rows(ask(classes_of(device))))
    lines += ingress(ask, qdiscs)
    lines += nft_lines(ask(NFT))
    return linux.text(tree_of(linux.parse("\n".join(line for line in lines if ownable(line)))))


def shapers(qdiscs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The interfaces with HTB at their root."""
    return sorted({str(row["dev"]) for row in qdiscs if row.get("kind") == "htb" and row.get("root")})


def policed(qdiscs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The interfaces with an ingress of their own."""
    return sorted({str(row["dev"]) for row in qdiscs if row.get("kind") == "clsact"})


def ingress(ask: Ask, qdiscs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The ingress of each interface that has one, with its policer."""
    for device in policed(qdiscs):
        yield f"tc qdisc replace dev {device} clsact"
        yield from _policers(device, ask(ingress_of(device)))


def rows(text: str) -> list[dict[str, Any]]:
    """The objects of a JSON list; none for an empty answer."""
    return [row for row in json.loads(text) if row] if text.strip() else []


def ownable(line: str) -> bool:
    """Whether netwright could have written the line: a name that it never gives is somebody else's object."""
    try:
        linux.understand(line)
    except ConfigParseError:
        return False
    return True


def _links(interfaces: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kinds = {row["ifname"]: row.get("linkinfo", {}).get("info_kind", "") for row in interfaces}
    for row in interfaces:
        name, kind = row["ifname"], kinds[row["ifname"]]
        data = row.get("linkinfo", {}).get("info_data", {})
        if kind == "vrf":
            yield f"ip link add name {name} type vrf table {data['table']}"
        elif kind == "dummy":
            yield f"ip link add name {name} type dummy"
        elif kind == "vlan":
            yield f"ip link add link {row['link']} name {name} type vlan id {data['id']}"
        if name != "lo":
            yield from _attributes(row, kind, kinds)


def _attributes(row: Mapping[str, Any], kind: str, kinds: Mapping[str, str]) -> Iterator[str]:
    name = row["ifname"]
    if kind == "vlan" or (kind != "vrf" and row["mtu"] != 1500):
        yield f"ip link set dev {name} mtu {row['mtu']}"
    if "UP" in row["flags"]:
        yield f"ip link set dev {name} up"
    member = kinds.get(row.get("master", "")) == "vrf"
    if member:
        yield f"ip link set dev {name} master {row['master']}"
    if member or kind == "vlan":
        for address in row.get("addr_info", ()):
            if address.get("scope") == "global":
                yield f"ip address add {address['local']}/{address['prefixlen']} dev {name}"


def _routes(family: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in found:
        thrown = row.get("type") == "throw"
        if (thrown or row.get("dst") == "default") and "metric" in row and str(row.get("table", "")).isdigit():
            what = f"throw {row['dst']}" if thrown else "unreachable default"
            yield f"ip {family} route add {what} table {row['table']} metric {row['metric']}"


def segment_routes(interfaces: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The kernel's own IPv4 routes with segments in the tables of VRFs."""
    data = {row["ifname"]: row.get("linkinfo", {}) for row in interfaces}
    vrfs = {str(one["info_data"]["table"]): name for name, one in data.items() if one.get("info_kind") == "vrf"}
    for row in found:
        encap, vrf = row.get("encap"), vrfs.get(str(row.get("table", "")))
        if isinstance(encap, Mapping) and encap.get("encap_type") == "seg6" and vrf and "metric" in row:
            way = f"encap seg6 mode {encap['mode']} segs {','.join(encap['segs'])} dev {row['dev']}"
            yield f"ip -4 route add {row['dst']} {way} vrf {vrf} metric {row['metric']}"


def _sysctls(text: str) -> Iterator[str]:
    for line in text.splitlines():
        key, equals, value = (part.strip() for part in line.partition("="))
        if equals and value != "0":
            yield f"sysctl -w {key.translate(_SWAP)}={value}"


_SWAP: Final = str.maketrans("./", "/.")
"""sysctl prints `net.ipv6.conf.eth3/300.seg6_enabled`; with slashes outside, the dots of a name stay dots."""


def _qdiscs(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in found:
        options, device = row.get("options", {}), row["dev"]
        if row["kind"] == "htb" and row.get("root"):
            default = int(str(options.get("default", "0")), 16)
            yield f"tc qdisc replace dev {device} root handle {row['handle']} htb default 0x{default:x}"
        elif row["kind"] == "bfifo" and "parent" in row:
            head = f"tc qdisc replace dev {device} parent {row['parent']} handle {row['handle']}"
            yield f"{head} bfifo limit {options['limit']}"
        elif row["kind"] == "red" and "parent" in row:
            head = f"tc qdisc replace dev {device} parent {row['parent']} handle {row['handle']}"
            thresholds = f"limit {options['limit']} min {options['min']} max {options['max']}"
            ecn = " ecn" if options.get("ecn") else ""
            yield f"{head} red {thresholds} avpkt 1500 bandwidth 10gbit{ecn}"


def _classes(device: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for row in found:
        if row["class"] != "htb":  # red lists a class of its own, without rates
            continue
        handle = row["handle"]
        parent = row.get("parent") or f"{handle.partition(':')[0]}:"
        prio = f" prio {row['prio']}" if row.get("prio") else ""
        rates = f"rate {row['rate'] * 8}bit ceil {row['ceil'] * 8}bit"
        yield f"tc class replace dev {device} parent {parent} classid {handle} htb{prio} {rates}"


_POLICER: Final = re.compile(r"\bpolice 0x\w+ rate (\d+[KMGT]?bit) burst ([\d.e+]+)(Mb|Kb|b) mtu 64Kb action drop\b")
_SIZES: Final = {"b": 1, "Kb": 1024, "Mb": 1024 * 1024}


def _policers(device: str, listing: str) -> Iterator[str]:
    """The policer of a u32 filter that takes everything; its burst, a time in the kernel, is rounded to whole 4 KiB."""
    match = _POLICER.search(listing)
    if match and " u32 " in listing and "match 00000000/00000000 at 0" in listing:
        burst = round(float(match[2]) * _SIZES[match[3]] / 4096) * 4
        head = f"tc filter add dev {device} ingress protocol all prio 1 u32 match u32 0 0"
        yield f"{head} action police rate {match[1]} burst {burst}Kb mtu 65535 drop"


_HEX: Final = re.compile(r"\b0x([0-9a-f]+)\b")
_BYTES: Final = re.compile(r"\b(\d+) (kbytes|mbytes)\b")
_UNITS: Final = {"kbytes": 1024, "mbytes": 1024 * 1024}


def _plain(text: str) -> str:
    """Numbers as netwright writes them: decimal, and bytes rather than nft's kbytes of 1024."""
    text = _HEX.sub(lambda match: str(int(match[1], 16)), text)
    return _BYTES.sub(lambda match: f"{int(match[1]) * _UNITS[match[2]]} bytes", text)


def nft_lines(listing: str) -> Iterator[str]:
    """The commands that make the table that `nft -nn list table inet netwright` printed."""
    if listing.strip():
        yield f"nft add table {linux.NFT_TABLE}"
    for kind, name, body in _nft_objects(listing):
        if kind in ("map", "set"):
            yield from _nft_map(kind, name, body)
        elif kind == "chain":
            yield from _nft_chain(name, body)


def _nft_objects(listing: str) -> Iterator[tuple[str, str, list[str]]]:
    """The blocks of a table: kind, name, and the lines inside, elements joined to one."""
    for block in re.finditer(r"^\t(map|set|chain) (\S+) \{\n(.*?)^\t\}", listing, re.DOTALL | re.MULTILINE):
        joined = re.sub(r",\s*\n\s*", ", ", block[3])
        yield block[1], block[2], [line.strip() for line in joined.splitlines() if line.strip()]


def _nft_map(kind: str, name: str, body: Sequence[str]) -> Iterator[str]:
    spec = " ".join(f"{line} ;" for line in body if not line.startswith("elements"))
    yield f"nft 'add {kind} {linux.NFT_TABLE} {name} {{ {spec} }}'"
    for line in body:
        if line.startswith("elements"):
            inside = line.partition("{")[2].rpartition("}")[0]
            for element in inside.split(","):
                yield f"nft 'add element {linux.NFT_TABLE} {name} {{ {_plain(element.strip())} }}'"


def _nft_chain(name: str, body: Sequence[str]) -> Iterator[str]:
    for line in body:
        if line.startswith("type filter hook"):
            yield f"nft 'add chain {linux.NFT_TABLE} {name} {{ {line.partition(';')[0]} ; }}'"
        else:
            yield f"nft 'add rule {linux.NFT_TABLE} {name} {_plain(line)}'"
