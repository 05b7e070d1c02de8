"""`rollback`: the plan that leads back to what an apply left, and which intents hold again once it was gone back.

The way back is made from what was recorded. The intents of then are those that lie beside the snapshot of the apply
that is gone back to; without one, as in another clone, the network's own files stand for them. An intent *holds again*
when planning it from there would change nothing: only such a one is verified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from netwright.app.conforming import conforming_back
from netwright.app.ground import design_of, ground_of
from netwright.app.site import network_of, now, offline_view, site
from netwright.apply.model import Observer, Outcome, silent
from netwright.apply.snapshot import INTENTS, SNAPSHOT, Snapshot, no_such_apply, read_snapshot, snapshots
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.intents.loader import read_intents
from netwright.lab.translate import as_in
from netwright.plan.build import build_plan
from netwright.plan.model import Action, Plan
from netwright.plan.record import Applied
from netwright.services.checks import Check
from netwright.services.design import Design
from netwright.tree import Leaf, Origin, Wanted
from netwright.verify.model import Findings, State
from netwright.wish import Wish
from netwright.workspace import Network


def plan_back(wish: Wish, to: str, observe: Observer = silent) -> Plan:
    """The plan that leads back to what apply `to` left ("": to what was before the last apply)."""
    then = _goal(network_of(wish), to)  # said before any device, or a password for it, is asked for
    with site(wish) as here:
        network = here.network
        ground = ground_of(network, wish, here.look(observe))
        wanted = {name: _wanted(then, name) for name in network.platforms}
        said = then.applied.intents
        ground = replace(ground, wanted=wanted, said=said, allow_unverified=True)
        made = replace(build_plan(_design_of(network, then), ground), ledger_before=network.ledger)
        return conforming_back(network, replace(made, back_to=then.applied))


def _goal(network: Network, to: str) -> Snapshot:
    return _left_by(network, to) if to else _before_last(network)


def _before_last(network: Network) -> Snapshot:
    root, last = network.state / "snapshots", network.applied.apply_id
    if last not in snapshots(root):
        found = Diagnostics()
        hint = "netwright show applies; a snapshot stays on the machine that applied"
        found.error(
            "nothing-to-go-back", last or "the last apply", "is not recorded here, or its snapshot is gone", hint=hint
        )
        found.close()
    return read_snapshot(root, last)


def _left_by(network: Network, apply_id: str) -> Snapshot:
    """What an apply left is what was before the next one, or what is recorded now."""
    if network.applied.apply_id == apply_id:
        return Snapshot(apply_id, network.ledger, network.applied)
    root = network.state / "snapshots"
    past = [read_snapshot(root, name) for name in snapshots(root)]
    found = next((then for then in past if then.applied.apply_id == apply_id), None)
    if found is None:
        no_such_apply(apply_id, sorted({then.applied.apply_id for then in past} - {""}))
    return found


def _wanted(then: Snapshot, device: str) -> Wanted:
    """What we owned on a device then, as what is wanted now."""
    leaves = then.applied.device(device).leaves
    return {
        path: Leaf(leaf.value, tuple(_origin(owner) for owner in sorted(leaf.owners))) for path, leaf in leaves.items()
    }


def _origin(owner: str) -> Origin:
    return Origin(owner, SNAPSHOT, "state/snapshots", 0)


def _design_of(network: Network, then: Snapshot) -> Design:
    """A design that only remembers: the numbers of then, revived where they rest by now."""
    claims: Mapping[str, int] = then.ledger.numbers
    ledger = network.ledger.revive([claim for claim in claims if claim not in network.ledger.numbers], now())
    return Design(now(), ledger, {}, {}, {}, (), frozenset(claims), None)


# ---- what holds again -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Again:
    """What is promised again after a rollback. `others`: who had lines then and cannot be looked at; `why` not."""

    network: Network  # with the intents of then
    made: Plan | None = None  # of these, from what runs now: what it leaves alone holds
    addresses: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    why: str = ""

    @property
    def checks(self) -> Sequence[Check]:
        """The checks that are due."""
        return [check for check in self.made.checks if check.intent in self.addresses] if self.made else ()

    @property
    def design(self) -> Design | None:
        """The design of then, as far as it holds."""
        found = self.made.design if self.made else None
        return replace(found, served={k: v for k, v in found.served.items() if k in self.addresses}) if found else None


def again(network: Network, wish: Wish, then: Applied) -> Again:
    """Which intents hold again, now that the record is that of `then`."""
    said = tuple(sorted(then.intents))
    if not said:
        return Again(network)
    kept = intents_left_by(network, then.apply_id)
    if kept is not None:
        intents, found = read_intents([kept], Path.cwd())
        network = replace(network, intents=as_in(intents, network.topology))
        if found.errors:
            return Again(network, others=said, why=found.errors[0].message)
    else:
        network = replace(network)  # reads its state again
    try:
        quiet = replace(wish, offline=True, allow_unverified=True, takeover=())
        design = design_of(network, datetime.fromisoformat(then.at))
        made = build_plan(design, ground_of(network, quiet, offline_view(network)))
    except Refused as refused:
        return Again(network, others=said, why=refused.diagnostics[0].message)
    holds = frozenset(change.address for change in made.intents if change.action is Action.KEEP)
    others = tuple(address for address in said if address not in holds)
    return Again(network, made, holds, others, "what it said then is not what the files say" if others else "")


def told_again(outcome: Outcome, holds: Again, findings: Findings) -> Outcome:
    """The outcome of a rollback with what was found afterwards. The devices stay as they are, whatever that is."""
    code, sentence = outcome.exit_code, outcome.sentence
    if not findings.kept:
        lost = any(verdict.state is State.ERROR for verdict in findings.verdicts)
        code = 4 if lost else 3
        sentence += "; a promise that holds again could not be looked at" if lost else "; a promise is not kept again"
        sentence += ", which takes nothing back: netwright verify"
    if holds.others:
        sentence += f"; not verified: {', '.join(holds.others)} ({holds.why})"
    return replace(outcome, exit_code=code, sentence=sentence, findings=findings)


def intents_left_by(network: Network, apply_id: str) -> Path | None:
    """The intents that an apply made true, as its snapshot keeps them."""
    folder = network.state / "snapshots" / apply_id / INTENTS
    return folder if apply_id and folder.is_dir() else None
