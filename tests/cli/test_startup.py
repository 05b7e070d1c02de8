"""What a command imports: nobody waits for NAPALM to hear that a field is misspelt."""

import subprocess
import sys

import pytest

from netwright import app

HEAVY = ("napalm", "nornir", "asyncssh", "ncclient", "paramiko")


@pytest.mark.parametrize("module", ["netwright.cli", "netwright.app.planning", "netwright.app.explaining"])
def test_no_session_no_drivers(module: str) -> None:
    program = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_a_plan_waits_for_no_other_verb() -> None:
    others = ("applying", "drifting", "explaining", "returning", "verifying")
    program = (
        "import sys, netwright.cli.plan; from netwright.cli.facade import facade; facade().plan; "
        f"print(*({{f'netwright.app.{{verb}}' for verb in {others!r}}} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_verb_is_where_it_is_looked_for() -> None:
    assert all(getattr(app, verb).__name__ == verb for verb in app.__all__)
    with pytest.raises(AttributeError, match=r"netwright\.app.*nothing"):
        _ = app.nothing
