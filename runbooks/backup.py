"""Read what every device runs, through Nornir, into files of mode 0600: whole configurations, secrets included.

.venv/bin/python runbooks/backup.py NETWORK FOLDER [--emulated]
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from netwright.app.site import site
from netwright.drivers.base import Driver
from netwright.errors import NetwrightError
from netwright.wish import Wish


def running(driver: Driver) -> str:
    """The task: one device's running configuration."""
    return str(driver.get_config(retrieve="running")["running"])


def main() -> int:
    """Run the book: 4 when a device could not be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--emulated", action="store_true")
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with site(Wish(wanted.network, emulated=wanted.emulated)) as here:
        answers = here.fleet.run(here.network.platforms, running)
    for name, answer in answers.items():
        if answer.value is None:
            print(f"{name}: {answer.error}")
            continue
        file = os.open(wanted.folder / f"{name}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "w", encoding="utf-8") as out:
            out.write(answer.value)
    read = sum(answer.ok for answer in answers.values())
    print(f"{read} of {len(answers)} devices read into {wanted.folder}")
    return 0 if read == len(answers) else 4


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NetwrightError as error:
        sys.exit(f"{error}\nexit {error.exit_code}")
