"""How much slower than production a lab is: measured on the machine it runs on, never guessed.

Every rate of the network is divided by one number, the scale, so that the fastest link asks for no more than half of
what the machine forwards. Delays are not scaled: they are real in the lab, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from netwright.lab.ground import LabError
from netwright.topology.model import Topology

HEADROOM: Final = 2
"""The fastest link takes at most one part in this many of what was measured."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What the machine forwards, in bit/s of TCP payload across two idle routers."""

    bps: int


def read_ceiling(iperf_json: str) -> Ceiling:
    """What `recipe/ceiling.sh` printed."""
    try:
        return Ceiling(int(json.loads(iperf_json)["end"]["sum_received"]["bits_per_second"]))
    except (ValueError, KeyError, TypeError) as error:
        raise LabError("the machine's forwarding rate was not measured", iperf_json[-500:]) from error


def scale_for(topology: Topology, ceiling: Ceiling) -> int:
    """The smallest of 1, 2, 5, 10, 20 ... by which the fastest link fits."""
    fastest = max((link.base_bps for link in topology.links.values()), default=0)
    return next(scale for scale in _series() if fastest * HEADROOM <= ceiling.bps * scale)


def _series() -> Iterator[int]:
    for power in count():
        yield from (digit * 10**power for digit in (1, 2, 5))
