"""`netwright drift`: what was changed on the devices behind our back, and the repair of a lost record."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from netwright.cli.facade import facade
from netwright.cli.outcome import DIFFERENCE, DONE
from netwright.cli.screens.drift import adoption_document, adoption_screen, differs, drift_document, drift_screen
from netwright.cli.stages import stages
from netwright.cli.unfinished import warn_of_unfinished
from netwright.cli.verb import Session, verb
from netwright.wish import Wish


@verb("drift", devices=True, example="netwright drift\nnetwright drift pop1-gw1\nnetwright drift --adopt")
@click.argument("devices", metavar="[DEVICE ...]", nargs=-1)
@click.option("--adopt", is_flag=True, help="Repair a lost or older record from what the devices run.")
def drift(session: Session, devices: tuple[str, ...], adopt: bool, emulated: bool, allow_unverified: bool) -> int:
    """Compare what the devices run with what we left there.

    Each difference names the intent that it hurts and what that intent wants done about it; `netwright plan` and
    `apply` put it right. Exit code 2 when there is drift.
    """
    wish = Wish(session.network, emulated=emulated, allow_unverified=allow_unverified)
    warn_of_unfinished(session)
    if adopt:
        return _adopt(session, wish, devices)
    with stages(session.screen, "reading the devices") as observe:
        found = facade().drift(wish, devices, observe)
    wrong = any(map(differs, found))
    session.screen.show(drift_screen(found, whole=bool(devices) or session.screen.verbose), drift_document(found))
    if wrong:
        where = "" if session.network == Path() else f" -C {shlex.quote(str(session.network))}"
        flags = " --emulated" if emulated else ""
        session.screen.say(f"next: netwright{where} plan{flags}     (what puts it right)")
    return DIFFERENCE if wrong else DONE


def _adopt(session: Session, wish: Wish, devices: tuple[str, ...]) -> int:
    if devices:
        raise click.UsageError("--adopt repairs the record of the whole network", click.get_current_context())
    with stages(session.screen, "reading the devices") as observe:
        made = facade().adopt(wish, observe)
    session.screen.show(adoption_screen(made), adoption_document(made))
    session.screen.say("next: git diff state/, commit it; then netwright plan")
    return DONE
