"""A router for tests, and a way to type at it without a wire."""

from __future__ import annotations

import asyncio
from pathlib import Path

from netwright.emulator.faults import Sabotage
from netwright.emulator.world import Operational
from netwright.emulator.zte.router import Router
from netwright.emulator.zte.session import Session

BASELINE = """!<mim>
!configuration saved at 10:00:00 Sat Nov 21 2026 by write zdb
!</mim>
!<system-config>
hostname leaf7
!</system-config>
!<if-intf>
interface cgei-0/1/0/1
  no shutdown
$
interface cgei-0/1/0/2
  no shutdown
$
interface xgei-0/1/0/1
  no shutdown
$
!</if-intf>
!<AAA>
system-user
  user-name op
    bind authentication-template 1
    password encrypted abcdef
  $
$
!</AAA>
!stand-in locator MAIN fd00:1:7::/48 end-sid fd00:1:7::1
"""


def router(folder: Path | None = None) -> Router:
    return Router("leaf7", BASELINE, folder)


def session(of: Router, user: str = "op") -> Session:
    return Session(of, user, "127.0.0.1", lambda _: Operational(), Sabotage(()), page=0)


def type_(at: Session, *lines: str) -> list[str]:
    """What the session answers to the lines, all of it."""

    async def run() -> list[str]:
        return [row for line in lines for row in await at.answer(line)]

    return asyncio.run(run())
