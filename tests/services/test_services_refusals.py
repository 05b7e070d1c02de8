"""Every reason to refuse (and every warning) has its text: refusals/NAME holds the intents and what the user reads.

A case stands on the reference topology and beside the Fabric of the examples unless it brings its own; a `ledger.yaml`
is what numbers were given before, a `model.json` what another model of Huawei routers can do. To write the texts anew
after a change of wording: NETWRIGHT_GOLDEN=write pytest tests/services/test_services_refusals.py, then read the diff.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from services_networks import EMPTY, NOON, ROOT, reference_topology

from netwright.alloc import store
from netwright.alloc.codes import CODES as ALLOC
from netwright.cli.topics import diagnostic_codes
from netwright.diagnostics import Diagnostic
from netwright.errors import Refused
from netwright.intents.loader import load_intents
from netwright.platforms.base import Platform
from netwright.platforms.registry import MODELS, PLATFORMS
from netwright.services.codes import CODES
from netwright.services.compile import compile_design
from netwright.topology.load import load_topology

HERE = Path(__file__).parent
CASES = sorted(path for path in (HERE / "refusals").iterdir() if path.is_dir())
FABRIC = HERE.parent / "intents" / "good" / "fabric.yaml"
SOURCE = ROOT / "src" / "netwright"
WARNINGS = {"reaction-not-automatic"}
NO_INTENT_CAN = {
    "pool-unknown",  # the compiler names only pools that it makes itself
    "claim-twice",  # nor does it ask twice
    "claim-unknown",  # of `transfer`, which no intent asks for
    "ledger-broken",  # of the file, see tests/alloc
    "pool",
    "pools",
}


def models(case: Path) -> dict[str, Platform]:
    """Another model of Huawei's routers, where the case brings one."""
    file = case / "model.json"
    return {"huawei": MODELS["huawei"](file)} if file.exists() else {}


@cache
def findings(case: Path) -> tuple[Diagnostic, ...]:
    own = "kind: Fabric" in (case / "intents.yaml").read_text(encoding="utf-8")
    intents = load_intents([case / "intents.yaml", *(() if own else (FABRIC,))], case)
    topology, ledger = case / "topology.yaml", case / "ledger.yaml"
    network = load_topology(topology) if topology.exists() else reference_topology()
    try:
        book = store.load(ledger) if ledger.exists() else EMPTY
        return compile_design(intents, network, {**PLATFORMS, **models(case)}, book, NOON).warnings
    except Refused as refused:
        return refused.diagnostics


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_refusal_is_told_like_this(case: Path) -> None:
    text = "\n".join(map(str, findings(case))) + "\n"
    golden = case / "expected.txt"
    if os.environ.get("NETWRIGHT_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_case_shows_the_code_it_is_named_after_and_no_other(case: Path) -> None:
    named = max((code for code in CODES | ALLOC | EXTRA if case.name.startswith(code)), key=len)
    assert {finding.code for finding in findings(case)} == {named}


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_refusal_says_where_and_offers_a_way_out(case: Path) -> None:
    for finding in findings(case):
        assert finding.source is not None
        assert finding.source.file in {"intents.yaml", str(FABRIC)}
        assert finding.hint or finding.note
        assert str(finding.severity) == ("warning" if finding.code in WARNINGS else "error")


EXTRA = {"mtu-exceeds-links": "explained in the room of the intents, which says it too"}


def said() -> Iterator[str]:
    """Every code that this room can say: the argument of a call that makes a finding, wherever it stands."""
    place = {"error": 0, "warning": 0, "say": 1, "_error": 2}
    for module in (SOURCE / "services").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in place:
                code = node.args[place[node.func.attr]]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value
    yield from ("unknown-node", "unknown-port", "unknown-link", "unknown-srlg")  # put together in `References`


def test_every_code_has_a_case_and_an_explanation() -> None:
    codes = set(said())
    assert len(codes) > 20
    assert codes <= set(diagnostic_codes())
    shown = {finding.code for case in CASES for finding in findings(case)}
    assert codes | set(ALLOC) - NO_INTENT_CAN == shown


def test_nothing_is_explained_that_is_never_said() -> None:
    assert set(CODES) <= set(said())
