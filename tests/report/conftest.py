"""A small network with two intents: one kept, one broken, with every state among its verdicts."""

import pytest

from netwright.platforms.base import Grade
from netwright.promise.contract import Bound, Contract, Figure
from netwright.report.model import Carrier, Evidence, IntentEvidence, Measured, Way
from netwright.services.checks import AtMost, Check, Rung
from netwright.topology.model import ComputePool, Link, Node, Site, Topology
from netwright.verify.model import Configured, State, Verdict

G = 10**9
RDMA, LINE, NIGHT = "LosslessRdmaPath/hosp-train-1", "ElasticLine/branch-7", "TenantSlice/night"
TOO_LATE = f"delay_us is 5400, expected {AtMost(5000)}"
HTML_IN_A_MESSAGE = "<b>no & such</b>"


def link(a: str, z: str, km: float, srlg: str) -> Link:
    return Link(f"{a}-{z}", a, f"to-{z}", z, f"to-{a}", 400 * G, km, frozenset({srlg}))


@pytest.fixture
def topology() -> Topology:
    nodes = (
        Node("core1", "huawei", "west", "interconnect", "core"),
        Node("core2", "huawei", "east", "interconnect", "core"),
        Node("core3", "huawei", "south", "interconnect", "core"),
        Node("gw1", "huawei", "pop1", "pop", "computing-gateway"),
        Node("gw2", "huawei", "pop2", "pop", "computing-gateway"),
        Node("leaf1", "frr", "pod", "pod", "leaf"),
        Node("spine1", "frr", "pod", "pod", "spine"),
    )
    links = (
        link("gw1", "core1", 34, "duct-1"),
        link("core1", "core2", 46, "bridge"),
        link("core2", "gw2", 38, "duct-2"),
        link("gw1", "core3", 52, "duct-3"),
        link("core3", "gw2", 60, "duct-4"),
        link("spine1", "core3", 12, "duct-5"),
        link("leaf1", "spine1", 0.2, "hall"),
    )
    sites = (
        Site("west", 31.68, 112.73),
        Site("east", 31.69, 113.08),
        Site("south", 31.5, 112.9),
        Site("pop1", 31.61, 112.46, "POP West"),
        Site("pop2", 31.59, 113.39, "POP East"),
        Site("pod", 31.43, 113.03),
    )
    return Topology(
        nodes={node.name: node for node in nodes},
        links={one.name: one for one in links},
        sites={site.name: site for site in sites},
        pools={"aidc-1": ComputePool("aidc-1", ("gw1",), gpus=8192)},
    )


def verdict(intent: str, device: str, what: str, state: State, rung: Rung = Rung.CONTROL_PLANE, **said: str) -> Verdict:
    check = Check(f"{intent}/{device}/{what}", intent, device, rung, what, "sr-policies", {"name": what}, {})
    return Verdict(check, state, said.get("observed", ""), said.get("message", ""), at="2026-11-21T10:21:07Z")


GBN = "C (1-p)/(1-p+pW)"
CONTRACT = Contract(
    RDMA,
    (
        Figure("goodput", 96.5 * G, "bit/s", 95 * G, GBN, (("C", 100 * G), ("p", 1e-5)), "Go-Back-N", Bound.AT_LEAST),
        Figure("one-way delay", 0.61, "ms", 1.5, "5 us/km L + hops", (("L", 118),), "RFC 7679", Bound.AT_MOST),
        Figure("loss", 1e-5, "ratio", 1e-5, "measured", (), "RFC 7680", Bound.AT_MOST),
        Figure("headroom buffer", 14_750_000, "byte", None, "C RTT", (("C", 100 * G), ("RTT us", 1180)), "802.1Qbb"),
    ),
)


@pytest.fixture
def evidence(topology: Topology) -> Evidence:
    kept = IntentEvidence(
        address=RDMA,
        tenant="hospital-a",
        source="intents/rdma/hosp-train-1.yaml:1",
        asked="100 G without loss between gw1 and gw2",
        grade=Grade.HARD,
        contract=CONTRACT,
        measured={
            "one-way delay": Measured("one-way delay", 0.594, State.SUCCESS, "iFIT", 1200, "2026-11-21T10:21:05Z"),
            "loss": Measured("loss", 0.0, State.SUCCESS, "iFIT", 1_200_000, "2026-11-21T10:21:05Z"),
        },
        verdicts=(
            verdict(
                RDMA,
                "gw1",
                "runs what was planned",
                State.SUCCESS,
                Rung.RUNNING,
                observed="312 leaves",
            ),
            verdict(RDMA, "gw1", "SR policy is up on its working path", State.SUCCESS, observed="preference 200"),
            verdict(RDMA, "gw2", "SR policy is up on its working path", State.SUCCESS, observed="preference 200"),
            verdict(RDMA, "core1", "queue depth", State.SKIPPED, message="the platform has no public way to say"),
        ),
        ways=(
            Way("working", ("gw1", "core1", "core2", "gw2"), ("gw1-core1", "core1-core2", "core2-gw2")),
            Way("protection", ("gw1", "core3", "gw2"), ("gw1-core3", "core3-gw2")),
        ),
        carriers=(Carrier("gw1", "huawei", '<policy xmlns="urn:x">\n  <colour>117</colour>\n</policy>\n'),),
    )
    broken = IntentEvidence(
        address=LINE,
        tenant="shop",
        asked="1 G between leaf1 and gw1",
        grade=Grade.EMULATED,
        verdicts=(
            verdict(
                LINE, "leaf1", "delay", State.FAILURE, Rung.MEASUREMENT, observed="delay_us 5400", message=TOO_LATE
            ),
            verdict(LINE, "gw1", "route of the branch is learnt", State.ERROR, message=HTML_IN_A_MESSAGE),
            verdict(LINE, "gw1", "rate of the attachment", State.UNSET),
            verdict(LINE, "leaf1", "no route of another tenant", State.SUCCESS, Rung.NEGATIVE, observed="nothing"),
        ),
    )
    asleep = IntentEvidence(
        address=NIGHT,
        tenant="banks",
        asked="4 G between leaf1 and gw1",
        ways=(Way("working", ("leaf1", "spine1"), ("leaf1-spine1",)),),
        waits="not active until 2026-12-05T01:00+08:00: its schedule",
    )
    return Evidence(
        network="metro",
        at="2026-11-21T10:21:07Z",
        topology=topology,
        intents=(kept, broken, asleep),
        configured=(Configured("gw1"), Configured("leaf1")),
        apply_id="2026-11-21T10-20-58-9f3c2a",
        plan="9f3c2a" + "0" * 58,
        commit="4be1c07",
        asked_by="Ada Example",
        seconds=8.4,
    )
