"""`Topology` -> `Blueprint`: which box stands for what, and which cable goes where. Pure: same network, same lab.

Every router is FRR, except where the user has the image of another kind and a router asks for it: `huawei_vrp` for
Huawei routers, the others for a node whose label `containerlab-kind` names them. Only FRR is judged by this project's
tests; the rest is generated as containerlab's manual says and never seen to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import Final

from netwright.diagnostics import Diagnostics
from netwright.intents.words import did_you_mean
from netwright.lab.model import WIRES, Blueprint, Box, Cable, Plug, Role, Wire
from netwright.lab.ports import DIALECTS, Name, names
from netwright.topology.model import Link, Node, Port, Topology

KIND: Final = "linux"
ROUTER_IMAGE: Final = "netwright/router:lab"
SUBNET: Final = "198.18.0.0/16"
"""The management network: of the block for benchmarks in isolated networks (RFC 2544, RFC 6890), so nobody's own."""

KIND_LABEL: Final = "containerlab-kind"
PLATFORM_OF: Final[Mapping[str, str]] = {KIND: "frr", "huawei_vrp": "huawei"}
"""The platform that speaks to a kind. A kind without one is wired up, and left to its user to configure."""

HOSTS: Final = "-hosts"
_MGMT_ROUTERS, _MGMT_HOSTS, _MGMT_WIRES = 0x100, 0x8000, 0xFF00
_LAB_NAME: Final = re.compile(r"[^a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user may choose. `images`: containerlab kind -> image."""

    name: str
    mtu: int
    scale: int = 1
    subnet: str = SUBNET
    images: Mapping[str, str] = field(default_factory=dict)


def lab_name(text: str) -> str:
    """A network's name as containerlab and docker take it."""
    return _LAB_NAME.sub("-", text.lower()).strip("-")[:40] or "lab"


def blueprint(topology: Topology, settings: Settings) -> Blueprint:
    """The lab of a network; `Refused` with everything that cannot be."""
    found = Diagnostics()
    kinds = {name: _kind(node, settings.images) for name, node in topology.nodes.items()}
    _check(topology, kinds, settings, found)
    found.close()
    return _Drawing(topology, settings, kinds).draw()


def _kind(node: Node, images: Mapping[str, str]) -> str:
    asked = node.labels.get(KIND_LABEL)
    if asked:
        return asked if asked in images else KIND
    return next((kind for kind in sorted(images) if kind != KIND and PLATFORM_OF.get(kind) == node.platform), KIND)


def _check(topology: Topology, kinds: Mapping[str, str], settings: Settings, found: Diagnostics) -> None:
    for kind in settings.images:
        if kind not in DIALECTS:
            hint = f"kinds: {', '.join(sorted(DIALECTS))}"
            note = did_you_mean(kind, DIALECTS)
            found.error(
                "unknown-lab-kind", f"--image {kind}", "is no kind that a lab is generated for", note=note, hint=hint
            )
        elif kind != KIND and kind not in kinds.values():
            hint = f"give a node of inventory/topology.yaml the label {KIND_LABEL}: {kind}"
            found.error("unused-lab-image", f"--image {kind}", "names an image that no router takes", hint=hint)
    taken = {f"{name}{HOSTS}" for name in topology.nodes} | {WIRES}
    for name in sorted(taken & set(topology.nodes)):
        found.error(
            "lab-name-taken", f"Node/{name}", "has the name of a box that the lab adds", hint="call it otherwise"
        )
    if len(topology.nodes) > _MGMT_HOSTS - _MGMT_ROUTERS or IPv4Network(settings.subnet).prefixlen > 16:
        found.error("lab-too-large", f"--subnet {settings.subnet}", "is too small for this network; a /16 is needed")


class _Drawing:
    """One blueprint in the making."""

    def __init__(self, topology: Topology, settings: Settings, kinds: Mapping[str, str]) -> None:
        self.topology, self.settings, self.kinds = topology, settings, kinds
        self.first = IPv4Network(settings.subnet).network_address
        self.names = {name: names(_ports(topology, node), kinds[name]) for name, node in topology.nodes.items()}

    def draw(self) -> Blueprint:
        wires = tuple(self._wire(number, link) for number, link in enumerate(self.topology.links.values(), 1))
        cables = (*self._link_cables(wires), *self._access_cables())
        return Blueprint(
            self.settings.name,
            self.settings.subnet,
            self.settings.scale,
            tuple(self._boxes(cables)),
            cables,
            wires,
            self._lab_topology(),
        )

    # ---- cables

    def _wire(self, number: int, link: Link) -> Wire:
        rate = scaled(link.base_bps, self.settings.scale)
        return Wire(link.name, f"w{number}a", f"w{number}z", link.delay_us, rate)

    def _link_cables(self, wires: tuple[Wire, ...]) -> Iterator[Cable]:
        for wire, link in zip(wires, self.topology.links.values(), strict=True):
            for node, end in ((link.a, wire.a), (link.z, wire.z)):
                plug = self.names[node][link.port_of(node)].plug
                yield Cable(link.name, Plug(node, plug), Plug(WIRES, end), self.settings.mtu)

    def _access_cables(self) -> Iterator[Cable]:
        for name, node in self.topology.nodes.items():
            for number, port in enumerate(_access(node), 1):
                plug, host = Plug(name, self.names[name][port].plug), Plug(f"{name}{HOSTS}", f"eth{number}")
                yield Cable(f"{name}:{port}", plug, host, self.settings.mtu)

    # ---- boxes

    def _boxes(self, cables: tuple[Cable, ...]) -> Iterator[Box]:
        plugged: dict[str, list[str]] = {}
        for plug in (end for cable in cables for end in (cable.a, cable.z)):
            plugged.setdefault(plug.box, []).append(plug.interface)
        for number, name in enumerate(self.topology.nodes):
            kind = self.kinds[name]
            address = str(self.first + _MGMT_ROUTERS + number + 1)
            yield Box(name, Role.ROUTER, kind, self._image(kind), address, tuple(plugged.get(name, ())))
        for number, name in enumerate(self.topology.nodes):
            hosts = f"{name}{HOSTS}"
            if hosts in plugged:
                address = str(self.first + _MGMT_HOSTS + number + 1)
                yield Box(hosts, Role.HOSTS, KIND, self._image(KIND), address, tuple(plugged[hosts]))
        if WIRES in plugged:
            yield Box(WIRES, Role.WIRES, KIND, self._image(KIND), str(self.first + _MGMT_WIRES), tuple(plugged[WIRES]))

    def _image(self, kind: str) -> str:
        return self.settings.images.get(kind, ROUTER_IMAGE)

    # ---- the topology as it is in the lab

    def _lab_topology(self) -> Topology:
        nodes = {name: self._node(node) for name, node in self.topology.nodes.items()}
        links = {name: self._link(link) for name, link in self.topology.links.items()}
        return replace(self.topology, nodes=nodes, links=links, scale=self.settings.scale)

    def _node(self, node: Node) -> Node:
        platform = PLATFORM_OF.get(self.kinds[node.name], node.platform)
        same = platform == node.platform
        ports = (self._port(self.names[node.name][name], port) for name, port in node.ports.items())
        return replace(
            node,
            platform=platform,
            model=node.model if same else "",
            ports={port.name: port for port in sorted(ports, key=lambda port: port.name)},
        )

    def _port(self, name: Name, port: Port) -> Port:
        stands_for = name.production if name.port != name.production else ""
        scale = self.settings.scale
        return Port(name.port, scaled(port.capacity_bps, scale), scaled_bytes(port.buffer_bytes, scale), stands_for)

    def _link(self, link: Link) -> Link:
        """Without FlexE: no router of a lab has it, so what the base client carried is the link."""
        scale = self.settings.scale
        return replace(
            link,
            a_port=self.names[link.a][link.a_port].port,
            z_port=self.names[link.z][link.z_port].port,
            capacity_bps=scaled(link.base_bps, scale),
            buffer_bytes=scaled_bytes(link.buffer_bytes, scale),
            encrypted=False,
            flexe=None,
            a_physical="",
            z_physical="",
        )


def _ports(topology: Topology, node: Node) -> list[str]:
    """A node's ports: of its links by the links' names, then of access in natural order."""
    return [*(link.port_of(node.name) for link in topology.links_of[node.name]), *_access(node)]


def _access(node: Node) -> list[str]:
    return sorted(node.ports, key=_natural)


def _natural(name: str) -> list[tuple[int, str]]:
    """`eth2` before `eth10`."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def scaled(rate_bps: int, scale: int) -> int:
    """A rate of production in the lab, at least 1 bit/s."""
    return max(1, rate_bps // scale)


def scaled_bytes(size: int, scale: int) -> int:
    """A buffer of production in the lab: the same time at the smaller rate."""
    return size // scale
