"""A small network of all three platforms in a folder of its own, emulated in a thread: what the system tests work on.

r0 (Huawei), r1 (ZTE), r2 (FRR) and r3 (Huawei) in a ring; r0 and r3 reflect routes. `system_support` holds the rest.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from system_support import PLATFORMS, Boot, Controller, Lab, booted, impatient

from netwright.app import starting
from netwright.diagnostics import Diagnostics
from netwright.topology.generate import generate


@pytest.fixture(scope="session")
def small_network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that every test copies; nothing runs in it."""
    folder = tmp_path_factory.mktemp("small") / "net"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(starting, "draw", lambda *_: generate(4, 1, PLATFORMS))
        starting.start_network(folder, None, PLATFORMS, Diagnostics())
    shutil.rmtree(folder / "intents")
    (folder / "intents").mkdir()
    return folder


@pytest.fixture
def boot(small_network: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Boot]:
    """Boot a copy of the small network, with faults; everything is stopped at the end."""
    impatient(monkeypatch)
    with ExitStack() as stack:
        yield lambda *faults, name="net": stack.enter_context(booted(small_network, tmp_path / name, faults))


@pytest.fixture
def lab(boot: Boot) -> Lab:
    """A healthy network."""
    return boot()


@pytest.fixture(scope="session")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """Runs verbs in processes of their own; what the last one printed lies in `controller.out`."""
    made = Controller(tmp_path_factory.mktemp("controller") / "out.txt")
    yield made
    made.close()
