"""The pack of each node: of its platform, and where the inventory names one, of its model.

A host's `data.model` names a release that netwright knows (`registry.RELEASES`), or a file
`inventory/models/MODEL.json`, in which `tools/` wrote down what the vendor's modules of that model support. Without it
a node has what its platform's pack was made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from netwright.diagnostics import Diagnostics, Source
from netwright.errors import NetwrightError
from netwright.intents.words import did_you_mean
from netwright.platforms.base import Platform
from netwright.platforms.registry import MODELS, PLATFORMS, RELEASES
from netwright.topology.inventory import Inventory
from netwright.topology.model import Node, Topology


def packs(topology: Topology, inventory: Inventory | None, folder: Path) -> Mapping[str, Platform]:
    """The pack of each node by name; `folder` is the network's `inventory`. `Refused` names every unknown model."""
    found, known = Diagnostics(), dict[tuple[str, str], Platform]()
    made = {}
    for node in topology.nodes.values():
        model = _model(inventory, node)
        key = node.platform, model
        if key not in known:
            host = inventory.hosts.get(node.name) if inventory else None
            source = host.source("model") if host else None
            known[key] = _pack(node, model, folder / "models", source, found) if model else PLATFORMS[node.platform]
        made[node.name] = known[key]
    found.close()
    return made


def models(folder: Path) -> Mapping[str, Platform]:
    """The packs of all models that a network knows, by `PLATFORM MODEL`; files that cannot be read are left out."""
    found = {
        f"{platform} {name.removeprefix(f'{platform}-')}": pack
        for platform, releases in RELEASES.items()
        for name, pack in releases.items()
        if pack is not PLATFORMS[platform]
    }
    for platform, read in MODELS.items():
        for file in sorted((folder / "models").glob("*.json")):
            with suppress(NetwrightError):
                found[f"{platform} {file.stem}"] = read(file)
    return found


def _model(inventory: Inventory | None, node: Node) -> str:
    host = inventory.hosts.get(node.name) if inventory else None
    named = host.data.get("model") if host else None
    return "" if named is None else str(named)


def _pack(node: Node, model: str, folder: Path, source: Source | None, found: Diagnostics) -> Platform:
    usual, files = PLATFORMS[node.platform], {file.stem: file for file in folder.glob("*.json")}
    read, releases = MODELS.get(node.platform), RELEASES.get(node.platform, {})
    if model in releases:
        return releases[model]
    if read is None or model not in files:
        message = f"is of the model {model}, of which nothing is known"
        hint = "derive inventory/models/MODEL.json from the model's modules, as docs/platforms says"
        if releases:
            hint = f"there is {' and '.join(sorted(releases))}; without one it is {usual.name}'s newest"
        elif read is None:
            message, hint = f"names the model {model}; all {node.platform} routers are alike here", "leave it out"
        found.error(
            "unknown-model",
            f"Host/{node.name}",
            message,
            source,
            note=did_you_mean(model, [*files, *releases]),
            hint=hint,
        )
        return usual
    try:
        return read(files[model])
    except NetwrightError as error:
        found.error("unknown-model", f"Host/{node.name}", str(error), source, hint="derive the file again")
        return usual
