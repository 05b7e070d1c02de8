"""Where a memory lies between two commands: one database a network, in the user's cache folder.

It can be deleted at any time; what is in it can be made again from the network's files. What is remembered of one
service or device is read when somebody looks at it. The values are pickled: only a file that is ours alone is read.
"""

from __future__ import annotations

import marshal
import os
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import copyfile
from time import time
from typing import Any, Final

from netwright import crew, folders
from netwright.app.memory import Claim, Marks, Memory
from netwright.crew import packed, unpacked
from netwright.diagnostics import Diagnostic
from netwright.intents.loader import Intents
from netwright.overlay import Made, Over
from netwright.plan import record_file
from netwright.plan.ahead import light
from netwright.plan.record import Applied, Index
from netwright.platforms.base import Provenance
from netwright.services.again import Last
from netwright.services.design import Design, Served
from netwright.services.fabric import FabricCompiler
from netwright.services.lower import Lowering
from netwright.services.traces import Trace, Traces
from netwright.workspace import Network

_ABANDONED_S: Final = 3600
"""A draft that nobody wrote to for so long, seconds, is of a command that was killed."""

OFF: Final = "off"
"""The value of NETWRIGHT_MEMORY with which nothing is remembered between commands."""


@dataclass
class Shelf:
    """The memory of one network on disk.

    A file never changes once it has its name: the next memory is another file, so that whoever reads sees one memory
    from beginning to end, whatever other commands remember meanwhile. Of two that finish together one is kept.
    """

    path: Path
    root: Path
    database: sqlite3.Connection | None = None  # of the file that was loaded
    inode: int = 0  # of the file that was loaded or stored last
    begun: bool = False  # the design is in the draft already

    @classmethod
    def of(cls, root: Path) -> Shelf | None:
        """The shelf of the network in `root`; None where nothing is to be remembered."""
        wish = os.environ.get("NETWRIGHT_MEMORY", "")
        if wish == OFF:
            return None
        folder = Path(wish) if wish else folders.cache("plans")
        return cls(folder / f"{sha256(str(root.resolve()).encode()).hexdigest()[:32]}.db", root)

    # ---- reading

    def load(self) -> Memory | None:
        """What is remembered; None where there is nothing, or nothing that can be trusted or read."""
        try:
            return _memory(self) if self._open() else None
        except Exception:  # noqa: BLE001 - whatever is wrong with it: it is a copy, and the network is there
            self.forget()
            return None

    def _open(self) -> bool:
        """Open the file, if it is ours alone."""
        if not self.path.exists():
            return False
        found = self.path.stat()
        if found.st_uid != os.geteuid() or found.st_mode & 0o077:
            return False
        address = f"{self.path.absolute().as_uri()}?mode=ro&immutable=1"
        self.database, self.inode = sqlite3.connect(address, uri=True, check_same_thread=False), found.st_ino
        return self._is_last()

    def _is_last(self) -> bool:
        return self.path.exists() and self.path.stat().st_ino == self.inode

    def raw(self, name: str) -> bytes:
        """One part as it was written. KeyError where it is not there."""
        row = self._query("SELECT data FROM part WHERE name = ?", name).fetchone()
        if row is None:
            raise KeyError(name)
        return bytes(row[0])

    def read(self, name: str) -> Any:
        """One part."""
        return unpacked(self.raw(name))

    def read_all(self, kind: str) -> dict[str, Any]:
        """All parts of a kind, by name."""
        query = "SELECT name, data FROM part WHERE name > ? AND name < ? ORDER BY name"
        rows = self._query(query, f"{kind}/", f"{kind}0")  # "0" comes after "/"
        return {name.partition("/")[2]: unpacked(data) for name, data in rows}

    def _query(self, query: str, *values: str) -> sqlite3.Cursor:
        if self.database is None:
            raise KeyError(f"nothing was loaded from {self.path}")
        return self.database.execute(query, values)

    def forget(self) -> None:
        """Forget everything."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    # ---- writing

    @contextmanager
    def beginning(self, memory: Memory) -> Iterator[None]:
        """Write what is known before anything is planned, while this process plans, if another one can."""
        if not crew.others(much=True) or not self._drafted():
            yield
            return
        draft = self.draft  # of this process
        try:
            with crew.beside(lambda: _write(draft, _rows_of_design(memory, None))) as could:
                yield
        except BaseException:
            self._drop()
            raise
        self.begun = could()

    def store(self, memory: Memory, before: Memory | None = None) -> None:
        """Remember a memory; of one that came of `before`, only what is not the same. Never in anybody's way."""
        with suppress(OSError, sqlite3.Error):
            if before is not None and not self._is_last():
                return  # another command has remembered something since
            if not self.begun and not self._drafted():
                return
            if before is not None:
                copyfile(self.path, self.draft)
            if not self.begun:
                _write(self.draft, _rows_of_design(memory, before))
            _write(self.draft, _rows_of_plan(memory, before))
            self.draft.replace(self.path)
            self.inode = self.path.stat().st_ino
        self._drop()

    @property
    def draft(self) -> Path:
        """The file that is being written; it has no name of a memory until it is one."""
        return self.path.with_name(f".{self.path.name}.{os.getpid()}")

    def _drafted(self) -> bool:
        """Whether there is an empty draft now."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._tidy()
            os.close(os.open(self.draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
            return True
        return False

    def _tidy(self) -> None:
        """Remove what commands that were killed have left."""
        for left in self.path.parent.glob(f".{self.path.name}.*"):
            if time() - left.stat().st_mtime > _ABANDONED_S:
                left.unlink(missing_ok=True)

    def _drop(self) -> None:
        self.begun = False
        with suppress(OSError):
            self.draft.unlink(missing_ok=True)


def _write(path: Path, rows: Iterable[tuple[str, bytes]]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # what a crash tears never gets its name
        database.execute("PRAGMA synchronous = OFF")
        database.execute("BEGIN")
        database.execute("CREATE TABLE IF NOT EXISTS part (name TEXT PRIMARY KEY, data BLOB)")
        database.executemany("INSERT OR REPLACE INTO part VALUES (?, ?)", rows)
        database.execute("COMMIT")


def _rows_of_design(memory: Memory, before: Memory | None) -> Iterator[tuple[str, bytes]]:
    """What was compiled; the network and its numbers only where they are not those of before."""
    design, traces = memory.last.design, memory.last.traces
    yield "traces", marshal.dumps({name: tuple(one) for name, one in traces.by_address.items()})
    if before is None:
        yield "network", packed((memory.topology, memory.inventory))
    if before is None or design.numbers is not before.last.design.numbers:
        yield "numbers", packed((design.numbers, design.ledger_before, design.new_claims, design.numbering))
    for name in _fresh(design.served, before):
        yield f"served/{name}", packed(_bare(design.served[name]))


def _rows_of_plan(memory: Memory, before: Memory | None) -> Iterator[tuple[str, bytes]]:
    """What was planned, with what each device was given for it; and the head."""
    design = memory.last.design
    yield "head", packed(_Head.of(memory))
    for name in _fresh(design.fragments, before):
        yield f"fragments/{name}", memory.accounts[name].given or packed(design.fragments[name])
    for name, one in memory.accounts.items():
        if before is None or light(before.accounts[name]) != light(one):
            yield f"accounts/{name}", packed(light(one))


def _fresh(things: Mapping[str, Any], before: Memory | None) -> Collection[str]:
    """What is not on the shelf yet."""
    if before is None:
        return things.keys()
    return things.changed.keys() if isinstance(things, Over) else ()


@dataclass(frozen=True)
class _Head:
    """What every plan needs: plain values, and the names of the rest."""

    marks: Marks
    documents: Mapping[str, tuple[str, ...]]
    claims: Mapping[Claim, str]
    provenance: Mapping[tuple[str, int], Provenance]
    index: Index | None
    at: datetime
    says: Mapping[str, str]
    idle: Mapping[str, bool]
    devices: tuple[str, ...]
    warnings: tuple[Diagnostic, ...]
    traces: Traces  # but those of the services, which are kept apart

    @classmethod
    def of(cls, memory: Memory) -> _Head:
        """Of a memory."""
        design = memory.last.design
        return cls(
            marks=memory.marks,
            documents=memory.documents,
            claims=memory.claims,
            provenance=memory.provenance,
            index=memory.applied.index,
            at=design.at,
            says=design.says,
            idle=design.idle,
            devices=tuple(design.fragments),
            warnings=design.warnings,
            traces=replace(memory.last.traces, by_address={}),
        )


def _bare(served: Served) -> tuple[object, ...]:
    """A service without what it shares with all others."""
    low = served.lowering
    own = low.signalling, low.slice_id, low.clients, low.channels
    return served.profile, served.ways, served.contract, served.grades, served.notes, own


def _memory(shelf: Shelf) -> Memory:
    """What lies on the shelf, services and fragments left there until somebody looks."""
    head: _Head = shelf.read("head")
    topology, inventory = shelf.read("network")
    network = Network(shelf.root, Intents(), topology, inventory)
    record = shelf.root / "state" / "applied.json"
    return Memory(
        marks=head.marks,
        documents=head.documents,
        claims=head.claims,
        topology=topology,
        inventory=inventory,
        last=Last(_design(shelf, head, network), _traces(shelf, head)),
        accounts=shelf.read_all("accounts"),
        provenance=head.provenance,
        applied=record_file.read(record, head.index) if head.index else Applied(),
    )


def _traces(shelf: Shelf, head: _Head) -> Traces:
    rows = marshal.loads(shelf.raw("traces"))  # noqa: S302 - ours alone
    return replace(head.traces, by_address={name: Trace(*row) for name, row in rows.items()})


def _design(shelf: Shelf, head: _Head, network: Network) -> Design:
    numbers, before, new_claims, numbering = shelf.read("numbers")
    underlay = FabricCompiler(numbers.fabric, network.topology, network.platforms, numbers)

    def served(name: str) -> Served:
        profile, ways, contract, grades, notes, (signalling, slice_id, clients, channels) = shelf.read(f"served/{name}")
        place = numbers, underlay, network.topology, network.platforms
        low = Lowering(profile, ways, signalling, slice_id, *place, clients, channels)
        return Served(profile, ways, contract, grades, notes, low)

    return Design(
        at=head.at,
        ledger=numbers.assignment.ledger,
        new_claims=new_claims,
        fragments=Made(head.devices, lambda name: shelf.read(f"fragments/{name}")),
        served=Made(sorted(head.idle), served),
        checks=(),
        claims=frozenset(numbers.assignment.numbers),
        numbers=numbers,
        warnings=head.warnings,
        ledger_before=before,
    ).knowing(says=head.says, idle=head.idle, numbering=numbering)
