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


@dataclass(frozen=True, slots=True)
class Way:
    """The nodes that packets are sent over on purpose, and by which algorithm from one to the next; none: no way."""

    stops: tuple[str, ...] = ()
    algorithm: int = 0

    def __bool__(self) -> bool:
        return bool(self.stops)
