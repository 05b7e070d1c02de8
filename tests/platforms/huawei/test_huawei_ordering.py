"""Lists in an order of the user's own: it is read, compared, written, and got by `yang:insert`."""

from __future__ import annotations

from huawei_edit import apply
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.platforms.huawei import HUAWEI, ordering
from netwright.render.spoken import speak
from netwright.render.templates import library
from netwright.tree import Path, between, tree_of

POLICY = ("huawei-tunnel-management:tunnel-management", "tunnel-policys", "tunnel-policy[name='x']")
TYPES = (*POLICY, "ipv4-set", "select-sequence", "select-tunnel-types")
ORDER = (*TYPES, "select-tunnel-type[#='order']")
KINDS = ["bgp", "gre", "ldp", "lsp", "sr-te", 'it"s', "te2", "te10"]

orders = st.lists(st.sampled_from(KINDS), unique=True, max_size=6)


def text(kinds: list[str]) -> str:
    entries = "".join(f"<select-tunnel-type><type>{kind}</type></select-tunnel-type>" for kind in kinds)
    inside = f"<loadbalance>1</loadbalance><select-tunnel-types>{entries}</select-tunnel-types>"
    chosen = f"<ipv4-set><select-sequence>{inside}</select-sequence></ipv4-set>" if kinds else ""
    policy = f"<name>x</name>{chosen}"
    space = "urn:huawei:yang:huawei-tunnel-management"
    return (
        f'<tunnel-management xmlns="{space}"><tunnel-policys><tunnel-policy>{policy}</tunnel-policy></tunnel-policys>'
        "</tunnel-management>"
    )


def tree(kinds: list[str]) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(text(kinds), "xml"))


def kinds_of(document: str) -> list[str]:
    return [piece.partition("</type>")[0] for piece in document.split("<type>")[1:]]


@given(orders)
def test_the_order_is_read_and_written(kinds: list[str]) -> None:
    written = HUAWEI.text(tree(kinds), "xml")
    assert kinds_of(written) == kinds
    assert tree_of(HUAWEI.parse(written, "xml")) == tree(kinds)


@given(orders, orders)
@settings(max_examples=300, deadline=None)
def test_a_change_leads_to_the_order_and_its_reverse_back(before: list[str], after: list[str]) -> None:
    delta = between(tree(before), tree(after))
    there = apply(HUAWEI.text(delta.before, "xml"), HUAWEI.change(delta, "xml") or "<config/>")
    assert kinds_of(there) == after
    assert tree_of(HUAWEI.parse(there, "xml")) == delta.after()
    back = apply(there, HUAWEI.change(delta.reverse(), "xml") or "<config/>")
    assert kinds_of(back) == before


@given(orders, st.sampled_from(KINDS))
def test_an_entry_of_ours_beside_others_ends_where_the_plan_says(theirs: list[str], ours: str) -> None:
    """Whoever adds an entry wants no order; the one that the others have stays, and reading back finds the plan."""
    if not theirs or ours in theirs:
        return
    before = tree(theirs)
    entry = (*TYPES, f"select-tunnel-type[type='{ours}']", "type")
    delta = between(before, {**before, entry: ours})
    there = apply(HUAWEI.text(before, "xml"), HUAWEI.change(delta, "xml"))
    assert [kind for kind in kinds_of(there) if kind != ours] == theirs
    assert tree_of(HUAWEI.parse(there, "xml")) == delta.after()


def test_a_list_in_the_order_of_its_keys_says_nothing_of_it() -> None:
    assert ORDER not in tree(["gre", "ldp", "te2", "te10"])
    assert tree(["ldp", "gre", "te2"])[ORDER] == "[type='ldp']"
    assert tree(["te10", "te2"])[ORDER] == "[type='te10']"


def test_another_order_is_one_move() -> None:
    change = HUAWEI.change(between(tree(["gre", "ldp", "lsp"]), tree(["lsp", "gre", "ldp"])), "xml")
    assert change.count("yang:insert") == 1
    assert 'yang:insert="first"' in change
    change = HUAWEI.change(between(tree(["gre", "lsp"]), tree(["gre", "ldp", "lsp"])), "xml")
    assert """ yang:insert="after" yang:key="[k:type='gre']">""" in change
    assert 'nc:operation="create"' in change


def test_an_order_leaf_is_no_entry_and_no_secret() -> None:
    assert ordering.is_order(ORDER)
    assert not HUAWEI.is_secret(ORDER)
    said = {line.words[-1] for line in speak(tree(["te10", "gre"]), HUAWEI, library()).lines.values()}
    assert not any("order" in words for words in said)
