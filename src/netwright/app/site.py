"""A network with open sessions to its devices: what every verb that touches devices works on.

NAPALM, Nornir and the servers of the emulator take longer to import than a small plan takes: they come with the first
session, and a verb that opens none does without them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from netwright.address import intent_of, within
from netwright.apply.compare import Reader
from netwright.apply.journal import WATCHDOGS
from netwright.apply.model import Event, Observer
from netwright.diagnostics import Diagnostics
from netwright.drivers.defaults import running
from netwright.intents.words import did_you_mean
from netwright.overlay import Made
from netwright.plan.ground import Seen
from netwright.plan.record import Applied
from netwright.topology.names import check_nodes
from netwright.topology.secrets import Secrets
from netwright.tree import Tree
from netwright.wish import Wish
from netwright.workspace import Network, open_network

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Fleet


def now() -> datetime:
    """The clock, with the machine's offset from UTC."""
    return datetime.now(UTC).astimezone()


@dataclass(frozen=True)
class Site:
    """A network with open sessions to its devices."""

    network: Network
    fleet: Fleet
    secrets: Secrets

    @property
    def reader(self) -> Reader:
        """Reads what the devices run."""
        return Reader(self.fleet, self.network.platforms)

    def look(self, observe: Observer) -> dict[str, Seen]:
        """What every device runs. The first that cannot be asked is raised: nobody plans in the dark."""
        answers = self.fleet.run(self.network.platforms, partial(_look, self.network))
        observe(Event("read", sum(answer.ok for answer in answers.values()), len(answers)))
        for answer in answers.values():
            if answer.error is not None:
                raise answer.error
        return {name: answer.value for name, answer in answers.items() if answer.value is not None}


def _look(network: Network, driver: Driver) -> Seen:
    name = driver.name
    tree, defaults = running(network.platforms[name], driver, network.applied.device(name).leaves)
    taken_in = getattr(driver, "is_taken_in", None)
    return Seen(tree, driver.apply_id(), taken_in is None or taken_in(), defaults)


def network_of(wish: Wish) -> Network:
    """The network that is wished for, without the devices that are gone for good."""
    network = open_network(wish.network)
    check_intents(network, wish.takeover)
    return _without(network, wish.abandon)


def check_intents(network: Network, addresses: Sequence[str]) -> None:
    """`Refused` with every address that is neither an intent of the network nor something under one."""
    found, known = Diagnostics(), [intent.address for intent in network.intents.all]
    for address in addresses:
        if not any(within(address, name) for name in known):
            near = did_you_mean(intent_of(address), known)
            hint = f"{near}; netwright show intents lists them all" if near else "netwright show intents lists them"
            found.error("unknown-intent", address, "is no intent of this network", hint=hint)
    found.close()


@contextmanager
def site(wish: Wish) -> Iterator[Site]:
    """The network that is wished for, with sessions that are closed at the end."""
    from netwright.drivers.fleet import Fleet  # noqa: PLC0415 - see above
    from netwright.emulator.network import read_endpoints  # noqa: PLC0415

    network = network_of(wish)
    emulated = read_endpoints(network.state / "emulator") if wish.emulated else None
    platforms = {name: node.platform for name, node in network.topology.nodes.items()}
    secrets = Secrets(network.inventory, practice=wish.emulated)
    options: dict[str, object] = {
        "secrets": secrets,
        "discard_candidate": wish.discard_candidate,
        "watchdog_dir": str(network.journal / WATCHDOGS),
        "hostkey_verify": not wish.emulated,  # an emulated device makes its key when it starts
    }
    fleet = Fleet(network.endpoints(emulated), platforms, options)
    try:
        yield Site(network, fleet, secrets)
    finally:
        fleet.close()


def _without(network: Network, devices: Sequence[str]) -> Network:
    """The network without some devices, and without the links to them."""
    check_nodes(network.topology.nodes, devices)
    nodes = {name: node for name, node in network.topology.nodes.items() if name not in devices}
    links = {name: link for name, link in network.topology.links.items() if not {link.a, link.z} & set(devices)}
    return replace(network, topology=replace(network.topology, nodes=nodes, links=links))


def offline_view(network: Network) -> Mapping[str, Seen]:
    """What devices run as far as we know: the baseline, and what we applied last."""
    return last_known(network.platforms, network.baselines, network.applied)


def last_known(devices: Collection[str], baselines: Mapping[str, Tree], applied: Applied) -> Mapping[str, Seen]:
    """The same of `devices`, each when somebody looks at it."""

    def seen(name: str) -> Seen:
        entry = applied.device(name)
        return Seen({**baselines.get(name, {}), **entry.tree}, entry.apply_id)

    return Made(devices, seen)
