"""VRP8's command line as the words in which people read a change: where its templates are, and where each leaf stands.

A view only: the CLI is never sent. What a router is told is the XML beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from netwright.platforms.base import Spoken
from netwright.platforms.huawei import reading
from netwright.platforms.huawei.ordering import arranged
from netwright.tree import Path

_OPERATIONS = re.compile(r' (?:xmlns:(?:nc|yang|k)|nc:operation|yang:insert|yang:key)="[^"]*"')


def places(change: str) -> Mapping[Path, int]:
    """The line of each leaf of a change, from 1: an entry that goes stands there with its keys alone."""
    return {line.path: line.number for line in reading.parse(_OPERATIONS.sub("", change))} if change else {}


VRP: Final = Spoken(folder="cli", part="vrp", places=places, arranged=arranged)
