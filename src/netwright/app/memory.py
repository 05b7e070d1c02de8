"""Plan again from the last plan: what is kept of it, whether it still holds, and what has to be done anew.

Only an offline plan of this instant is remembered. Everything but the intents' files must be what it was, to the byte;
of the intents, those that say something else are compiled and the devices that they touch are planned. Whatever this
does not settle raises `Anew`, and the network is planned as a whole. Either way the plan is the same.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from netwright.app.conforming import names_modules
from netwright.app.ground import ground_of
from netwright.app.marks import changed, files_below, marks, program
from netwright.app.site import last_known, now
from netwright.diagnostics import Diagnostics
from netwright.intents.crosschecks import Network as Documents
from netwright.intents.crosschecks import crosscheck
from netwright.intents.loader import Intents, files_in, read_intents
from netwright.intents.schema import Fabric, Intent, Service
from netwright.lab.translate import translates
from netwright.overlay import Made
from netwright.plan.build import build_plan
from netwright.plan.device import Account
from netwright.plan.ground import Ground
from netwright.plan.model import Plan
from netwright.plan.record import Applied
from netwright.platforms.base import Provenance, read_tree
from netwright.services.again import Last, compile_again
from netwright.services.design import Design, said
from netwright.services.rerouting import Anew
from netwright.services.traces import traces_of
from netwright.topology.inventory import Inventory
from netwright.topology.model import Topology
from netwright.tree import Tree
from netwright.wish import Wish
from netwright.workspace import Network, baseline_of

Claim: TypeAlias = tuple[str, ...]
"""What only one intent can have: a port's VLAN, a pinned number."""


@dataclass(frozen=True)
class Marks:
    """What a network was read from: every file's mark, and what was asked for."""

    asked: str
    ground: Mapping[str, str]  # everything but the intents
    intents: Mapping[str, str]

    @classmethod
    def of(cls, wish: Wish) -> Marks:
        """The marks as they are now: taken before anything is read, so that a later edit is noticed."""
        return cls(_asked(wish), marks(_ground(wish.network)), marks(files_in([wish.network / "intents"])))


@dataclass(frozen=True)
class Memory:
    """What is kept of a plan. Mappings may be read when somebody looks."""

    marks: Marks
    documents: Mapping[str, tuple[str, ...]]  # the addresses in each file of intents
    claims: Mapping[Claim, str]  # whose each is
    topology: Topology
    inventory: Inventory
    last: Last
    accounts: Mapping[str, Account]
    provenance: Mapping[tuple[str, int], Provenance]
    applied: Applied


def _asked(wish: Wish) -> str:
    flags = wish.emulated, wish.allow_unverified, wish.offline, wish.at, wish.takeover, wish.abandon
    return f"{program()} {wish.network.resolve()} {Path.cwd()} {flags}"


def _ground(root: Path) -> list[str]:
    state = root / "state"
    records = (str(state / name) for name in ("ledger.yaml", "applied.json"))
    return [*files_below(root / "inventory", root / "templates"), *records]


def can_remember(wish: Wish) -> bool:
    """Whether such a plan is remembered: of this instant, on the record alone, with nothing taken over or left out."""
    return wish.offline and wish.at is None and not wish.takeover and not wish.abandon


def remember(network: Network, design: Design, taken: Marks) -> Memory | None:
    """What to keep of a network that was compiled as a whole; None of one that cannot be planned again in parts."""
    topology = network.topology
    if design.routing is None or translates(topology) or names_modules(network):
        return None
    documents = _documents(taken.intents, network.intents)
    if documents is None:
        return None
    return Memory(
        marks=taken,
        documents=documents,
        claims={claim: one.address for one in network.intents.services for claim in _claims(one)},
        topology=topology,
        inventory=network.inventory,
        last=Last(design, traces_of(design, topology, network.platforms)),
        accounts={},
        provenance={},
        applied=network.applied,
    )


def planned(memory: Memory, made: Plan) -> Memory:
    """The memory, with the plan that was made of it."""
    return replace(memory, accounts=made.accounts, provenance=made.provenance)


def _documents(files: Iterable[str], intents: Intents) -> dict[str, tuple[str, ...]] | None:
    """The addresses in each of `files`; None when an intent stands in a file that goes by another name."""
    names = {os.path.abspath(file): file for file in files}  # noqa: PTH100 - ten thousand of them
    found: dict[str, list[str]] = {file: [] for file in names.values()}
    for address, place in intents.sources.places.items():
        file = names.get(os.path.abspath(place.file.name))  # noqa: PTH100
        if file is None:
            return None
        found[file].append(address)
    return {file: tuple(addresses) for file, addresses in found.items()}


def _claims(service: Service) -> Iterator[Claim]:
    for _, attachment in service.attachments:
        if attachment.vlan is not None:
            yield attachment.node, attachment.port, str(attachment.vlan)
    for pin in ("rd", "rt", "slice_id", "colour"):
        if (number := getattr(service.spec.pins, pin)) is not None:
            yield pin, str(number)


# ---- again ----------------------------------------------------------------------------------------------------------


def plan_again(memory: Memory, wish: Wish) -> tuple[Plan, Memory]:
    """The plan as it is now, from what was remembered; or `Anew`."""
    taken = _still(memory, wish)
    news = _news(memory, taken)
    network = Network(wish.network, Intents(), memory.topology, memory.inventory)
    following = compile_again(memory.last, news.wanted, news.gone, memory.topology, network.platforms, now())
    kept = {name: one for name, one in memory.accounts.items() if name not in following.devices}
    ground = _ground_of(network, wish, memory, following)
    made = build_plan(following.design, ground, ahead=True, kept=kept)
    made = replace(
        made,
        provenance={**memory.provenance, **made.provenance},
        ledger_before=following.design.ledger_before,
    )
    claims = {claim: name for claim, name in memory.claims.items() if name not in news.wanted and name not in news.gone}
    claims |= {claim: one.address for one in news.wanted.values() for claim in _claims(one)}
    known = replace(memory, marks=taken, documents=news.documents, claims=claims, last=following)
    return made, planned(known, made)


def _ground_of(network: Network, wish: Wish, memory: Memory, following: Last) -> Ground:
    """The ground of such a plan: read for the devices that are planned."""
    served = following.design.served
    baselines = Made(network.platforms, lambda name: _baseline(network, name))
    seen = last_known(network.platforms, baselines, memory.applied)
    return replace(
        ground_of(network, wish, seen, baselines, memory.applied),
        policies=Made(served, lambda address: dict(served[address].profile.service.spec.policy.drift)),
    )


def _baseline(network: Network, name: str) -> Tree:
    platform = network.platforms[name]
    text = baseline_of(network.root, name, platform)
    return {} if text is None else read_tree(platform, text)


def _still(memory: Memory, wish: Wish) -> Marks:
    """The marks as they are now. `Anew` when anything but the intents is not what it was."""
    before = memory.marks
    if _asked(wish) != before.asked:
        raise Anew("something else is asked, or this is another program")
    ground = _ground(wish.network)
    if set(ground) != set(before.ground) or changed(ground, before.ground):
        raise Anew("inventory, templates, ledger or record are not what they were")
    files = list(files_in([wish.network / "intents"]))
    fresh = changed(files, before.intents)
    again = marks(sorted(fresh))
    return replace(before, intents={name: again[name] if name in fresh else before.intents[name] for name in files})


@dataclass(frozen=True)
class _News:
    """What the files say otherwise than before."""

    wanted: Mapping[str, Service]
    gone: frozenset[str]
    documents: Mapping[str, tuple[str, ...]]


def _news(memory: Memory, taken: Marks) -> _News:
    """Read the files that are not what they were. `Anew` when something is to be said of them."""
    before, says = memory.documents, memory.last.design.says
    fresh = [name for name, mark in taken.intents.items() if memory.marks.intents.get(name) != mark]
    again = frozenset(fresh)
    left = {name: before[name] for name in taken.intents if name in before and name not in again}
    stay = {address for names in left.values() for address in names}
    intents, found = (
        read_intents([Path(name) for name in fresh], Path.cwd(), whole=False) if fresh else (Intents(), Diagnostics())
    )
    now_there = {one.address: one for one in intents.all}
    if found.found or stay & now_there.keys():
        raise Anew("something is to be said of a file")
    gone = frozenset(address for names in before.values() for address in names) - stay - now_there.keys()
    changed_ = {name: one for name, one in now_there.items() if says.get(name) != said(one)}
    wanted = {name: one for name, one in changed_.items() if not isinstance(one, Fabric)}
    if len(wanted) != len(changed_) or any(address.startswith("Fabric/") for address in gone):
        raise Anew("the Fabric is not what it was")
    _check_others(memory, wanted, gone)
    documents = _documents(fresh, intents)
    if documents is None:
        raise Anew("a file goes by another name")
    return _News(wanted, gone, left | documents)


def _check_others(memory: Memory, wanted: Mapping[str, Service], gone: Collection[str]) -> None:
    """What the intents must be to each other: told as a whole where anything is wrong."""
    for one in wanted.values():
        for claim in _claims(one):
            if (owner := memory.claims.get(claim)) and owner not in wanted and owner not in gone:
                raise Anew("two intents claim the same")
    traces, served = memory.last.traces.by_address, memory.last.design.served
    ridden = {f"TenantSlice/{name}" for one in wanted.values() if (name := getattr(one.spec, "slice", ""))}
    riders = {name for name, trace in traces.items() if trace.ride in wanted} - wanted.keys() - set(gone)
    beside = [served[name].profile.service for name in (*ridden - wanted.keys(), *riders) if name in traces]
    numbers = memory.last.design.numbers
    fabric: list[Intent] = [numbers.fabric] if numbers else []
    every: list[Intent] = [*fabric, *beside, *wanted.values()]
    if any(crosscheck(Documents(every, frozenset(one.address for one in every), lambda address, _: address))):
        raise Anew("two intents do not go together")
