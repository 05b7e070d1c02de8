"""`init`: the files of a new network, drawn from somebody else's file or made up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from netwright.diagnostics import Diagnostic, Diagnostics
from netwright.folders import write_files
from netwright.intents.loader import read_intents
from netwright.platforms.registry import PLATFORMS
from netwright.render.baseline import baseline
from netwright.render.templates import library, unverified_constructs
from netwright.topology.draw import draw
from netwright.topology.model import Topology
from netwright.topology.starter import starter_files

_GITIGNORE = "/state/journal/\n/state/evidence/\n/state/snapshots/\n/state/emulator/\n/state/lab/\n"


def start_network(folder: Path, source: Path | None, platforms: Sequence[str], found: Diagnostics) -> Topology:
    """Write a new network into `folder`, which must be empty or new; `found` gets what was left out of the source.

    Nothing is written when something is wrong: `Refused` says what.
    """
    _check_folder(folder, found)
    topology = draw(source, platforms, found)
    found.close()
    consents = {name: unverified_constructs(library(), pack) for name, pack in PLATFORMS.items()}
    said = source.name if source else "a drawing of netwright's own"
    changes = [_change(finding) for finding in found.found]
    files = dict(starter_files(topology, name=_name(folder), source=said, consents=consents, changes=changes))
    files[".gitignore"] = _GITIGNORE
    write_files(folder, files.items())
    write_files(folder, _baselines(folder, topology).items())
    return topology


def _change(finding: Diagnostic) -> str:
    """A finding as a line of a comment: `Link/a-b calls the port of a 100GE0/1/0, ... (lab.clab.yml:17)`."""
    place = finding.source
    where = f" ({Path(place.file).name}:{place.line})" if place else ""
    return f"{finding.address} {finding.message}{where}"


def _check_folder(folder: Path, found: Diagnostics) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        found.error("not-empty", str(folder), "is there already, and not empty", hint="name a folder that is new")


def _name(folder: Path) -> str:
    letters = [letter if letter.isalnum() else "-" for letter in folder.resolve().name.lower()]
    return "".join(letters).strip("-")[:40] or "network"


def _baselines(folder: Path, topology: Topology) -> dict[str, str]:
    """A baseline for each node, as `templates/<platform>/baseline.*` words it."""
    intents, findings = read_intents([folder / "intents"], folder)
    findings.close()
    assert intents.fabric is not None  # noqa: S101 - the starter always writes one
    files: dict[str, str] = {}
    for node in topology.nodes.values():
        parts = baseline(node, topology, intents.fabric, PLATFORMS[node.platform], library())
        files |= {f"inventory/baseline/{node.name}.{part}": text for part, text in parts.items()}
    return files
