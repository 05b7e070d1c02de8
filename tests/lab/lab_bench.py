"""A lab for the stage `lab`: up and down around its tests, with its properties in the report and its evidence kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import monotonic, sleep

from netwright import app
from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import CONFIRM_S, remember
from netwright.lab import running
from netwright.lab.ground import LabError
from netwright.lab.model import Wire
from netwright.lab.probe import Way
from netwright.lab.running import Lab
from netwright.verify.model import State, Verdict
from netwright.wish import Looked, Wish

Record = Callable[[str, object], None]
BACK_S = 180.0
"""How long routing may take to heal in an emulated machine: IS-IS holds for thirty seconds, BGP for three minutes."""


@contextmanager
def lab_of(root: Path, choice: Choice, record: Record) -> Iterator[Lab]:
    """The lab of a network's folder. Where none can run it fails, and says what is missing."""
    found = laboratory.look(choice)
    lacks = "; ".join(f"{one.what}: {one.said} ({one.remedy})" for one in found.items if not one.good and one.remedy)
    assert found.way is not Way.NONE, f"no lab can run here: {found.why}. {lacks}"
    made = laboratory.up(root, choice, told())
    try:
        for name, value in asdict(made.running).items():
            record(f"lab.{name}", value)
        remember(made)
        yield made
    finally:
        laboratory.down(root)
        kept, evidence = os.environ.get("NETWRIGHT_EVIDENCE"), made.network / "state" / "evidence"
        if kept and evidence.is_dir():  # there is none before the first apply
            shutil.copytree(evidence, kept, dirs_exist_ok=True)


def told() -> Callable[[str], None]:
    """What is done, with the time since the beginning: a stage of half an hour says where it is."""
    began = monotonic()
    return lambda line: print(f"{monotonic() - began:7.1f} s  {line}", flush=True)  # noqa: T201 - pytest keeps it


def wrong(looked: Looked) -> list[str]:
    """What was not kept, and what could not be measured, in words."""
    bad = (one for one in looked.findings.verdicts if one.state in {State.FAILURE, State.ERROR})
    return [f"{one.check.address}: {one.observed}: {one.message}" for one in bad]


def of(looked: Looked, thing: str) -> list[Verdict]:
    """The verdicts of one kind of proof."""
    return [one for one in looked.findings.verdicts if f"/packets/{thing}" in one.check.address]


def wire(lab: Lab, root: Path, choice: Choice, one: str, other: str) -> Wire:
    """The cable between two routers."""
    drawn = running.drawing(laboratory.wanted(root, choice), lab.running.scale)
    links = {name for name, link in drawn.topology.links.items() if {link.a, link.z} == {one, other}}
    return next(found for found in drawn.wires if found.link in links)


def reaches(lab: Lab, box: str, namespace: str, target: str) -> bool:
    """Whether a host hears another."""
    try:
        lab.say(box, ("ip", "netns", "exec", namespace, "ping", "-c", "2", "-i", "0.3", "-W", "3", target))
    except LabError:
        return False
    return True


def await_true(what: Callable[[], bool]) -> float:
    """Seconds until it is so."""
    began = monotonic()
    while not what():
        assert monotonic() - began < BACK_S, "it did not come back"
        sleep(1)
    return monotonic() - began


def applied(lab: Lab) -> None:
    """The ordinary plan and apply; the transaction verifies it itself."""
    done = app.apply(Wish(lab.network), app.plan(Wish(lab.network)), CONFIRM_S)
    assert done.outcome.exit_code == 0, done.outcome.sentence
