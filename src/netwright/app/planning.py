"""`plan`: the network's files, its state and its devices to a frozen plan; and the plan's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from netwright.app.conforming import conforming
from netwright.app.ground import design_of, ground_of
from netwright.app.memory import Marks, Memory, can_remember, plan_again, planned, remember
from netwright.app.shelf import Shelf
from netwright.app.site import network_of, now, offline_view, site
from netwright.apply.model import Observer, silent
from netwright.intents.loader import no_garbage_collection
from netwright.plan import folder as plan_folder
from netwright.plan.ahead import WORTH_IT, work
from netwright.plan.build import build_plan
from netwright.plan.ground import Seen
from netwright.plan.masked import masked_parts
from netwright.plan.model import Plan
from netwright.plan.spoken import View, views
from netwright.platforms.base import Platform, join_parts
from netwright.platforms.registry import PLATFORMS
from netwright.render.templates import library
from netwright.report.plan import plan_document, plan_markdown
from netwright.services.rerouting import Anew
from netwright.tree import Tree
from netwright.wish import Wish
from netwright.workspace import Network


def plan(wish: Wish, observe: Observer = silent) -> Plan:
    """Make the plan of the whole network. Writes nothing into its folder."""
    if can_remember(wish):
        return Planner(wish, Shelf.of(wish.network)).plan_and_keep()
    if wish.offline:
        with no_garbage_collection():
            network = network_of(wish)
            return conforming(network, plan_of(network, wish, offline_view(network), ahead=True))
    with site(wish) as here:
        seen = here.look(observe)
    return conforming(here.network, plan_of(here.network, wish, seen, ahead=True))


@dataclass
class Planner:
    """Plans one network offline, again and again: what was the same the last time is not done again.

    With a shelf, the last time may have been another command, and the next may be.
    """

    wish: Wish
    shelf: Shelf | None = None
    least: int = WORTH_IT  # devices and services from which on it is worth to remember anything
    memory: Memory | None = None
    kept: Memory | None = None  # what lies on the shelf

    def plan_and_keep(self) -> Plan:
        """The plan, as a command makes it: what the next one may want to know goes to the shelf."""
        made = self.plan()
        self._keep()
        return made

    def plan(self) -> Plan:
        """The plan as of now, kept in mind; one made anew goes to the shelf. `Refused` with every reason against it."""
        if self.memory is None and self.shelf is not None and not self.wish.anew:
            self.memory = self.kept = self.shelf.load()
        if self.memory is not None:
            with suppress(Anew), no_garbage_collection():
                made, self.memory = plan_again(self.memory, self.wish)
                return made
        with no_garbage_collection():
            return self._plan_anew()

    def _plan_anew(self) -> Plan:
        taken, network = Marks.of(self.wish), network_of(self.wish)
        devices = len(network.platforms)
        large = work(devices, devices, len(network.intents.services)) >= self.least
        design, ground = design_of(network, now()), ground_of(network, self.wish, offline_view(network))
        memory = remember(network, design, taken) if large else None
        with self.shelf.beginning(memory) if self.shelf and memory else nullcontext():
            made = build_plan(design, ground, ahead=True, giving=bool(self.shelf and memory))
            made = conforming(network, replace(made, ledger_before=network.ledger))
        self.memory, self.kept = planned(memory, made) if memory else None, None
        self._keep()
        return made

    def _keep(self) -> None:
        if self.shelf is not None and self.memory is not None and self.memory is not self.kept:
            self.shelf.store(self.memory, self.kept)
            self.kept = self.memory


def plan_of(network: Network, wish: Wish, seen: Mapping[str, Seen], *, ahead: bool = False) -> Plan:
    """The plan of a network whose devices run what was seen; `ahead`: to be read, not to be applied at once."""
    with no_garbage_collection():
        made = build_plan(design_of(network, wish.at or now()), ground_of(network, wish, seen), ahead=ahead)
        return replace(made, ledger_before=network.ledger)


# ---- the plan as files ----------------------------------------------------------------------------------------------


def texts(made: Plan, devices: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """What each device runs before and after, as text with every secret masked."""
    packs = _packs(made)
    return {
        name: (_masked(packs[name], made.devices[name].before), _masked(packs[name], made.devices[name].after))
        for name in devices
    }


def _masked(pack: Platform, tree: Tree) -> str:
    return join_parts(masked_parts(pack, tree))


def spoken(wish: Wish, made: Plan, devices: Sequence[str]) -> Mapping[str, Sequence[View]]:
    """The change of each device in the words that people read, where those are not the words that are sent."""
    packs, templates = _packs(made), library(wish.network / "templates")
    return {name: views(made.devices[name], packs[name], templates) for name in devices}


def write_plan(made: Plan, folder: Path) -> None:
    """Write the plan's folder."""
    document = json.dumps(plan_document(made), indent=2, ensure_ascii=False) + "\n"
    plan_folder.write(made, _packs(made), folder, {"plan.json": document, "plan.md": plan_markdown(made)})


def check_reviewed(made: Plan, folder: Path) -> None:
    """`Refused` unless every change of `made` is the one in the folder that was reviewed."""
    plan_folder.check(made, _packs(made), folder)


def _packs(made: Plan) -> Mapping[str, Platform]:
    return {name: PLATFORMS[change.platform] for name, change in made.devices.items()}
