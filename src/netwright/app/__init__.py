"""The verbs as a library: what the command line, the runbooks and the demo call. Every edge meets here.

`plan` writes nothing. `apply` holds the network's lock, journals each step, and leaves the evidence behind. What cannot
be is raised; nothing is printed.
"""

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
