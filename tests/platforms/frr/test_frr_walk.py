"""The pack against FRR's own daemons, where root folders with FRR are named; docs/platforms/frr.md says how."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOTS = [root for root in os.environ.get("NETWRIGHT_FRR_ROOTS", "").split(":") if root]


@pytest.mark.skipif(not ROOTS, reason="NETWRIGHT_FRR_ROOTS names no root folder with FRR (docs/platforms/frr.md)")
@pytest.mark.parametrize("root", ROOTS or ["-"])
def test_every_change_is_taken_and_read_back_by_the_daemons_themselves(root: str) -> None:
    words = ["unshare", "-n", "-m", "-p", "-f", "--kill-child", "sh", str(HERE / "daemons.sh"), root]
    command = [*words, sys.executable, str(HERE / "frr_walk.py"), root, "1", "12"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
