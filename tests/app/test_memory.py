"""A plan from what is remembered is the plan that is made anew; and what cannot be trusted is not remembered."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import util
from pathlib import Path

import pytest

from netwright.app import marks, planning, shelf
from netwright.app.planning import Planner
from netwright.app.shelf import Shelf
from netwright.apply.settle import after_apply
from netwright.errors import NetwrightError
from netwright.plan.model import Plan
from netwright.report.plan import plan_document
from netwright.services.rerouting import Anew
from netwright.wish import Wish
from netwright.workspace import open_network

BENCH = Path(__file__).parents[2] / "benchmarks" / "network.py"


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated network whose services were applied."""
    spec = util.spec_from_file_location("bench_network", BENCH)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["bench_network"] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    root = tmp_path_factory.mktemp("drawn") / "net"
    module.write_network(root, 8, per_router=4)
    ledger, applied = after_apply(cold(root), "nw-1", datetime(2026, 11, 1, tzinfo=UTC), "")
    open_network(root).save(ledger, applied)
    return root


@pytest.fixture
def net(drawn: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NETWRIGHT_MEMORY", str(tmp_path / "memory"))
    return Path(shutil.copytree(drawn, tmp_path / "net"))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """How each plan was made: again, or why not."""
    ways: list[str] = []
    real = planning.plan_again

    def spy(*arguments: object) -> object:
        try:
            made = real(*arguments)  # type: ignore[arg-type]
        except Anew as reason:
            ways.append(str(reason))
            raise
        ways.append("again")
        return made

    monkeypatch.setattr(planning, "plan_again", spy)
    return ways  # type: ignore[return-value]


def cold(root: Path) -> Plan:
    return Planner(Wish(root, offline=True), None).plan()


def shelved(root: Path) -> Planner:
    """As a fresh command."""
    return Planner(Wish(root, offline=True), Shelf.of(root), least=0)


def same(one: Plan, other: Plan) -> bool:
    documents = [{**plan_document(made), "at": ""} for made in (one, other)]
    return (
        one.digest == other.digest and documents[0] == documents[1] and one.provenance.keys() >= other.provenance.keys()
    )


def line_of(root: Path) -> Path:
    return next(path for path in sorted((root / "intents").rglob("*.yaml")) if "base: 20M" in path.read_text("utf-8"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


POLICY = "  policy: {drift: {default: ignore}}\n"
Edit = Callable[[Path], object]


def _seldom(name: str, *often: str) -> object:
    """A case of every run if it is one of `often`; else of the slow stage."""
    return name if name in often else pytest.param(name, marks=pytest.mark.slow)


EDITS: dict[str, Edit] = {
    "nothing": lambda _: None,
    "a rate": lambda root: edit(line_of(root), "base: 20M", "base: 30M"),
    "a remark": lambda root: edit(line_of(root), "kind: ElasticLine", "kind: ElasticLine  # what else"),
    "drift policy": lambda root: edit(line_of(root), "  elasticity:", f"{POLICY}  elasticity:"),
    "withdrawn": lambda root: line_of(root).unlink(),
    "another port": lambda root: edit(line_of(root), "vlan: 1", "vlan: 9"),
    "another file": lambda root: line_of(root).rename(root / "intents" / "moved.yaml"),
}  # fmt: skip


@pytest.mark.parametrize("name", [_seldom(name, "a rate", "withdrawn") for name in EDITS])
def test_in_one_process_and_as_a_fresh_command(name: str, net: Path, told: list[str]) -> None:
    warm = Planner(Wish(net, offline=True), None, least=0)
    warm.plan()
    shelved(net).plan_and_keep()
    EDITS[name](net)
    made, fresh, anew = warm.plan(), shelved(net).plan_and_keep(), cold(net)
    assert told == ["again", "again"]
    assert same(made, anew)
    assert same(fresh, anew)
    assert same(shelved(net).plan_and_keep(), anew), "and what was remembered of that"


def test_a_plan_that_is_refused_leaves_no_draft(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netwright.crew.threading.active_count", lambda: 1)
    monkeypatch.setenv("NETWRIGHT_PROCESSES", "2")
    monkeypatch.setattr(planning, "build_plan", lambda *_, **__: 1 / 0)
    planner = shelved(net)
    with pytest.raises(ZeroDivisionError):
        planner.plan_and_keep()
    assert planner.memory is None
    assert planner.shelf is not None
    assert list(planner.shelf.path.parent.iterdir()) == []


def test_what_a_killed_command_left_goes_after_an_hour(net: Path) -> None:
    planner = shelved(net)
    assert planner.shelf is not None
    planner.shelf.path.parent.mkdir()
    left, fresh = (planner.shelf.path.with_name(f".{planner.shelf.path.name}.{number}") for number in (1, 2))
    left.touch()
    fresh.touch()
    os.utime(left, (0, 0))
    planner.plan_and_keep()
    assert (left.exists(), fresh.exists(), planner.shelf.path.exists()) == (False, True, True)


def test_what_the_other_process_could_not_write_is_written_here(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netwright.crew.threading.active_count", lambda: 1)
    monkeypatch.setenv("NETWRIGHT_PROCESSES", "2")
    here, rows = os.getpid(), shelf._rows_of_design
    monkeypatch.setattr(shelf, "_rows_of_design", lambda *all_: rows(*all_) if os.getpid() == here else 1 / 0)
    made = shelved(net).plan_and_keep()
    assert same(shelved(net).plan_and_keep(), made)
    memory = Shelf.of(net).load()  # type: ignore[union-attr]
    assert memory is not None
    assert {name: one.lowering.name for name, one in memory.last.design.served.items()}


def test_other_processes_have_the_same_remembered(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netwright.crew.threading.active_count", lambda: 1)
    remembered = []
    for processes in ("1", "2"):
        monkeypatch.setenv("NETWRIGHT_PROCESSES", processes)
        planner = shelved(net)
        planner.wish = replace(planner.wish, anew=True)
        planner.plan_and_keep()
        assert planner.memory is not None
        assert all(bool(one.given) is (processes == "2") for one in planner.memory.accounts.values())
        memory = Shelf.of(net).load()  # type: ignore[union-attr]
        assert memory is not None
        digests = {name: one.digest for name, one in memory.accounts.items()}
        remembered.append((dict(memory.last.design.fragments), digests, memory.last.traces.by_address.keys()))
    assert remembered[0] == remembered[1]


@pytest.mark.slow
def test_one_edit_after_the_other(net: Path, told: list[str]) -> None:
    warm = Planner(Wish(net, offline=True), None, least=0)
    warm.plan()
    shelved(net).plan_and_keep()
    for name in ("a rate", "drift policy", "withdrawn", "another file", "nothing"):
        EDITS[name](net)
        anew = cold(net)
        assert same(warm.plan(), anew), name
        assert same(shelved(net).plan_and_keep(), anew), name
    assert told == ["again"] * 10


def _template(root: Path) -> None:
    (root / "templates").mkdir(exist_ok=True)
    (root / "templates" / "notes.txt").write_text("mine", encoding="utf-8")


GROUND: dict[str, Edit] = {
    "topology": lambda root: edit(root / "inventory" / "topology.yaml", "nodes:", "nodes:  # as surveyed"),
    "baseline": lambda root: next((root / "inventory" / "baseline").iterdir()).unlink(),
    "ledger": lambda root: edit(root / "state" / "ledger.yaml", "version: 1", "version: 1  # mine"),
    "record": lambda root: (root / "state" / "applied.json").unlink(),
    "fabric": lambda root: edit(root / "intents" / "fabric.yaml", "mtu: 9216", "mtu: 9214"),
    "template": _template,
}


@pytest.mark.parametrize("name", [_seldom(name, "ledger", "topology") for name in GROUND])
def test_what_all_stands_on_is_not_remembered(name: str, net: Path, told: list[str]) -> None:
    shelved(net).plan_and_keep()
    GROUND[name](net)
    fresh = _attempt(shelved(net).plan_and_keep)
    assert "again" not in told
    anew = _attempt(lambda: cold(net))
    assert fresh == anew if isinstance(anew, str) else same(fresh, anew)  # type: ignore[arg-type]


def _attempt(plan: Callable[[], Plan]) -> Plan | str:
    try:
        return plan()
    except NetwrightError as error:
        return str(error)


def test_a_mistake_is_told_as_ever(net: Path) -> None:
    shelved(net).plan_and_keep()
    edit(line_of(net), "base: 20M", "base: much")
    texts = [_attempt(shelved(net).plan_and_keep), _attempt(lambda: cold(net))]
    assert texts[0] == texts[1]
    assert isinstance(texts[0], str)


def test_a_torn_memory_is_thrown_away(net: Path, told: list[str]) -> None:
    shelved(net).plan_and_keep()
    (path,) = (net.parent / "memory").iterdir()
    path.write_bytes(path.read_bytes()[:5000])
    assert same(shelved(net).plan_and_keep(), cold(net))
    assert told == []


def test_what_others_could_have_written_is_not_read(net: Path, told: list[str]) -> None:
    shelved(net).plan_and_keep()
    (path,) = (net.parent / "memory").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    path.chmod(0o660)
    shelved(net).plan_and_keep()
    assert told == []


def test_another_program_remembers_nothing(net: Path, told: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shelved(net).plan_and_keep()
    monkeypatch.setattr("netwright.app.memory.program", lambda: "another")
    shelved(net).plan_and_keep()
    assert told == ["something else is asked, or this is another program"]


def test_two_commands_at_once(net: Path, told: list[str]) -> None:
    """The second to finish does not write its half of a memory into that of the first."""
    shelved(net).plan_and_keep()
    slow = shelved(net)
    assert slow.shelf is not None
    slow.memory = slow.kept = slow.shelf.load()
    EDITS["a rate"](net)
    shelved(net).plan_and_keep()
    edit(line_of(net), "base: 20M", "base: 40M")
    assert same(slow.plan_and_keep(), cold(net))
    edit(line_of(net), "base: 20M", "base: 50M")
    assert same(shelved(net).plan_and_keep(), cold(net))
    assert told == ["again"] * 3
    assert len(list((net.parent / "memory").iterdir())) == 1


def test_off(net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETWRIGHT_MEMORY", "off")
    assert Shelf.of(net) is None


def test_a_small_network_is_not_worth_it(net: Path) -> None:
    Planner(Wish(net, offline=True), Shelf.of(net)).plan_and_keep()
    assert not (net.parent / "memory").exists()


def test_anew(net: Path, told: list[str]) -> None:
    shelved(net).plan_and_keep()
    Planner(Wish(net, offline=True, anew=True), Shelf.of(net), least=0).plan_and_keep()
    assert told == []


# ---- marks ----------------------------------------------------------------------------------------------------------


def test_a_file_that_was_just_written_is_known_by_what_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("one", encoding="utf-8")
    fresh = marks.mark(str(path))
    before = path.stat()
    path.write_text("two", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not marks.holds(str(path), fresh)


def test_a_settled_file_is_known_by_its_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("one", encoding="utf-8")
    monkeypatch.setattr(marks, "time", lambda: path.stat().st_mtime + 10)
    settled = marks.mark(str(path))
    monkeypatch.setattr(marks, "_content", lambda _: pytest.fail("was read"))
    assert marks.holds(str(path), settled)
    path.write_text("two", encoding="utf-8")
    assert not marks.holds(str(path), settled)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    name = str(tmp_path / "none")
    assert marks.mark(name) == ""
    assert marks.holds(name, "")
    (tmp_path / "none").write_text("now", encoding="utf-8")
    assert not marks.holds(name, "")
