"""Jitter that is promised is probed where both ends have TWAMP, and said to be unmeasured where they have not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from services_networks import CORE, FRR, GW1, GW2, ZTE, at, compiled, deterministic, elastic, ends

from netwright.services.checks import AtMost, Check
from netwright.services.design import Design
from netwright.services.model import TwampResponder, TwampSession
from netwright.services.probes import PERIOD_MS, TEST_PORT
from netwright.verify.judge import judge
from netwright.verify.model import Collected, State

A, Z = at(*GW1, 210), at(*GW2, 211)
SLO = {"one_way_delay_ms": 2.0, "jitter_ms": 1.5}


def made(design: Design, kind: type) -> dict[str, Any]:
    found = ((node, fragment.construct) for node, own in design.fragments.items() for fragment in own)
    return {node: construct for node, construct in found if isinstance(construct, kind)}


def checks(design: Design) -> dict[str, Check]:
    return {check.address.rpartition("/")[2]: check for check in design.checks if check.topic == "probes"}


def notes(design: Design) -> list[str]:
    (served,) = design.served.values()
    return [note for note in served.notes if "jitter" in note]


def test_a_session_leads_from_the_end_that_sends_to_the_other_inside_the_vpn() -> None:
    design = compiled(deterministic(slo=SLO))
    assert made(design, TwampSession) == {
        "pop1-gw1": TwampSession(1, "ds-a", "10.0.210.1", "10.0.211.1", TEST_PORT, 46, PERIOD_MS)
    }
    assert made(design, TwampResponder) == {
        "pop2-gw1": TwampResponder(1, "ds-a", "10.0.211.1", "10.0.210.1", TEST_PORT)
    }
    assert notes(design) == []


def test_the_numbers_of_sessions_are_the_ledgers_and_each_of_its_node() -> None:
    one = compiled(deterministic("b", slo=SLO, endpoints=ends(at(*GW1, 220), at(*CORE, 221))))
    both = compiled(
        deterministic("b", slo=SLO, endpoints=ends(at(*GW1, 220), at(*CORE, 221))),
        deterministic(slo=SLO), ledger=one.ledger,
    )  # fmt: skip
    assert [both.numbers.number(f"DeterministicService/{name}/pop1-gw1/twamp/session") for name in "ba"] == [1, 2]  # type: ignore[union-attr]
    assert both.numbers.number("DeterministicService/a/pop2-gw1/twamp/session") == 1  # type: ignore[union-attr]
    gone = compiled(deterministic("b", endpoints=ends(at(*GW1, 220), at(*CORE, 221))), ledger=both.ledger)
    assert not [claim for claim in gone.claims if "twamp" in claim]
    assert made(gone, TwampSession) == made(gone, TwampResponder) == {}


@pytest.mark.parametrize(
    ("direction", "sender", "things"),
    [
        ("both", "pop1-gw1", {"jitter", "jitter-back", "probes"}),
        ("a-to-z", "pop1-gw1", {"jitter", "probes"}),
        ("z-to-a", "pop2-gw1", {"jitter", "probes"}),
    ],
)
def test_the_promised_directions_are_checked_from_the_end_that_sends(
    direction: str, sender: str, things: set[str]
) -> None:
    design = compiled(deterministic(traffic={"direction": direction}, slo=SLO))
    assert list(made(design, TwampSession)) == [sender]
    found = checks(design)
    assert found.keys() == things
    assert {check.device for check in found.values()} == {sender}
    assert found["jitter"].expect == {"jitter_us": AtMost(1500, if_said=True)}
    (session,) = made(design, TwampSession).values()
    assert found["jitter"].where == {"vrf": "ds-a", "reflector": session.reflector}


@pytest.mark.parametrize(("far", "platform"), [(FRR, "frr"), (ZTE, "zte")])
def test_where_an_end_has_no_twamp_the_plan_and_the_evidence_say_so(far: tuple[str, str], platform: str) -> None:
    slo = {"one_way_delay_ms": 5.0, "jitter_ms": 5.0}
    constraints = {"minimum_grade": "emulated"}
    design = compiled(deterministic(slo=slo, endpoints=ends(A, at(*far, 211)), constraints=constraints))
    assert made(design, TwampSession) == made(design, TwampResponder) == {}
    assert notes(design)[-1:] == [f"jitter is bounded by computation and not measured: no TWAMP on {far[0]}"], platform
    check = checks(design)["jitter"]
    verdict = judge(check, Collected(rows=()))
    assert (verdict.state, verdict.message) == (State.SKIPPED, f"vrf ds-a, reflector {far[0]} is not reported")


def test_no_family_in_common_is_said() -> None:
    six = at(*GW2, 211) | {"addresses": ["2001:db8:5::1/64"]}
    design = compiled(deterministic(slo=SLO, endpoints=ends(A, six)))
    assert made(design, TwampSession) == {}
    assert "no two routers with a family in common" in notes(design)[0]


def test_jitter_that_nobody_bounds_is_said_to_be_neither_bounded_nor_measured() -> None:
    design = compiled(elastic(slo={"jitter_ms": 1.0}))
    assert notes(design) == ["jitter is asked, and neither bounded nor measured: only a DeterministicService's is"]
    assert made(design, TwampSession) == checks(design) == {}


ROW = {"vrf": "ds-a", "reflector": "10.0.211.1", "state": "up", "delay_us": 900, "jitter_us": 40, "jitter_back_us": 60}


@pytest.mark.parametrize(
    ("row", "state", "message"),
    [
        (ROW, State.SUCCESS, ""),
        ({**ROW, "jitter_us": 1500}, State.SUCCESS, ""),
        ({**ROW, "jitter_us": 1501}, State.FAILURE, "jitter_us is 1501, expected <= 1500"),
        ({**ROW, "jitter_back_us": 9999}, State.SUCCESS, ""),  # the other direction's check says it
        ({**ROW, "vrf": "ds-b"}, State.SKIPPED, "vrf ds-a, reflector 10.0.211.1 is not reported"),
        (
            {name: ROW[name] for name in ("vrf", "reflector", "state")},
            State.SKIPPED,
            "vrf ds-a, reflector 10.0.211.1 is not reported",
        ),
    ],
)
def test_what_was_not_measured_is_neither_kept_nor_broken(row: dict[str, Any], state: State, message: str) -> None:
    verdict = judge(checks(compiled(deterministic(slo=SLO)))["jitter"], Collected(rows=(row,)))
    assert (verdict.state, verdict.message) == (state, message)


def test_a_bound_that_must_be_said_is_broken_by_silence() -> None:
    check = checks(compiled(deterministic(slo=SLO)))["jitter"]
    strict = replace(check, expect={"state": "up", "jitter_us": AtMost(1500)})
    assert judge(strict, Collected(rows=({**ROW, "state": "up"},))).state is State.SUCCESS
    silent = {name: ROW[name] for name in ("vrf", "reflector", "state")}
    assert judge(strict, Collected(rows=(silent,))).state is State.FAILURE


def test_an_inactive_service_has_no_probes() -> None:
    schedule = {"start": "2026-12-03T12:00:00+08:00", "duration": "PT1H"}
    design = compiled(deterministic(slo=SLO, schedule=schedule))
    assert made(design, TwampSession) == checks(design) == {}
