"""The journal and the network's lock: what a crash leaves, and who holds what."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from netwright.apply.journal import WATCHDOGS, Entry, Journal, Phase, open_journal, unfinished
from netwright.apply.lock import network_lock
from netwright.errors import LockHeld

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BEGIN = Entry("2026-11-21T10:00:00+00:00", Phase.PREPARE, "begin", ("r0", "r1"), {"plan": "9f"})
COMMIT = Entry("2026-11-21T10:00:05+00:00", Phase.CHANGE, "commit-1", ("r0",))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return open_journal(tmp_path / "journal", "nw-1")


def test_what_is_written_is_read(journal: Journal) -> None:
    journal.write(BEGIN)
    journal.write(COMMIT)
    assert list(journal.entries()) == [BEGIN, COMMIT]
    assert journal.phase is Phase.CHANGE


@pytest.mark.parametrize("cut", range(1, len(COMMIT.as_line())))
def test_a_torn_last_line_never_counts(journal: Journal, cut: int) -> None:
    journal.write(BEGIN)
    with (journal.folder / "steps.jsonl").open("a") as file:
        file.write(COMMIT.as_line()[:cut])
    assert list(journal.entries()) == [BEGIN]
    journal.write(COMMIT)
    assert list(journal.entries()) == [BEGIN, COMMIT]


def test_an_empty_journal_is_of_a_run_that_prepared(journal: Journal) -> None:
    assert list(journal.entries()) == []
    assert journal.phase is Phase.PREPARE


def test_kept_files_are_for_their_owner_alone(journal: Journal) -> None:
    journal.keep("before/r0", "secret\n")
    assert journal.kept("before/r0") == "secret\n"
    assert journal.kept("before/r1") is None
    assert (journal.folder / "before" / "r0").stat().st_mode & 0o777 == 0o600
    assert journal.folder.stat().st_mode & 0o077 == 0


def test_a_closed_journal_keeps_its_steps_and_no_configuration(journal: Journal) -> None:
    root = journal.folder.parent
    journal.write(BEGIN)
    journal.keep("before/r0", "secret\n")
    journal.close()
    assert unfinished(root) is None
    assert [path.name for path in root.iterdir()] == ["nw-1.jsonl"]
    assert json.loads((root / "nw-1.jsonl").read_text())["step"] == "begin"


def test_the_oldest_open_journal_is_taken_up_first(tmp_path: Path) -> None:
    assert unfinished(tmp_path / "journal") is None
    for name in ("nw-2", "nw-1", WATCHDOGS):
        open_journal(tmp_path / "journal", name)
    found = unfinished(tmp_path / "journal")
    assert found is not None
    assert found.apply_id == "nw-1"
    for name in ("nw-1", "nw-2"):
        Journal(tmp_path / "journal" / name).close()
    assert unfinished(tmp_path / "journal") is None


HOLD = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from netwright.apply.lock import network_lock
with network_lock(Path(sys.argv[1]), "bob@far", datetime(2026, 11, 21, 10, tzinfo=UTC)):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_lock_of_another_process(tmp_path: Path) -> None:
    """It names its holder, and a holder that is killed holds nothing."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockHeld) as held, network_lock(tmp_path, "alice@near", NOW):
            pass
        assert (held.value.holder, held.value.since) == ("bob@far", "2026-11-21T10:00:00+00:00")
    finally:
        holder.kill()
        holder.wait(10)
    with network_lock(tmp_path, "alice@near", NOW):
        assert "alice@near" in (tmp_path / "lock").read_text()
    assert (tmp_path / "lock").read_text() == ""
