"""The servers under test, and the matrix of cases and servers that is printed at the end."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import conformance_matrix
import pytest
from conformance_support import HERE, OWN_MODULE, Server, external

from brought import folder_of_modules
from netwright.emulator.network import EmulatedNetwork
from netwright.topology.model import Node, Topology

ROOT = HERE.parents[1]
IDLE_S = 5.0  # of the emulated router: longer than any case is silent
NAMES = ("emulator", "netconfd", "external")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "case(sentence, needs): a case of the conformance matrix")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "server" not in metafunc.fixturenames:
        return
    names = NAMES if os.environ.get("NETWRIGHT_CONFORMANCE") else NAMES[:-1]
    quick = metafunc.module.__name__ == "test_transaction"  # the others wait for timers: a stage of their own
    metafunc.parametrize("server", [pytest.param(name, marks=marks(name, quick)) for name in names], indirect=True)


def marks(name: str, quick: bool) -> tuple[pytest.MarkDecorator, ...]:
    return () if name == "emulator" and quick else (pytest.mark.conformance,)


# ---- servers --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Any]]:
    """Servers by name, started when they are first asked for; a text instead of one says why there is none."""
    with ExitStack() as running:
        yield {"running": running}


def found(servers: dict[str, Any], name: str) -> Server | str:
    if name not in servers:
        start = {"emulator": emulator, "netconfd": netconfd, "external": brought}[name]
        servers[name] = servers["running"].enter_context(start())
        if isinstance(servers[name], Server):
            servers[name].greet()
    started: Server | str = servers[name]
    return started


@contextmanager
def emulator() -> Iterator[Server]:
    with EmulatedNetwork(Topology({"r1": Node("r1", "huawei", "s")}, {}), {"r1": BASELINE}) as network:
        end = network.endpoints["r1"]
        network.devices["r1"].idle_s = IDLE_S  # type: ignore[attr-defined]
        server = Server("emulator", end.hostname, end.port, end.username, end.password, idle_s=IDLE_S)
        server.can = {"restart": lambda: network.restart("r1")}
        server.can |= {"lie": partial(faulty, "partial-rollback"), "report all": partial(faulty, "report-all")}
        yield server


@contextmanager
def faulty(fault: str) -> Iterator[Server]:
    """A router with a fault: its rollback restores only a part and answers ok, or it reports all defaults."""
    faults = [f"r1:{fault}"]
    with EmulatedNetwork(Topology({"r1": Node("r1", "huawei", "s")}, {}), {"r1": BASELINE}, faults=faults) as network:
        end = network.endpoints["r1"]
        yield Server(fault, end.hostname, end.port, end.username, end.password)


@contextmanager
def netconfd() -> Iterator[Server | str]:
    tool = tool_netconfd()
    folder = Path(tempfile.mkdtemp(prefix="nwc-"))
    shutil.copy(HERE / f"{OWN_MODULE}.yang", folder)
    vendor = folder_of_modules()
    path, modules = (f"{vendor}:{folder}", tool.MODULES) if vendor else (str(folder), ())
    try:
        with tool.running(folder / "run", path, (*modules, OWN_MODULE)) as server:
            yield Server(
                "netconfd", "127.0.0.1", server.port, tool.USER, tool.PASSWORD, cannot=CANNOT, deviations=NETCONFD
            )
    except tool.NotHere as why:
        if os.environ.get("CI") and not os.environ.get("NETWRIGHT_NO_JUDGES"):
            pytest.fail(f"netconfd cannot be had here: {why}")
        yield f"netconfd cannot be had here: {why}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def tool_netconfd() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tool_netconfd", ROOT / "tools" / "netconfd.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def brought() -> Iterator[Server]:
    """The server that the user named; cases take turns, also those of other processes."""
    with (Path(tempfile.gettempdir()) / f"nwc-external-{os.getuid()}.lock").open("w") as turn:
        server = external(os.environ["NETWRIGHT_CONFORMANCE"])
        server.can["turn"] = lambda mine: fcntl.flock(turn, fcntl.LOCK_EX if mine else fcntl.LOCK_UN)
        yield server


BASELINE = """
<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>
  <interface><name>100GE0/1/0</name><class>main-interface</class><type>100GE</type></interface>
</interfaces></ifm>
<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>
  <instance><name>_public_</name></instance>
</instances></network-instance>
"""

CANNOT = {
    "idle": "yuma123 2.13 does not close idle sessions (--idle-timeout=10: alive after 80 s)",
}
_NO_COMMIT = "yuma123 2.13: a commit after a validate answers ok and commits nothing (the transaction notices)"
NETCONFD = {
    **dict.fromkeys(("test_cycle", "test_applied", "test_interrupted", "test_partial_rollback"), _NO_COMMIT),
    "test_rollback": "yuma123 2.13: while its own session holds the lock on running, cancel-commit answers ok and "
    'restores nothing (its log: "restore running config failed (config locked)")',
}
"""What Debian's netconfd does instead, by case: each is tried all the same, and must still fail."""


@pytest.fixture
def server(request: pytest.FixtureRequest, servers: dict[str, Any]) -> Iterator[Server]:
    """A server that can be asked what the case needs; afterwards it must run what it ran before."""
    there = found(servers, request.param)
    _, needs = request.node.get_closest_marker("case").args
    if isinstance(there, str):
        pytest.skip(there)
    turn = there.can.get("turn", lambda _: None)
    turn(True)
    try:
        if lacking := there.lacks(needs):
            pytest.skip(lacking)
        if instead := there.deviations.get(request.node.originalname):
            request.applymarker(pytest.mark.xfail(reason=instead, strict=True))
        there.clean()
        before = there.running()
        yield there
        there.clean()
        assert there.running() == before, "the case left something behind"
    finally:
        turn(False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    marker = item.get_closest_marker("case")
    if marker is not None and isinstance(item, pytest.Function):
        report.user_properties.append(("case", (item.originalname, marker.args[0], item.callspec.params["server"])))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    matrix = conformance_matrix.of_reports(terminalreporter.stats)
    if matrix.cells:
        terminalreporter.section("conformance")
        terminalreporter.write(matrix.plain())
    if os.environ.get("NETWRIGHT_CONFORMANCE_PAGE") == "write" and matrix.cells:
        conformance_matrix.write_page(ROOT / "docs" / "conformance.md", matrix)
