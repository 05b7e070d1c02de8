"""`drift`: what has changed on the devices behind our back; and the repair of a lost or older record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from netwright.alloc.ledger import Ledger
from netwright.app.applying import lock
from netwright.app.ground import drift_policies
from netwright.app.site import now, site
from netwright.apply.model import Observer, silent
from netwright.diagnostics import Diagnostics
from netwright.drift.adopt import Adoption, adopted, chosen, settled
from netwright.drift.classify import Drifted, classify
from netwright.drift.numbers import Compiler, recover
from netwright.errors import Refused
from netwright.plan.masked import masked_value
from netwright.plan.record import Applied
from netwright.plan.record_file import BrokenState
from netwright.plan.said import Sayings
from netwright.platforms.base import Platform
from netwright.render.engine import render
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.topology.names import check_nodes
from netwright.tree import Wanted
from netwright.wish import Wish
from netwright.workspace import Network, commit_of


def drift(wish: Wish, devices: Sequence[str] = (), observe: Observer = silent) -> tuple[Drifted, ...]:
    """Every leaf of ours that is not as we left it, and what stands in containers of ours that is not ours."""
    with site(wish) as here:
        network = here.network
        check_nodes(network.topology.nodes, devices)
        seen = here.look(observe)
        policies = drift_policies(network)
        return tuple(
            _masked(network.platforms[name], one)
            for name in sorted(devices or network.platforms)
            for one in classify(name, network.applied.device(name), seen[name].tree, policies)
        )


def _masked(pack: Platform, one: Drifted) -> Drifted:
    """A difference for eyes: a secret by its fingerprint, so that a change of it still shows."""
    ours, found = (masked_value(pack, one.path, value) if value else value for value in (one.ours, one.found))
    return replace(one, ours=ours, found=found)


def adopt(wish: Wish, observe: Observer = silent) -> Adoption:
    """Repair ledger and record: read lost numbers from the devices; claim there what is wanted, less the baseline."""
    with site(wish) as here, lock(here.network):
        network, at = here.network, now()
        seen = here.look(observe)
        compiler = _compiler(network, at)
        read = recover(compiler, _ledger(network), {name: view.tree for name, view in seen.items()}, at)
        made = compiler.design(read.ledger)
        wanted = compiler.render(made)
        before, commit = _record(network), commit_of(network.root)
        applied = adopted(wanted, seen, network.baselines, commit, at, before, Sayings(made))
        network.save(settled(made, read, applied), applied)
        return Adoption(applied, read, chosen(made, read, applied))


def _compiler(network: Network, at: datetime) -> Compiler:
    def design(ledger: Ledger) -> Design:
        return compile_design(network.intents, network.topology, network.platforms, ledger, at)

    def rendered(made: Design) -> Mapping[str, Wanted]:
        found = Diagnostics()
        wanted = {
            name: render(made.fragments.get(name, ()), pack, network.templates, found).leaves
            for name, pack in network.platforms.items()
        }
        found.close()
        return wanted

    return Compiler(design, rendered)


def _ledger(network: Network) -> Ledger:
    """The ledger; one that cannot be read is as good as lost."""
    try:
        return network.ledger
    except Refused:
        return Ledger()


def _record(network: Network) -> Applied:
    """The record; one that cannot be read is as good as lost."""
    try:
        return network.applied
    except BrokenState:
        return Applied()
