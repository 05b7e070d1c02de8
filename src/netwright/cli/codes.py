"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "usage": (
        "The command line names a verb, a flag or an argument that does not exist, or leaves out one that is "
        "needed. Nothing was read or sent. Each verb's --help lists what it takes, with an example. Exit code "
        "64."
    ),
    "broken-record": (
        "state/applied.json says what netwright owns on each device since the last apply, and it cannot be "
        "read. Without it removal cannot be exact, so nothing is planned. Take the last committed file from "
        "Git, or let `netwright drift --adopt` rebuild it from the devices and the commit that they name."
    ),
    "stale-plan": (
        "The plan that was named is not the plan that would be made now: the intents, the ledger, the record "
        "or what a device runs has changed since it was reviewed. Nothing was sent. Plan again, look again, apply "
        "that."
    ),
    "read-only-plan": (
        "The plan was made offline, or with --at for another instant. Such a plan can only be read: what the devices "
        "run now was not asked, or is not what it was made for. Nothing was sent. Make a plan without --offline and "
        "without --at, look at it, apply that one."
    ),
    "no-terminal": (
        "apply and rollback ask a person before they change anything. Here nobody can be asked: standard input or the "
        "screen is no terminal, or --json was given. Nothing was sent. Run it on a terminal, or agree beforehand "
        "with --yes, best together with --plan, so that exactly what was reviewed is applied."
    ),
    "no-such-apply": (
        "rollback --to names an apply of which nothing is kept here. `netwright show applies` lists those that can be "
        "gone back to. Snapshots lie in state/snapshots on the machine that applied, since they hold whole "
        "configurations, and are not committed."
    ),
    "nothing-to-go-back": (
        "rollback without --to goes back to what was before the last apply, and there is none: nothing was applied "
        "from this folder, or the snapshot that was taken before it is gone (state/snapshots, on the machine that "
        "applied)."
    ),
    "journal-not-declared": (
        "A device of the change is protected by a watchdog process beside the controller, since its platform has "
        "no confirmed commit. In a pipeline that process dies with the job's machine, and only the journal lets "
        "the next run restore the device. Name a folder that outlives the job in NETWRIGHT_JOURNAL, or apply from "
        "a machine that stays."
    ),
    "no-such-line": (
        "Nothing that netwright wants on this device contains the text. What others configured it does not "
        "know and cannot explain; what it wants, `netwright plan --format diff DEVICE` prints."
    ),
    "broken-baseline": (
        "inventory/baseline/NAME.EXT holds what the device runs before netwright. It cannot be read as a "
        "configuration of its platform, so that nobody knows what is ours and what was there. Take it from "
        "the device again."
    ),
    "unknown-model": (
        "A host's data.model names the model of the router, and inventory/models/MODEL.json says what the vendor's "
        "modules of that model support. There is no such file, it cannot be read, or routers of this platform have "
        "no models here (of FRR, frr-10.3 and frr-10.7 are known without a file). "
        "tools/derive_huawei_model.py derives the file from a folder of YANG modules."
    ),
    "not-empty": (
        "`netwright init` writes a new network into a folder of its own and overwrites nothing. Name a folder "
        "that does not exist yet, or an empty one."
    ),
    "unreadable": (
        "The file that --from names cannot be read: it is not there, permissions forbid it, or it is not text."
    ),
    "unknown-intent": (
        "The address names no intent of this network. Addresses are KIND/NAME, as `netwright show intents` lists them."
    ),
}
