"""The network that each test of this room starts in a folder of its own."""

from pathlib import Path

import pytest
from networks_support import Netwright


@pytest.fixture
def netwright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Netwright:
    """`netwright -C NETWORK` for a folder that does not exist yet; the journal is in it, wherever CI keeps others."""
    monkeypatch.delenv("NETWRIGHT_JOURNAL", raising=False)
    return Netwright(tmp_path / "network", capsys)
