"""Configurations as netwright writes them: networks with their intents varied, compiled and rendered, by device.

A device's configuration is its baseline with the leaves of some of its intents: which, is drawn. That is what removing
an intent leaves (a leaf goes with its last owner). Drawn too: the variant of the network it is taken from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Protocol

from datastore_support import ROOT
from datastore_twists import twisted
from hypothesis import strategies as st

from netwright.app.ground import design_of
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.intents.fabric import FlexAlgo, Macsec
from netwright.intents.schema import KINDS, Fabric, Service
from netwright.render.engine import render
from netwright.tree import Leaf, Path, Tree, between
from netwright.workspace import Network, open_network

NOON = datetime.fromisoformat("2026-12-02T12:00:00+08:00")
CHANGES: Sequence[Mapping[str, object]] = (
    {},
    {"spec.bandwidth": 3_000_000_000, "spec.traffic.bandwidth": 30_000_000, "spec.traffic.dscp": 34},
    {"spec.constraints.isolation": "soft", "spec.constraints.minimum_grade": "emulated", "spec.protection": "none"},
    {"spec.constraints.isolation": "hard", "spec.constraints.minimum_grade": "soft", "spec.traffic.udp_port": 4792},
    {"spec.endpoints.a.vlan": 904, "spec.endpoints.z.vlan": 905, "spec.endpoints.a.addresses": ["10.66.1.1/24"]},
    {"spec.endpoints.z.addresses": ["10.66.2.1/24", "2001:db8:66::1/64"], "spec.traffic.direction": "a-to-z"},
    {"spec.protection": "hot-standby", "spec.sub_slices": []},
)
"""What is different in a variant, by the path of the field; a service that has no such field is as it was."""


@dataclass(frozen=True, slots=True)
class Device:
    """One device of one variant: everything that it may run."""

    name: str
    baseline: Tree
    leaves: Mapping[Path, Leaf]

    @property
    def owners(self) -> list[str]:
        """The intents that have something here, the fabric first."""
        found = {owner for leaf in self.leaves.values() for owner in leaf.owners}
        return sorted(found, key=lambda owner: (not owner.startswith("Fabric/"), owner))

    def running(self, owners: frozenset[str]) -> dict[Path, str]:
        """The baseline with the leaves of some intents, and of the slices that these ride in."""
        chosen = owners | {slices()[owner] for owner in owners if owner in slices()}
        ours = {path: leaf.value for path, leaf in self.leaves.items() if leaf.owners & chosen}
        return {**self.baseline, **ours}


@cache
def devices() -> Mapping[str, Sequence[Device]]:
    """The variants of each Huawei router, in the order in which they were made."""
    network = open_network(ROOT)
    found: dict[str, list[Device]] = {}
    for variant in _variants(network):
        try:
            design = design_of(variant, NOON)
        except Refused:
            continue
        for name, node in variant.topology.nodes.items():
            if node.platform == "huawei":
                rendered = render(design.fragments[name], variant.platforms[name], variant.templates, Diagnostics())
                found.setdefault(name, []).append(Device(name, variant.baselines[name], rendered.leaves))
    return found


@cache
def slices() -> Mapping[str, str]:
    """The slice that a service rides in: it cannot go alone."""
    riders = (one for one in open_network(ROOT).intents.services if getattr(one.spec, "slice", None))
    return {one.address: f"TenantSlice/{one.spec.slice}" for one in riders}


def _variants(network: Network) -> Iterator[Network]:
    """A Fabric that asks for more; each change, made to all services and to every second: so that neighbours differ."""
    yield replace(network, intents=replace(network.intents, fabric=asking(network.intents.fabric)))
    for change in CHANGES:
        for step, first in ((1, 0), (2, 1)):
            services = [
                _changed(one, _apart(change, number)) if number % step == first else one
                for number, one in enumerate(network.intents.services)
            ]
            yield replace(network, intents=replace(network.intents, services=tuple(services)))


def _apart(change: Mapping[str, object], number: int) -> dict[str, object]:
    """A change to the service of this number: a VLAN of a port has only one."""
    return {p: v + 10 * number if p.endswith(".vlan") and isinstance(v, int) else v for p, v in change.items()}


def asking(fabric: Fabric | None) -> Fabric:
    """The Fabric with all that it may ask for besides."""
    assert fabric is not None
    spec = fabric.spec
    algorithm = FlexAlgo.model_validate({"id": 130, "block": "fd00:2::/32"})
    more = {
        "srv6": spec.srv6.model_copy(update={"binding_sids": True}),
        "links": spec.links.model_copy(update={"hard": "channelised", "macsec": Macsec()}),
        "igp": spec.igp.model_copy(update={"flex_algo": algorithm}),
    }
    return fabric.model_copy(update={"spec": spec.model_copy(update={**more, "time_ranges": True})})


def _changed(service: Service, change: Mapping[str, object]) -> Service:
    document = service.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for path, value in change.items():
        *above, last = path.split(".")
        here = document
        for step in above:
            here = here.get(step, {}) if isinstance(here, dict) else {}
        if isinstance(here, dict) and last in here and type(here[last]) is type(value):
            here[last] = value
    return KINDS[service.kind].model_validate(document)  # type: ignore[return-value]


@st.composite
def _one(draw: st.DrawFn, name: str) -> Drawn:
    """What one router may run: the fabric with all intents of a variant, or some, or none; or the baseline alone."""
    number = draw(st.integers(0, len(devices()[name]) - 1))
    device = devices()[name][number]
    fabric, *services = device.owners
    chosen = draw(st.frozensets(st.sampled_from(services)) if services else st.just(frozenset()))
    bare = draw(st.integers(0, 9)) == 9
    plain = dict(device.baseline) if bare else device.running(chosen | {fabric})
    return Drawn(plain, draw(twisted(plain)), f"{name} #{number} {'bare' if bare else sorted(chosen)}")


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Drawn, Drawn]:
    """Two configurations of one router, each also with values of its own (which may turn out not to be valid)."""
    served = sorted(name for name, variants in devices().items() if len(variants[0].owners) > 1)
    name = draw(st.sampled_from(served))
    return draw(_one(name)), draw(_one(name))


class Printer(Protocol):
    """What hypothesis prints with."""

    def text(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """A configuration as netwright writes it, and the same with a few values changed, gone or said in another way."""

    plain: Tree
    twisted: Tree
    of: str

    def _repr_pretty_(self, printer: Printer, _cycle: bool) -> None:
        """What is shown of a counterexample: hundreds of leaves say nothing."""
        printer.text(repr(self))

    def __repr__(self) -> str:
        twist = between(self.plain, self.twisted)
        return f"{self.of} with {dict(twist.replace)} {dict(twist.add)}, without {[*twist.remove]}"
