"""`inventory/topology.yaml` -> `Topology`: read, validate each row, check the rows against each other, freeze."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from netwright.diagnostics import Diagnostics
from netwright.topology.checks import check
from netwright.topology.document import read, read_file
from netwright.topology.findings import validated
from netwright.topology.model import ComputePool, FlexeGroup, Link, Node, Port, Site, Topology
from netwright.topology.schema import FlexeRow, LinkRow, NodeRow, PoolRow, SiteRow, TopologyFile

PLATFORMS = ("frr", "huawei", "zte")
"""The platforms that have a pack in `netwright.platforms`."""

MEGABYTE = 10**6


def load_topology(
    path: Path, found: Diagnostics | None = None, *, platforms: Collection[str] = PLATFORMS, shown: str = ""
) -> Topology:
    """Read the network of `path`, or raise `Refused` with everything that is wrong with it.

    Warnings go to `found`, when given. `shown` is how the file is called in diagnostics (the path by default).
    """
    found = Diagnostics() if found is None else found
    name = shown or str(path)
    if not path.is_file():
        found.error("no-topology", name, "there is no such file", hint="netwright init DIR makes one")
        found.close()
    text = read_file(path, name, found)
    found.close()
    topology = parse_topology(text or "", name, found, platforms)
    found.close()
    return topology


def parse_topology(text: str, file: str, found: Diagnostics, platforms: Collection[str] = PLATFORMS) -> Topology:
    """The network that `text` describes; `found` says whether it may be used."""
    document = read(text, file, found)
    rows = validated(TopologyFile, document, found) if document else None
    if document is None or rows is None:
        return Topology(nodes={}, links={})
    check(rows, document, platforms, found)
    return freeze(rows)


def freeze(rows: TopologyFile) -> Topology:
    """The rows as the model, sorted by name."""
    return Topology(
        nodes={row.name: _node(row) for row in sorted(rows.nodes, key=lambda row: row.name)},
        links={row.title: _link(row) for row in sorted(rows.links, key=lambda row: row.title)},
        sites={row.name: _site(row) for row in sorted(rows.sites, key=lambda row: row.name)},
        pools={row.name: _pool(row) for row in sorted(rows.compute_pools, key=lambda row: row.name)},
        scale=rows.scale,
    )


def _node(row: NodeRow) -> Node:
    ports = {
        name: Port(name, port.capacity, _bytes(port.buffer_mb), port.stands_for or "")
        for name, port in sorted(row.ports.items())
    }
    return Node(
        name=row.name,
        platform=row.platform,
        site=row.site,
        zone=row.zone,
        role=row.role,
        model=row.model,
        node_id=row.node_id,
        loopback=row.loopback,
        ports=ports,
        labels=dict(sorted(row.labels.items())),
        description=row.description,
    )


def _link(row: LinkRow) -> Link:
    return Link(
        name=row.title,
        a=row.a.node,
        a_port=row.a.port,
        z=row.z.node,
        z_port=row.z.port,
        capacity_bps=row.capacity,
        length_km=float(row.length_km),
        srlgs=frozenset(row.srlgs),
        groups=frozenset(row.groups),
        buffer_bytes=_bytes(row.buffer_mb),
        encrypted=row.encrypted,
        flexe=_flexe(row.flexe) if row.flexe else None,
        a_address=row.a.address,
        z_address=row.z.address,
        a_physical=row.a.physical or "",
        z_physical=row.z.physical or "",
    )


def _flexe(row: FlexeRow) -> FlexeGroup:
    return FlexeGroup(row.group, row.slots, row.granularity, row.base_slots)


def _site(row: SiteRow) -> Site:
    return Site(row.name, float(row.latitude), float(row.longitude), row.description)


def _pool(row: PoolRow) -> ComputePool:
    return ComputePool(row.name, tuple(sorted(row.nodes)), row.gpus, float(row.pflops), row.description)


def _bytes(megabytes: float) -> int:
    return round(megabytes * MEGABYTE)
