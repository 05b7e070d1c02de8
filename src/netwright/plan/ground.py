"""Everything a plan is made from, besides the design: the state, what the devices run, and what was agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwright.address import within
from netwright.drivers.model import SwitchKind
from netwright.plan.policy import TOLERANT, Policies, policy_for
from netwright.plan.record import Applied, Said
from netwright.platforms.base import Platform
from netwright.render.templates import Library
from netwright.tree import Leaf, Path, Tree, Wanted


@dataclass(frozen=True, slots=True)
class Seen:
    """What one device runs, and what else was read from it."""

    tree: Tree
    apply_id: str = ""
    taken_in: bool = True  # False: needs its rollback points enabled first
    defaults: Tree = field(default_factory=dict)  # what it reports and nobody is known to have set


@dataclass(frozen=True)
class Ground:
    """Everything a plan is made from, besides the design."""

    platforms: Mapping[str, Platform]  # by device
    switches: Mapping[str, SwitchKind]  # by device
    baselines: Mapping[str, Tree]
    applied: Applied
    seen: Mapping[str, Seen]
    library: Library
    consents: Mapping[str, frozenset[str]] = field(default_factory=dict)  # device -> constructs
    management: Mapping[str, str] = field(default_factory=dict)  # device -> the address we reach it by
    online: bool = True
    now: bool = True  # the plan is of this instant
    allow_unverified: bool = False
    takeover: tuple[str, ...] = ()
    ignore_state: bool = False  # adopting: the record is what is being repaired
    policies: Policies = field(default_factory=dict)
    wanted: Mapping[str, Wanted] | None = None  # going back: what was owned then, instead of what is compiled now
    said: Mapping[str, Said] | None = None  # going back: what the intents said then

    def tolerates(self, path: Path, leaf: Leaf) -> bool:
        """Whether drift of a leaf is left as it is."""
        return policy_for(path, leaf.owners, self.policies) in TOLERANT


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a foreign value may be replaced: `--takeover` names the leaf's intent, or its intent on this device."""

    device: str
    addresses: tuple[str, ...]

    def __call__(self, leaf: Leaf) -> bool:
        """Whether one of the addresses covers the leaf."""
        return any(
            "/" in address and within(f"{owner}/{self.device}", address)
            for owner in leaf.owners
            for address in self.addresses
        )
