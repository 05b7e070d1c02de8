"""A network of three routers, one of each platform, and its plans: quick to make, with everything real in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from metro import fabric
from netwright.alloc.ledger import Ledger
from netwright.drivers.base import SwitchKind
from netwright.errors import Refused
from netwright.intents.loader import Intents
from netwright.intents.schema import Service, TenantSlice
from netwright.plan.build import build_plan
from netwright.plan.ground import Ground, Seen
from netwright.plan.model import Plan
from netwright.plan.record import Applied, DeviceRecord
from netwright.platforms.registry import PLATFORMS
from netwright.render.templates import library
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.topology.model import Link, Node, Port, Topology
from netwright.tree import Path, Tree

NOON = datetime.fromisoformat("2026-12-02T12:00:00+08:00")
NEXT_DAY = datetime.fromisoformat("2026-12-03T12:00:00+08:00")
G = 10**9
EMPTY = Ledger()

FABRIC = fabric("h1")
PORTS = {"h1": "100GE0/3/1", "f1": "eth3", "z1": "cgei-0/1/0/3"}
KINDS = {"h1": "huawei", "f1": "frr", "z1": "zte"}
SWITCHES = {"h1": SwitchKind.DEVICE, "f1": SwitchKind.TIMER, "z1": SwitchKind.WATCHDOG}


def _node(name: str) -> Node:
    return Node(name, KINDS[name], "s", ports={PORTS[name]: Port(PORTS[name], 100 * G, 10**9)})


TOPOLOGY = Topology(
    {name: _node(name) for name in sorted(KINDS)},
    {
        "h1-f1": Link("h1-f1", "h1", "100GE0/1/0", "f1", "eth1", 100 * G, 10, buffer_bytes=10**9),
        "h1-z1": Link("h1-z1", "h1", "100GE0/1/1", "z1", "cgei-0/1/0/1", 100 * G, 10, buffer_bytes=10**9),
    },
)


def tenant_slice(name: str = "a", nodes: tuple[str, ...] = ("h1", "f1"), vlan: int = 20, **spec: object) -> Service:
    sites = [
        {"name": f"s{n}", "node": node, "port": PORTS[node], "vlan": vlan, "addresses": [f"10.{vlan}.{n}.1/24"]}
        for n, node in enumerate(nodes)
    ]
    document = {
        "apiVersion": "netwright/v1",
        "kind": "TenantSlice",
        "metadata": {"name": name, "tenant": "t"},
        "spec": {"sites": sites, "bandwidth": "1G", **spec},
    }
    return TenantSlice.model_validate(document)


A = tenant_slice()
B = tenant_slice("b", vlan=30)


def design(*services: Service, ledger: Ledger = EMPTY, at: datetime = NOON, fabric: bool = True) -> Design:
    intents = Intents(FABRIC if fabric else None, tuple(sorted(services, key=lambda one: one.address)))
    return compile_design(intents, TOPOLOGY, PLATFORMS, ledger, at)


def ground(seen: Mapping[str, Seen] | None = None, applied: Applied | None = None, **more: object) -> Ground:
    nothing: Mapping[str, Seen] = {name: Seen({}) for name in KINDS}
    made = Ground(
        platforms={name: PLATFORMS[kind] for name, kind in KINDS.items()},
        switches=SWITCHES,
        baselines={},
        applied=applied or Applied(),
        seen={**nothing, **(seen or {})},
        library=library(),
        allow_unverified=True,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def plan(*services: Service, ledger: Ledger = EMPTY, at: datetime = NOON, **more: object) -> Plan:
    return build_plan(design(*services, ledger=ledger, at=at), ground(**more))  # type: ignore[arg-type]


def done(made: Plan, apply_id: str = "7", runs: Mapping[str, Tree] | None = None) -> dict[str, object]:
    """Plan, ledger and devices as they are after applying: what `plan` takes to plan again."""
    devices = {name: DeviceRecord(apply_id, device.record) for name, device in made.devices.items()}
    seen = {name: Seen((runs or {}).get(name, device.after), apply_id) for name, device in made.devices.items()}
    return {
        "ledger": made.ledger.settle(),
        "applied": Applied(apply_id, made.digest, "", "", devices, {name: made.said[name] for name in made.said}),
        "seen": seen,
    }


def refused(*services: Service, **more: object) -> list[str]:
    """What a plan is refused for, as `code address message`."""
    try:
        plan(*services, **more)  # type: ignore[arg-type]
    except Refused as said:
        return [f"{one.code} {one.address} {one.message}" for one in said.diagnostics if str(one.severity) == "error"]
    return []


def codes(said: Iterable[str]) -> list[str]:
    return [line.partition(" ")[0] for line in said]


def paths_of(made: Plan, device: str, owner: str) -> set[Path]:
    return {path for path, leaf in made.devices[device].wanted.items() if leaf.owners == {owner}}
