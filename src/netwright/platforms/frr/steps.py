"""The steps of one change on a box: two parts that must be interleaved, because each uses things of the other.

A BGP instance needs its VRF's device before its SID takes effect; FRR forgets a VRF only when its device is gone; and
`vtysh -f` gives a file to all daemons at once, so that what must come first has to come in a file of its own. A change
text carries its steps as comments; the driver sends them in the order of `ORDER`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

REMOVE_SIDS: Final = "remove SIDs"
REMOVE_USERS: Final = "remove users"
REMOVE_LOCATORS: Final = "remove locators"
REMOVE_VRFS: Final = "remove vrfs"
ADD_LOCATORS: Final = "add locators"
REMOVE: Final = "remove"
ADD: Final = "add"

ORDER: Final = (
    ("cfg", REMOVE_SIDS),
    ("cfg", REMOVE_USERS),
    ("cfg", REMOVE_LOCATORS),
    ("linux", REMOVE),
    ("cfg", REMOVE_VRFS),
    ("linux", ADD),
    ("cfg", ADD_LOCATORS),
    ("cfg", ADD),
)

_MARK = {"cfg": "! step: ", "linux": "# step: "}


def write(part: str, steps: Iterable[tuple[str, str]]) -> str:
    """One change text of the steps that have something to send."""
    return "".join(f"{_MARK[part]}{step}\n{body}" for step, body in steps if body)


def read(part: str, text: str) -> dict[str, str]:
    """The steps of a change text. Lines before the first mark belong to the step `add`."""
    found: dict[str, str] = {}
    step = ADD
    for line in text.splitlines(keepends=True):
        if line.startswith(_MARK[part]):
            step = line.removeprefix(_MARK[part]).strip()
        else:
            found[step] = found.get(step, "") + line
    return {name: body for name, body in found.items() if body.strip()}


def in_order(parts: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What to send, in order: (part, step, text)."""
    read_parts = {part: read(part, text) for part, text in parts.items()}
    return [(part, step, read_parts[part][step]) for part, step in ORDER if step in read_parts.get(part, {})]
