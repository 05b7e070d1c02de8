"""What the plan says of a service in words: what is asked and not computed, not held, not measured, not covered."""

from __future__ import annotations

from collections.abc import Iterator

from netwright.intents.schema import LosslessRdmaPath, Service
from netwright.platforms.base import Grade
from netwright.services import words
from netwright.services.lower import Lowering
from netwright.services.macsec import required


def notes(lowering: Lowering) -> Iterator[str]:
    """What a reader of the plan must know of a service besides its grade."""
    profile = lowering.profile
    availability = profile.service.spec.slo.availability
    if availability is not None:
        yield f"availability {availability:g} % is asked and not computed: there are no failure records"
    loose = sorted({way.a for pair in lowering.ways for way in pair.directions() if not way.pinned})
    if loose:
        yield f"{words.listed(loose)} cannot hold packets to a path: the IGP's shortest paths are taken"
    yield from _watched(lowering)
    yield from _unbounded(lowering)
    yield from _inflexible(lowering)
    yield from _unmeasured(lowering)
    yield from _untrusting(lowering)
    yield from _held_back(profile.service)
    yield from _slot_notes(lowering)
    if lowering.own_channels:
        yield f"a channelised sub-interface of its own on {words.count(len(lowering.own_channels), 'link')}"
    if profile.service.spec.constraints.encryption == "preferred":
        links = {hop.link for hop in lowering.hop_rates}
        plain = sorted(name for name in links if name not in lowering.encryption.by_baseline)
        if plain:
            yield f"encryption preferred, and {words.listed(plain)} has none"
    yield from _uncovered(lowering)


def _held_back(service: Service) -> Iterator[str]:
    """No platform here can hold back less than a class's queue: the models have neither PFC nor queues by flow."""
    if isinstance(service, LosslessRdmaPath) and service.spec.lossless.granularity != "queue":
        yield f"granularity {service.spec.lossless.granularity} is asked: every hop holds back a whole queue at best"


def _slot_notes(lowering: Lowering) -> Iterator[str]:
    """Whole slots taken for less, and hard isolation that stays in the base client."""
    profile = lowering.profile
    granularity = {one.group.granularity_bps for one in lowering.own_clients if one.slots == 1}
    for size in sorted(granularity):
        links = [one for one in lowering.own_clients if one.group.granularity_bps == size and one.slots == 1]
        most = max(rate for hop, rate in lowering.hop_rates.items() if hop.link in lowering.clients)
        if most < size:
            rate = words.rate(profile.bandwidth_bps)
            yield f"{rate} takes a whole {words.rate(size)} slot of FlexE on {words.count(len(links), 'link')}"
    unmarked = _unmarked(lowering)
    if unmarked and not lowering.clients and _hard_over_flexe(lowering):
        yield f"{words.listed(unmarked)} cannot mark packets for a slice: no FlexE client, exclusive channels instead"


def _watched(lowering: Lowering) -> Iterator[str]:
    """Head-ends that see only the link that a path begins with."""
    routed = {way.a for pair in lowering.ways for way in pair.directions() if way.protection}
    blind = sorted(node for node in routed if lowering.can(node)["explicit_path"].value == "segment-routes")
    if blind:
        yield (
            f"the protection path of {words.listed(blind)} is taken when the link that the working path begins with is "
            "down; around what fails further on, IS-IS leads from SID to SID"
        )


def _uncovered(lowering: Lowering) -> Iterator[str]:
    """MACsec is by interface: a FlexE client that the service brings has none from the baseline."""
    profile, clients = lowering.profile, words.count(len(lowering.clients), "FlexE client")
    if profile.service.spec.constraints.encryption == "preferred" and lowering.clients:
        yield f"encryption preferred, and its {clients} have none: the baseline's MACsec is of other interfaces"
    if required(profile) and not lowering.clients and _hard_over_flexe(lowering) and not _unmarked(lowering):
        why = "a FlexE client of its own would have no MACsec: the Fabric names no key (spec.links.macsec)"
        yield f"{why}; exclusive channels instead"


def _unmarked(lowering: Lowering) -> list[str]:
    """The ends that cannot write a slice's id into packets."""
    return [node for node in lowering.profile.nodes if not lowering.can(node)["slice_ids"].value]


def _hard_over_flexe(lowering: Lowering) -> bool:
    """Whether its isolation is hard, its bandwidth its own, and some link on its way has FlexE."""
    over = any(lowering.topology.links[hop.link].flexe for hop in lowering.hop_rates)
    return lowering.profile.isolation == "hard" and not lowering.profile.ride and over


def _unbounded(lowering: Lowering) -> Iterator[str]:
    """Where a bound of the delay is only as good as a CPU that forwards: the figure counts fibre, queues and bursts."""
    nodes = {hop.sender for hop in lowering.hop_rates} | set(lowering.profile.nodes)
    weak = sorted(node for node in nodes if lowering.can(node)["low_latency"].value == Grade.EMULATED)
    if lowering.profile.strict and weak:
        yield f"the bounds of delay and jitter do not count the CPU that forwards on {words.listed(weak)}"


def _inflexible(lowering: Lowering) -> Iterator[str]:
    """An algorithm by measured delay that the Fabric has and that does not join the ends."""
    if lowering.fabric.flexible and lowering.profile.strict and not lowering.flexible:
        ends = words.listed(lowering.profile.nodes)
        yield f"no way by measured delay joins {ends}: without their policy packets follow the metric of the topology"


def _unmeasured(lowering: Lowering) -> Iterator[str]:
    """Jitter that is asked for and that no probe measures."""
    profile = lowering.profile
    if profile.service.spec.slo.jitter_ms is None or lowering.probed:
        return
    lacking = [node for node in profile.nodes if not lowering.can(node)["jitter"].value]
    if not profile.strict:
        yield "jitter is asked, and neither bounded nor measured: only a DeterministicService's is"
    elif lacking:
        yield f"jitter is bounded by computation and not measured: no TWAMP on {words.listed(lacking)}"
    else:
        yield "jitter is bounded by computation and not measured: its ends are no two routers with a family in common"


def _untrusting(lowering: Lowering) -> Iterator[str]:
    """Where a slice takes whatever comes by the tenant's port, whoever it says it is from."""
    open_to_all = [node for node in lowering.profile.nodes if not lowering.can(node)["trust_list"].value]
    if lowering.slice_id and open_to_all:
        yield f"{words.listed(open_to_all)} cannot check that packets come from the tenant's own prefixes"
