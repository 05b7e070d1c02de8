"""The reference network through the real command line: `netwright demo`, as a program of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from networks_support import ROOT

STEPS = {
    "emulate": r"20 routers \(frr, huawei, zte\) answer NETCONF and SSH on this machine",
    "validate": r"\d+ intents, no error",
    "apply": r"applied plan [0-9a-f]{8}: \d+ intents on 20 devices; \d+ checks passed; .*",
    "verify": r"\d+ checks: \d+ success(, \d+ skipped)?",
    "plan again": r"nothing to do",
    "withdraw": r"applied plan [0-9a-f]{8}: 1 intent on \d+ devices; \d+ checks passed; .*",
    "withdraw all": r"applied plan [0-9a-f]{8}: \d+ intents on 20 devices; 0 checks passed; .*",
}
"""The titled steps in their order, and what each reports when all is well."""

REMARKS = (
    r"exactly the [1-9]\d* lines that were ElasticLine/film-archive's alone went, nothing else changed",
    r"every router runs its baseline again, byte for byte",
)


def test_every_pattern_would_notice_another_word() -> None:
    assert not re.fullmatch(STEPS["verify"], "100 checks: 99 success, 1 failure")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_demo_shows_what_it_claims(tmp_path: Path) -> None:
    before = _files()
    told = _demo(tmp_path)
    titled = {step["step"]: step["result"] for step in told["steps"] if step["step"]}
    assert list(titled) == list(STEPS)
    for title, pattern in STEPS.items():
        assert re.fullmatch(pattern, titled[title]), (title, titled[title])
    remarks = [step["result"] for step in told["steps"] if not step["step"]]
    assert len(remarks) == len(REMARKS)
    assert all(re.fullmatch(pattern, remark) for pattern, remark in zip(REMARKS, remarks, strict=True)), remarks
    page = Path(told["evidence"])
    assert "<html" in page.read_text(encoding="utf-8")
    assert [file.name for file in tmp_path.iterdir()] == [page.name], "the copy of the network is gone"
    assert _files() == before, "the clone is as it was"


def _demo(folder: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "netwright", "-C", str(ROOT), "demo", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"TMPDIR": str(folder)}, check=False, timeout=580
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _files() -> set[tuple[str, int]]:
    """What the demo could have touched: files by name and time of the last change."""
    folders = ("intents", "inventory", "state")
    found = (file for folder in folders for file in (ROOT / folder).rglob("*") if file.is_file())
    return {(str(file), file.stat().st_mtime_ns) for file in found}
