"""What a Huawei router demands beyond its YANG modules: rules that stand in descriptions and guides only.

What the modules say themselves (a slice id of the colour map, the discriminator of a path, the order of two rates) is
not repeated here: `validate --yang` holds it against them. Each rule names its source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from netwright.platforms.base import Broken
from netwright.platforms.huawei import keys
from netwright.tree import Path, Tree

_INTERFACES = ("huawei-ifm:ifm", "interfaces")
_SLICES, _BASIC = "huawei-net-slice:net-slices", "huawei-net-slice:net-slice-binding"
_DOT1Q = ("huawei-ethernet:ethernet", "l3-sub-interface", "vlan-type-dot1q", "vlan-type-vid")
_PORT = re.compile(r"[^0-9]*[0-9]*[A-Za-z]+(?P<position>\d+/\d+/\d+)")
_PAIRS = {"route-distinguisher": "route distinguisher", "vrf-rt-value": "route target", "value": "route target"}


def broken(tree: Tree, weighted_paths: object) -> Iterator[Broken]:
    """The rules that a configuration breaks. `weighted_paths`: how many weighted lists the router forwards over."""
    yield from _weights(tree, weighted_paths if isinstance(weighted_paths, int) else 0)
    yield from _pairs(tree)
    yield from _slices(tree)
    yield from _flexe_ports(tree)
    yield from _trunk_members(tree)
    yield from _binding_sids(tree)


def _weights(tree: Tree, paths: int) -> Iterator[Broken]:
    """A list whose weight is below the sum by the number of paths forwards nothing (command reference, SRv6 policy)."""
    lists: dict[Path, dict[Path, int]] = defaultdict(dict)
    for path in tree:
        if len(path) > 4 and path[-1] == "name" and "candidate-path[" in path[-4]:
            said = tree.get((*path[:-1], "weight"), "1")
            lists[path[:-3]][path[:-1]] = int(said) if said.isdecimal() else 1
    for weights in lists.values():
        total = sum(weights.values())
        for entry, weight in weights.items():
            if paths > 0 and weight * paths < total:
                where = (*entry, "weight") if (*entry, "weight") in tree else (*entry, "name")
                message = (
                    f"weight {weight} of {total} over {paths} paths forwards nothing: at least {-(-total // paths)}"
                )
                yield Broken(where, message)


def _pairs(tree: Tree) -> Iterator[Broken]:
    """RD and RT are AS:number or IPv4:number (RFC 4364, section 4.2); the modules only know their length."""
    for path, value in tree.items():
        what = _PAIRS.get(path[-1])
        if what and _is_vpn(path) and not _is_pair(value):
            yield Broken(path, f"{value!r} is no {what}: AS:number or IPv4:number")


def _is_vpn(path: Path) -> bool:
    return path[-1] != "value" or (len(path) > 1 and path[-2].startswith("vpn-target["))


def _is_pair(value: str) -> bool:
    administrator, _, number = value.rpartition(":")
    if not number.isdecimal() or not number.isascii():
        return False
    if "." in administrator:
        return _is_address(administrator) and int(number) < 2**16
    if not administrator.isdecimal() or not administrator.isascii():
        return False
    asn = int(administrator)
    return asn < 2**32 and int(number) < (2**32 if asn < 2**16 else 2**16)


def _is_address(text: str) -> bool:
    """An IPv4 address, or a four-byte AS number in asdot (RFC 5396)."""
    words = text.split(".")
    if len(words) == 2:
        return all(word.isdecimal() and int(word) < 2**16 for word in words)
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


def _slices(tree: Tree) -> Iterator[Broken]:
    """Of one main interface and its sub-interfaces: each slice once, the basic slice among them (huawei-net-slice)."""
    found: dict[str, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    basic: list[tuple[str, Path]] = []
    for path, value in tree.items():
        if path[:2] == _INTERFACES and len(path) > 4 and path[-1] == "slice-id":
            name = _name(path[2])
            if path[3] == _SLICES:
                found[_main(name)][value].append(path)
            elif path[3] == _BASIC:
                basic.append((name, path))
    for main, slices in found.items():
        for number, paths in slices.items():
            for path in sorted(paths)[1:]:
                yield Broken(path, f"slice {number} is on {main} or one of its sub-interfaces already")
    for name, path in basic:
        if message := _basic_slice(name, path, tree, found):
            yield Broken(path, message)


def _basic_slice(name: str, path: Path, tree: Tree, found: Mapping[str, Mapping[str, object]]) -> str:
    """Why an interface cannot have its basic slice; a FlexE client's lies on the port's base client."""
    is_flexe = name.upper().startswith("FLEXE")
    vrf = tree.get((*path[:3], "vrf-name"), "_public_")
    if vrf != "_public_":
        return f"{name} is bound to the VRF {vrf}: it cannot have a basic slice"
    if is_flexe and (*path[:3], *_DOT1Q) in tree:
        return f"{name} is a FlexE interface that ends a VLAN: it cannot have a basic slice"
    number = tree[path]
    if not is_flexe and number not in found.get(_main(name), {}):
        return f"basic slice {number} needs slice {number} on {_main(name)} or one of its sub-interfaces"
    return ""


def _main(interface: str) -> str:
    return interface.partition(".")[0]


def _flexe_ports(tree: Tree) -> Iterator[Broken]:
    """A port in FlexE mode has no Ethernet interface: entering the mode deletes it (configuration guide, FlexE)."""
    enabled = {
        keys.split(path[-2])[1].get("position", "")
        for path, value in tree.items()
        if path[0] == "huawei-flexe:flexe" and path[-1] == "mode-enable" and value == "true"
    }
    for path in tree:
        if path[:2] == _INTERFACES and len(path) == 4 and path[3] == "name":
            name = _name(path[2])
            port = _PORT.fullmatch(_main(name))
            if port and port["position"] in enabled and not name.upper().startswith("FLEXE"):
                yield Broken(path, f"port {port['position']} is in FlexE mode: {name} does not exist any more")


def _trunk_members(tree: Tree) -> Iterator[Broken]:
    """The rate of a trunk's member cannot be limited, only the trunk's (configuration guide, QoS)."""
    members = {
        value: path
        for path, value in tree.items()
        if path[0] == _INTERFACES[0] and path[-1] == "name" and len(path) > 4 and path[-2].startswith("member[")
    }
    for path in tree:
        if path[:2] == _INTERFACES and len(path) > 6 and path[3:5] == ("huawei-qos:qos", "cars"):
            name = _name(path[2])
            if name in members and path[-1] == "direction":
                yield Broken(path, f"{name} is a member of a trunk: its rate cannot be limited, only the trunk's")


def _binding_sids(tree: Tree) -> Iterator[Broken]:
    """A SID has one behaviour (RFC 8986, section 3): a policy's binding SID is no opcode of a locator."""
    bound = [path for path in tree if path[-2:] == ("binding-sid", "value")]
    opcodes = {
        sid: keys.split(path[path.index("locators") + 1])[1].get("name", "")
        for path, value in (tree.items() if bound else ())
        if path[-1] == "value" and "opcodes" in path and (sid := _sid(path, value, tree)) is not None
    }
    for path in bound:
        if (sid := _address(tree[path])) in opcodes:
            yield Broken(path, f"{tree[path]} is the SID of an opcode of the locator {opcodes[sid]} already")


def _sid(path: Path, opcode: str, tree: Tree) -> IPv6Address | None:
    """The SID of an opcode: the prefix of its locator, and the opcode in the bits behind it."""
    prefix = _address(tree.get((*path[: path.index("locators") + 2], "prefix"), ""))
    function = _address(opcode)
    return None if prefix is None or function is None else IPv6Address(int(prefix) | int(function))


def _address(text: str) -> IPv6Address | None:
    try:
        return IPv6Address(text)
    except AddressValueError:
        return None


def _name(step: str) -> str:
    """The name in a step such as `interface[name='x']`; "" where it has none."""
    return keys.split(step)[1].get("name", "")
