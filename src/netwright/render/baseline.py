"""What a router runs before netwright: rendered once, by `init`, from `templates/<platform>/baseline.*.j2`.

From then on a baseline is the operator's file: the emulator boots with it, offline plans build on it.
"""

from __future__ import annotations

from dataclasses import dataclass

from netwright.intents.schema import Fabric
from netwright.platforms.base import Platform
from netwright.render.engine import plain
from netwright.render.templates import Library
from netwright.services.numbers import pinned_end_sid, pinned_locator
from netwright.topology.model import FlexeGroup, Node, Topology


@dataclass(frozen=True, slots=True)
class BaselinePort:
    """A port that is there: of a link (`core`, with its pinned address if it has one) or for access.

    With FlexE `name` is the interface of the base client, and `physical` the port whose lanes it shares.
    """

    name: str
    capacity_bps: int
    core: bool
    address: str | None = None
    flexe: FlexeGroup | None = None
    physical: str = ""


@dataclass(frozen=True, slots=True)
class BaselineLocator:
    """The locator of a platform on which it comes with the baseline."""

    name: str
    prefix: str
    end_sid: str


def baseline(node: Node, topology: Topology, fabric: Fabric, platform: Platform, templates: Library) -> dict[str, str]:
    """The baseline of a node, by part of its configuration."""
    context = {
        "hostname": node.name,
        "router_id": None,
        "asn": None,
        "loopback": node.loopback,
        "locator": _locator(node, fabric, platform),
        "ports": _ports(node, topology),
    }
    return plain(platform, "baseline", context, templates)


def _ports(node: Node, topology: Topology) -> list[BaselinePort]:
    core = [
        BaselinePort(
            name=link.port_of(node.name),
            capacity_bps=link.base_bps,
            core=True,
            address=link.a_address if node.name == link.a else link.z_address,
            flexe=link.flexe,
            physical=link.physical_of(node.name),
        )
        for link in topology.links_of[node.name]
    ]
    access = [BaselinePort(port.name, port.capacity_bps, core=False) for port in node.ports.values()]
    return sorted([*core, *access], key=lambda port: port.name)


def _locator(node: Node, fabric: Fabric, platform: Platform) -> BaselineLocator | None:
    if platform.capabilities["locator"].value != "baseline" or node.node_id is None:
        return None
    prefix = pinned_locator(fabric, node.node_id)
    return BaselineLocator(fabric.spec.srv6.locator, prefix, pinned_end_sid(prefix))
