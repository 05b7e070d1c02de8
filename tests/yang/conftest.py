"""A libyang that says what a test wants it to say, and a folder of modules that are modules by name only."""

from __future__ import annotations

from pathlib import Path

import pytest
from yang_support import Fake, write_module

from netwright.platforms.huawei.keys import schema


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A fake yanglint that finds nothing wrong until it is told to."""
    folder = tmp_path / "fake"
    folder.mkdir()
    monkeypatch.setenv("FAKE_SAYS", str(folder / "says.json"))
    monkeypatch.setenv("FAKE_LOG", str(folder / "log"))
    made = Fake(folder)
    made.says()
    monkeypatch.setenv("NETWRIGHT_YANGLINT", made.command)
    return made


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Modules of every namespace that netwright's Huawei documents use."""
    folder = tmp_path / "modules"
    for name, module in schema().modules.items():
        write_module(folder, name, module.namespace)
    write_module(folder, "ietf-netconf", "urn:ietf:params:xml:ns:netconf:base:1.0")
    return folder
