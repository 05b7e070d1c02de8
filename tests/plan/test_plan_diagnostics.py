"""What building a plan can complain of: golden/CODE.txt has the text of each, and each is explained.

To write the texts anew after a change of wording: NETWRIGHT_GOLDEN=write pytest tests/plan/test_plan_diagnostics.py,
then read the diff.
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from plan_networks import EMPTY, KINDS, A, B, done, plan

from netwright.cli.topics import diagnostic_codes
from netwright.diagnostics import Diagnostic
from netwright.errors import Refused
from netwright.plan import folder
from netwright.plan.codes import CODES
from netwright.plan.ground import Seen
from netwright.plan.model import Plan
from netwright.platforms.registry import PLATFORMS
from netwright.report.plan import plan_document

GOLDEN = Path(__file__).parent / "golden"
SOURCE = Path(__file__).parents[2] / "src" / "netwright" / "plan"
DESCRIPTION = ("interface eth3.20", "description")
THEIRS = {DESCRIPTION: "description theirs"}
Complain = Callable[[], object]


def applied(**change: object) -> dict[str, object]:
    """A network with two slices on it, and one line changed or added on f1 since."""
    first = plan(A, B)
    runs = {name: dict(device.after) for name, device in first.devices.items()}
    runs["f1"] |= change.pop("runs", {})  # type: ignore[call-overload]
    return {**done(first, runs=runs), **change}


def behind() -> Plan:
    state = applied()
    seen: Mapping[str, Seen] = state["seen"]  # type: ignore[assignment]
    return plan(A, B, **{**state, "seen": {**seen, "h1": Seen(seen["h1"].tree, "8")}})


def edited(tmp: Path) -> None:
    made = plan(A)
    packs = {name: PLATFORMS[kind] for name, kind in KINDS.items()}
    folder.write(made, packs, tmp, {})
    (tmp / "devices" / "z1" / "change-1.cfg").unlink()
    folder.check(made, packs, tmp)


FOREIGN_ROUTE = {("vrf ts-b", "ip route 192.0.2.0/24 blackhole"): "ip route 192.0.2.0/24 blackhole"}
FLEXE_PORT = ("huawei-flexe:flexe", "physical-ports", "physical-port[position='0/3/1']")
FLEXE = {(*FLEXE_PORT, "position"): "0/3/1", (*FLEXE_PORT, "mode-enable"): "true"}
ABORT = {"TenantSlice/a": {"default": "abort"}}
IGNORE = {"TenantSlice/a": {"default": "revert", "interface/*/description": "ignore"}}

SCENES: Mapping[str, Complain] = {
    "foreign-value": lambda: plan(A, B, seen={"f1": Seen(THEIRS)}),
    "foreign-inside": lambda: plan(A, **applied(runs=FOREIGN_ROUTE)),
    "drifted": lambda: plan(A, B, **applied(runs=THEIRS)),
    "drifted-and-left": lambda: plan(A, B, **applied(runs=THEIRS, policies=IGNORE)),
    "drift-aborts": lambda: plan(A, B, **applied(runs=THEIRS, policies=ABORT)),
    "state-behind": behind,
    "ledger-lost": lambda: plan(A, B, **applied(ledger=EMPTY)),
    "platform-rule": lambda: plan(A, seen={"h1": Seen(FLEXE)}),
    "unverified-lines": lambda: plan(A, allow_unverified=False),
}


def findings(scene: Complain) -> tuple[Diagnostic, ...]:
    try:
        made = scene()
    except Refused as refused:
        return refused.diagnostics
    assert isinstance(made, Plan)
    return made.warnings


def check(name: str, text: str) -> None:
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_complaint_reads_like_this(name: str) -> None:
    found = findings(SCENES[name])
    check(name, "\n".join(map(str, found)) + "\n")
    assert {one.code for one in found} == {max((code for code in CODES if name.startswith(code)), key=len)}
    assert all(one.hint for one in found)


def test_a_plan_that_was_not_reviewed_reads_like_this(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        edited(tmp_path)
    check("stale-plan", "\n".join(map(str, refused.value.diagnostics)).replace(str(tmp_path), "DIR") + "\n")


def test_drift_that_its_owner_tolerates_is_left_and_stays_ours() -> None:
    made = plan(A, B, **applied(runs=THEIRS, policies=IGNORE))
    assert made.devices["f1"].after[DESCRIPTION] == "description theirs"
    assert DESCRIPTION in made.devices["f1"].record
    gone = plan(B, **applied(runs=THEIRS, policies=IGNORE))
    assert DESCRIPTION not in gone.devices["f1"].after


@pytest.mark.parametrize("facts", [{"applicable": False}, {"applicable": False, "online": False}])
def test_a_plan_of_another_instant_can_only_be_read(facts: dict[str, bool], tmp_path: Path) -> None:
    """It is not called stale: nothing of it needs to have changed."""
    first = plan(A, B)
    document = json.dumps(plan_document(replace(first, **facts)))  # type: ignore[arg-type]
    packs = {name: PLATFORMS[device.platform] for name, device in first.devices.items()}
    folder.write(first, packs, tmp_path, {"plan.json": document})
    with pytest.raises(Refused) as refused:
        folder.check(first, packs, tmp_path)
    check("read-only-plan", "\n".join(map(str, refused.value.diagnostics)).replace(str(tmp_path), "DIR") + "\n")


def test_every_code_has_a_scene_and_an_explanation() -> None:
    said = {
        node.args[0].value
        for module in SOURCE.glob("*.py")
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"error", "warning"}
        and isinstance(node.args[0], ast.Constant)
    }
    assert said == {*CODES, "stale-plan", "read-only-plan"}
    assert said <= set(diagnostic_codes())
    assert set(CODES) == {max((code for code in CODES if name.startswith(code)), key=len) for name in SCENES}
