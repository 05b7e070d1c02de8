"""The FRR pack's golden files that several rooms put on a box, by name."""

from __future__ import annotations

from pathlib import Path

GOLDEN = Path(__file__).parent / "platforms" / "frr" / "golden"
FABRIC = (
    "loopback",
    "core_interface",
    "locator",
    "isis",
    "isis_circuit",
    "isis_circuit-loopback",
    "bgp",
    "bgp_neighbor",
)
"""What every router of the fabric runs."""
