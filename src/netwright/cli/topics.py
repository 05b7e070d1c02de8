"""What `netwright help TOPIC` knows besides the verbs: the exit codes, the intents, and every diagnostic's code.

Rooms explain their own codes: a room with diagnostics has a module `codes` with `CODES: Mapping[str, str]`, the code
and a paragraph about it (what is wrong, why it matters, what to do). They are found here by that convention.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import netwright
from netwright.cli.outcome import MEANING


def exit_codes() -> str:
    """The table of exit codes."""
    rows = [f"{code:>5}  {meaning}".replace("\n", "\n       ") for code, meaning in sorted(MEANING.items())]
    return "\n".join(["Exit codes, the same for all verbs. Where several hold: 5 before 4 before 3.", "", *rows])


def diagnostic_codes() -> dict[str, str]:
    """Every room's diagnostics, by code."""
    found: dict[str, str] = {}
    for module in Path(netwright.__path__[0]).glob("*/codes.py"):
        found.update(import_module(f"netwright.{module.parent.name}.codes").CODES)
    return dict(sorted(found.items()))
