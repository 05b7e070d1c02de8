"""The schemas say what the models do: the examples pass, mistakes of shape do not."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest

from netwright.intents.jsonschema import ALL, DIALECT, fields_anywhere, file_name, node_at, schemas
from netwright.intents.schema import KINDS
from netwright.intents.yaml12 import parse

HERE = Path(__file__).parent
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def documents() -> Iterator[dict]:
    for path in sorted((HERE / "good").glob("*.yaml")):
        for document in parse(path.read_text(encoding="utf-8")):
            yield document.value


def fits(root: dict, schema: dict, value: object) -> bool:
    """A judge of the part of JSON Schema that the schemas use; an unknown word is an error of the test."""
    unknown = set(schema) - WORDS.keys() - {"$schema", "$defs", "title", "description", "examples", "default"}
    assert not unknown, unknown
    return all(judge(root, schema, value) for word, judge in WORDS.items() if word in schema)


def of_type(_: dict, schema: dict, value: object) -> bool:
    if schema["type"] in {"integer", "number"}:
        kinds = (int,) if schema["type"] == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[schema["type"]])


def with_properties(root: dict, schema: dict, value: object) -> bool:
    known = schema.get("properties", {})
    return not isinstance(value, dict) or all(fits(root, known[name], value[name]) for name in known if name in value)


def with_others(root: dict, schema: dict, value: object) -> bool:
    more = schema["additionalProperties"]
    others = (
        [value[name] for name in value if name not in schema.get("properties", {})] if isinstance(value, dict) else []
    )
    return not others if more is False else all(fits(root, more, other) for other in others)


def number(compare):
    return lambda root, schema, value: not isinstance(value, (int, float)) or compare(schema, value)


WORDS = {
    "type": of_type,
    "$ref": lambda root, schema, value: fits(root, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value),
    "const": lambda root, schema, value: value == schema["const"],
    "enum": lambda root, schema, value: (
        (not isinstance(value, dict) and value in schema["enum"]) or isinstance(value, dict)
    ),
    "properties": with_properties,
    "required": lambda root, schema, value: not isinstance(value, dict) or set(schema["required"]) <= set(value),
    "additionalProperties": with_others,
    "items": lambda root, schema, value: (
        not isinstance(value, list) or all(fits(root, schema["items"], item) for item in value)
    ),
    "minItems": lambda root, schema, value: not isinstance(value, list) or len(value) >= schema["minItems"],
    "maxLength": lambda root, schema, value: not isinstance(value, str) or len(value) <= schema["maxLength"],
    "pattern": lambda root, schema, value: (
        not isinstance(value, str) or re.search(schema["pattern"], value) is not None
    ),
    "anyOf": lambda root, schema, value: any(fits(root, choice, value) for choice in schema["anyOf"]),
    "oneOf": lambda root, schema, value: sum(fits(root, choice, value) for choice in schema["oneOf"]) == 1,
    "minimum": number(lambda schema, value: value >= schema["minimum"]),
    "maximum": number(lambda schema, value: value <= schema["maximum"]),
    "exclusiveMinimum": number(lambda schema, value: value > schema["exclusiveMinimum"]),
    "exclusiveMaximum": number(lambda schema, value: value < schema["exclusiveMaximum"]),
}


def test_there_is_one_per_kind_and_one_for_all() -> None:
    assert set(schemas()) == {file_name(kind) for kind in KINDS} | {ALL}
    assert all(schema["$schema"] == DIALECT for schema in schemas().values())


def test_the_schemas_are_json_and_every_time_the_same() -> None:
    assert json.dumps(schemas(), sort_keys=True) == json.dumps(schemas(), sort_keys=True)


@pytest.mark.parametrize("document", list(documents()), ids=lambda document: document["kind"])
def test_the_examples_fit_their_schema_and_no_other(document: dict) -> None:
    for kind in KINDS:
        schema = schemas()[file_name(kind)]
        assert fits(schema, schema, document) == (kind == document["kind"])
    assert fits(schemas()[ALL], schemas()[ALL], document)


@pytest.mark.parametrize(
    "case",
    [
        "unknown-field",
        "missing-field",
        "wrong-type-boolean",
        "unknown-value",
        "out-of-range-dscp",
        "wrong-count",
        "bad-rate",
        "bad-name",
    ],
)
def test_mistakes_of_shape_do_not_fit(case: str) -> None:
    (document,) = parse((HERE / "errors" / f"{case}.yaml").read_text(encoding="utf-8"))
    assert isinstance(document.value, dict)
    schema = schemas()[file_name(str(document.value["kind"]))]
    assert not fits(schema, schema, document.value)
    assert not fits(schemas()[ALL], schemas()[ALL], document.value)


def objects(schema: dict) -> Iterator[dict]:
    for definition in (schema, *schema["$defs"].values()):
        if "properties" in definition:
            yield definition


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described_and_no_object_takes_more(kind: str) -> None:
    for definition in objects(schemas()[file_name(kind)]):
        assert definition["additionalProperties"] is False
        assert definition["description"]
        assert [
            name for name, field in definition["properties"].items() if not field.keys() & {"description", "$ref"}
        ] == []


def test_every_example_of_a_field_fits_the_field() -> None:
    for schema in schemas().values():
        for definition in objects(schema):
            for field in definition["properties"].values():
                assert all(
                    fits(schema, {**deepcopy(field), "examples": []}, example) for example in field.get("examples", ())
                )


def test_a_pool_s_default_is_written_as_people_write_it() -> None:
    assert node_at("Fabric", ("spec", "pools", "slice_id"))["default"] == "1-4000"
    assert node_at("Fabric", ("spec", "pools", "sid_function"))["default"]["usid"] == "65024-65279"


def test_a_field_is_found_by_its_path() -> None:
    assert node_at("TenantSlice", ("spec", "sites", 0, "vlan"))["maximum"] == 4094
    assert node_at("LosslessRdmaPath", ("spec", "slo"))["properties"].keys() >= {"goodput_ratio"}
    assert "up_to" in node_at("ElasticLine", ("spec", "elasticity", 1, "<when>", "grow"))["properties"]
    assert node_at("ElasticLine", ("spec", "nothing", "there")) == {}
    assert fields_anywhere("LosslessRdmaPath")["bandwidth"] == "spec.traffic.bandwidth"
