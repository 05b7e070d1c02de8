"""The record's file, read device by device: a large network's is hundreds of megabytes, and a plan needs few of them.

`record.dump` writes one leaf a line and every device under a line of its own, so that the places of the devices can be
found without reading what stands between. A file that somebody laid out otherwise is read whole.
"""

from __future__ import annotations

import json
import mmap
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from netwright.errors import NetwrightError
from netwright.overlay import Made
from netwright.plan import record
from netwright.plan.record import Applied, DeviceRecord, Index

_DEVICES = b'"devices": {\n'
_NAME = re.compile(rb'^("(?:[^"\\\n]|\\.)*"): \{$', re.MULTILINE)
_END = b"\n}\n}\n"
_WAY_OUT = "repair it from the devices with netwright drift --adopt"


class BrokenState(NetwrightError):
    """A file that netwright wrote itself cannot be read back."""

    exit_code = 1


def read(path: Path, index: Index | None = None) -> Applied:
    """The record in `path`. `BrokenState` when it is none, now or when the broken part is looked at.

    `index` is that of this very file, from an earlier reading.
    """
    with path.open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    if known := index or _index(text):
        return _applied(path, text, known)
    try:
        return record.load(bytes(text).decode("utf-8"))
    except ValueError as error:
        raise BrokenState(f"{path}: {error}; {_WAY_OUT}") from error


def _index(text: bytes | mmap.mmap) -> Index | None:
    head = text.find(b"\n" + _DEVICES) + 1
    if not head or text[-len(_END) :] != _END:
        return None
    start, end = head + len(_DEVICES), len(text) - len(_END)
    names = list(_NAME.finditer(text, start, end))
    if not names or names[0].start() != start:
        return None
    try:
        applied = record.applied_of(_head(text, head), {})
        ends = [*(name.start() - len(",\n") for name in names[1:]), end]
        devices = {json.loads(name[1]): (name.start(), last) for name, last in zip(names, ends, strict=True)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    facts = applied.apply_id, applied.plan, applied.commit, applied.at, tuple(applied.intents)
    return Index(sha256(text).hexdigest(), *facts, head, devices)


def _head(text: bytes | mmap.mmap, head: int) -> Any:
    return json.loads(text[:head] + _DEVICES + b"}}")


def _applied(path: Path, text: bytes | mmap.mmap, index: Index) -> Applied:
    """The record, its devices and what its intents said read when somebody looks."""
    said = cache(lambda: record.applied_of(_head(text, index.head), {}).intents)
    return Applied(
        index.apply_id,
        index.plan,
        index.commit,
        index.at,
        Made(index.devices, lambda name: _device(path, text, name, *index.devices[name])),
        Made(index.intents, lambda address: said()[address]),
        index=index,
    )


def _device(path: Path, text: bytes | mmap.mmap, name: str, start: int, end: int) -> DeviceRecord:
    try:
        return record.read_device(json.loads(b"{" + text[start:end] + b"}")[name])
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise BrokenState(f"{path}: what it says of {name} is no record: {error!r}; {_WAY_OUT}") from error
