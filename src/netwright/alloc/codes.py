"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "pool-unknown": "A number is needed from a pool that the Fabric does not define. spec.pools lists them.",
    "pool-exhausted": (
        "Every number of the pool is held by somebody or rests: a freed number is not handed out again for 7 "
        "days (or what the Fabric says), because the wire may still remember it. Widen the pool, or withdraw "
        "a service."
    ),
    "number-taken": (
        "The intent pins a number that another claim holds. A holder keeps its number; unpin one of the two."
    ),
    "number-resting": (
        "The pinned number was freed a short while ago and rests, or is blocked because its device was "
        "abandoned. Using it now could meet leftovers of its last owner."
    ),
    "number-moved": (
        "The intent pins another number than the one it has on the wire. Renumbering drops traffic, so it is "
        "never done in passing: withdraw the intent, apply, and ask again."
    ),
    "claim-twice": (
        "One thing asks for two different numbers at once. That is a mistake in what was asked, not in the pool."
    ),
    "claim-unknown": (
        "The claim holds no number that could be passed on or freed. `netwright show ledger` lists all claims."
    ),
    "ledger-broken": (
        "state/ledger.yaml cannot be read. It says which numbers are on the wire; guessing would hand them "
        "out twice. Take the last committed file, or let `netwright drift --adopt` read the devices."
    ),
}
