"""A lost ledger is noticed before it renumbers a running network. Pure.

A claim whose number would be chosen now, although the record says that it has one on the wire, was in a ledger that we
do not have. That is certain, and nothing else is taken for it, in three cases ("owns": in the record):

1. what every service has from its first apply on (route target, colour, a slice's own id), when the service owns a line
   on any device;
2. what every router has from its first apply on (loopback, router id, node id), when the Fabric owns a line on it;
3. what every member of a VPN has (its table's number, route distinguisher, SID), when a line that it writes stands in
   the record at the same place, for the same service.

So a first apply, a new service, a new router and a new endpoint of an old service are none of these; nor is a number
that an intent or the topology pins, nor one that was pinned for the whole service until now (the RD).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from netwright.alloc.ledger import Ledger
from netwright.plan.device import Account
from netwright.services.claims import ALL

_SERVICE = {"vrf/rt", "policy/colour"}
_ROUTER = {"loopback/address", "router/id", "locator/node_id"}
_MEMBER = {"vrf/table", "vrf/rd", "vrf/sid"}


def lost_claims(fresh: frozenset[str], ledger: Ledger, accounts: Mapping[str, Account]) -> tuple[str, ...]:
    """Of the claims whose number is chosen now: those that have another one on the wire, in name order."""
    owned = _owned(accounts)
    if not fresh or not owned:
        return ()
    written = frozenset[str]().union(*(one.written for one in accounts.values()))
    held = ledger.numbers.keys() - fresh
    return tuple(claim for claim in sorted(fresh) if _is_lost(claim, owned, written, held))


def _is_lost(claim: str, owned: Mapping[str, set[str]], written: Collection[str], held: Collection[str]) -> bool:
    kind, name, device, what = claim.split("/", 3)
    intent = f"{kind}/{name}"
    if what in _SERVICE or (what == "slice/id" and kind == "TenantSlice"):
        return bool(owned.get(intent))
    if what in _ROUTER:
        return device in owned.get(intent, ())
    return what in _MEMBER and claim in written and f"{intent}/{ALL}/{what}" not in held


def _owned(accounts: Mapping[str, Account]) -> dict[str, set[str]]:
    """Intent -> the devices on which it owns a line."""
    found: dict[str, set[str]] = defaultdict(set)
    for device, one in accounts.items():
        for owner in one.owned:
            found[owner].add(device)
    return found
