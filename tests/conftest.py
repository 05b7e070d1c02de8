"""What all tests share: how hypothesis behaves where two workers share a machine."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from netwright.plan.model import Plan
    from netwright.services.design import Design
    from netwright.workspace import Network

# No deadline: a busy machine is not a bug. In CI the same examples every time: a red run can be repeated.
settings.register_profile("netwright", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("netwright")

ROOT = Path(__file__).parents[1]
NOON = datetime.fromisoformat("2026-12-02T12:00:00+08:00")
"""A Wednesday on which every service of the reference network is active but the federation of Saturday nights."""


@pytest.fixture(scope="session")
def reference_network() -> Network:
    """The reference network as its folder says it is, nothing applied."""
    from netwright.workspace import open_network  # noqa: PLC0415 - most tests need none of this

    return open_network(ROOT)


@pytest.fixture(scope="session")
def reference_design(reference_network: Network) -> Design:
    """The reference network compiled."""
    from netwright.app.ground import design_of  # noqa: PLC0415

    return design_of(reference_network, NOON)


@pytest.fixture(scope="session")
def reference_plan(reference_network: Network, reference_design: Design) -> Plan:
    """The first plan of the reference network, as if each router ran its baseline."""
    from netwright.app.ground import ground_of  # noqa: PLC0415
    from netwright.app.site import offline_view  # noqa: PLC0415
    from netwright.plan.build import build_plan  # noqa: PLC0415
    from netwright.wish import Wish  # noqa: PLC0415

    wish = Wish(ROOT, NOON, offline=True)
    return build_plan(reference_design, ground_of(reference_network, wish, offline_view(reference_network)))
