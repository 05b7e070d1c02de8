"""`plan`: the network's files, its state and its devices to a frozen plan; and the plan's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from netwright.app.conforming import conforming
from netwright.app.site import network_of, now, offline_view, site
from netwright.apply.model import Observer, silent
from netwright.drivers.model import SWITCHES
from netwright.intents.loader import no_garbage_collection
from netwright.plan import folder as plan_folder
from netwright.plan.build import build_plan
from netwright.plan.ground import Ground, Seen
from netwright.plan.masked import masked_parts
from netwright.plan.model import Plan
from netwright.plan.policy import Policies
from netwright.plan.spoken import View, views
from netwright.platforms.base import Platform, join_parts
from netwright.platforms.registry import PLATFORMS
from netwright.render.templates import library
from netwright.report.plan import plan_document, plan_markdown
from netwright.services.compile import Design, compile_design
from netwright.tree import Tree
from netwright.wish import Wish
from netwright.workspace import Network


def plan(wish: Wish, observe: Observer = silent) -> Plan:
    """Make the plan of the whole network. Writes nothing."""
    if wish.offline:
        with no_garbage_collection():
            network = network_of(wish)
            return conforming(network, plan_of(network, wish, offline_view(network), ahead=True))
    with site(wish) as here:
        seen = here.look(observe)
    return conforming(here.network, plan_of(here.network, wish, seen, ahead=True))


def plan_of(network: Network, wish: Wish, seen: Mapping[str, Seen], *, ahead: bool = False) -> Plan:
    """The plan of a network whose devices run what was seen; `ahead`: to be read, not to be applied at once."""
    with no_garbage_collection():
        made = build_plan(design_of(network, wish.at or now()), ground_of(network, wish, seen), ahead=ahead)
        return replace(made, ledger_before=network.ledger)


def design_of(network: Network, at: datetime) -> Design:
    """What the network shall be at an instant."""
    return compile_design(network.intents, network.topology, network.platforms, network.ledger, at)


def ground_of(network: Network, wish: Wish, seen: Mapping[str, Seen]) -> Ground:
    """Everything else that a plan is made from."""
    hosts = network.inventory.hosts
    return Ground(
        platforms=network.platforms,
        switches={name: SWITCHES[node.platform] for name, node in network.topology.nodes.items()},
        baselines=network.baselines,
        applied=network.applied,
        seen=seen,
        library=network.templates,
        consents={name: network.inventory.allow_unverified(name) for name in network.platforms},
        management={} if wish.emulated else {name: hosts[name].hostname for name in network.platforms},
        online=not wish.offline,
        now=wish.at is None,
        allow_unverified=wish.allow_unverified,
        takeover=wish.takeover,
        policies=drift_policies(network),
    )


def drift_policies(network: Network) -> Policies:
    """What each intent wants done about drift."""
    return {intent.address: dict(intent.spec.policy.drift) for intent in network.intents.services}


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
