"""The evidence page: one file that opens anywhere, prints to paper, and asks no network for anything."""

from __future__ import annotations

from markupsafe import Markup

from netwright.report.map import network_map
from netwright.report.model import Evidence
from netwright.report.page import environment
from netwright.report.summary import RUNG, passed, sentence, way_length, worst_first


def html(evidence: Evidence) -> str:
    """Write the page."""
    topology = evidence.topology
    return environment().get_template("page.html.j2").render(
        evidence=evidence,
        sentence=sentence(evidence),
        facts=_facts(evidence),
        counts=list(evidence.count().items()),
        anchors={intent.address: _anchor(intent.address) for intent in evidence.intents},
        overview=_safe(network_map(topology)),
        maps={one.address: _safe(network_map(topology, one.ways)) for one in evidence.intents if one.ways},
        length=lambda way: way_length(way, topology),
        passed=passed,
        ordered=worst_first,
        rung=lambda verdict: RUNG[verdict.check.rung],
    )  # fmt: skip


def _facts(evidence: Evidence) -> list[tuple[str, str]]:
    return [
        ("when", evidence.at),
        ("apply", evidence.apply_id),
        ("plan", evidence.plan[:16]),
        ("commit", evidence.commit),
        ("asked by", evidence.asked_by),
        ("lab", evidence.lab),
        ("took", f"{evidence.seconds:.1f} s" if evidence.seconds else ""),
    ]


def _anchor(address: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in address).lower()


def _safe(svg: str) -> Markup:
    return Markup(svg)  # noqa: S704 - our own template, which escaped what it was given
