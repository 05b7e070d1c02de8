"""Build the plan: what is wanted, what we applied last and what the devices run, put together. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from netwright import __version__
from netwright.address import within
from netwright.alloc.store import dump as dump_ledger
from netwright.diagnostics import Diagnostics
from netwright.drivers.model import SwitchKind
from netwright.plan.intents import IntentChanges
from netwright.plan.lost import lost_claims
from netwright.plan.masked import masked_value
from netwright.plan.merge import Merged, merge
from netwright.plan.model import DeviceChange, Plan, Risk, Stage, StageKind, Transaction, Unverified
from netwright.plan.policy import TOLERANT, Policies, policy_for
from netwright.plan.record import Applied, DeviceRecord, Said
from netwright.plan.record import dump as dump_applied
from netwright.plan.said import Sayings
from netwright.platforms.base import Platform, Provenance, Status
from netwright.platforms.registry import RULES
from netwright.render.ahead import word_all
from netwright.render.engine import Rendered, assemble
from netwright.render.templates import Library
from netwright.services import words
from netwright.services.compile import Design
from netwright.tree import Delta, Leaf, Path, Tree, Wanted, fingerprint, show_path


@dataclass(frozen=True, slots=True)
class Seen:
    """What one device runs, and what else was read from it."""

    tree: Tree
    apply_id: str = ""
    taken_in: bool = True  # False: needs its rollback points enabled first


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


def build_plan(design: Design, ground: Ground) -> Plan:
    """Make the plan, or raise `Refused` with every reason why it cannot be applied."""
    found = Diagnostics()
    builder = _Builder(design, ground, found)
    plan = builder.plan()
    found.close()
    return plan


@dataclass
class _Builder:
    design: Design
    ground: Ground
    found: Diagnostics
    provenance: dict[tuple[str, int], Provenance] = field(default_factory=dict)

    def plan(self) -> Plan:
        ground = self.ground
        self._check_state()
        self.found.close()
        devices = {name: self._device(name, rendered) for name, rendered in self._rendered()}
        self._check_ledger(devices)
        unverified = tuple(self._unverified(devices))
        self._check_consent(unverified)
        said = Sayings(self.design) if ground.said is None else ground.said
        changes = IntentChanges(self.design, ground.applied, devices, said).all()
        changed = {change.address for change in changes if str(change.action) != "="}
        devices = {name: _with_bystanders(device, changed) for name, device in devices.items()}
        return Plan(
            digest=self._digest(devices),
            at=self.design.at.isoformat(timespec="seconds"),
            online=ground.online,
            applicable=ground.online and ground.now,
            intents=changes,
            devices=devices,
            stages=tuple(stages(devices)),
            provisional=self.design.new_claims,
            unverified=unverified,
            provenance=self.provenance,
            checks=self.design.checks,
            contracts=self.design.contracts,
            ledger=self.design.ledger,
            claims=self.design.claims,
            applied=ground.applied,
            warnings=self.design.warnings + tuple(self.found.found),
            said=said,
            design=self.design,
        )

    # ---- one device

    def _device(self, name: str, rendered: Rendered) -> DeviceChange:
        ground, platform = self.ground, self.ground.platforms[name]
        seen = ground.seen[name]
        record = ground.applied.device(name)
        merged = merge(
            rendered.leaves,
            record.leaves,
            seen.tree,
            ground.baselines.get(name, {}),
            self._takeover(name),
            self._tolerates,
        )
        self._report(name, merged)
        transactions = tuple(Transaction(delta, platform) for delta in platform.sequence(merged.delta) if delta)
        touched = _owners_touched(merged, rendered.leaves, record)
        delta = merged.delta
        self._check_rules(name, platform, delta.after() if delta else seen.tree, rendered.leaves)
        risk, because = _risk(delta, len(transactions), record)
        return DeviceChange(
            device=name,
            platform=platform.name,
            transactions=transactions,
            before=seen.tree,
            after=delta.after() if delta else seen.tree,
            wanted=rendered.leaves,
            record=merged.record,
            intents=tuple(sorted(touched)),
            bystanders=(),
            risk=risk,
            switch=str(ground.switches[name]),
            management=_management(delta, ground.management.get(name, "")),
            adds=len(delta.add),
            replaces=len(delta.replace),
            removes=len(delta.remove),
            drifted=merged.drifted,
            shared=sum(owned.shared for owned in merged.record.values()),
            fingerprint=fingerprint(seen.tree),
            take_in=bool(delta) and not seen.taken_in,
            risk_because=because,
        )

    def _rendered(self) -> Iterator[tuple[str, Rendered]]:
        """What each device shall run, in name order; the next ones are worded while one is looked at."""
        names = sorted(self.ground.platforms)
        if self.ground.wanted is not None:
            yield from ((name, Rendered(self.ground.wanted.get(name, {}), {})) for name in names)
            return
        fragments = {name: self.design.fragments.get(name, ()) for name in names}
        for name, worded in word_all(fragments, self.ground.platforms, self.ground.library):
            platform = self.ground.platforms[name]
            rendered = assemble(fragments[name], worded, platform, self.ground.library, self.found)
            self.provenance.update(rendered.provenance)
            yield name, rendered

    def _takeover(self, device: str) -> Consent:
        return Consent(device, self.ground.takeover)

    def _tolerates(self, path: Path, leaf: Leaf) -> bool:
        return policy_for(path, leaf.owners, self.ground.policies) in TOLERANT

    def _check_rules(self, name: str, platform: Platform, after: Tree, wanted: Wanted) -> None:
        """What the platform demands of the whole: told where a line of ours is at fault; what runs there runs."""
        for broken in RULES[platform.name](platform, after) if platform.name in RULES else ():
            if broken.path in wanted:
                origin = wanted[broken.path].origins[0]
                message = f"{broken.message}; at {show_path(broken.path)} on {name}"
                hint = f"written by {origin.template}:{origin.line}"
                self.found.error("platform-rule", f"{origin.owner}/{name}", message, hint=hint)

    def _report(self, name: str, merged: Merged) -> None:
        for clash in merged.clashes:
            owner = min(clash.leaf.owners)
            ours, theirs = (self._shown(name, clash.path, value) for value in (clash.leaf.value, clash.running))
            message = f"needs {ours} at {show_path(clash.path)} on {name}, which runs {theirs}"
            hint = f"--takeover {owner}/{name} replaces it and restores it on removal, or change the intent"
            self.found.error("foreign-value", f"{owner}/{name}", message, hint=hint)
        for trapped in merged.trapped:
            owner = min(trapped.owners)
            inside = ", ".join(show_path(path) for path in trapped.foreign[:4])
            more = f" and {len(trapped.foreign) - 4} more" if len(trapped.foreign) > 4 else ""
            message = (
                f"cannot remove {show_path(trapped.container)} on {name}: it holds {inside}{more}, which are not ours"
            )
            hint = "remove them on the device first, or keep the intent"
            self.found.error("foreign-inside", f"{owner}/{name}", message, hint=hint)
        for path in merged.drifted:
            self._report_drift(name, path, merged.drift[path])

    def _shown(self, name: str, path: Path, value: str) -> str:
        """A value for a message: a secret by its fingerprint."""
        return repr(masked_value(self.ground.platforms[name], path, value))

    def _report_drift(self, name: str, path: Path, value: str | None) -> None:
        owned = self.ground.applied.device(name).leaves[path]
        owner = min(owned.owners, default="Fabric")
        found = "is gone" if value is None else f"is {self._shown(name, path, value)}"
        message = f"{show_path(path)} on {name} {found}; it was {self._shown(name, path, owned.value)}"
        wish = policy_for(path, owned.owners, self.ground.policies)
        if wish == "abort":
            hint = "its policy is to abort on drift: put it right on the device, or change the policy"
            self.found.error("drift-aborts", f"{owner}/{name}", message, hint=hint)
        elif wish in TOLERANT and value is not None:
            self.found.warning("drifted", f"{owner}/{name}", message, hint=f"left as it is: its policy is to {wish} it")
        else:
            self.found.warning("drifted", f"{owner}/{name}", message, hint="this plan sets it back where it is wanted")

    # ---- the whole

    def _check_state(self) -> None:
        if not self.ground.online or self.ground.ignore_state:
            return
        for name, seen in self.ground.seen.items():
            ours = self.ground.applied.device(name).apply_id
            if seen.apply_id != ours:
                message = f"carries apply {seen.apply_id or 'none'}, and our record says {ours or 'none'}"
                hint = "pull the newer state, or repair the record: netwright drift --adopt"
                self.found.error("state-behind", name, message, hint=hint)

    def _check_ledger(self, devices: Mapping[str, DeviceChange]) -> None:
        """Refuse to renumber what runs; alone, since everything else that is wrong then is wrong because of it."""
        if self.ground.ignore_state:
            return
        wanted, alone = {name: device.wanted for name, device in devices.items()}, Diagnostics()
        if lost := lost_claims(self.design, wanted, self.ground.applied):
            more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
            message = f"has no number for {', '.join(lost[:3])}{more}, which the record says we applied with one"
            hint = "take the last committed file from Git, or read the devices: netwright drift --adopt"
            alone.error("ledger-lost", "state/ledger.yaml", message, hint=hint)
        alone.close()

    def _unverified(self, devices: Mapping[str, DeviceChange]) -> Iterator[Unverified]:
        counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for name, device in devices.items():
            for path in _sent(device):
                leaf = device.wanted.get(path)
                origin = leaf.origins[0] if leaf else None
                known = self.provenance.get((origin.template, origin.line)) if origin else None
                if origin and known and known.status is Status.UNVERIFIED:
                    counts[device.platform, origin.construct, origin.template][name] += 1
        for (platform, construct, template), by_device in sorted(counts.items()):
            consent = self._consent(construct, by_device)
            yield Unverified(platform, construct, template, sum(by_device.values()), tuple(sorted(by_device)), consent)

    def _consent(self, construct: str, devices: Iterable[str]) -> str:
        if self.ground.allow_unverified:
            return "--allow-unverified"
        agreed = all(construct in self.ground.consents.get(name, frozenset()) for name in devices)
        return "inventory/groups.yaml" if agreed else ""

    def _check_consent(self, unverified: Iterable[Unverified]) -> None:
        for entry in unverified:
            if not entry.consent:
                sent = words.count(entry.lines, "line")
                message = f"would send {sent} whose syntax nobody has established, from {entry.template}"
                agree = f"list `{entry.construct}` in the group's data.allow_unverified"
                hint = f"agree for this run with --allow-unverified, or {agree}"
                self.found.error("unverified-lines", f"{entry.platform}/{entry.construct}", message, hint=hint)

    def _digest(self, devices: Mapping[str, DeviceChange]) -> str:
        """The plan's digest: inputs, ledger, record, and what each device runs; not the clock."""
        digest = sha256(f"netwright {__version__}\n".encode())
        for text in (*self._inputs(), dump_applied(self.ground.applied)):
            digest.update(f"{text}\n".encode())
        for name, device in devices.items():
            digest.update(f"{name} {device.platform} {device.fingerprint}\n".encode())
            digest.update(_fingerprint(device).encode())
        return digest.hexdigest()

    def _inputs(self) -> Iterator[str]:
        """The intents and the ledger; provisional numbers are dated by the clock: of those only the number counts."""
        if self.design.numbers is not None:
            yield self.design.numbers.fabric.model_dump_json()
        for served in self.design.served.values():
            yield served.profile.service.model_dump_json()
        ledger = self.design.ledger
        yield dump_ledger(ledger.drop())
        yield from (f"{claim} {ledger.numbers[claim]}" for claim in sorted(ledger.provisional))


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


def stages(devices: Mapping[str, DeviceChange]) -> Iterator[Stage]:
    """The steps of the transaction. Devices whose dead-man's switch is the weakest commit last and confirm last."""
    changed = tuple(name for name, device in devices.items() if device.changes)
    if not changed:
        return
    weak = tuple(name for name in changed if devices[name].switch == SwitchKind.WATCHDOG)
    strong = tuple(name for name in changed if name not in weak)
    yield Stage(StageKind.LOCK, changed)
    yield Stage(StageKind.SNAPSHOT, changed)
    if new := tuple(name for name in changed if devices[name].take_in):
        yield Stage(StageKind.TAKE_IN, new)
    for number in range(1, max(len(devices[name].transactions) for name in changed) + 1):
        now = tuple(name for name in changed if len(devices[name].transactions) >= number)
        yield Stage(StageKind.STAGE, now, number)
        yield Stage(StageKind.VALIDATE, now, number)
        for group in (strong, weak):
            if committing := tuple(name for name in group if name in now):
                yield Stage(StageKind.COMMIT, committing, number)
    yield Stage(StageKind.VERIFY, changed)
    for group in (strong, weak):
        if group:
            yield Stage(StageKind.CONFIRM, group)
    yield Stage(StageKind.UNLOCK, changed)


def _sent(device: DeviceChange) -> set[Path]:
    return {
        path for transaction in device.transactions for path in (*transaction.delta.add, *transaction.delta.replace)
    }


def _owners_touched(merged: Merged, wanted: Wanted, record: DeviceRecord) -> set[str]:
    """The intents whose own lines change: owners of what is added, replaced or removed."""
    owners: set[str] = set()
    for path in (*merged.delta.add, *merged.delta.replace):
        if path in wanted:
            owners |= wanted[path].owners
    for path in merged.delta.remove:
        if path in record.leaves:
            owners |= record.leaves[path].owners
    return owners


def _fingerprint(device: DeviceChange) -> str:
    """A digest of what is wanted, by whom, and of what is sent for it: the texts follow from that.

    What a transaction adds is wanted, but for values that come back: those are told apart.
    """
    digest, wanted = sha256(), device.wanted
    lines = ("\x1f".join((*path, leaf.value, *_owners(leaf))) for path, leaf in wanted.items())
    digest.update("\x1e".join(lines).encode())
    for delta in (transaction.delta for transaction in device.transactions):
        back = {path: value for path, value in delta.add.items() if path not in wanted or wanted[path].value != value}
        for tree in (back, delta.replace, delta.remove):
            digest.update(f"{len(delta.add)} {fingerprint(tree)}\n".encode())
    return digest.hexdigest()


def _owners(leaf: Leaf) -> list[str]:
    return [leaf.origins[0].owner] if len(leaf.origins) == 1 else sorted(leaf.owners)


def _risk(delta: Delta, transactions: int, record: DeviceRecord) -> tuple[Risk, str]:
    """How much the change can hurt, and what makes it so."""
    if not delta:
        return Risk.NONE, ""
    touched = (*delta.remove, *delta.replace)
    several = sum(len(record.leaves[path].owners) > 1 for path in touched if path in record.leaves)
    reasons = [f"{transactions} transactions, one after the other"] if transactions > 1 else []
    if several:
        reasons.append(f"changes {words.count(several, 'line')} of several intents")
    if reasons:
        return Risk.HIGH, ", ".join(reasons)
    does = ((delta.replace, "replaces"), (delta.remove, "removes"))
    reasons = [f"{verb} {words.count(len(paths), 'line')}" for paths, verb in does if paths]
    return (Risk.MEDIUM, ", ".join(reasons)) if reasons else (Risk.LOW, "only adds")


def _with_bystanders(device: DeviceChange, changed: Collection[str]) -> DeviceChange:
    """Who shares a container that is touched, and does not change itself: the blast radius on this device."""
    if not device.changes:
        return device
    owners = {origin.owner for leaf in device.wanted.values() for origin in leaf.origins}
    others = {owner for owner in owners.difference(changed) if not owner.startswith("Fabric/")}
    if not others:
        return device
    parents = {path[:-1] for transaction in device.transactions for path in _paths(transaction.delta)}
    beside = {
        owner
        for path, leaf in device.wanted.items()
        if path[:-1] in parents and (len(path) > 2 or path[:-1] in device.wanted)
        for owner in leaf.owners & others
    }
    return replace(device, bystanders=tuple(sorted(beside)))


def _paths(delta: Delta) -> Iterator[Path]:
    yield from delta.add
    yield from delta.replace
    yield from delta.remove


def _management(delta: Delta, address: str) -> str:
    """Whether the change comes near the interface by which we reach the device."""
    if not address or not delta:
        return "not touched"
    near = (path for path, value in delta.before.items() if address in value and address in _WORDS.split(value))
    homes = {_interface(path) for path in near} - {()}
    touched = sorted(path for path in _paths(delta) if _interface(path) in homes) if homes else []
    return f"touched at {show_path(touched[0])}: confirmed commit needed" if touched else "not touched"


_WORDS = re.compile(r"[\s/]+")  # an address stands alone, or before its length


def _interface(path: Path) -> Path:
    """The part of a path that names one interface; () where it names none."""
    for depth, step in enumerate(path, 1):
        if step.startswith(("interface ", "interface[")):
            return path[:depth]
    return ()
