"""YAML as the 1.2 core schema reads it, with the place of every field.

PyYAML parses (by its C library where it was built with it), but its resolver follows YAML 1.1: `65000:1` would be a
base-60 number, `on` a boolean, `1e-5` text. Here plain scalars are resolved by the core schema of YAML 1.2.2 (chapter
10.3), with one stricter point: a decimal with a leading zero (`010`) stays text, because half of the world's parsers
read it as octal. Merge keys (`<<`) are kept, since people use them to share fields within a file.

A node tree carries two marks a node and is ten times as large as the values, so it is not kept: `parse` returns the
values and where each document lies in the text, and `compose` makes one document's nodes again when a message needs a
place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite
from typing import Protocol, TypeAlias

import yaml
from yaml.composer import Composer
from yaml.nodes import Node, ScalarNode, SequenceNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

Value: TypeAlias = "bool | int | float | str | list[Value] | dict[str, Value] | None"

_PLAIN, _TEXT, _LIST, _MAPPING = "?plain", "?text", "?list", "?mapping"
_CORE_TAGS = {
    "tag:yaml.org,2002:str": _TEXT,
    "tag:yaml.org,2002:int": _PLAIN,
    "tag:yaml.org,2002:float": _PLAIN,
    "tag:yaml.org,2002:bool": _PLAIN,
    "tag:yaml.org,2002:null": _PLAIN,
    "tag:yaml.org,2002:seq": _LIST,
    "tag:yaml.org,2002:map": _MAPPING,
}
_WORDS: dict[str, bool | None] = {"": None, "~": None}
_WORDS |= {form: None for word in ("null",) for form in (word, word.title(), word.upper())}
_WORDS |= {form: True for word in ("true",) for form in (word, word.title(), word.upper())}
_WORDS |= {form: False for word in ("false",) for form in (word, word.title(), word.upper())}
_MAYBE_NUMBER = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,300})")
_BASED = re.compile(r"0x[0-9a-fA-F]{1,300}|0o[0-7]{1,300}")
_FLOAT = re.compile(
    r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]{0,300})(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_MERGE = "<<"
_DEEPEST = 60  # an intent is five deep


class YamlError(Exception):
    """A text is not YAML, or is YAML that we do not take. Line and column are 1-based."""

    def __init__(self, code: str, message: str, line: int, column: int, *, length: int = 1, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.line, self.column, self.length, self.hint = (
            code,
            message,
            line,
            column,
            length,
            hint,
        )


class _Resolving:
    """What a composer asks about tags: only whether a scalar was written plain."""

    def resolve(self, kind: type[Node], _value: object, implicit: object) -> str:
        if kind is ScalarNode:
            return _PLAIN if isinstance(implicit, tuple) and implicit[0] else _TEXT
        return _LIST if kind is SequenceNode else _MAPPING

    depth = 0

    def descend_resolver(self, _parent: object, _index: object) -> None:
        """Asked at every node on the way down: the C composer recurses, and would crash where Python raises."""
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _too_deep()

    def ascend_resolver(self) -> None:
        """Asked on the way up."""
        self.depth -= 1


def _too_deep() -> YamlError:
    return YamlError("unsupported-yaml", f"the document is nested more than {_DEEPEST} deep", 1, 1)


class _PureComposer(_Resolving, Reader, Scanner, Parser, Composer):
    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)


class _NodeSource(Protocol):
    def check_node(self) -> bool: ...
    def get_node(self) -> Node | None: ...


if yaml.__with_libyaml__:
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # it is there, unlisted

    class _FastComposer(_Resolving, CParser):
        """libyaml, asking us about tags."""


def _composer(text: str, *, pure: bool) -> _NodeSource:
    if pure or not yaml.__with_libyaml__:
        return _PureComposer(text)
    return _FastComposer(text)


# ---- values ---------------------------------------------------------------------------------------------------------


def scalar(text: str) -> bool | int | float | str | None:
    """Return the value of a plain scalar by the core schema."""
    if text[:1] in _MAYBE_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        return _float(text) if _FLOAT.fullmatch(text) else text
    return _WORDS.get(text, text) if text in _WORDS else text


class _NotFinite(float):
    """No finite number, or one beyond what a float holds: shown as it was written."""

    written: str

    def __str__(self) -> str:
        return self.written


def _float(text: str) -> float:
    value = float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    if isfinite(value):
        return value
    found = _NotFinite(value)
    found.written = text
    return found


@dataclass(slots=True)
class _Builder:
    """Makes values of one document's nodes and remembers what is wrong with them."""

    errors: list[YamlError] = field(default_factory=list)
    open_nodes: set[int] = field(default_factory=set)
    built: dict[int, Value] = field(default_factory=dict)  # by identity of the node, which lives as long as the builder

    def value(self, node: Node) -> Value:
        tag = node.tag
        if tag is _PLAIN:
            return scalar(node.value)
        if tag is _TEXT:
            return str(node.value)
        if tag is _MAPPING or tag is _LIST:
            return self._collection(node)
        return self._tagged(node)

    def _tagged(self, node: Node) -> Value:
        known = _CORE_TAGS.get(node.tag)
        if known is None or (known in {_LIST, _MAPPING}) is isinstance(node, ScalarNode):
            self._error(
                "unsupported-yaml", f"the tag {node.tag.replace('tag:yaml.org,2002:', '!!')} means nothing here", node
            )
            return None
        node.tag = known
        return self.value(node)

    def _collection(self, node: Node) -> Value:
        """Built once, however many aliases name it: aliases of aliases would else grow without bounds."""
        if id(node) in self.built:
            return self.built[id(node)]
        if id(node) in self.open_nodes:
            self._error("unsupported-yaml", "an anchor contains itself", node)
            return None
        self.open_nodes.add(id(node))
        result = self._mapping(node) if node.tag is _MAPPING else [self.value(item) for item in node.value]
        self.built[id(node)] = result
        return result

    def _mapping(self, node: Node) -> Value:
        result: dict[str, Value] = {}
        merged: list[Value] = []
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key == _MERGE and key_node.tag is _PLAIN:
                merged.append(self._merged(value_node))
            elif key in result:
                self._duplicate(node, key_node, key)
            elif key is not None:
                result[key] = self.value(value_node)
        for values in merged:
            if isinstance(values, dict):
                result = {**values, **result}  # what stands here wins over what is merged in
        return result

    def _key(self, node: Node) -> str | None:
        if isinstance(node, ScalarNode):
            return str(node.value)
        self._error("unsupported-yaml", "a field's name must be text", node)
        return None

    def _merged(self, node: Node) -> Value:
        """The fields that `<<` brings in: a mapping, or a list of mappings of which the first wins."""
        items = node.value if isinstance(node, SequenceNode) else [node]
        result: dict[str, Value] = {}
        for item in reversed(items):
            value = self.value(item)
            if isinstance(value, dict):
                result |= value
            else:
                self._error("unsupported-yaml", "`<<` merges mappings only", item)
        return result

    def _duplicate(self, mapping: Node, node: Node, key: str) -> None:
        first = next(other for other, _ in mapping.value if other.value == key)
        self._error(
            "duplicate-key",
            f"`{key}` stands twice in one mapping",
            node,
            hint=f"first in line {first.start_mark.line + 1}",
        )

    def _error(self, code: str, message: str, node: Node, *, hint: str = "") -> None:
        mark, end = node.start_mark, node.end_mark
        length = end.column - mark.column if end.line == mark.line else 1
        self.errors.append(YamlError(code, message, mark.line + 1, mark.column + 1, length=max(1, length), hint=hint))


# ---- documents ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Where a document's root node lies in its text: characters, and its 0-based line and column."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document of a text: its value, its place, and what is wrong with it."""

    value: Value
    span: Span
    errors: tuple[YamlError, ...] = ()


def parse(text: str, *, pure: bool = False) -> Iterator[YamlDocument]:
    """Yield the documents of `text` but the empty ones; raises `YamlError` where the text stops being YAML."""
    composer: _NodeSource | None = None
    try:
        composer = _composer(text, pure=pure)
        while composer.check_node():
            node = composer.get_node()
            if node is not None and not (isinstance(node, ScalarNode) and node.tag == _PLAIN and not node.value):
                yield _document(node)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text) from error
    except yaml.reader.ReaderError as error:
        raise _reader_error(error, text) from error
    except RecursionError as error:  # of the pure parser, which descends before it asks
        raise _too_deep() from error


def _document(node: Node) -> YamlDocument:
    builder = _Builder()
    value = builder.value(node)
    start, end = node.start_mark, node.end_mark
    return YamlDocument(value, Span(start.index, end.index, start.line, start.column), tuple(builder.errors))


@lru_cache(maxsize=8)
def compose(text: str, span: Span) -> Node:
    """Return the node tree of one document again; its marks count from the document's own first line."""
    padded = " " * span.column + text[span.start : span.end]  # the columns of a block's later lines depend on its first
    composer = _composer(padded, pure=False)
    composer.check_node()  # the C parser wants to be asked before
    node = composer.get_node()
    assert node is not None  # noqa: S101  # this very text was composed before
    return node


def _syntax_error(error: yaml.MarkedYAMLError, text: str) -> YamlError:
    lines = text.splitlines()
    mark = error.problem_mark or error.context_mark
    if mark and error.context_mark and mark.line >= len(lines):
        mark = error.context_mark  # the end of the file says nothing: show what was not closed
    line, column = (mark.line, mark.column) if mark else (0, 0)
    here = lines[line] if line < len(lines) else ""
    tab = here[: len(here) - len(here.lstrip())].find("\t")
    if tab >= 0:
        message = "a tab stands where YAML wants spaces"
        return YamlError("yaml-tab", message, line + 1, tab + 1, hint="indent with spaces")
    message = str(error.problem or "this is not YAML") + (f" ({error.context})" if error.context else "")
    needs_quotes = "mapping values" in message or "cannot start any token" in message
    hint = "text that holds `: ` or begins with @ % & * ! ` needs quotes" if needs_quotes else ""
    return YamlError("yaml-syntax", message, line + 1, column + 1, hint=hint)


def _reader_error(error: yaml.reader.ReaderError, text: str) -> YamlError:
    position = min(error.position, len(text))
    before = text[:position]
    line, column = before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1
    code = error.character if isinstance(error.character, int) else ord(str(error.character)[:1] or "?")
    return YamlError("yaml-syntax", f"the character U+{code:04X} is not allowed in YAML", line, column)
