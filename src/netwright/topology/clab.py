"""Networks from a containerlab file (containerlab.dev, "topology definition file").

The rules: a node is a router when its kind is one of ours (`huawei_vrp`, `huawei_vroc`), when it is of kind `linux` and
its image is an FRR image, or when its label `netwright-platform` says so, which is the way for platforms that
containerlab has no kind for. Any other `linux` node, and `bridge`, `ovs-bridge`, `host`, `ext-container`, is no router:
left out with a warning, and the router's port towards it becomes an access port. A router of any other kind is refused:
leaving it out would cut the network in two without a word. Endpoints on FRR keep their names (`eth1`); other platforms
do not call their ports so, and get names of their own, in the order of the file. Links are 100G and 1 km long.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from netwright.diagnostics import Diagnostics
from netwright.intents.words import did_you_mean
from netwright.topology.document import Data, Document, read
from netwright.topology.geo import SHORTEST_KM
from netwright.topology.gml import BUFFER_BYTES, SLOW_BPS
from netwright.topology.model import Link, Node, Port, Site, Topology

KINDS: Mapping[str, str] = {"huawei_vrp": "huawei", "huawei_vroc": "huawei"}
NO_ROUTERS = frozenset({"bridge", "ovs-bridge", "host", "ext-container"})
LABEL = "netwright-platform"
PLATFORMS = ("frr", "huawei", "zte")
_KEEPS_PORTS = "frr"
_NO_NODES = frozenset({"host", "macvlan", "mgmt-net", "dummy"})  # ends of links that are no nodes of the file


@dataclass(slots=True)
class _Lab:
    document: Document
    found: Diagnostics
    defaults: Mapping[str, Data]
    kinds: Mapping[str, Data]
    groups: Mapping[str, Data]
    platforms: dict[str, str] = field(default_factory=dict)  # routers only
    left_out: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _End:
    node: str
    port: str


_Row: TypeAlias = tuple[tuple[str | int, ...], _End, _End]  # where a link stands, and its ends

_MODEL_HINT = "correct `model` in inventory/topology.yaml where it is another"
_PORT_HINT = "ports have the names that the platform gives them; correct them in inventory/topology.yaml"


def import_clab(text: str, file: str, found: Diagnostics) -> Topology:
    """The network of a containerlab file; platforms that it does not tell are `""` (`netwright.topology.deal`).

    What is wrong goes to `found`.
    """
    document = read(text, file, found)
    if document is None:
        return Topology(nodes={}, links={})
    body = _mapping(_mapping(document.data).get("topology"))
    nodes = _mapping(body.get("nodes"))
    if not nodes:
        found.error("bad-clab", file, "has no topology.nodes: is it a containerlab file?", document.source(()))
        return Topology(nodes={}, links={})
    defaults, kinds, groups = (_mapping(body.get(part)) for part in ("defaults", "kinds", "groups"))
    lab = _Lab(document, found, defaults, kinds, groups)
    for name, node in nodes.items():
        _classify(lab, name, _mapping(node))
    return _topology(lab, [(a, z) for _, a, z in _links(lab, body.get("links"))])


def tell_changes(text: str, file: str, drawn: Topology, found: Diagnostics) -> None:
    """Warn of everything that `drawn`, the network made of a sound file, has otherwise, each with its place."""
    document = read(text, file, Diagnostics())
    body = _mapping(_mapping(document.data).get("topology")) if document else {}
    if document is None:
        return
    defaults, kinds, groups = (_mapping(body.get(part)) for part in ("defaults", "kinds", "groups"))
    lab = _Lab(document, Diagnostics(), defaults, kinds, groups)
    for name, node in _mapping(body.get("nodes")).items():
        _classify(lab, name, _mapping(node))
        if name in drawn.nodes and (model := drawn.nodes[name].model):
            source = document.source(("topology", "nodes", name), key=True)
            message = f"is taken for {model}: the file names no model"
            found.warning("model-assumed", f"Node/{name}", message, source, hint=_MODEL_HINT)
    _tell_links(lab, list(_links(lab, body.get("links"))), drawn, found)


def _tell_links(lab: _Lab, rows: list[_Row], drawn: Topology, found: Diagnostics) -> None:
    made: dict[str, Link] = {}
    for path, a, z in rows:
        source = lab.document.source((*path, "endpoints"))
        if a.node in lab.platforms and z.node in lab.platforms:
            link = _link(lab, made, a, z)
            made[link.name] = link
            for end in (a, z) if link.name in drawn.links else ():
                new = drawn.links[link.name].port_of(end.node)
                if new != end.port:
                    message = f"calls the port of {end.node} {new}, which is {end.port} in the file"
                    found.warning("port-renamed", f"Link/{link.name}", message, source, hint=_PORT_HINT)
        else:
            there = ", ".join(f"{end.node} is no router" for end in (a, z) if end.node not in lab.platforms)
            message = f"the link {a.node}:{a.port} - {z.node}:{z.port} is left out: {there}"
            kept = [f"{end.port} of {end.node}" for end in (a, z) if _keeps(lab, end)]
            hint = f"{kept[0]} is an access port now" if kept else ""
            found.warning("link-left-out", lab.document.file, message, source, hint=hint)
    if made:
        message = f"says no lengths and no rates: each link is taken for {SLOW_BPS // 10**9}G and {SHORTEST_KM:g} km"
        hint = "correct them in inventory/topology.yaml: delays and admission are computed from them"
        found.warning("link-assumed", lab.document.file, message, lab.document.source(("topology", "links")), hint=hint)


def _keeps(lab: _Lab, end: _End) -> bool:
    return lab.platforms.get(end.node) == _KEEPS_PORTS


def _mapping(data: Data) -> Mapping[str, Data]:
    return data if isinstance(data, dict) else {}


def _setting(lab: _Lab, node: Mapping[str, Data], key: str) -> str:
    """A node's own setting, its group's, its kind's, the file's default: containerlab's order."""
    group = _mapping(lab.groups.get(str(node.get("group", lab.defaults.get("group", "")))))
    kind = str(node.get("kind") or group.get("kind") or lab.defaults.get("kind") or "")
    for layer in (node, group, _mapping(lab.kinds.get(kind)), lab.defaults):
        if isinstance(layer.get(key), str):
            return str(layer[key])
    return ""


def _label(lab: _Lab, node: Mapping[str, Data]) -> str:
    group = _mapping(lab.groups.get(str(node.get("group", ""))))
    kind = _mapping(lab.kinds.get(_setting(lab, node, "kind")))
    layers = (_mapping(layer.get("labels")).get(LABEL) for layer in (node, group, kind, lab.defaults))
    return next((str(label) for label in layers if label), "")


def _classify(lab: _Lab, name: str, node: Mapping[str, Data]) -> None:
    """Router of which platform, no router, or refused."""
    path, kind = ("topology", "nodes", name), _setting(lab, node, "kind")
    label = _label(lab, node)
    source = lab.document.source(path, key=True)
    if label and label not in PLATFORMS:
        note = did_you_mean(label, PLATFORMS)
        message = f"has the label {LABEL}: {label}; platforms: {', '.join(PLATFORMS)}"
        lab.found.error("unknown-platform", f"Node/{name}", message, source, note=note)
    elif label or kind in KINDS:
        lab.platforms[name] = label or KINDS[kind]
    elif kind == "linux" and "frr" in _setting(lab, node, "image").lower():
        lab.platforms[name] = "frr"
    elif kind == "linux" or kind in NO_ROUTERS:
        lab.left_out.add(name)
        hint = f"if it is a router, give it the label {LABEL}"
        lab.found.warning("no-router", f"Node/{name}", f"is left out: kind {kind} without FRR", source, hint=hint)
    else:
        message = f"is of kind {kind}, which is none of our platforms" if kind else "has no kind"
        hint = f"give it the label {LABEL} ({', '.join(PLATFORMS)}), or take it out of the file"
        lab.found.error("unknown-node-kind", f"Node/{name}", message, source, hint=hint)


def _links(lab: _Lab, rows: Data) -> Iterator[_Row]:
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        path = ("topology", "links", number)
        ends = [_end(end) for end in _endpoints(_mapping(row))]
        known = [end for end in ends if end and _is_known(lab, end, path)]
        if len(known) == 2:
            yield path, known[0], known[1]
        elif len(ends) != 2 or None in ends:
            message = 'a link has two endpoints, such as ["r1:eth1", "r2:eth1"]'
            lab.found.error("bad-clab", lab.document.file, message, lab.document.source(path))


def _endpoints(row: Mapping[str, Data]) -> list[Data]:
    """The short form's list, the long form's list, or the one `endpoint` of a link that leaves the lab."""
    ends = row.get("endpoints")
    if isinstance(ends, list):
        return ends
    return [row["endpoint"], f"{row.get('type', 'host')}:"] if "endpoint" in row else []


def _end(end: Data) -> _End | None:
    if isinstance(end, dict):
        return _End(str(end.get("node", "")), str(end.get("interface", "")))
    if not isinstance(end, str) or ":" not in end:
        return None
    node, _, port = end.partition(":")
    return _End(node, port)


def _is_known(lab: _Lab, end: _End, path: tuple[str | int, ...]) -> bool:
    if end.node in lab.platforms or end.node in lab.left_out or end.node in _NO_NODES:
        return True
    nodes = _mapping(_mapping(_mapping(lab.document.data).get("topology")).get("nodes"))
    if end.node not in nodes:  # a node that was refused has its own message
        note, source = did_you_mean(end.node, nodes), lab.document.source((*path, "endpoints"))
        message = f"this link names the node {end.node}, which does not exist"
        lab.found.error("unknown-node", lab.document.file, message, source, note=note)
    return False


def _topology(lab: _Lab, links: list[tuple[_End, _End]]) -> Topology:
    nodes = {name: Node(name, platform, name) for name, platform in sorted(lab.platforms.items())}
    inner: dict[str, Link] = {}
    for a, z in links:
        if a.node in nodes and z.node in nodes:
            link = _link(lab, inner, a, z)
            inner[link.name] = link
        else:
            nodes |= {end.node: _with_access(nodes[end.node], end) for end in (a, z) if end.node in nodes}
    sites = {name: Site(name, 0.0, 0.0) for name in nodes}
    return Topology(nodes, dict(sorted(inner.items())), sites)


def _link(lab: _Lab, others: Mapping[str, Link], a: _End, z: _End) -> Link:
    number = sum({link.a, link.z} == {a.node, z.node} for link in others.values())
    name = f"{a.node}-{z.node}" if not number else f"{a.node}-{z.node}-{number + 1}"
    a_port, z_port = (end.port if lab.platforms[end.node] == _KEEPS_PORTS else "" for end in (a, z))
    return Link(name, a.node, a_port, z.node, z_port, SLOW_BPS, SHORTEST_KM, buffer_bytes=BUFFER_BYTES)


def _with_access(node: Node, end: _End) -> Node:
    if node.platform != _KEEPS_PORTS:
        return node  # its access ports are dealt like those of any node
    return replace(node, ports={**node.ports, end.port: Port(end.port, SLOW_BPS, BUFFER_BYTES)})
