"""The plan on the screen: by intent first (what changes for whom), then by device (what would be sent)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff

from netwright.cli.screens.table import table
from netwright.plan.intents import reworded
from netwright.plan.model import Action, DeviceChange, Flexe, IntentChange, Plan
from netwright.platforms.base import Grade, join_parts
from netwright.report.plan import IDLE, REWORDED, risk
from netwright.report.words import plural

SHORT = 8
"""Characters of a digest on the screen: enough to be unique in one network, and `apply --plan` takes them."""


def plan_screen(plan: Plan, only: Collection[str] = ()) -> str:
    """The screen of `netwright plan`; `only` names the devices to print, none means all."""
    if not plan.changes:
        idle = sum(change.idle for change in plan.told)
        off = f" ({idle} not active now)" if idle else ""
        same = f"no changes: the devices run what {plural(len(plan.intents), 'intent')} ask for{off}.  {_digest(plan)}"
        return "\n".join((*_reworded(plan), same))
    devices, width = changed(plan, only), _width(plan)
    parts = [
        "\n".join((*(line for change in plan.told for line in _intent(change, width)), *_reworded(plan))),
        _devices(devices),
        "\n".join(_remarks(plan, devices)),
        "\n".join(_unverified(plan)),
        plan.judged.summary if plan.judged else "",
        _summary(plan),
    ]
    return "\n\n".join(part for part in parts if part)


def next_step(plan: Plan, network: str = "", flags: str = "") -> str:
    """What the user can do now, as it can be typed: `network` is ` -C DIR` or nothing, `flags` this plan's."""
    program = f"netwright{network}"
    if not plan.changes:
        return ""
    if not plan.online:
        return f"next: {program} plan{flags}     (this plan is offline: it can be read, not applied)"
    if not plan.applicable:
        return f"this plan is of {plan.at}: it can be read, not applied"
    device = next((change.device for change in plan.devices.values() if change.changes), "")
    look = f"     (or: {program} plan{flags} --format diff {device})" if device else ""
    return f"next: {program} apply{flags} --plan {plan.digest[:SHORT]}{look}"


def changed(plan: Plan, only: Collection[str] = ()) -> tuple[DeviceChange, ...]:
    """The devices that are sent something, by name, of those that were asked for."""
    return tuple(
        plan.devices[name] for name in sorted(plan.devices) if plan.devices[name].changes and (not only or name in only)
    )


def cli_screen(plan: Plan, only: Collection[str] = ()) -> str:
    """What is sent, device by device, one block a transaction, in order (`--format cli`)."""
    return "\n".join(_sent(change) for change in changed(plan, only))


def _sent(change: DeviceChange) -> str:
    total = len(change.transactions)
    blocks = [
        f"# {change.device}, transaction {number} of {total}\n{join_parts(transaction.change)}"
        for number, transaction in enumerate(change.transactions, 1)
    ]
    return "\n".join(blocks)


def diff_screen(texts: Mapping[str, tuple[str, str]]) -> str:
    """A unified diff a device, from (before, after) texts whose secrets are masked already (`--format diff`)."""
    blocks: list[str] = []
    for name in sorted(texts):
        before, after = (text.splitlines() for text in texts[name])
        blocks += unified_diff(before, after, f"{name} (runs now)", f"{name} (planned)", lineterm="")
    return "\n".join(blocks)


def _width(plan: Plan) -> int:
    return max((len(change.address) for change in plan.told), default=0)


def _intent(change: IntentChange, width: int) -> Iterator[str]:
    yield f"{change.action} {change.address.ljust(width)}   {change.summary}".rstrip()
    yield from (f"    {field}" for field in change.fields)
    if change.idle:  # how it would be done is told when it is
        yield f"    {IDLE}"
        return
    if change.grades and change.action is not Action.REMOVE:
        yield f"    {_grades(change)}"
    yield from (f"    {note}" for note in change.notes)


def _reworded(plan: Plan) -> Iterator[str]:
    for address, fields in reworded(plan).items():
        yield f"{Action.KEEP} {address.ljust(_width(plan))}   {REWORDED}"
        yield from (f"    {field}" for field in fields)


def _grades(change: IntentChange) -> str:
    """`hard on 3 routers, emulated on pod2-leaf1: grade emulated`; `hard (FlexE) on all routers`."""
    by_grade: dict[Grade, list[str]] = {}
    for device in sorted(change.grades):
        by_grade.setdefault(change.grades[device], []).append(device)
    if len(by_grade) == 1:
        grade = next(iter(by_grade))
        if grade is Grade.HARD and change.flexe.everywhere:
            return f"{grade} (FlexE) on all routers"
        return f"{grade} on all routers{_flexe(change.flexe)}"
    words = [f"{grade} on {_routers(by_grade[grade])}" for grade in sorted(by_grade, reverse=True)]
    return f"{', '.join(words)}: grade {min(by_grade)}{_flexe(change.flexe)}"


def _flexe(flexe: Flexe) -> str:
    """On how many links it has FlexE slots: `, with FlexE on 1 of 2 links, standby 2 of 3`."""
    if not flexe.links + flexe.standby_links:
        return ""
    some = f"{flexe.links} of " if flexe.links < flexe.of or flexe.standby_of else ""
    standby = f", standby {flexe.standby_links} of {flexe.standby_of}" if flexe.standby_of else ""
    return f", with FlexE on {some}{plural(flexe.of, 'link')}{standby}"


def _routers(devices: list[str]) -> str:
    return ", ".join(devices) if len(devices) <= 2 else plural(len(devices), "router")


def _devices(devices: Iterable[DeviceChange]) -> str:
    rows = [
        (change.device, str(len(change.intents)), _lines(change), risk(change), change.management) for change in devices
    ]
    return table([("device", "intents", "lines", "risk", "management path"), *rows]) if rows else ""


def _lines(change: DeviceChange) -> str:
    signs = ((change.adds, "+"), (change.replaces, "~"), (change.removes, "-"))
    return " ".join(f"{sign}{count}" for count, sign in signs if count)


def _remarks(plan: Plan, devices: Sequence[DeviceChange]) -> Iterator[str]:
    for change in devices:
        if change.drifted:
            count = plural(len(change.drifted), "line")
            yield f"  {change.device}: {count} changed outside netwright, put right by this plan"
    if fresh := [change.device for change in devices if change.take_in]:
        yield f"  {', '.join(fresh)}: rollback points are enabled first"
    if plan.provisional:
        yield f"  {plural(len(plan.provisional), 'number')} chosen by this plan, provisional until apply"


def _unverified(plan: Plan) -> Iterator[str]:
    for one in plan.unverified:
        consent = (
            f"consent: {one.consent}" if one.consent else "no consent: --allow-unverified, or inventory/groups.yaml"
        )
        where = f"{one.platform} {one.construct} on {', '.join(one.devices)} ({one.template})"
        yield f"  unverified: {plural(one.lines, 'line')} of {where}; {consent}"


def _summary(plan: Plan) -> str:
    touched, devices = plan.changed_intents, [change for change in plan.devices.values() if change.changes]
    others = len(plan.intents) - len(touched)
    beside = sorted({name for change in devices for name in change.bystanders})
    effect = f"{', '.join(beside)} shares what is touched" if beside else "none affected"
    idle = [change.address for change in plan.told if change.idle and change.action is Action.KEEP]
    off = f" ({len(idle)} not active now)" if idle else ""
    rest = f"; {plural(others, 'other intent')} checked{off}, {effect}" if others else ""
    return f"{plural(len(touched), 'intent')} on {plural(len(devices), 'device')}{rest}.  {_digest(plan)}"


def _digest(plan: Plan) -> str:
    return f"plan {plan.digest[:SHORT]}"
