"""A network with two Huawei models: what the modules of each say decides what is planned for it.

The second model is the first with deviations of its own (tests/platforms/huawei/second): no FlexE, no MACsec, no iFIT,
no hot standby, slice ids to 1000, channels to 50 Gbit/s, shapers to 40 Gbit/s, two SIDs in a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from services_networks import (
    EMPTY,
    FRR,
    GW1,
    GW2,
    NOON,
    ZTE,
    at,
    compiled,
    deterministic,
    elastic,
    ends,
    of,
    rdma,
    reference_topology,
    row,
    tenant_slice,
)

from metro import asking, fabric
from netwright.errors import Refused
from netwright.intents.loader import Intents
from netwright.intents.schema import Fabric, Service
from netwright.platforms.base import Platform
from netwright.platforms.registry import MODELS, PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import FlexeClient, Measurement, SliceChannel, SrPolicy, TrafficClass, TrustList
from netwright.topology.model import FlexeGroup, Topology

SECOND = MODELS["huawei"](Path(__file__).parents[1] / "platforms" / "huawei" / "second" / "second.json")
HARD, SOFT = {"isolation": "hard"}, {"isolation": "soft"}


def with_second(*nodes: str) -> Mapping[str, Platform]:
    """The first model everywhere, the second on these nodes."""
    return {**PLATFORMS, **dict.fromkeys(nodes, SECOND)}


def planned(*services: Service, nodes: tuple[str, ...] = ("pop2-gw1",), topology: Topology | None = None) -> Design:
    reflectors = ("r1",) if topology else ()
    intents = Intents(fabric(*reflectors), services)
    return compile_design(intents, topology or reference_topology(), with_second(*nodes), EMPTY, NOON)


def codes(*services: Service, **more: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        planned(*services, **more)
    return {found.code for found in refused.value.diagnostics}


def test_a_slice_id_is_one_that_every_router_of_the_network_can_have() -> None:
    """The pool has 4000 numbers; the 1001st slice of a network with the second model finds none."""
    pool = fabric().spec.pools.slice_id
    assert pool.numbers.stop > 1001
    line = elastic(constraints=SOFT, pins={"slice_id": 1000})
    assert planned(line)
    assert codes(elastic(constraints=SOFT, pins={"slice_id": 1001})) == {"slice-id-exceeds-platform"}
    assert compiled(elastic(constraints=SOFT, pins={"slice_id": 1001}))


def test_an_id_is_free_for_those_who_do_not_pass_a_router_of_the_second_model() -> None:
    line = elastic(constraints=SOFT, pins={"slice_id": 3000})
    assert planned(line, nodes=("edge1",))


def test_numbers_that_nobody_pinned_stay_in_the_narrower_range() -> None:
    """Two ids of the pool are within the range: a third line has none, though the pool goes on to 1100."""
    lines = tuple(elastic(f"f{number}", base="1M", most="1M") for number in range(3))
    two, three = (Intents(with_ids("999-1100"), lines[:count]) for count in (2, 3))
    given = compile_design(two, reference_topology(), with_second("edge1"), EMPTY, NOON)
    assert {text for claim, text in given.new_claims.items() if claim.endswith("/slice/id")} == {"999", "1000"}
    with pytest.raises(Refused) as refused:
        compile_design(three, reference_topology(), with_second("edge1"), EMPTY, NOON)
    assert {found.code for found in refused.value.diagnostics} == {"pool-exhausted"}
    assert compile_design(three, reference_topology(), PLATFORMS, EMPTY, NOON)


def with_ids(ids: str) -> Fabric:
    """The Fabric with another pool of slice ids."""
    return asking(pools={"slice_id": ids})


def test_a_rate_beyond_its_shaper_or_its_channel_is_refused() -> None:
    assert planned(elastic(base="38G", most="38G", constraints=SOFT))
    assert codes(elastic(base="41G", most="41G")) == {"rate-exceeds-platform"}
    # a channel carries the headers too, so that 50 G of it are less for the customer
    wide = elastic(base="49G", most="49G", constraints=SOFT)
    assert compiled(wide)
    assert codes(wide, nodes=("core1", "core2")) == {"rate-exceeds-platform"}


def test_a_rate_that_comes_later_is_refused_now() -> None:
    night = {"at": {"start": "2026-12-01T22:00:00+08:00", "recurrence": {"frequency": "daily"}, "duration": "PT6H"}}
    line = elastic(base="1G", most="60G", elasticity=[{**night, "bandwidth": "60G"}])
    assert compiled(line)
    assert codes(line) == {"rate-exceeds-platform"}


def test_protection_that_the_model_has_not_is_refused() -> None:
    line = elastic(protection="hot-standby")
    assert compiled(line)
    assert codes(line) == {"unsupported"}


def test_no_flexe_client_where_the_model_has_no_flexe() -> None:
    a, z = at("r1", "p", 20), at("r2", "p", 21)
    topology = flexed(row(10))
    line = deterministic(endpoints=ends(a, z), constraints=HARD)
    assert of(compiled(line, topology=topology, reflectors=("r1",)), FlexeClient)
    design = planned(line, nodes=("r2",), topology=topology)
    assert not of(design, FlexeClient)
    assert {channel.exclusive for channel in of(design, SliceChannel)} == {True}


def flexed(topology: Topology) -> Topology:
    group = FlexeGroup(1, 80, 5 * 10**9, 20)
    links = {
        name: replace(
            link,
            flexe=group,
            a_port="FlexE0/1/129",
            z_port="FlexE0/1/129",
            a_physical="400GE0/1/0",
            z_physical="400GE0/1/0",
        )
        for name, link in topology.links.items()
    }
    return replace(topology, links=links)


def test_nothing_is_measured_where_the_model_cannot_and_the_other_end_still_is() -> None:
    design = planned(rdma(constraints=HARD))
    assert of(design, Measurement, "pop1-gw1")
    assert not of(design, Measurement, "pop2-gw1")
    assert {policy.measure for policy in of(design, SrPolicy, "pop1-gw1")} == {True}
    assert {policy.measure for policy in of(design, SrPolicy, "pop2-gw1")} == {False}
    assert not [check for check in design.checks if check.device == "pop2-gw1" and check.topic == "measurements"]


def test_a_link_to_a_router_without_macsec_is_not_encrypted_whatever_the_topology_says() -> None:
    line = tenant_slice(sites=(at(*GW1, 20), at(*GW2, 21)), constraints={"encryption": "required"})
    assert compiled(line)
    assert codes(line) == {"path-not-encrypted"}


def test_a_path_with_more_sids_than_the_model_pushes_is_refused() -> None:
    """A detour needs a SID at each turn that the IGP would not take; the second model takes two."""
    line = elastic(constraints={"avoid": ["link:pop2-gw1-core2", "link:pop2-gw1-core4", "link:pop2-gw2-core2"]})
    longest = max(len(path.lists[0].sids) for policy in of(compiled(line), SrPolicy) for path in policy.paths)
    assert longest > 2
    assert codes(line, nodes=("pop1-gw1", "pop2-gw1")) == {"path-not-pinnable"}


def test_a_second_model_leaves_the_plans_of_others_alone() -> None:
    line = elastic(constraints=SOFT)
    usual, mixed = compiled(line), planned(line, nodes=("edge1",))
    assert usual.fragments == mixed.fragments
    assert usual.new_claims == mixed.new_claims


def test_only_the_tenants_own_prefixes_enter_a_slice() -> None:
    """Connected and routed prefixes of the attachment; its classes admit no others either. Without a slice, anybody."""
    a = at(*GW1, 20, routes=["10.99.0.0/16"])
    sub_slices = [{"name": "gold", "share": 0.5, "dscp": [34]}]
    isolated = tenant_slice(sites=(a, at(*GW2, 21)), constraints=SOFT, sub_slices=sub_slices)
    own = ("10.0.20.0/24", "10.99.0.0/16")
    assert [trust.prefixes for trust in of(compiled(isolated), TrustList, "pop1-gw1")] == [own]
    assert {marked.sources for marked in of(compiled(isolated), TrafficClass, "pop1-gw1")} == {own}
    shared = tenant_slice(sites=(a, at(*GW2, 21)), sub_slices=sub_slices)
    assert not of(compiled(shared), TrustList)
    assert {marked.sources for marked in of(compiled(shared), TrafficClass)} == {()}


def test_a_platform_without_trust_lists_says_so() -> None:
    soft = {**SOFT, "minimum_grade": "emulated"}
    mixed = compiled(elastic(endpoints=ends(at(*ZTE, 20), at(*GW2, 21)), constraints=soft))
    assert {trust.port for trust in of(mixed, TrustList)} == {GW2[1]}
    both = compiled(elastic(endpoints=ends(at(*FRR, 20), at(*GW2, 21)), constraints=soft))
    assert {trust.port for trust in of(both, TrustList)} == {FRR[1], GW2[1]}
    said = "pod1-leaf1 cannot check that packets come from the tenant's own prefixes"
    assert said in mixed.served["ElasticLine/a"].notes
    assert not any("own prefixes" in note for note in compiled(elastic(constraints=SOFT)).served["ElasticLine/a"].notes)
