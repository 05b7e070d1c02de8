"""A name that the network does not have ends every verb in the same way: exit 1, its code, the nearest name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netwright.cli import run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    for name in ("inventory", "intents"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize(
    ("verb", "code"),
    [
        (["plan", "--offline", "pop1-gw7"], "unknown-node"),
        (["explain", "pop1-gw7", "vrf"], "unknown-node"),
        (["apply", "--emulated", "--abandon", "pop1-gw7"], "unknown-node"),
        (["apply", "--emulated", "--takeover", "TenantSlice/model-deliver"], "unknown-intent"),
    ],
)
def test_an_unknown_name_is_refused(
    verb: list[str], code: str, network: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(network), *verb]) == 1
    said = capsys.readouterr().err
    assert f"error[{code}]" in said
    assert "did you mean `" in said
    assert run(["help", code]) == 0
