"""How long a packet takes: propagation, and the worst queueing on the way.

Delays are microseconds one way, rates bit/s, bursts and packets bytes. A bound holds for every packet of traffic
that keeps to its burst; it says nothing about traffic that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netwright.topology.model import US_PER_KM


@dataclass(frozen=True, slots=True)
class Hop:
    """The sending side of one link, as a packet of the highest priority meets it.

    `burst_bytes` is the sum of the bursts of all flows of that priority, its own included; `blocking_bytes` the
    largest packet of a lower priority, which may have begun just before; `processing_us` what the router itself takes.
    """

    rate_bps: int
    burst_bytes: int
    blocking_bytes: int
    processing_us: float = 0.0


def propagation_us(length_km: float) -> float:
    """Time of light in fibre, one way: 5 us/km (group index about 1.5; ITU-T G.652 fibre has 1.467)."""
    return length_km * US_PER_KM


def rtt_us(length_km: float) -> float:
    """There and back over `length_km` of fibre: 10 us/km."""
    return 2 * propagation_us(length_km)


def serialization_us(size_bytes: float, rate_bps: float) -> float:
    """The time `size_bytes` take on a line of `rate_bps`."""
    return size_bytes * 8e6 / rate_bps


def strict_priority_us(hop: Hop) -> float:
    """Worst delay of one strict-priority hop: `(burst + blocking) / rate + processing`.

    Network calculus, non-preemptive static priority (Le Boudec and Thiran, Network Calculus):
    the whole burst of the class is ahead, and one lower packet is on the wire.
    """
    return serialization_us(hop.burst_bytes + hop.blocking_bytes, hop.rate_bps) + hop.processing_us


def latency_bound_us(hops: Iterable[Hop], length_km: float) -> float:
    """Worst one-way delay over strict-priority hops in a row and the fibre between them."""
    return sum(map(strict_priority_us, hops)) + propagation_us(length_km)


def jitter_bound_us(hops: Iterable[Hop], packet_bytes: int) -> float:
    """Worst less best one-way delay over the same hops: the best packet waits for nobody, only for its own length."""
    return sum(
        strict_priority_us(hop) - hop.processing_us - serialization_us(packet_bytes, hop.rate_bps) for hop in hops
    )


def guaranteed_rate_bound_us(
    burst_bytes: int,
    packet_bytes: int,
    rate_bps: int,
    line_rates_bps: Sequence[int],
    blocking_bytes: int,
    length_km: float,
) -> float:
    """Worst one-way delay where each hop guarantees a rate instead of a priority (HTB class, HQoS user queue).

    RFC 2212 (delay bound for an unlimited peak rate): `b/R + Ctot/R + Dtot` with the error terms of packet
    fair queueing, C = the flow's own packet and D = the largest packet of anybody on the line. Soft: an HTB class
    keeps its rate only as long as the kernel's timers do.
    """
    queueing = serialization_us(burst_bytes + packet_bytes * len(line_rates_bps), rate_bps)
    blocking = sum(serialization_us(blocking_bytes, line) for line in line_rates_bps)
    return queueing + blocking + propagation_us(length_km)


def cyclic_bound_us(hops: int, cycle_us: float, length_km: float) -> float:
    """Worst one-way delay of cycle-based forwarding (deterministic IP, CSQF): at most two cycles a hop."""
    return 2 * cycle_us * hops + propagation_us(length_km)
