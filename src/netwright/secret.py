"""References to secrets: what stands in a tree, a plan, a record and a diff where a device has a key.

A key is named and never written. Only the driver that sends a text puts the key there, in the moment in which it sends
(`netwright.topology.secrets` says where it comes from).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_MARK: Final = "netwright-secret:"


def reference(name: str) -> str:
    """What a leaf says whose value is the secret of this name."""
    return _MARK + name


def name_of(value: str) -> str:
    """The name of the secret that a leaf refers to; "" where it says something else."""
    return value.removeprefix(_MARK) if value.startswith(_MARK) else ""


def names_in(values: Iterable[str]) -> frozenset[str]:
    """The names of all secrets that values refer to."""
    return frozenset(filter(None, map(name_of, values)))
