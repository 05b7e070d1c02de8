"""Channelised sub-interfaces: hard isolation without FlexE, where channels are not exclusive or the Fabric asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from services_networks import EMPTY, NOON, at, deterministic, elastic, ends, rdma, tenant_slice
from services_networks import reference_topology as reference

from metro import asking
from netwright.errors import Refused
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.platforms.base import Grade, Platform
from netwright.platforms.huawei import HuaweiPlatform
from netwright.platforms.huawei.models import Model, default_model
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import ChannelInterface, CoreQueue, FlexeClient, Slice, SliceChannel
from netwright.topology.model import Topology

HARD = {"isolation": "hard"}
A, Z = at("pop1-gw2", "400GE0/2/0", 210), at("pop2-gw2", "400GE0/2/0", 211)
SLICE = tenant_slice(sites=(A, Z), constraints=HARD)


def lacking(*questions: str) -> Mapping[str, Platform]:
    """Every Huawei router of a model without these nodes."""
    usual = default_model()
    answers = {name: answer for name, answer in usual.answers.items() if name not in questions}
    return {**PLATFORMS, "huawei": HuaweiPlatform(model=Model("other", usual.date, usual.modules, answers))}


def plain() -> Topology:
    """The reference network without FlexE."""
    links = {name: replace(link, flexe=None) for name, link in reference().links.items()}
    return replace(reference(), links=links)


def planned(
    *services: Service, hard: str = "exclusive", lacks: tuple[str, ...] = (), topology: Topology | None = None,
    before: Design | None = None,
) -> Design:  # fmt: skip
    intents = Intents(asking(links={"hard": hard}), services)
    ledger = before.ledger if before else EMPTY
    return compile_design(intents, topology or plain(), lacking(*lacks), ledger, NOON)


def made(design: Design, kind: type) -> dict[tuple[str, str], Any]:
    found = ((node, one.construct) for node, own in design.fragments.items() for one in own)
    return {(node, one.port): one for node, one in found if isinstance(one, kind)}


def grades(design: Design, name: str = "isolation_hard") -> set[Grade]:
    return {grade for served in design.served.values() for grade in served.grades.get(name, {}).values()}


def test_the_pack_s_own_model_goes_on_with_exclusive_channels() -> None:
    design = planned(SLICE)
    assert made(design, ChannelInterface) == {}
    assert {one.exclusive for one in made(design, SliceChannel).values()} == {True}


@pytest.mark.parametrize("why", [{"lacks": ("exclusive",)}, {"hard": "channelised"}])
def test_both_ends_of_each_link_on_the_way_get_a_sub_interface_of_one_vlan(why: Mapping[str, Any]) -> None:
    design = planned(SLICE, **why)
    found = made(design, ChannelInterface)
    assert made(design, SliceChannel) == {}
    (served,) = design.served.values()
    links = {hop.link for hop in served.lowering.hop_rates}
    assert found.keys() == {
        (node, reference().links[name].port_of(node))
        for name in links
        for node in (reference().links[name].a, reference().links[name].z)
    }
    for name in links:
        link = reference().links[name]
        a, z = found[link.a, link.a_port], found[link.z, link.z_port]
        assert a.vlan == z.vlan >= 2
        assert a.slice_id == z.slice_id == served.lowering.slice_id
        assert a.basic_slice == z.basic_slice not in {0, a.slice_id}
    assert min(one.rate_bps for one in found.values()) > 10 * 10**9
    assert grades(design) == {Grade.HARD}
    known = {
        (node, one.slice_id)
        for node, own in design.fragments.items()
        for fr in own
        if isinstance(one := fr.construct, Slice)
    }
    assert {(node, one.slice_id) for (node, _), one in found.items()} <= known
    assert {(node, one.basic_slice) for (node, _), one in found.items()} <= known
    assert any("channelised sub-interface" in note for note in served.notes)


def test_flexe_goes_first() -> None:
    gateways = tenant_slice(
        sites=(at("pop1-gw1", "400GE0/2/0", 210), at("pop2-gw1", "400GE0/2/0", 211)), constraints=HARD
    )
    design = planned(gateways, hard="channelised", topology=reference())
    clients, channels = made(design, FlexeClient), made(design, ChannelInterface)
    assert clients
    assert not clients.keys() & channels.keys()


def test_a_direction_that_is_promised_nothing_has_the_least_there_is() -> None:
    line = elastic(endpoints=ends(A, Z), base="1G", most="1G", constraints=HARD)
    both = made(planned(line, hard="channelised"), ChannelInterface)
    assert {one.rate_bps > 10**9 for one in both.values()} == {True}


def test_numbers_of_a_link_are_different_and_stay() -> None:
    other = elastic(
        "b",
        endpoints=ends(
            {**A, "vlan": 220, "addresses": ["10.9.1.1/24"]}, {**Z, "vlan": 221, "addresses": ["10.9.2.1/24"]}
        ),
        constraints=HARD,
    )
    first = planned(SLICE, hard="channelised")
    both = planned(other, SLICE, hard="channelised", before=first)
    claims = [claim for claim in first.claims if "/channel:" in claim]
    assert claims
    assert all(first.numbers.number(claim) == both.numbers.number(claim) for claim in claims)  # type: ignore[union-attr]
    by_link: dict[str, list[int]] = {}
    for claim in both.claims:
        if "/channel:" in claim:
            by_link.setdefault(claim.split("/")[3], []).append(both.numbers.number(claim))  # type: ignore[union-attr]
    assert all(len(numbers) == len(set(numbers)) for numbers in by_link.values())
    assert not [claim for claim in planned(SLICE, before=both).claims if "/channel:" in claim]


@pytest.mark.parametrize(
    "other",
    [
        rdma(endpoints=ends(A, Z), constraints=HARD),
        deterministic(endpoints=ends(A, Z), constraints=HARD),
    ],
)
def test_what_needs_a_class_queue_stays_out_of_sub_interfaces(other: Service) -> None:
    """huawei-qos: port-queues are of main interfaces alone."""
    design = planned(other, hard="channelised")
    assert made(design, ChannelInterface) == {}
    assert made(design, CoreQueue)
    with pytest.raises(Refused) as refused:
        planned(other, lacks=("exclusive",))
    assert {found.code for found in refused.value.diagnostics} == {"grade-below-minimum"}


def test_a_slice_in_which_such_rides_stays_out_too() -> None:
    rider = rdma(
        endpoints=ends(
            {**A, "vlan": 230, "addresses": ["10.9.3.1/24"]}, {**Z, "vlan": 231, "addresses": ["10.9.4.1/24"]}
        ),
        slice="a",
        traffic={"bandwidth": "1G"},
    )
    design = planned(SLICE, rider, hard="channelised")
    assert made(design, ChannelInterface) == {}
    calm = elastic(
        endpoints=ends(
            {**A, "vlan": 230, "addresses": ["10.9.3.1/24"]}, {**Z, "vlan": 231, "addresses": ["10.9.4.1/24"]}
        ),
        slice="a",
        base="1G",
        most="1G",
    )
    design = planned(SLICE, calm, hard="channelised")
    found = made(design, ChannelInterface)
    assert found
    ridden = design.served["ElasticLine/a"].lowering
    assert {ridden.interface(hop) for hop in ridden.hop_rates} <= {
        f"{port}.{one.vlan}" for (_, port), one in found.items()
    }


def test_neither_is_soft_and_refused() -> None:
    with pytest.raises(Refused) as refused:
        planned(SLICE, lacks=("exclusive", "channel"))
    assert {found.code for found in refused.value.diagnostics} == {"grade-below-minimum"}
    soft = tenant_slice(sites=(A, Z), constraints={"isolation": "hard", "minimum_grade": "soft"})
    assert grades(planned(soft, lacks=("exclusive", "channel"))) == {Grade.SOFT}


def test_soft_isolation_asks_for_none() -> None:
    design = planned(tenant_slice(sites=(A, Z), constraints={"isolation": "soft"}), hard="channelised")
    assert made(design, ChannelInterface) == {}
    assert made(design, SliceChannel)


def test_each_end_is_checked() -> None:
    design = planned(SLICE, hard="channelised")
    found = made(design, ChannelInterface)
    checks = {(check.device, check.where["port"]): check for check in design.checks if check.topic == "slices"}
    assert checks.keys() == {(node, f"{port}.{one.vlan}") for (node, port), one in found.items()}
    assert all("rate_bps" in check.expect for check in checks.values())
