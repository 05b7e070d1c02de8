"""From a line on a router back to the sentence that asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netwright.wish import Explanation


def explain_screen(explanations: Sequence[Explanation]) -> str:
    """All matches, each line of the device as one block."""
    lines: dict[tuple[str, str], list[Explanation]] = {}
    for one in explanations:
        lines.setdefault((one.device, one.line), []).append(one)
    return "\n\n".join("\n".join(_block(owners)) for owners in lines.values())


def _block(owners: Sequence[Explanation]) -> Iterator[str]:
    """A line with each intent that wants it; intents that want it for the same reasons are named together."""
    first = owners[0]
    yield f"{first.device}  {first.line}"
    alike: dict[tuple[object, ...], list[Explanation]] = {}
    for one in owners:
        alike.setdefault((one.reasons, one.template), []).append(one)
    for same in alike.values():
        yield ", ".join(dict.fromkeys(one.intent for one in same))
        yield from _reasons(same[0])
    others = sorted(set(first.also) - {one.intent for one in owners})
    if others or len(owners) == 1:
        yield f"  also needed by: {', '.join(others) or 'nobody'}"
    if first.shared:
        yield "  it was there before netwright: used, and left in place on removal"


def _reasons(one: Explanation) -> Iterator[str]:
    for reason in one.reasons:
        yield f"  {reason.fact}" + (f"   {reason.place}" if reason.place else "")
    yield f"  written by {one.template} ({one.provenance.source}, {one.provenance.status})"


def explain_document(explanations: Sequence[Explanation]) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "device": one.device,
            "line": one.line,
            "intent": one.intent,
            "reasons": [{"fact": reason.fact, "place": reason.place} for reason in one.reasons],
            "template": one.template,
            "status": one.provenance.status.value,
            "source": one.provenance.source,
            "also": one.also,
            "shared": one.shared,
        }
        for one in explanations
    ]
