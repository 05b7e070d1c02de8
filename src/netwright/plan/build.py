"""Build the plan: what is wanted, what we applied last and what the devices run, put together. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from netwright import __version__
from netwright.diagnostics import Diagnostics
from netwright.drivers.model import SwitchKind
from netwright.plan.ahead import look_at_all, made_again, work
from netwright.plan.device import Account, account
from netwright.plan.ground import Ground
from netwright.plan.intents import intent_changes
from netwright.plan.lost import lost_claims
from netwright.plan.model import DeviceChange, Plan, Stage, StageKind, Unverified
from netwright.plan.said import Sayings
from netwright.platforms.base import Provenance
from netwright.services import words
from netwright.services.design import Design


def build_plan(
    design: Design,
    ground: Ground,
    *,
    ahead: bool = False,
    giving: bool = False,
    kept: Mapping[str, Account] | None = None,
) -> Plan:
    """Make the plan, or raise `Refused` with every reason why it cannot be applied.

    With `ahead` a large network is planned by several processes, and the trees of a device are made again when somebody
    looks at them: faster for a plan that is read, slower for one that is applied everywhere. `giving` asks them for the
    fragments, packed. `kept` are accounts of devices about which nothing differs from the plan that they are from.
    """
    found = Diagnostics()
    builder = _Builder(design, ground, found, kept or {}, ahead=ahead, giving=giving)
    plan = builder.plan()
    found.close()
    return plan


@dataclass
class _Builder:
    design: Design
    ground: Ground
    found: Diagnostics
    kept: Mapping[str, Account] = field(default_factory=dict)
    ahead: bool = False
    giving: bool = False
    provenance: dict[tuple[str, int], Provenance] = field(default_factory=dict)

    def plan(self) -> Plan:
        ground = self.ground
        self._check_state()
        self.found.close()
        accounts = self._accounts()
        self._check_ledger(accounts)
        unverified = tuple(self._unverified(accounts))
        self._check_consent(unverified)
        said = Sayings(self.design) if ground.said is None else ground.said
        changes = intent_changes(self.design, ground.applied, accounts, said)
        changed = changes.moving
        devices = {name: _with_bystanders(one, changed) for name, one in accounts.items()}
        return Plan(
            digest=self._digest(accounts),
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
            accounts=accounts,
        )

    def _accounts(self) -> dict[str, Account]:
        """Every device by itself, in name order."""
        ground, fragments, fresh = self.ground, self.design.fragments, self._fresh

        def look(name: str) -> Account:
            return account(name, fragments.get(name, ()), ground, fresh)

        names = [name for name in sorted(ground.platforms) if name not in self.kept]
        much = work(len(names), len(ground.platforms), len(self.design.served)) if self.ahead else 0
        accounts = {name: made_again(self.kept[name], look) for name in ground.platforms if name in self.kept}
        accounts |= look_at_all(names, look, much, fragments.get if self.giving else None)
        for _, one in sorted(accounts.items()):
            self.found.found += one.found
            self.provenance.update(one.provenance)
        return dict(sorted(accounts.items()))

    @property
    def _fresh(self) -> frozenset[str]:
        return self.design.numbers.assignment.chosen if self.design.numbers else frozenset()

    def _check_state(self) -> None:
        if not self.ground.online or self.ground.ignore_state:
            return
        behind: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, seen in self.ground.seen.items():
            ours = self.ground.applied.device(name).apply_id
            if seen.apply_id != ours:
                behind[seen.apply_id, ours].append(name)
        for (theirs, ours), (name, *others) in behind.items():
            message = f"carries apply {theirs or 'none'}, and our record says {ours or 'none'}{_so_do(others)}"
            hint = "pull the newer state, or repair the record: netwright drift --adopt"
            if not theirs:
                hint = "it was reset, or replaced, or is emulated anew: netwright drift --adopt reads what it runs now"
            self.found.error("state-behind", name, message, hint=hint)

    def _check_ledger(self, accounts: Mapping[str, Account]) -> None:
        """Refuse to renumber what runs; alone, since everything else that is wrong then is wrong because of it."""
        if self.ground.ignore_state:
            return
        alone = Diagnostics()
        if lost := lost_claims(self._fresh, self.design.ledger, accounts):
            more = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
            message = f"has no number for {', '.join(lost[:3])}{more}, which the record says we applied with one"
            hint = "take the last committed file from Git, or read the devices: netwright drift --adopt"
            alone.error("ledger-lost", "state/ledger.yaml", message, hint=hint)
        alone.close()

    def _unverified(self, accounts: Mapping[str, Account]) -> Iterator[Unverified]:
        counts: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
        for name, one in accounts.items():
            for (construct, template), lines in one.unverified.items():
                counts[one.change.platform, construct, template][name] = lines
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

    def _digest(self, accounts: Mapping[str, Account]) -> str:
        """The plan's digest: inputs, ledger, record, and what each device runs; not the clock."""
        digest = sha256(f"netwright {__version__}\n".encode())
        says = self.design.says
        for text in (*(says[address] for address in sorted(says)), self.design.numbering, self.ground.applied.digest):
            digest.update(f"{text}\n".encode())
        for name, one in accounts.items():
            digest.update(f"{name} {one.change.platform} {one.change.fingerprint}\n{one.digest}".encode())
        return digest.hexdigest()


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
    for number in range(1, max(devices[name].commits for name in changed) + 1):
        now = tuple(name for name in changed if devices[name].commits >= number)
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


def _so_do(others: Sequence[str]) -> str:
    if not others:
        return ""
    more = f" and {len(others) - 3} more" if len(others) > 3 else ""
    return f"; so do {', '.join(others[:3])}{more}"


def _with_bystanders(one: Account, changed: Collection[str]) -> DeviceChange:
    """Who shares a container that is touched, and does not change itself: the blast radius on this device."""
    others = sorted(owner for owner in one.beside.difference(changed) if not owner.startswith("Fabric/"))
    return replace(one.change, bystanders=tuple(others)) if others else one.change
