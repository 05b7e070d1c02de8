"""The evidence of the reference network as it is written: nothing that a service has is left out on the way."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from netwright.app.evidence import keep_findings
from netwright.app.ground import design_of
from netwright.app.reference import copy_reference
from netwright.verify.model import Findings
from netwright.workspace import open_network

NIGHT = "TenantSlice/federation"


@pytest.fixture(scope="module")
def intents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    network = open_network(copy_reference(tmp_path_factory.mktemp("evidence")))
    at = datetime.fromisoformat("2026-11-21T12:00:00+08:00")  # not a Saturday night of December
    page = keep_findings(network, design_of(network, at), Findings(at.isoformat()), ())
    document = json.loads(Path(page).with_name("evidence.json").read_text(encoding="utf-8"))
    return {one["address"]: one for one in document["intents"]}


def test_every_service_shows_what_it_is_promised(intents: dict[str, dict[str, object]]) -> None:
    assert len(intents) == 16
    assert [name for name, one in intents.items() if not one["contract"]] == []


def test_only_the_service_that_is_off_waits(intents: dict[str, dict[str, object]]) -> None:
    waiting = {name: one["waits"] for name, one in intents.items() if one["waits"]}
    assert waiting == {NIGHT: "not active until 2026-12-05T01:00+08:00: its schedule"}
