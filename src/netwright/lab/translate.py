"""The intents of production as they hold in a lab: its ports, and every rate divided by the lab's scale.

The files are not touched: this is what the topology of a lab says about itself (`scale`, and `stands_for` of a port),
laid over the models once they are read. Loss, delay and sizes of packets and bursts stay what they are: a lab is
slower, not shorter. In any other network nothing changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TypeVar, get_args

from pydantic import BaseModel, BeforeValidator

from netwright.intents.loader import Intents
from netwright.intents.schema import Attachment
from netwright.intents.types import parse_rate
from netwright.topology.model import Topology

M = TypeVar("M", bound=BaseModel)
Ports = Mapping[tuple[str, str], str]


def as_in(intents: Intents, topology: Topology) -> Intents:
    """The intents as this network's topology means them."""
    ports = _stand_ins(topology)
    if topology.scale == 1 and not ports:
        return intents
    services = tuple(_model(service, topology.scale, ports) for service in intents.services)
    return replace(intents, services=services)


def translates(topology: Topology) -> bool:
    """Whether intents mean something else in this network than in production."""
    return topology.scale != 1 or bool(_stand_ins(topology))


def _stand_ins(topology: Topology) -> Ports:
    return {
        (node.name, port.stands_for): port.name
        for node in topology.nodes.values()
        for port in node.ports.values()
        if port.stands_for
    }


def _model(model: M, scale: int, ports: Ports) -> M:
    """A copy with every field of it and below it translated."""
    rates = _rates(type(model))
    changed: dict[str, object] = {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        if name in rates and isinstance(value, int):
            changed[name] = max(1, value // scale)
        elif (new := _value(value, scale, ports)) is not value:
            changed[name] = new
    if isinstance(model, Attachment):
        changed["port"] = ports.get((model.node, model.port), model.port)
    return model.model_copy(update=changed) if changed else model


def _value(value: object, scale: int, ports: Ports) -> object:
    if isinstance(value, BaseModel):
        return _model(value, scale, ports)
    if isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        return tuple(_value(item, scale, ports) for item in value)
    return value


@cache
def _rates(model: type[BaseModel]) -> frozenset[str]:
    """The fields of a model that hold a rate, known by the validator that every rate has."""
    return frozenset(
        name
        for name, field in model.model_fields.items()
        if any(_reads_rate(item) for item in (*field.metadata, *_inner(field.annotation)))
    )


def _inner(annotation: object) -> tuple[object, ...]:
    """The metadata inside `Rate | None`."""
    return tuple(item for part in get_args(annotation) for item in getattr(part, "__metadata__", ()))


def _reads_rate(item: object) -> bool:
    return isinstance(item, BeforeValidator) and item.func is parse_rate
