"""The network that `netwright init` starts from: a file of somebody else's format, or a small invented one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from netwright.diagnostics import Diagnostics
from netwright.intents.words import did_you_mean, listed
from netwright.topology.clab import import_clab, tell_changes
from netwright.topology.deal import deal
from netwright.topology.dialects import DIALECTS
from netwright.topology.generate import generate
from netwright.topology.gml import import_gml
from netwright.topology.graph import largest_part
from netwright.topology.model import Topology

DEFAULT_PLATFORMS = ("huawei", "zte", "frr")
"""Dealt out when nobody says which."""

_READERS: Mapping[str, Callable[[str, str, Diagnostics], Topology]] = {
    ".gml": import_gml,
    ".yml": import_clab,
    ".yaml": import_clab,
}
_SMALL = 12
_SEED = 7


def draw(path: Path | None, platforms: Sequence[str], found: Diagnostics, *, shown: str = "") -> Topology:
    """The connected, dealt-out network of a GML or containerlab file; a small invented metro without a file.

    `platforms` are dealt over the nodes that have none, in name order; none means all. Raises `Refused` with everything
    that is wrong; warnings stay in `found`. `shown` is how the file is called in diagnostics.
    """
    chosen = tuple(platforms) or DEFAULT_PLATFORMS
    _check_platforms(chosen, found)
    found.close()
    if path is None:
        return generate(_SMALL, _SEED, chosen)
    topology = _read(path, shown or str(path), found)
    found.close()
    drawn = deal(largest_part(topology, found, shown or str(path)), chosen)
    if _READERS[path.suffix.lower()] is import_clab:
        tell_changes(_text(path), shown or str(path), drawn, found)
    return drawn


def _check_platforms(platforms: Sequence[str], found: Diagnostics) -> None:
    for platform in platforms:
        if platform not in DIALECTS:
            hint = did_you_mean(platform, DIALECTS) or f"platforms: {listed(sorted(DIALECTS))}"
            found.error("unknown-platform", f"--platform {platform}", "is no platform of netwright", hint=hint)


def _read(path: Path, shown: str, found: Diagnostics) -> Topology:
    nothing = Topology(nodes={}, links={})
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        hint = "a Topology Zoo file ends in .gml, a containerlab file in .yml or .yaml"
        found.error("unknown-format", shown, "is neither GML nor a containerlab file, by its name", hint=hint)
        return nothing
    if not path.is_file():
        found.error("no-file", shown, "there is no such file")
        return nothing
    topology = reader(_text(path), shown, found)
    if not topology.nodes and not found.errors:
        found.error("no-nodes", shown, "holds no router")
    return topology


def _text(path: Path) -> str:
    """GML is ISO 8859-1 by its definition, and UTF-8 in the wild."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
