"""Compile and plan, stage by stage: what it costs a device and a line, how it grows, and beside known tools.

    python benchmarks/plan.py --nodes 100 1000      sizes of the generated network (ten services a router)
    python benchmarks/plan.py --nodes 100 --again   and after an apply: planning again, one intent changed

Each size runs in a process of its own. Times are CPU seconds of that process (children included for the whole plan,
wall beside it); memory is the largest resident set up to the end of the stage. Read ratios, not figures: the yardsticks
run in the same process. `hier_config` is used when it is there (`pip install --group bench`).
"""

from __future__ import annotations

import argparse
import gc
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, StrictUndefined
from network import write_network

from netwright.app.planning import Planner
from netwright.app.shelf import Shelf
from netwright.apply.settle import after_apply
from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents, read_intents
from netwright.plan.merge import merge
from netwright.plan.model import Plan
from netwright.platforms.base import change_parts
from netwright.platforms.registry import PLATFORMS
from netwright.render.engine import assemble, construct_name, word
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.numbers import assign
from netwright.services.references import References
from netwright.tree import between, fingerprint
from netwright.wish import Wish
from netwright.workspace import Network, open_network

T = TypeVar("T")
NOW = datetime(2026, 12, 1, tzinfo=UTC)


class Clock:
    """Rows of (stage, CPU seconds, megabytes so far)."""

    def __init__(self) -> None:
        self.rows: dict[str, float] = {}
        self.megabytes: dict[str, float] = {}

    def time(self, stage: str, work: Callable[[], T]) -> T:
        """Run one stage."""
        start = time.process_time()
        result = work()
        self.rows[stage] = time.process_time() - start
        self.megabytes[stage] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return result


# ---- one size -------------------------------------------------------------------------------------------------------


def measure(folder: Path) -> dict[str, object]:
    """All stages of one network, apart; then the yardsticks on what they made."""
    gc.disable()
    clock = Clock()
    intents = clock.time("load: intents (YAML, shape, rules)", lambda: read_intents([folder / "intents"], folder)[0])
    network = clock.time("load: everything once more, inventory too", lambda: open_network(folder))
    clock.time("load: baselines", lambda: network.baselines)
    clock.time("load: ledger and record", lambda: (network.ledger, network.applied))
    design = _compile(clock, intents, network)
    lines = _devices(clock, network, design)
    clock.time("checks (only apply and verify look)", lambda: len(design.checks))
    facts = {"devices": len(network.topology.nodes), "services": len(intents.services), "lines": lines}
    return {**facts, "stages": clock.rows, "megabytes": clock.megabytes, "yardsticks": yardsticks(network, design)}


def _compile(clock: Clock, intents: Intents, network: Network) -> Design:
    fabric = intents.fabric
    assert fabric is not None
    topology, ledger = network.topology, network.ledger
    clock.time("compile: names", lambda: References(intents, topology, PLATFORMS, Diagnostics()).check())
    clock.time("compile: numbers", lambda: assign(fabric, topology, PLATFORMS, intents.services, ledger, NOW))
    stage = "compile: all (names, numbers, paths, promises, constructs)"
    return clock.time(stage, lambda: compile_design(intents, topology, PLATFORMS, ledger, NOW))


def _devices(clock: Clock, network: Network, design: Design) -> int:
    """Render, merge, change: each stage over all devices before the next."""
    platforms, library, found = network.platforms, network.templates, Diagnostics()
    fragments = {name: design.fragments.get(name, ()) for name in platforms}
    clock.time("render: templates alone", lambda: _texts(network, design))
    worded = clock.time(
        "render: and read back", lambda: {n: word(fragments[n], platforms[n], library) for n in platforms}
    )
    wanted = clock.time(
        "render: owners and reasons",
        lambda: {n: assemble(fragments[n], worded[n], platforms[n], library, found).leaves for n in platforms},
    )
    running = {name: network.baselines.get(name, {}) for name in platforms}
    merged = clock.time(
        "merge (what is wanted, ours, running)",
        lambda: {n: merge(wanted[n], {}, running[n], running[n], lambda _: False) for n in platforms},
    )
    clock.time("transactions", lambda: [list(platforms[n].sequence(merged[n].delta)) for n in platforms])
    clock.time("change: text to send", lambda: [change_parts(platforms[n], merged[n].delta) for n in platforms])
    clock.time(
        "change: text to undo", lambda: [change_parts(platforms[n], merged[n].delta.reverse()) for n in platforms]
    )
    clock.time("fingerprints", lambda: [fingerprint(merged[n].delta.after()) for n in platforms])
    return sum(map(len, wanted.values()))


def _texts(network: Network, design: Design) -> int:
    """What the templates write, not read back; the number of lines."""
    lines = 0
    for name, platform in network.platforms.items():
        for fragment in design.fragments.get(name, ()):
            construct = fragment.construct
            context = {field: getattr(construct, field) for field in construct.__dataclass_fields__}
            kind = construct_name(type(construct))
            for wording in network.templates.wordings(platform.name, kind, platform.parts):
                lines += wording.say(context).count("\n")
    return lines


# ---- yardsticks -----------------------------------------------------------------------------------------------------

_PORT = """\
{% for port in ports %}
interface {{ port.name }}
 description {{ port.text }}
 ip address {{ port.address }}
 mtu 9216
{% endfor %}
"""


def yardsticks(network: Network, design: Design) -> dict[str, float | str]:
    """Microseconds a line of what others use, here and now."""
    name = next(n for n, platform in network.platforms.items() if platform.name == "huawei")
    platform = network.platforms[name]
    leaves = assemble(
        design.fragments[name],
        word(design.fragments[name], platform, network.templates),
        platform,
        network.templates,
        Diagnostics(),
    ).leaves
    tree = {path: leaf.value for path, leaf in leaves.items()}
    ports = [{"name": f"eth{n}", "text": f"port {n}", "address": f"10.0.{n}.1/24"} for n in range(12)]
    fresh = _each(lambda: Environment(undefined=StrictUndefined).from_string(_PORT).render(ports=ports), 50)
    kept = Environment(undefined=StrictUndefined).from_string(_PORT)
    again = _each(lambda: kept.render(ports=ports), 50)
    lines = kept.render(ports=ports).count("\n")
    return {
        "a new Jinja2 Environment a call": fresh / lines,
        "a compiled Jinja2 template": again / lines,
        "our keyed tree: two trees to a delta": _each(lambda: between({}, tree), 20) / len(tree),
        "our Huawei reading": _each(lambda: list(platform.parse(platform.text(tree, "xml"), "xml")), 3) / len(tree),
        "hier_config: parse two, remediate": _hier_config(),
    }


def _each(work: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times * 1e6


def _hier_config() -> float | str:
    try:
        hier = import_module("hier_config")
    except ImportError:
        return "not installed: pip install --group bench"
    blocks = [f"interface eth{n}\n description port {n}\n mtu 9216\n ip address 10.0.{n}.1/24\n" for n in range(500)]
    running, wanted = "".join(blocks), "".join(blocks).replace("mtu 9216", "mtu 9000")
    platform = hier.Platform.GENERIC

    def work() -> object:
        mine, theirs = (hier.get_hconfig(platform, text) for text in (running, wanted))
        return hier.WorkflowRemediation(mine, theirs).remediation_config

    return _each(work, 1) / wanted.count("\n")


# ---- the whole plan, and again --------------------------------------------------------------------------------------


def whole(folder: Path, again: bool) -> dict[str, object]:  # noqa: FBT001
    """A cold offline plan; with `again`, also after an apply: cold, then nothing changed, then one intent."""
    rows: dict[str, tuple[float, float]] = {}
    planner = Planner(Wish(folder, offline=True), Shelf.of(folder))
    made = _timed(rows, "cold plan", planner.plan)
    facts: dict[str, object] = {"rows": rows, "digest": made.digest, "megabytes": _peak()}
    if again:
        _remember(folder, made)
        del made
        _timed(rows, "cold plan after an apply", planner.plan)
        _timed(rows, "again in this process, nothing changed", planner.plan)
        _change_one(folder, "base: 20M", "base: 30M")
        _timed(rows, "one intent changed, in this process", planner.plan)
    return facts


def _timed(rows: dict[str, tuple[float, float]], name: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), _cpu()
    result = work()
    rows[name] = (time.perf_counter() - wall, _cpu() - cpu)
    return result


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _remember(folder: Path, made: Plan) -> None:
    """The state that an apply of this plan would leave."""
    ledger, applied = after_apply(made, "nw-bench", NOW, "")
    open_network(folder).save(ledger, applied)


def _change_one(folder: Path, was: str, now: str) -> None:
    path = next(p for p in sorted((folder / "intents").rglob("*.yaml")) if was in p.read_text(encoding="utf-8"))
    path.write_text(path.read_text(encoding="utf-8").replace(was, now), encoding="utf-8")


# ---- tables ---------------------------------------------------------------------------------------------------------


def table(results: Mapping[int, Mapping[str, object]]) -> Iterator[str]:
    """Stages by size in Markdown: seconds, milliseconds a device, microseconds a line, growth."""
    sizes = sorted(results)
    yield "| stage | " + " | ".join(f"{n} routers: s, ms/device, us/line" for n in sizes) + " | growth |"
    yield "|---|" + "---|" * (len(sizes) + 1)
    stages = {n: _mapping(results[n]["stages"]) for n in sizes}
    for stage in stages[sizes[0]]:
        cells = [_cell(float(str(stages[n][stage])), n, int(str(results[n]["lines"]))) for n in sizes]
        yield f"| {stage} | {' | '.join(cells)} | {_growth([(n, float(str(stages[n][stage]))) for n in sizes])} |"
    for n in sizes:
        peak = max(float(str(value)) for value in _mapping(results[n]["megabytes"]).values())
        size = f"{results[n]['services']} services, {results[n]['lines']} lines"
        yield f"\n{n} routers: {size}; all stages held at once: {peak:.0f} MB"


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, dict)
    return value


def _cell(seconds: float, devices: int, lines: int) -> str:
    return f"{seconds:.2f}, {seconds / devices * 1e3:.2f}, {seconds / lines * 1e6:.2f}"


def _growth(points: list[tuple[int, float]]) -> str:
    """Exponents between sizes: 1.0 is linear."""
    return ", ".join(f"{math.log(b / a) / math.log(m / n):.2f}" for (n, a), (m, b) in pairwise(points) if min(a, b) > 0)


# ---- command line ---------------------------------------------------------------------------------------------------


def child(*arguments: str) -> dict[str, object]:
    """Run this program for one size in a fresh process."""
    done = subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(found, dict)
    return found


def fresh_command(folder: Path) -> float:
    """Wall seconds of `netwright plan --offline` as a user types it."""
    start = time.perf_counter()
    program = "from netwright.cli import main; main()"
    command = [sys.executable, "-c", program, "-C", str(folder), "plan", "--offline", "--quiet"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 2:
        raise SystemExit(f"netwright plan ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - start


def main() -> None:
    """Parse arguments, run each size in a process of its own, print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", type=int, nargs="+", default=[100], help="sizes of the generated network")
    parser.add_argument("--again", action="store_true", help="plan again after an apply, and after one change")
    parser.add_argument("--no-stages", action="store_true", help="only the whole plan")
    parser.add_argument("--stage-of", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--whole-of", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.stage_of:
        print(json.dumps(measure(asked.stage_of)))
    elif asked.whole_of:
        print(json.dumps(whole(asked.whole_of, asked.again)))
    else:
        run(asked)


def run(asked: argparse.Namespace) -> None:
    """All sizes."""
    results: dict[int, Mapping[str, object]] = {}
    for nodes in asked.nodes:
        with tempfile.TemporaryDirectory() as where:
            folder = Path(where) / "network"
            os.environ["NETWRIGHT_MEMORY"] = str(Path(where) / "memory")
            write_network(folder, nodes)
            if not asked.no_stages:
                results[nodes] = child("--stage-of", str(folder))
            report_whole(nodes, child("--whole-of", str(folder), *(["--again"] if asked.again else [])))
            if asked.again:
                _change_one(folder, "base: 20M", "base: 40M")
                print(f"{nodes} routers, one intent changed, a fresh command: {fresh_command(folder):.1f} s wall")
    if results:
        print("\n".join(table(results)))
        for name, value in _mapping(results[max(results)]["yardsticks"]).items():
            print(f"{name}: {value if isinstance(value, str) else f'{value:.2f} us a line'}")


def report_whole(nodes: int, facts: Mapping[str, object]) -> None:
    """Wall and CPU of whole plans."""
    for name, pair in _mapping(facts["rows"]).items():
        wall, cpu = pair  # type: ignore[misc]
        print(f"{nodes} routers, {name}: {wall:.1f} s wall, {cpu:.1f} s CPU, {facts['megabytes']:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
