"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "foreign-value": (
        "The intent needs a value at a place where the device runs another one that netwright did not write. "
        "Nothing is overwritten in silence: --takeover ADDRESS takes it, keeps the old value, and restores it "
        "when the intent goes."
    ),
    "platform-rule": (
        "The configuration that the device would run breaks a rule of its platform that its syntax does not know: a "
        "weighted list that would forward nothing, a slice twice on one port, an interface on a port in FlexE mode. "
        "The device would refuse it or, worse, take it and do something else. Change what the intent asks, or what "
        "is in its way on the device."
    ),
    "foreign-inside": (
        "A thing that netwright created (a VRF, an interface) is to be removed, and somebody else has put "
        "configuration into it. Removing it would remove theirs. Take theirs away first, or keep the intent."
    ),
    "drift-aborts": (
        "A line that netwright applied was changed on the device behind its back, and the policy of the intent that "
        "owns it is to abort on drift: no plan is made while it is so. Put it right on the device, or change "
        "spec.policy.drift of the intent."
    ),
    "drifted": (
        "A line that netwright applied was changed or removed on the device since. The plan sets it back "
        "where it is still wanted; `netwright drift` shows all such lines with the intents that they hurt."
    ),
    "state-behind": (
        "The device carries the id of another apply than our record: somebody applied from another clone, or "
        "the record was lost. Planning on would take their lines for foreign ones. Pull the newer state, or "
        "repair the record with `netwright drift --adopt`. A device that carries none was reset or replaced, or is "
        "emulated, and `netwright emulate` was started again without --state: there too the record is what has to go."
    ),
    "ledger-lost": (
        "The record says that an intent was applied, and the ledger has no number for it: state/ledger.yaml is "
        "missing, older or lost lines in a merge. Choosing numbers anew would renumber a running network. Take the "
        "last committed file from Git, or let `netwright drift --adopt` read the numbers back from the devices. A "
        "claim on which the devices disagree is left out there and listed: put the wrong device right, or pin the "
        "number in the intent."
    ),
    "unverified-lines": (
        "The plan would send lines whose syntax no public source establishes. A device may refuse them or, "
        "worse, understand something else. Consent for one run is --allow-unverified; consent for good is the "
        "group's data.allow_unverified in inventory/groups.yaml."
    ),
}
