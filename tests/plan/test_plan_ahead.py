"""The same plan for any number of processes."""

from __future__ import annotations

import pytest
from plan_networks import A, B, design, done, ground

from netwright import crew
from netwright.crew import others
from netwright.plan import ahead
from netwright.plan.build import build_plan
from netwright.plan.model import Plan
from netwright.render.templates import MissingTemplate, library
from netwright.services.model import Construct, Fragment


@pytest.fixture(autouse=True)
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """One device a task, and as if nobody had left a thread behind: sessions of other tests may end a little later."""
    monkeypatch.setattr(ahead, "_BATCH", 1)
    monkeypatch.setattr("netwright.crew.threading.active_count", lambda: 1)


def made(processes: int, monkeypatch: pytest.MonkeyPatch, **state: object) -> Plan:
    monkeypatch.setenv("NETWRIGHT_PROCESSES", str(processes))
    ledger = state.pop("ledger", None)
    numbers = {} if ledger is None else {"ledger": ledger}
    return build_plan(design(A, B, **numbers), ground(**state), ahead=True)  # type: ignore[arg-type]


@pytest.mark.parametrize("again", [False, True])
def test_three_processes_plan_what_one_does(again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    state = done(build_plan(design(A), ground())) if again else {}
    alone, together = made(1, monkeypatch, **state), made(3, monkeypatch, **state)
    assert together.digest == alone.digest
    assert together.devices == alone.devices
    assert list(together.intents) == list(alone.intents)
    assert together.provenance == alone.provenance
    assert together.unverified == alone.unverified
    assert together.stages == alone.stages
    for name, device in together.devices.items():
        assert device.trees == alone.devices[name].trees
        assert device.trees is device.trees, "made once"


def test_what_the_processes_find_is_told_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    state = done(build_plan(design(A), ground()))
    for name, seen in list(state["seen"].items()):  # type: ignore[attr-defined]
        path = next(path for path in seen.tree if "100" in seen.tree[path])
        state["seen"][name] = type(seen)({**seen.tree, path: "changed"}, seen.apply_id)  # type: ignore[index]
    alone, together = made(1, monkeypatch, **state), made(3, monkeypatch, **state)
    assert len(alone.warnings) == len(state["seen"])  # type: ignore[arg-type]
    assert together.warnings == alone.warnings


def test_a_mistake_elsewhere_is_said_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Unheard(Construct):
        """What no platform has a wording for."""

    monkeypatch.setenv("NETWRIGHT_PROCESSES", "2")
    plain = design(A)
    extra = (*plain.fragments["h1"], Fragment("h1", A.address, Unheard()))
    fragments = {**plain.fragments, "h1": extra}
    with pytest.raises(MissingTemplate, match="no template templates/huawei/unheard"):
        build_plan(type(plain)(**{**vars(plain), "fragments": fragments}), ground(library=library()), ahead=True)


def test_a_small_network_is_worth_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETWRIGHT_PROCESSES", raising=False)
    assert others(much=False) == 0
    assert others(much=True) > 0 or len(__import__("os").sched_getaffinity(0)) == 1


def test_an_apply_keeps_its_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWRIGHT_PROCESSES", "3")
    monkeypatch.setattr(crew, "at_work", lambda *_: pytest.fail("went elsewhere"))
    build_plan(design(A, B), ground())
