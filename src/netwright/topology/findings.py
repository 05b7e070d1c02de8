"""What pydantic objects to, as diagnostics with a place and a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, RootModel, ValidationError

from netwright.diagnostics import Diagnostics
from netwright.intents.words import did_you_mean, listed, shown
from netwright.topology.document import Data, Document

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], document: Document, found: Diagnostics, kind: str = "") -> Model | None:
    """The data of `document` as a `model`; every objection goes to `found`.

    `kind` is what the file's first keys name (`Host`), where it is a mapping of things and not of lists.
    """
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors():
            _report(detail, model, document, found, kind)
        return None


def _report(detail: ErrorDetails, model: type[BaseModel], document: Document, found: Diagnostics, kind: str) -> None:
    place = _place(detail["loc"], document.data)
    field = str(place[-1]) if place else document.file
    address = _address(place, document, kind)
    path = _spell(place if address == document.file else place[1 if kind else 2 :])
    match detail["type"]:
        case "extra_forbidden":
            known = _fields(model, place[:-1])
            source = document.source(place, key=True)
            note = did_you_mean(field, known)
            hint = "" if note else f"known here: {', '.join(known)}"
            found.error("unknown-field", address, f"{path} is not a field", source, note=note, hint=hint)
        case "missing":
            source = replace(document.source(place), length=1)  # where it would stand: the caret marks no text
            found.error("missing-field", address, f"needs `{field}`", source)
        case "literal_error":
            words = str(detail["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
            allowed = [word for word in words if word]
            note = did_you_mean(str(detail["input"]), allowed)
            message = f"{path} is {shown(detail['input'])}, not one of {listed(allowed)}"
            found.error("bad-value", address, message, document.source(place), note=note)
        case code if "hint" in (context := detail.get("ctx", {})):  # a scalar of the intents: its type is the code
            message, source = f"{path} {detail['msg']}", document.source(place)
            found.error(code, address, message, source, note=context.get("note", ""), hint=context["hint"])
        case _:
            message = f"{path}: {detail['msg'].removeprefix('Value error, ')}"
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


def _address(place: Sequence[str | int], document: Document, kind: str) -> str:
    """`Link/core1-core2` where the row can be named, the file where it cannot."""
    if kind and place:
        return f"{kind}/{place[0]}"
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
    if issubclass(model, RootModel):
        here = _model_in(model.model_fields["root"].annotation) or model
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
