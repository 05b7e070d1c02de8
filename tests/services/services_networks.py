"""Intents and networks for these tests: short to write, real models, the reference topology or a line of routers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from metro import fabric
from netwright.alloc.ledger import Ledger
from netwright.errors import Refused
from netwright.intents.loader import Intents
from netwright.intents.schema import KINDS, Fabric, Service
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import Construct, Fragment
from netwright.topology.load import load_topology
from netwright.topology.model import Link, Node, Port, Topology

ROOT = Path(__file__).parents[2]
NOON = datetime.fromisoformat("2026-12-02T12:00:00+08:00")
G = 10**9
M = 10**6
EMPTY = Ledger()


@cache
def reference_topology() -> Topology:
    return load_topology(ROOT / "inventory" / "topology.yaml")


# ---- intents --------------------------------------------------------------------------------------------------------


def at(node: str, port: str, number: int, **more: object) -> dict[str, object]:
    """An attachment: VLAN and subnet follow from the number."""
    return {
        "node": node,
        "port": port,
        "vlan": number,
        "addresses": [f"10.{number // 250}.{number % 250}.1/24"],
        **more,
    }


GW1 = ("pop1-gw1", "400GE0/2/0")
GW2 = ("pop2-gw1", "400GE0/2/0")
FRR = ("pod2-leaf1", "eth3")
ZTE = ("pod1-leaf1", "cgei-0/1/0/3")
CORE = ("core1", "100GE0/3/1")
ENDS = (at(*GW1, 210), at(*GW2, 211))


def service(kind: str, name: str, spec: Mapping[str, object], tenant: str = "tenant") -> Service:
    document = {
        "apiVersion": "netwright/v1",
        "kind": kind,
        "metadata": {"name": name, "tenant": tenant},
        "spec": {"service": "l3vpn", **spec},
    }
    model = KINDS[kind].model_validate(document)
    assert not isinstance(model, Fabric)
    return model


def tenant_slice(
    name: str = "a", sites: Iterable[Mapping[str, object]] = ENDS, tenant: str = "tenant", **spec: object
) -> Service:
    named = [{"name": f"s{number}", **site} for number, site in enumerate(sites)]
    return service("TenantSlice", name, {"bandwidth": "10G", "sites": named, **spec}, tenant)


def ends(a: Mapping[str, object] = ENDS[0], z: Mapping[str, object] = ENDS[1]) -> dict[str, object]:
    return {"a": a, "z": z}


def rdma(name: str = "a", traffic: Mapping[str, object] | None = None, tenant: str = "tenant", **spec: Any) -> Service:
    traffic = {"bandwidth": "10G", "mtu": 4200, **(traffic or {})}
    return service("LosslessRdmaPath", name, {"endpoints": ends(), "traffic": traffic, **spec}, tenant)


def elastic(name: str = "a", base: str = "100M", most: str = "10G", tenant: str = "tenant", **spec: Any) -> Service:
    bandwidth = {"base": base, "max": most, "step": "100M"}
    return service("ElasticLine", name, {"endpoints": ends(), "bandwidth": bandwidth, **spec}, tenant)


def deterministic(
    name: str = "a", traffic: Mapping[str, object] | None = None, tenant: str = "tenant", **spec: Any
) -> Service:
    traffic = {"bandwidth": "50M", "burst_bytes": 15000, "max_packet_bytes": 1500, **(traffic or {})}
    slo = {"one_way_delay_ms": 2.0}
    return service("DeterministicService", name, {"endpoints": ends(), "traffic": traffic, "slo": slo, **spec}, tenant)


# ---- compiling ------------------------------------------------------------------------------------------------------


def compiled(
    *services: Service,
    now: datetime = NOON,
    ledger: Ledger = EMPTY,
    topology: Topology | None = None,
    reflectors: tuple[str, ...] = (),
    as_given: bool = False,
    own: Fabric | None = None,
) -> Design:
    """Compile services as the loader hands them out, by address; or in the order given. `own`: another Fabric."""
    network = topology or reference_topology()
    ordered = services if as_given else sorted(services, key=lambda one: one.address)
    intents = Intents(own or fabric(*reflectors), tuple(ordered))
    return compile_design(intents, network, PLATFORMS, ledger, now)


def refusals(*services: Service, **more: Any) -> list[tuple[str, str]]:
    """The code and address of everything that is refused, in order; empty when all is served."""
    try:
        compiled(*services, **more)
    except Refused as refused:
        return [(found.code, found.address) for found in refused.diagnostics]
    return []


def of(design: Design, kind: type[Construct], device: str = "", owner: str = "") -> list[Any]:
    """The constructs of a kind, on a device or on all, by one owner or by all."""
    return [
        fragment.construct
        for fragment in fragments(design)
        if isinstance(fragment.construct, kind) and device in {"", fragment.device} and owner in {"", fragment.owner}
    ]


def fragments(design: Design) -> list[Fragment]:
    return [fragment for device in design.fragments.values() for fragment in device]


def row(
    km: float, capacity: int = 400 * G, platform: str = "huawei", routers: int = 2, buffer: int = 10 * G
) -> Topology:
    """Routers r1, r2 ... in a row, `km` apart, each with an access port `p`."""
    names = [f"r{number}" for number in range(1, routers + 1)]
    nodes = {name: Node(name, platform, "s", ports={"p": Port("p", capacity, buffer)}) for name in names}
    pairs = itertools.pairwise(names)
    links = {f"{a}-{z}": Link(f"{a}-{z}", a, "right", z, "left", capacity, km, buffer_bytes=buffer) for a, z in pairs}
    return Topology(nodes, links)
