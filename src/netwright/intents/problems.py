"""What is wrong with one document, before it has an address and a place; and pydantic's errors in our words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netwright.diagnostics import Severity
from netwright.intents.jsonschema import fields_anywhere, node_at
from netwright.intents.places import FieldPath, field_text
from netwright.intents.words import counted, did_you_mean, listed, shown

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_NEEDED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "finite_number": "a finite number",
}
_QUOTED = re.compile(r"'([^']*)'|\b([0-9]+)\b")  # "'hard', 'soft' or 'none'", "1 or 2"


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding inside a document. `message` completes the sentence "FIELD ..."."""

    code: str
    path: FieldPath
    message: str
    note: str = ""
    hint: str = ""
    at_key: bool = False
    of_whole: bool = False  # the message is about the document; the path only says where to point
    severity: Severity = Severity.ERROR

    @property
    def sentence(self) -> str:
        """The message with its field in front."""
        return self.message if self.of_whole else f"{field_text(self.path)} {self.message}"


def warning(code: str, path: FieldPath, message: str, *, hint: str = "") -> Problem:
    """A finding that does not close the door."""
    return Problem(code, path, message, hint=hint, severity=Severity.WARNING)


def shape_problems(kind: str, error: ValidationError) -> Iterator[Problem]:
    """Pydantic's findings about a document of `kind`, in our words, without those that only follow from others."""
    details = error.errors(include_url=False)
    problems = [_problem(kind, detail) for detail in details if not _is_miscounted(detail)]
    meant = {(*problem.path[:-1], _suggested(problem)) for problem in problems if problem.code == "unknown-field"}
    for problem in problems:
        if not (problem.code == "missing-field" and problem.path in meant):
            yield problem


def _is_miscounted(detail: ErrorDetails) -> bool:
    """Pydantic counts only the items of a list that are right."""
    return detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]


def _suggested(problem: Problem) -> str:
    """The field that was probably meant, by the note of an unknown one."""
    return problem.note.removeprefix("did you mean `").removesuffix("`?")


def _problem(kind: str, detail: ErrorDetails) -> Problem:
    loc = detail["loc"]
    path = tuple(step for step in loc if not _is_tag(step))
    if detail["type"] in _WORDINGS:
        return _WORDINGS[detail["type"]](kind, loc, path, detail)
    context = detail.get("ctx", {})  # ours: see `types.refuse`
    message = str(context.get("message", detail["msg"]))
    return Problem(detail["type"], path, message, context.get("note", ""), context.get("hint", ""))


def _is_tag(step: str | int) -> bool:
    return isinstance(step, str) and step.startswith("<") and step.endswith(">")


def _missing(kind: str, loc: FieldPath, path: FieldPath, _: ErrorDetails) -> Problem:
    node = node_at(kind, loc)
    examples = node.get("examples") or node.get("enum")
    example = f" Example: {path[-1]}: {examples[0]}" if examples else ""
    return Problem(
        "missing-field", path, "is required", hint=f"{node.get('description', '')}{example}".strip(), at_key=True
    )


def _unknown_field(kind: str, loc: FieldPath, path: FieldPath, _: ErrorDetails) -> Problem:
    name, fields = str(path[-1]), sorted(node_at(kind, loc[:-1]).get("properties", {}))
    parent = next((step for step in reversed(path[:-1]) if isinstance(step, str)), kind)
    note, hint = did_you_mean(name, fields), ""
    if not note:
        elsewhere = fields_anywhere(kind).get(name)
        note = f"did you mean `{elsewhere}`?" if elsewhere else ""
        hint = f"fields of {parent}: {listed(fields)}"
    return Problem("unknown-field", path, f"is not a field of {parent}", note, hint, at_key=True)


def _unknown_value(_: str, __: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    allowed = [text or number for text, number in _QUOTED.findall(str(detail["ctx"]["expected"]))]
    code = "unknown-version" if path == ("apiVersion",) else "unknown-value"
    value = detail["input"]
    note = did_you_mean(value, allowed, ignore_case=True) if isinstance(value, str) else ""
    return Problem(code, path, f"is {shown(value)}; allowed: {listed(allowed)}", note)


def _wrong_type(_: str, __: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    value, needed = detail["input"], _NEEDED[detail["type"]]
    note = ""
    if needed == "text" and isinstance(value, (int, float)):
        note = f'write "{shown(value).strip("`")}"'
    elif "number" in needed and isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
        note = f"write {value.lstrip('0') or 0}"
    kind = {str: "the text ", int: "the number ", float: "the number "}.get(type(value), "")
    found = "is empty" if value is None else f"is {kind}{shown(value)}"
    return Problem("wrong-type", path, f"{found}; {needed} is needed", note)


def _range(node: Mapping[str, Any]) -> str:
    """The bounds of a number, from its schema: `0 to 63`, `more than 0, at most 1`."""
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f"{low} to {high:,}".replace(",", " ") if high >= 10_000 else f"{low} to {high}"
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
    return listed(f"{word} {node[key]:g}" for key, word in words.items() if key in node)


def _out_of_range(kind: str, loc: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    return Problem("out-of-range", path, f"is {shown(detail['input'])}; allowed: {_range(node_at(kind, loc))}")


def _wrong_count(_: str, __: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    context = detail["ctx"]
    bound = f"at least {context['min_length']}" if detail["type"] == "too_short" else f"at most {context['max_length']}"
    return Problem("wrong-count", path, f"has {counted(context['actual_length'], 'item')}; {bound} are needed")


def _too_long(_: str, __: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    return Problem("too-long", path, f"is too long; at most {detail['ctx']['max_length']} characters")


def _bad_pattern(_: str, __: FieldPath, path: FieldPath, detail: ErrorDetails) -> Problem:
    return Problem("bad-name", path, f"is {shown(detail['input'])}; it must match {detail['ctx']['pattern']}")


def _no_rule(_: str, __: FieldPath, path: FieldPath, ___: ErrorDetails) -> Problem:
    return Problem("choose-one", path, "needs `at` (a bandwidth at times) or `when` (growth on load)", at_key=True)


_WORDINGS: Mapping[str, Callable[[str, FieldPath, FieldPath, ErrorDetails], Problem]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_field,
    "literal_error": _unknown_value,
    "too_short": _wrong_count,
    "too_long": _wrong_count,
    "string_too_long": _too_long,
    "string_pattern_mismatch": _bad_pattern,
    "union_tag_not_found": _no_rule,
    **dict.fromkeys(_NEEDED, _wrong_type),
    **dict.fromkeys(("greater_than", "greater_than_equal", "less_than", "less_than_equal"), _out_of_range),
}
"""Pydantic's error types, with who words them: kind, pydantic's location, the field's path, the error."""
