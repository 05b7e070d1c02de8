"""Every edit and every datastore of a plan, held against the vendor's own YANG modules.

What libyang finds is traced back: from its path to our leaf, from there to the intent, its field and the template line.
Documents are judged with their secrets, which stay in a temporary folder and are never shown.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from netwright.app.modules import modules_below, modules_of, no_judge
from netwright.apply.snapshot import SNAPSHOT
from netwright.diagnostics import Diagnostic, Severity, Source
from netwright.errors import Refused
from netwright.plan.model import DeviceChange, Plan
from netwright.plan.places import culprit, nearest
from netwright.platforms.base import Platform
from netwright.platforms.registry import YANG
from netwright.tree import Path as Place
from netwright.tree import Tree, show_path
from netwright.workspace import Network
from netwright.yang.documents import Gap
from netwright.yang.judge import TAKE_ALL, Judge, NoJudge, Program, Verdict, judge, program
from netwright.yang.messages import Fault
from netwright.yang.model import Judged, Unjudged
from netwright.yang.modules import Vendor


@dataclass(frozen=True, slots=True)
class Bench:
    """Devices that are judged by the same modules."""

    folders: tuple[Path, ...]
    vendor: Vendor
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Paper:
    """One document of one device. `tree` is what it leads to."""

    name: str  # as in the plan's folder: `change-1.xml`
    text: str
    tree: Tree
    is_edit: bool = False
    is_reverse: bool = False


def conform(network: Network, made: Plan, given: Path | None = None, command: str = "") -> Judged:
    """Judge what a plan sends and leads to, with the modules of `given` or those that the inventory names."""
    try:
        benches, without = _benches(network, given)
        if not benches:
            return Judged("", without=without)
        found = program(command)
    except NoJudge as none:
        return Judged("", findings=(no_judge(none),))
    parts, refused = list[Judged](), list[Diagnostic]()
    for bench in benches:
        try:
            parts.append(_Session(network, made, bench, found).judged())
        except NoJudge as none:
            host = None if given else network.inventory.hosts[bench.devices[0]]
            refused.append(no_judge(none, bench.folders, host))
    judged = replace(_together(parts), without=without) if parts else Judged("")
    return replace(judged, findings=(*judged.findings, *dict.fromkeys(refused)))


def conforming(network: Network, made: Plan) -> Plan:
    """The plan, with what the modules that the inventory names say about it; `Refused` when they do not allow it."""
    if not names_modules(network):
        return made
    judged = conform(network, made)
    if judged.errors:
        raise Refused(judged.findings)
    return replace(made, judged=judged, warnings=made.warnings + judged.findings)


def conforming_back(network: Network, made: Plan) -> Plan:
    """A rollback's plan, with what the same modules say about it: it is told, and does not hold a way back up."""
    if not names_modules(network):
        return made
    judged = conform(network, made)
    return replace(made, judged=judged, warnings=made.warnings + tuple(map(_as_warning, judged.findings)))


def names_modules(network: Network) -> bool:
    """Whether the inventory names modules for any router that can be judged by some."""
    hosts = network.inventory.hosts
    judged = (name for name, pack in network.platforms.items() if pack.name in YANG)
    return any(modules_of(network.root, hosts[name]) for name in judged)


def _as_warning(finding: Diagnostic) -> Diagnostic:
    return replace(finding, severity=Severity.WARNING)


def _benches(network: Network, given: Path | None) -> tuple[list[Bench], int]:
    """The devices by their modules, and how many have none."""
    groups: dict[tuple[str, tuple[Path, ...]], list[str]] = {}
    without = 0
    for name, pack in sorted(network.platforms.items()):
        host, folders = network.inventory.hosts[name], tuple[Path, ...]()
        if pack.name in YANG:
            folders = modules_below(given, host) if given else modules_of(network.root, host)
        if folders:
            groups.setdefault((pack.name, folders), []).append(name)
        else:
            without += 1
    return [Bench(folders, YANG[pack], tuple(names)) for (pack, folders), names in groups.items()], without


def _together(parts: Sequence[Judged]) -> Judged:
    return Judged(
        by=parts[0].by,
        devices=sum(part.devices for part in parts),
        edits=sum(part.edits for part in parts),
        reverses=sum(part.reverses for part in parts),
        datastores=sum(part.datastores for part in parts),
        leaves=sum(part.leaves for part in parts),
        gaps=tuple(gap for part in parts for gap in part.gaps),
        modules=max(part.modules for part in parts),
        not_loaded={name: why for part in parts for name, why in part.not_loaded.items()},
        mends=tuple(dict.fromkeys(mend for part in parts for mend in part.mends)),
        seconds=sum(part.seconds for part in parts),
        findings=tuple(dict.fromkeys(finding for part in parts for finding in part.findings)),
    )


@dataclass
class _Session:
    """One libyang, and the devices that it judges."""

    network: Network
    made: Plan
    bench: Bench
    program: Program
    findings: list[Diagnostic] = field(default_factory=list)
    edits: int = 0
    reverses: int = 0
    datastores: int = 0
    leaves: int = 0
    left_out: Counter[tuple[str, Gap]] = field(default_factory=Counter)  # device and gap -> leaves

    def judged(self) -> Judged:
        """Judge them all."""
        began = time.monotonic()
        papers = {
            name: list(_papers(self.made.devices[name], self.network.platforms[name])) for name in self.bench.devices
        }
        namespaces = frozenset(
            space for each in papers.values() for paper in each for space in namespaces_in(paper.text)
        )
        with judge(self.program, self.bench.folders, self.bench.vendor, namespaces) as libyang:
            for name, each in papers.items():
                for paper in each:
                    self._judge(libyang, name, paper)
            self._gaps(libyang)
            return Judged(
                by=str(self.program),
                devices=len(papers),
                edits=self.edits,
                reverses=self.reverses,
                datastores=self.datastores,
                leaves=self.leaves,
                gaps=self._unjudged(),
                modules=len(libyang.loaded),
                not_loaded=dict(libyang.not_loaded),
                mends=tuple(dict.fromkeys(f"{mend.module}: {mend.why}" for mend in libyang.mends)),
                seconds=time.monotonic() - began,
                findings=tuple(self.findings),
            )

    def _judge(self, libyang: Judge, name: str, paper: _Paper) -> None:
        verdict = libyang.edit(paper.text) if paper.is_edit else libyang.datastore(paper.text)
        self.edits += paper.is_edit and not paper.is_reverse and not verdict.gone
        self.reverses += paper.is_reverse and not verdict.gone
        self.datastores += not paper.is_edit and not verdict.gone
        self.leaves += verdict.leaves
        self.left_out.update({(name, gap): leaves for gap, leaves in verdict.left_out.items()})
        self.findings += _Tracer(self.network, self.made, name, paper, self.bench.vendor).findings(verdict)

    def _unjudged(self) -> tuple[Unjudged, ...]:
        """What was left out, by namespace."""
        found: dict[str, Counter[tuple[str, str]]] = {}
        for (device, gap), leaves in self.left_out.items():
            found.setdefault(gap.namespace, Counter())[device, gap.path] += leaves
        return tuple(
            Unjudged(
                namespace,
                rows.total(),
                tuple(sorted({device for device, _ in rows})),
                tuple(sorted({path for _, path in rows})),
            )
            for namespace, rows in sorted(found.items())
        )

    def _gaps(self, libyang: Judge) -> None:
        """What could not be judged, and why: warnings, since nothing wrong was seen.

        Errors: a deviation that is not heeded, since the router is then taken for more capable than it is; and when
        nothing at all could be judged.
        """
        where = ", ".join(map(str, self.bench.folders))
        if self.left_out and not self.leaves:
            message = f"{where} has no loaded module for anything that is sent or would run: nothing was checked"
            self.findings.append(Diagnostic(Severity.ERROR, "yang-no-modules", "YANG", message, hint=TAKE_ALL))
        for module, why in sorted(libyang.not_loaded.items()):
            message, severity = f"is in {where} and cannot be loaded: {_short(why).rstrip('.')}", Severity.WARNING
            if deviates := libyang.unheeded.get(module):
                message += f"; what this model lacks or narrows of {', '.join(deviates)} was not judged"
                severity = Severity.ERROR
            self.findings.append(Diagnostic(severity, "yang-not-loaded", module, message))
        for gap in self._unjudged():
            message = f"{gap.summary}; {where} has no loaded module for it"
            self.findings.append(Diagnostic(Severity.WARNING, "yang-not-covered", "YANG", message))


def _papers(device: DeviceChange, platform: Platform) -> Iterator[_Paper]:
    """Each edit, and the datastore after it, and the edits back; the datastore alone where nothing is sent.

    What the way back ends in is what the device runs: that is not ours to judge.
    """
    part = platform.parts[0]
    for number, transaction in enumerate(device.transactions, 1):
        after = transaction.delta.after()
        yield _Paper(f"change-{number}.{part}", transaction.change[part], after, is_edit=True)
        last = number == len(device.transactions)
        name = f"after.{part}" if last else f"after change-{number}.{part}"
        yield _Paper(name, platform.text(after, part), after)
    for number, transaction in enumerate(reversed(device.transactions), 1):
        text, tree = transaction.reverse[part], transaction.delta.before
        yield _Paper(f"reverse-{number}.{part}", text, tree, is_edit=True, is_reverse=True)
    if not device.transactions and device.after:
        yield _Paper(f"after.{part}", platform.text(device.after, part), device.after)


def namespaces_in(text: str) -> set[str]:
    """The default namespaces that a document declares."""
    return {piece.partition('"')[0] for piece in text.split('xmlns="')[1:]}


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:200]} ... {text[-90:]}"


# ---- from a fault to the intent -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Tracer:
    """Finds who wrote what libyang objects to, in one document of one device."""

    network: Network
    made: Plan
    device: str
    paper: _Paper
    vendor: Vendor

    def findings(self, verdict: Verdict) -> Iterator[Diagnostic]:
        """A diagnostic for each fault, or for the death of the judge."""
        if verdict.gone:
            message = f"libyang {verdict.gone} over {self.paper.name}: nothing is known about it"
            yield Diagnostic(Severity.ERROR, "yang-crash", self.device, message, hint="try a newer libyang")
        yield from map(self._finding, verdict.faults)

    def _finding(self, fault: Fault) -> Diagnostic:
        place = culprit(self.vendor.path(fault.path), fault.message, self.paper.tree)
        line = self.vendor.line(self.paper.text, place) or fault.line
        where = f"{self.paper.name}{f' line {line}' if line else ''}"
        message = f"{where}: {self._said(fault, place)}, at {show_path(place)}"
        change = self.made.devices[self.device]
        inside = [path for path in self.paper.tree if path[: len(place)] == place]
        if ours := nearest(place, (path for path in inside or change.wanted if path in change.wanted)):
            return self._ours(message, ours)
        owned = self.made.applied.device(self.device).leaves
        if removed := nearest(place, (path for path in owned if path not in change.after)):
            owner = min(owned[removed].owners)
            hint = "netwright wrote it and this plan takes it away"
            return Diagnostic(Severity.ERROR, "yang-invalid", f"{owner}/{self.device}", message, hint=hint)
        return self._foreign(message, place)

    def _said(self, fault: Fault, place: Place) -> str:
        """What libyang says; of a secret's value nothing."""
        pack = self.network.platforms[self.device]
        return "the value of a secret is not valid" if place and pack.is_secret(place) else fault.message.rstrip(".")

    def _ours(self, message: str, path: Place) -> Diagnostic:
        from netwright.app.explaining import why  # noqa: PLC0415 - explaining knows plans, and planning knows this

        origin = self.made.devices[self.device].wanted[path].origins[0]
        if origin.construct == SNAPSHOT:
            hint = "netwright wrote it at the apply that is gone back to"
            return Diagnostic(Severity.ERROR, "yang-invalid", f"{origin.owner}/{self.device}", message, hint=hint)
        told = why(self.network, self.made, self.device, path)[0]
        facts = "; ".join(reason.fact for reason in told.reasons)
        places = [reason.place for reason in told.reasons if reason.place and "/state/" not in f"/{reason.place}"]
        source = _source(places[0]) if places else self.network.intents.source(told.intent)
        hint = f"written by {told.template}" + (f", from {facts}" if facts else "")
        return Diagnostic(Severity.ERROR, "yang-invalid", f"{told.intent}/{self.device}", message, source, hint=hint)

    def _foreign(self, message: str, place: Place) -> Diagnostic:
        baseline = self.network.baselines.get(self.device, {})
        path = nearest(place, baseline)
        if path is None:
            hint = "the device runs it, and it is not netwright's"
            return Diagnostic(Severity.ERROR, "yang-invalid", self.device, message, hint=hint)
        pack = self.network.platforms[self.device]
        file = f"inventory/baseline/{self.device}.{pack.parts[0]}"
        text = self.network.baseline_texts[self.device]
        number = next((line.number for line in pack.parse(text, pack.parts[0]) if line.path == path), 1)
        shown = text.splitlines()[number - 1]
        column = len(shown) - len(shown.lstrip()) + 1
        source = Source(file, number, column, len(shown.strip()), "" if pack.is_secret(path) else shown)
        hint = "it is the baseline's: what this device is said to run before netwright"
        return Diagnostic(Severity.ERROR, "yang-invalid", self.device, message, source, hint=hint)


def _source(place: str) -> Source:
    """The place `FILE:LINE` with its text, where that can still be read."""
    file, _, number = place.rpartition(":")
    if not number.isdecimal():
        return Source(place, 1, 1)
    try:
        text = Path(file).read_text(encoding="utf-8").splitlines()[int(number) - 1]
    except (OSError, IndexError):
        return Source(file, int(number), 1)
    return Source(file, int(number), len(text) - len(text.lstrip()) + 1, len(text.strip()), text)
