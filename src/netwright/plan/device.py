"""One device of a plan: what it shall run against what it runs, and what the whole plan must know of it. Pure.

A plan of many devices is made by several processes, and remembers little of a device that nobody looks at: its trees
can be had again by the same work. So what the whole plan needs is an account of the device in plain values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from netwright.diagnostics import Diagnostic, Diagnostics
from netwright.plan.ground import Consent, Ground
from netwright.plan.masked import masked_value
from netwright.plan.merge import Merged, merge
from netwright.plan.model import DeviceChange, Risk, Transaction, Trees
from netwright.plan.policy import TOLERANT, policy_for
from netwright.plan.record import DeviceRecord
from netwright.platforms.base import Platform, Provenance, Status
from netwright.platforms.registry import RULES
from netwright.render.engine import Rendered, render
from netwright.services import words
from netwright.services.model import Fragment
from netwright.tree import Delta, Leaf, Path, Tree, Wanted, fingerprint, show_path

Fresh = Collection[str]
"""Claims that were given a number now."""


@dataclass(frozen=True)
class Account:
    """One device's change, and what else the whole plan needs to know of it."""

    change: DeviceChange
    found: tuple[Diagnostic, ...]
    provenance: Mapping[tuple[str, int], Provenance]
    digest: str  # of what is wanted, by whom, and of what is sent for it
    wants: frozenset[str]  # the intents that want a line
    owned: frozenset[str]  # the intents that own a line in the record
    beside: frozenset[str]  # the intents that have a line in what is touched, whether they change or not
    unverified: Mapping[tuple[str, str], int]  # (construct, template) -> lines sent whose syntax nobody established
    written: frozenset[str]  # of the fresh claims: those that write a line where the record has one of the same intent
    given: bytes = field(default=b"", compare=False)  # its fragments, packed by the process that made them; or nothing


def account(name: str, fragments: Sequence[Fragment], ground: Ground, fresh: Fresh = ()) -> Account:
    """Plan one device. `NetwrightError` where a template is not what it must be."""
    found = Diagnostics()
    return _Device(name, ground, found).account(_rendered(name, fragments, ground, found), fresh)


def _rendered(name: str, fragments: Sequence[Fragment], ground: Ground, found: Diagnostics) -> Rendered:
    if ground.wanted is not None:
        return Rendered(ground.wanted.get(name, {}), {})
    return render(fragments, ground.platforms[name], ground.library, found)


@dataclass(frozen=True)
class _Device:
    name: str
    ground: Ground
    found: Diagnostics

    @property
    def platform(self) -> Platform:
        return self.ground.platforms[self.name]

    @property
    def record(self) -> DeviceRecord:
        return self.ground.applied.device(self.name)

    def account(self, rendered: Rendered, fresh: Fresh) -> Account:
        wanted, record, merged = rendered.leaves, self.record, self._merged(rendered.leaves)
        self._report(merged)
        change = self._change(merged, wanted)
        self._check_rules(change.after, wanted)
        return Account(
            change=change,
            found=tuple(self.found.found),
            provenance=rendered.provenance,
            digest=_digest(change.trees),
            wants=frozenset(origin.owner for leaf in wanted.values() for origin in leaf.origins),
            owned=frozenset(owner for leaf in record.leaves.values() for owner in leaf.owners),
            beside=_beside(change.trees),
            unverified=_unverified(change.trees, rendered.provenance),
            written=frozenset(fresh).intersection(_written(wanted, record)) if fresh else frozenset(),
        )

    def _merged(self, wanted: Wanted) -> Merged:
        ground, name = self.ground, self.name
        return merge(
            wanted,
            self.record.leaves,
            self._running(wanted),
            ground.baselines.get(name, {}),
            Consent(name, ground.takeover),
            ground.tolerates,
        )

    def _running(self, wanted: Wanted) -> Tree:
        """What the device runs; a default that is wanted is there, any other was set by nobody."""
        seen = self.ground.seen[self.name]
        there = {p: v for p, v in seen.defaults.items() if p in wanted and wanted[p].value == v}
        return {**seen.tree, **there} if there else seen.tree

    def _change(self, merged: Merged, wanted: Wanted) -> DeviceChange:
        ground, record, delta = self.ground, self.record, merged.delta
        seen = ground.seen[self.name]
        transactions = tuple(Transaction(part, self.platform) for part in self.platform.sequence(delta) if part)
        risk, because = _risk(delta, len(transactions), record)
        after = delta.after() if delta else seen.tree
        return DeviceChange.whole(
            Trees(transactions, seen.tree, after, wanted, merged.record),
            device=self.name,
            platform=self.platform.name,
            intents=tuple(sorted(_touched(merged, wanted, record))),
            bystanders=(),
            risk=risk,
            switch=str(ground.switches[self.name]),
            management=_management(delta, ground.management.get(self.name, "")),
            adds=len(delta.add),
            replaces=len(delta.replace),
            removes=len(delta.remove),
            drifted=merged.drifted,
            shared=sum(owned.shared for owned in merged.record.values()),
            fingerprint=fingerprint(seen.tree),
            take_in=bool(delta) and not seen.taken_in,
            risk_because=because,
            record_changes=merged.record != record.leaves,
        )

    # ---- what is wrong with it

    def _check_rules(self, after: Mapping[Path, str], wanted: Wanted) -> None:
        """What the platform demands of the whole: told where a line of ours is at fault; what runs there runs."""
        name, platform = self.name, self.platform
        for broken in RULES[platform.name](platform, after) if platform.name in RULES else ():
            if broken.path in wanted:
                origin = wanted[broken.path].origins[0]
                message = f"{broken.message}; at {show_path(broken.path)} on {name}"
                hint = f"written by {origin.template}:{origin.line}"
                self.found.error("platform-rule", f"{origin.owner}/{name}", message, hint=hint)

    def _report(self, merged: Merged) -> None:
        name = self.name
        for clash in merged.clashes:
            owner = min(clash.leaf.owners)
            ours, theirs = (self._shown(clash.path, value) for value in (clash.leaf.value, clash.running))
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
            self._report_drift(path, merged.drift[path])

    def _shown(self, path: Path, value: str) -> str:
        """A value for a message: a secret by its fingerprint."""
        return repr(masked_value(self.platform, path, value))

    def _report_drift(self, path: Path, value: str | None) -> None:
        name = self.name
        owned = self.record.leaves[path]
        owner = min(owned.owners, default="Fabric")
        found = "is gone" if value is None else f"is {self._shown(path, value)}"
        message = f"{show_path(path)} on {name} {found}; it was {self._shown(path, owned.value)}"
        wish = policy_for(path, owned.owners, self.ground.policies)
        if wish == "abort":
            hint = "its policy is to abort on drift: put it right on the device, or change the policy"
            self.found.error("drift-aborts", f"{owner}/{name}", message, hint=hint)
        elif wish in TOLERANT and value is not None:
            self.found.warning("drifted", f"{owner}/{name}", message, hint=f"left as it is: its policy is to {wish} it")
        else:
            self.found.warning("drifted", f"{owner}/{name}", message, hint="this plan sets it back where it is wanted")


def _touched(merged: Merged, wanted: Wanted, record: DeviceRecord) -> set[str]:
    """The intents whose own lines change: owners of what is added, replaced or removed."""
    delta, leaves = merged.delta, record.leaves
    sets = {wanted[path].owners for paths in (delta.add, delta.replace) for path in paths if path in wanted}
    sets |= {leaves[path].owners for path in delta.remove if path in leaves}
    return set().union(*sets)


def _digest(trees: Trees) -> str:
    """A digest of what is wanted, by whom, and of what is sent for it: the texts follow from that.

    What a transaction adds is wanted, but for values that come back: those are told apart.
    """
    digest, wanted = sha256(), trees.wanted
    lines = ("\x1f".join((*path, leaf.value, *_owners(leaf))) for path, leaf in wanted.items())
    digest.update("\x1e".join(lines).encode())
    for delta in (transaction.delta for transaction in trees.transactions):
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


def _beside(trees: Trees) -> frozenset[str]:
    """Who has a line in a container that is touched: without those that change, the blast radius on this device."""
    parents = {path[:-1] for transaction in trees.transactions for path in _paths(transaction.delta)}
    if not parents:
        return frozenset()
    wanted = trees.wanted
    return frozenset(
        origin.owner
        for path, leaf in wanted.items()
        if (parent := path[:-1]) in parents and (len(path) > 2 or parent in wanted)
        for origin in leaf.origins
    )


def _unverified(trees: Trees, provenance: Mapping[tuple[str, int], Provenance]) -> dict[tuple[str, str], int]:
    """The lines that are sent and whose syntax nobody has established, by construct and template."""
    doubtful = {key for key, known in provenance.items() if known.status is Status.UNVERIFIED}
    if not doubtful:
        return {}
    sent = {path for one in trees.transactions for path in (*one.delta.add, *one.delta.replace)}
    origins = (trees.wanted[path].origins[0] for path in sent if path in trees.wanted)
    return Counter((one.construct, one.template) for one in origins if (one.template, one.line) in doubtful)


def _written(wanted: Wanted, record: DeviceRecord) -> Iterator[str]:
    """The claims that write a line where the record has one of the same intent."""
    for path, leaf in wanted.items():
        if path in record.leaves:
            for origin in leaf.origins:
                if origin.owner in record.leaves[path].owners:
                    yield from (reason for _, reason in origin.because)


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
