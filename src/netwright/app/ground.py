"""From a network's files to what plans, verifications and explanations are made from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from netwright.drivers.model import SWITCHES
from netwright.plan.ground import Ground, Seen
from netwright.plan.policy import Policies
from netwright.plan.record import Applied
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.tree import Tree
from netwright.wish import Wish
from netwright.workspace import Network


def design_of(network: Network, at: datetime) -> Design:
    """What the network shall be at an instant."""
    return compile_design(network.intents, network.topology, network.platforms, network.ledger, at)


def ground_of(
    network: Network,
    wish: Wish,
    seen: Mapping[str, Seen],
    baselines: Mapping[str, Tree] | None = None,
    applied: Applied | None = None,
) -> Ground:
    """Everything else that a plan is made from; baselines and record are read where they are not given."""
    hosts = network.inventory.hosts
    return Ground(
        platforms=network.platforms,
        switches={name: SWITCHES[node.platform] for name, node in network.topology.nodes.items()},
        baselines=network.baselines if baselines is None else baselines,
        applied=network.applied if applied is None else applied,
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
