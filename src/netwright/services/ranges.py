"""What the models of a network's routers have in common: numbers that all of them can have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from netwright.alloc.pool import Pool
from netwright.intents.schema import DeterministicService, Service
from netwright.platforms.base import Capability, Platform, pack_of
from netwright.topology.model import Link, Topology


def largest_slice(can: Mapping[str, Capability]) -> int:
    """The largest slice id of a router; 0 where it has none at all."""
    return int(str(can["max_slice_id"].value)) if can["slice_ids"].value else 0


def largest_probe(can: Mapping[str, Capability]) -> int:
    """The largest number of a TWAMP session of a router; 0 where it has none at all."""
    return int(str(can["max_probe"].value)) if can["jitter"].value else 0


def narrowed(
    pool: Pool,
    topology: Topology,
    platforms: Mapping[str, Platform],
    largest: Callable[[Mapping[str, Capability]], int] = largest_slice,
) -> Pool:
    """The pool of ids without those that some router of the network cannot have: a slice may cross any of them.

    Only choices are kept in these bounds; an id that was pinned or is held is refused where it does not fit.
    """
    most = {largest(pack_of(platforms, node).capabilities) for node in topology.nodes.values()}
    end = min([pool.numbers.stop, *(one + 1 for one in most if one)])
    return replace(pool, numbers=range(pool.numbers.start, max(pool.numbers.start, end)))


def can_probe(service: Service, packs: Iterable[Platform]) -> bool:
    """Whether the jitter that a service asks for can be measured: bounded, and between routers that have TWAMP."""
    bounded = isinstance(service, DeterministicService) and service.spec.slo.jitter_ms is not None
    return bounded and all(pack.capabilities["jitter"].value == "twamp" for pack in packs)


def measured_links(topology: Topology, platforms: Mapping[str, Platform]) -> Iterator[Link]:
    """The links whose two ends can measure their delay, flood it, and route by it."""
    can = {
        name: pack_of(platforms, node).capabilities["flex_algo"].value == "delay"
        for name, node in topology.nodes.items()
    }
    return (link for link in topology.links.values() if can[link.a] and can[link.z])
