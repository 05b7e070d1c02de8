"""What every report says the same way: the verdict in a sentence, counts, the order of checks, the length of a way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from netwright.report.model import Evidence, IntentEvidence, Way
from netwright.report.words import plural
from netwright.services.checks import Rung
from netwright.topology.model import Topology
from netwright.verify.model import State, Verdict

_WORST_FIRST: Final = (State.FAILURE, State.ERROR, State.SKIPPED, State.UNSET, State.SUCCESS)

RUNG: Final[Mapping[Rung, str]] = {
    Rung.RUNNING: "the device runs what was planned",
    Rung.CONTROL_PLANE: "control plane",
    Rung.PATH: "the path taken",
    Rung.MEASUREMENT: "measurement",
    Rung.NEGATIVE: "what must not be",
}
"""The rungs of the verification ladder, in words."""


def sentence(evidence: Evidence) -> str:
    """The verdict in one sentence."""
    total = len(evidence.intents)
    broken = sum(intent.state in {State.FAILURE, State.ERROR} for intent in evidence.intents)
    if broken:
        return f"{broken} of {plural(total, 'promise')} not kept or not shown"
    if evidence.differing:
        return f"{plural(len(evidence.differing), 'device')} not as planned"
    kept = sum(intent.state is State.SUCCESS for intent in evidence.intents)
    idle = sum(intent.standing == "not active" for intent in evidence.intents)
    rest = total - kept - idle
    said = f"{plural(kept, 'promise')} kept" if kept or not total else ""
    parts = (said, f"{rest} not looked at" if rest else "", f"{idle} not active now" if idle else "")
    return ", ".join(part for part in parts if part)


def passed(intent: IntentEvidence) -> str:
    """How many of the checks that could be made were passed: `7/7 passed, 1 skipped`."""
    if intent.standing == "not active":
        return intent.waits
    made = [verdict for verdict in intent.verdicts if verdict.state not in {State.SKIPPED, State.UNSET}]
    good = sum(verdict.state is State.SUCCESS for verdict in made)
    rest = [
        f", {count} {state}"
        for state in (State.SKIPPED, State.UNSET)
        if (count := sum(verdict.state is state for verdict in intent.verdicts))
    ]
    return f"{good}/{len(made)} passed{''.join(rest)}"


def worst_first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """What needs a reader's eye comes first; otherwise by the ladder, then by device."""
    return sorted(
        verdicts, key=lambda one: (_WORST_FIRST.index(one.state), one.check.rung, one.check.device, one.check.address)
    )


def way_length(way: Way, topology: Topology) -> str:
    """Length and propagation delay of a way: `118 km, 0.59 ms, 3 links`."""
    links = [topology.links[name] for name in way.links if name in topology.links]
    length, delay = sum(link.length_km for link in links), sum(link.delay_us for link in links)
    return f"{length:.4g} km, {delay / 1000:.3g} ms, {plural(len(way.links), 'link')}"
