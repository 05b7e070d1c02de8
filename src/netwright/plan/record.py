"""What netwright owns on each device since the last apply: `state/applied.json` and `state/applied/NAME.EXT`.

With it stands what each intent said and was promised then, so that a plan can show what has changed.

The text files hold the leaves, in the platform's own form, for people and for `git diff`; the JSON file says which of
them are *shared* (they were there already with the same value: used, never removed), which were *taken* from somebody
(the value they had comes back on removal) and which intents own them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from netwright.tree import Path, Tree


class Owned(NamedTuple):
    """One leaf that netwright uses on a device."""

    value: str
    owners: frozenset[str]
    shared: bool = False  # it was there before us with this value: left in place on removal
    taken: str | None = None  # the foreign value that we replaced by consent: restored on removal


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """What we own on one device, and the id of the apply that left it so."""

    apply_id: str = ""
    leaves: Mapping[Path, Owned] = field(default_factory=dict)

    @property
    def tree(self) -> Tree:
        """The values alone."""
        return {path: leaf.value for path, leaf in self.leaves.items()}


@dataclass(frozen=True, slots=True)
class Said:
    """What an intent said when it was applied, and what the plan told of it then, in people's words."""

    fields: Mapping[str, str] = field(default_factory=dict)  # `spec.bandwidth.base` -> `1G`; defaults left out
    told: Mapping[str, str] = field(default_factory=dict)  # rate, length, links, goodput, delay -> `1 G`
    digest: str = ""  # of everything that it said; a record of before has none


@dataclass(frozen=True, slots=True)
class Index:
    """Where everything stands in a file that `dump` wrote, and a digest of the file."""

    digest: str
    apply_id: str
    plan: str
    commit: str
    at: str
    intents: tuple[str, ...]
    head: int  # bytes before the devices
    devices: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Applied:
    """The record of the whole network."""

    apply_id: str = ""
    plan: str = ""
    commit: str = ""
    at: str = ""
    devices: Mapping[str, DeviceRecord] = field(default_factory=dict)
    intents: Mapping[str, Said] = field(default_factory=dict)  # by address; a record of before has none
    index: Index | None = field(default=None, compare=False, repr=False)  # of the file it was read from

    @property
    def digest(self) -> str:
        """A digest of all that it says: that of its file."""
        return self.index.digest if self.index else sha256(dump(self).encode()).hexdigest()

    def device(self, name: str) -> DeviceRecord:
        """The record of a device; an empty one when we never touched it."""
        return self.devices.get(name, _NOTHING)


_NOTHING = DeviceRecord()


def dump(applied: Applied) -> str:
    """The text of `state/applied.json`: sorted, one leaf a line, so that two applies give a readable diff."""
    facts = {"apply": applied.apply_id, "plan": applied.plan, "commit": applied.commit, "at": applied.at}
    head = "".join(f'"{name}": {_json(value)},\n' for name, value in {"version": 1, **facts}.items())
    devices = ",\n".join(_device(name, applied.devices[name]) for name in sorted(applied.devices))
    said = ",\n".join(_said(address, applied.intents[address]) for address in sorted(applied.intents))
    intents = f'"intents": {{\n{said}\n}},\n' if said else ""
    return f'{{\n{head}{intents}"devices": {{\n{devices}\n}}\n}}\n'


def _said(address: str, said: Said) -> str:
    digest = {"digest": said.digest} if said.digest else {}
    return f"{_json(address)}: {_json({'fields': dict(said.fields), 'told': dict(said.told), **digest})}"


def _device(name: str, record: DeviceRecord) -> str:
    owners = sorted({owner for leaf in record.leaves.values() for owner in leaf.owners})
    number = {owner: place for place, owner in enumerate(owners)}
    leaves = ",\n".join(_leaf(path, record.leaves[path], number) for path in sorted(record.leaves))
    head = f'"apply": {_json(record.apply_id)},\n"owners": {_json(owners)}'
    return f'{_json(name)}: {{\n{head},\n"leaves": [\n{leaves}\n]}}'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _leaf(path: Path, leaf: Owned, number: Mapping[str, int]) -> str:
    """One leaf as JSON: millions of them, so only what is rare is left to an encoder."""
    steps = ", ".join(map(encode_basestring, path))
    owners = ", ".join(map(str, sorted([number[owner] for owner in leaf.owners])))
    marks = f", {_json(_marks(leaf))}" if leaf.shared or leaf.taken is not None else ""
    return f"[[{steps}], {encode_basestring(leaf.value)}, [{owners}]{marks}]"


def _marks(leaf: Owned) -> dict[str, object]:
    return ({"shared": True} if leaf.shared else {}) | ({} if leaf.taken is None else {"taken": leaf.taken})


def load(text: str) -> Applied:
    """Read what `dump` wrote. ValueError when it is something else."""
    try:
        document = json.loads(text)
        return applied_of(document, {name: read_device(entry) for name, entry in document["devices"].items()})
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(f"applied.json is not a record of netwright's: {error!r}") from error


def applied_of(document: Mapping[str, Any], devices: Mapping[str, DeviceRecord]) -> Applied:
    """The record of a document whose devices are read. ValueError for a version that is not ours."""
    if document["version"] != 1:
        raise ValueError(f"version {document['version']} of applied.json is not known to this netwright")
    intents = {address: _read_said(entry) for address, entry in document.get("intents", {}).items()}
    return Applied(document["apply"], document["plan"], document["commit"], document["at"], devices, intents)


def _read_said(entry: dict[str, Any]) -> Said:
    return Said(dict(entry["fields"]), dict(entry["told"]), str(entry.get("digest", "")))


def read_device(entry: Mapping[str, object]) -> DeviceRecord:
    """The record of one device. KeyError, TypeError or IndexError when it is none."""
    owners = [str(owner) for owner in _list(entry["owners"])]
    leaves = dict(_read_leaf(_list(leaf), owners) for leaf in _list(entry["leaves"]))
    return DeviceRecord(str(entry["apply"]), leaves)


def _read_leaf(leaf: list[object], owners: list[str]) -> tuple[Path, Owned]:
    path, value, numbers = tuple(map(str, _list(leaf[0]))), str(leaf[1]), _list(leaf[2])
    marks = leaf[3] if len(leaf) > 3 else {}
    if not isinstance(marks, dict):
        raise TypeError(f"{marks!r} is not a mapping")
    holders = frozenset(owners[int(str(number))] for number in numbers)
    return path, Owned(value, holders, bool(marks.get("shared")), marks.get("taken"))


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def owners_of(records: Iterable[DeviceRecord]) -> frozenset[str]:
    """Every intent that owns something in `records`."""
    return frozenset(owner for record in records for leaf in record.leaves.values() for owner in leaf.owners)
