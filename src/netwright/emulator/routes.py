"""What an emulated device has to show of routes and policies."""

from __future__ import annotations

from dataclasses import dataclass


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
