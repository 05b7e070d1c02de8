"""A network to measure on: a generated metro with ten services a router, written as files like anybody's own network.

The endpoints are chosen so that every promise holds: ends that speak a common VPN, a few hops apart, over links that a
path can be pinned to, at rates that leave every link far from full. The same size and seed give the same files.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from netwright.folders import write_files
from netwright.intents.loader import load_intents
from netwright.platforms.registry import PLATFORMS
from netwright.render.baseline import baseline
from netwright.render.templates import library, unverified_constructs
from netwright.topology.choose import uncertain_links
from netwright.topology.dialects import DIALECTS
from netwright.topology.generate import generate
from netwright.topology.model import Node, Topology
from netwright.topology.starter import starter_files

SEED = 11
PER_ROUTER = 10
KINDS = ("slice", "slice", "slice", "line", "line", "line", "line", "rdma", "rdma", "exact")
_HOPS = 3
_POOLS = (
    ('rd: "65000:1000-9999"', 'rd: "65000:1000-999999"'),
    ('rt: "65000:1000-9999"', 'rt: "65000:1000-999999"'),
    ("slice_id: 1-4000", "slice_id: 1-60000"),
    ("colour: 100-4095", "colour: 100-99999"),
)


def write_network(folder: Path, nodes: int, per_router: int = PER_ROUTER) -> Topology:
    """Write a network of `nodes` routers with `per_router` services for each, one file a service, as people do."""
    topology = generate(nodes, SEED)
    consents = {name: unverified_constructs(library(), pack) for name, pack in PLATFORMS.items()}
    files = starter_files(topology, name="bench", source="a generator", consents=consents)
    files = {name: text for name, text in files.items() if not name.startswith("intents/")} | {
        "intents/fabric.yaml": _wide(files["intents/fabric.yaml"])
    }
    write_files(folder, (files | dict(_services(topology, per_router))).items())
    fabric = load_intents([folder / "intents" / "fabric.yaml"], folder).fabric
    assert fabric is not None
    for node in topology.nodes.values():
        parts = baseline(node, topology, fabric, PLATFORMS[node.platform], library())
        write_files(folder, ((f"inventory/baseline/{node.name}.{part}", text) for part, text in parts.items()))
    return topology


def _wide(fabric: str) -> str:
    """The starter's fabric with pools for tens of thousands of services."""
    for narrow, wide in _POOLS:
        assert narrow in fabric, narrow
        fabric = fabric.replace(narrow, wide)
    return fabric


# ---- services -------------------------------------------------------------------------------------------------------


def _services(topology: Topology, per_router: int) -> Iterator[tuple[str, str]]:
    random, sure, attached = Random(SEED), _sure_neighbours(topology), Counter[str]()
    for node in topology.nodes.values():
        partners = _partners(topology, node, sure)
        for slot in range(per_router):
            kind = KINDS[slot % len(KINDS)]
            name = f"s{node.name[1:]}{slot:02}"
            far = topology.nodes[random.choice(partners)]
            ends = [_end(end, attached) for end in (node, far)]
            yield f"intents/{node.name}/{name}.yaml", _text(kind, name, node.name, ends)


def _sure_neighbours(topology: Topology) -> dict[str, list[str]]:
    uncertain = uncertain_links(topology)
    return {
        node: [link.other(node) for link in links if link.name not in uncertain]
        for node, links in topology.links_of.items()
    }


def _partners(topology: Topology, node: Node, sure: Mapping[str, list[str]]) -> list[str]:
    """Nodes within a few hops that share a VPN signalling with `node`."""
    depth, queue = {node.name: 0}, deque([node.name])
    while queue:
        here = queue.popleft()
        for there in sure[here] if depth[here] < _HOPS else ():
            if there not in depth:
                depth[there] = depth[here] + 1
                queue.append(there)
    spoken = DIALECTS[node.platform].signalling
    found = [name for name in depth if name != node.name and spoken & _signalling(topology, name)]
    if not found:  # over links that only the IGP knows how to take
        found = [name for name in topology.nodes if name != node.name and topology.nodes[name].platform == "zte"]
    return sorted(found)


def _signalling(topology: Topology, name: str) -> frozenset[str]:
    return DIALECTS[topology.nodes[name].platform].signalling


def _end(node: Node, attached: Counter[str]) -> str:
    """An attachment: the next VLAN of one of the access ports, and a subnet of its own."""
    attached["*"] += 1
    attached[node.name] += 1
    number, ports = attached["*"], sorted(node.ports)
    port, vlan = ports[attached[node.name] % len(ports)], 100 + attached[node.name]
    addresses = f'"10.{number >> 8 & 255}.{number & 255}.1/24", "2001:db8:{number:x}::1/64"'
    return f"node: {node.name}, port: {port}, vlan: {vlan}, addresses: [{addresses}]"


def _text(kind: str, name: str, tenant: str, ends: list[str]) -> str:
    head = f"metadata: {{name: {name}, tenant: t-{tenant}}}\nspec:\n"
    lines = f"  endpoints:\n    a: {{{ends[0]}}}\n    z: {{{ends[1]}}}\n  service: l3vpn\n"
    sites = f"  sites:\n    - {{name: here, {ends[0]}}}\n    - {{name: there, {ends[1]}}}\n  service: l3vpn\n"
    title, body = _BODIES[kind]
    return f"apiVersion: netwright/v1\nkind: {title}\n{head}{sites if kind == 'slice' else lines}{body}"


_BODIES = {
    "slice": (
        "TenantSlice",
        """\
  bandwidth: 50M
  slo: {loss: 1e-4}
  constraints: {isolation: soft, minimum_grade: emulated}
  sub_slices: [{name: train, share: 0.7, dscp: [26]}, {name: office, share: 0.3}]
""",
    ),
    "line": (
        "ElasticLine",
        """\
  bandwidth: {base: 20M, max: 100M, step: 10M}
  elasticity:
    - {when: {utilisation_above: 0.8, for: PT5M}, grow: {by: 10M, up_to: 50M}, cooldown: PT5M}
""",
    ),
    "rdma": (
        "LosslessRdmaPath",
        """\
  traffic: {bandwidth: 100M, direction: both, mtu: 4200, dscp: 26}
  lossless: {granularity: queue, max_subflows: 4}
  constraints: {minimum_grade: emulated}
""",
    ),
    "exact": (
        "DeterministicService",
        """\
  traffic: {bandwidth: 5M, burst_bytes: 1500, max_packet_bytes: 1500, direction: both, dscp: 46}
  slo: {one_way_delay_ms: 50, jitter_ms: 40}
  constraints: {minimum_grade: emulated}
""",
    ),
}
