"""What a platform's own numbers allow: rates and ids beyond them are refused, never cut to size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from netwright.platforms.base import Capability
from netwright.services import words
from netwright.services.lower import Lowering
from netwright.services.ranges import largest_slice
from netwright.services.refusals import Refusals

TooMuch: TypeAlias = Mapping[tuple[int, int], Sequence[str]]  # what is asked and what can be had -> the nodes


def refuse_beyond(no: Refusals, lowering: Lowering) -> None:
    """Refuse what is more than a router's instruments take, each at the field that asks for it."""
    profile = lowering.profile
    full = _at_its_largest(lowering)
    for what, beyond in (("at its port", _ports(full)), ("for its slice", _channels(full))):
        for (asked, most), nodes in beyond.items():
            message = f"needs {words.rate(asked)} {what}, and {_takes(lowering, nodes)} {words.rate(most)} at most"
            hint = "ask for less, or attach elsewhere"
            no.say(profile, "rate-exceeds-platform", message, profile.bandwidth_field, hint)
    for (asked, most), nodes in _slices(lowering).items():
        message = f"has slice id {asked}, and {_takes(lowering, nodes)} {most} at most"
        hint = "pin a smaller id, or none: the pool then gives one that every router can have"
        no.say(profile, "slice-id-exceeds-platform", message, "spec.pins.slice_id", hint)


def _at_its_largest(lowering: Lowering) -> Lowering:
    """The service with the largest rate that it ever reserves: what is not possible then is refused now."""
    profile = lowering.profile
    most = max((booking.rate_bps for booking in profile.bookings), default=0)
    return replace(lowering, profile=replace(profile, bandwidth_bps=most)) if most > profile.bandwidth_bps else lowering


def _ports(lowering: Lowering) -> TooMuch:
    asked = ((member.node, lowering.access_bps(member)) for member in lowering.profile.members)
    return _beyond((node, rate, _number(lowering.can(node)["max_rate_bps"])) for node, rate in asked)


def _channels(lowering: Lowering) -> TooMuch:
    rates = ((hop.sender, lowering.channel_rates[hop]) for hop in lowering.shared_hops)
    return _beyond((node, rate, _number(lowering.can(node)["max_channel_bps"])) for node, rate in rates)


def _slices(lowering: Lowering) -> TooMuch:
    nodes = {hop.sender for hop in lowering.channel_rates} | set(lowering.profile.nodes)
    most = {node: largest_slice(lowering.can(node)) for node in nodes}
    return _beyond((node, lowering.slice_id, largest) for node, largest in most.items() if largest)


def _beyond(rows: Iterator[tuple[str, int, int]]) -> TooMuch:
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for node, asked, most in rows:
        if asked > most:
            found[asked, most].add(node)
    return {key: sorted(found[key]) for key in sorted(found)}


def _takes(lowering: Lowering, nodes: Sequence[str]) -> str:
    named = words.listed([f"{node} ({lowering.topology.nodes[node].platform})" for node in nodes])
    return f"{named} {'takes' if len(nodes) == 1 else 'take'}"


def _number(row: Capability) -> int:
    return int(str(row.value))
