"""What NETCONF costs: one cycle on one router, a fleet of routers, memory a session; ncclient's transport beside ours.

    python benchmarks/netconf.py [--cycles 30] [--routers 100] [--netconfd YANG_DIR]

The routers are emulated in a process of their own. Both transports run in one go, A/B/B/A, on the same routers. What
is measured is the client and the wire: a real router takes 0.5 to 10 s for a commit.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from ncclient.transport import SSHSession

from netwright.drivers import netconf_ssh
from netwright.drivers.base import Driver, Endpoint
from netwright.drivers.fleet import Fleet
from netwright.drivers.huawei import HuaweiDriver
from netwright.drivers.netconf import NC
from netwright.emulator.network import EmulatedNetwork
from netwright.topology.model import Node, Topology

OURS = netconf_ssh.PromptSession
TRANSPORTS = {"ncclient's own": SSHSession, "ours": OURS}
EDIT = (
    f'<config xmlns="{NC}" xmlns:nc="{NC}"><network-instance xmlns="urn:huawei:yang:huawei-network-instance">'
    "<instances><instance><name>bench-%d</name></instance></instances></network-instance></config>"
)


# ---- routers --------------------------------------------------------------------------------------------------------


def serve(count: int, pipe: Connection) -> None:
    """Emulated routers, until the pipe is closed."""
    nodes = {f"r{number}": Node(f"r{number}", "huawei", "s") for number in range(count)}
    with EmulatedNetwork(Topology(nodes, {}), {}) as network:
        pipe.send(network.endpoints)
        try:
            pipe.recv()
        except EOFError:
            return


@contextmanager
def emulated(count: int) -> Iterator[Mapping[str, Endpoint]]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(count, there))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join(20)


@contextmanager
def netconfd(yang: Path) -> Iterator[Endpoint]:
    file = Path(__file__).parents[1] / "tools" / "netconfd.py"
    spec = importlib.util.spec_from_file_location("tool_netconfd", file)
    assert spec
    assert spec.loader
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool
    spec.loader.exec_module(tool)
    with tempfile.TemporaryDirectory(prefix="nwb-") as folder, tool.running(Path(folder), str(yang)) as server:
        yield Endpoint("127.0.0.1", server.port, tool.USER, tool.PASSWORD)


# ---- what is measured -----------------------------------------------------------------------------------------------


def cycle(driver: Driver, number: int) -> None:
    """One change, as a transaction speaks: lock, edit, validate, confirmed commit, confirm, unlock."""
    driver.lock()
    driver.load_merge_candidate(config=EDIT % number)
    driver.validate()
    driver.commit_config("bench", revert_in=60)
    driver.confirm_commit()
    driver.unlock()


def opened(end: Endpoint) -> HuaweiDriver:
    options = {"port": end.port, "name": "bench", "hostkey_verify": False}
    driver = HuaweiDriver(end.hostname, end.username, end.password, 60, options)
    driver.open()
    return driver


def one_router(end: Endpoint, cycles: int) -> tuple[float, float]:
    """Seconds to connect, and the median of a cycle."""
    began = time.perf_counter()
    driver = opened(end)
    connected = time.perf_counter() - began
    times = []
    for number in range(cycles):
        began = time.perf_counter()
        cycle(driver, number)
        times.append(time.perf_counter() - began)
    driver.close()
    return connected, statistics.median(times)


def fleet(ends: Mapping[str, Endpoint], workers: int) -> tuple[float, float]:
    """Wall and CPU seconds of the client, for one cycle on every router: connect to close."""
    group = Fleet(ends, dict.fromkeys(ends, "huawei"), {"hostkey_verify": False}, workers)
    began, busy = time.perf_counter(), time.process_time()
    answers = group.run(ends, lambda driver: cycle(driver, 1))
    failed = {name: answer.error for name, answer in answers.items() if not answer.ok}
    group.close()
    took = time.perf_counter() - began, time.process_time() - busy
    if failed:
        raise SystemExit(f"{len(failed)} routers failed: {next(iter(failed.values()))}")
    return took


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


SESSIONS = 25
IDLE_S = 4


def memory(ends: Mapping[str, Endpoint]) -> tuple[float, float]:
    """As `_memory`, in a process of its own: what one measurement frees, the next one would find."""
    here, there = multiprocessing.Pipe()
    ours = netconf_ssh.PromptSession is OURS
    process = multiprocessing.get_context("spawn").Process(target=_report, args=(there, dict(ends), ours))
    process.start()
    found: tuple[float, float] = here.recv()
    process.join()
    return found


def _report(pipe: Connection, ends: Mapping[str, Endpoint], ours: bool) -> None:  # noqa: FBT001 - crosses processes
    if not ours:
        netconf_ssh.PromptSession = SSHSession
    pipe.send(_memory(ends))


def _memory(ends: Mapping[str, Endpoint]) -> tuple[float, float]:
    """Bytes a session, and processor seconds that all of them need while nobody speaks."""
    first = opened(next(iter(ends.values())))  # what is loaded once
    gc.collect()
    before = resident()
    drivers = [opened(end) for end in list(ends.values())[:SESSIONS]]
    gc.collect()
    each = (resident() - before) / len(drivers)
    busy = time.process_time()
    time.sleep(IDLE_S)
    idle = time.process_time() - busy
    for driver in (first, *drivers):
        driver.close()
    return each, idle


def in_turns(measure: Callable[[], tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Both transports, A/B/B/A: the means."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in TRANSPORTS}
    first, second = TRANSPORTS
    for name in (first, second, second, first):
        netconf_ssh.PromptSession = TRANSPORTS[name]
        found[name].append(measure())
    netconf_ssh.PromptSession = OURS
    return {name: (statistics.mean(a for a, _ in pairs), statistics.mean(b for _, b in pairs))
            for name, pairs in found.items()}  # fmt: skip


def show(title: str, columns: tuple[str, str], rows: dict[str, tuple[float, float]], unit: str = "s") -> None:
    print(f"\n| {title} | {columns[0]} | {columns[1]} |\n|---|---|---|")
    for name, (one, two) in rows.items():
        print(f"| {name} | {one:.3f} {unit} | {two:.3f} s |")
    (a, b), (c, d) = rows.values()
    print(f"| ratio | {a / c:.1f} | {b / max(d, 0.001):.1f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cycles", type=int, default=30)
    parser.add_argument("--routers", type=int, default=100)
    parser.add_argument("--workers", type=int, default=50)
    parser.add_argument("--only-memory", action="store_true")
    parser.add_argument("--netconfd", type=Path, metavar="YANG_DIR", help="also Debian's netconfd, with these modules")
    asked = parser.parse_args()
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with emulated(SESSIONS) as ends:
        rows = {name: (each / 1e6, idle) for name, (each, idle) in in_turns(lambda: memory(ends)).items()}
        show(f"{SESSIONS} open sessions", ("memory each", f"CPU of {IDLE_S} idle seconds"), rows, "MB")
    if asked.only_memory:
        return
    with emulated(1) as ends:
        show("emulated router", ("connect", "cycle"), in_turns(lambda: one_router(ends["r0"], asked.cycles)))
    if asked.netconfd:
        with netconfd(asked.netconfd) as end:
            show("netconfd", ("connect", "cycle"), in_turns(lambda: one_router(end, asked.cycles)))
    with emulated(asked.routers) as ends:
        title = f"{asked.routers} emulated routers, {asked.workers} workers, connect to close"
        show(title, ("wall", "CPU of the client"), in_turns(lambda: fleet(ends, asked.workers)))
    print(f"load of the machine: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
