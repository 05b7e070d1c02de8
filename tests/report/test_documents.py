"""JSON, JUnit and Markdown say the same as the evidence: golden files, and the rules that no golden file shows."""

import dataclasses
import json
import os
from pathlib import Path

import pytest
from lxml import etree

from netwright.report.document import document
from netwright.report.html import html
from netwright.report.junit import junit
from netwright.report.markdown import markdown
from netwright.report.model import Evidence, IntentEvidence
from netwright.report.summary import sentence
from netwright.verify.model import Configured, State

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize(
    ("name", "render"),
    [
        ("evidence.xml", junit),
        ("evidence.md", markdown),
        ("evidence.json", lambda evidence: json.dumps(document(evidence), indent=1, ensure_ascii=False) + "\n"),
    ],
)
def test_golden(name: str, render: object, evidence: Evidence) -> None:
    text = render(evidence)  # type: ignore[operator]
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":  # after a wanted change; the diff is reviewed like code
        (GOLDEN / name).write_text(text, encoding="utf-8")
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_a_lab_is_named_wherever_the_proof_is_read(evidence: Evidence) -> None:
    said = "FRR 10.7.1-6 on Linux 6.12, machine (tcg), deployed by containerlab, rates 1/500 of production"
    shown = dataclasses.replace(evidence, lab=said)
    for render in (junit, markdown, html):
        assert said in render(shown)
        assert "deployed by" not in render(evidence)
    assert document(shown)["lab"] == said


def test_junit_counts_are_the_cases(evidence: Evidence) -> None:
    suites = etree.fromstring(junit(evidence).encode()).findall("testsuite")
    line, idle = suites[-2:]
    assert [line.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert sum(int(suite.get("tests") or 0) for suite in suites[1:-1]) == len(evidence.verdicts)
    assert [idle.get(name) for name in ("tests", "skipped")] == ["1", "1"]
    assert idle.find("testcase/skipped").get("message").startswith("not active until 2026-12-05")


def test_an_unset_check_is_never_a_passed_case(evidence: Evidence) -> None:
    (case,) = etree.fromstring(junit(evidence).encode()).xpath("//testcase[starts-with(@name, 'rate of')]")
    assert case.find("skipped").get("message") == "nobody looked"


def test_what_a_device_says_cannot_break_the_xml(evidence: Evidence) -> None:
    odd = dataclasses.replace(evidence.intents[1].verdicts[0], observed="\x00\x1b[31m & <x>")
    broken = dataclasses.replace(evidence, intents=(dataclasses.replace(evidence.intents[1], verdicts=(odd,)),))
    assert etree.fromstring(junit(broken).encode()).xpath("string(//failure)").endswith("\ufffd\ufffd[31m & <x>")


def test_a_device_that_runs_something_else_fails_the_run(evidence: Evidence) -> None:
    configured = (Configured("gw1", extra=("/a/b",)),)
    astray = dataclasses.replace(evidence, intents=evidence.intents[:1], configured=configured)
    assert astray.state is State.FAILURE
    assert etree.fromstring(junit(astray).encode()).xpath("string(//failure)") == "has beyond /a/b"
    assert "**gw1** does not run what was planned: `/a/b`" in markdown(astray)


def test_what_a_device_says_cannot_break_a_table(evidence: Evidence) -> None:
    odd = dataclasses.replace(evidence.intents[1].verdicts[0], observed="a | b\nc <img>")
    broken = dataclasses.replace(evidence, intents=(dataclasses.replace(evidence.intents[1], verdicts=(odd,)),))
    assert r"a \| b c &lt;img>" in markdown(broken)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ((), State.UNSET),
        ((State.UNSET,), State.UNSET),
        ((State.SKIPPED,), State.SKIPPED),
        ((State.SUCCESS, State.SKIPPED, State.UNSET), State.SUCCESS),
        ((State.SUCCESS, State.ERROR), State.ERROR),
        ((State.ERROR, State.FAILURE, State.SUCCESS), State.FAILURE),
    ],
)
def test_an_intent_is_as_good_as_its_worst_check(states: tuple[State, ...], state: State, evidence: Evidence) -> None:
    verdict = evidence.verdicts[0]
    verdicts = tuple(dataclasses.replace(verdict, state=one) for one in states)
    assert IntentEvidence("A/b", verdicts=verdicts).state is state


def test_a_promise_that_nobody_looked_at_is_not_counted_as_kept(evidence: Evidence) -> None:
    kept = evidence.intents[0]
    assert sentence(dataclasses.replace(evidence, intents=(kept,))) == "1 promise kept"
    unset = IntentEvidence("A/b")
    assert sentence(dataclasses.replace(evidence, intents=(kept, unset))) == "1 promise kept, 1 not looked at"
