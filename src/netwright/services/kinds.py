"""The four kinds of services as profiles: what each asks of the network, in shared words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from netwright.address import address
from netwright.intents.calendar import active, bandwidth_at, bandwidth_profile, windows
from netwright.intents.common import Attachment
from netwright.intents.schema import DeterministicService, ElasticLine, LosslessRdmaPath, Service, TenantSlice
from netwright.intents.services import AtRule
from netwright.services import words
from netwright.services.model import Queue
from netwright.services.profile import HORIZON, Booking, Marking, Member, Profile

PACKET = 1500
"""The packet size, in bytes, that figures hold for where the intent names none: full-size Internet packets."""

_BURST_S = 0.01
"""A rate's burst where the intent names none: what comes in 10 ms at that rate."""

VlanOf = Callable[[Service, str, str], int]


@dataclass(frozen=True, slots=True)
class _Sold:
    """The rate that a kind sells, the field that says it, and in what packets it comes."""

    rate_bps: int
    field: str
    packet_bytes: int = PACKET
    burst_bytes: int = 0  # 0: what comes in 10 ms
    directions: str = "both"


@dataclass(frozen=True)
class Profiler:
    """Makes profiles for one instant. `vlan_of` gives the ledger's VLAN to an attachment that names none."""

    at: datetime
    vlan_of: VlanOf

    def profile(self, service: Service) -> Profile:
        """The profile of a service."""
        match service:
            case TenantSlice():
                return self._slice(service)
            case LosslessRdmaPath():
                return self._rdma(service)
            case ElasticLine():
                return self._elastic(service)
            case DeterministicService():
                return self._deterministic(service)

    # ---- what all share

    def _members(self, service: Service) -> tuple[Member, ...]:
        return tuple(self._member(service, field, attachment) for field, attachment in service.attachments)

    def _member(self, service: Service, field: str, attachment: Attachment) -> Member:
        vlan = attachment.vlan or self.vlan_of(service, attachment.node, field)
        return Member(field, attachment.node, attachment.port, vlan, attachment)

    def _active(self, service: Service) -> bool:
        return service.spec.schedule is None or active(service.spec.schedule, self.at)

    def _closes(self, service: Service) -> datetime | None:
        """When the window that is open closes; None where none is, or as far as one looks it does not."""
        schedule = service.spec.schedule
        if schedule is None or not active(schedule, self.at):
            return None
        end = windows(schedule, self.at, self.at + HORIZON)[0].end
        return end if end < self.at + HORIZON else None

    def _bookings(self, service: Service, rate_bps: int) -> tuple[Booking, ...]:
        """A constant rate while the service's schedule has it on."""
        if service.spec.schedule is None:
            return (Booking(self.at, None, rate_bps),)
        found = windows(service.spec.schedule, self.at, self.at + HORIZON)
        return tuple(Booking(window.start, window.end, rate_bps) for window in found)

    def _ride(self, service: Service) -> str:
        if isinstance(service, TenantSlice) or not service.spec.slice:
            return ""
        return address("TenantSlice", service.spec.slice)

    def _profile(self, service: Service, sold: _Sold, *grades: str) -> Profile:
        """What every kind says in the same words; `grades` are capabilities that it depends on beside isolation."""
        return Profile(
            service=service,
            members=self._members(service),
            active=self._active(service),
            bandwidth_bps=sold.rate_bps,
            bandwidth_field=sold.field,
            bookings=self._bookings(service, sold.rate_bps),
            packet_bytes=sold.packet_bytes,
            mtu=sold.packet_bytes,
            burst_bytes=sold.burst_bytes or _burst(sold.rate_bps),
            directions=sold.directions,
            max_delay_us=_us(service.spec.slo.one_way_delay_ms),
            max_loss=service.spec.slo.loss,
            graded=_graded(service, *grades),
            protection="none" if isinstance(service, TenantSlice) else service.spec.protection,
            ride=self._ride(service),
            closes=self._closes(service),
        )

    # ---- the kinds

    def _slice(self, service: TenantSlice) -> Profile:
        profile = self._profile(service, _Sold(service.spec.bandwidth, "spec.bandwidth"), "bandwidth")
        return replace(profile, queues=_shares(service), markings=_share_markings(service))

    def _rdma(self, service: LosslessRdmaPath) -> Profile:
        traffic = service.spec.traffic
        sold = _Sold(traffic.bandwidth, "spec.traffic.bandwidth", traffic.mtu, directions=traffic.direction)
        return replace(
            self._profile(service, sold, "bandwidth", "lossless"),
            queues=(Queue("af4", "weighted", 80, 0, ecn=True), Queue("cs6", "strict", 0, 0, ecn=False)),
            markings=(Marking("rdma", (traffic.dscp,), traffic.udp_port, "af4", traffic.dscp),),
            lossless=True,
            measured=True,
        )

    def _elastic(self, service: ElasticLine) -> Profile:
        base, now = service.spec.bandwidth.base, bandwidth_at(service, self.at)
        field = "spec.bandwidth.base" if now == base else "spec.elasticity"
        profile = self._profile(service, _Sold(now or base, field), "bandwidth")
        return replace(profile, bookings=self._elastic_bookings(service))

    def _elastic_bookings(self, service: ElasticLine) -> tuple[Booking, ...]:
        steps = bandwidth_profile(service, self.at, self.at + HORIZON)
        booked = [
            Booking(window.start, window.end, rate) for window, rate in steps if rate
        ]  # 0: its schedule has it off
        if booked and service.spec.schedule is None:
            booked.append(Booking(self.at + HORIZON, None, service.spec.bandwidth.base))
        return tuple(booked)

    def _deterministic(self, service: DeterministicService) -> Profile:
        traffic, field = service.spec.traffic, "spec.traffic.bandwidth"
        sold = _Sold(traffic.bandwidth, field, traffic.max_packet_bytes, traffic.burst_bytes, traffic.direction)
        return replace(
            self._profile(service, sold, "bandwidth", "low_latency"),
            queues=(Queue("ef", "strict", 0, 0, ecn=False),),
            markings=(Marking("det", (traffic.dscp,), 0, "ef", traffic.dscp),),
            strict=True,
            measured=True,
        )


def timeless(service: Service) -> bool:
    """Whether what the service asks is the same at every instant: neither a schedule nor a calendar of rates."""
    rules = service.spec.elasticity if isinstance(service, ElasticLine) else ()
    return service.spec.schedule is None and not any(isinstance(rule, AtRule) for rule in rules)


def _us(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds * 1000


def _burst(rate_bps: int) -> int:
    return max(15_000, round(rate_bps * _BURST_S / 8))


def _graded(service: Service, *names: str) -> tuple[str, ...]:
    isolation: Mapping[str, tuple[str, ...]] = {"none": (), "soft": ("isolation_soft",), "hard": ("isolation_hard",)}
    return (*names, *isolation[service.spec.constraints.isolation])


_CLASSES = ("af1", "af2", "af3", "af4")


def _shares(service: TenantSlice) -> tuple[Queue, ...]:
    """A weighted queue for each sub-slice; the last class, best effort, is everybody else's."""
    return tuple(
        Queue(_class_of(index, bool(sub.dscp)), "weighted", max(1, round(sub.share * 100)), 0, ecn=False)
        for index, sub in enumerate(service.spec.sub_slices)
    )


def _share_markings(service: TenantSlice) -> tuple[Marking, ...]:
    return tuple(
        Marking(sub.name, sub.dscp, 0, _class_of(index, marked=True), sub.dscp[0])
        for index, sub in enumerate(service.spec.sub_slices)
        if sub.dscp
    )


def _class_of(index: int, marked: bool) -> str:  # noqa: FBT001
    return _CLASSES[-1 - index % len(_CLASSES)] if marked else "be"


def describe_service(profile: Profile) -> str:
    """What is asked, in one line: `100 G lossless from pop1-gw1 to pop2-gw1`."""
    word = {"LosslessRdmaPath": " lossless", "ElasticLine": " elastic", "DeterministicService": " deterministic"}
    what = f"{words.rate(profile.bandwidth_bps)}{word.get(profile.service.kind, '')}"
    nodes = [member.node for member in profile.members]
    if len(nodes) == 2:
        return f"{what} from {nodes[0]} to {nodes[1]}"
    return f"{what} between each two of {words.listed(sorted(set(nodes)))}"
