"""The contract of a service: each promised figure with formula, inputs and source; what does not hold is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netwright.intents.schema import LosslessRdmaPath
from netwright.paths.graph import DirectedLink, Path
from netwright.promise.contract import Bound, Contract, Figure
from netwright.promise.delay import Hop, jitter_bound_us, latency_bound_us, propagation_us, serialization_us
from netwright.promise.lossless import goodput_ratio, headroom_bytes, largest_qp_bps, roce_packet_bytes, subflows
from netwright.promise.overhead import path_mtu_bytes, srv6_overhead_bytes
from netwright.services import words
from netwright.services.profile import Profile
from netwright.services.refusals import Refusals
from netwright.services.ways import PairWays, Way
from netwright.topology.model import Topology

ROUTER_US = 10.0
"""What a router takes to forward a packet, microseconds: an assumption, stated in each figure."""

_ROCE_PAYLOADS = (4096, 2048, 1024, 512, 256)
_PROPAGATION = "ITU-T G.652 fibre: 5 us/km"


@dataclass(frozen=True)
class Promise:
    """The figures of one routed service. `bursts`: bytes that all strict-priority services may send at once, by hop."""

    profile: Profile
    ways: tuple[PairWays, ...]
    hop_rates: Mapping[DirectedLink, int]
    topology: Topology
    link_mtu: int
    bursts: Mapping[DirectedLink, int]
    line_bps: Callable[[str], int] | None = None  # of a link, for this service; by default all of the link

    def contract(self) -> Contract:
        """All figures."""
        return Contract(self.profile.address, tuple(self._figures()))

    def refuse(self, no: Refusals, contract: Contract) -> None:
        """Say no to every figure that does not hold, with what would hold."""
        for figure in contract.figures:
            if not figure.holds:
                self._refuse_one(no, figure)
        need = path_mtu_bytes(self.profile.mtu, self._overhead)
        if need > self.link_mtu:
            field = "spec.traffic.mtu" if self.profile.service.kind == "LosslessRdmaPath" else "spec"
            message = (
                f"has packets of {self.profile.mtu} B, {need} B with SRv6; links of the fabric carry {self.link_mtu} B"
            )
            hint = f"send packets of at most {self.link_mtu - self._overhead} B, or raise the Fabric's links.mtu"
            no.say(self.profile, "mtu-exceeds-links", message, field, hint)

    # ---- what is computed

    @cached_property
    def _carried(self) -> tuple[Way, ...]:
        return tuple(way for pair in self.ways for way in pair.directions() if self.profile.carries(way.a))

    @cached_property
    def _overhead(self) -> int:
        return max((srv6_overhead_bytes(way.sid_count) for way in self._carried), default=0)

    def _length_km(self, path: Path) -> float:
        return sum(self.topology.links[name].length_km for name in path.links)

    @cached_property
    def _longest_km(self) -> float:
        """The longest way that traffic may take, protection included."""
        paths = [path for way in self._carried for path in (way.path, way.protection) if path]
        return max(map(self._length_km, paths), default=0.0)

    def _figures(self) -> Iterator[Figure]:
        yield self._bandwidth()
        if self._carried:
            yield self._outer_rate()
            yield self._delay()
        service = self.profile.service
        if isinstance(service, LosslessRdmaPath) and self._carried:
            yield from self._lossless(service)
        if self.profile.strict and self._carried:
            yield self._jitter()

    def _bandwidth(self) -> Figure:
        asked = self.profile.bandwidth_bps
        inputs = (("packet_bytes", self.profile.packet_bytes), ("hops", len(self.hop_rates)))
        source = "RFC 9543, section 5.1.1"
        return Figure("bandwidth", asked, "bit/s", asked, "admitted on every hop", inputs, source, Bound.AT_LEAST)

    def _outer_rate(self) -> Figure:
        inputs = (("packet_bytes", self.profile.packet_bytes), ("overhead_bytes", self._overhead))
        rate = max(self.hop_rates.values(), default=0)
        formula = "sum over ways of bandwidth x (packet + overhead) / packet, largest hop"
        return Figure("outer_rate", rate, "bit/s", None, formula, inputs, "RFC 8986, section 5.1")

    def _delay(self) -> Figure:
        asked = self.profile.max_delay_us
        if self.profile.strict:
            return self._bound(asked)
        value = max(self._plain_delay_us(path) for way in self._carried for path in (way.path, way.protection) if path)
        inputs = (("length_km", round(self._longest_km, 3)), ("router_us", ROUTER_US), ("queueing", "not bounded"))
        formula = "5 us/km x length + router_us x routers + one packet on each line"
        bound = Bound.AT_MOST
        return Figure("one_way_delay", round(value, 2), "us", asked, formula, inputs, _PROPAGATION, bound)

    def _plain_delay_us(self, path: Path) -> float:
        lines = [self._line_bps(name) for name in path.links]
        packets = sum(serialization_us(self.profile.packet_bytes + self._overhead, line) for line in lines)
        return propagation_us(self._length_km(path)) + packets + ROUTER_US * len(path.nodes)

    def _line_bps(self, link: str) -> int:
        return self.line_bps(link) if self.line_bps else self.topology.links[link].capacity_bps

    def _hops(self, path: Path) -> list[Hop]:
        lines = [(hop, self._line_bps(hop.link)) for hop in path.hops]
        return [Hop(line, self._burst_on(hop), self.link_mtu, ROUTER_US) for hop, line in lines]

    def _burst_on(self, hop: DirectedLink) -> int:
        """Bytes of strict priority that may stand before a packet of ours: all such services' bursts, ours included."""
        own = self.profile.burst_bytes
        packets = -(-own // self.profile.packet_bytes)
        return max(self.bursts.get(hop, 0), own + packets * self._overhead)

    def _bound(self, asked: float | None) -> Figure:
        paths = [path for way in self._carried for path in (way.path, way.protection) if path]
        value = max(latency_bound_us(self._hops(path), self._length_km(path)) for path in paths)
        inputs = (
            ("length_km", round(self._longest_km, 3)),
            ("hops", max(len(path.hops) for path in paths)),
            ("burst_bytes", self.profile.burst_bytes),
            ("blocking_bytes", self.link_mtu),
            ("router_us", ROUTER_US),
        )
        formula = "5 us/km x length + sum over hops of (bursts + blocking) / rate + router_us"
        source = "Le Boudec and Thiran, Network Calculus: strict priority"
        return Figure("one_way_delay", round(value, 2), "us", asked, formula, inputs, source, Bound.AT_MOST)

    def _jitter(self) -> Figure:
        asked = self.profile.service.spec.slo.jitter_ms
        paths = [path for way in self._carried for path in (way.path, way.protection) if path]
        value = max(jitter_bound_us(self._hops(path), self.profile.packet_bytes) for path in paths)
        inputs = (("burst_bytes", self.profile.burst_bytes), ("blocking_bytes", self.link_mtu))
        formula = "sum over hops of (bursts + blocking - own packet) / rate"
        source = "worst less best of the same bound; a switch to the protection path not counted"
        limit = None if asked is None else asked * 1000
        return Figure("jitter", round(value, 2), "us", limit, formula, inputs, source, Bound.AT_MOST)

    def _lossless(self, service: LosslessRdmaPath) -> Iterator[Figure]:
        spec, length = service.spec, self._longest_km
        payload = rdma_payload(spec.traffic.mtu)
        loss, target = spec.slo.loss, spec.slo.goodput_ratio
        needed = subflows(spec.traffic.bandwidth, length, loss, target, payload)
        flows = min(needed, spec.lossless.max_subflows)
        inputs = (("length_km", round(length, 3)), ("loss", loss), ("payload_bytes", payload), ("subflows", flows))
        ratio = goodput_ratio(spec.traffic.bandwidth / flows, length, loss, payload)
        formula = "(1 - p) / (1 - p + p W), W = rate x RTT / payload, each sub-flow one queue pair"
        source = "Go-Back-N: Bertsekas and Gallager, Data Networks, chapter 2"
        yield Figure("goodput_ratio", round(ratio, 4), "", target, formula, inputs, source, Bound.AT_LEAST)
        most = spec.lossless.max_subflows
        yield Figure("subflows", needed, "", most, "fewest that keep goodput_ratio", inputs, source, Bound.AT_MOST)
        yield self._headroom()

    def _headroom(self) -> Figure:
        needs = self.headroom()
        hop = max(needs, key=lambda one: needs[one])
        link = self.topology.links[hop.link]
        inputs = (("rate_bps", self.hop_rates[hop]), ("length_km", link.length_km), ("mtu", self.profile.mtu))
        formula = "rate x RTT of the longest link + 2 x mtu, reaction time 0"
        source = "IEEE 802.1Q, annex O: priority-based flow control headroom"
        return Figure("headroom", needs[hop], "B", link.buffer_bytes, formula, inputs, source, Bound.AT_MOST)

    def headroom(self) -> dict[DirectedLink, int]:
        """Buffer that the lossless queue needs behind each hop, bytes."""
        mtu = self.profile.mtu + self._overhead
        lengths = {hop: self.topology.links[hop.link].length_km for hop in self.hop_rates}
        return {hop: headroom_bytes(rate, lengths[hop], mtu=mtu) for hop, rate in self.hop_rates.items()}

    # ---- what does not hold

    def _refuse_one(self, no: Refusals, figure: Figure) -> None:
        match figure.name:
            case "one_way_delay":
                way = f"the way over {round(self._longest_km)} km, routers and queues included,"
                no.too_long(self.profile, way, figure.value)
            case "jitter":
                bound = words.delay(figure.value)
                message = f"asks for a jitter of at most {words.delay(figure.asked or 0)}; the bound is {bound}"
                hint = f"ask for {bound}, or send smaller bursts"
                no.say(self.profile, "jitter-exceeds-slo", message, "spec.slo.jitter_ms", hint)
            case "subflows" | "goodput_ratio":
                self._refuse_goodput(no, figure)
            case _:
                pass  # headroom: whoever keeps the buffers says it, with the hop and who holds the rest

    def _refuse_goodput(self, no: Refusals, figure: Figure) -> None:
        service = self.profile.service
        if figure.name != "subflows" or not isinstance(service, LosslessRdmaPath):
            return  # the sub-flows say it once
        spec, length = service.spec, self._longest_km
        payload = rdma_payload(spec.traffic.mtu)
        one = largest_qp_bps(length, spec.slo.loss, spec.slo.goodput_ratio, payload)
        message = (
            f"needs {round(figure.value)} sub-flows to keep {spec.slo.goodput_ratio:.0%} of "
            f"{words.rate(spec.traffic.bandwidth)} "
            f"over {round(length)} km at a loss of {spec.slo.loss:g}; max_subflows allows {spec.lossless.max_subflows}"
        )
        hint = f"raise max_subflows to {round(figure.value)}, or ask for {words.rate(one * spec.lossless.max_subflows)}"
        no.say(self.profile, "goodput-below-slo", message, "spec.lossless.max_subflows", hint)


def rdma_payload(packet_bytes: int) -> int:
    """The largest RoCE MTU whose packet, with a RETH, fits into an IP packet of `packet_bytes`."""
    fitting = (size for size in _ROCE_PAYLOADS if roce_packet_bytes(size, reth=True) <= packet_bytes)
    return next(fitting, _ROCE_PAYLOADS[-1])
