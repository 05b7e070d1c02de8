"""The Plan: a frozen value that says everything an apply will do.

Building it has no side effects; a dry run is a plan that nobody applied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic
from netwright.plan.record import Applied, Owned, Said
from netwright.plan.said import FieldChange
from netwright.platforms.base import Grade, Platform, Provenance, change_parts
from netwright.promise.contract import Contract
from netwright.secret import names_in
from netwright.services.checks import Check
from netwright.services.design import Design
from netwright.tree import Delta, Path, Tree, Wanted
from netwright.yang.model import Judged

if TYPE_CHECKING:
    from netwright.plan.device import Account


class Action(StrEnum):
    """What happens to an intent."""

    ADD = "+"
    CHANGE = "~"
    REMOVE = "-"
    KEEP = "="


class Risk(StrEnum):
    """How much a device's change can hurt beyond what it is for."""

    NONE = "none"
    LOW = "low"  # only adds
    MEDIUM = "medium"  # replaces or removes
    HIGH = "high"  # removes or replaces what several intents use, or needs more than one transaction


@dataclass(frozen=True, slots=True)
class Flexe:
    """On how many links an intent has a FlexE client (its own or its slice's), of how many that it uses at all."""

    links: int = 0
    of: int = 0
    standby_links: int = 0  # the same for the links that only a standby way uses
    standby_of: int = 0

    @property
    def everywhere(self) -> bool:
        """Whether it has one on every link that it may use."""
        return self.of > 0 and (self.links, self.standby_links) == (self.of, self.standby_of)


@dataclass(frozen=True, slots=True)
class IntentChange:
    """What changes for whom."""

    address: str
    action: Action
    summary: str
    devices: tuple[str, ...]
    grade: Grade | None = None  # of the weakest hop
    grades: Mapping[str, Grade] = field(default_factory=dict)  # device -> grade
    notes: tuple[str, ...] = ()
    contract: Contract | None = None
    flexe: Flexe = Flexe()
    fields: tuple[FieldChange, ...] = ()  # what it says otherwise than when it was applied
    idle: bool = False  # its schedule has it off: nothing of it is configured


Head: TypeAlias = tuple[str, Action, bool]
"""An intent's address, what happens to it, and whether its schedule has it off."""


class IntentChanges(Sequence[IntentChange]):
    """The changes of all intents, each made when somebody looks: in a large network most say that nothing changes."""

    def __init__(self, heads: Sequence[Head], make: Callable[[Head], IntentChange]) -> None:
        self._heads, self._make = heads, cache(make)

    @overload
    def __getitem__(self, index: int) -> IntentChange: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[IntentChange, ...]: ...
    def __getitem__(self, index: int | slice) -> IntentChange | tuple[IntentChange, ...]:
        """One of them, or some."""
        if isinstance(index, slice):
            return tuple(map(self._make, self._heads[index]))
        return self._make(self._heads[index])

    def __len__(self) -> int:
        return len(self._heads)

    @property
    def moving(self) -> frozenset[str]:
        """The addresses of those that change."""
        return frozenset(address for address, action, _ in self._heads if action is not Action.KEEP)

    @cached_property
    def told(self) -> tuple[IntentChange, ...]:
        """Those that a reader of the plan is told of: what changes, and what its schedule has off."""
        return tuple(self._make(head) for head in self._heads if head[1] is not Action.KEEP or head[2])


def _named(delta: Delta) -> frozenset[str]:
    """The secrets that either end of a delta refers to."""
    old = (delta.before[path] for path in delta.replace)
    return names_in((*delta.add.values(), *delta.replace.values(), *delta.remove.values(), *old))


@dataclass(frozen=True)
class Transaction:
    """One commit on one device: what is sent, and what would undo it, by part of the configuration.

    Both texts follow from the delta alone, and are written when somebody reads them first.
    """

    delta: Delta
    platform: Platform

    @cached_property
    def change(self) -> Mapping[str, str]:
        """What is sent."""
        return change_parts(self.platform, self.delta)

    @cached_property
    def reverse(self) -> Mapping[str, str]:
        """What would undo it."""
        return change_parts(self.platform, self.delta.reverse())


@dataclass(frozen=True, slots=True)
class Trees:
    """The configuration of one device, whole. Heavy: a plan of many devices makes it for those that are looked at."""

    transactions: tuple[Transaction, ...]
    before: Tree
    after: Tree
    wanted: Wanted
    record: Mapping[Path, Owned]  # what we own afterwards


@dataclass(frozen=True)
class DeviceChange:
    """What one device is sent."""

    device: str
    platform: str
    make: Callable[[], Trees] = field(repr=False, compare=False)  # the same trees at every call
    commits: int  # transactions; 0: nothing to do
    intents: tuple[str, ...]  # whose lines change here
    bystanders: tuple[str, ...]  # intents that own a container or leaf that is touched, and do not change
    risk: Risk
    switch: str  # the dead-man's switch: device | timer | watchdog
    management: str = "not touched"
    adds: int = 0
    replaces: int = 0
    removes: int = 0
    drifted: tuple[Path, ...] = ()
    shared: int = 0
    fingerprint: str = ""  # of what it runs now
    take_in: bool = False  # needs its rollback points enabled first (ZTE)
    risk_because: str = ""  # what makes the risk what it is: `replaces 3 lines`
    record_changes: bool = False  # whether we own something else afterwards than now

    @classmethod
    def whole(cls, trees: Trees, **facts: Any) -> DeviceChange:
        """A change whose trees are there."""
        return cls(make=lambda: trees, commits=len(trees.transactions), **facts)

    @property
    def changes(self) -> bool:
        """Whether anything is sent."""
        return self.commits > 0

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that are sent, and of those that going back would send."""
        return (
            frozenset[str]().union(*(_named(one.delta) for one in self.transactions)) if self.changes else frozenset()
        )

    @property
    def trees(self) -> Trees:
        """The device's configuration."""
        return self.make()

    @property
    def transactions(self) -> tuple[Transaction, ...]:
        """What is committed, one after the other."""
        return self.trees.transactions

    @property
    def before(self) -> Tree:
        """What it runs now."""
        return self.trees.before

    @property
    def after(self) -> Tree:
        """What it runs then."""
        return self.trees.after

    @property
    def wanted(self) -> Wanted:
        """What the intents want of it."""
        return self.trees.wanted

    @property
    def record(self) -> Mapping[Path, Owned]:
        """What we own afterwards."""
        return self.trees.record


@dataclass(frozen=True, slots=True)
class Unverified:
    """Lines whose syntax nobody has established, by construct."""

    platform: str
    construct: str
    template: str
    lines: int
    devices: tuple[str, ...]
    consent: str  # "" when there is none; else where it comes from


class StageKind(StrEnum):
    """The steps of the transaction, in their order."""

    LOCK = "lock"
    SNAPSHOT = "snapshot"
    TAKE_IN = "take-in"
    STAGE = "stage"
    VALIDATE = "validate"
    COMMIT = "commit"
    VERIFY = "verify"
    CONFIRM = "confirm"
    UNLOCK = "unlock"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on some devices; `transaction` counts from 1 where a device has several."""

    kind: StageKind
    devices: tuple[str, ...]
    transaction: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything an apply will do, and what it was made from."""

    digest: str
    at: str
    online: bool
    applicable: bool  # False for offline plans and plans of another instant: they can only be read
    intents: Sequence[IntentChange]
    devices: Mapping[str, DeviceChange]
    stages: tuple[Stage, ...]
    provisional: Mapping[str, str]  # claim -> number that apply will write into the ledger
    unverified: tuple[Unverified, ...]
    provenance: Mapping[tuple[str, int], Provenance]
    checks: Sequence[Check]  # made when they are first looked at
    contracts: Mapping[str, Contract]
    ledger: Ledger  # with the provisional numbers, and those that are to be retired
    claims: frozenset[str]  # the claims that are needed from now on
    applied: Applied  # as it is
    warnings: tuple[Diagnostic, ...] = ()
    judged: Judged | None = None  # by the vendors' own models; None where the network names no modules
    said: Mapping[str, Said] = field(default_factory=dict)  # what each intent says and is promised; made when asked
    design: Design | None = None  # what it was made from
    accounts: Mapping[str, Account] = field(default_factory=dict, compare=False, repr=False)  # to plan again from
    back_to: Applied | None = None  # the record that a rollback leads back to
    ledger_before: Ledger | None = None  # what it was made from; None where nobody compares it

    @property
    def changes(self) -> bool:
        """Whether anything differs: the exit code 2 of `plan`."""
        return any(device.changes for device in self.devices.values()) or self.records_change

    @property
    def records_change(self) -> bool:
        """Whether only our own records would change (a leaf became shared, an owner left)."""
        return any(device.record_changes for device in self.devices.values())

    @property
    def changed_intents(self) -> tuple[IntentChange, ...]:
        """The intents for which something changes."""
        return tuple(change for change in self.told if change.action is not Action.KEEP)

    @property
    def told(self) -> tuple[IntentChange, ...]:
        """The intents that a reader of the plan is told of: what changes, and what its schedule has off."""
        if isinstance(self.intents, IntentChanges):
            return self.intents.told
        return tuple(change for change in self.intents if change.idle or change.action is not Action.KEEP)
