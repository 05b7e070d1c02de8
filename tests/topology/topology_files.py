"""Where the tests of this room find their networks."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventory"
INTENTS = ROOT / "intents"
LANGUAGE = ROOT / "tests" / "data" / "examples.yaml"


def zoo() -> list[Path]:
    """The Topology Zoo files."""
    return sorted((ROOT / "tests" / "data" / "topologies").glob("*.gml"))
