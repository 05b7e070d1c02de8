"""Rollback points of a ROSng router: what lies in them, and the way back to one.

The comment of a commit carries netwright's apply id. That a rollback is a commit of its own, with no comment, is not
documented but likely: then the apply id that holds again is noted on a point of its own. The watchdog needs no more
than this of the driver, and no NAPALM.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netwright.drivers.zte_session import ZteSession, error_in
from netwright.errors import RollbackFailed

MARK = "netwright:"
"""Begins the comment of every commit of ours; the apply id follows."""

LONG_S = 300.0
"""How long a commit, a rollback or a save may take."""


def points(session: ZteSession) -> list[dict[str, str]]:
    """The rollback points, newest first."""
    return session.table("show configuration commit list")


def apply_id(found: Iterable[Mapping[str, str]]) -> str:
    """The apply id in the newest comment of ours."""
    comments = (point["COMMENT"] for point in found)
    return next((text.removeprefix(MARK) for text in comments if text.startswith(MARK)), "")


def mark(session: ZteSession, holds: str) -> None:
    """Commit nothing new, the hostname again, with a comment: the newest point says which apply id holds."""
    session.configure()
    session.must(f"hostname {session.hostname}")
    session.must(f"commit comment {MARK}{holds}", LONG_S)
    session.leave()


def go_back(session: ZteSession, point: int, holds: str) -> None:
    """Go back to a rollback point, note the apply id that holds again, and save."""
    session.leave()
    command = f"rollback-configuration to {point}"
    if error := error_in(session.ask(command, LONG_S)):
        raise RollbackFailed(session.name, f"{command}: {error}")
    found = points(session)
    if found and found[0]["COMMIT_ID"] != str(point) and apply_id(found) != holds:
        mark(session, holds)
    session.must("write", LONG_S)
