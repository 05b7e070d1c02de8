"""Building the plan: what it says, what it refuses, what its digest stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from plan_networks import (
    EMPTY,
    FABRIC,
    NEXT_DAY,
    NOON,
    PORTS,
    A,
    B,
    codes,
    design,
    done,
    ground,
    paths_of,
    plan,
    refused,
    tenant_slice,
)

from netwright.diagnostics import Diagnostics
from netwright.drivers.base import SwitchKind
from netwright.plan.build import _Builder, build_plan, stages
from netwright.plan.device import _management
from netwright.plan.explain import explain_line, line_of
from netwright.plan.ground import Seen
from netwright.plan.model import Action, DeviceChange, Plan, Risk, StageKind
from netwright.tree import PRESENT, Delta, Path, Tree, between

SLICE_A, SLICE_B, UNDERLAY = "TenantSlice/a", "TenantSlice/b", "Fabric/metro"
FOREIGN = ("hostname",)


@pytest.fixture(scope="module")
def first() -> Plan:
    return plan(A, B)


def actions(made: Plan) -> dict[str, Action]:
    return {change.address: change.action for change in made.intents}


# ---- a life ---------------------------------------------------------------------------------------------------------


def test_the_first_plan_adds_everything(first: Plan) -> None:
    assert actions(first) == dict.fromkeys([UNDERLAY, SLICE_A, SLICE_B], Action.ADD)
    assert next(iter(actions(first))) == UNDERLAY
    for device in first.devices.values():
        assert device.adds == len(device.wanted)
        assert (device.replaces, device.removes, device.drifted) == (0, 0, ())
        assert device.risk is Risk.LOW
    assert first.changes
    assert first.applicable
    assert first.provisional.keys() == first.claims


def test_the_second_plan_is_empty(first: Plan) -> None:
    second = plan(A, B, **done(first))
    assert not second.changes
    assert set(actions(second).values()) == {Action.KEEP}
    assert not second.stages
    assert not second.changed_intents
    assert not second.provisional


def test_withdrawing_one_removes_exactly_what_was_its_alone(first: Plan) -> None:
    made = plan(A, **done(first))
    assert actions(made) == {UNDERLAY: Action.KEEP, SLICE_A: Action.KEEP, SLICE_B: Action.REMOVE}
    for name, device in made.devices.items():
        gone = {path for one in device.transactions for path in one.delta.remove}
        assert gone == paths_of(first, name, SLICE_B)
        assert (device.adds, device.replaces) == (0, 0)
        assert device.intents == ((SLICE_B,) if gone else ())


def test_withdrawing_everything_leaves_what_ran_before() -> None:
    before: Mapping[str, Tree] = {"f1": {("hostname f1",): "hostname f1"}, "h1": {}, "z1": {}}
    seen = {name: Seen(tree) for name, tree in before.items()}
    made = plan(A, B, seen=seen)
    state = done(made)
    gone = build_plan(design(fabric=False, ledger=state.pop("ledger")), ground(**state))  # type: ignore[arg-type]
    assert {name: device.after for name, device in gone.devices.items()} == before
    assert set(actions(gone).values()) == {Action.REMOVE}
    assert not gone.claims


def test_a_change_of_one_field_is_a_change_of_one_intent(first: Plan) -> None:
    made = plan(tenant_slice(bandwidth="2G"), B, **done(first))
    assert actions(made)[SLICE_A] is Action.CHANGE
    assert actions(made)[SLICE_B] is Action.KEEP
    assert all(SLICE_B not in device.intents for device in made.devices.values())


def test_what_was_changed_behind_our_back_is_set_right_and_said(first: Plan) -> None:
    path = next(iter(sorted(paths_of(first, "f1", SLICE_A))))
    runs = {name: dict(device.after) for name, device in first.devices.items()}
    value = runs["f1"].pop(path)
    made = plan(A, B, **done(first, runs=runs))
    assert made.devices["f1"].drifted == (path,)
    assert made.devices["f1"].after[path] == value
    (warning,) = made.warnings
    assert (warning.code, warning.address) == ("drifted", f"{SLICE_A}/f1")
    assert "is gone" in warning.message
    assert value in warning.message


def test_a_new_owner_of_old_lines_is_a_change_of_the_record_alone(first: Plan) -> None:
    state = done(first)
    applied = state["applied"]
    entry = applied.devices["f1"]  # type: ignore[attr-defined]
    path = next(iter(entry.leaves))
    leaves = {**entry.leaves, path: entry.leaves[path]._replace(owners=frozenset({"TenantSlice/gone"}))}
    state["applied"] = replace(applied, devices={**applied.devices, "f1": replace(entry, leaves=leaves)})  # type: ignore[attr-defined,type-var]
    made = plan(A, B, **state)
    assert made.changes
    assert made.records_change
    assert not any(device.changes for device in made.devices.values())
    assert actions(made)["TenantSlice/gone"] is Action.REMOVE


# ---- digest ---------------------------------------------------------------------------------------------------------


def test_the_digest_is_not_of_the_clock(first: Plan) -> None:
    assert plan(A, B).digest == first.digest
    assert plan(A, B, at=NEXT_DAY).digest == first.digest


def test_the_digest_is_of_everything_else(first: Plan) -> None:
    state = done(first)
    seen: Mapping[str, Seen] = state["seen"]  # type: ignore[assignment]
    foreign = {**seen, "f1": replace(seen["f1"], tree={**seen["f1"].tree, FOREIGN: "hostname x"})}
    applied = state["applied"]
    others = [
        plan(A),
        plan(tenant_slice(slo={"one_way_delay_ms": 50.0}), B),
        plan(tenant_slice(bandwidth="2G"), B),
        plan(A, B, seen={"f1": Seen({FOREIGN: "hostname x"})}),
        plan(A, B, ledger=EMPTY.block(["nothing"], NOON), seen={"h1": Seen({FOREIGN: "hostname x"})}),
        plan(A, B, **state),
        plan(A, B, **{**state, "seen": foreign}),
        plan(A, B, **{**state, "applied": replace(applied, plan="another")}),  # type: ignore[type-var]
    ]
    digests = [first.digest, *(made.digest for made in others)]
    assert len(set(digests)) == len(digests)


def test_a_resting_number_is_part_of_the_digest(first: Plan) -> None:
    state = done(first)
    ledger = first.ledger.settle()
    rested = ledger.retire([f"{SLICE_B}/*/vrf/rt"], NOON)
    alone = plan(A, **{**state, "ledger": ledger})
    assert plan(A, **{**state, "ledger": rested}).digest != alone.digest


# ---- what may be applied --------------------------------------------------------------------------------------------


READABLE = [(True, True, True), (False, True, False), (True, False, False)]


@pytest.mark.parametrize(("online", "now", "applicable"), READABLE)
def test_an_offline_plan_or_one_of_another_instant_can_be_read_only(online: bool, now: bool, applicable: bool) -> None:
    made = plan(A, online=online, now=now)
    assert (made.online, made.applicable) == (online, applicable)


@pytest.mark.parametrize(
    ("carries", "record", "said"),
    [
        ("7", "7", ""),
        ("", "", ""),
        ("8", "7", "state-behind h1 carries apply 8, and our record says 7"),
        ("", "7", "state-behind h1 carries apply none, and our record says 7"),
        ("8", "", "state-behind h1 carries apply 8, and our record says none"),
    ],
)
def test_a_device_that_carries_another_apply(first: Plan, carries: str, record: str, said: str) -> None:
    state = done(first)
    seen, applied = dict(state["seen"]), state["applied"]  # type: ignore[call-overload]
    seen["h1"] = replace(seen["h1"], apply_id=carries)
    entry = applied.devices["h1"]  # type: ignore[attr-defined]
    devices = {**applied.devices, "h1": replace(entry, apply_id=record)}  # type: ignore[attr-defined]
    state |= {"seen": seen, "applied": replace(applied, devices=devices)}  # type: ignore[type-var]
    assert refused(A, B, **state) == ([said] if said else [])
    assert not refused(A, B, **state, online=False)
    assert not refused(A, B, **state, ignore_state=True)


def test_devices_that_are_all_behind_alike_are_one_finding(first: Plan) -> None:
    """Somebody who starts the emulator again should not read twenty times that he is in a wrong clone."""
    state = done(first)
    seen = {name: replace(one, apply_id="") for name, one in state["seen"].items()}  # type: ignore[attr-defined]
    [said] = refused(A, B, **{**state, "seen": seen})
    assert said == "state-behind h1 carries apply none, and our record says 7; so do f1, z1"


def test_a_lost_ledger_is_noticed_before_anything_is_renumbered(first: Plan) -> None:
    state = {**done(first), "ledger": EMPTY}
    assert codes(refused(A, B, **state)) == ["ledger-lost"]
    assert not refused(A, B, **state, ignore_state=True)


# ---- what is somebody else's ----------------------------------------------------------------------------------------


def foreign_value(first: Plan) -> tuple[Path, dict[str, Seen]]:
    path = ("interface eth3.20", "description")
    assert path in paths_of(first, "f1", SLICE_A)
    return path, {"f1": Seen({path: "description theirs"})}


def test_a_foreign_value_is_refused_with_both_values(first: Plan) -> None:
    _, seen = foreign_value(first)
    (said,) = refused(A, B, seen=seen)
    assert said.startswith(
        f"foreign-value {SLICE_A}/f1 needs 'description {SLICE_A}' at /interface eth3.20/description"
    )
    assert said.endswith("on f1, which runs 'description theirs'")


@pytest.mark.parametrize(
    ("consent", "taken"),
    [
        (SLICE_A, True),
        (f"{SLICE_A}/f1", True),
        (f"{SLICE_A}/h1", False),
        (f"{SLICE_A}/f1/vrf/rd", False),
        (SLICE_B, False),
        ("TenantSlice", False),
        ("TenantSlice/", False),
        (f"{SLICE_A}b", False),
        ("", False),
    ],
)
def test_takeover_takes_what_it_names_and_no_more(first: Plan, consent: str, taken: bool) -> None:
    _, seen = foreign_value(first)
    assert codes(refused(A, B, seen=seen, takeover=(consent,))) == ([] if taken else ["foreign-value"])


def test_what_was_taken_comes_back(first: Plan) -> None:
    path, seen = foreign_value(first)
    made = plan(A, B, seen=seen, takeover=(SLICE_A,))
    assert made.devices["f1"].after[path] == f"description {SLICE_A}"
    gone = plan(B, **done(made))
    assert gone.devices["f1"].after[path] == "description theirs"


def test_what_was_there_already_is_shared_and_stays(first: Plan) -> None:
    path = ("interface eth3.20", "description")
    made = plan(A, B, seen={"f1": Seen({path: f"description {SLICE_A}"})})
    assert made.devices["f1"].shared == 1
    gone = plan(B, **done(made))
    assert gone.devices["f1"].after[path] == f"description {SLICE_A}"


def test_a_container_with_foreign_lines_is_not_removed(first: Plan) -> None:
    runs = {name: dict(device.after) for name, device in first.devices.items()}
    runs["f1"][("vrf ts-b", "ip route 192.0.2.0/24 blackhole")] = "ip route 192.0.2.0/24 blackhole"
    state = done(first, runs=runs)
    (said,) = refused(A, **state)
    assert said == (
        f"foreign-inside {SLICE_B}/f1 cannot remove /vrf ts-b on f1: "
        "it holds /vrf ts-b/ip route 192.0.2.0/24 blackhole, which are not ours"
    )
    assert not refused(A, B, **state)


# ---- consent --------------------------------------------------------------------------------------------------------

DOUBTFUL = {"core_interface", "isis", "isis_circuit", "loopback"}


def test_unverified_lines_need_consent_and_are_listed_by_construct() -> None:
    said = refused(A, allow_unverified=False)
    assert {line.split()[1] for line in said} == {f"zte/{construct}" for construct in DOUBTFUL}
    assert set(codes(said)) == {"unverified-lines"}
    assert "would send 2 lines whose syntax nobody has established, from templates/zte/isis.cfg.j2" in "\n".join(said)


@pytest.mark.parametrize(
    ("consents", "left"),
    [
        ({"z1": frozenset(DOUBTFUL)}, set()),
        ({"z1": frozenset(DOUBTFUL - {"isis"})}, {"isis"}),
        ({"h1": frozenset(DOUBTFUL)}, DOUBTFUL),
        ({}, DOUBTFUL),
    ],
)
def test_consent_is_of_a_device_for_a_construct(consents: Mapping[str, frozenset[str]], left: set[str]) -> None:
    said = refused(A, allow_unverified=False, consents=consents)
    assert {line.split()[1] for line in said} == {f"zte/{construct}" for construct in left}


@pytest.mark.parametrize(("agreeing", "consent"), [(("z1",), ""), (("z1", "z2"), "inventory/groups.yaml")])
def test_every_device_that_gets_such_lines_must_agree(agreeing: tuple[str, ...], consent: str) -> None:
    agreed = ground(allow_unverified=False, consents={name: frozenset({"isis"}) for name in agreeing})
    assert _Builder(design(), agreed, Diagnostics())._consent("isis", ["z1", "z2"]) == consent


def test_the_plan_counts_them_with_their_consent() -> None:
    by_flag = plan(A)
    assert {(one.construct, one.consent) for one in by_flag.unverified} == {(c, "--allow-unverified") for c in DOUBTFUL}
    by_file = plan(A, allow_unverified=False, consents={"z1": frozenset(DOUBTFUL)})
    assert {one.consent for one in by_file.unverified} == {"inventory/groups.yaml"}
    assert {one.devices for one in by_file.unverified} == {("z1",)}


def test_lines_that_run_already_need_no_consent(first: Plan) -> None:
    assert not plan(A, B, **done(first), allow_unverified=False).unverified


# ---- how much it can hurt -------------------------------------------------------------------------------------------


def test_removing_is_a_medium_risk_and_names_who_stands_beside(first: Plan) -> None:
    made = plan(A, **done(first))
    assert made.devices["h1"].risk is Risk.MEDIUM
    assert made.devices["h1"].risk_because == f"removes {made.devices['h1'].removes} lines"
    assert (made.devices["z1"].risk, made.devices["z1"].risk_because) == (Risk.NONE, "")
    assert all(SLICE_B not in device.bystanders for device in made.devices.values())
    assert made.devices["f1"].bystanders == ()


def test_a_change_in_a_line_with_several_owners_is_a_high_risk(first: Plan) -> None:
    state = done(first)
    applied = state["applied"]
    entry = applied.devices["f1"]  # type: ignore[attr-defined]
    path = ("interface eth3.20", "description")
    both = entry.leaves[path]._replace(value="description older", owners=frozenset({SLICE_A, SLICE_B}))
    leaves = {**entry.leaves, path: both}
    state["applied"] = replace(applied, devices={**applied.devices, "f1": replace(entry, leaves=leaves)})  # type: ignore[attr-defined,type-var]
    seen = dict(state["seen"])  # type: ignore[call-overload]
    seen["f1"] = replace(seen["f1"], tree={**seen["f1"].tree, path: "description older"})
    made = plan(A, B, **{**state, "seen": seen})
    assert made.devices["f1"].risk is Risk.HIGH
    assert made.devices["f1"].risk_because == "changes 1 line of several intents"


HUAWEI_PORT = ("huawei-ifm:ifm", "interfaces", "interface[name='GE0/0/0']")
ETH0: Tree = {("interface eth0", "ip address"): "ip address 192.0.2.1/24"}
LIKE: Tree = {("interface eth0", "ip address"): "ip address 192.0.2.10/24"}
ZTE: Tree = {("if-intf", "interface mgmt_eth", "ip address"): "ip address 192.0.2.1 255.255.255.0"}
XML: Tree = {(*HUAWEI_PORT, "ipv4", "ip"): "192.0.2.1"}
MANAGED: list[tuple[str, Tree, Tree, bool]] = [
    ("nothing changes", ETH0, {}, False),
    ("its address", ETH0, {("interface eth0", "ip address"): "x"}, True),
    ("beside its address", ETH0, {("interface eth0", "mtu"): "mtu 1"}, True),
    ("another port", ETH0, {("interface eth1", "mtu"): "mtu 1"}, False),
    ("an address like it", LIKE, {("interface eth0", "mtu"): "mtu 1"}, False),
    ("with a mask", ZTE, {("if-intf", "interface mgmt_eth", "mtu"): "mtu 1"}, True),
    ("in XML", XML, {(*HUAWEI_PORT, "description"): "x"}, True),
    ("its neighbour in XML", XML, {(*HUAWEI_PORT[:2], "interface[name='GE0/0/1']", "mtu"): "1"}, False),
    ("in a route", {("ip route", "x"): "ip route 192.0.2.1/32 x"}, {("ip route", "z"): "z"}, False),
]


@pytest.mark.parametrize(("before", "change", "near"), [row[1:] for row in MANAGED], ids=[row[0] for row in MANAGED])
def test_a_change_near_the_way_we_reach_the_device_is_said(before: Tree, change: Tree, near: bool) -> None:
    delta = between(before, {**before, **change})
    said = _management(delta, "192.0.2.1")
    assert said.startswith("touched at /") is near
    assert _management(delta, "") == "not touched"


# ---- stages ---------------------------------------------------------------------------------------------------------


def changing(first: Plan, name: str, transactions: int, switch: SwitchKind, *, take_in: bool = False) -> DeviceChange:
    some = first.devices["f1"]
    return replace(some, device=name, commits=transactions, switch=str(switch), take_in=take_in)


def test_the_weakest_switch_commits_and_confirms_last(first: Plan) -> None:
    devices = {
        "a": changing(first, "a", 1, SwitchKind.WATCHDOG, take_in=True),
        "b": changing(first, "b", 2, SwitchKind.DEVICE),
        "c": changing(first, "c", 1, SwitchKind.TIMER),
        "d": changing(first, "d", 0, SwitchKind.DEVICE),
    }
    assert [(str(stage.kind), "".join(stage.devices), stage.transaction) for stage in stages(devices)] == [
        ("lock", "abc", 0),
        ("snapshot", "abc", 0),
        ("take-in", "a", 0),
        ("stage", "abc", 1),
        ("validate", "abc", 1),
        ("commit", "bc", 1),
        ("commit", "a", 1),
        ("stage", "b", 2),
        ("validate", "b", 2),
        ("commit", "b", 2),
        ("verify", "abc", 0),
        ("confirm", "bc", 0),
        ("confirm", "a", 0),
        ("unlock", "abc", 0),
    ]


def test_nothing_to_do_has_no_stages(first: Plan) -> None:
    assert not list(stages({"d": changing(first, "d", 0, SwitchKind.DEVICE)}))


def test_a_device_is_taken_in_before_its_first_change() -> None:
    made = plan(A, seen={"z1": Seen({}, taken_in=False)})
    kinds = [stage.kind for stage in made.stages]
    assert kinds.index(StageKind.TAKE_IN) < kinds.index(StageKind.STAGE)
    assert next(stage.devices for stage in made.stages if stage.kind is StageKind.TAKE_IN) == ("z1",)


def test_transactions_lead_from_before_to_after(first: Plan) -> None:
    for made in (first, plan(A, **done(first))):
        for device in made.devices.values():
            tree: Tree = device.before
            for one in device.transactions:
                assert one.delta.before == tree
                tree = one.delta.after()
            assert tree == device.after


# ---- explaining -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (("huawei-ifm:ifm", "interfaces", "interface[name='x']", "name"), "x", "<name>x</name>"),
        (("huawei-ifm:ifm", "interfaces", "huawei-ip:ipv4"), PRESENT, "<ipv4>"),
        (("vrf ts-a",), PRESENT, "vrf ts-a"),
        (("interface eth3.20", "description"), "description x", "description x"),
    ],
)
def test_a_leaf_as_a_line(path: Path, value: str, line: str) -> None:
    assert line_of(path, value) == line


@pytest.mark.parametrize("asked", ["description TenantSlice/a", "+  description   TenantSlice/a", " TenantSlice/a "])
def test_a_line_is_found_as_diff_prints_it(first: Plan, asked: str) -> None:
    found = [match.line for match in explain_line(first.devices["f1"], asked)]
    assert f"description {SLICE_A}" in found
    assert all("TenantSlice/a" in line for line in found)


def test_a_found_line_knows_its_owner_once(first: Plan) -> None:
    for match in explain_line(first.devices["h1"], SLICE_A):
        assert [origin.owner for origin in match.origins] == sorted(match.leaf.owners)
    assert not list(explain_line(first.devices["h1"], ""))
    assert not list(explain_line(first.devices["h1"], "no such line"))


def test_the_ports_are_those_of_the_platforms() -> None:
    assert set(PORTS) == {"h1", "f1", "z1"}
    assert FABRIC.address == UNDERLAY
    assert not Delta({}, {}, {}, {})
