"""What a command imports: nobody waits for NAPALM to hear that a field is misspelt."""

import subprocess
import sys

import pytest

HEAVY = ("napalm", "nornir", "asyncssh", "ncclient", "paramiko")


@pytest.mark.parametrize("module", ["netwright.cli", "netwright.app.planning", "netwright.app.explaining"])
def test_no_session_no_drivers(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
