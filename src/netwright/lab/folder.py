"""The lab's own network folder: the same intents, the lab's inventory. The ordinary verbs work in it unchanged.

intents -> the intents of production, by a link: what is edited there holds here at once
inventory/topology.yaml     the lab's platforms, ports and rates; `stands_for` says which port of production each is
inventory/hosts.yaml ...    where each router answers, through which door
inventory/baseline/         what a router runs before netwright, and what the lab boots it with
templates -> the network's own templates, where it has some
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from netwright.intents.schema import Fabric
from netwright.lab.clabfile import FILES, wires_script
from netwright.lab.model import WIRES, Blueprint, Role
from netwright.platforms.registry import PLATFORMS, RELEASES
from netwright.render.baseline import baseline
from netwright.render.templates import Library
from netwright.topology.write import topology_text

CONVERGENCE_S: Final = 180
"""How long `verify` waits for IS-IS and BGP: eight routers in an emulated machine take a minute, undisturbed."""

HEADER: Final = (
    "Made by `netwright lab`: what the lab runs. Change the network's own inventory, and bring the lab up anew."
)


@dataclass(frozen=True, slots=True)
class Door:
    """How a router is reached: user and password in a file, and the options of its driver (docs/operating.md)."""

    credentials: str  # path of the file with `username:` and `password:`
    proxy_command: str = ""  # empty: straight
    timeout_s: int = 300  # a router in an emulated machine on busy processors takes its time
    frr: str = ""  # the release of FRR in the image, where netwright knows one as a model; "": the usual


def baselines(blueprint: Blueprint, fabric: Fabric, templates: Library) -> dict[str, dict[str, str]]:
    """What each router boots with, by part."""
    topology = blueprint.topology
    return {
        name: baseline(node, topology, fabric, PLATFORMS[node.platform], templates)
        for name, node in topology.nodes.items()
    }


def box_files(blueprint: Blueprint, texts: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What stands beside the containerlab file: path -> text."""
    found = {}
    for box in blueprint.of_role(Role.ROUTER):
        if box.kind == "linux":
            parts = texts[box.name]
            found[f"{FILES}/{box.name}/frr.conf"] = parts["cfg"]
            found[f"{FILES}/{box.name}/linux.sh"] = parts["linux"]
    if blueprint.of_role(Role.WIRES):
        found[f"{FILES}/{WIRES}/wires.sh"] = wires_script(blueprint)
    return found


def network_files(blueprint: Blueprint, texts: Mapping[str, Mapping[str, str]], door: Door) -> dict[str, str]:
    """The network folder, less what it shares with production: path -> text."""
    return {
        "inventory/topology.yaml": topology_text(blueprint.topology, HEADER),
        "inventory/hosts.yaml": _yaml(dict(_hosts(blueprint))),
        "inventory/groups.yaml": _yaml(_groups(blueprint, door)),
        "inventory/defaults.yaml": _yaml(
            {"data": {"credentials": {"file": door.credentials}, "convergence_s": CONVERGENCE_S}}
        ),
        **{
            f"inventory/baseline/{name}.{part}": text
            for name, parts in texts.items()
            for part, text in parts.items()
            if text
        },
    }


def _yaml(document: object) -> str:
    return f"# {HEADER}\n" + yaml.safe_dump(document, sort_keys=True, width=120)


def _hosts(blueprint: Blueprint) -> Iterator[tuple[str, object]]:
    for box in blueprint.of_role(Role.ROUTER):
        yield box.name, {"hostname": box.address, "groups": [blueprint.topology.nodes[box.name].platform]}


def _groups(blueprint: Blueprint, door: Door) -> dict[str, object]:
    """One group a platform: port and driver options are those of the kind."""
    platforms = sorted({node.platform for node in blueprint.topology.nodes.values()})
    extras: dict[str, object] = {"hostkey_verify": False, "timeout": door.timeout_s}
    if door.proxy_command:
        extras["proxy_command"] = door.proxy_command
    options = {"netwright": {"extras": extras}}
    ports = {"huawei": 830}
    models = {"frr": door.frr} if door.frr else {}
    return {
        name: {
            "platform": name,
            "port": ports.get(name, 22),
            "connection_options": options,
            **({"data": {"model": models[name]}} if name in models else {}),
        }
        for name in platforms
    }


def release(frr: str) -> str:
    """The model that hosts name for a release of FRR; "" for the one that the platform means without a name."""
    pack = RELEASES["frr"].get(f"frr-{frr}")
    return f"frr-{frr}" if pack is not None and pack is not PLATFORMS["frr"] else ""
