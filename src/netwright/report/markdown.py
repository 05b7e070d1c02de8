"""Evidence as Markdown: the comment that a merge request gets after its apply."""

from __future__ import annotations

from collections.abc import Iterator

from netwright.report.model import Evidence, IntentEvidence
from netwright.report.summary import passed, sentence, way_length, worst_first
from netwright.report.words import amount, asked
from netwright.topology.model import Topology
from netwright.verify.model import State

MARK = {State.SUCCESS: "✅", State.FAILURE: "❌", State.ERROR: "⚠️", State.SKIPPED: "⏭️", State.UNSET: "◻️"}


def markdown(evidence: Evidence) -> str:
    """The comment."""
    lines = [f"## {MARK[evidence.state]} {sentence(evidence)}", "", _facts(evidence), ""]
    lines += ["| intent | asked for | grade | checks | verdict |", "|---|---|---|---|---|"]
    lines += [_row(intent) for intent in evidence.intents]
    for one in evidence.differing:
        paths = [*one.missing, *one.extra, *one.different]
        lines += ["", f"**{one.device}** does not run what was planned: {', '.join(f'`{path}`' for path in paths)}"]
    for intent in evidence.intents:
        lines += ["", *_section(intent, evidence.topology)]
    return "\n".join(lines) + "\n"


def _facts(evidence: Evidence) -> str:
    facts = (
        ("apply", evidence.apply_id),
        ("plan", evidence.plan[:12]),
        ("commit", evidence.commit),
        ("asked by", evidence.asked_by),
        ("at", evidence.at),
        ("lab", evidence.lab),
    )
    return ", ".join(f"{name} `{value}`" for name, value in facts if value)


def _row(intent: IntentEvidence) -> str:
    grade = "" if intent.grade is None else str(intent.grade)
    cells = (f"`{intent.address}`", intent.asked, grade, passed(intent), f"{MARK[intent.state]} {intent.standing}")
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _section(intent: IntentEvidence, topology: Topology) -> Iterator[str]:
    yield f"<details{'' if _quiet(intent) else ' open'}><summary><b>{intent.address}</b></summary>"
    yield ""
    yield from _promise(intent)
    for way in intent.ways:
        yield f"- {way.called}: {' → '.join(way.nodes)} ({way_length(way, topology)})"
    yield ""
    if not intent.verdicts:
        yield from (f"{intent.waits or 'Nobody looked.'}", "", "</details>")
        return
    yield from ("| check | device | observed | verdict |", "|---|---|---|---|")
    for verdict in worst_first(intent.verdicts):
        said = ", ".join(word for word in (verdict.observed, verdict.message) if word)
        cells = (verdict.check.what, verdict.check.device, said, f"{MARK[verdict.state]} {verdict.state}")
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""
    yield "</details>"


def _quiet(intent: IntentEvidence) -> bool:
    return intent.state is State.SUCCESS or intent.standing == "not active"


def _promise(intent: IntentEvidence) -> Iterator[str]:
    if not intent.contract:
        return
    yield from ("| figure | asked | promised | measured |", "|---|---|---|---|")
    for figure in intent.contract.figures:
        seen = intent.measured.get(figure.name)
        said = f"{amount(seen.observed, figure.unit)} ({seen.instrument}) {MARK[seen.state]}" if seen else ""
        cells = (figure.name.replace("_", " "), asked(figure), amount(figure.value, figure.unit), said)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""


def _cell(text: str) -> str:
    """A table's cell may hold neither a bar nor a line break, and what a device says is not markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").replace("\n", " ")
