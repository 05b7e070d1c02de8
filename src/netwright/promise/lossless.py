"""RDMA over distance: how much buffer a lossless queue needs, and what loss does to Go-Back-N.

Rates are bit/s, sizes bytes, lengths kilometres of fibre, `loss` the probability that one packet is lost.
"""

from __future__ import annotations

from math import ceil, floor

from netwright.promise.delay import rtt_us

MTU = 4096
"""The largest RoCE path MTU (InfiniBand Architecture Specification, volume 1): payload bytes of a packet."""

IPV4, IPV6, UDP, BTH, RETH, ICRC = (
    20,
    40,
    8,
    12,
    16,
    4,
)  # bytes; RFC 791, RFC 8200, RFC 768, InfiniBand annex A17 (RoCEv2)


def headroom_bytes(rate_bps: int, length_km: float, *, mtu: int = 0, reaction_us: float = 0.0) -> int:
    """Buffer that a lossless queue needs behind a link: `rate x RTT + 2 x mtu + rate x reaction`, rounded up.

    What is under way when the stop is sent, and what still leaves until it arrives and is obeyed (IEEE 802.1Q,
    buffer requirements of priority-based flow control). `mtu` 0 leaves out the two packets that cannot be cut short.
    """
    return ceil(rate_bps * (rtt_us(length_km) + reaction_us) / 8e6) + 2 * mtu


def window_packets(rate_bps: float, length_km: float, mtu: int = MTU) -> float:
    """Packets under way in one round trip: the bandwidth-delay product in packets of `mtu` payload bytes."""
    return rate_bps * rtt_us(length_km) / 8e6 / mtu


def goodput_ratio(rate_bps: float, length_km: float, loss: float, mtu: int = MTU) -> float:
    """Share of a QP's rate that is new data under Go-Back-N: `(1-p) / (1-p + p W)`, each loss costs a window W.

    Bertsekas and Gallager, Data Networks, chapter 2; RoCE NICs without selective repeat behave so.
    """
    kept = 1 - loss
    return kept / (kept + loss * window_packets(rate_bps, length_km, mtu))


def largest_qp_bps(length_km: float, loss: float, goodput: float, mtu: int = MTU) -> int:
    """The highest rate of one QP that still keeps the ratio `goodput`; whole bit/s, rounded down.

    The inverse of `goodput_ratio`. Without loss or distance there is no limit: ValueError.
    """
    if not (0 < loss < 1 and 0 < goodput < 1 and length_km > 0):
        raise ValueError("a largest rate exists only for a loss and a ratio between 0 and 1, over a distance")
    window = (1 - loss) * (1 - goodput) / (goodput * loss)
    return floor(window * mtu * 8e6 / rtt_us(length_km))


def subflows(rate_bps: int, length_km: float, loss: float, goodput: float, mtu: int = MTU) -> int:
    """Into how many QPs of equal rate `rate_bps` must be split so that each keeps the ratio `goodput`."""
    if loss <= 0 or length_km <= 0:
        return 1
    return max(1, ceil(rate_bps / largest_qp_bps(length_km, loss, goodput, mtu)))


def roce_packet_bytes(payload: int = MTU, *, reth: bool = False, ipv6: bool = False) -> int:
    """Size of a RoCEv2 IP packet: IP + UDP + BTH (+ RETH, on the first packet of an RDMA write) + payload + ICRC."""
    return (IPV6 if ipv6 else IPV4) + UDP + BTH + (RETH if reth else 0) + payload + ICRC


def packets_to_prove(loss: float) -> int:
    """Packets that must arrive without a single loss to say `loss` is kept, with 95 % confidence: `3 / loss`.

    The rule of three (Hanley and Lippman-Hand, JAMA 249, 1983): -ln(0.05) = 2.996.
    """
    return ceil(round(3 / loss, 6))
