"""Networks of the lab's tests: a ring of four routers, and what of the reference network a machine can emulate."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import yaml

from netwright.app.starting import start_network
from netwright.diagnostics import Diagnostics
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


ABILENE = Path(__file__).parents[1] / "data" / "topologies" / "Abilene.gml"
EAST = (0, 1, 2, 9, 10)
"""Of Abilene's eleven routers the ring of five that joins New York, Chicago, Indianapolis, Atlanta and Washington."""

GUEST = """\
# A second tenant beside the examples' own: whether they are apart shows between two.
apiVersion: netwright/v1
kind: TenantSlice
metadata: {name: guest, tenant: guest}
spec:
  sites:
    - {name: one, node: n1, port: cgei-0/2/0/1, vlan: 301, addresses: ["10.91.1.1/24", "2001:db8:91:1::1/64"]}
    - {name: two, node: n2, port: 100GE0/2/0, vlan: 301, addresses: ["10.91.2.1/24", "2001:db8:91:2::1/64"]}
  bandwidth: 2G
"""


def eastern_abilene(folder: Path) -> None:
    """A network folder as `netwright init --from` draws it from a part of Abilene, and a second tenant in it."""
    file = folder.with_name("Abilene.gml")
    file.write_text(part_of(ABILENE.read_text(), EAST))
    start_network(folder, file, (), Diagnostics())
    (folder / "intents" / "guest.yaml").write_text(GUEST)
    inventory = folder / "inventory" / "topology.yaml"
    drawn = yaml.safe_load(inventory.read_text())
    _drop_idle_ports(drawn["nodes"], (folder / "intents").rglob("*.yaml"))
    inventory.write_text(yaml.safe_dump(drawn, sort_keys=False))


def part_of(gml: str, nodes: Collection[int]) -> str:
    """Some nodes of a GML file, with the edges between them."""

    def kept(block: re.Match[str]) -> str:
        ends = map(int, re.findall(r"(?m)^    (?:id|source|target) (\d+)$", block[0]))
        return block[0] if set(ends) <= set(nodes) else ""

    return re.sub(r"(?ms)^  (?:node|edge) \[\n.*?^  \]\n", kept, gml)


def _drop_idle_ports(nodes: Iterable[dict[str, Any]], intents: Iterable[Path]) -> None:
    """A port that nobody uses would have hosts behind it, too."""
    said = "".join(path.read_text() for path in sorted(intents))
    for node in nodes:
        ports = node.get("ports", {}).items()
        node["ports"] = {name: port for name, port in ports if f"node: {node['name']}, port: {name}," in said}


def cut_out(folder: Path, nodes: Collection[str] = PODS_AND_CORE) -> None:
    """A network folder of some routers of the reference network, with the links between them and the lab's intents."""
    whole = yaml.safe_load((REFERENCE / "inventory" / "topology.yaml").read_text())
    found = {part: whole[part] for part in ("sites", "nodes", "links")}
    found["nodes"] = [node for node in found["nodes"] if node["name"] in nodes]
    found["links"] = [link for link in found["links"] if {link["a"]["node"], link["z"]["node"]} <= set(nodes)]
    sites = {node["site"] for node in found["nodes"]}
    found["sites"] = [site for site in found["sites"] if site["name"] in sites]
    _drop_idle_ports(found["nodes"], (Path(__file__).parent / "reference").iterdir())
    hosts = yaml.safe_load((REFERENCE / "inventory" / "hosts.yaml").read_text())
    inventory, intents = folder / "inventory", folder / "intents"
    inventory.mkdir(parents=True)
    (inventory / "topology.yaml").write_text(yaml.safe_dump(found, sort_keys=False))
    (inventory / "hosts.yaml").write_text(yaml.safe_dump({name: hosts[name] for name in nodes}))
    for name in ("groups.yaml", "defaults.yaml"):
        shutil.copy(REFERENCE / "inventory" / name, inventory)
    shutil.copytree(Path(__file__).parent / "reference", intents)
    shutil.copy(REFERENCE / "intents" / "fabric.yaml", intents)
