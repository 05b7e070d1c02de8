"""From a line on a router back to the sentence that asked for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netwright.platforms.base import Provenance


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact that decided the line: a field of the intent with its value, or a number with its claim."""

    fact: str  # `spec.traffic.bandwidth: 100G`, `slice id 17 (ledger, since 2026-11-20)`
    place: str = ""  # FILE:LINE of the field


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of one device, for one of the intents that want it."""

    device: str
    line: str
    intent: str
    reasons: tuple[Reason, ...]
    template: str  # `templates/huawei/net-slice.xml.j2:12`
    provenance: Provenance
    also: tuple[str, ...] = ()  # the other intents that need it
    shared: bool = False  # it was there before us


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
