"""A change, applied by an independent interpreter, leads to `after`, and its reverse leads back."""

from __future__ import annotations

import pytest
from huawei_edit import Refused, apply
from huawei_trees import trees
from hypothesis import given, settings
from lxml import etree

from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei.transactions import Immovable
from netwright.platforms.huawei.writing import HalfEntry
from netwright.tree import Delta, Path, between, tree_of

NC = "{urn:ietf:params:xml:ns:netconf:base:1.0}operation"
PORTS = ("huawei-ifm:ifm", "interfaces")
PORT = (*PORTS, "interface[name='x']")


def applied(delta: Delta) -> dict[Path, str]:
    text = apply(HUAWEI.text(delta.before, "xml"), HUAWEI.change(delta, "xml") or "<config/>")
    return tree_of(HUAWEI.parse(text, "xml"))


def operations(delta: Delta) -> dict[str, str]:
    root = etree.fromstring(HUAWEI.change(delta, "xml"))
    return {etree.QName(element).localname: element.get(NC, "") for element in root.iter() if element.get(NC)}


@given(trees(), trees(), trees())
@settings(max_examples=60, deadline=None)
def test_a_change_leads_to_after_and_its_reverse_back(
    common: dict[Path, str], one: dict[Path, str], other: dict[Path, str]
) -> None:
    delta = between({**one, **common}, {**other, **common})
    assert applied(delta) == delta.after()
    assert applied(delta.reverse()) == delta.before


@given(trees(), trees())
@settings(max_examples=30, deadline=None)
def test_transactions_follow_each_other(one: dict[Path, str], other: dict[Path, str]) -> None:
    tree = dict(one)
    try:
        steps = HUAWEI.sequence(between(one, other))
    except Immovable:  # a walk through the whole model meets what is fixed for good
        return
    for step in steps:
        assert step.before == tree
        tree = applied(step)
    assert tree == other


def test_nothing_to_do_is_nothing_to_send() -> None:
    assert HUAWEI.change(between({}, {}), "xml") == ""


def test_a_new_entry_is_created_once_and_a_new_leaf_in_an_old_one_by_itself() -> None:
    before = {(*PORT, "name"): "x"}
    other = (*PORTS, "interface[name='y']")
    new = {**before, (*other, "name"): "y", (*other, "mtu"): "1"}
    assert operations(between(before, new)) == {"interface": "create"}
    assert operations(between(before, {**before, (*PORT, "mtu"): "1"})) == {"mtu": "create"}


def test_a_replaced_leaf_is_merged() -> None:
    before = {(*PORT, "name"): "x", (*PORT, "mtu"): "1"}
    delta = between(before, {**before, (*PORT, "mtu"): "2"})
    assert operations(delta) == {}
    assert "<mtu>2</mtu>" in HUAWEI.change(delta, "xml")


def test_an_entry_goes_with_its_keys_only() -> None:
    before = {
        (*PORT, "name"): "x",
        (*PORT, "mtu"): "1",
        (*PORT, "huawei-ip:ipv6"): "",
        (*PORT, "huawei-ip:ipv6", "mtu6"): "1",
    }
    delta = between(before, {})
    assert operations(delta) == {"interface": "remove"}
    assert "mtu" not in HUAWEI.change(delta, "xml")


def test_a_lonely_leaf_goes_with_its_old_value_and_its_container_stays() -> None:
    scale = ("huawei-network-instance:network-instance", "global", "cfg-router-id")
    delta = between({scale: "1.1.1.1"}, {})
    assert operations(delta) == {"cfg-router-id": "remove"}
    assert "1.1.1.1" in HUAWEI.change(delta, "xml")


def test_what_the_device_makes_itself_is_merged_into() -> None:
    queue = ("huawei-qos:qos", "queue-scheduler-template", "flow-queues", "flow-queue[name='q']")
    entry = (*queue, "normal-mode-queues", "normal-mode-queue[service-class='af4']")
    after = {
        (*queue, "name"): "q",
        (*queue, "mode"): "normal",
        (*entry, "service-class"): "af4",
        (*entry, "weight"): "1",
    }
    assert operations(between({}, after)) == {"flow-queue": "create", "normal-mode-queue": "merge"}
    kept = {path: value for path, value in after.items() if path[: len(entry)] != entry}
    assert operations(between(kept, after)) == {}


@pytest.mark.parametrize("after", [{(*PORT, "mtu"): "1"}, {(*PORT, "mtu"): "1", (*PORT, "description"): ""}])
def test_half_an_entry_is_refused(after: dict[Path, str]) -> None:
    with pytest.raises(HalfEntry):
        HUAWEI.change(between({(*PORT, "name"): "x", (*PORT, "mtu"): "1"}, after), "xml")


def test_a_leaf_of_an_entry_that_nobody_makes_is_refused() -> None:
    with pytest.raises(HalfEntry, match="has no keys"):
        HUAWEI.change(between({}, {(*PORT, "mtu"): "1"}), "xml")


def test_the_interpreter_refuses_what_a_server_refuses() -> None:
    before = {(*PORT, "name"): "x"}
    text = HUAWEI.text(before, "xml")
    with pytest.raises(Refused, match="data-exists"):
        apply(text, HUAWEI.change(between({}, before), "xml"))
