"""`validate --yang`: what the network's files lead to, held against the vendor's own modules; no device is asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from netwright.app.conforming import conform
from netwright.app.planning import plan_of
from netwright.app.site import network_of, offline_view
from netwright.wish import Wish
from netwright.yang.model import Judged


def judge_files(wish: Wish, modules: Path, yanglint: str) -> Judged:
    """Judge the edits from baseline and record to what the intents ask for, and every datastore afterwards."""
    network = network_of(wish)
    made = plan_of(network, replace(wish, offline=True, allow_unverified=True), offline_view(network))
    return conform(network, made, modules, yanglint)
