"""State that was lost: nobody renumbers a running network, and the devices give ledger and record back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from system_support import POOL, Lab

from netwright import app
from netwright.alloc.ledger import Ledger
from netwright.alloc.store import parse
from netwright.app.drifting import _compiler
from netwright.app.site import now, site
from netwright.drift.adopt import Adoption
from netwright.drift.numbers import recover
from netwright.errors import Refused

LONG = "hospital-imaging-and-archive"


def numbers(lab: Lab, *without: str) -> dict[str, int]:
    return {claim: number for claim, number in parse(lab.ledger).numbers.items() if claim not in without}


def lose(lab: Lab, *files: str) -> None:
    for file in files:
        (lab.root / "state" / file).unlink()


def refusals(lab: Lab) -> set[str]:
    with pytest.raises(Refused) as refused:
        lab.plan()
    return {finding.code for finding in refused.value.diagnostics}


def adopt(lab: Lab) -> Adoption:
    return app.adopt(lab.wish)


@pytest.fixture
def grown(lab: Lab) -> Lab:
    """A network whose numbers depend on its past: given out again in name order they would all be others."""
    lab.applied("zh", "rdma")
    lab.applied("zh", "rdma", "line")
    lab.want(*POOL)
    long = lab.root / "intents" / "hf.yaml"
    long.write_text(POOL["hf"].text.replace("name: hf", f"name: {LONG}"), encoding="utf-8")
    assert lab.apply().outcome.exit_code == 0
    return lab


@pytest.mark.parametrize(
    ("lost", "code"),
    [(("ledger.yaml",), "ledger-lost"), (("ledger.yaml", "applied.json"), "state-behind")],
    ids=["ledger", "both"],
)
def test_what_was_lost_comes_back_from_the_devices(grown: Lab, lost: tuple[str, ...], code: str) -> None:
    before, ran = parse(grown.ledger), grown.running()
    lose(grown, *lost)
    assert refusals(grown) == {code}
    made = adopt(grown)
    assert numbers(grown, *made.chosen) == {c: n for c, n in before.numbers.items() if c not in made.chosen}
    assert parse(grown.ledger).numbers.keys() == before.numbers.keys()
    assert not made.read.disputed
    assert not parse(grown.ledger).provisional
    assert all(claim.endswith("/vrf/table") for claim in made.chosen), made.chosen  # which only Linux writes
    assert not any("/r2/" in claim for claim in made.chosen)
    assert not grown.plan().changes
    assert grown.differing(ran) == []
    grown.applied()
    assert grown.differing(grown.baseline) == []


def test_what_devices_disagree_on_is_reported_and_left_out(lab: Lab) -> None:
    lab.applied("hz", "hf")
    held = numbers(lab)
    lose(lab, "ledger.yaml")
    with site(lab.wish) as here:
        seen = {name: view.tree for name, view in here.look(lambda _: None).items()}
    target = "TenantSlice/hf/*/vrf/rt"
    text = f"65000:{held[target]}"
    r2 = {path: value.replace(text, "65000:7777") for path, value in seen["r2"].items() if "rt vpn" in value}
    read = recover(
        _compiler(lab.network, now()), Ledger(), {**seen, "r2": {**seen["r2"], **r2}}, datetime(2026, 12, 1, tzinfo=UTC)
    )
    assert read.disputed == {target: ("r2 says 65000:7777", f"r3 says {text}")}
    assert read.found.items() <= held.items()
    assert "TenantSlice/hz/*/vrf/rt" in read.found


def test_what_was_never_applied_is_not_lost(lab: Lab) -> None:
    lab.applied("hz", "zh")
    lab.want("hz", "zh", "hf", "line")
    assert lab.plan().changes
    ledger = lab.root / "state" / "ledger.yaml"
    text = lab.ledger
    for claim in ("TenantSlice/hz/*/vrf/rt", "TenantSlice/hz/r0/vrf/rd", "Fabric/small/r2/router/id"):
        ledger.write_text("".join(line for line in text.splitlines(True) if claim not in line), encoding="utf-8")
        assert refusals(lab) == {"ledger-lost"}
        assert adopt(lab).read.found.keys() == {claim}
        assert numbers(lab) == parse(text).numbers
