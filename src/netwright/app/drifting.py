"""`drift`: what has changed on the devices behind our back; and the repair of a lost or older record."""

from __future__ import annotations

from collections.abc import Sequence

from netwright.app.applying import lock
from netwright.app.planning import design_of, drift_policies
from netwright.app.site import now, site
from netwright.apply.model import Observer, silent
from netwright.diagnostics import Diagnostics
from netwright.drift.adopt import adopted
from netwright.drift.classify import Drifted, classify
from netwright.plan.record import Applied
from netwright.render.engine import render
from netwright.wish import Wish
from netwright.workspace import Network, commit_of


def drift(wish: Wish, devices: Sequence[str] = (), observe: Observer = silent) -> tuple[Drifted, ...]:
    """Every leaf of ours that is not as we left it, and what stands in containers of ours that is not ours."""
    with site(wish) as here:
        network = here.network
        _check_devices(network, devices)
        seen = here.look(observe)
        policies = drift_policies(network)
        return tuple(
            one
            for name in sorted(devices or network.platforms)
            for one in classify(name, network.applied.device(name), seen[name].tree, policies)
        )


def adopt(wish: Wish, observe: Observer = silent) -> Applied:
    """Repair the record: claim on each device what the intents compile to and it runs, less the baseline."""
    with site(wish) as here, lock(here.network):
        network = here.network
        seen = here.look(observe)
        made = design_of(network, now())
        found = Diagnostics()
        wanted = {
            name: render(made.fragments.get(name, ()), pack, network.templates, found).leaves
            for name, pack in network.platforms.items()
        }
        found.close()
        applied = adopted(wanted, seen, network.baselines, commit_of(network.root), now())
        network.save(made.ledger.settle(), applied)
        return applied


def _check_devices(network: Network, devices: Sequence[str]) -> None:
    found = Diagnostics()
    for name in devices:
        if name not in network.platforms:
            found.error("unknown-node", name, "is no device of this network", hint="netwright show links lists them")
    found.close()
