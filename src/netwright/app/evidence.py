"""The proof of an apply or a verification, as files: `state/evidence/<when>/`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from netwright.apply.model import Outcome
from netwright.folders import write_files
from netwright.plan.intents import weakest
from netwright.plan.masked import masked_parts
from netwright.plan.model import Plan
from netwright.plan.said import UNDERLAY
from netwright.platforms.base import join_parts
from netwright.report.document import document
from netwright.report.html import html
from netwright.report.junit import junit
from netwright.report.markdown import markdown
from netwright.report.model import Carrier, Evidence, IntentEvidence, Measured, Way
from netwright.services.design import Design, Served
from netwright.services.kinds import describe_service
from netwright.services.profile import waiting
from netwright.tree import Path as Place
from netwright.verify.model import Configured, Findings, Verdict
from netwright.workspace import Network, commit_of, who


def keep_evidence(network: Network, made: Plan, outcome: Outcome) -> Path | None:
    """The evidence of an apply; None when nothing was verified."""
    if outcome.findings is None:
        return None
    owned = {name: {p: leaf.owners for p, leaf in change.wanted.items()} for name, change in made.devices.items()}
    values = {name: change.after for name, change in made.devices.items()}
    design = made.design
    if design is None:
        return None
    evidence = _evidence(network, design, outcome.findings, (), owned, values, outcome)
    return _write(network, evidence)


def keep_findings(
    network: Network, design: Design, findings: Findings, configured: tuple[Configured, ...], lab: str = ""
) -> Path:
    """The evidence of a verification; `lab` says what it ran on, where that was a lab."""
    applied = network.applied
    owned = {name: {p: leaf.owners for p, leaf in entry.leaves.items()} for name, entry in applied.devices.items()}
    values = {name: entry.tree for name, entry in applied.devices.items()}
    evidence = _evidence(network, design, findings, configured, owned, values, None)
    return _write(network, replace(evidence, lab=lab))


def _evidence(
    network: Network,
    design: Design,
    findings: Findings,
    configured: tuple[Configured, ...],
    owned: Mapping[str, Mapping[Place, frozenset[str]]],
    values: Mapping[str, Mapping[Place, str]],
    outcome: Outcome | None,
) -> Evidence:
    addresses = sorted({verdict.check.intent for verdict in findings.verdicts} | set(design.served))
    intents = [_intent(network, design, name, findings.of(name), owned, values) for name in addresses]
    fabric = network.intents.fabric
    return Evidence(
        network=fabric.name if fabric else network.root.resolve().name,
        at=findings.at,
        topology=network.topology,
        intents=tuple(intents),
        configured=configured,
        apply_id=outcome.apply_id if outcome else network.applied.apply_id,
        plan=outcome.plan if outcome else network.applied.plan,
        commit=commit_of(network.root),
        asked_by=who(),
        seconds=findings.seconds,
    )


def _intent(
    network: Network,
    design: Design,
    address: str,
    verdicts: tuple[Verdict, ...],
    owned: Mapping[str, Mapping[Place, frozenset[str]]],
    values: Mapping[str, Mapping[Place, str]],
) -> IntentEvidence:
    served = design.served.get(address)
    source = network.intents.source(address)
    return IntentEvidence(
        address=address,
        tenant=served.profile.service.metadata.tenant if served else "",
        source=f"{source.file}:{source.line}" if source else "",
        asked=describe_service(served.profile) if served else UNDERLAY,
        grade=weakest(served),
        contract=served.contract if served else None,
        measured=_measured(served, verdicts) if served else {},
        verdicts=verdicts,
        ways=tuple(_ways(served)) if served else (),
        carriers=tuple(_carriers(network, address, owned, values)) if served else (),
        waits=waiting(served.profile) if served and not served.profile.active else "",
    )


def _measured(served: Served, verdicts: tuple[Verdict, ...]) -> dict[str, Measured]:
    """What was measured for each figure of the contract."""
    return {**_delay(served, verdicts), **_jitter(served, verdicts)}


def _jitter(served: Served, verdicts: tuple[Verdict, ...]) -> dict[str, Measured]:
    """What TWAMP's probes measured for the jitter: the worst direction that was promised."""
    names = ("jitter_us", "jitter_back_us")
    found = [
        (float(verdict.rows[0][name]), verdict)
        for verdict in verdicts
        for name in names
        if name in verdict.check.expect and verdict.rows and name in verdict.rows[0]
    ]
    if not found or served.contract.figure("jitter") is None:
        return {}
    jitter, worst = max(found, key=lambda one: one[0])
    return {"jitter": Measured("jitter", jitter, worst.state, "TWAMP", at=worst.at)}


def _delay(served: Served, verdicts: tuple[Verdict, ...]) -> dict[str, Measured]:
    """What iFIT measured for the delay: the worst direction."""
    found = [v for v in verdicts if v.check.topic == "measurements" and v.rows]
    if not found or served.contract.figure("one_way_delay") is None:
        return {}
    worst = max(found, key=lambda verdict: float(verdict.rows[0].get("delay_us", 0)))
    delay = float(worst.rows[0].get("delay_us", 0))
    return {"one_way_delay": Measured("one_way_delay", delay, worst.state, "iFIT", at=worst.at)}


def _ways(served: Served) -> Iterator[Way]:
    for pair in served.ways:
        yield Way("working", pair.there.path.nodes, pair.there.path.links)
        if pair.there.protection:
            yield Way("protection", pair.there.protection.nodes, pair.there.protection.links)


def _carriers(
    network: Network,
    address: str,
    owned: Mapping[str, Mapping[Place, frozenset[str]]],
    values: Mapping[str, Mapping[Place, str]],
) -> Iterator[Carrier]:
    for device, owners in sorted(owned.items()):
        tree = {p: values[device][p] for p, names in owners.items() if address in names and p in values[device]}
        if tree:
            parts = masked_parts(network.platforms[device], tree)
            yield Carrier(device, network.topology.nodes[device].platform, join_parts(parts))


def _write(network: Network, evidence: Evidence) -> Path:
    stamp = re.sub(r"[^0-9T-]", "-", evidence.at[:19])
    folder = network.state / "evidence" / stamp
    files = {
        "index.html": html(evidence),
        "evidence.md": markdown(evidence),
        "junit.xml": junit(evidence),
        "evidence.json": json.dumps(document(evidence), indent=2, ensure_ascii=False) + "\n",
    }
    write_files(folder, files.items())
    return folder / "index.html"
