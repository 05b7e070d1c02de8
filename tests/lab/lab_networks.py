"""Networks of the lab's tests: a ring of four routers, and what of the reference network a machine can emulate."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

import yaml

from netwright.lab.blueprint import Settings, blueprint
from netwright.lab.model import Blueprint
from netwright.topology.load import load_topology
from netwright.topology.model import Topology

RING = Path(__file__).parent / "ring"


def ring() -> Topology:
    """The topology of production."""
    return load_topology(RING / "inventory" / "topology.yaml")


def drawn(scale: int = 1000) -> Blueprint:
    """Its lab."""
    return blueprint(ring(), Settings("ring", 9216, scale))


REFERENCE = Path(__file__).parents[2]
"""The reference network lies at the root of the repository."""

PODS_AND_CORE = (
    "core1", "core2", "core3", "core4", "pod1-spine1", "pod1-leaf1", "pod2-spine1", "pod2-leaf1",
)  # fmt: skip
"""What of it two cores can emulate: the four routers of the core, and a spine and a leaf of each POD."""


def cut_out(folder: Path, nodes: Collection[str] = PODS_AND_CORE) -> None:
    """A network folder of some routers of the reference network, with the links between them and the lab's intents."""
    whole = yaml.safe_load((REFERENCE / "inventory" / "topology.yaml").read_text())
    found = {part: whole[part] for part in ("sites", "nodes", "links")}
    found["nodes"] = [node for node in found["nodes"] if node["name"] in nodes]
    found["links"] = [link for link in found["links"] if {link["a"]["node"], link["z"]["node"]} <= set(nodes)]
    sites = {node["site"] for node in found["nodes"]}
    found["sites"] = [site for site in found["sites"] if site["name"] in sites]
    said = "".join(path.read_text() for path in sorted((Path(__file__).parent / "reference").iterdir()))
    for node in found["nodes"]:  # a port that nobody uses would have hosts behind it, too
        ports = node.get("ports", {}).items()
        node["ports"] = {name: port for name, port in ports if f"node: {node['name']}, port: {name}," in said}
    hosts = yaml.safe_load((REFERENCE / "inventory" / "hosts.yaml").read_text())
    inventory, intents = folder / "inventory", folder / "intents"
    inventory.mkdir(parents=True)
    (inventory / "topology.yaml").write_text(yaml.safe_dump(found, sort_keys=False))
    (inventory / "hosts.yaml").write_text(yaml.safe_dump({name: hosts[name] for name in nodes}))
    for name in ("groups.yaml", "defaults.yaml"):
        shutil.copy(REFERENCE / "inventory" / name, inventory)
    shutil.copytree(Path(__file__).parent / "reference", intents)
    shutil.copy(REFERENCE / "intents" / "fabric.yaml", intents)
