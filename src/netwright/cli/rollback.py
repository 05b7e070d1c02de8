"""`netwright rollback`: back to what an earlier apply left, by the same transaction."""

from __future__ import annotations

import click

from netwright.cli.apply import recovered, report
from netwright.cli.facade import facade
from netwright.cli.outcome import DONE, PROMISE_BROKEN
from netwright.cli.screens.plan import plan_screen
from netwright.cli.stages import stages
from netwright.cli.verb import Session, verb
from netwright.wish import Wish

CONFIRM_TIMEOUT_S = 300


@verb("rollback", devices=True, example="netwright rollback\nnetwright rollback --to 2026-11-21T10-20-58-9f3c2a")
@click.option("--to", metavar="APPLY_ID", default="", help="What this apply left (default: before the last apply).")
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def rollback(session: Session, to: str, yes: bool, emulated: bool, allow_unverified: bool) -> int:
    """Take the network back to what an earlier apply left.

    `netwright show applies` lists them. It is planned, shown, asked for, applied and compared like any change; then the
    intents that hold again are verified, which takes nothing back.
    """
    wish = Wish(session.network, emulated=emulated, allow_unverified=allow_unverified)
    if (ended := recovered(session, wish)) is not None:
        return ended
    with stages(session.screen, "planning the way back") as observe:
        back = facade().plan_back(wish, to, observe)
    session.screen.findings(back.warnings)
    if not back.changes:
        session.screen.show(plan_screen(back), {"exit_code": DONE, "plan": back.digest, "changes": False})
        return DONE
    session.screen.say(plan_screen(back))
    session.screen.ask(f"roll back with plan {back.digest[:8]}?", yes=yes)
    with stages(session.screen, "rolling back") as observe:
        done = facade().apply(wish, back, CONFIRM_TIMEOUT_S, observe)
    code = report(session, done)
    if code in {DONE, PROMISE_BROKEN}:
        session.screen.say(
            "where the files still ask for what was left the next plan leads there again: change them too"
        )
    return code
