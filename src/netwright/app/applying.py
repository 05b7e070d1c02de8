"""`apply` and `rollback`: one transaction over all devices, remembered, and with its evidence."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

from netwright.alloc import store
from netwright.alloc.ledger import Ledger
from netwright.app.evidence import keep_evidence
from netwright.app.returning import again, intents_left_by, told_again
from netwright.app.site import Site, network_of, now, site
from netwright.app.verifying import promises
from netwright.apply.journal import Entry, Journal, Phase, open_journal, unfinished
from netwright.apply.lock import network_lock
from netwright.apply.model import DeviceState, Observer, Outcome, silent
from netwright.apply.recover import Recovery
from netwright.apply.settle import after_apply, previous_ids
from netwright.apply.snapshot import Snapshot, write_snapshot
from netwright.apply.transaction import Transaction
from netwright.diagnostics import Diagnostics
from netwright.drivers.model import SwitchKind
from netwright.plan import record
from netwright.plan.model import Plan
from netwright.plan.record import Applied
from netwright.platforms.base import join_parts, write_parts
from netwright.services import words
from netwright.wish import Done, Wish
from netwright.workspace import Network, commit_of, who

OPEN_STATES = {DeviceState.UNKNOWN, DeviceState.WRONG}
"""While a device is in one of these the journal stays: the next run has work to do."""


def apply(wish: Wish, made: Plan, confirm_timeout_s: int = 300, observe: Observer = silent) -> Done:
    """Apply exactly this plan: all devices or none."""
    _check_applicable(made)
    _check_switches(wish, made)
    with site(wish) as here, lock(here.network):
        _check_unchanged(here.network, made)
        here.secrets.refuse_missing({name: change.secrets for name, change in made.devices.items()})
        return _Run(here, wish, made, confirm_timeout_s, observe).run()


def lock(network: Network) -> AbstractContextManager[None]:
    """The lock of a network on this machine."""
    return network_lock(network.journal, who(), now())


def _check_applicable(made: Plan) -> None:
    found = Diagnostics()
    if not made.online:
        message, hint = "was made offline: it can be read, not applied", "netwright plan, without --offline"
        found.error("read-only-plan", f"plan {made.digest[:8]}", message, hint=hint)
    elif not made.applicable:
        message, hint = "was made for another instant: it can be read, not applied", "netwright plan, without --at"
        found.error("read-only-plan", f"plan {made.digest[:8]}", message, hint=hint)
    found.close()


def _check_switches(wish: Wish, made: Plan) -> None:
    """A watchdog dies with the controller's host: in a pipeline only a journal that outlives the job restores it."""
    weak = [name for name, change in made.devices.items() if change.changes and change.switch == SwitchKind.WATCHDOG]
    found = Diagnostics()
    if weak and os.environ.get("CI") and not os.environ.get("NETWRIGHT_JOURNAL") and not wish.emulated:
        message = (
            f"{words.listed(weak)} has no switch of its own, and this pipeline has not said where its journal lives"
        )
        hint = "name a folder that outlives the job in NETWRIGHT_JOURNAL (docs/operating.md, In a pipeline)"
        found.error("journal-not-declared", f"plan {made.digest[:8]}", message, hint=hint)
    found.close()


def _check_unchanged(network: Network, made: Plan) -> None:
    """Another run, or a person, may have written ledger or record since the plan was made."""
    found = Diagnostics()
    if made.ledger_before is not None and network.ledger != made.ledger_before:
        message, hint = "was made from another state/ledger.yaml than is there now", "netwright plan, look again"
        found.error("stale-plan", f"plan {made.digest[:8]}", message, hint=hint)
    if record.dump(network.applied) != record.dump(made.applied):
        message, hint = "was made from an older record: somebody applied meanwhile", "netwright plan, look again"
        found.error("stale-plan", f"plan {made.digest[:8]}", message, hint=hint)
    found.close()


class _Run:
    """One apply, from the first journal entry to the evidence."""

    def __init__(self, here: Site, wish: Wish, made: Plan, confirm_timeout_s: int, observe: Observer) -> None:
        self.here, self.wish, self.made = here, wish, made
        self.confirm_timeout_s, self.observe = confirm_timeout_s, observe
        self.network = here.network
        self.started = now()
        self.apply_id = f"nw-{self.started:%Y%m%dT%H%M%S}-{made.digest[:8]}"

    def run(self) -> Done:
        """Begin the journal, walk the transaction, remember what came of it."""
        journal = self._begin()
        transaction = Transaction(
            plan=self.made,
            apply_id=self.apply_id,
            fleet=self.here.fleet,
            platforms=self.network.platforms,
            journal=journal,
            now=now,
            verify=partial(promises, self.here, self.made.checks, silent if self.made.back_to else self.observe),
            confirm_timeout_s=self.confirm_timeout_s,
            observe=self.observe,
            where=self._where,
        )
        outcome = transaction.run()
        if outcome.exit_code:
            self._forget(journal, outcome)
        else:
            self._remember(journal)
            if self.made.back_to is not None:
                return self._look_again(outcome, self.made.back_to)
        folder = keep_evidence(self.network, self.made, outcome)
        return Done(outcome, str(folder) if folder else "")

    def _look_again(self, outcome: Outcome, then: Applied) -> Done:
        """After a rollback: whether what is promised again is kept. Nothing is taken back if it is not."""
        holds = again(self.network, self.wish, then)
        findings = promises(replace(self.here, network=holds.network), holds.checks, self.observe)
        outcome = told_again(outcome, holds, findings)
        if holds.made is None:
            return Done(outcome)
        folder = keep_evidence(holds.network, replace(holds.made, design=holds.design), outcome)
        return Done(outcome, str(folder) if folder else "")

    def _where(self, address: str, field: str) -> str:
        source = self.network.intents.source(address, field)
        return f"{source.file}:{source.line}" if source else ""

    def _begin(self) -> Journal:
        """The journal, what will be remembered if all goes well, and the provisional numbers: all before any device."""
        journal = open_journal(self.network.journal, self.apply_id)
        ledger, applied = self._future()
        journal.keep("past/ledger.yaml", store.dump(self.network.ledger))
        journal.keep("past/applied.json", record.dump(self.network.applied))
        journal.keep("future/ledger.yaml", store.dump(ledger))
        journal.keep("future/applied.json", record.dump(applied))
        changed = {name: change for name, change in self.made.devices.items() if change.changes}
        texts = {
            name: join_parts(write_parts(self.network.platforms[name], change.before))
            for name, change in changed.items()
        }
        state = Snapshot(self.apply_id, self.network.ledger, self.network.applied)
        write_snapshot(self.network.state / "snapshots", state, texts, self._intents())
        facts = {"plan": self.made.digest, "who": who(), "commit": commit_of(self.network.root)}
        journal.write(Entry(self.started.isoformat(), Phase.PREPARE, "begin", tuple(changed), facts))
        store.save(self.made.ledger, self.network.state / "ledger.yaml")
        return journal

    def _intents(self) -> Path | None:
        """The folder of the intents that this apply makes true."""
        then = self.made.back_to
        return intents_left_by(self.network, then.apply_id) if then else self.network.root / "intents"

    def _future(self) -> tuple[Ledger, Applied]:
        fabric = self.network.intents.fabric
        quarantine = {"quarantine": fabric.spec.quarantine} if fabric else {}
        commit = commit_of(self.network.root)
        return after_apply(self.made, self.apply_id, self.started, commit, abandoned=self.wish.abandon, **quarantine)

    def _remember(self, journal: Journal) -> None:
        self.network.save(*self._future())
        journal.write(Entry(now().isoformat(), Phase.DONE, "remembered"))
        journal.close()

    def _forget(self, journal: Journal, outcome: Outcome) -> None:
        """Nothing of the change stays: the ledger is what it was. An open state keeps the journal for the next run."""
        store.save(self.network.ledger, self.network.state / "ledger.yaml")
        if not any(result.state in OPEN_STATES for result in outcome.devices.values()):
            journal.write(Entry(now().isoformat(), Phase.RESTORED, "restored"))
            journal.close()


# ---- recovery -------------------------------------------------------------------------------------------------------


def recover(wish: Wish, observe: Observer = silent) -> Outcome | None:  # noqa: ARG001 - the facade's signature
    """Finish or undo what a killed run left; None when nothing was left."""
    network = network_of(wish)
    if unfinished(network.journal) is None:
        return None
    with site(wish) as here, lock(here.network):
        journal = unfinished(here.network.journal)
        if journal is None:
            return None
        marks = previous_ids(here.network.applied)
        outcome = Recovery(journal, here.fleet, here.network.platforms, now, marks).run()
        _settle(here.network, journal, outcome)
        return outcome


def _settle(network: Network, journal: Journal, outcome: Outcome) -> None:
    """Remember a finished apply, drop the numbers of an undone one; keep the journal while a device is not right."""
    if any(entry.step == "begin" for entry in journal.entries()):  # before that nothing was touched
        which = "future" if journal.phase is Phase.DONE else "past"
        network.save(
            store.parse(journal.kept(f"{which}/ledger.yaml") or ""),
            record.load(journal.kept(f"{which}/applied.json") or ""),
        )
    if not any(result.state in OPEN_STATES for result in outcome.devices.values()):
        journal.close()
