"""Where the tests of this room find their networks."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventory"
INTENTS = ROOT / "intents"
SHARED = ROOT.parent / "shared"


def zoo() -> list[Path]:
    """The Topology Zoo files; without them a placeholder, so that the test is there to be skipped or to fail."""
    return sorted((SHARED / "topologies").glob("*.gml")) or [SHARED / "topologies" / "missing.gml"]


def text_of(path: Path) -> str:
    """The file's text; where it is missing: failure in CI, a skip elsewhere."""
    if path.is_file():
        return path.read_text(encoding="utf-8")
    reason = f"{path.parent.name}/{path.name} is not beside the repository"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
