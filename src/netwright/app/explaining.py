"""`explain`: which intent, field, number and template line made a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netwright.app.planning import plan_of
from netwright.app.site import network_of, offline_view
from netwright.diagnostics import Diagnostics
from netwright.plan.explain import Match, explain_line
from netwright.plan.model import Plan
from netwright.platforms.base import Provenance, Status
from netwright.tree import Origin, show_path
from netwright.wish import Explanation, Reason, Wish
from netwright.workspace import Network

_UNKNOWN = Provenance(Status.UNVERIFIED, "unknown")


def explain(wish: Wish, device: str, line: str) -> Sequence[Explanation]:
    """Who wants the lines of a device that contain `line`; from the files alone, no device is asked."""
    network = network_of(wish)
    found = Diagnostics()
    if device not in network.platforms:
        found.error("unknown-node", device, "is no device of this network", hint="netwright show links lists them")
    found.close()
    made = plan_of(network, Wish(wish.network, wish.at, offline=True, allow_unverified=True), offline_view(network))
    return tuple(
        explanation
        for match in explain_line(made.devices[device], line)
        for explanation in _explanations(network, made, device, match)
    )


def _explanations(network: Network, made: Plan, device: str, match: Match) -> Iterator[Explanation]:
    owners = [origin.owner for origin in match.origins]
    for origin in match.origins:
        yield Explanation(
            device=device,
            line=f"{match.line}   in {show_path(match.path[:-1])}" if len(match.path) > 1 else match.line,
            intent=origin.owner,
            reasons=tuple(_reasons(network, made, origin)),
            template=f"{origin.template}:{origin.line}",
            provenance=made.provenance.get((origin.template, origin.line), _UNKNOWN),
            also=tuple(owner for owner in owners if owner != origin.owner),
            shared=match.shared,
        )


def _reasons(network: Network, made: Plan, origin: Origin) -> Iterator[Reason]:
    for attribute, reason in origin.because:
        yield _number(made, attribute, reason) or _field(network, origin.owner, attribute, reason)


def _number(made: Plan, attribute: str, reason: str) -> Reason | None:
    """A claim of the ledger with its number."""
    book = made.ledger.pool_of.get(reason)
    if book is None:
        return None
    held = made.ledger.books[book].held[reason]
    since = "provisional" if held.provisional else f"since {held.since}"
    return Reason(
        f"{attribute}: number {held.number} of pool {book} (ledger, {since}), claimed as {reason}", "state/ledger.yaml"
    )


def _field(network: Network, owner: str, attribute: str, reason: str) -> Reason:
    source = network.intents.source(owner, reason) if reason.startswith(("spec", "metadata")) else None
    if source is None:
        return Reason(f"{attribute}: {reason}")
    return Reason(f"{attribute}: {reason} ({source.text.strip()})", f"{source.file}:{source.line}")
