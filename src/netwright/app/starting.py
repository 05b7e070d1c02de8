"""`init`: the files of a new network, drawn from somebody else's file or made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from netwright.diagnostics import Diagnostics
from netwright.intents.loader import read_intents
from netwright.platforms.registry import PLATFORMS
from netwright.render.baseline import baseline
from netwright.render.templates import library, unverified_constructs
from netwright.topology.clab import import_clab
from netwright.topology.deal import deal
from netwright.topology.generate import generate
from netwright.topology.gml import import_gml
from netwright.topology.graph import largest_part
from netwright.topology.model import Topology
from netwright.topology.starter import starter_files

MADE_UP = 8
"""Routers of a network that is drawn from no file."""

DEFAULT_PLATFORMS = ("huawei", "zte", "frr")
_GITIGNORE = "/state/journal/\n/state/evidence/\n/state/snapshots/\n/state/emulator/\n"


def start_network(folder: Path, source: Path | None, platforms: Sequence[str], found: Diagnostics) -> Topology:
    """Write a new network into `folder`, which must be empty or new; `found` gets what was left out of the source.

    Nothing is written when something is wrong: `Refused` says what.
    """
    _check_folder(folder, found)
    topology = _drawn(source, platforms or DEFAULT_PLATFORMS, found)
    found.close()
    consents = {name: unverified_constructs(library(), pack) for name, pack in PLATFORMS.items()}
    said = source.name if source else "a drawing of netwright's own"
    files = dict(starter_files(topology, name=_name(folder), source=said, consents=consents))
    files[".gitignore"] = _GITIGNORE
    _write(folder, files)
    _write(folder, _baselines(folder, topology))
    return topology


def _check_folder(folder: Path, found: Diagnostics) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        found.error("not-empty", str(folder), "is there already, and not empty", hint="name a folder that is new")


def _name(folder: Path) -> str:
    letters = [letter if letter.isalnum() else "-" for letter in folder.resolve().name.lower()]
    return "".join(letters).strip("-")[:40] or "network"


def _drawn(source: Path | None, platforms: Sequence[str], found: Diagnostics) -> Topology:
    if source is None:
        return generate(MADE_UP, 1, platforms)
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found.error(
            "unreadable", str(source), f"cannot be read: {error}", hint="--from takes a GML or a containerlab file"
        )
        found.close()
        raise
    drawn = (import_gml if source.suffix == ".gml" else import_clab)(text, str(source), found)
    found.close()
    return deal(largest_part(drawn, found, str(source)), platforms)


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


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
