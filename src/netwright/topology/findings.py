"""What pydantic objects to, as diagnostics with a place and a proposal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from netwright.diagnostics import Diagnostics
from netwright.topology.document import Data, Document

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The note beside the caret, or `""` when nothing known is near `word`."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else ""


def validated(model: type[Model], document: Document, found: Diagnostics) -> Model | None:
    """The data of `document` as a `model`; every objection goes to `found`."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors():
            _report(detail, model, document, found)
        return None


def _report(detail: ErrorDetails, model: type[BaseModel], document: Document, found: Diagnostics) -> None:
    place = _place(detail["loc"], document.data)
    field = str(place[-1]) if place else document.file
    address = _address(place, document)
    match detail["type"]:
        case "extra_forbidden":
            known = _fields(model, place[:-1])
            source = document.source(place, key=True)
            note = did_you_mean(field, known)
            hint = "" if note else f"known here: {', '.join(known)}"
            found.error("unknown-field", address, f"{_spell(place)} is not a field", source, note=note, hint=hint)
        case "missing":
            found.error("missing-field", address, f"needs `{field}`", document.source(place))
        case "literal_error":
            allowed = str(detail["ctx"]["expected"])
            note = did_you_mean(str(detail["input"]), allowed.replace("'", "").replace(" or ", ", ").split(", "))
            message = f"{_spell(place)} cannot be {detail['input']!r}: {allowed}"
            found.error("bad-value", address, message, document.source(place), note=note)
        case _:
            message = f"{_spell(place)}: {detail['msg'].removeprefix('Value error, ')}"
            found.error("bad-value", address, message, document.source(place))


def _place(loc: Sequence[str | int], data: Data) -> list[str | int]:
    """The location without pydantic's own words (names of union members), which are not in the file."""
    place: list[str | int] = []
    here: Data = data
    for number, step in enumerate(loc):
        last = number == len(loc) - 1
        if isinstance(here, dict) and isinstance(step, str) and (step in here or last):
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            continue
        place.append(step)
    return place


def _spell(place: Sequence[str | int]) -> str:
    """`links[3].a.port`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place).lstrip(".")


_KINDS = {"nodes": "Node", "links": "Link", "sites": "Site", "compute_pools": "ComputePool"}


def _address(place: Sequence[str | int], document: Document) -> str:
    """`Link/core1-core2` where the row can be named, the file where it cannot."""
    if len(place) < 2 or not isinstance(document.data, dict) or not isinstance(place[1], int):
        return document.file
    rows = document.data.get(str(place[0]))
    row = rows[place[1]] if isinstance(rows, list) else None
    name = _title(row) if isinstance(row, dict) else ""
    return f"{_KINDS.get(str(place[0]), str(place[0]))}/{name or place[1]}"


def _title(row: dict[str, Data]) -> str:
    if isinstance(row.get("name"), str):
        return str(row["name"])
    ends = [end.get("node") for end in (row.get("a"), row.get("z")) if isinstance(end, dict)]
    return "-".join(str(end) for end in ends) if len(ends) == 2 else ""


def _fields(model: type[BaseModel], place: Sequence[str | int]) -> list[str]:
    """The fields of the model at `place`."""
    here = model
    for step in place:
        field = here.model_fields.get(str(step)) if isinstance(step, str) else None
        if field is not None:
            here = _model_in(field.annotation) or here
    return list(here.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The model inside `list[Model]`, `Model | None`, `dict[str, Annotated[Model, ...]]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(part) for part in get_args(annotation))
    return next((model for model in found if model is not None), None)
