"""What `netwright help TOPIC` knows besides the verbs: the exit codes, the intents, and every diagnostic's code.

Rooms explain their own codes: a room with diagnostics has a module `codes` with `CODES: Mapping[str, str]`, the code
and a paragraph about it (what is wrong, why it matters, what to do). They are found here by that convention.
"""

from __future__ import annotations

import textwrap
from importlib import import_module
from pathlib import Path

import netwright
from netwright.cli.outcome import MEANING


def exit_codes(width: int) -> str:
    """The table of exit codes, in `width` characters."""
    hang = " " * 7
    rows = [
        textwrap.fill(meaning, width, initial_indent=f"{code:>5}  ", subsequent_indent=hang)
        for code, meaning in sorted(MEANING.items())
    ]
    return "\n".join(["Exit codes, the same for all verbs. Where several hold: 5 before 4 before 3.", "", *rows])


def code_list(width: int) -> str:
    """Every diagnostic's code, in columns that fit into `width` characters, read down."""
    codes = list(diagnostic_codes())
    wide = max(map(len, codes)) + 2
    columns = max(1, width // wide)
    rows = -(-len(codes) // columns)
    lines = ("".join(code.ljust(wide) for code in codes[row::rows]).rstrip() for row in range(rows))
    return "\n".join(["What is wrong, by its code; `netwright help CODE` explains one.", "", *lines])


def diagnostic_codes() -> dict[str, str]:
    """Every room's diagnostics, by code."""
    found: dict[str, str] = {}
    for module in Path(netwright.__path__[0]).glob("*/codes.py"):
        found.update(import_module(f"netwright.{module.parent.name}.codes").CODES)
    return dict(sorted(found.items()))
