"""FlexE: who gets a client and how large, whose slots are whose and when, what is said, and what both ends are told."""

from dataclasses import replace

import pytest
from services_networks import (
    CORE,
    FRR,
    GW1,
    GW2,
    G,
    at,
    compiled,
    deterministic,
    elastic,
    fragments,
    of,
    reference_topology,
    refusals,
    tenant_slice,
)

from netwright.services.design import Design
from netwright.services.flexe import client_interface, port_id_of
from netwright.services.model import CoreQueue, FlexeClient, Slice, SliceChannel

ONE_WAY = ["link:pop1-gw1-core3", "link:pop1-gw1-pop1-gw2"]  # leaves pop1-gw1-core1, and what is behind it
WEST = (at(*GW1, 210), at(*CORE, 211))  # over pop1-gw1-core1, group 5
HARD = {"isolation": "hard"}


def hard(name: str = "a", bandwidth: str = "10G", number: int = 210, **more: object):  # type: ignore[no-untyped-def]
    sites = (at(*GW1, number), at(*CORE, number + 1))
    return tenant_slice(name, sites, bandwidth=bandwidth, constraints={**HARD, "avoid": ONE_WAY}, **more)


def far(name: str, bandwidth: str, number: int, **constraints: object):  # type: ignore[no-untyped-def]
    """Between ports of 400 G; over pop1-gw1-core1 when `avoid` is ONE_WAY."""
    sites = (at(*GW1, number), at(*GW2, number + 1))
    return tenant_slice(name, sites, bandwidth=bandwidth, constraints={**HARD, **constraints})


def slots(design: Design, name: str = "") -> dict[tuple[str, int], int]:
    owner = f"TenantSlice/{name}" if name else ""
    return {(one.port, one.group): one.slots for one in of(design, FlexeClient, owner=owner)}


@pytest.mark.parametrize(("bandwidth", "count"), [("100M", 1), ("4.5G", 1), ("5G", 2), ("100G", 22)])
def test_both_ends_have_the_slots_that_carry_the_rate_with_its_headers(bandwidth: str, count: int) -> None:
    design = compiled(hard(bandwidth=bandwidth))
    here, there = (of(design, FlexeClient, node) for node in ("core1", "pop1-gw1"))
    assert [(one.port, one.port_id, one.slots) for one in here] == [("FlexE0/2/129", 130, count)]
    assert [(one.port, one.port_id, one.slots) for one in there] == [("FlexE0/1/129", 131, count)]
    assert {(one.group, one.client, one.granularity_bps, one.mtu) for one in here + there} == {(5, 2, 5 * G, 9216)}
    assert of(design, SliceChannel) == []


def test_a_slice_with_a_client_joins_the_slice_of_the_base_clients() -> None:
    design = compiled(hard())
    (client,) = of(design, FlexeClient, "core1")
    assert [one.slice_id for one in of(design, Slice, "core1")] == [client.basic_slice, client.slice_id]
    assert client.basic_slice != client.slice_id


def test_where_there_is_no_calendar_the_channel_is_exclusive() -> None:
    sites = (at("pop1-gw2", "400GE0/2/0", 210), at("pop2-gw1", "400GE0/2/0", 211))
    design = compiled(tenant_slice(sites=sites, constraints=HARD))
    with_slots = {one.port for one in of(design, FlexeClient)}
    channels = of(design, SliceChannel)
    assert with_slots
    assert channels
    assert all(channel.exclusive and not channel.port.startswith("FlexE") for channel in channels)


@pytest.mark.parametrize("constraints", [{"isolation": "soft"}, {"isolation": "none"}])
def test_nothing_softer_has_a_client(constraints: dict[str, str]) -> None:
    assert of(compiled(tenant_slice(sites=WEST, constraints=constraints)), FlexeClient) == []


def test_an_end_that_cannot_mark_its_packets_would_never_fill_a_client() -> None:
    sites = (at(*FRR, 210), at("pop2-gw1", "400GE0/2/0", 211))
    constraints = {**HARD, "minimum_grade": "emulated", "avoid": ["link:pop2-gw1-pop2-gw2"]}
    design = compiled(tenant_slice(sites=sites, constraints=constraints))
    assert of(design, FlexeClient) == []
    served = design.served["TenantSlice/a"]
    assert "pod2-leaf1 cannot mark packets for a slice: no FlexE client, exclusive channels instead" in served.notes


def test_less_than_a_slot_takes_a_whole_one_and_says_so() -> None:
    assert compiled(hard(bandwidth="50M")).served["TenantSlice/a"].notes == (
        "50 M takes a whole 5 G slot of FlexE on 1 link",
    )
    assert compiled(hard(bandwidth="5G")).served["TenantSlice/a"].notes == ()


def test_all_pairs_of_a_service_share_its_client() -> None:
    sites = (at(*GW1, 210), at(*CORE, 211), at("core1", "100GE0/3/2", 212))
    design = compiled(tenant_slice(sites=sites, bandwidth="2G", constraints={**HARD, "max_hops": 1}))
    assert slots(design) == {("FlexE0/2/129", 5): 1, ("FlexE0/1/129", 5): 1}  # two pairs of 2 G


def test_slots_run_out() -> None:
    first, second = far("a", "90G", 210, avoid=ONE_WAY), far("b", "90G", 220, avoid=ONE_WAY)
    taken = sum(one.slots for one in of(compiled(first, second), FlexeClient, "pop1-gw1"))
    left = 60 - taken  # beside the base client
    assert 0 < left < 25
    fits, more = f"{left * 4500}M", f"{left * 5000}M"  # headers take some per cent
    assert refusals(first, second, far("c", fits, 230, avoid=ONE_WAY)) == []
    assert refusals(first, second, far("c", more, 230, avoid=ONE_WAY)) == [("flexe-slots-exceeded", "TenantSlice/c")]


def test_a_way_without_free_slots_is_not_taken() -> None:
    last = far("c", "90G", 240)
    assert "pop1-gw1-core1" in compiled(last).served["TenantSlice/c"].ways[0].there.path.links
    full = compiled(far("a", "130G", 210, avoid=ONE_WAY), far("b", "130G", 220, avoid=ONE_WAY), last)
    assert "pop1-gw1-core1" not in full.served["TenantSlice/c"].ways[0].there.path.links


def line(name: str, start: str, hours: int, number: int):  # type: ignore[no-untyped-def]
    when = {"start": f"2026-12-02T{start}:00:00+08:00", "recurrence": {"frequency": "daily"}, "duration": f"PT{hours}H"}
    ends = {"a": at(*GW1, number), "z": at("pop2-gw1", "400GE0/2/0", number + 1)}
    more = {"elasticity": [{"at": when, "bandwidth": "200G"}], "constraints": {**HARD, "avoid": ONE_WAY}}
    return elastic(name, "1G", "200G", endpoints=ends, **more)


def test_windows_that_do_not_overlap_share_slots() -> None:
    night, day = line("night", "22", 6, 210), line("day", "08", 6, 220)
    assert refusals(night, day) == []
    assert [code for code, _ in refusals(night, line("late", "23", 6, 220))] == ["flexe-slots-exceeded"]


def test_what_has_no_client_shares_the_base_client() -> None:
    soft = {"isolation": "soft", "avoid": ONE_WAY}
    first = far("a", "90G", 210, **soft)
    assert refusals(first) == []  # 20 slots of 5 G are the base client's
    assert refusals(first, far("b", "10G", 220, **soft)) == [("bandwidth-exceeds-link", "TenantSlice/b")]
    assert refusals(first, far("b", "90G", 220, avoid=ONE_WAY)) == []


def test_a_client_is_a_line_of_its_own_in_the_promise() -> None:
    """One packet on a client of 5 G takes longer than on the base client, and other services' bursts do not count."""
    ends = {"a": at(*GW1, 210), "z": at(*CORE, 211)}
    constraints = {"max_hops": 1}

    def bound(isolation: str, *others: object) -> float:
        service = deterministic(endpoints=ends, constraints={**constraints, "isolation": isolation})
        figure = compiled(service, *others).served["DeterministicService/a"].contract.figure("one_way_delay")  # type: ignore[arg-type]
        assert figure is not None
        return figure.value

    ends_b = {"a": at(*GW1, 220), "z": at(*CORE, 221)}
    other = deterministic("b", endpoints=ends_b, constraints={**constraints, "isolation": "soft"})
    assert bound("hard") > bound("soft")
    assert bound("hard") == bound("hard", other)
    assert bound("soft") < bound("soft", other)


def test_the_queues_of_a_client_are_on_its_own_interface() -> None:
    ends = {"a": at(*GW1, 210), "z": at(*CORE, 211)}
    design = compiled(deterministic(endpoints=ends, constraints={**HARD, "max_hops": 1}))
    assert {one.port for one in of(design, CoreQueue, "core1")} == {"FlexE0/2/130"}
    assert {one.capacity_bps for one in of(design, CoreQueue)} == {5 * G}


def test_numbers_stay_when_others_go_and_nothing_is_left_behind() -> None:
    a, b = hard("a"), hard("b", number=220)
    both = compiled(a, b)
    left = compiled(b, ledger=both.ledger)
    assert of(left, FlexeClient, owner="TenantSlice/b") == of(both, FlexeClient, owner="TenantSlice/b")
    assert {fragment.owner for fragment in fragments(left)} == {"Fabric/metro", "TenantSlice/b"}
    assert {claim for claim in both.claims - left.claims if "flexe" in claim} == {
        "TenantSlice/a/*/flexe:pop1-gw1-core1/client",
        "TenantSlice/a/core1/flexe:pop1-gw1-core1/port_id",
        "TenantSlice/a/pop1-gw1/flexe:pop1-gw1-core1/port_id",
    }
    assert not [claim for claim in compiled().claims if claim.endswith("slice/id")]


def test_both_ends_are_asked_whether_the_client_is_up() -> None:
    design = compiled(hard())
    (client,) = of(design, FlexeClient, "core1")
    asked = [check for check in design.checks if check.topic == "flexe"]
    assert [(check.device, check.where, check.expect) for check in asked] == [
        (node, {"group": 5, "client": client.client}, {"slots": client.slots, "state": "up"})
        for node in ("pop1-gw1", "core1")
    ]
    bound = [check.where for check in design.checks if check.topic == "slices"]
    assert {"port": "FlexE0/2/130", "slice_id": client.slice_id} in bound


@pytest.mark.parametrize(("interface", "number"), [("FlexE0/2/131", 131), ("flexe_client7", 7), ("eth", None)])
def test_an_interface_names_its_client_at_its_end(interface: str, number: int | None) -> None:
    assert port_id_of(interface) == number
    if number is not None:
        assert port_id_of(client_interface(interface, 140)) == 140


def test_two_base_clients_of_a_router_need_numbers_of_their_own() -> None:
    network = reference_topology()
    twice = replace(network.links["core1-core2"], a_port="FlexE0/1/129")
    links = {**network.links, "core1-core2": twice}
    assert "number-taken" in {code for code, _ in refusals(hard(), topology=replace(network, links=links))}


def test_macsec_is_looked_for_where_encryption_is_required_and_the_baseline_may_have_it() -> None:
    sites = (at("pop1-gw2", "400GE0/2/0", 210), at("pop2-gw2", "400GE0/2/0", 211))
    for asked, isolation in (("required", "soft"), ("required", "hard"), ("preferred", "soft"), ("none", "soft")):
        design = compiled(tenant_slice(sites=sites, constraints={"isolation": isolation, "encryption": asked}))
        (served,) = design.served.values()
        links = {reference_topology().links[hop.link] for hop in served.lowering.hop_rates}
        plain = {link for link in links if link.name not in served.lowering.clients}
        found = {(check.device, check.where["port"]) for check in design.checks if check.topic == "encryption"}
        ends = {(node, link.port_of(node)) for link in plain for node in (link.a, link.z)}
        assert found == (ends if asked == "required" else set())


def test_what_macsec_of_the_baseline_does_not_cover_is_said() -> None:
    """MACsec is by interface, and a FlexE client is an interface that the baseline does not have."""

    def notes(**constraints: object) -> list[str]:
        design = compiled(tenant_slice(sites=(at(*GW1, 210), at(*GW2, 211)), constraints=constraints))
        (served,) = design.served.values()
        return [note for note in served.notes if "MACsec" in note]

    (said,) = notes(isolation="hard", encryption="preferred")
    assert "FlexE client" in said
    assert "have none" in said
    assert notes(isolation="hard") == notes(isolation="soft", encryption="required") == []
