"""The folder of a network: everything that is read from it and written to it, in one place.

intents/  inventory/ (topology.yaml, Nornir's files, baseline/)  templates/  state/ (ledger, record, journal ...)
"""

from __future__ import annotations

import getpass
import os
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from netwright.alloc import store
from netwright.alloc.ledger import Ledger
from netwright.diagnostics import Diagnostic, Diagnostics
from netwright.drivers.model import Endpoint
from netwright.errors import ConfigParseError, Refused
from netwright.folders import write_whole
from netwright.intents.loader import Intents, read_intents
from netwright.lab.translate import as_in
from netwright.plan import record, record_file
from netwright.plan.record import Applied
from netwright.platforms.base import Platform, join_parts, read_tree, write_parts
from netwright.platforms.packs import packs
from netwright.render.templates import Library, library
from netwright.services.references import References
from netwright.topology.credentials import credentials, together
from netwright.topology.inventory import Inventory, load_inventory, match
from netwright.topology.load import load_topology
from netwright.topology.model import Topology
from netwright.tree import Tree

Loaded = TypeVar("Loaded")


@dataclass(frozen=True)
class Network:
    """A network as its folder says it is."""

    root: Path
    intents: Intents
    topology: Topology
    inventory: Inventory

    # ---- what is derived

    @cached_property
    def platforms(self) -> Mapping[str, Platform]:
        """The platform pack of each device, of its model."""
        return packs(self.topology, self.inventory, self.root / "inventory")

    @cached_property
    def templates(self) -> Library:
        """The network's own templates before netwright's."""
        return library(self.root / "templates")

    # ---- baselines

    @cached_property
    def baseline_texts(self) -> Mapping[str, str]:
        """The baseline of each device that has one, its parts joined."""
        texts = {name: baseline_of(self.root, name, platform) for name, platform in self.platforms.items()}
        return {name: text for name, text in texts.items() if text is not None}

    @cached_property
    def baselines(self) -> Mapping[str, Tree]:
        """The same as trees. `Refused` names the file that cannot be read."""
        trees, found = {}, Diagnostics()
        for name, text in self.baseline_texts.items():
            try:
                trees[name] = read_tree(self.platforms[name], text)
            except ConfigParseError as error:
                found.error("broken-baseline", f"inventory/baseline/{name}", f"cannot be read: {error}")
        found.close()
        return trees

    # ---- state

    @property
    def state(self) -> Path:
        """The folder of what we remember."""
        return self.root / "state"

    @property
    def journal(self) -> Path:
        """The folder of journals: `NETWRIGHT_JOURNAL` where a pipeline keeps it on a volume that outlives the job."""
        return journals_of(self.root)

    @cached_property
    def ledger(self) -> Ledger:
        """The numbers and their claims."""
        return store.load(self.state / "ledger.yaml")

    @cached_property
    def applied(self) -> Applied:
        """The record of the last apply; an empty one where nothing was applied, or the record was lost."""
        path = self.state / "applied.json"
        return record_file.read(path) if path.exists() else Applied()

    def save(self, ledger: Ledger, applied: Applied) -> None:
        """Write ledger and record, each whole or not at all; the record last, since it says that all is done."""
        store.save(ledger, self.state / "ledger.yaml")
        folder = self.state / "applied"
        folder.mkdir(parents=True, exist_ok=True)
        kept = set()
        for name, entry in applied.devices.items():
            texts = write_parts(self.platforms[name], entry.tree)
            for file, text in ((f"{name}.{part}", text) for part, text in texts.items() if text):
                write_whole(folder / file, text)
                kept.add(file)
        for stale in (file for file in folder.iterdir() if file.name not in kept):
            stale.unlink()
        write_whole(self.state / "applied.json", record.dump(applied))

    # ---- reaching devices

    def endpoints(self, emulated: Mapping[str, Endpoint] | None = None) -> dict[str, Endpoint]:
        """Where each device answers, and who we are to it; `Refused` names every secret that is missing."""
        if emulated is not None:
            return {name: emulated[name] for name in self.topology.nodes if name in emulated}
        found, endpoints, missing = Diagnostics(), {}, list[Diagnostic]()
        for name in self.topology.nodes:
            host = self.inventory.hosts[name]
            try:
                who = credentials(host)
            except Refused as refused:
                missing += refused.diagnostics
                continue
            endpoints[name] = Endpoint(host.hostname, host.port, who.username, who.password, options=host.options)
        found.found += together(missing)
        found.close()
        return endpoints


def baseline_of(root: Path, name: str, platform: Platform) -> str | None:
    """The baseline of a device, its parts joined; None where it has none."""
    files = {part: root / "inventory" / "baseline" / f"{name}.{part}" for part in platform.parts}
    if not any(file.exists() for file in files.values()):
        return None
    return join_parts({p: file.read_text(encoding="utf-8") if file.exists() else "" for p, file in files.items()})


def journals_of(root: Path) -> Path:
    """The folder of the journals of the network in `root`."""
    declared = os.environ.get("NETWRIGHT_JOURNAL")
    return Path(declared) if declared else root / "state" / "journal"


def open_network(root: Path) -> Network:
    """Read the network in `root`, or raise `Refused` with everything that is wrong with any of its files."""
    here = Path.cwd()
    intents, found = read_intents([root / "intents"], here)
    folder = root / "inventory"
    file = folder / "topology.yaml"
    topology = _attempt(lambda own: load_topology(file, own, shown=_shown(root, "inventory/topology.yaml")), found)
    inventory = _attempt(lambda own: load_inventory(folder, own, shown=_shown(root, "inventory")), found)
    if topology is not None and inventory is not None:
        match(topology, inventory, found)
    if topology is not None and found.errors:  # compiling says it otherwise
        References(as_in(intents, topology), topology, {}, found).check_names()
    found.close()
    assert topology is not None  # noqa: S101 - the door above is closed otherwise
    assert inventory is not None  # noqa: S101
    return Network(root, as_in(intents, topology), topology, inventory)


def _attempt(load: Callable[[Diagnostics], Loaded], found: Diagnostics) -> Loaded | None:
    """Load one part; what is wrong with it joins the rest, and what is wrong with the rest does not stop it."""
    own = Diagnostics()
    try:
        loaded = load(own)
    except Refused as refused:
        found.found += [finding for finding in refused.diagnostics if finding not in found.found]
        return None
    found.found += own.found
    return loaded


def who() -> str:
    """Who works here, for locks and the journal: `user@host`."""
    return f"{getpass.getuser()}@{socket.gethostname()}"


def commit_of(root: Path) -> str:
    """The commit that the network's folder is at, or `""` outside a repository."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _shown(root: Path, name: str) -> str:
    path = root / name
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
