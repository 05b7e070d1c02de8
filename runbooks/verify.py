"""Ask every device whether the promises are kept; for a nightly job.

.venv/bin/python runbooks/verify.py NETWORK [--emulated] [ADDRESS ...]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwright import app
from netwright.errors import NetwrightError
from netwright.verify.model import State
from netwright.wish import Wish


def main() -> int:
    """Run the book: 0 when every promise is kept, else 3."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("addresses", nargs="*")
    parser.add_argument("--emulated", action="store_true")
    wanted = parser.parse_args()
    looked = app.verify(Wish(wanted.network, emulated=wanted.emulated), wanted.addresses)
    for verdict in looked.findings.verdicts:
        if verdict.state in {State.FAILURE, State.ERROR}:
            print(f"{verdict.state} {verdict.check.address}: {verdict.message}")
    counted = ", ".join(f"{number} {state}" for state, number in looked.findings.count().items() if number)
    print(f"{counted}.  evidence: {looked.evidence}")
    return 0 if looked.findings.kept else 3


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NetwrightError as error:
        sys.exit(f"{error}\nexit {error.exit_code}")
