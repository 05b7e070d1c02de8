"""Facts to verdicts: each of the five states where it belongs, and never a success for what was not seen."""

from __future__ import annotations

import pytest

from netwright.lab import judging
from netwright.lab.expected import check
from netwright.lab.facts import Echoes, Flow, Received, Sent, Session
from netwright.services.checks import Check, Rung
from netwright.verify.model import State, Verdict

CHECK: Check = check("TenantSlice/a", "pe1", "thing", "a thing", Rung.MEASUREMENT)
DELAYS = {"0": 900.0, "50": 1000.0, "90": 1100.0, "95": 1200.0, "99": 1500.0, "99.9": 2000.0, "100": 5000.0}


def echoes(answers: int, error: str = "") -> Echoes:
    return Echoes("10.1.2.3", 1500, 3, (1200.0, 900.0, 950.0)[:answers], error)


def received(packets: int, missing: int = 0, **more: object) -> Received:
    plain = {"marked": 0, "duplicates": 0, "reordered": 0, "overflow": 0, "seconds": 10.0, "longest_gap_us": 2000.0}
    delay = {"delay_us": DELAYS if packets else {}}
    return Received(packets=packets, octets=packets * 1500, missing=missing, highest=packets + missing - 1,
                    **{**plain, **delay, **more})  # type: ignore[arg-type]  # fmt: skip


def flow(sent: int, lost: int = 0, **more: object) -> Flow:
    """A stream of packets of 1500 B for ten seconds: 1000 packets are 1.2 Mbit/s."""
    return Flow(Sent(sent, 10.0, 0, 0, 1500), received(sent - lost, lost, **more))


def state(verdict: Verdict) -> State:
    assert verdict.observed, "a verdict says its sample"
    assert verdict.state is State.SUCCESS or verdict.message, "what is no success has a reason"
    return verdict.state


@pytest.mark.parametrize(("answers", "expected"), [(3, "success"), (1, "success"), (0, "failure")])
def test_a_member_answers(answers: int, expected: str) -> None:
    assert state(judging.reaches(CHECK, echoes(answers))) == expected
    assert state(judging.carries(CHECK, echoes(answers))) == expected


@pytest.mark.parametrize(
    ("answers", "heard", "expected"),
    [(0, True, "success"), (1, True, "failure"), (0, False, "skipped"), (2, False, "failure")],
)
def test_silence_proves_something_only_about_a_host_that_is_heard(answers: int, heard: bool, expected: str) -> None:
    assert state(judging.is_apart(CHECK, echoes(answers), heard_elsewhere=heard)) == expected


def test_why_its_own_kernel_would_not_send_is_said() -> None:
    assert "EMSGSIZE" in judging.carries(CHECK, echoes(0, "EMSGSIZE")).message


@pytest.mark.parametrize(
    ("own", "flood", "expected"),
    [
        (flow(1000), flow(1500, 500), "success"),
        (flow(1000, 9), flow(1500, 500), "success"),
        (flow(1000, 11), flow(1500, 500), "failure"),
        (flow(900), flow(1500), "error"),  # not the rate that it should have sent
        (flow(1000), flow(1200), "error"),  # no flood
        (flow(1000, 200, overflow=200), flow(1500), "error"),  # lost by the receiver, not by the network
    ],
)
def test_a_share_beside_a_flood(own: Flow, flood: Flow, expected: str) -> None:
    assert state(judging.keeps_its_share(CHECK, own, 1_200_000, flood, 1_800_000, 0.99)) == expected


@pytest.mark.parametrize(("lost", "expected"), [(0, "success"), (50, "success"), (51, "failure"), (1000, "failure")])
def test_goodput_and_its_control(lost: int, expected: str) -> None:
    seen = flow(1000, lost)
    assert state(judging.goodput(CHECK, seen, 1_200_000, 0.95)) == expected


def test_a_control_that_keeps_up_shows_that_there_was_no_congestion() -> None:
    assert state(judging.collapses(CHECK, flow(1000), 1_200_000, 0.95)) is State.FAILURE
    assert state(judging.collapses(CHECK, flow(1000, 300), 1_200_000, 0.95)) is State.SUCCESS
    assert state(judging.collapses(CHECK, flow(500), 1_200_000, 0.95)) is State.ERROR


@pytest.mark.parametrize(("lost", "mean"), [(0, 2.996), (1, 4.744), (2, 6.296), (10, 16.962)])
def test_the_bound_of_a_rare_event(lost: int, mean: float) -> None:
    """The exact upper limits of a Poisson mean, one-sided, 95 % (Gehrels 1986, table 1)."""
    assert judging.most_likely_at_most(lost) == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize(("ratio", "packets"), [(1e-3, 2996), (1e-5, 299_574), (1.0, 3)])
def test_the_sample_that_a_ratio_takes(ratio: float, packets: int) -> None:
    assert judging.sample_for(ratio) == packets


@pytest.mark.parametrize(
    ("sent", "lost", "promised", "expected"),
    [
        (300_000, 0, 1e-5, "success"),
        (299_000, 0, 1e-5, "skipped"),  # the rule of three: not enough seen
        (1_000_000, 3, 1e-5, "success"),
        (100_000, 3, 1e-5, "skipped"),  # a network that keeps it shows this in one of twelve
        (100_000, 4, 1e-5, "failure"),  # and this in one of fifty
        (265, 1, 1e-3, "skipped"),  # neither more than it nor less
        (265, 3, 1e-3, "failure"),
        (1000, 1, 0.0, "failure"),
        (1000, 0, 0.0, "skipped"),
        (0, 0, 1e-5, "error"),
    ],
)
def test_loss_is_judged_only_by_a_sample_that_can_show_it(sent: int, lost: int, promised: float, expected: str) -> None:
    assert state(judging.loses_at_most(CHECK, flow(sent, lost), promised)) == expected


def test_packets_behind_the_last_one_seen_are_lost_too() -> None:
    seen = Flow(Sent(1000, 10.0, 0, 0, 1500), received(900))
    assert seen.lost == 100
    assert "0 in gaps of the sequence, 100 behind its end" in judging.loses_at_most(CHECK, seen, 0.5).observed


@pytest.mark.parametrize(("arrived", "marked", "expected"), [(900, 3, "success"), (900, 0, "failure"), (0, 0, "error")])
def test_marks_where_the_queue_was_filled(arrived: int, marked: int, expected: str) -> None:
    seen = Flow(Sent(1000, 10.0, 0, 0, 1500), received(arrived, marked=marked))
    assert state(judging.marks(CHECK, seen)) == expected


def test_delay_above_the_idle_floor() -> None:
    idle = received(1000)
    slow = received(1000, delay_us={name: value + 3000 for name, value in DELAYS.items()})
    assert state(judging.delays(CHECK, idle, idle, 0.0)) is State.SUCCESS
    assert "under emulation" in judging.delays(CHECK, idle, slow, 600.0).observed
    assert state(judging.delays(CHECK, idle, slow, 3000.0)) is State.SUCCESS
    assert state(judging.delays(CHECK, idle, slow, 2999.0)) is State.FAILURE
    assert state(judging.delays(CHECK, idle, slow, 400.0)) is State.SKIPPED  # idle, it is 500 us late itself
    assert state(judging.delays(CHECK, received(0), slow, 400.0)) is State.ERROR


@pytest.mark.parametrize(("packets", "percentile"), [(500, "99"), (499, "95"), (100, "95"), (84, "90"), (49, "50")])
def test_a_percentile_has_packets_above_it(packets: int, percentile: str) -> None:
    assert judging.percentile_of(packets) == percentile


@pytest.mark.parametrize(
    ("counted", "packets", "expected"),
    [
        ({"a": 1003, "b": 1001, "c": 12}, 1000, "success"),
        ({"a": 1003, "b": 12, "c": 1001}, 1000, "failure"),
        ({"a": 1003, "b": 1001, "c": 999}, 1000, "failure"),
        ({"a": 1003, "b": 500, "c": 500}, 1000, "failure"),  # spread over two
        ({"a": 0, "b": 0, "c": 0}, 0, "error"),
    ],
)
def test_the_way_taken(counted: dict[str, int], packets: int, expected: str) -> None:
    assert state(judging.takes(CHECK, counted, ("a", "b"), packets)) == expected


@pytest.mark.parametrize(
    ("protected", "silence_s", "behind", "expected"),
    [
        (True, 0.5, 0, "success"),
        (True, 1.5, 0, "failure"),
        (True, 0.5, 500, "failure"),
        (False, 0.5, 0, "skipped"),
        (False, 9.0, 500, "skipped"),
    ],
)
def test_a_cut(protected: bool, silence_s: float, behind: int, expected: str) -> None:
    seen = Flow(Sent(1000, 10.0, 0, 0, 1500), received(1000 - behind, longest_gap_us=silence_s * 1e6))
    verdict = judging.survives_cut(CHECK, seen, protected=protected, within_s=1.0)
    assert state(verdict) == expected
    assert ("did not come back" in verdict.message) == (not protected and behind > 0)


@pytest.mark.parametrize(
    ("octets", "expected"), [(12_500, "success"), (12_200, "success"), (12_000, "failure"), (13_000, "failure")]
)
def test_a_session_at_a_sold_rate(octets: int, expected: str) -> None:
    """12,500 B in a tenth of a second are 1 Mbit/s."""
    session = Session(0, "closed", tuple((tenth, octets) for tenth in range(1000, 1200)))
    assert state(judging.sells(CHECK, session, (105.0, 115.0), 1e6, 0.03)) == expected


def test_a_session_that_had_ended_has_no_rate() -> None:
    session = Session(0, "ECONNRESET", tuple((tenth, 12_500) for tenth in range(1000, 1010)))
    assert state(judging.sells(CHECK, session, (105.0, 115.0), 1e6, 0.03)) is State.ERROR
    assert state(judging.is_unbroken(CHECK, session)) is State.FAILURE
    assert state(judging.is_unbroken(CHECK, Session(1, "closed", ()))) is State.SUCCESS


def test_a_silence_within_a_session_counts() -> None:
    half = tuple((tenth, 12_500) for tenth in range(1050, 1100))
    assert state(judging.sells(CHECK, Session(0, "closed", half), (105.0, 115.0), 1e6, 0.03)) is State.FAILURE


def test_how_long_a_change_took() -> None:
    for seconds, emulated, expected in ((59.0, False, "success"), (61.0, False, "failure"), (61.0, True, "skipped")):
        assert state(judging.is_within(CHECK, seconds, 60.0, "the change", emulated=emulated)) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("a", "b", "a"), ("a", "a", "b"), "success"),  # in another order
        (("a", "b"), ("a", "b", "b"), "failure"),
        (("a", "b"), ("a",), "failure"),
        (("a",), ("a", "fd00:1:1:fe00:: encap seg6local action End.DT46"), "failure"),
        (("x encap seg6 mode encap",), ("x encap seg6 mode encap",), "failure"),
        (("net.ipv6.conf.all.seg6_enabled = 1",), ("net.ipv6.conf.all.seg6_enabled = 1",), "success"),
        ((), (), "error"),
    ],
)
def test_nothing_is_left(before: tuple[str, ...], after: tuple[str, ...], expected: str) -> None:
    assert state(judging.leftovers(CHECK, before, after)) == expected
