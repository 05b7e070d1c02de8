"""Routers that report every default as if it had been set (RFC 6243, report-all): there and back, no difference."""

from __future__ import annotations

import pytest
from system_support import Boot

from netwright import app
from netwright.apply.model import silent
from netwright.verify.model import State


@pytest.mark.slow
def test_a_network_is_built_changed_and_taken_away_on_routers_that_report_all_defaults(boot: Boot) -> None:
    lab = boot("r0:report-all", "r3:report-all")
    before = lab.trees()
    lab.applied("rdma", "det", "hz")
    assert not lab.plan().changes
    verdicts = app.verify(lab.wish, [], silent).findings.verdicts
    assert {one.state for one in verdicts} <= {State.SUCCESS, State.SKIPPED}
    lab.applied("rdma", "det", "hz", changed=("rdma", "det"))
    assert not lab.plan().changes
    lab.applied()
    assert lab.trees() == before
