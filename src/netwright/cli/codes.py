"""The codes of this room's diagnostics, explained (`netwright help CODE`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "usage": """\
The command line names a verb, a flag or an argument that does not exist, or leaves out one that is needed.
Nothing was read or sent. Each verb's --help lists what it takes, with an example. Exit code 64.""",
    "broken-record": """\
state/applied.json says what netwright owns on each device since the last apply, and it cannot be read. Without it
removal cannot be exact, so nothing is planned. Take the last committed file from Git, or let `netwright drift --adopt`
rebuild it from the devices and the commit that they name.""",
    "stale-plan": """\
The plan that was named is not the plan that would be made now: the intents, the ledger, the record or what a device
runs has changed since it was reviewed. Nothing was sent. Plan again, look again, apply that.""",
    "no-such-line": """\
Nothing that netwright wants on this device contains the text. What others configured it does not know and cannot
explain; what it wants, `netwright plan --format diff DEVICE` prints.""",
}
