"""Channelised sub-interfaces for hard isolation: on which links a slice has them, and how they are called.

Where both ends of a link can, a slice with hard isolation gets a sub-interface of its own there: a bandwidth that
nobody else can use, and a VLAN by which the far end tells its packets. FlexE goes first; where the channels of both
ends can be exclusive, these go first too, unless the Fabric asks for sub-interfaces (`links.hard`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from netwright.platforms.base import Capability
from netwright.services.profile import Profile
from netwright.services.ways import PairWays
from netwright.topology.model import Link, Topology

VLANS = range(2, 4095)
"""The VLANs of a link's sub-interfaces: 1 is the usual default, 4095 is reserved (IEEE 802.1Q)."""

LEAST_BPS = 2_000_000
"""The smallest bandwidth of a sub-interface (huawei-fim-ethernet): what a direction has that is promised nothing."""

Can: TypeAlias = Callable[[str], Mapping[str, Capability]]


@dataclass(frozen=True, slots=True)
class Channelised:
    """What a service has of one link: a sub-interface at either end, of the same VLAN."""

    link: Link
    vlan: int

    def interface(self, node: str) -> str:
        """The sub-interface at an end of the link."""
        return f"{self.link.port_of(node)}.{self.vlan}"


def channelised_links(
    profile: Profile,
    ways: tuple[PairWays, ...],
    clients: Collection[str],
    topology: Topology,
    can: Can,
    *,
    asked: bool,
) -> tuple[str, ...]:
    """The links on which a service's slice has sub-interfaces; `clients` are those where it has FlexE clients."""
    if profile.isolation != "hard" or profile.ride or not may_be_channelised(profile, can):
        return ()
    directions = (way for pair in ways for way in pair.directions() if profile.carries(way.a))
    links = {hop.link for way in directions for hop in way.all_hops} - set(clients)
    return tuple(sorted(name for name in links if _fits(topology.links[name], can, asked=asked)))


def may_be_channelised(profile: Profile, can: Can) -> bool:
    """Whether its packets find their way into sub-interfaces and need no class queue there.

    A sub-interface is found by the slice's id in the packet. It has no queues that can be set: huawei-qos has
    `port-queues` on main interfaces alone, so that what must not be lost or must not wait stays out of it.
    """
    marked = all(can(node)["slice_ids"].value for node in profile.nodes if profile.carries(node))
    return marked and not (profile.lossless or profile.strict)


def _fits(link: Link, can: Can, *, asked: bool) -> bool:
    ends = can(link.a), can(link.z)
    able = all(end["channelised"].value for end in ends)
    return able and (asked or not all(end["exclusive_channel"].value for end in ends))
