"""How often a way is up, from what its parts are said to do. Shares between 0 and 1, times in hours.

Nothing here guesses how often a fibre is cut: mean times come from the operator's own records.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod


def availability(mtbf_h: float, mttr_h: float) -> float:
    """Steady-state availability of one part: `MTBF / (MTBF + MTTR)` (IEC 60050-192)."""
    return mtbf_h / (mtbf_h + mttr_h)


def in_series(parts: Iterable[float]) -> float:
    """Availability of a path that needs all its parts, when they fail independently of each other."""
    return prod(parts)


def in_parallel(ways: Iterable[float]) -> float:
    """Availability of a service that needs one of its ways, when these share no risk (SRLG-disjoint)."""
    return 1 - prod(1 - way for way in ways)
