"""Whether a text is a value of a leaf's type (RFC 7950, section 9), and its canonical form."""

from __future__ import annotations

import ipaddress
import re
from functools import cache
from typing import Any

from netwright.emulator.huawei.schema import Kind, Node

_BOUNDS = {
    "int8": (-(2**7), 2**7 - 1),
    "int16": (-(2**15), 2**15 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 2**8 - 1),
    "uint16": (0, 2**16 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}
_ADDRESS = {"ipv4-address": (4,), "ipv6-address": (6,), "ip-address": (4, 6)}


class BadValue(ValueError):
    """The text is not a value of the type."""


def canonical(node: Node, text: str) -> str:
    """The canonical form of `text` as a value of `node`; BadValue when it is none."""
    return _value(node.type, text, node)


def _value(kind: Kind, text: str, node: Node) -> str:
    base = kind.get("base", "string")
    if base == "union":
        return _union(kind, text, node)
    if base in _BOUNDS:
        return _integer(kind, text)
    if base in _ADDRESS:
        return _address(base, text)
    if base == "boolean" and text not in ("true", "false"):
        raise BadValue(f"Invalid boolean value {text!r}")
    if base == "enumeration" and text not in kind["enum"]:
        raise BadValue(f"Invalid enumeration value {text!r}")
    if base == "bits" and not set(text.split()) <= set(kind["enum"]):
        raise BadValue(f"Invalid bits value {text!r}")
    if base == "empty" and text:
        raise BadValue(f"Invalid empty value {text!r}")
    if base == "string":
        _string(kind, text)
    return text


def _union(kind: Kind, text: str, node: Node) -> str:
    for member in kind["of"]:
        try:
            return _value(member, text, node)
        except BadValue:
            continue
    raise BadValue(f"Invalid union value {text!r}")


def _integer(kind: Kind, text: str) -> str:
    if not re.fullmatch(r"[+-]?\d+", text):
        raise BadValue(f"Invalid {kind['base']} value {text!r}")
    number = int(text)
    low, high = _BOUNDS[kind["base"]]
    if not low <= number <= high or not _within(kind.get("range", ""), number, low, high):
        raise BadValue(f"Value {text!r} does not satisfy the range constraint")
    return str(number)


def _within(ranges: str, number: int, low: int, high: int) -> bool:
    if not ranges:
        return True
    for part in ranges.split("|"):
        first, _, last = part.partition("..")
        lower = low if first == "min" else high if first == "max" else int(first)
        upper = lower if not last else high if last == "max" else int(last)
        if lower <= number <= upper:
            return True
    return False


def _address(base: str, text: str) -> str:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError as error:
        raise BadValue(f"Invalid {base} value {text!r}") from error
    if address.version not in _ADDRESS[base]:
        raise BadValue(f"Invalid {base} value {text!r}")
    return str(address)


def _string(kind: Kind, text: str) -> None:
    if not _within(kind.get("length", ""), len(text), 0, 2**64):
        raise BadValue(f"Value {text!r} does not satisfy the length constraint")
    for pattern in kind.get("pattern", ()):
        compiled = _compiled(pattern)
        if compiled is not None and not compiled.fullmatch(text):
            raise BadValue(f"Value {text!r} does not satisfy the constraint pattern")


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """An XSD pattern as Python's, or None for the few (unicode classes, class subtraction) that Python cannot say."""
    try:
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None


def leafrefs(kind: Kind) -> list[dict[str, Any]]:
    """The leafrefs that a value must be an instance of: one, or the alternatives of a union of nothing else."""
    if kind.get("base") == "leafref":
        return [] if kind.get("loose") else [dict(kind)]
    if kind.get("base") == "union" and all(member.get("base") == "leafref" for member in kind["of"]):
        return [member for member in kind["of"] if not member.get("loose")]
    return []
