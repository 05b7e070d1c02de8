"""What an intent wants done when one of its lines was changed behind our back: `spec.policy.drift`.

| wish | then |
|---|---|
| revert | the next plan sets the line back (the default) |
| ignore, accept, adopt | the next plan leaves what it found; the line stays ours, and goes when its last owner goes |
| abort | no plan is made while it is so: a person decides |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from netwright.tree import Path

Policies = Mapping[str, Mapping[str, str]]
"""Intent -> its `policy.drift`: path pattern, or `default`, -> wish."""

TOLERANT = frozenset({"ignore", "accept", "adopt"})
_STRICTEST_FIRST = ("abort", "revert", "adopt", "accept", "ignore")


def policy_for(path: Path, owners: Iterable[str], policies: Policies) -> str:
    """The strictest wish of the owners: that of a pattern which matches the path, else their default."""
    text = "/".join(map(_words, path))
    wishes = {_wish(text, policies.get(owner, {})) for owner in owners}
    return next((wish for wish in _STRICTEST_FIRST if wish in wishes), "revert")


_XML_STEP = re.compile(r"(?:[\w.-]+:)?(?P<name>[\w.-]+)(?P<keys>\[.*\])?")


def _words(step: str) -> str:
    """A step as a pattern names it: `interface[name='x']` and the CLI's `interface x` are both `interface/x`."""
    element = _XML_STEP.fullmatch(step)
    if element is None:
        return "/".join(step.split())
    return "/".join((element["name"], *re.findall(r"='(.*?)'", element["keys"] or "")))


def _wish(text: str, policy: Mapping[str, str]) -> str:
    for pattern, wish in policy.items():
        if pattern != "default" and fnmatchcase(text, f"*{pattern}"):
            return wish
    return policy.get("default", "revert")
