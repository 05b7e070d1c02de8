"""Names of devices as people type them: one that the network does not have is answered the same way by every verb."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from netwright.diagnostics import Diagnostics
from netwright.intents.words import did_you_mean


def check_nodes(known: Collection[str], asked: Iterable[str]) -> None:
    """`Refused` with every name that is no device of the network."""
    found = Diagnostics()
    for name in asked:
        if name not in known:
            near = did_you_mean(name, known)
            hint = f"{near}; netwright show links lists them all" if near else "netwright show links lists them"
            found.error("unknown-node", name, "is no device of this network", hint=hint)
    found.close()
