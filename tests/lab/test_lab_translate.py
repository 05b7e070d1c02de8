"""The same intents in a lab: its ports, its rates, and nothing else changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lab_networks import RING, drawn

from netwright.intents.loader import Intents, load_intents
from netwright.intents.schema import DeterministicService, ElasticLine, LosslessRdmaPath, TenantSlice
from netwright.lab.blueprint import Settings, blueprint
from netwright.lab.ground import LabError
from netwright.lab.scale import Ceiling, read_ceiling, scale_for
from netwright.lab.translate import as_in
from netwright.topology.load import load_topology
from netwright.topology.model import Topology

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def reference() -> tuple[Intents, Topology]:
    intents = load_intents([ROOT / "intents"], ROOT)
    return intents, load_topology(ROOT / "inventory" / "topology.yaml")


def test_in_production_nothing_is_translated(reference: tuple[Intents, Topology]) -> None:
    intents, topology = reference
    assert as_in(intents, topology) is intents


def test_ports_are_those_of_the_lab_and_exist_there(reference: tuple[Intents, Topology]) -> None:
    intents, topology = reference
    lab = blueprint(topology, Settings("metro", 9216, 1000)).topology
    for service in as_in(intents, lab).services:
        for _, attachment in service.attachments:
            assert attachment.port in lab.nodes[attachment.node].ports


def test_every_rate_is_divided_and_nothing_else(reference: tuple[Intents, Topology]) -> None:
    intents, topology = reference
    lab = blueprint(topology, Settings("metro", 9216, 1000)).topology
    there = as_in(intents, lab)
    kinds = set()
    for before, after in zip(intents.services, there.services, strict=True):
        kinds.add(type(before))
        assert after.bandwidth == before.bandwidth // 1000
        assert after.spec.slo == before.spec.slo
        assert after.metadata == before.metadata
        if isinstance(before, ElasticLine) and isinstance(after, ElasticLine):
            assert after.spec.bandwidth.base == before.spec.bandwidth.base // 1000
            assert after.spec.bandwidth.step == before.spec.bandwidth.step // 1000
            assert after.spec.elasticity == before.spec.elasticity or after.spec.elasticity
        if isinstance(before, DeterministicService) and isinstance(after, DeterministicService):
            assert after.spec.traffic.burst_bytes == before.spec.traffic.burst_bytes
        if isinstance(before, LosslessRdmaPath) and isinstance(after, LosslessRdmaPath):
            assert after.spec.traffic.mtu == before.spec.traffic.mtu
    assert kinds == {TenantSlice, ElasticLine, LosslessRdmaPath, DeterministicService}
    assert there.fabric is intents.fabric


def test_scale_alone_is_enough_to_translate() -> None:
    intents = load_intents([RING / "intents"], RING)
    topology = replace(load_topology(RING / "inventory" / "topology.yaml"), scale=10)
    assert as_in(intents, topology).services[0].bandwidth == 10**9


def test_ports_of_one_node_are_not_those_of_another() -> None:
    intents = load_intents([RING / "intents"], RING)
    sites = [site for _, site in as_in(intents, drawn().topology).services[0].attachments]
    assert [(site.node, site.port) for site in sites] == [("pe1", "eth3"), ("pe2", "eth9")]


@pytest.mark.parametrize(
    ("ceiling", "scale"), [(400 * 10**9, 1), (200 * 10**9, 1), (199 * 10**9, 2), (10**9, 200), (150 * 10**6, 2000)]
)
def test_the_fastest_link_takes_half_of_what_the_machine_forwards(ceiling: int, scale: int) -> None:
    topology = load_topology(RING / "inventory" / "topology.yaml")
    assert scale_for(topology, Ceiling(ceiling)) == scale


def test_a_measurement_is_what_was_received() -> None:
    text = '{"end": {"sum_sent": {"bits_per_second": 9e9}, "sum_received": {"bits_per_second": 123456789.9}}}'
    assert read_ceiling(text) == Ceiling(123456789)
    with pytest.raises(LabError, match="not measured"):
        read_ceiling('{"error": "unable to connect"}')
