"""Apply, apply again, remove: what the main promise of the tool comes to on three platforms."""

from __future__ import annotations

from system_support import Lab


def test_cycle(lab: Lab) -> None:
    lab.applied("hz", "hf", "zh", "line", "rdma")
    assert not lab.plan().changes
    assert lab.differing(lab.baseline) == ["r0", "r1", "r2", "r3"]
    lab.applied()
    assert lab.differing(lab.baseline) == []
    assert not lab.plan().changes
