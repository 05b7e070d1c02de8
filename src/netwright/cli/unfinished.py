"""What verbs that only look say while an apply has not ended: what they see then is nobody's wish."""

from __future__ import annotations

from netwright.apply.journal import unfinished
from netwright.cli.verb import Session
from netwright.workspace import journals_of


def warn_of_unfinished(session: Session) -> None:
    """Say that an apply has begun and not ended; only `apply` and `rollback` take it up."""
    journal = unfinished(journals_of(session.network))
    if journal is not None:
        session.screen.warn(
            f"apply {journal.apply_id} has begun and not ended: it is running elsewhere, or it was cut off. "
            "Then the next netwright apply or rollback finishes or undoes it first; until it has, do not adopt."
        )
