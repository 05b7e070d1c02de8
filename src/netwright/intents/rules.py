"""What the schema cannot say: how the fields of one document must fit together.

Each rule is a generator over one model that yields `Problem`s; `problems_of` runs those of the kind. The path of a
piece is handed in where it can stand in several places.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from itertools import combinations
from typing import TypeAlias

from netwright.intents.common import Attachment, Constraints, Pins
from netwright.intents.fabric import Fabric
from netwright.intents.places import FieldPath, field_path, field_text
from netwright.intents.problems import Problem, warning
from netwright.intents.rules_fabric import fabric_problems
from netwright.intents.rules_schedule import schedule_problems
from netwright.intents.schema import Intent
from netwright.intents.services import AtRule, DeterministicService, ElasticLine, Line, Service, TenantSlice
from netwright.intents.types import Prefix, format_rate
from netwright.intents.words import listed

Reached: TypeAlias = tuple[Prefix, FieldPath]

_GRADES = {"none": 0, "emulated": 1, "soft": 2, "hard": 3}


def problems_of(intent: Intent) -> Iterator[Problem]:
    """Everything that is wrong inside one document that has the right shape."""
    if intent.spec.schedule:
        yield from schedule_problems(intent.spec.schedule, ("spec", "schedule"))
    if isinstance(intent, Fabric):
        yield from fabric_problems(intent.spec)
        return
    yield from _constraint_problems(intent)
    for path, attachment in intent.attachments:
        yield from _attachment_problems(intent, attachment, field_path(path))
    yield from _vpn_problems(intent)
    if isinstance(intent, TenantSlice):
        yield from _slice_problems(intent)
    if isinstance(intent, Line):
        yield from _line_problems(intent)
    if isinstance(intent, ElasticLine):
        yield from _elastic_problems(intent)
    if isinstance(intent, DeterministicService):
        yield from _deterministic_problems(intent)


def twice(items: Iterable[Hashable], path: FieldPath) -> Iterator[Problem]:
    """An item that a list holds twice."""
    seen: set[Hashable] = set()
    for index, item in enumerate(items):
        if item in seen:
            yield Problem("listed-twice", (*path, index), f"is `{item}`, which the list has already")
        seen.add(item)


# ---- constraints ----------------------------------------------------------------------------------------------------


def _constraint_problems(intent: Service) -> Iterator[Problem]:
    constraints = intent.spec.constraints
    yield from _grade_problems(constraints)
    yield from twice(constraints.avoid, ("spec", "constraints", "avoid"))
    ends = {f"node:{attachment.node}" for _, attachment in intent.attachments}
    for index, avoided in enumerate(constraints.avoid):
        if avoided in ends:
            path = ("spec", "constraints", "avoid", index)
            yield Problem("contradiction", path, f"is `{avoided}`, which is an end of this very service")
    both = sorted(set(constraints.affinity.include) & set(constraints.affinity.exclude))
    if both:
        yield Problem("contradiction", ("spec", "constraints", "affinity"), f"includes and excludes {listed(both)}")


def _grade_problems(constraints: Constraints) -> Iterator[Problem]:
    """`minimum_grade` loosens what isolation asks for; without isolation rates are still graded, up to soft."""
    allowed = "soft" if constraints.isolation == "none" else constraints.isolation
    if constraints.minimum_grade and _GRADES[constraints.minimum_grade] > _GRADES[allowed]:
        yield Problem(
            "grade-above-isolation",
            ("spec", "constraints", "minimum_grade"),
            f"is `{constraints.minimum_grade}`, more than isolation `{constraints.isolation}` asks for",
            hint=f"isolation: {constraints.minimum_grade}, or leave minimum_grade out",
        )


# ---- attachments ----------------------------------------------------------------------------------------------------


def _attachment_problems(intent: Service, attachment: Attachment, path: FieldPath) -> Iterator[Problem]:
    routed = intent.spec.service == "l3vpn"
    if routed and not attachment.addresses:
        yield Problem(
            "missing-addresses", (*path, "addresses"), "is needed for l3vpn: the router's own address here", at_key=True
        )
    if not routed and (attachment.addresses or attachment.routes):
        name = "addresses" if attachment.addresses else "routes"
        yield warning("addresses-unused", (*path, name), "has no meaning on l2vpn: the routers only bridge there")
    for index, route in enumerate(attachment.routes):
        yield from _route_problems(attachment, index, path)
        if (
            route.via is None
            and routed
            and attachment.next_hop(route)
            and _is_one_of_many(attachment, route.prefix.version)
        ):
            yield warning(
                "assumed-next-hop",
                (*path, "routes", index),
                f"names no host: {attachment.next_hop(route)} is taken, the lowest address of the subnet",
                hint=f"{{prefix: {route.prefix}, via: {attachment.next_hop(route)}}}",
            )


def _is_one_of_many(attachment: Attachment, version: int) -> bool:
    """Whether the first subnet of this version has more hosts than the router and one other."""
    return attachment.subnets(version)[0].num_addresses > 4


def _route_problems(attachment: Attachment, index: int, path: FieldPath) -> Iterator[Problem]:
    route = attachment.routes[index]
    subnets = attachment.subnets(route.prefix.version)
    place: FieldPath = (*path, "routes", index)
    if route.via is None:
        if not attachment.next_hop(route):
            yield Problem(
                "bad-next-hop",
                place,
                f"has no host to point to: no IPv{route.prefix.version} subnet with another host here",
            )
        return
    if not any(route.via in subnet for subnet in subnets if subnet.version == route.via.version):
        allowed = (
            listed(str(subnet) for subnet in subnets) or f"none, for there is no IPv{route.prefix.version} address here"
        )
        yield Problem(
            "bad-next-hop", (*place, "via"), f"is `{route.via}`; it must lie in a subnet of this attachment: {allowed}"
        )
    elif route.via in {address.ip for address in attachment.addresses}:
        yield Problem("bad-next-hop", (*place, "via"), f"is `{route.via}`, the router itself")


# ---- the VPN --------------------------------------------------------------------------------------------------------


def _vpn_problems(intent: Service) -> Iterator[Problem]:
    if intent.spec.service != "l3vpn":
        return
    yield from _family_problems(intent)
    reached = [found for path, attachment in intent.attachments for found in _reached(attachment, field_path(path))]
    yield from overlap_problems("overlapping-addresses", reached)


def _reached(attachment: Attachment, path: FieldPath) -> Iterator[Reached]:
    for index, address in enumerate(attachment.addresses):
        yield address.network, (*path, "addresses", index)
    for index, route in enumerate(attachment.routes):
        yield route.prefix, (*path, "routes", index)


def overlap_problems(code: str, prefixes: Iterable[Reached]) -> Iterator[Problem]:
    """Prefixes that share addresses: in address order, an overlap is always with the widest one that is still open."""
    widest: Reached | None = None
    for reached in sorted(prefixes, key=_address_order):
        if widest is None or not _contains(widest[0], reached[0]):
            widest = reached
            continue
        first, later = sorted((widest, reached), key=lambda item: _field_order(item[1]))
        message = f"reaches `{later[0]}`, which overlaps `{first[0]}` of {field_text(first[1])}"
        yield Problem(code, later[1], message, hint="inside one VPN every address is in one place")


def _contains(wide: Prefix, narrow: Prefix) -> bool:
    return wide.version == narrow.version and narrow.network_address in wide


def _address_order(reached: Reached) -> tuple[int, int, int]:
    prefix = reached[0]
    return prefix.version, int(prefix.network_address), prefix.prefixlen


def _field_order(path: FieldPath) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (0, step) for step in path)


def _family_problems(intent: Service) -> Iterator[Problem]:
    ends = [(path, attachment) for path, attachment in intent.attachments if attachment.addresses]
    for (first_path, first), (path, second) in combinations(ends, 2):
        if not set(first.families) & set(second.families):
            speaks, spoken = listed(second.families), listed(first.families)
            message = f"speak {speaks}, and those of {first_path} {spoken}: the two cannot talk"
            yield Problem("no-common-family", (*field_path(path), "addresses"), message)
            return  # one pair is enough to see it


# ---- the kinds ------------------------------------------------------------------------------------------------------


def _slice_problems(intent: TenantSlice) -> Iterator[Problem]:
    spec = intent.spec
    yield from _same_name(
        ("sites", [site.name for site in spec.sites]), ("sub_slices", [part.name for part in spec.sub_slices])
    )
    total = math.fsum(part.share for part in spec.sub_slices)
    if total > 1 + 1e-9:
        yield Problem(
            "shares-above-one",
            ("spec", "sub_slices"),
            f"shares {total:g} of the bandwidth; all shares together are at most 1",
        )
    taken: dict[int, str] = {}
    for index, part in enumerate(spec.sub_slices):
        for place, dscp in enumerate(part.dscp):
            if dscp in taken:
                path = ("spec", "sub_slices", index, "dscp", place)
                yield Problem("listed-twice", path, f"is {dscp}, which sub-slice `{taken[dscp]}` takes already")
            taken.setdefault(dscp, part.name)
    rest = [index for index, part in enumerate(spec.sub_slices) if not part.dscp]
    for index in rest[1:]:
        yield Problem(
            "choose-one",
            ("spec", "sub_slices", index),
            "names no dscp, like the one before: only one can take all other packets",
        )


def _same_name(*lists: tuple[str, list[str]]) -> Iterator[Problem]:
    for field, names in lists:
        for problem in twice(names, ("spec", field)):
            yield Problem("listed-twice", (*problem.path, "name"), problem.message)


def _line_problems(intent: Line) -> Iterator[Problem]:
    spec, ends = intent.spec, intent.spec.endpoints
    if ends.a.node == ends.z.node:
        message = f"is `{ends.z.node}`, where end a is too: nothing would cross the network"
        yield Problem("same-node", ("spec", "endpoints", "z", "node"), message)
    if spec.protection != "none" and spec.constraints.diversity == "none":
        yield warning(
            "protection-without-diversity",
            ("spec", "protection"),
            f"is `{spec.protection}`, but both ways may share every link",
            hint="constraints.diversity: link, node or srlg",
        )
    yield from _slice_pin_problems(intent.spec.slice, spec.pins)


def _slice_pin_problems(slice_: str | None, pins: Pins) -> Iterator[Problem]:
    if slice_ and pins.slice_id is not None:
        yield Problem(
            "choose-one", ("spec", "pins", "slice_id"), f"is pinned, but the id is that of TenantSlice/{slice_}"
        )


def _elastic_problems(intent: ElasticLine) -> Iterator[Problem]:
    bandwidth = intent.spec.bandwidth
    if bandwidth.max < bandwidth.base:
        message = f"is {format_rate(bandwidth.max)}, below the base of {format_rate(bandwidth.base)}"
        yield Problem("max-below-base", ("spec", "bandwidth", "max"), message)
        return
    yield from _rate_problems(intent, bandwidth.max, ("spec", "bandwidth", "max"))
    for index, rule in enumerate(intent.spec.elasticity):
        path: FieldPath = ("spec", "elasticity", index)
        if isinstance(rule, AtRule):
            yield from schedule_problems(rule.at, (*path, "at"))
            yield from _rate_problems(intent, rule.bandwidth, (*path, "bandwidth"))
        else:
            yield from _rate_problems(intent, rule.grow.up_to, (*path, "grow", "up_to"))
            if rule.grow.by % bandwidth.step:
                message = (
                    f"is {format_rate(rule.grow.by)}, not a whole number of steps of {format_rate(bandwidth.step)}"
                )
                yield Problem("off-grid", (*path, "grow", "by"), message)


def _rate_problems(intent: ElasticLine, rate: int, path: FieldPath) -> Iterator[Problem]:
    bandwidth = intent.spec.bandwidth
    base, most, step = bandwidth.base, bandwidth.max, bandwidth.step
    if not base <= rate <= most:
        yield Problem(
            "outside-range", path, f"is {format_rate(rate)}; the line has {format_rate(base)} to {format_rate(most)}"
        )
    elif (rate - base) % step:
        lower = rate - (rate - base) % step
        near = " or ".join(format_rate(grid) for grid in (lower, lower + step) if grid <= most)
        message = f"is {format_rate(rate)}, not {format_rate(base)} and whole steps of {format_rate(step)}"
        yield Problem("off-grid", path, message, hint=f"near it: {near}")


def _deterministic_problems(intent: DeterministicService) -> Iterator[Problem]:
    traffic = intent.spec.traffic
    if traffic.burst_bytes < traffic.max_packet_bytes:
        message = f"is {traffic.burst_bytes}, less than one packet of {traffic.max_packet_bytes} bytes"
        yield Problem("burst-too-small", ("spec", "traffic", "burst_bytes"), message)
