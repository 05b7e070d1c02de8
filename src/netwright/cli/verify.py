"""`netwright verify`: whether the promises are kept, asked of the devices."""

from __future__ import annotations

import click

from netwright.cli.facade import facade
from netwright.cli.outcome import DONE, PROMISE_BROKEN
from netwright.cli.screens.verify import verify_document, verify_screen
from netwright.cli.stages import stages
from netwright.cli.unfinished import warn_of_unfinished
from netwright.cli.verb import Session, verb
from netwright.wish import Looked, Wish


@verb("verify", devices=True, example="netwright verify\nnetwright verify LosslessRdmaPath/hosp-train-1")
@click.argument("addresses", metavar="[ADDRESS ...]", nargs=-1)
def verify(session: Session, addresses: tuple[str, ...], emulated: bool, allow_unverified: bool) -> int:
    """Ask the devices whether each promise is kept.

    Exactly the checks that the intents declare are run; one that cannot be run is skipped with its reason, never
    passed. Exit code 3 when a promise is not kept.
    """
    wish = Wish(session.network, emulated=emulated, allow_unverified=allow_unverified)
    warn_of_unfinished(session)
    with stages(session.screen, "asking the devices") as observe:
        looked = facade().verify(wish, addresses, observe)
    text = verify_screen(
        looked.findings, looked.configured, idle=looked.idle, verbose=session.screen.verbose, whole=bool(addresses)
    )
    document = verify_document(looked.findings, looked.configured, looked.idle)
    session.screen.show(text, document | {"evidence": looked.evidence})
    if looked.evidence:
        session.screen.say(f"evidence: {looked.evidence}")
    return DONE if _kept(looked) else PROMISE_BROKEN


def _kept(looked: Looked) -> bool:
    differing = any(one.missing or one.extra or one.different for one in looked.configured)
    return looked.findings.kept and not differing
