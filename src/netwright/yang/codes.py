"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "yang-invalid": (
        "The vendor's own YANG modules, with the deviations of this router model, do not allow what would be sent "
        "(`-t edit`) or what the device would run afterwards (`-t config`: leafref, when, must, mandatory). The "
        "device would refuse it. Where the line is ours, the field of the intent and the template line that wrote "
        "it are named: change the field, or report the template. Where it is the baseline's, the baseline is not "
        "what a router of this model runs."
    ),
    "yang-crash": (
        "libyang ended, or did not come to an end, over this document: by a fault of its own, and not by ours. "
        "Nothing is known about the document; the others were judged by a libyang that was started again. Where it "
        "crashes over the modules again and again, or does not come to an end with them, nothing is checked. A newer "
        "libyang may know better."
    ),
    "yang-old-libyang": (
        "This version of libyang is known to crash on complete configurations of large vendor modules (2.1.30 and "
        "3.12.2 were seen to), so nothing is checked with it, not even single edits: a judge that dies over half "
        "of the documents is none. Name one of libyang 3.13 or newer with --yanglint or NETWRIGHT_YANGLINT; "
        "docs/platforms/huawei.md says where to get one."
    ),
    "yang-no-libyang": (
        "The network is to be held against YANG modules, and there is no yanglint that could do it: none in PATH, "
        "none named with --yanglint or NETWRIGHT_YANGLINT, or the one that is named cannot be run, or does not "
        "see this machine's files. What was asked to be checked is never passed unchecked."
    ),
    "yang-no-modules": (
        "The folder of YANG modules (--yang, or data.yang of the inventory) does not exist, or lacks what is "
        "needed: the vendor's modules, and ietf-netconf.yang. The modules are yours to bring: take them from the "
        "router with get-schema, or from the vendor's public repository. docs/platforms/huawei.md shows both."
    ),
    "yang-not-loaded": (
        "libyang cannot load a module of the folder, for the reason that is shown. What the module describes is "
        "not checked: its leaves are counted and named (yang-not-covered). Where it deviates from a module that is "
        "loaded, this is an error: without it the router is taken for more capable than it is, and nothing that is "
        "said of these modules can be relied on."
    ),
    "yang-not-covered": (
        "Some leaves stand in namespaces of which no module is loaded: they were left out of the documents before "
        "these were judged. Nothing is known about them. Bring the modules, if the router has them."
    ),
}
