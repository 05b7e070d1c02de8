"""What a network of emulated devices would show: adjacencies, sessions, routes, policies, from their configurations.

The world is computed as a whole and again only when some device's running configuration has changed; what a single
device shows is put together when it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from netwright.emulator.facts import Facts, MeasurementFact, ProbeFact
from netwright.emulator.igp import Igp
from netwright.emulator.overlay import Overlay
from netwright.emulator.routes import PolicyState, RouteState, Way
from netwright.emulator.steering import (
    delay_along_us,
    loss_along,
    measured_stops,
    passed,
    policy_state,
    reflected,
    sent,
)
from netwright.topology.model import Topology

__all__ = ["Operational", "PolicyState", "Probed", "RouteState", "World"]


@dataclass(frozen=True, slots=True)
class Probed:
    """What probes of one session found: delay there and back, jitter each way, microseconds."""

    delay_us: float
    jitter_us: float
    jitter_back_us: float


@dataclass(frozen=True, slots=True)
class Operational:
    """What one device would show."""

    adjacencies: Mapping[str, str] = field(default_factory=dict)  # interface -> neighbour's hostname, up only
    interfaces_up: frozenset[str] = frozenset()
    sessions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (peer, family) established -> prefixes
    routes: tuple[RouteState, ...] = ()
    policies: tuple[PolicyState, ...] = ()
    delays_us: Mapping[str, float] = field(default_factory=dict)  # measurement name -> one-way delay of its path
    losses: Mapping[str, float] = field(default_factory=dict)  # measurement name -> ratio of packets lost on its path
    probes: Mapping[int, Probed] = field(default_factory=dict)  # TWAMP session -> what came back; without one: nothing
    link_delays_us: Mapping[str, float] = field(
        default_factory=dict
    )  # interface -> delay that IS-IS floods of its link
    encrypted: frozenset[str] = frozenset()  # interfaces on which MACsec is up
    loses: float = 0.0  # ratio of the packets passing this device that it loses itself


class Source(Protocol):
    """What the world needs of a device."""

    @property
    def version(self) -> int:
        """Counts up at every change of the running configuration."""

    def facts(self) -> Facts:
        """What the running configuration means."""


class World:
    """All devices together, wired as the topology says.

    By device: `losses`, the ratio of packets that it loses, and `jitters`, by how many microseconds it delays some
    packets more than others.
    """

    def __init__(
        self,
        topology: Topology,
        devices: Mapping[str, Source],
        losses: Mapping[str, float] | None = None,
        jitters: Mapping[str, float] | None = None,
    ) -> None:
        self._topology = topology
        self._devices = devices
        self._losses = losses or {}
        self._jitters = jitters or {}
        self._moment: _Moment | None = None

    def operational(self, name: str) -> Operational:
        """What the device `name` would show now."""
        versions = tuple(device.version for device in self._devices.values())
        if self._moment is None or self._moment.versions != versions:
            facts = {name: device.facts() for name, device in self._devices.items()}
            self._moment = _Moment(versions, self._topology, facts, self._losses, self._jitters)
        return self._moment.operational(name)


class _Moment:
    """The world between two changes."""

    def __init__(
        self,
        versions: tuple[int, ...],
        topology: Topology,
        facts: Mapping[str, Facts],
        losses: Mapping[str, float],
        jitters: Mapping[str, float],
    ) -> None:
        self.versions = versions
        self._losses, self._jitters = losses, jitters
        self._facts = facts
        self._igp = Igp(topology, facts)
        self._overlay = Overlay(facts, self._igp)
        self._shown: dict[str, Operational] = {}

    def operational(self, name: str) -> Operational:
        if name not in self._shown:
            self._shown[name] = self._show(name)
        return self._shown[name]

    def _show(self, name: str) -> Operational:
        facts = self._facts[name]
        policies = tuple(policy_state(name, policy, self._igp) for policy in facts.policies)
        routes = self._overlay.routes(name)
        stops = {flow.name: found for flow in facts.measurements if (found := self._stops(name, flow))}
        return Operational(
            adjacencies=self._igp.adjacencies[name],
            interfaces_up=self._igp.interfaces_up(name),
            sessions=self._overlay.received(name),
            routes=routes,
            policies=policies,
            delays_us={flow: delay_along_us(way, self._igp) for flow, way in stops.items()},
            losses={flow: loss_along(passed(way, self._igp), self._losses) for flow, way in stops.items()},
            probes={one.session: back for one in facts.probes if (back := self._probed(name, one)) is not None},
            link_delays_us=self._igp.link_delays_us[name],
            encrypted=self._igp.encrypted(name),
            loses=self._losses.get(name, 0.0),
        )

    def _stops(self, name: str, flow: MeasurementFact | None) -> Way:
        """The nodes that a flow of a device is sent over, to the device that has its destination."""
        if flow is None:
            return Way()
        facts = self._facts[name]
        policies = (policy_state(name, policy, self._igp) for policy in facts.policies)
        by_colour = {(policy.endpoint, policy.colour): policy for policy in policies}
        return measured_stops(name, flow, facts, self._overlay.routes(name), by_colour, self._igp)

    def _probed(self, name: str, probe: ProbeFact) -> Probed | None:
        """What a session measures: None unless its probes arrive, are answered, and the answers come back."""
        there = self._stops(name, sent(probe, self._facts[name]))
        back = self._stops(there.stops[-1], reflected(probe, self._facts[there.stops[-1]])) if there else Way()
        if not back or back.stops[-1] != name:
            return None
        out, home = (sum(self._jitters.get(one, 0.0) for one in passed(way, self._igp)) for way in (there, back))
        return Probed(delay_along_us(there, self._igp) + delay_along_us(back, self._igp), out, home)
