"""Other people on the same devices: locks, dirty candidates, stale plans, foreign values, drift."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
import yaml
from system_support import DEVICE_OF, Lab, changed_by_hand, somebody, trunk_description, typed

from netwright import app
from netwright.app.site import now
from netwright.apply.lock import network_lock
from netwright.drift.classify import Kind
from netwright.errors import LockHeld, Refused
from netwright.wish import Wish

platforms = pytest.mark.parametrize("platform", DEVICE_OF)
FOREIGN = {"huawei": "leave me", "zte": "description leave me", "frr": "description leave me"}


def test_the_networks_lock(lab: Lab) -> None:
    lab.want("zh")
    made = lab.plan()
    with network_lock(lab.network.journal, "bob@host", now()), pytest.raises(LockHeld, match="bob@host"):
        app.apply(lab.wish, made)
    assert lab.differing(lab.baseline) == []
    assert app.apply(lab.wish, made).outcome.exit_code == 0


@platforms
def test_a_locked_device_is_left_alone(lab: Lab, platform: str) -> None:
    lab.want("zh", "hf")
    device = DEVICE_OF[platform]
    made = lab.plan()
    with somebody(lab, device) as other:
        other.lock()
        outcome = app.apply(lab.wish, made).outcome
        assert outcome.exit_code == 75, outcome
        assert f"{device} is locked" in outcome.sentence
        assert lab.differing(lab.baseline) == []
        assert not lab.journal_open
        other.unlock()
    assert app.apply(lab.wish, made).outcome.exit_code == 0  # nobody kept a lock


@pytest.mark.parametrize("platform", ["huawei"])  # on ZTE each session types into its own, FRR has none
def test_a_dirty_candidate_is_not_ours(lab: Lab, platform: str) -> None:
    lab.applied("zh")
    device, before = DEVICE_OF[platform], lab.running()
    path, _ = trunk_description(lab, device)
    lab.want("zh", "hz", "hf", changed=("zh",))
    with somebody(lab, device) as other:
        typed(other, lab, path, FOREIGN[platform])
        outcome = lab.apply().outcome
        assert outcome.exit_code == 75, outcome
        assert device in outcome.sentence
        assert lab.differing(before) == []
        assert "leave me" in other.get_config(retrieve="candidate")["candidate"]
        outcome = lab.apply(Wish(lab.root, emulated=True, discard_candidate=True)).outcome
        assert outcome.exit_code == 0, outcome
    assert not lab.plan().changes


@platforms
def test_a_stale_plan_touches_nothing(lab: Lab, platform: str) -> None:
    lab.applied("zh")
    device = DEVICE_OF[platform]
    path, _ = trunk_description(lab, device)
    lab.want("zh", "hz", "hf", changed=("zh",))
    made = lab.plan()
    changed_by_hand(lab, device, path, FOREIGN[platform])
    before = lab.running()
    outcome = app.apply(lab.wish, made).outcome
    assert outcome.exit_code == 1, outcome
    assert device in outcome.sentence
    assert lab.differing(before) == []
    assert not lab.journal_open


@platforms
def test_a_foreign_value_is_taken_over_and_given_back(lab: Lab, platform: str) -> None:
    device = DEVICE_OF[platform]
    lab.want("fabric")
    path, ours = trunk_description(lab, device)
    changed_by_hand(lab, device, path, FOREIGN[platform])
    before = lab.running()
    with pytest.raises(Refused, match="leave me") as refused:
        lab.plan()
    assert {finding.code for finding in refused.value.diagnostics} == {"foreign-value"}
    address = refused.value.diagnostics[0].address
    assert lab.apply(Wish(lab.root, emulated=True, takeover=(address,))).outcome.exit_code == 0
    assert lab.trees()[device][path] == ours
    assert not lab.plan().changes
    lab.applied()
    assert lab.differing(before) == []


@platforms
def test_drift_is_found_and_set_back(lab: Lab, platform: str) -> None:
    lab.applied("zh", "hf")
    device, before = DEVICE_OF[platform], lab.running()
    path, ours = trunk_description(lab, device)
    changed_by_hand(lab, device, path, FOREIGN[platform])
    found = app.drift(lab.wish)
    assert [(one.device, one.kind, one.path, one.ours) for one in found] == [(device, Kind.CHANGED, path, ours)]
    changed_by_hand(lab, device, path, None)
    assert [one.kind for one in app.drift(lab.wish, [device])] == [Kind.MISSING]
    assert lab.apply().outcome.exit_code == 0
    assert lab.differing(before) == []
    assert app.drift(lab.wish) == ()


def test_a_ledger_that_was_changed_since_the_plan_makes_it_stale(lab: Lab) -> None:
    """A colleague's pull brought another ledger: what was planned may have chosen its numbers, or go another way."""
    lab.applied("zh")
    lab.want("zh", "hf")
    made = lab.plan()
    file = lab.root / "state" / "ledger.yaml"
    older = re.sub(r'since: "\d{4}', 'since: "2025', file.read_text(encoding="utf-8"), count=1)
    file.write_text(older, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        app.apply(lab.wish, made)
    [finding] = refused.value.diagnostics
    assert finding.code == "stale-plan"
    assert "state/ledger.yaml" in finding.message
    assert lab.apply().outcome.exit_code == 0


@pytest.mark.slow
def test_an_apply_whose_reader_has_gone_is_finished(lab: Lab) -> None:
    """`netwright apply --yes | head -1`: the words are lost, and nothing else."""
    lab.want("zh", "hf")
    command = [sys.executable, "-m", "netwright", "-C", str(lab.root), "apply", "--emulated", "--yes"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 0
    assert not lab.journal_open
    assert not lab.plan().changes


def test_a_ledger_that_is_only_written_otherwise_makes_no_plan_stale(lab: Lab) -> None:
    """It is compared by what it says: not by comments, the order of its books, or where its lines break."""
    lab.applied("zh")
    lab.want("zh", "hf")
    made = lab.plan()
    file = lab.root / "state" / "ledger.yaml"
    said = yaml.safe_load(file.read_text(encoding="utf-8"))
    said["pools"] = dict(reversed(said["pools"].items()))
    file.write_text("# looked through\n" + yaml.safe_dump(said, sort_keys=False), encoding="utf-8")
    assert app.apply(lab.wish, made).outcome.exit_code == 0
