"""The transaction against real NETCONF servers: a plan of one device, applied, refused, lied to, and cut."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
from conformance_support import CANDIDATE, CONFIRMED, MODULES, PREFIX, TOKEN, VALIDATE, Server, case, cut

from netwright.alloc.ledger import Ledger
from netwright.apply.journal import open_journal
from netwright.apply.model import DeviceState, Outcome
from netwright.apply.transaction import Transaction
from netwright.drivers.base import Endpoint
from netwright.drivers.fleet import Fleet
from netwright.drivers.huawei import HuaweiDriver
from netwright.plan.model import DeviceChange, Plan, Risk, Stage, StageKind, Trees
from netwright.plan.model import Transaction as Step
from netwright.plan.record import Applied
from netwright.platforms.base import read_tree
from netwright.platforms.huawei.pack import HUAWEI
from netwright.tree import Leaf, Origin, Tree, between, fingerprint
from netwright.tree import Path as Place
from netwright.verify.model import Findings

NI = "huawei-network-instance:network-instance", "instances"
PORT = "huawei-ifm:ifm", "interfaces", "interface[name='LoopBack1070']"
OWNER = "ElasticLine/conformance"


def vrf(name: str) -> dict[Place, str]:
    full = PREFIX + name
    return {(*NI, f"instance[name='{full}']", "name"): full}


DANGLING: dict[Place, str] = {
    (*PORT, "name"): "LoopBack1070",
    (*PORT, "class"): "main-interface",
    (*PORT, "type"): "LoopBack",
    (*PORT, "vrf-name"): PREFIX + "nobody",
}


class Rig:
    """One apply of a plan that adds some leaves to a server."""

    def __init__(self, server: Server, adds: Tree, folder: Path, *, kept: bool = True) -> None:
        self.server, self.kept = server, kept
        with server.session() as driver:
            self.before = read_tree(HUAWEI, driver.get_config("running")["running"])
        delta = between(self.before, self.before | dict(adds))
        step = Step(delta, HUAWEI)
        end = Endpoint(server.host, server.port, server.username, server.password, 20)
        self.fleet = Fleet({"r1": end}, {"r1": "huawei"}, {"hostkey_verify": False})
        self.transaction = Transaction(
            plan=_plan(step, delta.after(), adds, self.before),
            apply_id=TOKEN,
            fleet=self.fleet,
            platforms={"r1": HUAWEI},
            journal=open_journal(folder, TOKEN),
            now=lambda: datetime.now(UTC),
            verify=self.verify,
            confirm_timeout_s=60,
            where=lambda address, field: f"intents/{address.rpartition('/')[2]}.yaml:7" if field else "",
        )

    def verify(self) -> Findings:
        if not self.kept:
            raise KeyboardInterrupt
        return Findings("now")

    def run(self) -> Outcome:
        try:
            return self.transaction.run()
        finally:
            self.transaction.journal.close()
            self.fleet.close()

    @property
    def runs(self) -> Tree:
        with self.server.session() as driver:
            return read_tree(HUAWEI, driver.get_config("running")["running"])


def _plan(step: Step, after: Tree, adds: Tree, before: Tree) -> Plan:
    because = (("rate", "spec.bandwidth.base"),)
    wanted = {
        path: Leaf(value, (Origin(OWNER, "vrf", "huawei/vrf.xml.j2", number, because),))
        for number, (path, value) in enumerate(adds.items(), 1)
    }
    change = DeviceChange.whole(
        Trees((step,), before, after, wanted, record={}), device="r1", platform="huawei", intents=(OWNER,),
        bystanders=(), risk=Risk.LOW, switch="device", fingerprint=fingerprint(before),
    )  # fmt: skip
    kinds = [one for one in StageKind if one is not StageKind.TAKE_IN]
    return Plan(
        digest="0" * 64, at="now", online=True, applicable=True, intents=(), devices={"r1": change},
        stages=tuple(Stage(kind, ("r1",), 1 if kind in _NUMBERED else 0) for kind in kinds),
        provisional={}, unverified=(), provenance={}, checks=(), contracts={}, ledger=Ledger(), claims=frozenset(),
        applied=Applied(),
    )  # fmt: skip


_NUMBERED = frozenset({StageKind.STAGE, StageKind.VALIDATE, StageKind.COMMIT})
NEEDS = (CANDIDATE, CONFIRMED, VALIDATE, *MODULES)


@case("a transaction is applied, read back and confirmed", *NEEDS)
def test_applied(server: Server, tmp_path: Path) -> None:
    rig = Rig(server, vrf("a") | vrf("b"), tmp_path)
    outcome = rig.run()
    assert (outcome.exit_code, outcome.devices["r1"].state) == (0, DeviceState.CHANGED)
    assert rig.runs == rig.before | vrf("a") | vrf("b")


@case("an invalid edit is refused, told at the intent's field, and nothing of it runs", *NEEDS)
def test_refused_at_the_intent(server: Server, tmp_path: Path) -> None:
    rig = Rig(server, vrf("a") | DANGLING, tmp_path)
    outcome = rig.run()
    result = outcome.devices["r1"]
    assert (outcome.exit_code, result.state) == (4, DeviceState.REFUSED)
    assert "vrf-name" in result.line
    assert result.origin == f"huawei/vrf.xml.j2:5, {OWNER}, spec.bandwidth.base (intents/conformance.yaml:7)"
    assert rig.runs == rig.before


@case("a transaction that is interrupted after its commit goes back, compared", *NEEDS)
def test_interrupted(server: Server, tmp_path: Path) -> None:
    rig = Rig(server, vrf("a"), tmp_path, kept=False)
    outcome = rig.run()
    assert (outcome.exit_code, outcome.devices["r1"].state) == (130, DeviceState.ROLLED_BACK)
    assert rig.runs == rig.before


@case("the session is cut between commit and confirm: a new one takes it back, compared", *NEEDS)
def test_cut_in_the_middle(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = HuaweiDriver.commit_config

    def and_cut(driver: HuaweiDriver, message: str = "", revert_in: int | None = None) -> None:
        whole(driver, message, revert_in)
        monkeypatch.setattr(HuaweiDriver, "commit_config", whole)
        cut(driver)

    monkeypatch.setattr(HuaweiDriver, "commit_config", and_cut)
    rig = Rig(server, vrf("a"), tmp_path)
    outcome = rig.run()
    assert (outcome.exit_code, outcome.devices["r1"].state) == (4, DeviceState.ROLLED_BACK)
    assert rig.runs == rig.before


@case("a commit that claims ok and commits nothing is noticed", *NEEDS)
def test_commit_that_lies(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HuaweiDriver, "commit_config", lambda driver, message="", revert_in=None: None)
    rig = Rig(server, vrf("a"), tmp_path)
    outcome = rig.run()
    assert outcome.exit_code == 4
    assert "does not run it" in outcome.sentence
    assert rig.runs == rig.before


@case("whatever the server really did when told to go back, the verdict says what it runs", *NEEDS)
def test_verdict(server: Server, tmp_path: Path) -> None:
    rig = Rig(server, vrf("a"), tmp_path, kept=False)
    state = rig.run().devices["r1"].state
    restored = state in (DeviceState.ROLLED_BACK, DeviceState.REFUSED)
    assert restored == (rig.runs == rig.before)
    assert restored or state is DeviceState.WRONG


PARTLY = "a rollback that claims ok and restores only a part is noticed, and the rest repaired"


@case(f"{PARTLY} (the lie is ours: half is put back behind the driver)", *NEEDS)
def test_partial_rollback(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = HuaweiDriver.rollback

    def half(driver: HuaweiDriver) -> None:
        whole(driver)
        driver.load_merge_candidate(config=server.content.things("b"))
        driver._commit()

    monkeypatch.setattr(HuaweiDriver, "rollback", half)
    rig = Rig(server, vrf("a") | vrf("b"), tmp_path, kept=False)
    outcome = rig.run()
    assert outcome.devices["r1"].state is DeviceState.ROLLED_BACK
    assert "claimed to have rolled back and had not" in outcome.devices["r1"].message
    assert rig.runs == rig.before


@case(f"{PARTLY} (the server lies)", *NEEDS, "can=lie")
def test_partial_rollback_of_the_server(server: Server, tmp_path: Path) -> None:
    with server.can.get("lie", nullcontext)() as liar:
        interface = {path: value for path, value in DANGLING.items() if path[-1] != "vrf-name"}
        rig = Rig(liar, vrf("a") | interface, tmp_path, kept=False)
        outcome = rig.run()
        assert "claimed to have rolled back and had not" in outcome.devices["r1"].message
        assert rig.runs == rig.before
