"""Where a field stands in its file: field paths as text, and the way from a path to line and column.

A path is a tuple of names and positions, `("spec", "sites", 1, "vlan")`; as text it is `spec.sites[1].vlan`, and a name
that is no word stands in brackets and quotes: `spec.policy.drift["interface/*/description"]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeAlias

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from netwright.address import intent_of
from netwright.diagnostics import Source
from netwright.intents.words import printable
from netwright.intents.yaml12 import Span, compose

FieldPath: TypeAlias = tuple[str | int, ...]

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = re.compile(r'\["(?P<quoted>[^"]*)"\]|\[(?P<index>[0-9]+)\]|(?P<word>[^.\[\]]+)')
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")  # what the parser counts as the end of a line


def field_text(path: FieldPath) -> str:
    """A path as text: `spec.sites[1].vlan`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _WORD.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text


@lru_cache(maxsize=4096)
def field_path(text: str) -> FieldPath:
    """The path of a text that `field_text` wrote."""
    return tuple(
        int(step["index"]) if step["index"] else step["quoted"] or step["word"] for step in _STEP.finditer(text)
    )


@dataclass(frozen=True)
class SourceFile:
    """A file that was read: its name as the user would type it, and its text."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines without their ends."""
        return _BREAK.split(self.text)

    def at(self, line: int, column: int, length: int = 1) -> Source:
        """A place in it, 1-based, with the line's text."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Source(self.name, line, column, max(1, length), printable(text.replace("\t", " ")).rstrip())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document lies."""

    file: SourceFile
    span: Span

    @property
    def start(self) -> Source:
        """Its first character."""
        return self.file.at(self.span.line + 1, self.span.column + 1)

    def source(self, path: FieldPath, *, key: bool = False) -> Source:
        """The place of a field's value, or of its name; of the nearest field above when there is none."""
        target = find(compose(self.file.text, self.span), path, key=key)
        start, end = target.start_mark, target.end_mark
        line = self.span.line + start.line + 1
        width = end.column if end.line == start.line else len(self.file.at(line, 1).text)
        return self.file.at(line, start.column + 1, width - start.column)


def find(root: Node, path: FieldPath, *, key: bool = False) -> Node:
    """The node that a caret should point to for `path`: a value on its line, or a key."""
    node, name = root, None
    for step in path:
        found = _child(node, step)
        if found is None:
            return name or _first(node)
        name, node = found
    if name is not None and (key or _is_block(node)):
        return name
    return _first(node)


def _child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    """The key and value nodes of a step; a sequence's item has no key."""
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    return _field(node, str(step)) if isinstance(node, MappingNode) else None


def _field(node: MappingNode, name: str) -> tuple[Node, Node] | None:
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == name:
            return key, value
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == "<<":
            for merged in value.value if isinstance(value, SequenceNode) else [value]:
                found = _field(merged, name) if isinstance(merged, MappingNode) else None
                if found:
                    return found
    return None


def _is_block(node: Node) -> bool:
    return isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style


def _first(node: Node) -> Node:
    """The first key of a block mapping, which has no sign of its own; any other node itself."""
    if isinstance(node, MappingNode) and _is_block(node) and node.value:
        return node.value[0][0]  # type: ignore[no-any-return]
    return node


@dataclass(frozen=True, slots=True)
class Sources:
    """Where every intent stands, by address."""

    places: dict[str, Place] = field(default_factory=dict)

    def source(self, address: str, path: str = "") -> Source | None:
        """The place of a field of an intent: `source("ElasticLine/branch-7", "spec.bandwidth.max")`.

        The address may be that of a thing under the intent. Without a path: the intent's name. None when the intent
        came from no file.
        """
        place = self.places.get(intent_of(address))
        return place.source(field_path(path or "metadata.name")) if place else None

    def written(self, address: str, path: str) -> bool:
        """Whether a field stands in the file itself, and not only as a default of the model."""
        place = self.places.get(intent_of(address))
        node: Node | None = compose(place.file.text, place.span) if place else None
        for step in field_path(path):
            found = _child(node, step) if node is not None else None
            node = found[1] if found else None
        return node is not None
