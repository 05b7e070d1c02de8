"""What the intents must be to each other: names, slices, ports, pins. Nothing here knows the topology.

A problem of a pair is told at the later of the two documents, and its hint says where the earlier one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from netwright.intents.common import Attachment
from netwright.intents.fabric import Fabric
from netwright.intents.places import FieldPath, field_path
from netwright.intents.problems import Problem
from netwright.intents.schema import Intent
from netwright.intents.services import DeterministicService, Line, LosslessRdmaPath, Service, TenantSlice
from netwright.intents.types import format_rate
from netwright.intents.words import did_you_mean, listed

_OUTER_HEADER = 40  # bytes of IPv6 (RFC 8200) that every SRv6 encapsulation adds at least

Where = Callable[[str, str], str]
Finding = tuple[str, Problem]


@dataclass(frozen=True, slots=True)
class Network:
    """All documents that have the right shape, in the order of the files, and every address that a document claims."""

    intents: Sequence[Intent]
    claimed: frozenset[str]
    where: Where  # (address, field) -> FILE:LINE

    @property
    def services(self) -> Iterator[Service]:
        """The services among them."""
        return (intent for intent in self.intents if not isinstance(intent, Fabric))

    @property
    def fabric(self) -> Fabric | None:
        """The fabric among them."""
        return next((intent for intent in self.intents if isinstance(intent, Fabric)), None)


def crosscheck(network: Network) -> Iterator[Finding]:
    """Everything that is wrong between documents, with the address of the one to blame."""
    yield from _missing_fabric(network)
    slices = {intent.name: intent for intent in network.intents if isinstance(intent, TenantSlice)}
    for service in network.services:
        if isinstance(service, Line):
            yield from ((service.address, problem) for problem in _slice_problems(service, slices, network))
        yield from ((service.address, problem) for problem in _mtu_problems(service, network))
    yield from _port_problems(network)
    yield from _pin_problems(network)


def _missing_fabric(network: Network) -> Iterator[Finding]:
    first = next(network.services, None)
    if first and not any(address.startswith("Fabric/") for address in network.claimed):
        hint = "write one document of kind Fabric: `netwright help intents` shows it"
        yield (
            first.address,
            Problem(
                "no-fabric", ("kind",), "needs a Fabric, and none of these files has one", hint=hint, of_whole=True
            ),
        )


# ---- slices ---------------------------------------------------------------------------------------------------------


def _slice_problems(line: Line, slices: Mapping[str, TenantSlice], network: Network) -> Iterator[Problem]:
    name, path = line.spec.slice, ("spec", "slice")
    if not name:
        return
    found = slices.get(name)
    if not found:
        if f"TenantSlice/{name}" not in network.claimed:
            known = listed(sorted(slices)) or "none"
            yield Problem("unknown-slice", path, f"is `{name}`; the slices are: {known}", did_you_mean(name, slices))
        return
    where = f"TenantSlice/{name} stands in {network.where(found.address, 'metadata.tenant')}"
    if found.metadata.tenant != line.metadata.tenant:
        message = f"is `{name}`, a slice of tenant {found.metadata.tenant}, not of {line.metadata.tenant}"
        yield Problem("foreign-slice", path, message, hint=where)
    elif line.bandwidth > found.spec.bandwidth:  # type: ignore[attr-defined]  # each kind of line has one
        asked, there = format_rate(line.bandwidth), format_rate(found.spec.bandwidth)  # type: ignore[attr-defined]
        message = f"is `{name}`, which has {there}; this line asks for {asked}"
        yield Problem("bandwidth-exceeds-slice", path, message, hint=where)


def _mtu_problems(service: Service, network: Network) -> Iterator[Problem]:
    if not network.fabric:
        return
    room = network.fabric.spec.links.mtu - _OUTER_HEADER
    if isinstance(service, LosslessRdmaPath):
        size, field = service.spec.traffic.mtu, "mtu"
    elif isinstance(service, DeterministicService):
        size, field = service.spec.traffic.max_packet_bytes, "max_packet_bytes"
    else:
        return
    if size > room:
        message = (
            f"is {size}; the links carry {network.fabric.spec.links.mtu} bytes, and SRv6 takes {_OUTER_HEADER} at least"
        )
        hint = f"links.mtu of the Fabric stands in {network.where(network.fabric.address, 'spec.links.mtu')}"
        yield Problem("mtu-exceeds-links", ("spec", "traffic", field), message, hint=hint)


# ---- what only one can have -----------------------------------------------------------------------------------------


def _port_problems(network: Network) -> Iterator[Finding]:
    taken: dict[tuple[str, str, int], tuple[Service, str]] = {}
    for service in network.services:
        for path, attachment in service.attachments:
            if attachment.vlan is None:
                continue
            first = taken.setdefault((attachment.node, attachment.port, attachment.vlan), (service, path))
            if first != (service, path):
                yield service.address, _port_problem(service, path, attachment, first, network.where)


def _port_problem(
    service: Service, path: str, attachment: Attachment, first: tuple[Service, str], where: Where
) -> Problem:
    place = f"VLAN {attachment.vlan} of {attachment.node} {attachment.port}"
    if first[0] is service:
        return Problem("port-in-use", (*field_path(path), "vlan"), f"is {place}, which {first[1]} uses already")
    hint = f"first used in {where(first[0].address, first[1] + '.vlan')}"
    return Problem(
        "port-in-use", (*field_path(path), "vlan"), f"is {place}, which {first[0].address} uses already", hint=hint
    )


def _pin_problems(network: Network) -> Iterator[Finding]:
    taken: dict[tuple[str, object], Service] = {}
    for service in network.services:
        for field in ("rd", "rt", "slice_id", "colour"):
            number = getattr(service.spec.pins, field)
            if number is None:
                continue
            first = taken.setdefault((field, number), service)
            if first is not service:
                path: FieldPath = ("spec", "pins", field)
                hint = f"first pinned in {network.where(first.address, f'spec.pins.{field}')}"
                yield (
                    service.address,
                    Problem("pin-taken", path, f"is {number}, which {first.address} is pinned to", hint=hint),
                )
