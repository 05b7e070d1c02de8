"""The fragments of the devices that a change touches: the old ones, and those of what was served again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from netwright.services.design import Rank, Served
from netwright.services.model import CoreQueue, Fragment
from netwright.services.queues import core_queues
from netwright.services.rerouting import Anew
from netwright.services.traces import Port, Trace, queued
from netwright.topology.model import Topology

if TYPE_CHECKING:
    from netwright.services.again import Last


@dataclass(frozen=True)
class Patch:
    """What was served again, and what went, on the network as it was."""

    last: Last
    topology: Topology
    fabric: str
    served: Mapping[str, Served]
    gone: Collection[str]
    rank: Callable[[str], Rank]

    @property
    def traces(self) -> Mapping[str, Trace]:
        """The traces of the last time."""
        return self.last.traces.by_address

    @cached_property
    def names(self) -> frozenset[str]:
        """The services whose fragments are not the old ones."""
        return frozenset((*self.served, *self.gone))

    @cached_property
    def ports(self) -> frozenset[Port]:
        """Where a class queue is left, entered or shared."""
        old = (port for name in self.names & self.traces.keys() for port in self.traces[name].queued)
        return frozenset((*old, *(port for one in self.served.values() for port in queued(one))))

    def fragments(self) -> dict[str, tuple[Fragment, ...]]:
        """The fragments of every device where anything may differ."""
        fresh: dict[str, dict[str, list[Fragment]]] = defaultdict(lambda: defaultdict(list))
        for name, one in self.served.items():
            for node in one.lowering.devices if one.profile.active else ():
                fresh[node][name] += one.lowering.fragments(node)
        queues: dict[str, list[Fragment]] = defaultdict(list)
        for fragment in self._queues():
            queues[fragment.device].append(fragment)
        old = (device for name in self.names & self.traces.keys() for device in self.traces[name].devices)
        devices = {*old, *fresh, *(node for node, _ in self.ports)}
        return {name: self._device(name, fresh.get(name, {}), queues.get(name, ())) for name in sorted(devices)}

    def _queues(self) -> list[Fragment]:
        """The class queues of all ports that are touched: as deep as all their services need together."""
        if not self.ports:
            return []
        others = [name for name, trace in self.traces.items() if not self.ports.isdisjoint(trace.queued)]
        users = {name: self.last.design.served[name] for name in others if name not in self.names} | dict(self.served)
        active = [users[name] for name in sorted(users, key=self.rank) if users[name].profile.active]
        return [one for one in core_queues(active, self.topology) if (one.device, _port(one)) in self.ports]

    def _device(
        self, device: str, fresh: Mapping[str, list[Fragment]], queues: Iterable[Fragment]
    ) -> tuple[Fragment, ...]:
        """One device's fragments: the underlay, the services in their order, the class queues by line."""
        underlay, services, classes = list[Fragment](), dict[str, list[Fragment]](), [*queues]
        for one in self.last.design.fragments.get(device, ()):
            if isinstance(one.construct, CoreQueue):
                classes += [one] if (device, _port(one)) not in self.ports else []
            elif one.owner == self.fabric:
                underlay.append(one)
            elif one.owner not in self.names:
                services.setdefault(one.owner, []).append(one)
        services |= fresh
        ordered = [one for name in sorted(services, key=self.rank) for one in services[name]]
        return (*underlay, *ordered, *sorted(classes, key=self._place))

    def _place(self, fragment: Fragment) -> tuple[str, str, str]:
        """The place of a class queue among others: by link, then by class; its users stay in their order."""
        queue = fragment.construct
        assert isinstance(queue, CoreQueue)  # noqa: S101 - nothing else is asked
        for link in self.topology.links_of[fragment.device]:
            if link.port_of(fragment.device) == queue.port:
                return link.name, queue.port, queue.queue.service_class
        raise Anew("a class is queued in a FlexE client")


def _port(fragment: Fragment) -> str:
    queue = fragment.construct
    return queue.port if isinstance(queue, CoreQueue) else ""
