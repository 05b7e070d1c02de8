"""The emulated nftables: tables with maps and chains, one transaction a text, listings as `nft -nn` prints."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final


@dataclass(slots=True)
class Chain:
    """A base chain with its rules."""

    hook: str  # type filter hook prerouting priority -150
    rules: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Map:
    """A map: what it maps, its flags, and its elements; or a set, whose elements lead to nothing."""

    spec: tuple[str, ...]
    elements: dict[str, str] = field(default_factory=dict)
    kind: str = "map"


@dataclass(slots=True)
class Table:
    """One table of family inet."""

    maps: dict[str, Map] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)


class NftError(Exception):
    """nft says no."""


_MISSING: Final = "Could not process rule: No such file or directory"
_BUSY: Final = "Could not process rule: Device or resource busy"
_EXISTS: Final = "Could not process rule: File exists"


class Nft:
    """All tables of a box."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}

    def run(self, text: str) -> tuple[int, str, str]:
        """Run a text of commands as one transaction: all of them, or none."""
        listing = re.fullmatch(r"-nn list table inet (\S+)", text)
        if listing:
            return self._list(listing[1], text)
        before = copy.deepcopy(self.tables)
        try:
            for command in _split(text):
                self._one(command)
        except NftError as error:
            self.tables = before
            return 1, "", f"Error: {error}\n{text}\n"
        return 0, "", ""

    def run_file(self, path: str, text: str) -> tuple[int, str, str]:
        """`nft -f`: a file of commands as one transaction."""
        before = copy.deepcopy(self.tables)
        for number, line in enumerate(text.splitlines(), 1):
            code, _, said = self.run(line)
            if code:
                self.tables = before
                return code, "", f"{path}:{number}:1-{len(line)}: {said}"
        return 0, "", ""

    def _one(self, command: str) -> None:
        for pattern, action in _COMMANDS:
            if match := pattern.fullmatch(command):
                action(self, *match.groups())
                return
        raise NftError(f"syntax error, unexpected {command.split(maxsplit=1)[0] if command.split() else 'end of file'}")

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            raise NftError(_MISSING)
        return self.tables[name]

    def add_table(self, name: str) -> None:
        """`add table`: again is no error."""
        self.tables.setdefault(name, Table())

    def delete_table(self, name: str) -> None:
        """`delete table`, with all that is in it."""
        self._table(name)
        del self.tables[name]

    def add_map(self, kind: str, table: str, name: str, spec: str) -> None:
        """`add map|set`: again with the same types is no error."""
        wanted = tuple(part.strip() for part in spec.split(";") if part.strip())
        there = self._table(table).maps.setdefault(name, Map(wanted, kind=kind))
        if (there.spec, there.kind) != (wanted, kind):
            raise NftError(_EXISTS)

    def delete_map(self, table: str, name: str) -> None:
        """`delete map`: not while a rule looks things up in it."""
        found = self._table(table)
        if name not in found.maps:
            raise NftError(_MISSING)
        if any(f"@{name}" in rule.split() for chain in found.chains.values() for rule in chain.rules):
            raise NftError(_BUSY)
        del found.maps[name]

    def add_chain(self, table: str, name: str, hook: str) -> None:
        """`add chain` with its hook."""
        wanted = hook.strip().rstrip(";").strip()
        if self._table(table).chains.setdefault(name, Chain(wanted)).hook != wanted:
            raise NftError(f"Chain \"{name}\" already exists in table inet '{table}' with different declaration")

    def _chain(self, table: str, name: str) -> Chain:
        found = self._table(table).chains.get(name)
        if found is None:
            raise NftError(_MISSING)
        return found

    def delete_chain(self, table: str, name: str) -> None:
        """`delete chain`, with its rules."""
        self._chain(table, name)
        del self._table(table).chains[name]

    def flush_chain(self, table: str, name: str) -> None:
        """`flush chain`."""
        self._chain(table, name).rules.clear()

    def add_rule(self, table: str, name: str, rule: str) -> None:
        """`add rule`: the maps that it names must be there."""
        for word in rule.split():
            if word.startswith("@") and word[1:] not in self._table(table).maps:
                raise NftError(_MISSING)
        self._chain(table, name).rules.append(rule)

    def _map(self, table: str, name: str) -> Map:
        found = self._table(table).maps.get(name)
        if found is None:
            raise NftError(_MISSING)
        return found

    def add_member(self, table: str, name: str, key: str) -> None:
        """`add element` of a set."""
        self.add_element(table, name, key, "")

    def add_element(self, table: str, name: str, key: str, value: str) -> None:
        """`add element`: the same again is no error, another value is."""
        if self._map(table, name).elements.setdefault(key, value) != value:
            raise NftError(_EXISTS)

    def delete_element(self, table: str, name: str, key: str) -> None:
        """`delete element`."""
        if self._map(table, name).elements.pop(key, None) is None:
            raise NftError(_MISSING)

    def _list(self, name: str, text: str) -> tuple[int, str, str]:
        if name not in self.tables:
            return 1, "", f"Error: No such file or directory\n{text}\n"
        table = self.tables[name]
        blocks = [_print_map(key, one) for key, one in table.maps.items()]
        blocks += [_print_chain(key, one) for key, one in table.chains.items()]
        return 0, f"table inet {name} {{\n" + "\n".join(blocks) + "}\n", ""


_COMMANDS: Final[tuple[tuple[re.Pattern[str], Callable[..., None]], ...]] = tuple(
    (re.compile(pattern), action)
    for pattern, action in (
        (r"add table inet (\S+)", Nft.add_table),
        (r"delete table inet (\S+)", Nft.delete_table),
        (r"add (map|set) inet (\S+) (\S+) \{ (type .+) \}", Nft.add_map),
        (r"delete (?:map|set) inet (\S+) (\S+)", Nft.delete_map),
        (r"add chain inet (\S+) (\S+) \{ (type filter hook \w+ priority -?\d+) ; \}", Nft.add_chain),
        (r"delete chain inet (\S+) (\S+)", Nft.delete_chain),
        (r"flush chain inet (\S+) (\S+)", Nft.flush_chain),
        (r"add rule inet (\S+) (\S+) ([^;{}]+)", Nft.add_rule),
        (r"add element inet (\S+) (\S+) \{ (.+?) : (\S+) \}", Nft.add_element),
        (r"add element inet (\S+) (\S+) \{ ((?:(?! : )[^{}])+?) \}", Nft.add_member),
        (r"delete element inet (\S+) (\S+) \{ (.+?) \}", Nft.delete_element),
    )
)


def _split(text: str) -> list[str]:
    """The commands of a text: semicolons outside braces part them."""
    commands, depth, current = [], 0, ""
    for character in text:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == ";" and depth == 0:
            commands.append(current.strip())
            current = ""
        else:
            current += character
    return [command for command in (*commands, current.strip()) if command]


def _print_map(name: str, one: Map) -> str:
    lines = [f"\t{one.kind} {name} {{", *(f"\t\t{part}" for part in one.spec)]
    if one.elements:
        kinds = one.spec[0].removeprefix("type ").split(" : ")
        found = [_element(key, value, kinds) if value else key for key, value in one.elements.items()]
        lines.append("\t\telements = { " + ",\n\t\t\t     ".join(found) + " }")
    return "\n".join([*lines, "\t}\n"])


def _element(key: str, value: str, kinds: list[str]) -> str:
    """An element as `-nn` prints it: marks with eight hexadecimal digits, code points with two."""
    parts = zip(kinds[0].split(" . "), key.split(" . "), strict=True)
    shown = " . ".join(f"0x{int(part):02x}" if kind == "dscp" else part for kind, part in parts)
    return f"{shown} : {f'0x{int(value):08x}' if kinds[1] == 'mark' else value}"


def _print_chain(name: str, chain: Chain) -> str:
    lines = [f"\tchain {name} {{", f"\t\t{chain.hook}; policy accept;", *(f"\t\t{_rule(rule)}" for rule in chain.rules)]
    return "\n".join([*lines, "\t}\n"])


def _rule(rule: str) -> str:
    rule = re.sub(r"^meta mark (\d+) ", lambda match: f"meta mark 0x{int(match[1]):08x} ", rule)
    rule = re.sub(r"dscp set (\d+)$", lambda match: f"dscp set 0x{int(match[1]):02x}", rule)
    return re.sub(r"\b(\d+) bytes\b", _size, rule)


def _size(match: re.Match[str]) -> str:
    """Nft prints whole multiples of 1024 in larger units."""
    number, unit = int(match[1]), 0
    while number and number % 1024 == 0 and unit < 2:
        number, unit = number // 1024, unit + 1
    return f"{number} {('bytes', 'kbytes', 'mbytes')[unit]}"
