"""Create, change, delete in any order: applied twice is nothing to do, all removed is the baseline byte for byte."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from system_support import POOL, Lab, booted, impatient

from netwright.workspace import open_network

NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
FEW = settings(max_examples=2, derandomize=True, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))
MANY = settings(max_examples=6, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck))

wishes = st.dictionaries(st.sampled_from(sorted(POOL)), st.booleans(), max_size=len(POOL))
"""A state to want: intents of the pool, each as first asked for or changed."""

histories = st.lists(wishes, min_size=2, max_size=3)


@pytest.fixture(scope="module")
def long_lived(small_network: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One network for all examples: each leaves it as it found it, or fails."""
    with pytest.MonkeyPatch.context() as patch:
        impatient(patch)
        with booted(small_network, tmp_path_factory.mktemp("long") / "net") as lab:
            yield lab


def walk(lab: Lab, history: list[dict[str, bool]]) -> None:
    """Apply one state after the other, looking each time whether there is nothing left to do."""
    for wanted in history:
        lab.applied("fabric", *wanted, changed=[name for name, changed in wanted.items() if changed])
        assert not lab.plan().changes


def cycle(lab: Lab, history: list[dict[str, bool]], template: Path, folder: Path) -> None:
    """Walk, compare with a fresh network that is given the same ledger, and take everything away."""
    walk(lab, history)
    ends, trees, ledger = lab.running(), lab.trees(), lab.ledger
    shutil.rmtree(folder, ignore_errors=True)
    with booted(template, folder) as fresh:
        shutil.copytree(lab.root / "intents", fresh.root / "intents", dirs_exist_ok=True)
        (fresh.root / "state").mkdir(exist_ok=True)
        (fresh.root / "state" / "ledger.yaml").write_text(ledger, encoding="utf-8")
        assert fresh.apply().outcome.exit_code == 0
        assert set(fresh.differing(ends)) <= {"r2"}  # whose text has what a box numbers by itself: interface indices
        assert fresh.trees() == trees
    lab.applied()
    assert lab.differing(lab.baseline) == []
    assert not lab.plan().changes


@pytest.mark.timeout(600)
@FEW
@given(history=histories)
def test_any_history_is_its_end(
    long_lived: Lab, small_network: Path, tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, bool]]
) -> None:
    cycle(long_lived, history, small_network, tmp_path_factory.getbasetemp() / "fresh")


@pytest.mark.slow
@pytest.mark.timeout(3600)
@MANY
@given(history=histories)
def test_many_histories(
    long_lived: Lab, small_network: Path, tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, bool]]
) -> None:
    cycle(long_lived, history, small_network, tmp_path_factory.getbasetemp() / "fresh-many")


def test_the_whole_pool_comes_and_goes(lab: Lab) -> None:
    lab.applied(*POOL)
    assert lab.differing(lab.baseline) == ["r0", "r1", "r2", "r3"]
    assert not lab.plan().changes
    assert "provisional" not in lab.ledger
    lab.applied()
    assert lab.differing(lab.baseline) == []
    assert open_network(lab.root).applied.device("r0").leaves == {}
