"""What a plan means for each intent: added, changed, withdrawn or untouched, in one line a reviewer understands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netwright.plan.device import Account
from netwright.plan.model import Action, Flexe, Head, IntentChange, IntentChanges, Plan
from netwright.plan.record import Applied, Said
from netwright.plan.said import UNDERLAY, FieldChange, differences, sentence, told
from netwright.platforms.base import Grade
from netwright.services import words
from netwright.services.design import Design, Served
from netwright.services.profile import waiting


def intent_changes(
    design: Design, applied: Applied, accounts: Mapping[str, Account], said: Mapping[str, Said]
) -> IntentChanges:
    """Every intent that is wanted or was applied, by address: the Fabric first."""
    was = frozenset[str]().union(*(one.owned for one in accounts.values()))
    wanted = frozenset[str]().union(*(one.wants for one in accounts.values()))
    touched: dict[str, list[str]] = {}
    for name, one in accounts.items():
        for owner in one.change.intents:
            touched.setdefault(owner, []).append(name)
    known = sorted(was | wanted | design.idle.keys(), key=lambda name: (not name.startswith("Fabric/"), name))
    heads = [
        (name, _action(name in was, name in wanted, name in touched), design.idle.get(name, False)) for name in known
    ]
    reader = _Reader(design, applied, accounts, said)
    return IntentChanges(heads, lambda head: reader.change(head, tuple(touched.get(head[0], ()))))


def reworded(plan: Plan) -> Mapping[str, tuple[FieldChange, ...]]:
    """The intents that say something else than when they were applied, while no line of any device changes for it."""
    says = plan.design.says if plan.design else {}
    moving = {change.address for change in plan.changed_intents}
    found = {
        address: differences(was.fields, plan.said[address].fields)
        for address, was in sorted(plan.applied.intents.items())
        if address in says and address not in moving and says[address] != was.digest
    }
    return {address: fields for address, fields in found.items() if fields}


@dataclass(frozen=True)
class _Reader:
    """Reads the changes of all devices by intent."""

    design: Design
    applied: Applied
    accounts: Mapping[str, Account]  # by device
    said: Mapping[str, Said]

    def change(self, head: Head, on: tuple[str, ...]) -> IntentChange:
        address, action, idle = head
        served = self.design.served.get(address)
        return IntentChange(
            address=address,
            action=action,
            summary=self._summary(address, action, served),
            devices=on,
            grade=weakest(served),
            grades=_by_node(served),
            notes=self._notes(address, action, served, on),
            contract=served.contract if served else None,
            flexe=_flexe(served) if served else Flexe(),
            fields=self._fields(address) if action is Action.CHANGE else (),
            idle=idle,
        )

    def _summary(self, address: str, action: Action, served: Served | None) -> str:
        if served is not None and not served.profile.active:
            return f"withdrawn: {waiting(served.profile)}" if action is Action.REMOVE else waiting(served.profile)
        if action is Action.REMOVE:
            return "withdrawn"
        if address.startswith("Fabric/"):
            return UNDERLAY
        before = self.applied.intents.get(address) if action is Action.CHANGE else None
        return sentence(self._told(address, served), before.told if before else None)

    def _told(self, address: str, served: Served | None) -> Mapping[str, str]:
        """Its figures; going back, those of then."""
        if served is not None:
            return told(served)
        return self.said[address].told if address in self.said else {}

    def _notes(self, address: str, action: Action, served: Served | None, on: tuple[str, ...]) -> tuple[str, ...]:
        notes = [*_standby(served), *(served.notes if served else ())]
        if action is Action.CHANGE and address in self.applied.intents and not self._fields(address):
            notes.insert(0, self._why(address, served, on))
        return tuple(notes)

    def _why(self, address: str, served: Served | None, on: tuple[str, ...]) -> str:
        """Why lines change although the intent says what it said."""
        if served and self._told(address, served).get("rate") != self.applied.intents[address].told.get("rate"):
            return "says what it said when it was applied; its rate follows its schedule"
        drifted = sorted(name for name in on if self.accounts[name].change.drifted)
        if drifted:
            return f"says what it said; changed outside netwright on {words.listed(drifted)}"
        return "says what it said when it was applied; its lines follow the network or other intents"

    def _fields(self, address: str) -> tuple[FieldChange, ...]:
        before, now = self.applied.intents.get(address), self.said.get(address)
        return differences(before.fields, now.fields) if before and now else ()


def _standby(served: Served | None) -> Iterator[str]:
    """The standby way, which the summary's length does not count."""
    spare = [pair.there.protection for pair in served.ways if pair.there.protection] if served else []
    if spare:
        longest = max(spare, key=lambda path: path.delay_us)
        yield f"standby way: {round(longest.delay_us / 5)} km, {words.count(len(longest.hops), 'link')}"


def _flexe(served: Served) -> Flexe:
    every = {hop.link for hop in served.lowering.hop_rates}
    working = {hop.link for pair in served.ways for way in pair.directions() for hop in way.hops} & every
    with_client = set(served.lowering.clients)
    spare = every - working
    return Flexe(len(working & with_client), len(working), len(spare & with_client), len(spare))


def _action(was: bool, wanted: bool, touched: bool) -> Action:  # noqa: FBT001
    if was and not wanted:
        return Action.REMOVE
    if wanted and not was:
        return Action.ADD
    return Action.CHANGE if touched else Action.KEEP


def weakest(served: Served | None) -> Grade | None:
    """The grade of the weakest hop in anything the service needs."""
    grades = [grade for by_node in served.grades.values() for grade in by_node.values()] if served else []
    return min(grades, default=None)


def _by_node(served: Served | None) -> dict[str, Grade]:
    found: dict[str, Grade] = {}
    for by_node in served.grades.values() if served else ():
        for node, grade in by_node.items():
            found[node] = min(grade, found.get(node, grade))
    return found
