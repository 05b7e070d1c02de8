"""The screens, as golden files, and the facts on them that decide what a person does next."""

import dataclasses
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from netwright.apply.model import DeviceResult, DeviceState, Event, Outcome
from netwright.cli.screens.apply import event_line, outcome_document, outcome_screen
from netwright.cli.screens.plan import cli_screen, diff_screen, next_step, plan_screen
from netwright.cli.screens.verify import verify_document, verify_screen
from netwright.plan.model import Plan
from netwright.report.plan import plan_document, plan_markdown
from netwright.services.checks import Check, Rung
from netwright.verify.model import Configured, Findings, State, Verdict

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(name: str, text: str) -> None:
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":  # after a wanted change; the diff is reviewed like code
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("plan.txt", lambda plan: f"{plan_screen(plan)}\n{next_step(plan)}\n"),
        ("plan-leaf1.txt", lambda plan: plan_screen(plan, ["leaf1"]) + "\n"),
        ("plan.cli", cli_screen),
        ("plan.md", plan_markdown),
        ("plan.json", lambda plan: json.dumps(plan_document(plan), indent=1) + "\n"),
    ],
)
def test_golden_plan(name: str, render: Callable[[Plan], str], plan: Plan) -> None:
    assert_golden(name, render(plan))


def test_a_plan_without_changes_is_one_line(plan: Plan) -> None:
    idle = dataclasses.replace(plan, devices={"leaf2": plan.devices["leaf2"]})
    assert plan_screen(idle) == "no changes: the devices run what 5 intents ask for (1 not active now).  plan 9f3c2a41"
    assert next_step(idle) == ""


@pytest.mark.parametrize(
    ("facts", "said"),
    [({"online": False, "applicable": False}, "offline"), ({"applicable": False}, "2026-11-21T10:20:58Z")],
)
def test_a_plan_that_cannot_be_applied_says_so(facts: dict[str, bool], said: str, plan: Plan) -> None:
    step = next_step(dataclasses.replace(plan, **facts))
    assert said in step
    assert "netwright apply" not in step


def test_no_line_ends_in_blanks(plan: Plan) -> None:
    assert [line for line in plan_screen(plan).splitlines() if line != line.rstrip()] == []


def test_a_diff_names_device_and_direction() -> None:
    diff = diff_screen({"gw1": ("a\nb\n", "a\nc\n"), "gw2": ("same", "same")})
    assert diff.splitlines() == ["--- gw1 (runs now)", "+++ gw1 (planned)", "@@ -1,2 +1,2 @@", " a", "-b", "+c"]


def outcome(code: int, sentence: str, *results: DeviceResult, findings: Findings | None = None) -> Outcome:
    return Outcome(
        "2026-11-21T10-20-58", code, sentence, {one.device: one for one in results}, findings, 8.4, "9f3c2a41"
    )


REFUSED = outcome(
    4,
    "commit: leaf1 refused; every device runs what it ran before (compared)",
    DeviceResult("gw1", DeviceState.ROLLED_BACK),
    DeviceResult(
        "leaf1",
        DeviceState.REFUSED,
        "%Error 140303: Invalid input detected at '^' marker.",
        "segment-routing srv6 locator MAIN",
        "templates/zte/isis.cfg.j2:7, Fabric/metro",
    ),
)
APPLIED = outcome(0, "applied plan 9f3c2a41: 3 intents on 2 devices", DeviceResult("gw1", DeviceState.CHANGED))


def test_golden_refusal() -> None:
    assert_golden("refused.txt", outcome_screen(REFUSED) + "\n")


def test_a_good_end_is_one_sentence_and_the_evidence() -> None:
    page = "state/evidence/x/index.html"
    assert outcome_screen(APPLIED, page) == f"applied plan 9f3c2a41: 3 intents on 2 devices in 8.4 s.  evidence: {page}"


def test_the_document_of_an_outcome_keeps_each_device_apart() -> None:
    document = outcome_document(REFUSED)
    assert document["exit_code"] == 4
    assert {name: device["state"] for name, device in document["devices"].items()} == {  # type: ignore[attr-defined]
        "gw1": "rolled-back",
        "leaf1": "refused",
    }


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Event("commit", 5, 6), "committed    5/6"),
        (Event("confirm", 6, 6, "in 3 s"), "confirmed    6/6   in 3 s"),
        (Event("rollback", 1, 2), "rolled back  1/2"),
        (Event("something-new", 0, 1), "something-new 0/1"),
        (Event("verify", 0, 0), "verified     no check was due: nothing is promised"),
        (Event("take-in", 0, 0), "taken in     nothing to do"),
    ],
)
def test_a_stage_is_a_line(event: Event, line: str) -> None:
    assert event_line(event) == line


def test_an_apply_without_a_check_says_what_was_looked_at() -> None:
    results = {name: DeviceResult(name, DeviceState.CHANGED) for name in ("gw1", "leaf1")}
    screen = outcome_screen(Outcome("nw-1", 0, "applied plan 9f3c2a41", results, Findings("now")))
    assert screen.splitlines()[0] == "no check was due; 2 devices read back: as planned"


def verdict(intent: str, state: State, message: str = "") -> Verdict:
    check = Check(f"{intent}/gw1/{state}", intent, "gw1", Rung.CONTROL_PLANE, "policy is up", "sr-policies", {}, {})
    return Verdict(check, state, "up" if state is State.SUCCESS else "", message)


FINDINGS = Findings(
    "2026-11-21T10:21:07Z",
    (
        verdict("ElasticLine/a", State.SUCCESS),
        verdict("ElasticLine/a", State.SKIPPED, "the platform cannot say"),
        verdict("ElasticLine/b", State.FAILURE, "state is down, expected up"),
        verdict("ElasticLine/b", State.ERROR, "timed out"),
        verdict("ElasticLine/b", State.SUCCESS),
    ),
    1.25,
)


def test_golden_verify() -> None:
    differing = (
        Configured("gw1", missing=tuple(f"/vrf/{n}" for n in range(7)), different=("/mtu",)),
        Configured("gw2"),
    )
    assert_golden("verify.txt", verify_screen(FINDINGS, differing) + "\n")


def test_a_network_that_is_down_fits_on_a_screen() -> None:
    many = Findings("now", tuple(verdict("ElasticLine/a", State.FAILURE, f"port {n}") for n in range(9)))
    lines = verify_screen(many, whole=False).splitlines()
    assert [line for line in lines if line.startswith("failure")][5:] == [
        "failure  ElasticLine/a   4 more: netwright verify ElasticLine/a"
    ]
    assert verify_screen(many).count("port ") == verify_screen(many, verbose=True, whole=False).count("port ") == 9


def test_verbose_lists_the_passed_checks_too() -> None:
    assert "success  ElasticLine/b/gw1/success" in verify_screen(FINDINGS, verbose=True)
    assert "success  " not in verify_screen(FINDINGS)


def test_an_intent_that_is_off_is_named_with_when_it_is_on() -> None:
    text = verify_screen(FINDINGS, idle={"TenantSlice/night": "not active until 2026-12-05T01:00+08:00: its schedule"})
    assert "TenantSlice/night  -         not active until 2026-12-05T01:00+08:00: its schedule" in text.splitlines()
    assert verify_document(FINDINGS, (), {"A/b": "later"})["idle"] == {"A/b": "later"}


def test_nothing_promised_is_not_called_success() -> None:
    assert verify_screen(Findings("now")) == "no checks: nothing is promised"
