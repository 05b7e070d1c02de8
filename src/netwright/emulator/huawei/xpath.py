"""The XPath expressions of the schema (when, must, leafref), compiled once."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from lxml import etree

from netwright.emulator.huawei.schema import NAMESPACE

_PREFIX = re.compile(r"([A-Za-z_][\w.-]*):(?!:)(?=[A-Za-z_*])")


@cache
def compiled(expression: str) -> etree.XPath:
    """The expression, with the modules' names as prefixes. Its variables: `$current`, `$root`."""
    prefixes = set(_PREFIX.findall(re.sub(r"'[^']*'|\"[^\"]*\"", "", expression)))
    spaces = {prefix: NAMESPACE + prefix if prefix.startswith("huawei-") else f"urn:{prefix}" for prefix in prefixes}
    return etree.XPath(expression, namespaces=spaces or None)


def holds(expression: str, context: etree._Element, config: etree._Element) -> bool:
    """Whether the expression is true at `context`."""
    result = compiled(expression)(context, current=[context], root=[config])
    if isinstance(result, float):
        return result != 0 and not math.isnan(result)
    return bool(result)


def values(path: str, context: etree._Element, config: etree._Element) -> frozenset[str]:
    """The values that a leafref's path leads to."""
    found: Any = compiled(path)(context, current=[context], root=[config])
    return frozenset((item.text or "").strip() for item in found)
