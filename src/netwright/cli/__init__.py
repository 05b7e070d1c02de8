"""The only room that prints. One module per verb; `root` lists them, `screen` speaks, `outcome` decides exit codes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence

from netwright.cli.outcome import DONE, guarded
from netwright.cli.pipes import outlive_readers
from netwright.cli.root import root
from netwright.cli.screen import Screen


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code."""

    def work() -> int:
        code = root.main(list(arguments), prog_name="netwright", standalone_mode=False)
        return code if isinstance(code, int) else DONE

    # A usage error comes before the flags are parsed, and must follow them all the same.
    screen = Screen.of(json="--json" in arguments, quiet="--quiet" in arguments, verbose="--verbose" in arguments)
    return guarded(work, screen)


def main() -> None:
    """Entry point of the command `netwright`."""
    outlive_readers()
    gc.set_threshold(50_000, 20, 1_000)  # a plan is millions of objects and no cycles: looking for any costs seconds
    code = run(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(code)
