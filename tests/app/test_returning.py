"""What `rollback` says where there is no way back: before anything is asked of a device, or of who has its password."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netwright.cli import run

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), "error[nothing-to-go-back] the last apply is not recorded here, or its snapshot is gone\n"),
        (("--to", "2026-11"), "error[no-such-apply] 2026-11 is no apply that can be gone back to\n"),
    ],
)
def test_nobody_is_asked_for_credentials_in_vain(
    asked: tuple[str, ...],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("NETWRIGHT_USERNAME", raising=False)
    for name in ("intents", "inventory"):
        shutil.copytree(ROOT / name, tmp_path / name)
    assert run(["-C", str(tmp_path), "rollback", "--no-progress", *asked]) == 1
    assert told in capsys.readouterr().err
