"""The record's file, read device by device: a large network's is hundreds of megabytes, and a plan needs few of them.

`record.dump` writes one leaf a line and every device under a line of its own, so that the places of the devices can be
found without reading what stands between. A file that somebody laid out otherwise is read whole.
"""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from netwright.errors import NetwrightError
from netwright.plan import record
from netwright.plan.record import Applied, DeviceRecord

_DEVICES = b'"devices": {\n'
_NAME = re.compile(rb'^("(?:[^"\\\n]|\\.)*"): \{$', re.MULTILINE)
_END = b"\n}\n}\n"
_WAY_OUT = "repair it from the devices with netwright drift --adopt"


class BrokenState(NetwrightError):
    """A file that netwright wrote itself cannot be read back."""

    exit_code = 1


def read(path: Path) -> Applied:
    """The record in `path`. `BrokenState` when it is none, now or when the broken device is looked at."""
    with path.open("rb") as file:
        text = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
    try:
        return _by_device(path, text) or record.load(bytes(text).decode("utf-8"))
    except ValueError as error:
        raise BrokenState(f"{path}: {error}; {_WAY_OUT}") from error


def _by_device(path: Path, text: bytes | mmap.mmap) -> Applied | None:
    """None for a file of another layout, right or wrong."""
    head = text.find(b"\n" + _DEVICES) + 1
    if not head or text[-len(_END) :] != _END:
        return None
    start, end = head + len(_DEVICES), len(text) - len(_END)
    names = list(_NAME.finditer(text, start, end))
    if not names or names[0].start() != start:
        return None
    try:
        document = json.loads(text[:head] + _DEVICES + b"}}")
        places = [name.start() for name in names] + [end + len(",\n")]
        devices = {
            json.loads(name[1]): (a, b - len(",\n")) for name, a, b in zip(names, places, places[1:], strict=False)
        }
        applied = record.applied_of(document, _Devices(path, text, devices))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return Applied(**{**_fields(applied), "of_file": sha256(text).hexdigest()})


def _fields(applied: Applied) -> dict[str, Any]:
    return {name: getattr(applied, name) for name in Applied.__dataclass_fields__}


class _Devices(Mapping[str, DeviceRecord]):
    """The devices of a record, each read when somebody looks at it."""

    def __init__(self, path: Path, text: bytes | mmap.mmap, places: Mapping[str, tuple[int, int]]) -> None:
        self._path, self._text, self._places = path, text, places
        self._read = cache(self._device)

    def __getitem__(self, name: str) -> DeviceRecord:
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _device(self, name: str) -> DeviceRecord:
        start, end = self._places[name]
        try:
            return record.read_device(json.loads(b"{" + self._text[start:end] + b"}")[name])
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise BrokenState(f"{self._path}: what it says of {name} is no record: {error!r}; {_WAY_OUT}") from error
