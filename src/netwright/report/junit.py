"""Evidence as JUnit XML, the form that every pipeline shows: a suite per intent, a case per check.

The five states have four places there: failure, error and skipped have elements of their own, and an unset check is a
skipped case that says that nobody looked; it is never a passed one.
"""

from __future__ import annotations

import re

from lxml import etree

from netwright.report.model import Evidence, IntentEvidence
from netwright.verify.model import Configured, State, Verdict

_FORBIDDEN = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")  # XML 1.0, section 2.2
_ELEMENT = {State.FAILURE: "failure", State.ERROR: "error", State.SKIPPED: "skipped", State.UNSET: "skipped"}


def junit(evidence: Evidence) -> str:
    """The document, with its XML declaration."""
    root = etree.Element("testsuites", name=f"netwright {evidence.network}", time=f"{evidence.seconds:.3f}")
    if evidence.configured:
        _suite(root, "configuration", evidence, [_compared(one) for one in evidence.configured])
    for intent in evidence.intents:
        cases = [_case(intent, verdict) for verdict in intent.verdicts]
        _suite(root, intent.address, evidence, cases or [_unlooked(intent)])
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text.decode()


def _suite(root: etree._Element, name: str, evidence: Evidence, cases: list[etree._Element]) -> None:
    def having(tag: str) -> str:
        return str(sum(case.find(tag) is not None for case in cases))

    suite = etree.SubElement(root, "testsuite", name=_clean(name), tests=str(len(cases)), timestamp=evidence.at)
    suite.attrib.update({"failures": having("failure"), "errors": having("error"), "skipped": having("skipped")})
    if evidence.lab:
        properties = etree.SubElement(suite, "properties")
        etree.SubElement(properties, "property", name="lab", value=_clean(evidence.lab))
    suite.extend(cases)


def _case(intent: IntentEvidence, verdict: Verdict) -> etree._Element:
    check = verdict.check
    name = f"{check.what} [{check.device}]"
    case = etree.Element("testcase", classname=_clean(intent.address), name=_clean(name))
    if element := _ELEMENT.get(verdict.state):
        message = verdict.message or ("nobody looked" if verdict.state is State.UNSET else verdict.state.value)
        etree.SubElement(case, element, message=_clean(message)).text = _clean(f"{check.address}: {verdict.observed}")
    return case


def _unlooked(intent: IntentEvidence) -> etree._Element:
    """An intent without checks is a skipped case, lest a suite without cases looks like one that passed."""
    case = etree.Element("testcase", classname=_clean(intent.address), name=intent.standing)
    etree.SubElement(case, "skipped", message=_clean(intent.waits or "nobody looked"))
    return case


def _compared(one: Configured) -> etree._Element:
    case = etree.Element("testcase", classname="configuration", name=_clean(f"runs what was planned [{one.device}]"))
    kinds = (("lacks", one.missing), ("has beyond", one.extra), ("has otherwise", one.different))
    lines = [f"{word} {path}" for word, paths in kinds for path in paths]
    if lines:
        message = f"{len(lines)} differences"
        etree.SubElement(case, "failure", message=message).text = _clean("\n".join(lines))
    return case


def _clean(text: str) -> str:
    """XML 1.0 has no control characters; a device's answer may."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
