"""`Topology` -> the text of `inventory/topology.yaml`: the inverse of `netwright.topology.load`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from netwright.intents.types import format_rate
from netwright.intents.yaml12 import scalar
from netwright.topology.model import ComputePool, Link, Node, Port, Site, Topology

MEGABYTE = 10**6
PAGE = 120
_INDICATORS = frozenset("{}[],&*#?|<>=!%@\\'\"`")


def topology_text(topology: Topology, header: str = "") -> str:
    """The file that reads back as `topology`; `header` is a comment above it."""
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    lines += ["", f"scale: {topology.scale}"] if topology.scale > 1 else []
    for section, rows in (
        ("sites", [_site(site) for site in topology.sites.values()]),
        ("nodes", [_node(node) for node in topology.nodes.values()]),
        ("links", [_link(link) for link in topology.links.values()]),
        ("compute_pools", [_pool(pool) for pool in topology.pools.values()]),
    ):
        if rows or section == "nodes":
            lines += ["", f"{section}:" if rows else f"{section}: []"]
            lines += [line for row in rows for line in _row(row)]
    return "\n".join(lines).lstrip("\n") + "\n"


def text(value: str) -> str:
    """A YAML scalar that reads back as this text: plain where that is safe, quoted otherwise."""
    plain = value and value.strip() == value and not (_INDICATORS & set(value)) and value[0] not in "-:"
    if plain and ": " not in value and not value.endswith(":") and value.isprintable() and scalar(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def flow(fields: Mapping[str, str]) -> str:
    """`{a: 1, b: x}` of texts that are YAML already."""
    return "{" + ", ".join(f"{text(name)}: {value}" for name, value in fields.items()) + "}"


def _row(fields: Mapping[str, str]) -> Iterator[str]:
    """One item of a list: in one line when it is short."""
    one = f"  - {flow(fields)}"
    if len(one) <= PAGE:
        yield one
        return
    for number, (name, value) in enumerate(fields.items()):
        yield f"  {'-' if number == 0 else ' '} {name}: {value}"


def _some(fields: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value is not None}


def _site(site: Site) -> dict[str, str]:
    return _some(
        {
            "name": text(site.name),
            "latitude": repr(site.latitude),
            "longitude": repr(site.longitude),
            "description": text(site.description) if site.description else None,
        }
    )


def _node(node: Node) -> dict[str, str]:
    return _some(
        {
            "name": text(node.name),
            "platform": text(node.platform),
            "site": text(node.site),
            "zone": text(node.zone) if node.zone else None,
            "role": text(node.role) if node.role else None,
            "model": text(node.model) if node.model else None,
            "description": text(node.description) if node.description else None,
            "node_id": None if node.node_id is None else f"0x{node.node_id:x}",
            "loopback": text(node.loopback) if node.loopback else None,
            "ports": flow({name: _port(port) for name, port in node.ports.items()}) if node.ports else None,
            "labels": flow({name: text(value) for name, value in node.labels.items()}) if node.labels else None,
        }
    )


def _port(port: Port) -> str:
    rate = format_rate(port.capacity_bps)
    buffer = _megabytes(port.buffer_bytes) if port.buffer_bytes else None
    stands_for = text(port.stands_for) if port.stands_for else None
    fields = _some({"capacity": rate, "buffer_mb": buffer, "stands_for": stands_for})
    return flow(fields) if len(fields) > 1 else rate


def _link(link: Link) -> dict[str, str]:
    named = link.name != f"{link.a}-{link.z}"
    return _some(
        {
            "name": text(link.name) if named else None,
            "a": _end(link.a, link.a_port, link.a_physical, link.a_address),
            "z": _end(link.z, link.z_port, link.z_physical, link.z_address),
            "capacity": format_rate(link.capacity_bps),
            "length_km": f"{link.length_km!r}",
            "srlgs": _list(link.srlgs),
            "groups": _list(link.groups),
            "buffer_mb": _megabytes(link.buffer_bytes) if link.buffer_bytes else None,
            "encrypted": "true" if link.encrypted else None,
            "flexe": _flexe(link),
        }
    )


def _end(node: str, port: str, physical: str, address: str | None) -> str:
    behind = text(physical) if physical else None
    pinned = text(address) if address else None
    return flow(_some({"node": text(node), "port": text(port), "physical": behind, "address": pinned}))


def _flexe(link: Link) -> str | None:
    if (flexe := link.flexe) is None:
        return None
    rate = format_rate(flexe.granularity_bps)
    return flow(
        {"group": str(flexe.group), "slots": str(flexe.slots), "granularity": rate, "base_slots": str(flexe.base_slots)}
    )


def _list(words: frozenset[str]) -> str | None:
    return f"[{', '.join(text(word) for word in sorted(words))}]" if words else None


def _pool(pool: ComputePool) -> dict[str, str]:
    return _some(
        {
            "name": text(pool.name),
            "nodes": f"[{', '.join(text(node) for node in pool.nodes)}]",
            "gpus": str(pool.gpus) if pool.gpus else None,
            "pflops": repr(pool.pflops) if pool.pflops else None,
            "description": text(pool.description) if pool.description else None,
        }
    )


def _megabytes(size: int) -> str:
    return str(size // MEGABYTE) if size % MEGABYTE == 0 else repr(size / MEGABYTE)
