"""What the verbs ask the rest of the house for: one function a verb, frozen values in and out, errors from the tree.

`netwright.app` is the module that answers; the verbs know only this page of it, and tests put another in its place.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from netwright.apply.model import Observer, Outcome
    from netwright.drift.adopt import Adoption
    from netwright.drift.classify import Drifted
    from netwright.plan.model import Plan
    from netwright.plan.spoken import View
    from netwright.wish import Done, Explanation, Looked, Wish
    from netwright.yang.model import Judged


class Facade(Protocol):
    """The house behind the verbs. What cannot be done is raised: `Refused`, `DeviceError`, `LockHeld` ..."""

    def judge_files(self, wish: Wish, modules: Path, yanglint: str) -> Judged:
        """Hold what the files lead to against the vendor's YANG modules. Writes nothing, asks no device."""

    def plan(self, wish: Wish, observe: Observer) -> Plan:
        """Make the plan of the whole network. Writes nothing into its folder."""

    def texts(self, plan: Plan, devices: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        """What each device runs before and after, as text with every secret masked."""

    def spoken(self, wish: Wish, plan: Plan, devices: Sequence[str]) -> Mapping[str, Sequence[View]]:
        """The change of each device in the words that people read, where those are not the words that are sent."""

    def write_plan(self, plan: Plan, folder: Path) -> None:
        """Write the plan's folder."""

    def check_reviewed(self, plan: Plan, folder: Path) -> None:
        """`Refused` unless every change of `plan` is the one in the folder that was reviewed."""

    def recover(self, wish: Wish, observe: Observer) -> Outcome | None:
        """Finish or undo what a killed run left; None when nothing was left."""

    def apply(self, wish: Wish, plan: Plan, confirm_timeout_s: int, observe: Observer) -> Done:
        """Apply exactly this plan."""

    def plan_back(self, wish: Wish, to: str, observe: Observer) -> Plan:
        """The plan that leads back to what apply `to` left ("": to what was before the last apply)."""

    def verify(self, wish: Wish, addresses: Sequence[str], observe: Observer) -> Looked:
        """Look whether the promises of these intents are kept; none means all."""

    def drift(self, wish: Wish, devices: Sequence[str], observe: Observer) -> Sequence[Drifted]:
        """What is not as we left it on these devices; none means all."""

    def adopt(self, wish: Wish, observe: Observer) -> Adoption:
        """Make the record anew from what the devices run, and read lost numbers from them."""

    def explain(self, wish: Wish, device: str, line: str) -> Sequence[Explanation]:
        """Who wants the lines of a device that contain `line`."""


def facade() -> Facade:
    """The house."""
    return cast("Facade", import_module("netwright.app"))
