"""What is remembered of a compiled network to compile it again: of each service a trace in plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from netwright.alloc.ledger import Request
from netwright.paths.admission import Taken
from netwright.paths.graph import DirectedLink
from netwright.platforms.base import Platform
from netwright.services.design import Design, Line, Rank, Served, rank
from netwright.services.kinds import timeless
from netwright.services.numbers import requests_of
from netwright.services.queues import headroom, strict_bursts
from netwright.services.routing import Routing
from netwright.topology.model import Topology

Asked: TypeAlias = tuple[str, str, int | None]
"""A request for a number in plain values: pool, claim, pin."""

Port: TypeAlias = tuple[str, str]
"""A node and one of its interfaces."""


class Trace(NamedTuple):
    """What is remembered of one service."""

    rank: Rank
    ride: str  # the slice it rides in
    need: int  # the most bit/s that its search asked of a hop
    timeless: bool  # nothing of it depends on the clock
    hard: bool  # it has slots, sub-interfaces or channels of its own, given out by rules that look at others
    held: tuple[Taken, ...]
    queued: tuple[Port, ...]  # where a lossless or strict class of it has a queue
    strict: bool
    devices: tuple[str, ...]  # where it has something configured
    requests: tuple[Asked, ...]


@dataclass(frozen=True)
class Traces:
    """What is remembered of a design beside the design itself."""

    by_address: Mapping[str, Trace]  # in the order of service
    clients: Mapping[str, tuple[str, ...]]  # the links on which a service has a FlexE client
    channels: Mapping[str, tuple[str, ...]]  # the links on which a service has a channelised sub-interface
    bursts: Mapping[Line, int]  # bytes of strict priority
    rooms: Mapping[DirectedLink, int]  # bytes of buffer that lossless services hold


def traces_of(design: Design, topology: Topology, platforms: Mapping[str, Platform]) -> Traces:
    """What to remember of a design. ValueError for one that was not compiled as a whole."""
    routing, numbers = design.routing, design.numbers
    if routing is None or numbers is None:
        raise ValueError("nothing is known of how the services were routed")
    traces = {}
    for served in design.served.values():
        profile = served.profile
        address, service = profile.address, profile.service
        asked = requests_of(service, numbers.fabric, topology, platforms, numbers.pools)
        place = rank(design.ledger_before, service)
        traces[address] = trace(served, routing, routing.taken[address], place, plain(asked))
    order = sorted(traces, key=lambda name: traces[name].rank)
    clients = {name: links for name in order if (links := routing.slots.links_of(name))}
    channels = {name: tuple(design.served[name].lowering.channels) for name in order if not traces[name].ride}
    return Traces(
        by_address={name: traces[name] for name in order},
        clients=clients,
        channels={name: links for name, links in channels.items() if links},
        bursts=bursts_of(design.served.values(), topology),
        rooms=rooms_of(design.served.values(), topology),
    )


def trace(
    served: Served,
    routing: Routing,
    held: tuple[Taken, ...],
    place: Rank,
    asked: tuple[Asked, ...],
) -> Trace:
    """The trace of one service; what it holds, where it stands and what it asked for are known apart."""
    profile = served.profile
    return Trace(
        rank=place,
        ride=profile.ride,
        need=routing.need(profile),
        timeless=timeless(profile.service),
        hard=profile.isolation == "hard",
        held=held,
        queued=queued(served),
        strict=profile.strict,
        devices=_devices(served),
        requests=asked,
    )


def plain(requests: Iterable[Request]) -> tuple[Asked, ...]:
    """Requests in plain values."""
    return tuple((one.pool, one.claim, one.pin) for one in requests)


def _devices(served: Served) -> tuple[str, ...]:
    """Where something of a service stands, or of a class queue that it shares."""
    if not served.profile.active:
        return ()
    return tuple(sorted({*served.lowering.devices, *(node for node, _ in queued(served))}))


def queued(served: Served) -> tuple[Port, ...]:
    """Where a lossless or strict class of a service has a queue."""
    if not (served.profile.lossless or served.profile.strict):
        return ()
    return tuple(sorted((hop.sender, served.lowering.interface(hop)) for hop in served.lowering.hop_rates))


def bursts_of(services: Iterable[Served], topology: Topology) -> dict[Line, int]:
    """What services of strict priority may send at once, bytes by line."""
    every = list(services)
    routed = [(one.profile, one.ways, "") for one in every]
    return strict_bursts(routed, {one.profile.address: one.lowering.clients for one in every}, topology)


def rooms_of(services: Iterable[Served], topology: Topology) -> dict[DirectedLink, int]:
    """What lossless services hold of the buffers behind each hop, bytes."""
    rooms: dict[DirectedLink, int] = defaultdict(int)
    for served in services:
        for hop, size in (headroom(served, topology) if served.profile.lossless else {}).items():
            rooms[hop] += size
    return rooms
