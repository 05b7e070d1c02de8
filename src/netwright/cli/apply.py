"""`netwright apply`: all devices of a change, or none."""

from __future__ import annotations

from pathlib import Path

import click

from netwright.cli.facade import facade
from netwright.cli.outcome import DONE
from netwright.cli.screens.apply import outcome_document, outcome_screen
from netwright.cli.screens.plan import plan_screen
from netwright.cli.stages import stages
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostics
from netwright.plan.model import Plan
from netwright.wish import Done, Wish


@verb(
    "apply",
    devices=True,
    example="netwright apply                      # plan now, show, ask\n"
    "netwright apply --plan 9f3c2a41      # exactly the plan that was shown\n"
    "netwright apply --plan plan/ --yes   # in a pipeline: just what was reviewed",
)
@click.option("--plan", "reviewed", metavar="DIGEST_OR_DIR", default="", help="The plan that was looked at.")
@click.option("--yes", is_flag=True, help="Agree beforehand.")
@click.option(
    "--confirm-timeout", metavar="SECONDS", type=click.IntRange(30, 3600), default=300, help="Of the dead-man's switch."
)
@click.option("--takeover", metavar="ADDRESS", multiple=True, help="Take a foreign value over; removal restores it.")
@click.option("--discard-candidate", is_flag=True, help="Discard changes that somebody left in a candidate.")
@click.option("--abandon", metavar="DEVICE", multiple=True, help="This device is gone for good.")
def apply(
    session: Session,
    reviewed: str,
    yes: bool,
    confirm_timeout: int,
    takeover: tuple[str, ...],
    discard_candidate: bool,
    abandon: tuple[str, ...],
    emulated: bool,
    allow_unverified: bool,
) -> int:
    """Apply the plan as one transaction, verify it, and confirm or roll back.

    Every device gets a dead-man's switch before it runs anything new: when a device refuses, a promise is not kept or
    this program dies, all of them run what they ran before.
    """
    wish = Wish(session.network, None, False, emulated, allow_unverified, takeover, discard_candidate, abandon)
    if (ended := recovered(session, wish)) is not None:
        return ended
    with stages(session.screen, "planning") as observe:
        made = facade().plan(wish, observe)
    session.screen.findings(made.warnings)
    if reviewed:
        _check_reviewed(made, reviewed)
    elif made.changes:
        session.screen.say(plan_screen(made))
    if not made.changes:
        session.screen.show(plan_screen(made), {"exit_code": DONE, "plan": made.digest, "changes": False})
        return DONE
    session.screen.ask(f"apply plan {made.digest[:8]}?", yes=yes)
    with stages(session.screen, "applying") as observe:
        done = facade().apply(wish, made, confirm_timeout, observe)
    return report(session, done)


def recovered(session: Session, wish: Wish) -> int | None:
    """Finish or undo what a killed run left. The exit code when that did not end well, else None: go on."""
    with stages(session.screen, "recovering") as observe:
        outcome = facade().recover(wish, observe)
    if outcome is None:
        return None
    session.screen.warn(f"a run was interrupted ({outcome.apply_id}): {outcome.sentence}")
    return report(session, Done(outcome)) if outcome.exit_code else None


def report(session: Session, done: Done) -> int:
    """Show the outcome and return its exit code."""
    session.screen.show(outcome_screen(done.outcome, done.evidence), outcome_document(done.outcome, done.evidence))
    return done.outcome.exit_code


def _check_reviewed(made: Plan, reviewed: str) -> None:
    if Path(reviewed).is_dir():
        facade().check_reviewed(made, Path(reviewed))
        return
    found = Diagnostics()
    if not made.digest.startswith(reviewed):
        message = f"is not the plan of now, which is {made.digest[:8]}, and no folder of that name is here"
        hint = "something that it was made from has changed, or it was mistyped: netwright plan, look again, apply that"
        found.error("stale-plan", f"plan {reviewed}", message, hint=hint)
    found.close()
