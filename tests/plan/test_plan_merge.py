"""The three-way merge: its table row by row, and what must hold of any three sides."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.plan.merge import Clash, Merged, Trapped, merge
from netwright.plan.record import Owned
from netwright.tree import PRESENT, Leaf, Origin, Path, Tree, Wanted

A, B = "TenantSlice/a", "TenantSlice/b"
P: Path = ("leaf",)


def leaf(value: str, *owners: str) -> Leaf:
    return Leaf(value, tuple(Origin(owner, "vrf", "templates/frr/vrf.cfg.j2", 7) for owner in owners or (A,)))


def mine(value: str, **more: object) -> Owned:
    return Owned(value, frozenset({A}), **more)  # type: ignore[arg-type]


def never(_: Leaf) -> bool:
    return False


def always(_: Leaf) -> bool:
    return True


def one(
    wanted: str | None, ours: Owned | None, runs: str | None, *, base: str | None = None, takeover: bool = False
) -> Merged:
    def tree(value: str | None) -> Tree:
        return {} if value is None else {P: value}

    want = {} if wanted is None else {P: leaf(wanted)}
    return merge(want, {} if ours is None else {P: ours}, tree(runs), tree(base), always if takeover else never)


TABLE: list[tuple[str, Merged, str | None, Owned | None]] = [
    ("new", one("v", None, None), "v", mine("v")),
    ("there already", one("v", None, "v"), "v", mine("v", shared=True)),
    ("somebody else's value, taken", one("v", None, "w", takeover=True), "v", mine("v", taken="w")),
    ("as we left it", one("v", mine("v"), "v"), "v", mine("v")),
    ("ours, changed by somebody", one("v", mine("v"), "w"), "v", mine("v")),
    ("ours, removed by somebody", one("v", mine("v"), None), "v", mine("v")),
    ("ours, wanted differently", one("v2", mine("v"), "v"), "v2", mine("v2")),
    ("withdrawn", one(None, mine("v"), "v"), None, None),
    ("withdrawn, changed by somebody", one(None, mine("v"), "w"), None, None),
    ("withdrawn, a taken value comes back", one(None, mine("v", taken="w"), "v"), "w", None),
    ("withdrawn, gone already", one(None, mine("v"), None), None, None),
    ("withdrawn, shared", one(None, mine("v", shared=True), "v"), "v", None),
    ("withdrawn, shared, changed since", one(None, mine("v", shared=True), "w"), "w", None),
    ("withdrawn, shared, gone", one(None, mine("v", shared=True), None), None, None),
    ("foreign", one(None, None, "w"), "w", None),
    ("shared", one("v", mine("v", shared=True), "v"), "v", mine("v", shared=True)),
    ("shared, vanished: we make it, it is ours", one("v", mine("v", shared=True), None), "v", mine("v")),
    ("taken, kept", one("v", mine("v", taken="w"), "v"), "v", mine("v", taken="w")),
    ("taken, wanted differently", one("v2", mine("v", taken="w"), "v"), "v2", mine("v2", taken="w")),
    ("the baseline takes ours in", one("v", mine("v"), "v", base="v"), "v", mine("v", shared=True)),
    ("the baseline says it, the device does not", one("v", mine("v"), "w", base="v"), "v", mine("v", shared=True)),
    ("new, and the baseline says it", one("v", None, None, base="v"), "v", mine("v", shared=True)),
    ("taken back to the baseline", one("v", None, "w", base="v", takeover=True), "v", mine("v", shared=True)),
    ("the baseline has another value", one("v", mine("v"), "v", base="w"), "v", mine("v")),
]


@pytest.mark.parametrize(("merged", "runs", "owned"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_a_row_of_the_table(merged: Merged, runs: str | None, owned: Owned | None) -> None:
    assert merged.delta.after().get(P) == runs
    assert merged.record.get(P) == owned
    assert not merged.clashes
    assert not merged.trapped


@pytest.mark.parametrize("ours", [None, mine("v", shared=True)], ids=["new", "shared until somebody changed it"])
def test_a_foreign_value_is_refused_and_left(ours: Owned | None) -> None:
    merged = one("v", ours, "w")
    assert merged.clashes == (Clash(P, leaf("v"), "w"),)
    assert not merged.delta
    assert not merged.record


def test_takeover_is_asked_for_each_leaf() -> None:
    wanted = {("x",): leaf("v", A), ("y",): leaf("v", B)}
    merged = merge(wanted, {}, {("x",): "w", ("y",): "w"}, {}, lambda one: A in one.owners)
    assert merged.delta.replace == {("x",): "v"}
    assert [clash.path for clash in merged.clashes] == [("y",)]


@pytest.mark.parametrize(
    ("ours", "runs", "drift"),
    [
        (mine("v"), "v", {}),
        (mine("v"), "w", {P: "w"}),
        (mine("v"), None, {P: None}),
        (mine("v", shared=True), None, {P: None}),
    ],
)
def test_drift_is_what_we_left_and_do_not_find(ours: Owned, runs: str | None, drift: Mapping[Path, str | None]) -> None:
    merged = one("v", ours, runs)
    assert merged.drift == drift
    assert merged.drifted == tuple(drift)


def test_an_owner_that_leaves_changes_the_record_alone() -> None:
    merged = merge({P: leaf("v", B)}, {P: Owned("v", frozenset({A, B}))}, {P: "v"}, {}, never)
    assert not merged.delta
    assert merged.record == {P: Owned("v", frozenset({B}))}


# ---- containers -----------------------------------------------------------------------------------------------------

BLOCK = ("vrf a",)
ENTRY = ("huawei-ifm:ifm", "interfaces", "interface[name='100GE0/1/0.5']")
LIST = ("m:top", "list[a='1',b='2']")


@pytest.mark.parametrize(
    ("container", "key"),
    [(BLOCK, (BLOCK, PRESENT)), (ENTRY, ((*ENTRY, "name"), "100GE0/1/0.5")), (LIST, ((*LIST, "b"), "2"))],
    ids=["CLI block", "XML entry", "the second key of an entry"],
)
def test_a_container_of_ours_with_something_foreign_in_it_is_not_removed(
    container: Path, key: tuple[Path, str]
) -> None:
    path, value = key
    foreign = (*container, "deeper", "theirs")
    ours = {path: mine(value), (*container, "mine"): mine("m")}
    runs = {path: value, (*container, "mine"): "m", foreign: "x"}
    assert merge({}, ours, runs, {}, never).trapped == (Trapped(container, (foreign,), frozenset({A})),)
    del runs[foreign]
    emptied = merge({}, ours, runs, {}, never)
    assert not emptied.trapped
    assert emptied.delta.after() == {}


def test_a_shared_container_stays_with_what_is_in_it() -> None:
    ours = {BLOCK: mine(PRESENT, shared=True), (*BLOCK, "mine"): mine("m")}
    runs = {BLOCK: PRESENT, (*BLOCK, "mine"): "m", (*BLOCK, "theirs"): "x"}
    merged = merge({}, ours, runs, {}, never)
    assert not merged.trapped
    assert merged.delta.remove == {(*BLOCK, "mine"): "m"}


def test_what_was_there_before_us_traps_a_container_too() -> None:
    """A shared leaf stays when we go, so what holds it must."""
    ours = {BLOCK: mine(PRESENT), (*BLOCK, "rd 1:1"): mine("rd 1:1", shared=True)}
    merged = merge({}, ours, {BLOCK: PRESENT, (*BLOCK, "rd 1:1"): "rd 1:1"}, {}, never)
    assert merged.trapped == (Trapped(BLOCK, ((*BLOCK, "rd 1:1"),), frozenset({A})),)


def test_nothing_is_trapped_beside_the_container() -> None:
    runs = {BLOCK: PRESENT, ("vrf ab",): PRESENT, ("vrf ab", "theirs"): "x"}
    assert not merge({}, {BLOCK: mine(PRESENT)}, runs, {}, never).trapped


# ---- any three sides ------------------------------------------------------------------------------------------------

# Leaves that are no containers: a container of ours around foreign leaves is a refusal, with tests of its own above.
paths = st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"))
values = st.sampled_from(["1", "2", "3"])
trees = st.dictionaries(paths, values, max_size=10)
owners = st.sets(st.sampled_from([A, B]), min_size=1)
wishes = st.dictionaries(paths, st.builds(lambda value, who: leaf(value, *sorted(who)), values, owners), max_size=10)


def restored(ours: Mapping[Path, Owned], runs: Tree) -> Tree:
    """What a device runs without us, told leaf by leaf and not by merging."""
    found = {}
    for path, value in runs.items():
        owned = ours.get(path)
        if owned is None or owned.shared:
            found[path] = value
    return found | {path: owned.taken for path, owned in ours.items() if owned.taken is not None and not owned.shared}


@given(wishes, trees, trees)
def test_merging_again_after_applying_is_nothing(wanted: Wanted, running: Tree, baseline: Tree) -> None:
    first = merge(wanted, {}, running, baseline, always)
    again = merge(wanted, first.record, first.delta.after(), baseline, never)
    assert not again.delta
    assert not again.clashes
    assert not again.drifted
    assert again.record == first.record


@given(wishes, trees)
def test_removing_everything_restores_exactly(wanted: Wanted, running: Tree) -> None:
    first = merge(wanted, {}, running, {}, always)
    gone = merge({}, first.record, first.delta.after(), running, never)
    assert gone.delta.after() == running
    assert not gone.record


@given(wishes, wishes, trees)
def test_detours_leave_no_trace(one_wish: Wanted, other: Wanted, running: Tree) -> None:
    """Whatever was wanted in between, what remains in the end is what ran before us."""
    first = merge(one_wish, {}, running, {}, always)
    second = merge(other, first.record, first.delta.after(), {}, always)
    assert {path: second.delta.after()[path] for path in other} == {path: one.value for path, one in other.items()}
    last = merge({}, second.record, second.delta.after(), {}, never)
    assert last.delta.after() == running


@given(wishes, wishes, trees, trees)
def test_drift_is_repaired_and_nothing_foreign_is_touched(
    wanted: Wanted, other: Wanted, running: Tree, drifted: Tree
) -> None:
    applied = merge(wanted, {}, running, {}, always)
    now = {**applied.delta.after(), **drifted}
    merged = merge(other, applied.record, now, {}, never)
    after = merged.delta.after()
    clashing = {clash.path for clash in merged.clashes}
    for path in now.keys() | other.keys():
        if path in clashing:
            assert after[path] == now[path] != other[path].value
        elif path in other:
            assert after[path] == other[path].value
        elif path not in applied.record:
            assert after.get(path) == now.get(path)
    assert set(merged.record) == other.keys() - clashing
    if not other:
        assert after == restored(applied.record, now)


@given(wishes, trees)
def test_without_consent_no_foreign_value_is_replaced(wanted: Wanted, running: Tree) -> None:
    merged = merge(wanted, {}, running, {}, never)
    assert not merged.delta.replace
    assert not merged.delta.remove
    assert {c.path for c in merged.clashes} == {p for p, w in wanted.items() if running.get(p, w.value) != w.value}
    assert all(owned.shared == (path in running) for path, owned in merged.record.items())


@given(wishes, trees)
def test_a_router_at_its_baseline_goes_back_to_it(wanted: Wanted, running: Tree) -> None:
    first = merge(wanted, {}, running, running, never)
    gone = merge({}, first.record, first.delta.after(), running, never)
    assert gone.delta.after() == running


@given(wishes, trees)
def test_a_delta_and_its_reverse_are_inverse(wanted: Wanted, running: Tree) -> None:
    delta = merge(wanted, {}, running, {}, always).delta
    assert delta.reverse().after() == running
    assert delta.reverse().reverse().after() == delta.after()
