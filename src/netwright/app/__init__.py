"""The verbs as a library: what the command line, the runbooks and the demo call. Every edge meets here.

`plan` writes nothing. `apply` holds the network's lock, journals each step, and leaves the evidence behind. What cannot
be is raised; nothing is printed. A verb is imported when it is first asked for: no command waits for another's modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from netwright.app.applying import apply, recover
    from netwright.app.drifting import adopt, drift
    from netwright.app.explaining import explain
    from netwright.app.planning import check_reviewed, plan, spoken, texts, write_plan
    from netwright.app.returning import plan_back
    from netwright.app.validating import judge_files
    from netwright.app.verifying import verify

__all__ = [
    "adopt",
    "apply",
    "check_reviewed",
    "drift",
    "explain",
    "judge_files",
    "plan",
    "plan_back",
    "recover",
    "spoken",
    "texts",
    "verify",
    "write_plan",
]

_HOMES: Final = {
    "applying": ("apply", "recover"),
    "drifting": ("adopt", "drift"),
    "explaining": ("explain",),
    "planning": ("check_reviewed", "plan", "spoken", "texts", "write_plan"),
    "returning": ("plan_back",),
    "validating": ("judge_files",),
    "verifying": ("verify",),
}


def __getattr__(name: str) -> object:
    """Import the module that a verb lives in."""
    for home, verbs in _HOMES.items():
        if name in verbs:
            return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
