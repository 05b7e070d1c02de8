"""The network's files as the verbs need them: every file read once, everything wrong with any of them told together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from netwright.alloc import store
from netwright.diagnostics import Diagnostic, Diagnostics, Severity
from netwright.errors import Refused
from netwright.intents.loader import Intents, read_intents
from netwright.lab.translate import as_in
from netwright.platforms.base import join_parts
from netwright.platforms.packs import packs
from netwright.platforms.registry import PLATFORMS
from netwright.report.words import plural
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.references import References
from netwright.topology.inventory import Inventory, load_inventory, match
from netwright.topology.load import load_topology
from netwright.topology.model import Topology

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say. A part that cannot be used is None, and `findings` tells why."""

    intents: Intents
    topology: Topology | None
    inventory: Inventory | None
    findings: tuple[Diagnostic, ...]


def read_network(network: Path) -> Files:
    """Read intents/, inventory/topology.yaml and Nornir's inventory of the network in `network`."""
    here = Path.cwd()
    intents, found = read_intents([network / "intents"], here)
    folder = network / "inventory"
    file = folder / "topology.yaml"
    topology = _attempt(lambda own: load_topology(file, own, shown=shown(file)), found)
    inventory = _attempt(lambda own: load_inventory(folder, own, shown=shown(folder)), found)
    if topology and inventory:
        match(topology, inventory, found)
    if topology and found.errors:  # compiling says it otherwise
        References(as_in(intents, topology), topology, {}, found).check_names()
    return Files(as_in(intents, topology) if topology else intents, topology, inventory, tuple(found.found))


def compiled(network: Path, files: Files, at: datetime) -> Design:
    """What the network says to sound files, as of `at`; `Refused` with everything that cannot be."""
    if files.topology is None:
        raise Refused(files.findings)
    ledger = store.load(network / "state" / "ledger.yaml")
    platforms = packs(files.topology, files.inventory, network / "inventory")
    return compile_design(files.intents, files.topology, platforms, ledger, at)


def read_files(files: Sequence[Path], network: Path) -> Files:
    """Read single files of intents: a part of a network, so that nobody misses the rest.

    Where `network` is the folder of one, the nodes, ports and links that they name must be its own.
    """
    intents, found = read_intents(files, Path.cwd(), whole=False)
    file = network / "inventory" / "topology.yaml"
    topology = _attempt(lambda own: load_topology(file, own, shown=shown(file)), found) if file.is_file() else None
    if topology:
        References(as_in(intents, topology), topology, {}, found).check_names()
    return Files(intents, topology, None, tuple(found.found))


def baselines(network: Path, topology: Topology) -> dict[str, str]:
    """What each device runs before netwright, from inventory/baseline/NAME.EXT; a device without a file is left out."""
    folder = network / "inventory" / "baseline"
    found = {}
    for name, node in topology.nodes.items():
        files = {part: folder / f"{name}.{part}" for part in PLATFORMS[node.platform].parts}
        parts = {part: file.read_text(encoding="utf-8") if file.is_file() else "" for part, file in files.items()}
        if any(parts.values()):
            found[name] = join_parts(parts)
    return found


def shown(path: Path) -> str:
    """A path as somebody who stands here calls it."""
    name = os.path.relpath(path)
    return str(path) if name.startswith("..") else name


def tally(findings: Sequence[Diagnostic], documents: int) -> str:
    """The last line of a validation: `2 errors, 0 warnings in 9 intents`."""
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    return f"{plural(errors, 'error')}, {plural(warnings, 'warning')} in {plural(documents, 'intent')}"


def _attempt(load: Callable[[Diagnostics], T], found: Diagnostics) -> T | None:
    """Load one part; what is wrong with it joins the rest instead of hiding it."""
    own = Diagnostics()
    try:
        loaded = load(own)
    except Refused as refused:
        found.found += refused.diagnostics
        return None
    found.found += own.found
    return loaded
