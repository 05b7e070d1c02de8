"""What the devices said against what must be true: every state, and the words that go with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from netwright.services.checks import AtLeast, AtMost, Check, Expected, Reported, Rung, Value
from netwright.verify.judge import judge, judge_all
from netwright.verify.model import Collected, Findings, State, Verdict

Rows = tuple[Mapping[str, Value], ...]

NAMED = {"name": "lr-train"}
UP = {"name": "lr-train", "state": "up", "delay_us": 610, "rate_bps": 100}
DOWN = {"name": "lr-train", "state": "down", "delay_us": 700, "rate_bps": 90}
ELSE = {"name": "another", "state": "up", "delay_us": 1, "rate_bps": 1000}


def check(where: Mapping[str, Value], expect: Mapping[str, Expected], *, negative: bool = False) -> Check:
    rung = Rung.NEGATIVE if negative else Rung.PATH
    return Check("A/b/pe1/thing", "A/b", "pe1", rung, "a thing", "measurements", where, expect, negative)


POSITIVE: list[tuple[str, Mapping[str, Expected], Rows, State, str, str]] = [
    ("as expected", {"state": "up"}, (UP,), State.SUCCESS, "state up", ""),
    ("another row does not count", {"state": "up"}, (ELSE,), State.FAILURE, "nothing", "name lr-train is not there"),
    ("nothing at all", {"state": "up"}, (), State.FAILURE, "nothing", "name lr-train is not there"),
    ("another value", {"state": "up"}, (DOWN, ELSE), State.FAILURE, "state down", "state is down, expected up"),
    ("one of several will do", {"state": "up"}, (DOWN, UP), State.SUCCESS, "state down | state up", ""),
    ("there is enough", {}, (DOWN,), State.SUCCESS, "name lr-train", ""),
    ("at most, exactly", {"delay_us": AtMost(610)}, (UP,), State.SUCCESS, "delay_us 610", ""),
    ("at most", {"delay_us": AtMost(609)}, (UP,), State.FAILURE, "delay_us 610", "delay_us is 610, expected <= 609"),
    ("at least, exactly", {"rate_bps": AtLeast(100)}, (UP,), State.SUCCESS, "rate_bps 100", ""),
    ("at least", {"rate_bps": AtLeast(101)}, (UP,), State.FAILURE, "rate_bps 100", "rate_bps is 100, expected >= 101"),
    ("not reported", {"loss": AtMost(1)}, (UP,), State.FAILURE, "", "loss was not reported"),
    ("told and not judged", {"rate_bps": Reported()}, (UP,), State.SUCCESS, "rate_bps 100", ""),
    (
        "nothing to tell breaks no promise",
        {"loss": Reported()},
        (UP,),
        State.SKIPPED,
        "",
        "name lr-train is not reported",
    ),
    ("nor does nobody who tells", {"loss": Reported()}, (ELSE,), State.SKIPPED, "", "name lr-train is not reported"),
    (
        "told beside what is judged",
        {"state": "up", "loss": Reported()},
        (DOWN,),
        State.FAILURE,
        "state down",
        "state is down, expected up",
    ),
    ("text is no number", {"state": AtMost(1)}, (UP,), State.FAILURE, "state up", "state is up, expected <= 1"),
    (
        "all that is wrong is said",
        {"state": "up", "delay_us": AtMost(650)},
        (DOWN,),
        State.FAILURE,
        "state down, delay_us 700",
        "delay_us is 700, expected <= 650; state is down, expected up",
    ),
    (
        "each expectation must hold in one and the same row",
        {"delay_us": AtMost(650), "rate_bps": AtMost(95)},
        (UP, DOWN),
        State.FAILURE,
        "delay_us 610, rate_bps 100 | delay_us 700, rate_bps 90",
        "delay_us is 700, expected <= 650; rate_bps is 100, expected <= 95",
    ),
]


@pytest.mark.parametrize(
    ("expect", "rows", "state", "observed", "message"), [case[1:] for case in POSITIVE], ids=[c[0] for c in POSITIVE]
)
def test_what_must_be_there(
    expect: Mapping[str, Expected], rows: Rows, state: State, observed: str, message: str
) -> None:
    verdict = judge(check(NAMED, expect), Collected(rows), "now")
    assert (verdict.state, verdict.observed, verdict.message, verdict.at) == (state, observed, message, "now")


@pytest.mark.parametrize(
    ("rows", "state", "observed", "message"),
    [
        ((), State.SUCCESS, "nothing", ""),
        ((ELSE,), State.SUCCESS, "nothing", ""),
        (
            (ELSE, UP),
            State.FAILURE,
            "name lr-train, state up, delay_us 610, rate_bps 100",
            "name lr-train is there",
        ),
    ],
    ids=["nothing", "only others", "there"],
)
def test_what_must_not_be_there(rows: Rows, state: State, observed: str, message: str) -> None:
    verdict = judge(check(NAMED, {}, negative=True), Collected(rows))
    assert (verdict.state, verdict.observed, verdict.message) == (state, observed, message)


@pytest.mark.parametrize("negative", [False, True])
def test_silence_is_never_a_verdict_on_the_promise(negative: bool) -> None:
    looked = check(NAMED, {"state": "up"}, negative=negative)
    assert judge(looked, Collected(error="timed out")) == Verdict(looked, State.ERROR, "", "timed out")
    assert judge(looked, Collected(not_reported="no iFIT")) == Verdict(looked, State.SKIPPED, "", "no iFIT")
    both = judge(looked, Collected(rows=(UP,), error="lost half way", not_reported="no"))
    assert both.state is State.ERROR


def test_a_missing_key_matches_nothing() -> None:
    where = {"name": "lr-train", "vrf": "a"}
    assert judge(check(where, {}), Collected((UP,))).message == "name lr-train, vrf a is not there"
    assert judge(check(where, {}, negative=True), Collected((UP,))).state is State.SUCCESS


@pytest.mark.parametrize("bound", [AtMost(5), AtLeast(0)])
def test_true_is_no_measured_number(bound: AtMost | AtLeast) -> None:
    assert judge(check({}, {"oper_up": bound}), Collected(({"oper_up": True},))).state is State.FAILURE


def test_the_rows_that_matter_are_kept_as_proof() -> None:
    verdict = judge(check(NAMED, {"state": "up"}), Collected((ELSE, UP, DOWN)))
    assert verdict.rows == (UP, DOWN)


def test_each_check_is_judged_by_its_own_device_and_topic() -> None:
    here, there = check(NAMED, {"state": "up"}), replace(check(NAMED, {"state": "up"}), device="pe2")
    other = replace(here, topic="routes")
    book = {("pe1", "measurements"): Collected((UP,)), ("pe2", "measurements"): Collected((DOWN,))}
    states = [verdict.state for verdict in judge_all([here, there, other], book, "now")]
    assert states == [State.SUCCESS, State.FAILURE, State.ERROR]
    assert judge_all([other], book, "now")[0].message == "nobody asked the device"


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        ((), True),
        ((State.SUCCESS, State.SKIPPED, State.UNSET), True),
        ((State.SUCCESS, State.FAILURE), False),
        ((State.ERROR,), False),
    ],
)
def test_a_promise_is_kept_when_nothing_says_no_and_everybody_answered(states: tuple[State, ...], kept: bool) -> None:
    looked = check(NAMED, {})
    findings = Findings("now", tuple(Verdict(looked, state, "") for state in states))
    assert findings.kept is kept
    assert findings.count() == {state: states.count(state) for state in State}
    assert len(findings.of("A/b")) == len(states)
    assert not findings.of("A/c")
