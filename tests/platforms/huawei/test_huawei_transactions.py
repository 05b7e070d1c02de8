"""What cannot be changed in place goes first, with whoever refers to it, and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from huawei_constructs import CONSTRUCTS, baseline, composed, worded
from huawei_edit import apply

from netwright.platforms.huawei import HUAWEI, keys
from netwright.platforms.huawei.transactions import Immovable
from netwright.services import model
from netwright.tree import Delta, Path, Tree, between, tree_of

OTHER = model.Locator("MAIN", "fd00:1:7::/48", 32, 16, 16, "classic", "fd00:1:7::1", "2001:db8:0:ffff::1")


def parsed(construct: model.Construct) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(worded(construct), "xml"))


def changed(tree: Tree, name: str, value: str) -> dict[Path, str]:
    """The tree with every leaf of this name set to a value."""
    return {path: value if path[-1] == name else old for path, old in tree.items()}


def exclusions(delta: Delta) -> Iterator[str]:
    """What a device would refuse: a leaf that excludes update changes in place."""
    for path in delta.replace:
        *_, node = keys.nodes(path)
        if "u" in node.excluded:
            yield path[-1]


def test_a_moved_locator_takes_its_users_along() -> None:
    before = composed()
    after = {**before, **parsed(OTHER)}
    delta = between(before, after)
    assert list(exclusions(delta)) == ["prefix"]
    first, second = HUAWEI.sequence(delta)
    assert not list(exclusions(first)) + list(exclusions(second))
    assert second.after() == after
    assert second.before == first.after()
    assert [path for path, value in first.after().items() if value == "MAIN"] == []
    assert first.add == first.replace == {}
    kept = {path[-1] for path in first.after() if "instance[name='ts-a']" in path}
    assert "route-distinguisher" in kept  # the VRF itself stays: only what refers to the locator goes


def test_a_measured_flow_is_made_anew() -> None:
    before = composed()
    first, second = HUAWEI.sequence(between(before, changed(before, "destination-port", "4792")))
    assert {path[-2] for path in first.remove if path[-1] == "destination-port"} == {"flow"}
    assert not any(path[-1] == "interval" for path in first.remove)
    assert second.add


@pytest.mark.parametrize(
    ("kind", "leaf", "value"),
    [("client", "dscp-value", "34"), ("client", "ref-ip-addr", "10.29.0.1"), ("responder", "dest-ip", "10.29.0.1")],
)
def test_a_twamp_session_is_made_anew_and_its_sender_with_it(kind: str, leaf: str, value: str) -> None:
    """The modules would let it be changed; the configuration guide does not."""
    before = composed()
    (path,) = (one for one in before if kind in one and one[-1] == leaf and one[-2].endswith(("'7']", "'9']")))
    delta = between(before, {**before, path: value})
    first, second = HUAWEI.sequence(delta)
    assert first.add == first.replace == {}
    assert second.after() == delta.after()
    sessions = {step for one in first.remove for step in one if "session[" in step}
    assert sessions == {path[-2]}  # no other session is touched
    assert any("sender" in one for one in first.remove) is (kind == "client")


def test_how_often_a_session_probes_is_changed_in_place() -> None:
    before = composed()
    after = {path: "1000ms" if path[-1] == "period" else old for path, old in before.items()}
    (only,) = HUAWEI.sequence(between(before, after))
    assert [path[-1] for path in only.replace] == ["period"]


def test_a_slices_mode_is_changed_by_its_entry() -> None:
    before = composed()
    entry = next(path[:-1] for path in before if path[-1] == "flex-channel" and path[-2] == "net-slice[slice-id='11']")
    after = {path: value for path, value in before.items() if path != (*entry, "flex-channel")}
    after[(*entry, "data-plane")] = "true"
    first, second = HUAWEI.sequence(between(before, after))
    assert set(first.remove) == {(*entry, "slice-id"), (*entry, "flex-channel")}
    assert set(second.add) == {(*entry, "slice-id"), (*entry, "data-plane")}


@pytest.mark.parametrize("leaf", ["flex-channel", "cir", "mtu", "default-color", "preference"])
def test_what_can_be_changed_in_place_is(leaf: str) -> None:
    before = composed()
    assert len(HUAWEI.sequence(between(before, changed(before, leaf, "77")))) == 1


def test_what_goes_as_a_whole_needs_no_second_transaction() -> None:
    before = composed()
    assert len(HUAWEI.sequence(between(before, {}))) == 1
    assert len(HUAWEI.sequence(between({}, before))) == 1


def test_a_leaf_of_what_is_permanent_goes_alone() -> None:
    before = composed()
    locator = next(path for path in before if path[-2:] == ("policy-attributes", "locator"))
    first, _ = HUAWEI.sequence(between(before, {**before, locator: "OTHER"}))
    assert set(first.remove) == {locator}


def test_the_as_number_moves_with_everything_of_bgp() -> None:
    before = composed()
    first, second = HUAWEI.sequence(between(before, changed(before, "as", "65001")))
    left = first.after()
    assert not [path for path in left if path[0] == "huawei-bgp:bgp" and "base-process" in path]
    assert not [path for path in left if "huawei-bgp:bgp" in path and path[0] != "huawei-bgp:bgp"]
    assert [path for path in left if "instance[name='ts-a']" in path], "the VRF itself stays"
    assert second.add


def test_a_condition_of_an_exclusion_is_asked() -> None:
    """The iFIT number of a node: not while flows are measured (huawei-ifit-common, global/node-id)."""
    before = composed()
    number = next(path for path in before if path[-1] == "node-id")
    flows = {path for path in before if "static-instances" in path}
    first, second = HUAWEI.sequence(between(before, {**before, number: "77"}))
    assert set(first.remove) == set(second.add) == {path for path in before if path[0] == "huawei-ifit:ifit"}
    idle = {path: value for path, value in before.items() if path not in flows}
    assert len(HUAWEI.sequence(between(idle, {**idle, number: "77"}))) == 1


def test_a_condition_asks_only_what_stands_beside() -> None:
    """The order of one list's rules: rules of another list do not matter (huawei-acl, group/match-order)."""
    groups = ("huawei-acl:acl", "groups")
    one, other = (*groups, "group[identity='3001']"), (*groups, "group[identity='3002']")
    before = {(*group, "identity"): group[-1][-6:-2] for group in (one, other)}
    before |= {(*group, "match-order"): "config" for group in (one, other)}
    before[*one, "rule-basics", "rule-basic[name='r']", "name"] = "r"
    assert len(HUAWEI.sequence(between(before, {**before, (*other, "match-order"): "auto"}))) == 1
    first, _ = HUAWEI.sequence(between(before, {**before, (*one, "match-order"): "auto"}))
    assert set(first.remove) == {path for path in before if one[-1] in path}


def test_what_the_model_fixes_for_good_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """This model has no such leaf where an entry is permanent; one that only forbids updating becomes one here."""
    before = composed()
    locator = next(path for path in before if path[-2:] == ("policy-attributes", "locator"))
    ask = keys.node
    monkeypatch.setattr(keys, "node", lambda path: replace(ask(path), excluded="du") if path == locator else ask(path))
    monkeypatch.setattr(keys, "excluding", lambda _: frozenset(("locator",)))
    with pytest.raises(Immovable, match="policy-attributes/locator cannot be changed"):
        HUAWEI.sequence(between(before, {**before, locator: "OTHER"}))


def test_the_transactions_lead_there_and_back() -> None:
    before = composed()
    after = {**before, **parsed(OTHER)}
    for start, end in ((before, after), (after, before)):
        text = HUAWEI.text(start, "xml")
        for step in HUAWEI.sequence(between(start, end)):
            text = apply(text, HUAWEI.change(step, "xml"))
        assert tree_of(HUAWEI.parse(text, "xml")) == end


def test_a_flexe_client_grows_in_place() -> None:
    """The modules exclude no update of its bandwidth: one transaction, one leaf, at once."""
    before = composed()
    client = CONSTRUCTS["flexe_client"]
    assert isinstance(client, model.FlexeClient)
    delta = between(before, {**before, **parsed(replace(client, slots=6))})
    assert list(HUAWEI.sequence(delta)) == [delta]
    assert delta.add == delta.remove == {}
    assert [(path[-1], value) for path, value in delta.replace.items()] == [("bandwidth", "30")]


def test_a_client_goes_and_its_neighbour_stays() -> None:
    after = composed()
    before = dict(after)
    mine, others = parsed(CONSTRUCTS["flexe_client"]), [c for n, c in CONSTRUCTS.items() if n != "flexe_client"]
    kept = {path for one in others for path in parsed(one)} | set(tree_of(HUAWEI.parse(baseline(), "xml")))
    for path in mine.keys() - kept:
        del after[path]
    delta = between(before, after)
    assert len(HUAWEI.sequence(delta)) == 1
    assert delta.add == delta.replace == {}
    edited = apply(HUAWEI.text(before, "xml"), HUAWEI.change(delta, "xml"))
    assert tree_of(HUAWEI.parse(edited, "xml")) == after
