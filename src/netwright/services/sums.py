"""The arithmetic behind a figure on a device, in words: from the inputs of the formulas that made it.

`explain` shows these sums. Each is computed again from what the compiler had, and said only when it gives the very
figure that stands in the construct.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from netwright.intents.schema import DeterministicService
from netwright.paths.graph import DirectedLink
from netwright.promise.delay import rtt_us
from netwright.promise.lossless import headroom_bytes
from netwright.promise.overhead import (
    ETHERNET,
    IPV6_HEADER,
    SID,
    SRH_FIXED,
    VLAN_TAG,
    Layer,
    round_up,
    srv6_overhead_bytes,
)
from netwright.services import words
from netwright.services.fabric import igp_metric
from netwright.services.figures import Promise
from netwright.services.lower import Lowering
from netwright.services.model import (
    AccessRate,
    Construct,
    CoreQueue,
    FlexeClient,
    IsisCircuit,
    Queue,
    QueueProfile,
    SliceChannel,
)
from netwright.services.ways import Way
from netwright.topology.model import US_PER_KM, Link, Topology

_BYTE = 8  # Linux keeps rates in bytes


@dataclass(frozen=True)
class Sums:
    """The sums of one construct on a device. `lowering`: of the service that owns it; `said`: what the line says."""

    construct: Construct
    device: str
    topology: Topology
    lowering: Lowering | None
    said: str = ""
    others: Sequence[Lowering] = ()  # all services that are on: they share the queues of the underlay

    def of(self, attribute: str) -> str:
        """How the figure of an attribute comes about; "" where it is no sum."""
        return self._all.get(attribute, "")

    @cached_property
    def _all(self) -> Mapping[str, str]:
        return dict(self._each())

    def _each(self) -> Iterator[tuple[str, str]]:
        match self.construct:
            case IsisCircuit(port=port, metric=metric, delay_us=delay) if link := self._link(port):
                yield from _metric(link, metric, delay)
            case SliceChannel(port=port, rate_bps=rate) if self.lowering and (link := self._link(port)):
                layer = Layer(str(self.lowering.can(self.device)["shaper_layer"].value))
                if sum_ := _on_hop(self.lowering, DirectedLink(link.name, self.device), layer, rate):
                    yield "rate_bps", f"{self._rate(rate)} = {sum_}"
            case FlexeClient(port=port) as client if self.lowering and (link := self._link(port)):
                yield "slots", _slots(self.lowering, link, client)
            case AccessRate(rate_bps=rate, burst_bytes=burst) if self.lowering:
                layer = Layer(str(self.lowering.can(self.device)["shaper_layer"].value))
                yield "rate_bps", f"{self._rate(rate)} = {_access(self.lowering, layer)}"
                yield "burst_bytes", f"{burst} B = {_burst(self.lowering)}"
            case CoreQueue(port=port, queue=queue) if queue.depth_bytes and self._says(queue.depth_bytes):
                yield from self._core_depth(port, queue)
            case QueueProfile(queues=queues) if self.lowering and self.lowering.profile.lossless:
                deepest = _headroom(self.lowering, self.topology)
                hop = max(sorted(deepest), key=lambda one: deepest[one])
                if any(queue.depth_bytes == deepest[hop] for queue in queues) and self._says(deepest[hop]):
                    sum_ = _behind(self.lowering, self.topology, hop)
                    yield "queues", f"{deepest[hop]} B = {sum_}, the most that any hop needs"
            case _:
                pass

    def _core_depth(self, port: str, queue: Queue) -> Iterator[tuple[str, str]]:
        """What all services together need of one queue of a port of the underlay."""
        terms, total = dict[str, list[str]](), 0
        for lowering in self.others:
            classes = {marking.service_class for marking in lowering.profile.markings}
            if not lowering.profile.lossless or queue.service_class not in classes:
                continue
            deep = _headroom(lowering, self.topology)
            for hop in (hop for hop in lowering.hop_rates if hop.sender == self.device):
                if lowering.interface(hop) == port and not lowering.queues_inside(hop):
                    terms.setdefault(_behind(lowering, self.topology, hop), []).append(lowering.profile.address)
                    total += deep[hop]
        if total == queue.depth_bytes:
            several = sum(map(len, terms.values())) > 1
            parts = [f"{term} for {words.listed(names)}" if several else term for term, names in terms.items()]
            yield "queue", f"{total} B = {' + '.join(parts)}"

    def _says(self, size: int) -> bool:
        """Whether the line has a size, in bytes or rounded up to kB."""
        return any(re.search(rf"(?<!\d){figure}(?!\d)", self.said) for figure in (size, round_up(size, 1000) // 1000))

    def _link(self, port: str) -> Link | None:
        return link_at(self.topology, self.device, port)

    def _rate(self, rate_bps: int) -> str:
        """A rate to the last figure, as the line has it where that is rounded."""
        for size, unit in ((10**6, "Mbit/s"), (10**3, "kbit/s")):
            whole = round_up(rate_bps, size) // size
            if re.search(rf"(?<!\d){whole}(?!\d)", self.said):
                return f"{whole} {unit}" + (f" ({rate_bps} bit/s, rounded up)" if rate_bps % size else "")
        whole = round_up(rate_bps, _BYTE)
        rounded = whole != rate_bps and str(whole) in self.said
        return f"{whole} bit/s ({rate_bps}, rounded up to whole bytes)" if rounded else f"{rate_bps} bit/s"


def link_at(topology: Topology, device: str, port: str) -> Link | None:
    """The link of the underlay behind a port."""
    return next((link for link in topology.links_of.get(device, ()) if link.port_of(device) == port), None)


def _metric(link: Link, metric: int, delay_us: int) -> Iterator[tuple[str, str]]:
    fibre = f"{link.length_km:g} km of fibre x {US_PER_KM:g} us/km"
    if metric == round(link.delay_us * 10):
        yield "metric", f"{metric} = {fibre}, in units of 0.1 us"
    elif metric == igp_metric(link):
        yield "metric", f"{metric}, the nearest that a metric may be to {fibre} in units of 0.1 us"
    if delay_us == round(link.delay_us):
        yield "delay_us", f"{delay_us} us = {fibre}"


def _on_hop(lowering: Lowering, hop: DirectedLink, layer: Layer, figure: int) -> str:
    """What all ways send over a hop; "" when that is not the figure."""
    ways = [(way, count) for way, count in _carried(lowering) if hop in way.all_hops]
    if sum(lowering.outer_bps(way, count, layer) for way, count in ways) != figure:
        return ""
    terms = Counter(_term(lowering, way, count, layer) for way, count in ways)
    return " + ".join(term if number == 1 else f"{number} x ({term})" for term, number in terms.items())


def _carried(lowering: Lowering) -> Iterator[tuple[Way, int]]:
    for pair in lowering.ways:
        for way in pair.directions():
            if lowering.profile.carries(way.a):
                yield way, pair.count


def _term(lowering: Lowering, way: Way, count: int, layer: Layer) -> str:
    """What one direction of a pair sends: `40 G of 4200 B packets, each + 96 B of SRv6 (...)`."""
    profile = lowering.profile
    srv6 = srv6_overhead_bytes(way.sid_count)
    frame = ETHERNET if layer is Layer.ETHERNET else 0
    pairs = f" x {count} pairs of attachments" if count > 1 else ""
    parts = f"{IPV6_HEADER} of IPv6, {SRH_FIXED} + {SID} x {words.count(way.sid_count, 'SID')} of SRH"
    also = (" and Ethernet", f", {frame} of Ethernet") if frame else ("", "")
    over = f"{srv6 + frame} B of SRv6{also[0]} ({parts}{also[1]})"
    return f"{words.rate(profile.bandwidth_bps)}{pairs} of {profile.packet_bytes} B packets, each + {over}"


def _slots(lowering: Lowering, link: Link, client: FlexeClient) -> str:
    """The larger direction decides: a client has the same slots in both."""
    sent = {hop: rate for hop, rate in lowering.hop_rates.items() if hop.link == link.name}
    hop = max(sorted(sent), key=lambda one: sent[one])
    slots = f"{words.count(client.slots, 'slot')} of {words.rate(client.granularity_bps)}"
    return f"{slots}, enough for {words.rate(sent[hop])} = {_on_hop(lowering, hop, Layer.IP, sent[hop])}"


def _headroom(lowering: Lowering, topology: Topology) -> Mapping[DirectedLink, int]:
    return Promise(lowering.profile, lowering.ways, lowering.hop_rates, topology, 0, {}).headroom()


def _behind(lowering: Lowering, topology: Topology, hop: DirectedLink) -> str:
    """What a lossless queue holds before a hop: `25.571 G x 340 us there and back over 34 km + 2 packets of 4296 B`."""
    km, rate = topology.links[hop.link].length_km, lowering.hop_rates[hop]
    rest = _headroom(lowering, topology)[hop] - headroom_bytes(rate, km)
    packets = f"2 packets of {rest // 2} B with SRv6"
    return f"{words.rate(rate)} with SRv6 x {rtt_us(km):g} us there and back over {km:g} km + {packets}"


def _access(lowering: Lowering, layer: Layer) -> str:
    profile = lowering.profile
    sold = f"{words.rate(profile.bandwidth_bps)}{_each_peer(lowering, 'to')}"
    if layer is Layer.IP:
        return f"{sold}; this platform counts the customer's IP packets"
    return f"{sold} of {profile.packet_bytes} B packets, each + {ETHERNET + VLAN_TAG} B of Ethernet and VLAN tag"


def _burst(lowering: Lowering) -> str:
    profile = lowering.profile
    if isinstance(profile.service, DeterministicService):
        return f"{profile.burst_bytes} B of spec.traffic.burst_bytes{_each_peer(lowering, 'for')}"
    at_rate = f"what comes in 10 ms at {words.rate(profile.bandwidth_bps)}, 15000 B at least"
    return f"{profile.burst_bytes} B{_each_peer(lowering, 'for')}: {at_rate}"


def _each_peer(lowering: Lowering, word: str) -> str:
    peers = lowering.profile.peers
    return f" {word} each of {peers} others" if peers > 1 else ""
