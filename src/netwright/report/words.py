"""Figures as people write them: rates with k M G T, sizes in bytes with their prefix, small ratios as powers of ten."""

from __future__ import annotations

from collections.abc import Mapping

from netwright.promise.contract import Bound, Figure
from netwright.verify.model import State

_RATES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_FEW_US = 100
"""From here on a delay is told in milliseconds, as intents ask for it."""
_BYTES = ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def amount(value: float, unit: str) -> str:
    """A value with its unit: `100 Gbit/s`, `15 MB`, `0.59 ms`, `1e-05`."""
    if unit in ("bit/s", "bps"):
        return _scaled(value, _RATES, "bit/s", joined=True)
    if unit in ("byte", "bytes", "B"):
        return _scaled(value, _BYTES, "B", joined=False)
    if unit == "us" and abs(value) >= _FEW_US:
        return f"{value / 1000:.4g} ms"
    return f"{value:.4g} {unit}".strip() if unit not in ("ratio", "1") else f"{value:.4g}"


def _scaled(value: float, steps: tuple[tuple[float, str], ...], unit: str, *, joined: bool) -> str:
    for size, prefix in steps:
        if abs(value) >= size:
            return f"{value / size:.6g} {prefix}{unit if joined else ''}"
    return f"{value:.6g} {unit}"


def rate(bps: float) -> str:
    """A rate in the intents' own spelling: `100G`."""
    return _scaled(bps, _RATES, "", joined=True).replace(" ", "")


def asked(figure: Figure) -> str:
    """What the intent asked for, with the side that is the good one; empty where it is silent."""
    if figure.asked is None:
        return ""
    sign = {Bound.AT_LEAST: "≥ ", Bound.AT_MOST: "≤ "}.get(figure.bound, "")
    return f"{sign}{amount(figure.asked, figure.unit)}"


_CHECKED = {
    State.SUCCESS: "passed",
    State.FAILURE: "failed",
    State.ERROR: "without an answer",
    State.SKIPPED: "skipped",
    State.UNSET: "not looked at",
}


def counted(count: Mapping[State, int]) -> str:
    """How checks went: `261 passed, 5 skipped`."""
    return ", ".join(f"{count[state]} {word}" for state, word in _CHECKED.items() if count.get(state))


def plural(count: int, word: str) -> str:
    """`1 check`, `2 checks`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
