"""`netwright explain`: who asked for a line of a router, and why it reads as it does."""

from __future__ import annotations

import click

from netwright.cli.facade import facade
from netwright.cli.outcome import DONE
from netwright.cli.screens.explain import explain_document, explain_screen
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostics
from netwright.wish import Wish


@verb(
    "explain",
    devices=True,
    example="netwright explain pop1-gw1 'flex-channel>101905'\nnetwright explain pod2-leaf1 'vrf'",
)
@click.argument("device")
@click.argument("line")
def explain(session: Session, device: str, line: str, emulated: bool, allow_unverified: bool) -> int:
    """Trace a line of a device back to the intents that want it.

    LINE is a line as `plan --format diff` prints it, or a part of one; all matches are listed.
    """
    wish = Wish(session.network, offline=True, emulated=emulated, allow_unverified=allow_unverified)
    matches = facade().explain(wish, device, line)
    if not matches:
        found = Diagnostics()
        hint = f"netwright plan --format diff {device} shows what changes; what is not netwright's it cannot explain"
        message = f"has no line with `{line}` among what the files ask for now"
        found.error("no-such-line", device, message, hint=hint)
        found.close()
    session.screen.show(explain_screen(matches), explain_document(matches))
    return DONE
