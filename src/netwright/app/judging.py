"""libyang beside emulated routers: what they are sent and asked to commit is held against the modules of their model.

The emulator knows nothing of YANG files: a device is given a function that judges (`emulator.device.Judge`), and here
is where the functions come from. Routers of the same modules share one libyang, which they ask one after the other.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from netwright.app.conforming import namespaces_in
from netwright.app.modules import modules_below, modules_of, no_judge, wrong_modules
from netwright.diagnostics import Diagnostic, Severity
from netwright.emulator.device import Judge, JudgeGone, Objection, Paper
from netwright.errors import Refused
from netwright.platforms.registry import YANG
from netwright.topology.inventory import load_inventory
from netwright.topology.model import Topology
from netwright.yang.documents import Gap
from netwright.yang.judge import Judge as Libyang
from netwright.yang.judge import NoJudge, judge, program

PATIENCE_S = 15.0
"""After so many seconds a libyang that does not answer is given up: before the driver gives the router up (30 s)."""


@dataclass(slots=True)
class Bench:
    """One loaded libyang, asked by several routers from threads of theirs."""

    libyang: Libyang
    asked: Counter[Paper] = field(default_factory=Counter)
    refused: int = 0
    left_out: Counter[Gap] = field(default_factory=Counter)  # leaves that no module describes
    _one_at_a_time: threading.Lock = field(default_factory=threading.Lock)
    _over: str = ""  # why it judges no more

    def __call__(self, paper: Paper, text: str) -> Sequence[Objection]:
        """What libyang has against a document; JudgeGone when it did not survive looking at it."""
        with self._one_at_a_time:
            found = self._judged(paper, text)
        self.refused += bool(found)
        return found

    def _judged(self, paper: Paper, text: str) -> Sequence[Objection]:
        if self._over:
            raise JudgeGone(self._over)
        try:
            verdict = self.libyang.edit(text) if paper is Paper.EDIT else self.libyang.datastore(text)
        except NoJudge as none:
            self._over = f"{self.libyang.program} could not be started again ({none.message})"
            raise JudgeGone(self._over) from none
        self.asked[paper] += 1
        self.left_out.update(verdict.left_out)
        if verdict.gone:
            self.refused += 1
            raise JudgeGone(f"{self.libyang.program} {verdict.gone}")
        return [Objection(fault.message, fault.path) for fault in verdict.faults]


@dataclass(frozen=True, slots=True)
class Judging:
    """Who is judged, by what."""

    benches: Mapping[tuple[Path, ...], Bench] = field(default_factory=dict)  # by the folders of their modules
    judges: Mapping[str, Judge] = field(default_factory=dict)  # by device
    by: str = ""  # `libyang 6.4.13`; "" where nobody is judged

    @property
    def gaps(self) -> tuple[str, ...]:
        """What will not be checked although it was asked for: modules that libyang cannot load."""
        rows = (row for bench in self.benches.values() for row in sorted(bench.libyang.not_loaded.items()))
        return tuple(dict.fromkeys(f"{module}: {why}" for module, why in rows))

    @property
    def modules(self) -> int:
        """How many modules are loaded, at most, for one router."""
        return max((len(bench.libyang.loaded) for bench in self.benches.values()), default=0)

    def asked(self, paper: Paper) -> int:
        """How many documents of a kind were judged."""
        return sum(bench.asked[paper] for bench in self.benches.values())

    @property
    def refused(self) -> int:
        """How many documents were refused."""
        return sum(bench.refused for bench in self.benches.values())

    @property
    def unseen(self) -> int:
        """How many leaves of these documents no loaded module describes: nothing is known about them."""
        return sum(bench.left_out.total() for bench in self.benches.values())


@contextmanager
def judging(
    root: Path, topology: Topology, texts: Mapping[str, str], given: Path | None = None, command: str = ""
) -> Iterator[Judging]:
    """Judges for the routers whose vendor publishes modules, from `given` or where the inventory names modules.

    `texts` are the baselines. `Refused` when somebody is to be judged and there is nobody who could.
    """
    try:
        wanted = _wanted(root, topology, given)
        with ExitStack() as stack:
            yield _loaded(wanted, topology, texts, command, stack)
    except NoJudge as none:
        raise Refused([no_judge(none)]) from none


def _wanted(root: Path, topology: Topology, given: Path | None) -> dict[tuple[Path, ...], list[str]]:
    """The devices that are to be judged, by the folders of their modules; `Refused` where these are no modules."""
    found: dict[tuple[Path, ...], list[str]] = {}
    if not given and not (root / "inventory" / "hosts.yaml").is_file():
        return found
    inventory = load_inventory(root / "inventory", shown=os.path.relpath(root / "inventory"))
    if not given and (wrong := wrong_modules(root, topology, inventory)):
        raise Refused(wrong)
    hosts = inventory.hosts
    for name, node in sorted(topology.nodes.items()):
        if node.platform in YANG and name in hosts:
            folders = modules_below(given, hosts[name]) if given else modules_of(root, hosts[name])
            if folders:
                found.setdefault(folders, []).append(name)
    return found


def _loaded(
    wanted: Mapping[tuple[Path, ...], Sequence[str]],
    topology: Topology,
    texts: Mapping[str, str],
    command: str,
    stack: ExitStack,
) -> Judging:
    """Load every set of modules once."""
    if not wanted:
        return Judging()
    found = program(command)
    benches, judges = dict[tuple[Path, ...], Bench](), dict[str, Judge]()
    for folders, names in wanted.items():
        vendor = YANG[topology.nodes[names[0]].platform]
        namespaces = frozenset(space for name in names for space in namespaces_in(texts.get(name, "")))
        libyang = stack.enter_context(judge(found, folders, vendor, namespaces))
        libyang.document_timeout_s = PATIENCE_S
        if libyang.unheeded:
            raise Refused(_unheeded(libyang))
        benches[folders] = Bench(libyang)
        judges |= dict.fromkeys(names, benches[folders])
    return Judging(benches, judges, str(found))


def _unheeded(libyang: Libyang) -> list[Diagnostic]:
    """Deviations that are not heeded: a router judged without them would take what the real one refuses."""
    return [
        Diagnostic(
            Severity.ERROR,
            "yang-not-loaded",
            module,
            f"cannot be loaded: {libyang.not_loaded[module].rstrip('.')}; what this model lacks or narrows of "
            f"{', '.join(deviates)} could not be judged",
        )
        for module, deviates in libyang.unheeded.items()
    ]
