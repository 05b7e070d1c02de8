"""What a plan tells of a changed intent: its fields and figures, old and new; and of one that its schedule has off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from plan_networks import NOON, done, plan, tenant_slice

from netwright.cli.screens.plan import plan_screen
from netwright.intents.fields import fields_of
from netwright.plan.intents import reworded
from netwright.plan.model import Action, IntentChange, Plan
from netwright.plan.record import dump, load
from netwright.plan.said import FieldChange, differences, sentence
from netwright.report.plan import plan_document, plan_markdown

A = "TenantSlice/a"


def change_of(made: Plan, address: str = A) -> IntentChange:
    return next(change for change in made.intents if change.address == address)


def told(made: Plan) -> list[str]:
    return [str(field) for field in change_of(made).fields]


@pytest.fixture(scope="module")
def first() -> Plan:
    return plan(tenant_slice())


def test_fields_are_written_as_people_write_them_and_defaults_are_left_out() -> None:
    fields = fields_of(tenant_slice(bandwidth="2500M", slo={"one_way_delay_ms": 2.0, "loss": 1e-5}))
    assert fields["spec.bandwidth"] == "2.5G"
    assert fields["spec.slo.one_way_delay_ms"] == "2"
    assert fields["spec.slo.loss"] == "1e-05"
    assert fields["spec.sites[h1 100GE0/3/1].addresses"] == "10.20.0.1/24"
    assert "spec.constraints.isolation" not in fields
    assert not {"kind", "apiVersion", "metadata.name"} & fields.keys()


def test_a_changed_field_and_the_figure_that_follows_are_told_old_and_new(first: Plan) -> None:
    made = plan(tenant_slice(bandwidth="3G"), **done(first))  # type: ignore[arg-type]
    assert change_of(made).action is Action.CHANGE
    assert told(made) == ["spec.bandwidth: 1G -> 3G"]
    assert change_of(made).summary.startswith("1 G -> 3 G, 10 km, 1 link")


def test_a_default_that_is_said_or_no_longer_said() -> None:
    was, now = {"spec.slo.loss": "1e-05"}, {"spec.constraints.max_hops": "3"}
    said = ["spec.constraints.max_hops: default -> 3", "spec.slo.loss: 1e-05 -> default"]
    assert [str(one) for one in differences(was, now)] == said
    assert differences(was, was) == ()


def test_a_site_that_comes_or_goes_is_one_change_and_moves_no_other() -> None:
    three = fields_of(tenant_slice(nodes=("h1", "f1", "z1")))
    two = fields_of(tenant_slice(nodes=("h1", "z1")))
    (gone,) = (one for one in differences(three, two) if one.field.endswith("]"))
    assert gone.field == "spec.sites[f1 eth3]"
    assert str(gone).startswith("spec.sites[f1 eth3]: taken out, node f1, port eth3, ")
    (came,) = (one for one in differences(two, three) if one.field.endswith("]"))
    assert str(came).startswith("spec.sites[f1 eth3]: added, node f1, port eth3, ")


def test_lines_that_change_for_another_reason_say_so(first: Plan) -> None:
    state = done(first)
    seen = dict(state["seen"])  # type: ignore[call-overload]
    path = min(path for path, leaf in first.devices["f1"].wanted.items() if leaf.owners == {A})
    seen["f1"] = replace(seen["f1"], tree={key: value for key, value in seen["f1"].tree.items() if key != path})
    made = plan(tenant_slice(), **{**state, "seen": seen})
    assert told(made) == []
    assert change_of(made).notes[0] == "says what it said; changed outside netwright on f1"


def test_an_intent_that_says_something_else_while_no_line_changes_is_told(first: Plan) -> None:
    """Nobody who edited a file should read that nothing changes and wonder whether it was read."""
    state = done(first)
    made = plan(tenant_slice(slo={"one_way_delay_ms": 40.0}), **state)  # type: ignore[arg-type]
    assert not made.changes
    assert {name: list(map(str, fields)) for name, fields in reworded(made).items()} == {
        A: ["spec.slo.one_way_delay_ms: default -> 40"]
    }
    assert plan_screen(made).splitlines() == [
        f"= {A}   says something else than when it was applied; no line of any device changes for it",
        "    spec.slo.one_way_delay_ms: default -> 40",
        f"no changes: the devices run what 2 intents ask for.  plan {made.digest[:8]}",
    ]
    assert f"| keep | `{A}` | says something else" in plan_markdown(made)
    [fields] = [one["fields"] for one in plan_document(made)["intents"] if one["address"] == A]  # type: ignore[attr-defined]
    assert fields == [{"field": "spec.slo.one_way_delay_ms", "was": "", "now": "40"}]
    assert reworded(plan(tenant_slice(), **state)) == {}  # type: ignore[arg-type]


def test_what_was_said_survives_the_record(first: Plan) -> None:
    applied = done(first)["applied"]
    assert load(dump(applied)).intents[A] == first.said[A]  # type: ignore[arg-type]
    older = {name: replace(said, digest="") for name, said in applied.intents.items()}  # type: ignore[attr-defined]
    assert '"digest"' not in dump(replace(applied, intents=older))  # type: ignore[type-var]
    assert reworded(plan(tenant_slice(), **{**done(first), "applied": replace(applied, intents=older)})) == {}  # type: ignore[type-var]


def test_a_record_of_before_tells_no_old_value(first: Plan) -> None:
    state = done(first)
    state["applied"] = replace(state["applied"], intents={})  # type: ignore[type-var]
    made = plan(tenant_slice(bandwidth="3G"), **state)  # type: ignore[arg-type]
    assert told(made) == []
    assert change_of(made).summary.startswith("3 G, ")


def test_an_intent_that_its_schedule_has_off_says_from_when_it_is_on() -> None:
    start = (NOON + timedelta(days=1)).replace(microsecond=0)
    made = plan(tenant_slice(schedule={"start": start.isoformat(), "duration": "PT6H"}))
    change = change_of(made)
    assert (change.action, change.idle) == (Action.KEEP, True)
    assert change.summary == f"not active until {start.isoformat(timespec='minutes')}: its schedule"
    over = datetime.fromisoformat("2020-01-01T00:00:00+00:00").isoformat()
    gone = plan(tenant_slice(schedule={"start": over, "duration": "PT6H"}))
    assert change_of(gone).summary == "not active, and not within 366 days: its schedule"


def test_a_sentence_turns_only_what_differs() -> None:
    now, was = {"rate": "2 G", "links": "3 links", "delay": "1 ms"}, {"rate": "1 G", "links": "3 links"}
    assert sentence(now, was) == "1 G -> 2 G, 3 links; promises delay <= 1 ms"
    assert sentence({}) == ""
    assert str(FieldChange("spec.x", "", "1")) == "spec.x: default -> 1"
