"""What is told of the applies of the past, from the journals, snapshots and record that they left."""

from __future__ import annotations

from pathlib import Path

import pytest

from netwright.alloc.ledger import Ledger
from netwright.apply.history import PastApply, Result, Return, history
from netwright.apply.journal import Entry, Journal, Phase, open_journal
from netwright.apply.snapshot import Snapshot, write_snapshot
from netwright.plan.record import Applied, DeviceRecord, Owned

OWNED = {("vrf a",): Owned("", frozenset({"TenantSlice/a"}))}


def left(apply_id: str) -> Applied:
    """The record that an apply leaves: one device that carries its id, one intent."""
    return Applied(apply_id, "9f", "c0ffee", "2026-11-21T10:00:09+00:00", {"pe1": DeviceRecord(apply_id, OWNED)})


def begun(root: Path, apply_id: str) -> Journal:
    journal = open_journal(root / "journal", apply_id)
    facts = {"who": "eve@desk", "commit": "c0ffee", "plan": "9f"}
    journal.write(Entry("2026-11-21T10:00:00+00:00", Phase.PREPARE, "begin", ("pe1", "pe2"), facts))
    return journal


def ended(root: Path, apply_id: str, phase: Phase, before: Applied) -> None:
    write_snapshot(root / "snapshots", Snapshot(apply_id, Ledger({}), before), {})
    journal = begun(root, apply_id)
    journal.write(Entry("2026-11-21T10:00:09+00:00", phase, "end"))
    journal.close()


def told(root: Path, now: Applied) -> dict[str, PastApply]:
    return {one.apply_id: one for one in history(root / "journal", root / "snapshots", now)}


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Two applies that held, and one between them that was taken back."""
    ended(tmp_path, "nw-1", Phase.DONE, Applied())
    ended(tmp_path, "nw-2", Phase.RESTORED, left("nw-1"))
    ended(tmp_path, "nw-3", Phase.DONE, left("nw-1"))
    return tmp_path


def test_each_apply_is_one_row_with_what_came_of_it(three: Path) -> None:
    rows = told(three, left("nw-3"))
    assert [(name, row.result, row.back) for name, row in rows.items()] == [
        ("nw-1", Result.APPLIED, Return.TO),
        ("nw-2", Result.TAKEN_BACK, Return.NO),
        ("nw-3", Result.APPLIED, Return.NOW),
    ]
    assert rows["nw-1"] == PastApply(
        "nw-1", "2026-11-21T10:00:00+00:00", Result.APPLIED, 2, 1, "eve@desk", "c0ffee", Return.TO
    )
    assert rows["nw-2"].intents is None


def test_a_killed_apply_is_unfinished(three: Path) -> None:
    begun(three, "nw-4")
    assert told(three, left("nw-3"))["nw-4"].result is Result.UNFINISHED


def test_a_clone_without_journals_knows_the_record_alone(tmp_path: Path) -> None:
    (row,) = told(tmp_path, left("nw-3")).values()
    assert (row.at, row.result, row.devices, row.intents) == (
        "2026-11-21T10:00:09+00:00",
        Result.APPLIED,
        1,
        1,
    )
    assert told(tmp_path, Applied()) == {}


def test_an_apply_whose_journal_is_gone_is_not_guessed_at(three: Path) -> None:
    (three / "journal" / "nw-2.jsonl").unlink()
    assert told(three, left("nw-3"))["nw-2"].result is Result.UNKNOWN
