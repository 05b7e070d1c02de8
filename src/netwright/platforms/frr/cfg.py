"""The `cfg` part: FRR's running configuration as a tree, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from netwright.errors import ConfigParseError
from netwright.platforms.frr import grammar
from netwright.tree import PRESENT, Line, Path, Tree


@dataclass(slots=True)
class _Open:
    """A block that is open while reading; `inner` is the indentation of its first line, where it has one."""

    step: str
    kind: str
    indent: int
    inner: int = -1


def parse(text: str) -> Iterator[Line]:
    """Yield the leaves of a configuration, indented as FRR prints it or not at all.

    `frr version` and the frame of `show running-config` are not configuration. ConfigParseError for an `exit` too many.
    """
    rows = list(_rows(text))
    stack: list[_Open] = []
    for position, (number, indent, words) in enumerate(rows):
        if words in grammar.CLOSINGS:
            _close(stack, words, number)
            continue
        _leave(stack, indent)
        deeper = position + 1 < len(rows) and rows[position + 1][1] > indent
        yield from _read(stack, number, indent, words, deeper=deeper)


def _rows(text: str) -> Iterator[tuple[int, int, str]]:
    for number, raw in enumerate(text.splitlines(), start=1):
        words = raw.strip()
        if words and words[0] not in "!#" and not grammar.HEADER.match(words):
            yield number, len(raw) - len(raw.lstrip()), words


def _close(stack: list[_Open], words: str, number: int) -> None:
    if not stack:
        raise ConfigParseError("nothing is open here", number, words)
    if words == "exit-vrf":
        stack.clear()
    else:
        stack.pop()


def _leave(stack: list[_Open], indent: int) -> None:
    """Leave the blocks that the indentation says are over."""
    while stack and stack[-1].inner > stack[-1].indent >= indent:
        stack.pop()


def _read(stack: list[_Open], number: int, indent: int, words: str, *, deeper: bool) -> Iterator[Line]:
    depth = _depth(stack, words)
    if depth >= 0:
        del stack[depth:]
    kind = stack[-1].kind if stack else ""
    if stack and stack[-1].inner < 0:
        stack[-1].inner = indent
    block = grammar.block_of(kind, words)
    path = tuple(open_.step for open_ in stack)
    if block is None and not deeper:
        yield Line((*path, grammar.identity(kind, words)), grammar.normal(kind, words), number)
        return
    stack.append(_Open(words, block.kind if block else grammar.UNKNOWN, indent))
    if block is None or block.stands:
        yield Line((*path, words), PRESENT, number)


def _depth(stack: list[_Open], words: str) -> int:
    """How many blocks stay open for a line that opens a block further out (FRR tries the parents, too); -1: all."""
    for depth in range(len(stack), -1, -1):
        kind = stack[depth - 1].kind if depth else ""
        if grammar.block_of(kind, words):
            return depth
    return -1


@dataclass(slots=True)
class Node:
    """A block while writing: its own plain lines, and the blocks inside it."""

    kind: str
    lines: list[str]
    blocks: dict[str, Node]


def grow(items: Iterable[tuple[Path, str]]) -> Node:
    """Put leaves back into their blocks."""
    root = Node("", [], {})
    for path, value in items:
        node = root
        for step in path[:-1]:
            node = _child(node, step)
        if value == PRESENT:
            _child(node, path[-1])
        else:
            node.lines.append(value)
    return root


def _child(node: Node, step: str) -> Node:
    block = grammar.block_of(node.kind, step)
    return node.blocks.setdefault(step, Node(block.kind if block else grammar.UNKNOWN, [], {}))


def text(tree: Tree) -> str:
    """Write a tree as FRR prints one."""
    return "".join(f"{line}\n" for line in write(grow(sorted(tree.items()))))


def write(node: Node, indent: str = "") -> Iterator[str]:
    """The lines of a block's inside; each block is closed by its own word."""
    for line in sorted(node.lines, key=lambda words: line_order(node.kind, words)):
        yield f"{indent}{line}"
    for step, child in sorted(node.blocks.items(), key=lambda item: _rank(node.kind, item[0])):
        block = grammar.block_of(node.kind, step)
        yield f"{indent}{step}"
        yield from write(child, f"{indent} ")
        yield f"{indent}{block.closing if block else 'exit'}"
        if not indent:
            yield "!"


_FIRST = ("frr defaults", "hostname", "is-type", "net ", "bgp router-id", "no bgp", "bgp ", "sid ", "rd ", "prefix ")


def line_order(kind: str, line: str) -> tuple[str, int, str]:
    """What must stand first stands first: a neighbour's remote-as before all else of it, the prefix of a locator."""
    if kind == "bgp" and line.startswith("neighbor "):
        peer, word = line.split()[1:3]
        return f"neighbor {peer}", 0 if word == "remote-as" else 1, line
    first = next((number for number, start in enumerate(_FIRST) if line.startswith(start)), len(_FIRST))
    return "", first, line


def _rank(kind: str, step: str) -> tuple[int, str]:
    block = grammar.block_of(kind, step)
    return (block.rank if block else 99), step
