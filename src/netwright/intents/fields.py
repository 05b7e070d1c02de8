"""A document as its fields: each path with the value as people write it, defaults left out. For comparing two of them.

An item of a list goes by what it is (the attachment's node and port, the sub-slice's name), so that taking one out of
the middle is one change and not one of all behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from pydantic import BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from netwright.intents.schema import Intent
from netwright.intents.types import format_rate, parse_rate

Fields: TypeAlias = "dict[str, str]"

_IDENTITY = frozenset({"apiVersion", "kind", "metadata.name"})  # what the document's address says
_rate = lru_cache(maxsize=4096)(format_rate)  # many lines ask for the same


def fields_of(document: Intent) -> Fields:
    """`{"spec.bandwidth": "20G", "spec.sites[pod1-leaf2 eth3].vlan": "300", ...}`."""
    said = document.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {path: text for path, text in _of_model("", document, said) if path not in _IDENTITY}


def _of_model(at: str, model: BaseModel, said: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, info in type(model).model_fields.items():
        key = info.alias or name
        if key in said:
            yield from _of_value(f"{at}.{key}" if at else key, getattr(model, name), said[key], info)


def _of_value(at: str, value: object, said: object, info: FieldInfo | None = None) -> Iterator[tuple[str, str]]:
    if isinstance(value, BaseModel) and isinstance(said, Mapping):
        yield from _of_model(at, value, said)
    elif isinstance(value, tuple) and isinstance(said, list) and any(isinstance(item, BaseModel) for item in value):
        for step, item, words in zip(_steps(value), value, said, strict=True):
            yield from _of_value(f"{at}[{step}]", item, words)
    elif isinstance(said, Mapping):
        for key in said:
            yield f"{at}.{key}", _text(said[key])
    elif info is not None and isinstance(value, int) and _is_rate(info):
        yield at, _rate(value)
    else:
        yield at, _text(said)


def _steps(items: tuple[object, ...]) -> list[str]:
    """What each item is called; its number where several would be called the same."""
    names = [_name(item) for item in items]
    return [
        name if name and names.count(name) == 1 else f"{name} {number}".strip() for number, name in enumerate(names)
    ]


def _name(item: object) -> str:
    for keys in (("node", "port"), ("name",), ("prefix",)):
        if all(hasattr(item, key) for key in keys):
            return " ".join(str(getattr(item, key)) for key in keys)
    return ""


def _text(said: object) -> str:
    if isinstance(said, list):
        return ", ".join(map(_text, said))
    if isinstance(said, Mapping):
        return ", ".join(f"{key} {_text(value)}" for key, value in said.items())
    return f"{said:g}" if isinstance(said, float) else str(said)


def _is_rate(info: FieldInfo) -> bool:
    return any(isinstance(mark, BeforeValidator) and mark.func is parse_rate for mark in info.metadata)
