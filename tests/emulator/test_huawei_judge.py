"""An emulated router with a judge beside it: what he refuses is refused, in the reference server's words.

The judge here says what a test wants; the real one (libyang with the vendor's modules) is in tests/yang.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from huawei_support import config
from ncclient.operations.errors import TimeoutExpiredError
from ncclient.operations.rpc import RPCError
from ncclient.transport.errors import SessionCloseError, TransportError
from test_huawei_refusals import port, refused

from netwright.emulator.device import JudgeGone, Objection, Paper
from netwright.emulator.huawei.device import HuaweiDevice
from netwright.emulator.huawei.judging import Bench, problem_of

LEAF = "/huawei-ifm:ifm/interfaces/interface[name='100GE0/1/0']/mtu"
WORD = "PATIENT"
"""What the documents hold that the judge has something against."""


@dataclass
class FakeJudge:
    """Objects to documents that hold WORD."""

    objections: list[Objection] = field(default_factory=list)
    on: Paper = Paper.DATASTORE
    gone: str = ""
    asked: list[tuple[Paper, str]] = field(default_factory=list)
    wait: threading.Event | None = None
    begun: threading.Event = field(default_factory=threading.Event)

    def __call__(self, paper: Paper, text: str) -> Sequence[Objection]:
        self.asked.append((paper, text))
        if paper is self.on and WORD in text:
            self.begun.set()
            if self.wait is not None:
                self.wait.wait(20)
            if self.gone:
                raise JudgeGone(self.gone)
            return self.objections
        return ()


@pytest.fixture
def judge(device: HuaweiDevice) -> Iterator[FakeJudge]:
    made = FakeJudge([Objection('Too many "x" instances.', LEAF)])
    device._bench._judge = made
    yield made
    if made.wait is not None:
        made.wait.set()


def described(text: str = WORD) -> str:
    return config(port(f"<description>{text}</description>"))


SAID = {
    "leafref": (
        'Invalid leafref value "NOPE" - no target instance "/a:b/c" with the same value.',
        ("data-missing", "instance-required", LEAF, ()),
    ),
    "must": ('Must condition "../a" not satisfied.', ("operation-failed", "must-violation", LEAF, ())),
    "when": ('When condition "../a" not satisfied.', ("operation-failed", "", "", ())),
    "mandatory": (
        'Mandatory node "as" instance does not exist.',
        ("data-missing", "missing-element", LEAF, ()),
    ),
    "choice": ('Mandatory choice "c" data do not exist.', ("data-missing", "missing-choice", LEAF, ())),
    "cases": ('Data for both cases "a" and "b" exist.', ("operation-failed", "", "", ())),
    "unique": ('Unique data leaf(s) "a b" not satisfied.', ("operation-failed", "data-not-unique", LEAF, ())),
    "too many": ('Too many "x" instances.', ("operation-failed", "too-many-elements", LEAF, ())),
    "too few": ('Too few "x" instances.', ("operation-failed", "too-few-elements", LEAF, ())),
    "unknown": (
        'Node "colour" not found as a child of "interface" node.',
        ("unknown-element", "", f"{LEAF}/colour", (("bad-element", "colour"),)),
    ),
    "unknown root": (
        'Node "bras" not found in the "huawei-bras" module.',
        ("unknown-element", "", LEAF, (("bad-element", "bras"),)),
    ),
    "key": ('List instance is missing its key "name".', ("missing-element", "", LEAF, (("bad-element", "name"),))),
    "range": (
        'Unsatisfied range - value "9" is out of the allowed range.',
        ("invalid-value", "", LEAF, (("bad-element", "mtu"),)),
    ),
    "enum": ('Invalid enumeration value "x".', ("invalid-value", "", LEAF, (("bad-element", "mtu"),))),
    "the vendor's own words": ("The delay is too long.", ("operation-failed", "", LEAF, ())),
}


@pytest.mark.parametrize("name", SAID)
def test_an_objection_becomes_the_error_of_the_reference_server(name: str) -> None:
    message, (tag, app_tag, path, info) = SAID[name]
    found = problem_of(Objection(message, LEAF))
    assert (found.tag, found.app_tag, found.path, found.info) == (tag, app_tag, path, info)
    assert found.message.startswith(message)
    assert path or LEAF in found.message  # who reads it learns the place, one way or the other


def test_an_objection_without_a_place_claims_none() -> None:
    found = problem_of(Objection("Unsatisfied\n length."))
    assert (found.tag, found.path, found.info, found.message) == ("invalid-value", "", (), "Unsatisfied length.")


def test_a_refused_edit_leaves_nothing_behind(connect: Any, judge: FakeJudge, device: HuaweiDevice) -> None:
    judge.on, judge.objections = Paper.EDIT, [Objection("Unsatisfied range.", LEAF)]
    session, before, version = connect(), device.running(), device.version
    for target in ("candidate", "running"):
        (error,) = refused(lambda target=target: session.edit_config(target=target, config=described()))
        assert (error.tag, error.path, error.type) == ("invalid-value", LEAF, "application")
        assert "<bad-element>mtu</bad-element>" in (error.info or "").replace("nc:", "")
    assert device.store.candidate is None
    assert (device.running(), device.version) == (before, version)


def test_what_is_wrong_with_the_whole_is_told_at_validation(
    connect: Any, judge: FakeJudge, device: HuaweiDevice
) -> None:
    leafref = Objection('Invalid leafref value "N" - no target instance "/a:b" with the same value.', LEAF)
    judge.objections = [leafref, Objection('Must condition "../a" not satisfied.', LEAF), leafref]
    session, before, version = connect(), device.running(), device.version
    session.edit_config(target="candidate", config=described())
    asked: tuple[Callable[[], Any], ...] = (
        lambda: session.validate("candidate"),
        session.commit,
        lambda: session.commit(confirmed=True, timeout="600"),
        lambda: session.edit_config(target="candidate", config=described(), test_option="test-only"),
        lambda: session.edit_config(target="running", config=described()),
        lambda: session.copy_config(source="candidate", target="running"),
    )
    for one in asked:
        assert [(error.tag, error.app_tag, error.path) for error in refused(one)] == [
            ("data-missing", "instance-required", LEAF),
            ("operation-failed", "must-violation", LEAF),
        ]
        assert (device.running(), device.version, device.store.pending) == (before, version, None)
    session.edit_config(target="candidate", config=described("better"))
    session.commit()
    assert "better" in device.running()


def test_he_is_shown_the_edit_and_the_whole(connect: Any, judge: FakeJudge, device: HuaweiDevice) -> None:
    """And not what has no value because it goes, since no type allows nothing."""
    session = connect()
    session.edit_config(target="running", config=config(port("<mtu>9000</mtu>")))
    judge.asked.clear()
    leaf = '<mtu nc:operation="delete"/><description>short</description>'
    session.edit_config(target="candidate", config=config(port(leaf)))
    ((paper, text),) = judge.asked
    assert paper is Paper.EDIT
    assert "<description" in text
    assert not [word for word in ("mtu", "LoopBack0") if word in text]
    session.validate("candidate")
    session.commit()
    ((paper, text),) = judge.asked[1:]  # once for both
    assert paper is Paper.DATASTORE
    assert text == device.running()
    assert "LoopBack0" in text


def test_the_same_is_told_once(connect: Any, judge: FakeJudge) -> None:
    """The router's own eyes and the judge see the same broken reference; each tells what the other does not."""
    where = LEAF.replace("mtu", "vrf-name")
    words = 'Invalid leafref value "NOBODY" - no target instance "/x" with the same value.'
    judge.objections = [Objection(words, where), Objection('Too many "x" instances.', LEAF)]
    session = connect()
    session.edit_config(
        target="candidate", config=config(port(f"<description>{WORD}</description><vrf-name>NOBODY</vrf-name>"))
    )
    found = [(error.tag, error.app_tag) for error in refused(lambda: session.validate("candidate"))]
    assert sorted(found) == [("data-missing", "instance-required"), ("operation-failed", "too-many-elements")]


def test_without_a_judge_nobody_is_asked() -> None:
    assert Bench().objections(Paper.DATASTORE, lambda: pytest.fail("the text is not even written")) == ()


# ---- a judge that fails


def test_a_judge_that_dies_is_an_error_that_says_so(connect: Any, judge: FakeJudge, device: HuaweiDevice) -> None:
    judge.gone = "libyang was ended by SIGSEGV"
    session, before = connect(), device.running()
    session.edit_config(target="candidate", config=described())
    for one in (lambda: session.validate("candidate"), session.commit):
        (error,) = refused(one)
        assert error.tag == "operation-failed"
        assert error.message == "libyang was ended by SIGSEGV: nothing is known about this datastore, so it is refused."
    assert device.running() == before
    judge.gone, judge.objections = "", []
    session.commit()  # he is asked again: what he did not survive is not remembered as wrong
    assert WORD in device.running()


def test_a_bug_of_the_judge_is_told_and_not_a_lost_session(
    connect: Any, judge: FakeJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FakeJudge, "__call__", lambda *_: 1 // 0)
    session = connect()
    with pytest.raises(RPCError, match="ZeroDivisionError"):
        session.edit_config(target="candidate", config=described())
    assert session.connected


# ---- time goes on while he thinks


def test_a_refusal_does_not_touch_what_waits_for_its_confirmation(
    connect: Any, judge: FakeJudge, device: HuaweiDevice
) -> None:
    session, before = connect(), device.running()
    session.edit_config(target="candidate", config=described("first"))
    began = time.monotonic()
    session.commit(confirmed=True, timeout="2")
    session.edit_config(target="candidate", config=described())
    assert refused(session.commit)
    assert "first" in device.running()
    assert WORD not in device.running()
    until(lambda: device.running() == before)
    assert 1.5 < time.monotonic() - began < 4


def test_what_runs_already_is_confirmed_without_asking(connect: Any, judge: FakeJudge, device: HuaweiDevice) -> None:
    session = connect()
    session.edit_config(target="candidate", config=described("first"))
    session.commit(confirmed=True, timeout="600")
    judge.asked.clear()
    session.commit()
    assert judge.asked == []
    assert device.store.pending is None
    assert "first" in device.running()


def test_timers_and_others_do_not_wait_for_him(connect: Any, judge: FakeJudge, device: HuaweiDevice) -> None:
    one, other = connect(), connect()
    judge.objections, before = [], device.running()
    one.edit_config(target="candidate", config=described("first"))
    one.commit(confirmed=True, timeout="1", persist="p")
    one.edit_config(target="candidate", config=described())
    judge.wait = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(lambda: one.commit(persist_id="p"))
        assert judge.begun.wait(5)
        assert other.get_config("running").data_xml  # served meanwhile
        until(lambda: device.running() == before)  # and the timer expired: the confirmation comes too late
        judge.wait.set()
        with pytest.raises(RPCError) as caught:
            answer.result(10)
    assert caught.value.tag == "invalid-value"
    assert device.running() == before


def test_a_change_of_running_while_he_thinks_is_looked_at_anew(
    connect: Any, judge: FakeJudge, device: HuaweiDevice
) -> None:
    """Between the question and the answer somebody else changed the candidate: his word is about another one."""
    one, other = connect(), connect()
    judge.wait = threading.Event()
    one.edit_config(target="candidate", config=described())
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(one.commit)
        assert judge.begun.wait(5)
        other.edit_config(target="candidate", config=described("other"))
        judge.wait.set()
        answer.result(10)
    assert "other" in device.running()
    assert [WORD in text for paper, text in judge.asked if paper is Paper.DATASTORE] == [True, False]


@pytest.mark.parametrize("how", ["killed", "switched off"])
def test_who_is_gone_meanwhile_commits_nothing(
    connect: Any, run: Any, judge: FakeJudge, device: HuaweiDevice, how: str
) -> None:
    one, other = connect(), connect()
    judge.objections, before = [], device.running()
    judge.wait = threading.Event()
    one.edit_config(target="candidate", config=described())
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(one.commit)
        assert judge.begun.wait(5)
        if how == "killed":
            other.kill_session(one.session_id)
        else:
            run(device.stop())
        judge.wait.set()
        with pytest.raises((SessionCloseError, TransportError, TimeoutExpiredError)):
            answer.result(15)
    time.sleep(0.2)
    assert device.running() == before


def until(done: Callable[[], bool]) -> None:
    """Wait until it is so, 5 s at most."""
    deadline = time.monotonic() + 5
    while not done():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
