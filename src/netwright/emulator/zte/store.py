"""The configuration of an emulated ROSng router: sections of lines and modes, and what a command does to them.

Commands are applied one by one, as at a commit: each meets the configuration that the ones before it left. What the
grammar does not know (a baseline holds more than netwright ever sends) is kept as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TypeAlias

from netwright.emulator.zte.grammar import CONFIGURATION, SECTIONS, Command
from netwright.emulator.zte.words import Match, Mistake, filled, understand

Context: TypeAlias = tuple[str, ...]
"""Where a line stands: the section, then the keys of the modes around it; `()` is the top of the configuration."""

_HARDWARE = re.compile(r"interface (?:\w*gei-[^.]*|mgmt_eth)")
_NATURAL = re.compile(r"\d+|\D+")


class ConfigError(Exception):
    """The configuration does not take a line, for a reason of its meaning."""


@dataclass(slots=True)
class Node:
    """One line, and what stands in the mode that it opens."""

    line: str
    rank: int = 10_000
    vanishes: bool = False
    is_mode: bool = False
    children: dict[str, Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Action:
    """A typed line that the grammar understood."""

    command: Command
    mode: str
    context: Context
    match: Match
    negated: bool
    typed: str

    @property
    def key(self) -> str:
        """The line's name among its neighbours."""
        plain = self.match.line.removeprefix("no ") if self.negated else self.match.line
        return filled(self.command.key, self.match.words) if self.command.key else plain

    @property
    def inside(self) -> Context:
        """The context that the line opens."""
        return (*(self.context or (self.command.section,)), self.key)


def understood(mode: str, context: Context, line: str) -> Action | Mistake:
    """Read a line typed in a configuration mode."""
    commands = CONFIGURATION[mode]
    table = {spec: (command, negated) for command in commands for spec, negated in _specs(command)}
    found = understand(tuple(table), line)
    if isinstance(found, Mistake):
        return found
    command, negated = table[found.spec]
    return Action(command, mode, context, found, negated, line)


def _specs(command: Command) -> Iterator[tuple[str, bool]]:
    yield command.spec, False
    for spec in command.removals:
        yield spec, True


@dataclass(slots=True)
class Config:
    """A configuration."""

    sections: dict[str, Node] = field(default_factory=dict)

    def copy(self) -> Config:
        """An independent copy."""
        return deepcopy(self)

    def find(self, context: Sequence[str]) -> Node | None:
        """The node at a context, section first."""
        node = self.sections.get(context[0]) if context else None
        for key in context[1:]:
            node = node.children.get(key) if node else None
        return node

    def section(self, name: str) -> dict[str, Node]:
        """The lines of a section."""
        found = self.sections.get(name)
        return found.children if found else {}

    def interfaces(self) -> dict[str, Node]:
        """All interfaces by name."""
        return {key.removeprefix("interface "): node for key, node in self.section("if-intf").items()}

    # ---- changing ----

    def put(self, action: Action) -> None:
        """Add the line, or let it take the place of the one with its key."""
        parent = self._parent(action)
        if action.key == "shutdown":
            self._switch(parent, action)
            return
        have = parent.children.get(action.key)
        command = action.command
        if have is None:
            rank = CONFIGURATION[action.mode].index(command)
            parent.children[action.key] = Node(action.match.line, rank, command.vanishes, bool(command.enters))
        elif not command.enters:
            have.line = action.match.line

    def remove(self, action: Action) -> None:
        """Take the line away; ConfigError when there is none."""
        parent = self._parent(action)
        if action.key == "shutdown":
            self._switch(parent, action)
            return
        plain = action.match.line.removeprefix("no ")
        key = next((key for key, node in parent.children.items() if node.line == plain), action.key)
        if key not in parent.children:
            raise ConfigError("The configuration does not exist.")
        if _HARDWARE.fullmatch(key) and action.mode == "config":
            raise ConfigError("A physical interface cannot be deleted.")
        del parent.children[key]
        self._tidy()

    def _parent(self, action: Action) -> Node:
        context = action.context or (action.command.section,)
        if action.context:
            found = self.find(context)
            if found is None:
                raise ConfigError("The mode of this command does not exist any more.")
            return found
        return self.sections.setdefault(context[0], Node(""))

    @staticmethod
    def _switch(interface: Node, action: Action) -> None:
        """Ports are shut down by default and other interfaces are not: only what differs is shown."""
        hardware = _HARDWARE.fullmatch(f"interface {action.context[-1].removeprefix('interface ')}") is not None
        if action.negated == hardware:
            rank = CONFIGURATION["interface"].index(action.command)
            interface.children["shutdown"] = Node("no shutdown" if action.negated else "shutdown", rank)
        else:
            interface.children.pop("shutdown", None)

    def _tidy(self) -> None:
        for section in self.sections.values():
            _drop_empty(section)

    # ---- text ----

    def render(self, only: str = "") -> str:
        """The running configuration, or one section of it."""
        lines: list[str] = []
        for name in self._order():
            if (only and name != only) or not _shown(self.sections[name]):
                continue
            lines += [f"!<{name}>", *_rendered(self.sections[name], 0), f"!</{name}>"]
        return "".join(f"{line}\n" for line in lines)

    def _order(self) -> list[str]:
        known = {name: number for number, name in enumerate(SECTIONS)}
        return sorted(self.sections, key=lambda name: (known.get(name, len(known)), name))


def _drop_empty(node: Node) -> None:
    for key, child in list(node.children.items()):
        _drop_empty(child)
        if child.vanishes and not child.children:
            del node.children[key]


def _shown(node: Node) -> bool:
    return any(not child.vanishes or _shown(child) for child in node.children.values())


def _rendered(node: Node, depth: int) -> Iterator[str]:
    for child in sorted(node.children.values(), key=lambda found: (found.rank, _natural(found.line))):
        if child.vanishes and not _shown(child):
            continue
        yield "  " * depth + child.line
        if child.is_mode or child.children:
            yield from _rendered(child, depth + 1)
            yield "  " * depth + "$"


def _natural(text: str) -> list[tuple[bool, int, str]]:
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in _NATURAL.findall(text)]


# ---- reading a file -------------------------------------------------------------------------------------------------


def read_config(text: str) -> Config:
    """Read a running configuration, a baseline or what was saved; unknown lines stay as they are."""
    config = Config()
    section = ""
    stack: list[tuple[int, str, Context]] = []  # indent, mode inside, context inside
    for raw in text.splitlines():
        line = raw.strip()
        if line.startswith("!<"):
            section, stack = ("" if line.startswith("!</") else line[2:-1]), []
            if section:
                config.sections.setdefault(section, Node(""))
        elif section and line and line != "$" and not line.startswith("!"):
            indent = len(raw) - len(raw.lstrip(" "))
            while stack and stack[-1][0] >= indent:
                stack.pop()
            _take(config, section, stack, indent, " ".join(line.split()))
    return config


def _take(config: Config, section: str, stack: list[tuple[int, str, Context]], indent: int, line: str) -> None:
    mode, context = (stack[-1][1], stack[-1][2]) if stack else ("config", ())
    action = understood(mode, context, line) if mode else None
    if isinstance(action, Action) and not (mode == "config" and action.command.section != section):
        if action.negated and action.key != "shutdown":
            return  # a line that denies a default
        if action.key == "shutdown" and action.negated:
            config.remove(action)
        else:
            config.put(action)
        stack.append((indent, action.command.enters, action.inside))
        return
    place = context or (section,)
    parent = config.find(place)
    if parent is not None:
        parent.children[line] = Node(line)
    stack.append((indent, "", (*place, line)))
