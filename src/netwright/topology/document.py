"""A YAML file as plain data that remembers where each value stood.

Read by the rules of YAML 1.2 (core schema), as the intents are: `1e-5` is a number, `65000:1`, `on`, `0101` written
with quotes and times are text. A key that stands twice in a mapping is an error, not the last one's victory.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from netwright.diagnostics import Diagnostics, Source

Data: TypeAlias = "str | int | float | bool | list[Data] | dict[str, Data] | None"
Place: TypeAlias = Sequence[str | int]


class _Reader(yaml.CSafeLoader):
    """PyYAML's parser with the tags of YAML 1.2's core schema (YAML 1.2.2, section 10.3.2)."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own shape


_CORE = {
    "null": (r"~|null|Null|NULL|", "~nN", ""),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF", None),
    "int": (r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789", None),
    "float": (
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
        None,
    ),
}
for _tag, (_pattern, _first, _empty) in _CORE.items():
    _heads: list[str] = [*_first] + ([_empty] if _empty is not None else [])
    _Reader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_pattern})$"), _heads)


@dataclass(frozen=True, slots=True)
class Document:
    """The data of a file and where it stood in it."""

    file: str
    lines: tuple[str, ...]
    root: yaml.Node
    data: Data

    def source(self, place: Place, *, key: bool = False) -> Source:
        """Where the value at `place` stands, or its key; where it is missing, what should hold it."""
        node, keyed = self.root, self.root
        for step in place:
            found = _child(node, step)
            if found is None:
                break
            keyed, node = found
        mark = (keyed if key else node).start_mark
        text = self.lines[mark.line] if mark.line < len(self.lines) else ""
        return Source(self.file, mark.line + 1, mark.column + 1, _width(keyed if key else node, text), text)


def _child(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """The key and the value under `step`."""
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _width(node: yaml.Node, text: str) -> int:
    start, end = node.start_mark, node.end_mark
    return max(1, (end.column if end.line == start.line else len(text)) - start.column)


def read(text: str, file: str, found: Diagnostics) -> Document | None:
    """Read one document; what is wrong with it goes to `found`."""
    lines = tuple(text.splitlines())
    try:
        root = yaml.compose(text, Loader=_Reader)
    except yaml.YAMLError as error:
        found.error("bad-yaml", file, f"is not YAML: {_problem(error)}", _place_of(error, file, lines))
        return None
    if root is None:
        return Document(file, lines, yaml.MappingNode("", [], _mark(), _mark()), {})
    return Document(file, lines, root, _data(root, file, lines, found))


def _mark() -> yaml.Mark:
    return yaml.Mark("", 0, 0, 0, "", 0)


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)


def _place_of(error: yaml.YAMLError, file: str, lines: Sequence[str]) -> Source | None:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return None
    return Source(file, mark.line + 1, mark.column + 1, 1, lines[mark.line] if mark.line < len(lines) else "")


def _data(node: yaml.Node, file: str, lines: Sequence[str], found: Diagnostics) -> Data:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, lines, found)
    if isinstance(node, yaml.SequenceNode):
        return [_data(item, file, lines, found) for item in node.value]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, file: str, lines: Sequence[str], found: Diagnostics) -> dict[str, Data]:
    result: dict[str, Data] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in result:
            mark = key.start_mark
            where = Source(file, mark.line + 1, mark.column + 1, len(name), lines[mark.line])
            found.error("duplicate-key", file, f"{name} stands twice in one mapping", where)
        result[name] = _data(value, file, lines, found)
    return result


def _scalar(node: yaml.Node) -> Data:
    """A scalar by its tag: PyYAML chose the tag by the rules above, the value follows YAML 1.2 too."""
    text = str(node.value)
    match node.tag.rpartition(":")[2]:
        case "null":
            return None
        case "bool":
            return text.lower() == "true"
        case "int":
            return _integer(text)
        case "float":
            return float(text.replace(".inf", "inf").replace(".nan", "nan"))
        case _:
            return text


def _integer(text: str) -> int:
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    return int(text, base)
