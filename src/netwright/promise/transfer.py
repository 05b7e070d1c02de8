"""Volumes over time: a transfer's duration, and what a training step loses to the network between two sites.

Volumes are bytes, rates bit/s, times seconds.
"""

from __future__ import annotations

from math import ceil


def transfer_s(volume_bytes: float, rate_bps: float) -> float:
    """How long a volume takes at a rate."""
    return volume_bytes * 8 / rate_bps


def rate_for_bps(volume_bytes: float, duration_s: float) -> int:
    """The rate that moves a volume in time; rounded up."""
    return ceil(volume_bytes * 8 / duration_s)


def cross_site_bps(accelerators: int, port_bps: int, ratio: float) -> float:
    """Bandwidth between sites at a convergence of `ratio`:1: `N b / r`."""
    return accelerators * port_bps / ratio


def cross_site_bytes(gradient_bytes: float, sites: int) -> float:
    """Bytes a site sends per step of a hierarchical all-reduce: `2 G (D-1) / D`; the number of GPUs does not matter.

    Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms", JPDC 69 (2009), applied to the ring of sites.
    """
    return 2 * gradient_bytes * (sites - 1) / sites


def training_efficiency(
    step_s: float, volume_bytes: float, rate_bps: float, *, round_trips_s: float = 0.0, overlap: float = 0.0
) -> float:
    """Share of the time in which accelerators compute: `T / (T + max(0, 8 V / B + RTTs - overlap T))`.

    `overlap` is the share of the step during which the exchange hides behind computation.
    """
    waiting = max(0.0, transfer_s(volume_bytes, rate_bps) + round_trips_s - overlap * step_s)
    return step_s / (step_s + waiting)


def links_needed(rate_bps: float, link_bps: int) -> int:
    """How many links of `link_bps` carry `rate_bps`."""
    return ceil(rate_bps / link_bps)
