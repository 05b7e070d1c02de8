"""Figures for people: rates, delays, sizes, instants, as they stand in messages and plans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

_STEPS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def rate(bps: float) -> str:
    """100 G, 2.5 G, 105.34 M: at most five figures."""
    for size, unit in _STEPS:
        if bps >= size:
            return f"{_figures(bps / size)} {unit}"
    return f"{_figures(bps)} bit/s"


def delay(microseconds: float) -> str:
    """0.61 ms."""
    return f"{_figures(round(microseconds / 1000, 3))} ms"


def size(bytes_: float) -> str:
    """15 MB (10^6 bytes)."""
    for step, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if bytes_ >= step:
            return f"{_figures(bytes_ / step)} {unit}"
    return f"{bytes_:g} B"


def instant(moment: datetime | None) -> str:
    """2026-12-02T06:00+08:00."""
    return "ever" if moment is None else moment.isoformat(timespec="minutes")


def listed(names: Iterable[str], most: int = 4) -> str:
    """a, b, c and 5 more."""
    every = list(names)
    if len(every) <= most:
        return ", ".join(every)
    return f"{', '.join(every[:most])} and {len(every) - most} more"


def count(number: int, noun: str) -> str:
    """1 intent, 2 intents."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _figures(value: float) -> str:
    return f"{value:.5g}"
