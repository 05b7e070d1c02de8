"""What a network of emulated devices would show: adjacencies, sessions, routes, policies, from their configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RouteState:
    """A route of a VRF, local or learnt."""

    vrf: str
    prefix: str
    protocol: str  # connected | static | bgp
    next_hop: str = ""
    sid: str = ""
    colour: int = 0
    interface: str = ""


@dataclass(frozen=True, slots=True)
class PolicyState:
    """An SR policy with its active path."""

    name: str
    endpoint: str
    colour: int
    up: bool
    preference: int = 0
    sids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operational:
    """What one device would show."""

    adjacencies: Mapping[str, str] = field(default_factory=dict)  # interface -> neighbour's hostname, up only
    interfaces_up: frozenset[str] = frozenset()
    sessions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (peer, family) established -> prefixes
    routes: tuple[RouteState, ...] = ()
    policies: tuple[PolicyState, ...] = ()
    delays_us: Mapping[str, float] = field(default_factory=dict)  # measurement name -> one-way delay of its path
