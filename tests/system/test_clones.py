"""A second person's clone, a lost record, an older record: nobody mistakes our lines for somebody else's."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from system_support import Lab

from netwright import app
from netwright.errors import Refused
from netwright.wish import Wish

NOT_COMMITTED = ("journal", "evidence", "snapshots")


def clone(lab: Lab, to: Path) -> Lab:
    """What a second person gets from the repository, and the same devices."""
    shutil.copytree(lab.root, to)
    for name in NOT_COMMITTED:
        shutil.rmtree(to / "state" / name, ignore_errors=True)
    return replace(lab, root=to)


def codes(lab: Lab) -> set[str]:
    """Why planning is refused."""
    with pytest.raises(Refused) as refused:
        lab.plan()
    return {finding.code for finding in refused.value.diagnostics}


def remove_all(lab: Lab, baseline: dict[str, str]) -> None:
    lab.applied()
    assert lab.differing(baseline) == []


def test_a_second_clone_removes_exactly(lab: Lab, tmp_path: Path) -> None:
    lab.applied("zh", "hf")
    baseline = lab.baseline
    second = clone(lab, tmp_path / "second")
    assert not second.plan().changes
    remove_all(second, baseline)


@pytest.mark.parametrize("lost", ["record", "state"])
def test_a_lost_record_is_adopted(lab: Lab, lost: str) -> None:
    lab.applied("zh", "hf", "rdma")
    kept = lab.network.applied
    (lab.root / "state" / "applied.json").unlink()
    shutil.rmtree(lab.root / "state" / "applied")
    if lost == "state":
        for name in NOT_COMMITTED:
            shutil.rmtree(lab.root / "state" / name, ignore_errors=True)
    assert codes(lab) == {"state-behind"}
    adopted = app.adopt(lab.wish)
    assert {name: record.leaves for name, record in adopted.applied.devices.items()} == {
        name: record.leaves for name, record in kept.devices.items()
    }
    assert not lab.plan().changes
    remove_all(lab, lab.baseline)


def test_an_older_record_is_behind(lab: Lab, tmp_path: Path) -> None:
    lab.applied("zh")
    second = clone(lab, tmp_path / "second")
    lab.applied("zh", "hf")
    before = lab.running()
    second.want("zh", "rdma")
    assert codes(second) == {"state-behind"}
    assert lab.differing(before) == []
    shutil.copytree(lab.root / "state", second.root / "state", dirs_exist_ok=True)  # git pull
    second.applied("zh", "rdma")
    assert codes(lab) == {"state-behind"}


def test_an_adopted_older_record_removes_exactly(lab: Lab, tmp_path: Path) -> None:
    """The other way out of `state-behind`: with the intents that are applied, and without their record."""
    lab.applied("zh")
    second = clone(lab, tmp_path / "second")
    baseline = second.baseline = lab.baseline
    lab.applied("zh", "hf")
    shutil.copytree(lab.root / "intents", second.root / "intents", dirs_exist_ok=True)
    shutil.copy(lab.root / "state" / "ledger.yaml", second.root / "state" / "ledger.yaml")
    app.adopt(Wish(second.root, emulated=True))
    assert not second.plan().changes
    remove_all(second, baseline)
