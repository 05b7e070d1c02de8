"""`demo`: the whole main job on the emulated reference network, step by step, told to whoever watches.

It works on a copy. Each step checks what it claims and raises `DemoFailed` when it is not so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from netwright.app.applying import apply
from netwright.app.planning import plan
from netwright.app.reference import copy_reference
from netwright.app.verifying import verify
from netwright.apply.model import Observer
from netwright.emulator.network import EmulatedNetwork
from netwright.errors import NetwrightError
from netwright.plan.model import Plan
from netwright.plan.record import DeviceRecord
from netwright.services.words import count
from netwright.tree import Path as Place
from netwright.tree import Tree
from netwright.verify.model import State
from netwright.wish import Done, Wish
from netwright.workspace import Network, open_network

WITHDRAWN = "ElasticLine/film-archive"
"""The intent that the demo takes away again: one end in the FRR POD, the other behind a Huawei gateway."""


class DemoFailed(NetwrightError):
    """The demo claims something that did not come true."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the demo, as it is told: what is done, and what came of it."""

    title: str
    result: str


Tell = Callable[[Step], None]
Show = Callable[[Plan], None]


@contextmanager
def playground(folder: Path | None) -> Iterator[Path]:
    """A copy of the reference network: kept in `folder`, or in a temporary folder."""
    root = folder or Path(mkdtemp(prefix="netwright-demo-"))
    root.mkdir(parents=True, exist_ok=True)
    yield copy_reference(root)


def demonstrate(root: Path, tell: Tell, show: Show, observe: Callable[[str], Observer]) -> Done:
    """Run the demo in `root` and return the end of its last apply."""
    network = open_network(root)
    platforms = sorted({node.platform for node in network.topology.nodes.values()})
    emulated = EmulatedNetwork(network.topology, network.baseline_texts, root / "state" / "emulator", keep=False)
    with emulated:
        routers = count(len(network.topology.nodes), "router")
        tell(Step("emulate", f"{routers} ({', '.join(platforms)}) answer NETCONF and SSH on this machine"))
        return _Demo(root, network, emulated, tell, show, observe).run()


@dataclass
class _Demo:
    root: Path
    network: Network
    emulated: EmulatedNetwork
    tell: Tell
    show: Show
    observe: Callable[[str], Observer]

    @property
    def wish(self) -> Wish:
        return Wish(self.root, emulated=True)

    def run(self) -> Done:
        before = self._running()
        self._validate()
        first = self._apply("apply", "every scenario in one transaction")
        self._verify()
        self._twice()
        self._withdraw()
        self._remove_all(before)
        return first

    def _running(self) -> dict[str, str]:
        return {name: self.emulated.running(name) for name in self.network.topology.nodes}

    def _validate(self) -> None:
        intents = self.network.intents
        self.tell(Step("validate", f"{count(len(intents.all), 'intent')}, no error"))

    def _plan(self) -> Plan:
        return plan(self.wish, self.observe("planning"))

    def _apply(self, step: str, what: str) -> Done:
        made = self._plan()
        self.show(made)
        done = apply(self.wish, made, observe=self.observe("applying"))
        if done.outcome.exit_code:
            raise DemoFailed(f"{what}: {done.outcome.sentence}")
        findings = done.outcome.findings
        passed = findings.count()[State.SUCCESS] if findings else 0
        seconds = f"{done.outcome.seconds:.1f} s"
        self.tell(Step(step, f"{done.outcome.sentence}; {count(passed, 'check')} passed; {seconds}"))
        return done

    def _verify(self) -> None:
        looked = verify(self.wish, observe=self.observe("verifying"))
        counted = looked.findings.count()
        if not looked.findings.kept:
            raise DemoFailed(f"verify: {counted[State.FAILURE]} checks failed")
        said = ", ".join(f"{number} {state}" for state, number in counted.items() if number)
        self.tell(Step("verify", f"{count(len(looked.findings.verdicts), 'check')}: {said}"))

    def _twice(self) -> None:
        if self._plan().changes:
            raise DemoFailed("the second plan is not empty")
        self.tell(Step("plan again", "nothing to do"))

    def _withdraw(self) -> None:
        """Take one intent away; exactly the lines that were its alone must go."""
        record = open_network(self.root).applied
        alone = _owned_alone(record.devices, WITHDRAWN)
        source = self.network.intents.source(WITHDRAWN)
        if source is None:
            raise DemoFailed(f"{WITHDRAWN} is not among the intents")
        _cut_document(Path(source.file), WITHDRAWN)
        made = self._plan()
        gone = {(name, path) for name, change in made.devices.items() for path in _removed(change.before, change.after)}
        added = [name for name, change in made.devices.items() if change.adds or change.replaces]
        if gone != alone or added:
            raise DemoFailed(f"withdrawing {WITHDRAWN} removes {len(gone)} lines, {len(alone)} were its alone")
        self._apply("withdraw", f"withdraw {WITHDRAWN}")
        self.tell(Step("", f"exactly the {len(gone)} lines that were {WITHDRAWN}'s alone went, nothing else changed"))

    def _remove_all(self, before: dict[str, str]) -> None:
        for file in sorted((self.root / "intents").rglob("*.yaml")):
            file.rename(file.with_suffix(".yaml.withdrawn"))
        self._apply("withdraw all", "withdraw everything")
        after = self._running()
        changed = [name for name in before if before[name] != after[name]]
        if changed:
            raise DemoFailed(f"{', '.join(changed)} does not run its baseline again")
        self.tell(Step("", "every router runs its baseline again, byte for byte"))


def _owned_alone(devices: Mapping[str, DeviceRecord], intent: str) -> set[tuple[str, Place]]:
    """The lines, by device, that nobody but the intent owns."""
    return {
        (name, path)
        for name, record in devices.items()
        for path, leaf in record.leaves.items()
        if leaf.owners == {intent} and not leaf.shared
    }


def _removed(before: Tree, after: Tree) -> set[Place]:
    return {path for path in before if path not in after}


def _cut_document(file: Path, address: str) -> None:
    """Take one document out of a file of several, as somebody with an editor would."""
    kind, _, name = address.partition("/")
    kept = [
        document
        for document in re.split(r"(?m)^---[ \t]*$\n?", file.read_text(encoding="utf-8"))
        if not (re.search(rf"(?m)^kind: {kind}$", document) and re.search(rf"\bname: {name}\b", document))
    ]
    file.write_text("---\n".join(kept), encoding="utf-8")
