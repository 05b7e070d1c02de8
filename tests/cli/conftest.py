"""A plan with everything a plan can say: added, changed, removed, unverified, drifted, in two transactions."""

import pytest

from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic, Severity
from netwright.plan.model import (
    Action,
    DeviceChange,
    Flexe,
    IntentChange,
    Plan,
    Risk,
    Stage,
    StageKind,
    Transaction,
    Trees,
    Unverified,
)
from netwright.plan.record import Applied
from netwright.plan.said import FieldChange
from netwright.platforms.base import Grade
from netwright.platforms.frr import FrrPlatform
from netwright.promise.contract import Bound, Contract, Figure
from netwright.tree import Delta, between

LINE, RDMA, SLICE, QUIET, NIGHT = (
    "ElasticLine/branch-7",
    "LosslessRdmaPath/hosp-train-1",
    "TenantSlice/lab-demo",
    "Fabric/metro",
    "TenantSlice/night",
)
DIGEST = "9f3c2a41" + "0" * 56


class Writer(FrrPlatform):
    """Writes one text for every change."""

    parts = ("cfg",)

    def __init__(self, said: str) -> None:
        self.said = said

    def change(self, delta: Delta, part: str) -> str:
        return f"no {self.said}" if delta.remove else self.said


def change(device: str, sent: tuple[str, ...], **facts: object) -> DeviceChange:
    delta = between({}, {("vrf a",): "vrf a"})
    transactions = tuple(Transaction(delta, Writer(text)) for text in sent)
    known: dict[str, object] = {"intents": (LINE,), "bystanders": (), "risk": Risk.LOW, "switch": "timer"}
    return DeviceChange.whole(
        Trees(transactions, before={}, after={}, wanted={}, record={}),
        device=device,
        platform="frr",
        **(known | facts),  # type: ignore[arg-type]
    )


@pytest.fixture
def plan() -> Plan:
    intents = (
        IntentChange(
            LINE,
            Action.CHANGE,
            "1 G -> 10 G from now, in place, no traffic loss expected",
            ("gw1", "leaf1"),
            Grade.EMULATED,
            {"gw1": Grade.HARD, "core1": Grade.HARD, "core2": Grade.HARD, "leaf1": Grade.EMULATED},
            ("allowed by its minimum_grade",),
            flexe=Flexe(1, 2, 1, 3),
            fields=(
                FieldChange("spec.bandwidth.base", "1G", "10G"),
                FieldChange("spec.elasticity[0]", "", "bandwidth 10G"),
            ),
        ),
        IntentChange(QUIET, Action.KEEP, "", ("gw1", "leaf1", "leaf2")),
        IntentChange(
            NIGHT, Action.KEEP, "not active until 2026-12-05T01:00+08:00: its schedule", (), Grade.HARD, idle=True
        ),
        IntentChange(
            RDMA,
            Action.ADD,
            "100 G, 118 km, 4 links; goodput >= 96.5 G",
            ("gw1",),
            Grade.HARD,
            {"gw1": Grade.HARD},
            flexe=Flexe(4, 4),
        ),
        IntentChange(
            SLICE, Action.REMOVE, "withdrawn; VRF kept (TenantSlice/hospital-a uses it)", ("leaf1",), Grade.SOFT
        ),
    )
    devices = (
        change(
            "gw1",
            ("vrf a\n", "vrf b\n"),
            intents=(LINE, RDMA),
            adds=41,
            replaces=2,
            removes=3,
            risk=Risk.HIGH,
            risk_because="2 transactions, one after the other",
        ),
        change(
            "leaf1",
            ("vrf c | d\n",),
            adds=12,
            risk=Risk.MEDIUM,
            risk_because="replaces 2 lines",
            management="shares port 1 with it: confirmed commit needed",
            bystanders=(QUIET,),
            drifted=(("vrf c",),),
            take_in=True,
        ),
        change("leaf2", ()),
    )
    return Plan(
        digest=DIGEST,
        at="2026-11-21T10:20:58Z",
        online=True,
        applicable=True,
        intents=intents,
        devices={one.device: one for one in devices},
        stages=(Stage(StageKind.LOCK, ("gw1", "leaf1")), Stage(StageKind.COMMIT, ("gw1",), 2)),
        provisional={"ElasticLine/branch-7/gw1/vrf/rd": "65000:1001"},
        unverified=(
            Unverified("zte", "vrf", "templates/zte/vrf.cfg.j2", 1, ("leaf1",), ""),
            Unverified("zte", "isis", "templates/zte/isis.cfg.j2", 7, ("leaf1", "leaf2"), "inventory/groups.yaml"),
        ),
        provenance={},
        checks=(),
        contracts={RDMA: Contract(RDMA, (Figure("delay", 0.61, "ms", 1.5, "f", (), "s", Bound.AT_MOST),))},
        ledger=Ledger({}),
        claims=frozenset(),
        applied=Applied(),
        warnings=(Diagnostic(Severity.WARNING, "state-old", LINE, "is old"),),
    )
