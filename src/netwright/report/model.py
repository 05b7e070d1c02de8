"""What a report is made of: the promises, the verdicts, and where the traffic goes.

The judgement is made in `verify`; a report adds nothing to it and leaves nothing out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwright.platforms.base import Grade
from netwright.promise.contract import Contract
from netwright.topology.model import Topology
from netwright.verify.model import Configured, State, Verdict


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured for one figure of a contract. `observed` is in the figure's own unit."""

    figure: str
    observed: float
    state: State
    instrument: str  # iFIT, TWAMP, interface counters, iperf3 ...
    samples: int = 0
    at: str = ""  # ISO 8601


CALLED = {"protection": "standby"}


@dataclass(frozen=True, slots=True)
class Way:
    """A path that carries an intent, or would carry it when the first one fails."""

    role: str  # working | protection
    nodes: tuple[str, ...]
    links: tuple[str, ...]  # by name, one fewer than the nodes

    @property
    def called(self) -> str:
        """The role as people call it, here and in a plan."""
        return CALLED.get(self.role, self.role)


@dataclass(frozen=True, slots=True)
class Carrier:
    """The configuration of one device that carries an intent, in the device's own words, secrets masked."""

    device: str
    platform: str
    text: str


@dataclass(frozen=True, slots=True)
class IntentEvidence:
    """One intent: what it was promised, what was found, and how it is carried."""

    address: str
    tenant: str = ""
    source: str = ""  # FILE:LINE of the document
    asked: str = ""  # in one sentence: `100 G lossless from pop1-gw1 to pop2-gw1`
    grade: Grade | None = None
    contract: Contract | None = None
    measured: Mapping[str, Measured] = field(default_factory=dict)  # by the figure's name
    verdicts: tuple[Verdict, ...] = ()
    ways: tuple[Way, ...] = ()
    carriers: tuple[Carrier, ...] = ()
    waits: str = ""  # `not active until ...`: its schedule has it off, so that there is nothing to look at

    @property
    def standing(self) -> str:
        """The state in a word, also of an intent that is not active now."""
        return "not active" if self.waits and self.state is State.UNSET else self.state.value

    @property
    def state(self) -> State:
        """The worst of what was found: one broken promise breaks the intent, an unasked question leaves it unset."""
        states = {verdict.state for verdict in self.verdicts} | {one.state for one in self.measured.values()}
        order = (State.FAILURE, State.ERROR, State.SUCCESS, State.SKIPPED)
        return next((state for state in order if state in states), State.UNSET)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The proof of one apply or one verification."""

    network: str
    at: str  # ISO 8601
    topology: Topology
    intents: tuple[IntentEvidence, ...]
    configured: tuple[Configured, ...] = ()  # each device compared with what was planned
    apply_id: str = ""
    plan: str = ""
    commit: str = ""
    asked_by: str = ""
    seconds: float = 0.0
    lab: str = ""  # what it ran on, where that was a lab

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, by intent."""
        return tuple(verdict for intent in self.intents for verdict in intent.verdicts)

    @property
    def differing(self) -> tuple[Configured, ...]:
        """The devices that do not run exactly what was planned."""
        return tuple(one for one in self.configured if one.missing or one.extra or one.different)

    @property
    def state(self) -> State:
        """The worst over all intents and devices."""
        states = {intent.state for intent in self.intents} | ({State.FAILURE} if self.differing else set())
        order = (State.FAILURE, State.ERROR, State.SUCCESS, State.SKIPPED)
        return next((state for state in order if state in states), State.UNSET)

    def count(self) -> Mapping[State, int]:
        """How many verdicts of each state."""
        return {state: sum(verdict.state is state for verdict in self.verdicts) for state in State}
