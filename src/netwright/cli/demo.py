"""`netwright demo`: the whole main job, to watch."""

from __future__ import annotations

import shutil
import tempfile
from time import monotonic

import click

from netwright.app.demonstration import Step, demonstrate, playground
from netwright.apply.model import Observer, silent
from netwright.cli.outcome import DONE
from netwright.cli.screens.plan import plan_screen
from netwright.cli.stages import stages
from netwright.cli.verb import Session, verb
from netwright.plan.model import Plan


@verb("demo", example="netwright demo\nnetwright demo --keep     # the folder stays, to look around in")
@click.option("--keep", is_flag=True, help="Keep the copy of the network, with its state and evidence.")
def demo(session: Session, keep: bool) -> int:
    """Run the whole main job on the emulated reference network, in a copy.

    Twenty routers of three platforms are emulated on this machine. The seven deployment scenarios are validated,
    planned, applied as one transaction and verified; one intent is withdrawn, then all of them. Each step checks what
    it claims.
    """
    screen, started, told = session.screen, monotonic(), list[Step]()
    shown = list[Plan]()

    def tell(step: Step) -> None:
        told.append(step)
        screen.say(f"{step.title:<13}{step.result}")

    def show(made: Plan) -> None:
        if not shown:
            screen.say(plan_screen(made) + "\n")
        shown.append(made)

    def observe(_what: str) -> Observer:
        return silent

    with playground(None) as root:
        with stages(screen, "the demo runs"):
            done = demonstrate(root, tell, show, observe)
        evidence = _rescued(done.evidence, keep=keep)
        seconds = monotonic() - started
        if not keep:
            shutil.rmtree(root)
    summary = f"all of it held, in {seconds:.0f} s.  evidence: {evidence}"
    document = {"steps": [{"step": step.title, "result": step.result} for step in told], "evidence": evidence}
    screen.show(summary, {**document, "seconds": round(seconds, 1)})
    if keep:
        screen.say(f"the network is in {root}: netwright -C {root} emulate; netwright -C {root} plan --emulated")
    return DONE


def _rescued(page: str, *, keep: bool) -> str:
    """Where the evidence page can be looked at after the demo's folder is gone."""
    if keep or not page:
        return page
    with tempfile.NamedTemporaryFile(prefix="netwright-evidence-", suffix=".html", delete=False) as file:
        shutil.copy(page, file.name)
        return file.name
