"""What a plan means for each intent: added, changed, withdrawn or untouched, in one line a reviewer understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netwright.plan.model import Action, DeviceChange, IntentChange
from netwright.plan.record import Applied
from netwright.platforms.base import Grade
from netwright.services import words
from netwright.services.compile import Design, Served


@dataclass(frozen=True)
class IntentChanges:
    """Reads the changes of all devices by intent."""

    design: Design
    applied: Applied
    devices: Mapping[str, DeviceChange]

    def all(self) -> tuple[IntentChange, ...]:
        """Every intent that is wanted or was applied, by address: the Fabric first."""
        was = self._owners(lambda device: self.applied.device(device).leaves.values())
        wanted = self._owners(lambda device: self.devices[device].wanted.values())
        touched: dict[str, list[str]] = {}
        for name, device in self.devices.items():
            for owner in device.intents:
                touched.setdefault(owner, []).append(name)
        known = sorted(was | wanted | set(self.design.served), key=lambda name: (not name.startswith("Fabric/"), name))
        return tuple(self._one(name, name in was, name in wanted, tuple(touched.get(name, ()))) for name in known)

    def _owners(self, leaves_of: object) -> set[str]:
        return {owner for device in self.devices for leaf in leaves_of(device) for owner in leaf.owners}  # type: ignore[operator]

    def _one(self, address: str, was: bool, wanted: bool, on: tuple[str, ...]) -> IntentChange:  # noqa: FBT001
        action = _action(was, wanted, bool(on))
        served = self.design.served.get(address)
        return IntentChange(
            address=address,
            action=action,
            summary=self._summary(action, served),
            devices=on,
            grade=weakest(served),
            grades=_by_node(served),
            notes=served.notes if served else (),
            contract=served.contract if served else None,
            flexe_links=len(served.lowering.clients) if served else 0,
            links=len({hop.link for hop in served.lowering.hop_rates}) if served else 0,
        )

    def _summary(self, action: Action, served: Served | None) -> str:
        if action is Action.REMOVE:
            return "withdrawn"
        if served is None:
            return "the underlay: loopbacks, links, IS-IS with SRv6, BGP"
        if not served.profile.active:
            return "not active at this instant"
        return describe(served)


def describe(served: Served) -> str:
    """One line: what is sold, over which way, and what is promised."""
    profile, contract = served.profile, served.contract
    said = [words.rate(profile.bandwidth_bps)]
    longest = max((pair.there.path for pair in served.ways), key=lambda path: path.delay_us, default=None)
    if longest is not None:
        said += [f"{round(longest.delay_us / 5)} km", words.count(len(longest.hops), "hop")]
    promises = []
    goodput = contract.figure("goodput_ratio")
    if goodput is not None:
        promises.append(f"goodput >= {words.rate(goodput.value * profile.bandwidth_bps)}")
    delay = contract.figure("one_way_delay")
    if delay is not None:
        promises.append(f"delay <= {words.delay(delay.value)}")
    return ", ".join(said) + (f"; promises {', '.join(promises)}" if promises else "")


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
