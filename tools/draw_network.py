"""Draw docs/network.svg, the map in the README, from inventory/topology.yaml."""

from pathlib import Path

from netwright.diagnostics import Diagnostics
from netwright.report.map import network_map
from netwright.topology.load import parse_topology

ROOT = Path(__file__).parents[1]
SVG = ROOT / "docs" / "network.svg"


def draw() -> str:
    """The map of the reference network, as the file should be."""
    file = ROOT / "inventory" / "topology.yaml"
    found = Diagnostics()
    topology = parse_topology(file.read_text(encoding="utf-8"), file.name, found)
    found.close()
    return network_map(topology, standalone=True)


if __name__ == "__main__":
    SVG.write_text(draw(), encoding="utf-8")
