"""The emulated FRR's configuration: nodes and lines, changed as vtysh changes them, printed as FRR prints them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_interface

from netwright.emulator.frr import grammar
from netwright.emulator.frr.grammar import Entry


@dataclass(slots=True)
class Node:
    """One node of the configuration with its lines, by key, and the nodes below it, by key."""

    kind: str
    line: str = ""
    rank: int = 0
    lines: dict[str, tuple[int, str]] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)

    def shown(self) -> bool:
        """Whether FRR prints the node: some vanish with their last line."""
        return bool(self.kind in grammar.STANDS or self.lines or any(node.shown() for node in self.nodes.values()))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A line that was not taken; `number` is its place in the file."""

    number: int
    line: str
    message: str
    unknown: bool

    @property
    def rejected(self) -> bool:
        """Whether mgmtd judged it, of which vtysh's exit code says nothing (RUN 10.7.1)."""
        return self.message.startswith("% Configuration failed.")


class Routing:
    """FRR's running configuration. `device_exists` asks the kernel whether an interface is there."""

    def __init__(self, device_exists: Callable[[str], bool], release: str = "10.7.1") -> None:
        self.root = Node("config")
        self._device_exists = device_exists
        self.ghosts: set[str] = set()  # locators whose SIDs stayed in the FIB when their IS-IS went with them
        self._unknown = grammar.UNKNOWN_TO.get(release)

    def apply(self, text: str) -> list[Refusal]:
        """Take the lines of a file one by one; what is wrong is told, and the others stay (`vtysh -f`)."""
        refused: list[Refusal] = []
        stack = [self.root]
        for number, raw in enumerate(text.splitlines(), start=1):
            line = " ".join(raw.split())
            if line and line[0] not in "!#" and line != "end":
                message, unknown = self._line(stack, line)
                if message:
                    refused.append(Refusal(number, line, message, unknown))
        return refused

    def _line(self, stack: list[Node], line: str) -> tuple[str, bool]:
        if line in ("exit", "quit", "exit-vrf", "exit-address-family"):
            if len(stack) > 1:
                stack.pop()
            return "", False
        if self._unknown and self._unknown.fullmatch(line):
            return f"% Unknown command: {line}", True
        for depth in range(len(stack), 0, -1):  # vtysh tries the nodes around, too
            found = grammar.find(stack[depth - 1].kind, line)
            if found:
                del stack[depth:]
                entry, match, negative = found
                return self._change(stack, entry, match, negative=negative, line=line), False
        return f"% Unknown command[21]: {line}", True

    def _change(self, stack: list[Node], entry: Entry, match: re.Match[str], *, negative: bool, line: str) -> str:
        facts = {name: value or "" for name, value in match.groupdict().items()}
        key = entry.key.format(line.removeprefix("no "), **facts).strip()
        node = stack[-1]
        if negative:
            return self._remove(node, entry, key, facts)
        if entry.enters:
            stack.append(node.nodes.setdefault(key, Node(entry.enters, line, entry.rank)))
            return ""
        return self._set(node, entry, key, facts, line)

    def _set(self, node: Node, entry: Entry, key: str, facts: dict[str, str], line: str) -> str:
        if node.kind in ("bgp", "af") and "n" in facts and not entry.key.endswith("1"):
            peers = {each for each in node.lines if each == f"neighbor {facts['n']} 1"}
            if not peers:
                return "% Specify remote-as or peer-group commands first"
        if (
            node.kind == "isis"
            and key.startswith("net ")
            and any(there.startswith("net ") and there[-17:-3] != key[-17:-3] for there in node.lines)
        ):
            why = "System ID must not change when defining additional area addresses"
            return f"% Configuration failed.\n\nError type: validation\nError description: {why}\n- {line}"
        if key == "sid vpn" and key in node.lines:
            return ""  # bgpd says nothing and keeps the old one
        if entry.default and facts.get("v") == entry.default:
            node.lines.pop(key, None)
            return ""
        node.lines[key] = (entry.rank, normal(line, facts))
        return ""

    def _remove(self, node: Node, entry: Entry, key: str, facts: dict[str, str]) -> str:
        if entry.enters in ("vrf", "interface") and self._device_exists(facts["v"]) and key in node.nodes:
            what = "VRFs" if entry.enters == "vrf" else "interfaces"
            return f"% only inactive {what} can be deleted"
        if entry.enters == "isis" and key in node.nodes and (srv6 := node.nodes[key].nodes.get("segment-routing srv6")):
            self.ghosts |= {line.removeprefix("locator ") for _, line in srv6.lines.values()}
        if entry.enters:
            if node.nodes.pop(key, None) is None and entry.enters in ("bgp", "locator"):
                return f"% Can't find {key}"
            return ""
        if key.endswith(" 1") and node.kind == "bgp":
            _forget_neighbor(node, facts["n"])
        node.lines.pop(key, None)
        return ""

    def lines(self, devices: Iterable[str] = ()) -> Iterator[str]:
        """The configuration as `show running-config` prints it, without its frame.

        `devices` are the kernel's VRFs: FRR shows each of them, configured or not.
        """
        shown = {f"vrf {name}": Node("vrf", f"vrf {name}", 20) for name in devices}
        yield from _print(Node("config", lines=self.root.lines, nodes=shown | self.root.nodes), "")

    def find(self, *keys: str) -> Node | None:
        """The node under these keys."""
        node: Node | None = self.root
        for key in keys:
            node = node.nodes.get(key) if node else None
        return node


def _forget_neighbor(node: Node, peer: str) -> None:
    for each in (node, *node.nodes.values()):
        for key in [key for key in each.lines if key.startswith(f"neighbor {peer} ")]:
            del each.lines[key]


def normal(line: str, facts: dict[str, str]) -> str:
    """A line as FRR prints it back: a locator's default lengths are left out, addresses are canonical."""
    if line.startswith("prefix "):
        return _locator_prefix(facts)
    words = line.split()
    return " ".join(_address(word) if ":" in word and re.fullmatch(r"[0-9a-f:./]+", word) else word for word in words)


def _address(word: str) -> str:
    try:
        if "/" in word and word.rpartition("/")[2].isdigit():
            return str(ip_interface(word))
        return "/".join(str(ip_address(part)) for part in word.split("/"))
    except ValueError:
        return word


def _locator_prefix(facts: dict[str, str]) -> str:
    prefix = ip_interface(facts["p"]).network
    block = facts["b"] if facts["b"] and int(facts["b"]) != prefix.prefixlen - 24 else ""
    node = facts["n"] if facts["n"] not in ("", "24") else ""
    function = facts["f"] if facts["f"] not in ("", "16") else ""
    words = [f" block-len {block}" if block else "", f" node-len {node}" if node else ""]
    return f"prefix {prefix}{''.join(words)}{f' func-bits {function}' if function else ''}"


_CLOSING = {"vrf": "exit-vrf", "af": "exit-address-family"}


def _print(node: Node, indent: str) -> Iterator[str]:
    items = [(rank, _order(line), line, None) for rank, line in node.lines.values()]
    blocks = [(below.rank, below.line, below.line, below) for below in node.nodes.values() if below.shown()]
    for _, _, line, below in sorted([*items, *blocks], key=lambda item: (item[0], item[1])):
        if below is None:
            yield f"{indent}{line}"
            continue
        if node.kind in ("config", "bgp"):
            yield "!" if node.kind == "config" else f"{indent}!"
        yield f"{indent}{line}"
        yield from _print(below, f"{indent} ")
        yield f"{indent}{_CLOSING.get(below.kind, 'exit')}"
        if below.kind in ("locator", "locators", "srv6"):
            yield f"{indent}!"


_NEIGHBOR_ORDER = (
    "remote-as",
    "password",
    "description",
    "update-source",
    "capability",
    "activate",
    "route-reflector-client",
)


def _order(line: str) -> str:
    words = line.split()
    if words[0] == "neighbor":
        return f"{words[1]} {_NEIGHBOR_ORDER.index(words[2])}"
    return line
