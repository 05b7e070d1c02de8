"""Small words to look into a configuration of the emulated router: paths of `module:name` steps."""

from __future__ import annotations

import re
from functools import cache

from lxml import etree

from netwright.emulator.huawei.schema import tag_of

_STEP = re.compile(r"([a-z0-9-]+):([a-z0-9-]+)")


@cache
def qualified(path: str) -> str:
    """The path with the namespace of each step's module written out: `bgp:afs` is huawei-bgp's."""
    return _STEP.sub(lambda step: tag_of(f"huawei-{step[1]}", step[2]), path)


def find(item: etree._Element | None, path: str) -> list[etree._Element]:
    """All elements at a path."""
    return [] if item is None else item.findall(qualified(path))


def first(item: etree._Element | None, path: str) -> etree._Element | None:
    """The first element at a path, or None."""
    return None if item is None else item.find(qualified(path))


def text(item: etree._Element | None, path: str, default: str = "") -> str:
    """The text at a path, or the default."""
    found = None if item is None else item.findtext(qualified(path))
    return default if found is None else found.strip()
