"""Metro-like networks of any size, for tests and benchmarks: the same seed gives the same network.

A core ring with chords, and access nodes in small rings that hang between two core nodes, as metro networks are built.
Every node has two ways out; a ring shares its ducts (SRLGs) with the ring beside it: diversity is worth asking for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

from netwright.topology.deal import deal
from netwright.topology.geo import fibre_km
from netwright.topology.gml import BUFFER_BYTES, FAST_BPS, SLOW_BPS
from netwright.topology.model import Link, Node, Site, Topology

CORE_SHARE = 20
"""One node in so many is of the core."""

RING = 6
"""Access nodes between two core nodes."""

FEWEST = 4
_CORE_BUFFER_BYTES = 4 * 10**9
_CENTRE = (31.6, 112.9)
_SPREAD_DEGREES = 0.5


def generate(nodes: int, seed: int, platforms: Sequence[str] = ("huawei", "zte", "frr")) -> Topology:
    """A connected network of `nodes` routers, whose platforms are dealt in name order."""
    if nodes < FEWEST:
        raise ValueError(f"a network has {FEWEST} nodes or more, not {nodes}")
    random = Random(seed)  # noqa: S311 - a drawing, not a secret
    width = len(str(nodes - 1))
    names = [f"r{number:0{width}}" for number in range(nodes)]
    sites = {name: _site(name, random) for name in names}
    core = names[: max(FEWEST, nodes // CORE_SHARE)]
    links = {
        link.name: link for link in (*_core(core, sites, random), *_rings(core, names[len(core) :], sites, random))
    }
    rows = {name: Node(name, "", name, "interconnect" if name in set(core) else "pod") for name in names}
    return deal(Topology(rows, dict(sorted(links.items())), sites), platforms)


def _site(name: str, random: Random) -> Site:
    north, east = (centre + random.uniform(-_SPREAD_DEGREES, _SPREAD_DEGREES) for centre in _CENTRE)
    return Site(name, round(north, 5), round(east, 5))


def _core(core: Sequence[str], sites: dict[str, Site], random: Random) -> Iterator[Link]:
    """A ring, and a chord for every second node."""
    ring = [(name, core[(number + 1) % len(core)]) for number, name in enumerate(core)]
    chords = [(name, random.choice(core)) for name in core[::2]]
    seen: set[frozenset[str]] = set()
    for number, (a, z) in enumerate(ring + chords):
        if a != z and frozenset((a, z)) not in seen:
            seen.add(frozenset((a, z)))
            yield _link(a, z, sites, FAST_BPS, _CORE_BUFFER_BYTES, f"core-{number}")


def _rings(core: Sequence[str], access: Sequence[str], sites: dict[str, Site], random: Random) -> Iterator[Link]:
    """Chains of access nodes, each from one core node to another."""
    for number, start in enumerate(range(0, len(access), RING)):
        first, last = random.sample(list(core), 2)
        chain = [first, *access[start : start + RING], last]
        for step, (a, z) in enumerate(pairwise(chain)):
            yield _link(a, z, sites, SLOW_BPS, BUFFER_BYTES, f"duct-{number // 2}-{step}")


def _link(a: str, z: str, sites: dict[str, Site], capacity_bps: int, buffer_bytes: int, duct: str) -> Link:
    low, high = sorted((a, z))
    here, there = sites[low], sites[high]
    length = fibre_km(here.latitude, here.longitude, there.latitude, there.longitude)
    return Link(
        f"{low}-{high}", low, "", high, "", capacity_bps, length, srlgs=frozenset({duct}), buffer_bytes=buffer_bytes
    )
