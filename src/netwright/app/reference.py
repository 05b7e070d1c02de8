"""The reference network that comes with netwright: in the checkout its own folders, in the wheel a copy."""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

PARTS = ("intents", "inventory")


def reference_network() -> Path:
    """The folder that holds the reference network's `intents/` and `inventory/`."""
    inside = Path(str(files("netwright"))) / "reference"
    return inside if inside.is_dir() else Path(__file__).parents[3]


def copy_reference(to: Path) -> Path:
    """Copy the reference network into a folder of its own: nothing that runs on it touches the original."""
    for part in PARTS:
        shutil.copytree(reference_network() / part, to / part)
    return to
