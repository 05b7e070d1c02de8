"""A device that is gone for good: left out with its links, its numbers blocked until a person frees them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from system_support import Lab

from netwright import app
from netwright.address import device_of
from netwright.alloc.store import parse
from netwright.errors import DeviceUnreachable, Refused

GONE = "r2"


def test_a_device_is_abandoned(lab: Lab) -> None:
    lab.applied("hf", "zh", "hz")
    before = parse(lab.ledger)
    lab.emulated.do(lab.emulated.devices[GONE].stop())
    lab.want("zh", "hz")
    with pytest.raises(DeviceUnreachable):
        lab.plan()

    wish = replace(lab.wish, abandon=(GONE,))
    made = lab.plan(wish)
    assert GONE not in made.devices
    assert app.apply(wish, made, 120).outcome.exit_code == 0

    after = parse(lab.ledger)
    its_own = {claim for claim in before.numbers if device_of(claim) == GONE}
    blocked = {r.claim for book in after.books.values() for r in book.resting.values() if r.until is None}
    resting = {r.claim for book in after.books.values() for r in book.resting.values() if r.until is not None}
    assert its_own
    assert blocked == its_own
    assert "TenantSlice/hf/*/vrf/rt" in resting
    assert not its_own & after.numbers.keys()
    assert GONE not in lab.network.applied.devices
    assert not any(GONE in text for text in (path.read_text() for path in (lab.root / "state" / "applied").iterdir()))

    assert not lab.plan(wish).changes  # and again: nothing more to do
    assert not any("hf" in line for name, text in lab.running().items() if name != GONE for line in text.split())


def test_a_device_that_an_intent_still_names_is_not_abandoned(lab: Lab) -> None:
    lab.applied("hf", "zh")
    with pytest.raises(Refused) as refused:
        lab.plan(replace(lab.wish, abandon=(GONE,)))
    assert {finding.code for finding in refused.value.diagnostics} == {"unknown-node"}


def test_an_abandoned_device_s_numbers_are_not_given_out_again(lab: Lab) -> None:
    lab.applied("hf", "zh")
    wish = replace(lab.wish, abandon=(GONE,))
    lab.want("zh")
    assert lab.apply(wish).outcome.exit_code == 0
    freed = {n for name, book in parse(lab.ledger).books.items() if name == "rd" for n in book.resting}
    lab.want("zh", "hz")
    assert lab.apply(wish).outcome.exit_code == 0
    held = {one.number for one in parse(lab.ledger).books["rd"].held.values()}
    assert freed
    assert not freed & held
