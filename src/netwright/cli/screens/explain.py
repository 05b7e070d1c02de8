"""From a line on a router back to the sentence that asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netwright.wish import Explanation


def explain_screen(explanations: Sequence[Explanation]) -> str:
    """All matches, each as a block."""
    return "\n\n".join("\n".join(_block(one)) for one in explanations)


def _block(one: Explanation) -> Iterator[str]:
    yield f"{one.device}  {one.line}"
    yield one.intent
    for reason in one.reasons:
        yield f"  {reason.fact}" + (f"   {reason.place}" if reason.place else "")
    yield f"  written by {one.template} ({one.provenance.source}, {one.provenance.status})"
    yield f"  also needed by: {', '.join(one.also) or 'nobody'}"
    if one.shared:
        yield "  it was there before netwright: used, and left in place on removal"


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
