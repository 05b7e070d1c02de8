"""The small ring that the lab's tests draw and, in the stage `lab`, run: four routers, two FRR in production."""

from __future__ import annotations

from pathlib import Path

from netwright.lab.blueprint import Settings, blueprint
from netwright.lab.model import Blueprint
from netwright.topology.load import load_topology
from netwright.topology.model import Topology

RING = Path(__file__).parent / "ring"


def ring() -> Topology:
    """The topology of production."""
    return load_topology(RING / "inventory" / "topology.yaml")


def drawn(scale: int = 1000) -> Blueprint:
    """Its lab."""
    return blueprint(ring(), Settings("ring", 9216, scale))
