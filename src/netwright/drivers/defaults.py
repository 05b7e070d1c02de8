"""Servers that do not tell a default from what was set (RFC 6243), and what a device of such a server runs.

Who reports all defaults is asked to leave them out, and beside it for everything. What it leaves out may be what we
have set: at places where somebody knows of a value, the default counts as there; elsewhere nobody set it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from netwright.platforms.base import Platform, read_tree
from netwright.tree import Path

if TYPE_CHECKING:
    from lxml import etree

    from netwright.drivers.base import Driver

_CAPABILITY = "urn:ietf:params:netconf:capability:with-defaults:1.0?"
_OPERATION = "{urn:ietf:params:xml:ns:netconf:base:1.0}operation"
EVERYTHING = "everything"
"""What `get_config` calls the running configuration with every default, of a server that leaves them out otherwise."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How a server is asked for a configuration. `mode` "": as it answers by itself; `refusal`: why it cannot be."""

    mode: str = ""
    refusal: str = ""


def asking(capabilities: Iterable[str]) -> Asking:
    """How a server with these capabilities tells what was set from what was not (RFC 6243, section 4.3)."""
    named = next((one for one in capabilities if one.startswith(_CAPABILITY)), "")
    words = parse_qs(urlsplit(named).query)
    basic = words.get("basic-mode", ["explicit"])[0]
    modes = {basic, *words.get("also-supported", [""])[0].split(",")}
    if basic == "explicit":
        return Asking()
    if "explicit" in modes:
        return Asking("explicit")
    if {"trim", "report-all"} <= modes:
        return Asking("trim")
    offered = ", ".join(sorted(modes - {""}))
    why = "what was set cannot be told from a default: of RFC 6243 it needs explicit, or trim and report-all"
    return Asking(refusal=f"{why}; it offers {offered}")


def running(platform: Platform, driver: Driver, known: Iterable[Path]) -> tuple[dict[Path, str], dict[Path, str]]:
    """What a device runs, with defaults at known places alone; and the defaults that it has elsewhere."""
    texts = driver.get_config(retrieve="running")
    tree = read_tree(platform, texts["running"])
    if not texts.get(EVERYTHING):
        return tree, {}
    full = read_tree(platform, texts[EVERYTHING])
    there = {path: full[path] for path in known if path in full and path not in tree}
    tree |= there
    return tree, {path: value for path, value in full.items() if path not in tree}


def merge_leaves(edit: etree._Element) -> None:
    """Make `create` of a leaf a merge: for a server that reports all defaults, a default is there already."""
    for one in edit.iter():
        if not len(one) and one.text and one.get(_OPERATION) == "create":
            del one.attrib[_OPERATION]
