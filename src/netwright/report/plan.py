"""The plan for a merge request and for programs: Markdown, and one JSON document with stable keys."""

from __future__ import annotations

import json
from collections.abc import Iterator

from netwright.plan.intents import reworded
from netwright.plan.model import Action, DeviceChange, IntentChange, Plan, Unverified
from netwright.plan.said import FieldChange
from netwright.platforms.base import join_parts
from netwright.report.words import plural

_WORD = {Action.ADD: "add", Action.CHANGE: "change", Action.REMOVE: "remove", Action.KEEP: "keep"}
IDLE = "its numbers and bandwidth are kept, nothing is configured"
"""What becomes of an intent that its schedule has off."""
REWORDED = "says something else than when it was applied; no line of any device changes for it"
"""What becomes of an intent whose text alone was changed."""
_HEAD = ("| | intent | what changes | grade |", "|---|---|---|---|")
_LONGEST = 400
"""Lines of one device in a comment; the rest is in the plan's folder. A forge refuses comments beyond 64 KiB."""


def plan_markdown(plan: Plan) -> str:
    """The comment that a reviewer reads."""
    devices = [plan.devices[name] for name in sorted(plan.devices) if plan.devices[name].changes]
    words = tuple(_reworded(plan))
    if not plan.changes:
        table = "\n".join((*_HEAD, *words, "", "")) if words else ""
        return f"## No changes\n\n{table}{plural(len(plan.intents), 'intent')} checked. Plan `{plan.digest[:12]}`.\n"
    lines = [
        f"## {plural(len(plan.changed_intents), 'intent')} on {plural(len(devices), 'device')}",
        "",
        f"Plan `{plan.digest}`, at {plan.at}{'' if plan.applicable else ', to be read only'}.",
        "",
        *_HEAD,
        *(_intent(change) for change in plan.told),
        *words,
        "",
        "| device | intents | lines | risk | management path | switch |",
        "|---|---|---|---|---|---|",
        *(_device(change) for change in devices),
        *_unverified(plan.unverified),
        *(("", plan.judged.summary) if plan.judged else ()),
    ]
    for change in devices:
        lines += ["", *_details(change)]
    return "\n".join(lines) + "\n"


def risk(change: DeviceChange) -> str:
    """The risk with its reason: `medium: replaces 3 lines`."""
    return f"{change.risk}: {change.risk_because}" if change.risk_because else str(change.risk)


def _intent(change: IntentChange) -> str:
    notes = (IDLE,) if change.idle else change.notes
    what = "<br>".join(_cell(text) for text in (change.summary, *map(str, change.fields), *notes))
    return f"| {_WORD[change.action]} | `{change.address}` | {what} | {'' if change.grade is None else change.grade} |"


def _reworded(plan: Plan) -> Iterator[str]:
    for address, fields in reworded(plan).items():
        what = "<br>".join(_cell(text) for text in (REWORDED, *map(str, fields)))
        yield f"| {_WORD[Action.KEEP]} | `{address}` | {what} | |"


def _device(change: DeviceChange) -> str:
    lines = f"+{change.adds} ~{change.replaces} -{change.removes}"
    cells = (change.device, str(len(change.intents)), lines, risk(change), change.management, change.switch)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _unverified(unverified: tuple[Unverified, ...]) -> Iterator[str]:
    if unverified:
        yield from ("", "| unverified lines | template | devices | consent |", "|---|---|---|---|")
    for one in unverified:
        cells = (f"{one.lines} of {one.platform} {one.construct}", f"`{one.template}`", ", ".join(one.devices))
        yield f"| {' | '.join(cells)} | {one.consent or '**none**'} |"


def _details(change: DeviceChange) -> Iterator[str]:
    yield f"<details><summary><b>{change.device}</b>: what is sent</summary>"
    for transaction in change.transactions:
        sent = join_parts(transaction.change).splitlines()
        fence = "`" * max(3, 1 + max((_run(line) for line in sent), default=0))
        yield from ("", fence, *sent[:_LONGEST])
        if len(sent) > _LONGEST:
            yield f"... {len(sent) - _LONGEST} more lines in the plan's folder"
        yield fence
    yield from ("", "</details>")


def _run(line: str) -> int:
    """The longest run of backticks: the fence must be longer."""
    return max((len(run) for run in "".join(c if c == "`" else " " for c in line).split()), default=0)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def plan_document(plan: Plan) -> dict[str, object]:
    """The plan for programs: what changes for whom and what is sent where. Trees are left to the plan's folder."""
    words = reworded(plan)
    return {
        "digest": plan.digest,
        "at": plan.at,
        "online": plan.online,
        "applicable": plan.applicable,
        "changes": plan.changes,
        "intents": [_intent_document(change, words.get(change.address, ())) for change in plan.intents],
        "devices": {name: _device_document(plan.devices[name]) for name in sorted(plan.devices)},
        "stages": [
            {"stage": stage.kind.value, "devices": stage.devices, "transaction": stage.transaction}
            for stage in plan.stages
        ],
        "provisional": dict(sorted(plan.provisional.items())),
        "unverified": [_unverified_document(one) for one in plan.unverified],
        "contracts": [plan.contracts[address].as_dict() for address in sorted(plan.contracts)],
        "warnings": [finding.as_dict() for finding in plan.warnings],
        **({"yang": plan.judged.as_dict()} if plan.judged else {}),
    }


def plan_json(plan: Plan) -> str:
    """`plan.json` of the plan's folder."""
    return json.dumps(plan_document(plan), indent=2, ensure_ascii=False) + "\n"


def _intent_document(change: IntentChange, words: tuple[FieldChange, ...]) -> dict[str, object]:
    return {
        "address": change.address,
        "action": _WORD[change.action],
        "summary": change.summary,
        "devices": change.devices,
        "grade": None if change.grade is None else str(change.grade),
        "grades": {device: str(grade) for device, grade in sorted(change.grades.items())},
        "notes": change.notes,
        "fields": [{"field": one.field, "was": one.was, "now": one.now} for one in change.fields or words],
        "idle": change.idle,
    }


def _device_document(change: DeviceChange) -> dict[str, object]:
    return {
        "platform": change.platform,
        "changes": change.changes,
        "intents": change.intents,
        "bystanders": change.bystanders,
        "risk": change.risk.value,
        "risk_because": change.risk_because,
        "switch": change.switch,
        "management": change.management,
        "adds": change.adds,
        "replaces": change.replaces,
        "removes": change.removes,
        "drifted": ["/" + "/".join(path) for path in change.drifted],
        "fingerprint": change.fingerprint,
        "transactions": [
            {"change": dict(transaction.change), "reverse": dict(transaction.reverse)}
            for transaction in change.transactions
        ],
    }


def _unverified_document(one: Unverified) -> dict[str, object]:
    return {
        "platform": one.platform,
        "construct": one.construct,
        "template": one.template,
        "lines": one.lines,
        "devices": one.devices,
        "consent": one.consent,
    }
