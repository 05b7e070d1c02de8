"""Writing ROSng configuration: a whole tree as text, a change as lines to type.

What is typed goes in one commit of a manual-commit session (`configure terminal manual`), removals first:

1. what must go, users before what they use (sections and lines in reverse order);
2. what comes or changes, what is used before its users.

A block that goes as a whole goes by its own removal form; a mode without an object (`qos`, `vlan-configuration`) and
a port are only emptied.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from netwright.platforms.zte.reading import WIDTH
from netwright.platforms.zte.rules import SECTIONS, Kind, recognise, removal
from netwright.tree import PRESENT, Delta, Path, Tree

INDENT = "  "


@dataclass(slots=True)
class _Node:
    """A line with what stands in its mode. `value` is None for a block that is there anyway."""

    step: str
    value: str | None = None
    children: dict[str, _Node] = field(default_factory=dict)

    @property
    def line(self) -> str:
        return self.value or self.step


def whole(tree: Tree) -> str:
    """Write `tree` with its sections, everything in canonical order."""
    lines: list[str] = []
    root = _nested(tree)
    for section in _sections(root):
        lines += [f"!<{section.step}>", *_body(section, f"!{section.step}", 0), f"!</{section.step}>"]
    return "".join(f"{_unmistakable(line)}\n" for line in lines)


def typed(delta: Delta) -> str:
    """Write the lines that lead from `delta.before` to `delta.after()`, to be typed in configuration mode."""
    lines = [*_removals(delta), *_additions(delta)]
    return "".join(f"{line}\n" for line in lines)


def _unmistakable(line: str) -> str:
    """A line that fills the terminal's width gets a blank at its end: nobody takes the next one for its rest."""
    return f"{line} " if len(line) == WIDTH else line


# ---- the whole ------------------------------------------------------------------------------------------------------


def _body(block: _Node, mode: str, depth: int) -> Iterator[str]:
    for node, kind in _ordered(block, mode):
        yield INDENT * depth + node.line
        if _is_block(node, kind):
            yield from _body(node, _mode(kind), depth + 1)
            yield f"{INDENT * depth}$"


def _is_block(node: _Node, kind: Kind) -> bool:
    return bool(node.children) or node.value == PRESENT or bool(kind.rule and kind.rule.enters)


def _mode(kind: Kind) -> str:
    return kind.rule.enters if kind.rule else ""


def _nested(tree: Tree) -> _Node:
    root = _Node("")
    for path, value in tree.items():
        node = root
        for step in path:
            node = node.children.setdefault(step, _Node(step))
        node.value = value
    return root


def _sections(root: _Node) -> list[_Node]:
    rank = {name: number for number, name in enumerate(SECTIONS)}
    return sorted(root.children.values(), key=lambda section: (rank.get(section.step, len(rank)), section.step))


def _ordered(block: _Node, mode: str) -> list[tuple[_Node, Kind]]:
    """The lines of a mode in the order of typing: by rule, what nests another policy last, then by number and name."""
    found = [(node, recognise(mode, node.line)) for node in block.children.values()]
    return sorted(
        found, key=lambda pair: (pair[1].order, _nests_a_policy(pair[0]), natural(pair[0].step), pair[0].line)
    )


def _nests_a_policy(node: _Node) -> bool:
    """A parent policy names its child, which must be there first."""
    return any(line.startswith("service-policy") for entry in node.children.values() for line in entry.children)


def natural(text: str) -> list[tuple[int, int, str]]:
    """A key that sorts numbers inside names as numbers."""
    return [(0, int(word), "") if word.isdigit() else (1, 0, word) for word in re.split(r"(\d+)", text) if word]


# ---- the change -----------------------------------------------------------------------------------------------------


def _additions(delta: Delta) -> Iterator[str]:
    root = _nested({**delta.add, **delta.replace})
    for section in _sections(root):
        yield from _enter(section, f"!{section.step}", (section.step,), 0, delta.before)


def _enter(block: _Node, mode: str, path: Path, depth: int, before: Tree) -> Iterator[str]:
    for node, kind in _ordered(_with_own_words(block, path, before), mode):
        yield INDENT * depth + node.line
        here = (*path, node.step)
        if _is_block(node, kind):
            yield from _enter(node, _mode(kind), here, depth + 1, before)
            yield f"{INDENT * depth}$"


def _with_own_words(block: _Node, path: Path, before: Tree) -> _Node:
    """Blocks that are there already are entered by the words they were made with."""
    for step, node in block.children.items():
        if node.value is None:
            node.value = before.get((*path, step)) or PRESENT
    return block


def _removals(delta: Delta) -> Iterator[str]:
    root = _nested({**delta.remove, **_first_removed(delta)})
    for section in reversed(_sections(root)):
        yield from _leave(section, f"!{section.step}", (section.step,), 0, delta)


def _first_removed(delta: Delta) -> dict[Path, str]:
    """The old values of lines that a new value does not replace by itself."""
    found = {}
    for path in delta.replace:
        kind = recognise(mode_of(path[:-1]), delta.before[path] or path[-1])
        if kind.rule and not kind.rule.again:
            found[path] = delta.before[path]
    return found


def _leave(block: _Node, mode: str, path: Path, depth: int, delta: Delta) -> Iterator[str]:
    for node, kind in reversed(_ordered(block, mode)):
        here = (*path, node.step)
        if node.value is not None and not _only_emptied(node, kind):
            yield INDENT * depth + removal(kind, node.line)
        elif node.children:
            yield INDENT * depth + (node.line if node.value is not None else delta.before.get(here) or node.step)
            yield from _leave(node, _mode(kind), here, depth + 1, delta)
            yield f"{INDENT * depth}$"


def _only_emptied(node: _Node, kind: Kind) -> bool:
    rule = kind.rule
    return rule is not None and (rule.container or bool(rule.fixed and re.fullmatch(rule.fixed, node.step)))


def mode_of(path: Path) -> str:
    """The mode in which the children of `path` stand."""
    mode = f"!{path[0]}"
    for step in path[1:]:
        mode = _mode(recognise(mode, step))
    return mode


# ---- transactions ---------------------------------------------------------------------------------------------------


def wiped(delta: Delta) -> Sequence[Path]:
    """What the device itself would lose by this change and what therefore goes first, to come back afterwards.

    * A new binding of an interface to a VRF drops the interface's addresses: the binding stands before the addresses
      (GEN6120), so with it they go. INFERRED; true of every CLI of this family.
    * A route distinguisher stands before route targets and EVPN lines (M-VPN), so a new one means a new VRF, without
      its interfaces, routes and BGP family meanwhile. INFERRED.
    """
    changed = {**delta.replace, **delta.remove}
    found: dict[Path, None] = {}
    for path in changed:
        if path[-1] == "rd" and path[0] == "vrf" and (*path[:-1],) not in delta.remove:
            found.update(dict.fromkeys(_of_vrf(delta.before, path[1].removeprefix("ip vrf "))))
        if path[-1] == "ip vrf forwarding" and (*path[:-1],) not in delta.remove:
            found.update(dict.fromkeys(_bound(delta.before, path[:-1])))
    fresh = [path for path in delta.add if path[-1] == "ip vrf forwarding"]
    for path in fresh:
        found.update(dict.fromkeys(_bound(delta.before, path[:-1])))
    return tuple(found)


def _bound(before: Tree, interface: Path) -> Iterator[Path]:
    for path in before:
        if path[:-1] == interface and path[-1].startswith(("ip vrf forwarding", "ip address", "ipv6 address")):
            yield path


def _of_vrf(before: Mapping[Path, str], name: str) -> Iterator[Path]:
    for path, value in before.items():
        if path[:2] == ("vrf", f"ip vrf {name}") or _names_vrf(path, name):
            yield path
        elif path[-1] == "ip vrf forwarding" and value.split()[-1] == name:
            yield from _bound(before, path[:-1])


def _names_vrf(path: Path, name: str) -> bool:
    words = path[-1].split() if path[0] != "bgp" else path[min(2, len(path) - 1)].split()
    return path[0] in {"bgp", "static", "ipv6-static-route"} and ["vrf", name] in (words[2:4], words[1:3], words[-2:])
