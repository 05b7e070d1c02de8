"""What a verb is asked for and what it gives back: the words that the command line, the runbooks and `app` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from netwright.apply.model import Outcome
from netwright.platforms.base import Provenance
from netwright.verify.model import Configured, Findings


@dataclass(frozen=True, slots=True)
class Wish:
    """Which network, as of when, and what the user agreed to."""

    network: Path
    at: datetime | None = None  # None: now
    offline: bool = False
    emulated: bool = False
    allow_unverified: bool = False
    takeover: tuple[str, ...] = ()
    discard_candidate: bool = False
    abandon: tuple[str, ...] = ()
    anew: bool = False  # whatever is remembered of the last plan


@dataclass(frozen=True, slots=True)
class Done:
    """The end of an apply or a rollback, and where its evidence lies ("" for none)."""

    outcome: Outcome
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """The end of a verification."""

    findings: Findings
    configured: tuple[Configured, ...] = ()
    evidence: str = ""
    idle: Mapping[str, str] = field(default_factory=dict)  # intents that are off now: when they are on


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
