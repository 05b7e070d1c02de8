"""Evidence as one JSON document with stable keys: what a pipeline, a dashboard or an auditor's script reads."""

from __future__ import annotations

from typing import TypeAlias

from netwright.report.model import Evidence, IntentEvidence, Measured
from netwright.report.summary import sentence
from netwright.verify.model import Configured, Verdict

Document: TypeAlias = dict[str, object]


def document(evidence: Evidence) -> Document:
    """The whole evidence, ready for `json.dumps`."""
    return {
        "network": evidence.network,
        "at": evidence.at,
        "state": evidence.state.value,
        "sentence": sentence(evidence),
        "apply": evidence.apply_id,
        "plan": evidence.plan,
        "commit": evidence.commit,
        "asked_by": evidence.asked_by,
        "seconds": evidence.seconds,
        "lab": evidence.lab,
        "count": {state.value: number for state, number in evidence.count().items()},
        "configured": [configured_document(one) for one in evidence.configured],
        "intents": [_intent(intent) for intent in evidence.intents],
    }


def configured_document(one: Configured) -> Document:
    """A device compared with what was planned."""
    return {"device": one.device, "missing": one.missing, "extra": one.extra, "different": one.different}


def _intent(intent: IntentEvidence) -> Document:
    return {
        "address": intent.address,
        "tenant": intent.tenant,
        "source": intent.source,
        "asked": intent.asked,
        "state": intent.state.value,
        "waits": intent.waits,
        "grade": None if intent.grade is None else str(intent.grade),
        "contract": intent.contract.as_dict() if intent.contract else None,
        "measured": [_measured(intent.measured[name]) for name in sorted(intent.measured)],
        "ways": [{"role": way.role, "nodes": way.nodes, "links": way.links} for way in intent.ways],
        "verdicts": [verdict_document(verdict) for verdict in intent.verdicts],
        "devices": [carrier.device for carrier in intent.carriers],
    }


def _measured(one: Measured) -> Document:
    return {
        "figure": one.figure,
        "observed": one.observed,
        "state": one.state.value,
        "instrument": one.instrument,
        "samples": one.samples,
        "at": one.at,
    }


def verdict_document(verdict: Verdict) -> Document:
    """One check with what was observed."""
    check = verdict.check
    return {
        "address": check.address,
        "device": check.device,
        "rung": int(check.rung),
        "what": check.what,
        "negative": check.negative,
        "state": verdict.state.value,
        "observed": verdict.observed,
        "message": verdict.message,
        "at": verdict.at,
    }
