"""What an intent is promised: figures with the formula, the inputs and the source behind each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

Input: TypeAlias = int | float | str


class Bound(StrEnum):
    """Which side of what was asked is the good one."""

    AT_LEAST = "at-least"  # goodput, bandwidth, availability
    AT_MOST = "at-most"  # delay, loss, buffer
    NONE = "none"  # a figure nobody asked for


@dataclass(frozen=True, slots=True)
class Figure:
    """One promised figure. `asked` and `value` are both in `unit`; `asked` is None where the intent is silent."""

    name: str
    value: float
    unit: str
    asked: float | None
    formula: str
    inputs: tuple[tuple[str, Input], ...]
    source: str
    bound: Bound = Bound.NONE

    @property
    def holds(self) -> bool:
        """Whether the promised value satisfies what was asked."""
        if self.asked is None or self.bound is Bound.NONE:
            return True
        return self.value >= self.asked if self.bound is Bound.AT_LEAST else self.value <= self.asked

    def as_dict(self) -> dict[str, object]:
        """The stable keys of `--json`."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "asked": self.asked,
            "bound": str(self.bound),
            "holds": self.holds,
            "formula": self.formula,
            "inputs": dict(self.inputs),
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything one intent is promised, by the intent's address."""

    address: str
    figures: tuple[Figure, ...]

    @property
    def holds(self) -> bool:
        """Whether every figure satisfies what was asked."""
        return all(figure.holds for figure in self.figures)

    def figure(self, name: str) -> Figure | None:
        """The figure of that name, if it is promised."""
        return next((figure for figure in self.figures if figure.name == name), None)

    def as_dict(self) -> dict[str, object]:
        """The stable keys of `--json`."""
        return {"address": self.address, "holds": self.holds, "figures": [figure.as_dict() for figure in self.figures]}
