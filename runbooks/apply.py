"""Plan, show, apply: one transaction over all devices, driven by Nornir underneath.

.venv/bin/python runbooks/apply.py NETWORK [--emulated] [--yes]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwright import app
from netwright.apply.model import Event
from netwright.cli.screens.plan import plan_screen
from netwright.errors import NetwrightError
from netwright.wish import Wish


def main() -> int:
    """Run the book; the exit code is the transaction's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("--emulated", action="store_true")
    parser.add_argument("--yes", action="store_true", help="apply without asking")
    wanted = parser.parse_args()
    wish = Wish(wanted.network, emulated=wanted.emulated)
    if (left := app.recover(wish)) is not None:
        print(left.sentence)
        if left.exit_code:
            return left.exit_code
    plan = app.plan(wish)
    print(plan_screen(plan))
    if not plan.changes:
        return 0
    if not wanted.yes and input("apply? [y/N] ").strip().lower() != "y":
        return 1
    done = app.apply(wish, plan, observe=tell)
    print(done.outcome.sentence, done.evidence)
    return done.outcome.exit_code


def tell(event: Event) -> None:
    """One line a stage."""
    print(f"{event.step:<10} {event.done}/{event.total}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NetwrightError as error:
        sys.exit(f"{error}\nexit {error.exit_code}")
