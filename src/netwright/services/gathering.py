"""Everything that a router shall have: the underlay, each service's part, and the class queues. Made when looked at.

Routers are planned apart, by several processes where there are many: what each of them is given is made where it is
needed, and never lies in memory for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netwright.overlay import Made
from netwright.services.design import Served
from netwright.services.fabric import FabricCompiler
from netwright.services.model import Fragment
from netwright.services.queues import core_queues


@dataclass(frozen=True)
class _Gathering:
    underlay: FabricCompiler
    services: Mapping[str, Sequence[Served]]  # by router, in the order of service
    queues: Mapping[str, Sequence[Fragment]]  # by router

    def at(self, node: str) -> tuple[Fragment, ...]:
        services = (one.lowering.fragments(node) for one in self.services.get(node, ()))
        return (
            *self.underlay.fragments(node),
            *(fragment for some in services for fragment in some),
            *self.queues.get(node, ()),
        )


def gathered(underlay: FabricCompiler, active: Iterable[Served]) -> Mapping[str, tuple[Fragment, ...]]:
    """The fragments of every router. `active`: the services that are on now, in the order of service."""
    services, queues = defaultdict[str, list[Served]](list), defaultdict[str, list[Fragment]](list)
    every = list(active)
    for one in every:
        for node in one.lowering.devices:
            services[node].append(one)
    for fragment in core_queues(every, underlay.topology):
        queues[fragment.device].append(fragment)
    return Made(sorted(underlay.topology.nodes), _Gathering(underlay, services, queues).at)
