"""Only what certainly had a number counts as lost."""

from __future__ import annotations

import pytest

from netwright.plan.lost import _is_lost

A, F = "TenantSlice/a", "Fabric/f"
OWNED = {A: {"r1", "r2"}, F: {"r1", "r2"}, "ElasticLine/e": {"r1"}}
WRITTEN = {f"{A}/r1/vrf/sid", f"{A}/r1/vrf/rd"}


@pytest.mark.parametrize(
    ("claim", "lost"),
    [
        (f"{A}/*/vrf/rt", True),
        (f"{A}/*/policy/colour", True),
        (f"{A}/*/slice/id", True),
        ("TenantSlice/new/*/vrf/rt", False),
        ("ElasticLine/e/*/slice/id", False),  # it may have ridden in another's
        (f"{F}/r1/loopback/address", True),
        (f"{F}/r1/locator/node_id", True),
        (f"{F}/r9/loopback/address", False),  # a new router
        (f"{F}/*/link:r1-r2/prefix", False),  # its addresses may have been pinned
        (f"{A}/r1/vrf/sid", True),
        (f"{A}/r2/vrf/sid", False),  # a new endpoint where it only passed through
        (f"{A}/r1/spec.sites[2]/vlan", False),
    ],
)
def test_what_is_lost(claim: str, lost: bool) -> None:
    assert _is_lost(claim, OWNED, WRITTEN, set()) is lost


def test_a_distinguisher_that_was_pinned_until_now_is_not_lost() -> None:
    assert _is_lost(f"{A}/r1/vrf/rd", OWNED, WRITTEN, set())
    assert not _is_lost(f"{A}/r1/vrf/rd", OWNED, WRITTEN, {f"{A}/*/vrf/rd"})
