"""JSON Schema (draft 2020-12) of the intents: for editors, and for our own messages about what is allowed where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, TypeAlias

from pydantic.json_schema import models_json_schema

from netwright.intents.schema import KINDS

JsonSchema: TypeAlias = dict[str, Any]  # a JSON document: what it may hold is JSON Schema's own business

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ALL = "intents.schema.json"


def file_name(kind: str) -> str:
    """The file of one kind's schema: `TenantSlice.schema.json`."""
    return f"{kind}.schema.json"


def schemas() -> Mapping[str, JsonSchema]:
    """The schemas by file name: one per kind, and one that takes any kind."""
    return {file_name(kind): schema_of(kind) for kind in KINDS} | {ALL: _all()}


@cache
def schema_of(kind: str) -> JsonSchema:
    """The schema of one kind."""
    body = KINDS[kind].model_json_schema(mode="validation")
    return {"$schema": DIALECT, "title": f"netwright {kind}", **_without_titles(body)}


@cache
def _all() -> JsonSchema:
    kinds = [(model, "validation") for model in KINDS.values()]
    _, body = models_json_schema(kinds)  # type: ignore[arg-type]  # a list of pairs, as documented
    definitions = _without_titles(body["$defs"])
    choices = [{"$ref": f"#/$defs/{kind}"} for kind in KINDS]
    return {
        "$schema": DIALECT,
        "title": "netwright intents",
        "description": "One document of a file in intents/: its `kind` says which of these it is.",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {"kind": {"enum": list(KINDS)}},
        "oneOf": choices,
        "$defs": definitions,
    }


def _without_titles(node: Any) -> Any:
    """Drop the titles that pydantic makes of names: they hide the descriptions in editors. Write pools as people do."""
    if isinstance(node, list):
        return [_without_titles(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.keys() == {"first", "last"} and isinstance(node["first"], int):  # a pool's default: text in the files
        return f"{node['first']}-{node['last']}"
    return {
        key: _without_titles(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))
    }


# ---- what is allowed where ------------------------------------------------------------------------------------------


def node_at(kind: str, path: tuple[str | int, ...]) -> JsonSchema:
    """The schema at a field; an empty one where there is no such field."""
    root = schema_of(kind)
    node: JsonSchema = root
    for step in path:
        node = _step(root, _followed(root, node), step)
    return _followed(root, node)


def _followed(root: JsonSchema, node: JsonSchema) -> JsonSchema:
    """`node` without references and without the choice of null; what it says itself wins over what it refers to."""
    while True:
        choices = [choice for choice in node.get("anyOf", ()) if choice.get("type") != "null"]
        more = (
            root["$defs"][node["$ref"].rsplit("/", 1)[1]]
            if "$ref" in node
            else choices[0]
            if len(choices) == 1
            else None
        )
        if more is None:
            return node
        node = {**more, **{key: value for key, value in node.items() if key not in {"$ref", "anyOf"}}}


def _step(root: JsonSchema, node: JsonSchema, step: str | int) -> JsonSchema:
    if isinstance(step, int):
        return dict(node.get("items", {}))
    if step.startswith("<"):  # the tag of a union's member: the member that has the field of this name
        choices = (_followed(root, choice) for choice in (node.get("oneOf") or node.get("anyOf") or ()))
        return next((choice for choice in choices if step.strip("<>") in choice.get("properties", {})), {})
    more = node.get("additionalProperties")
    return dict(node.get("properties", {}).get(step) or (more if isinstance(more, dict) else {}))


@cache
def fields_anywhere(kind: str) -> Mapping[str, str]:
    """Every field's name with the first path it stands at: `{"bandwidth": "spec.traffic.bandwidth"}`."""
    found: dict[str, str] = {}
    for path in sorted(_paths(schema_of(kind), schema_of(kind), ""), key=lambda path: (path.count("."), path)):
        found.setdefault(path.rsplit(".", 1)[-1], path)
    return found


def _paths(root: JsonSchema, node: JsonSchema, prefix: str) -> Iterator[str]:
    for name, child in _followed(root, node).get("properties", {}).items():
        yield f"{prefix}{name}"
        yield from _paths(root, child, f"{prefix}{name}.")
