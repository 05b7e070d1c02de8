"""What services share on a line: bursts of strict priority, class queues, the room in a buffer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from netwright.paths.graph import DirectedLink
from netwright.services.design import Line, Routed, Served
from netwright.services.figures import Promise
from netwright.services.flexe import Client
from netwright.services.model import CoreQueue, Fragment, Queue
from netwright.topology.model import Topology


def strict_bursts(
    routed: Iterable[Routed], clients: Mapping[str, Mapping[str, Client]], topology: Topology
) -> dict[Line, int]:
    """What all strict-priority services of one interface may send at once, bytes, SRv6 not counted."""
    bursts: dict[Line, int] = defaultdict(int)
    for profile, ways, _ in routed:
        for pair in ways if profile.strict else ():
            for way in pair.directions():
                for hop in way.all_hops if profile.carries(way.a) else ():
                    client = clients[profile.address].get(hop.link)
                    port = client.interface(hop.sender) if client else topology.links[hop.link].port_of(hop.sender)
                    bursts[hop, port] += profile.burst_bytes * pair.count
    return bursts


def core_queues(active: Iterable[Served], topology: Topology) -> Iterator[Fragment]:
    """The class queues of the underlay's ports: as deep as all their services need together, owned by each of them."""
    depth: dict[tuple[Line, str], int] = defaultdict(int)
    users: dict[tuple[Line, str], list[tuple[Served, Queue, tuple[int, ...]]]] = defaultdict(list)
    for served in active:
        profile = served.profile
        if not (profile.lossless or profile.strict):
            continue
        marks = {marking.service_class: marking.outer_dscp for marking in profile.markings}
        room = headroom(served, topology)
        for hop in served.lowering.hop_rates:
            if served.lowering.queues_inside(hop):
                continue
            for queue in (queue for queue in profile.queues if queue.service_class in marks):
                line = hop, served.lowering.interface(hop)
                depth[line, queue.service_class] += room[hop] if profile.lossless else 0
                users[line, queue.service_class].append((served, queue, (marks[queue.service_class],)))
    for (line, service_class), wanted in sorted(users.items(), key=lambda item: item[0]):
        hop, port = line
        dscp = tuple(sorted({value for _, _, values in wanted for value in values}))
        queue = replace(wanted[0][1], depth_bytes=depth[line, service_class])
        construct = CoreQueue(port, queue, dscp, wanted[0][0].lowering.line_bps(hop.link))
        for served, _, _ in wanted:
            because = {"queue": served.profile.bandwidth_field, "dscp": "spec.traffic.dscp"}
            yield Fragment(hop.sender, served.profile.address, construct, because)


def headroom(served: Served, topology: Topology) -> Mapping[DirectedLink, int]:
    """What a lossless service's queue must hold behind each hop, bytes."""
    return Promise(served.profile, served.ways, served.lowering.hop_rates, topology, 0, {}).headroom()
