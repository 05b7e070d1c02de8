"""How faithfully each platform keeps what is asked, who accepts that, and what is said beside it."""

from __future__ import annotations

import pytest
from services_networks import (
    at,
    compiled,
    elastic,
    ends,
    fragments,
    of,
    rdma,
    refusals,
    row,
    tenant_slice,
)

from netwright.plan.intents import weakest
from netwright.platforms.base import Grade
from netwright.services.model import AccessRate, Slice, SliceChannel, SrPolicy

SITES = (at("r1", "p", 20), at("r2", "p", 21))
HARD, SOFT, EMULATED = Grade.HARD, Grade.SOFT, Grade.EMULATED

BEST = {  # what a platform makes of hard and of soft isolation
    "huawei": {"hard": HARD, "soft": SOFT, "none": HARD},
    "zte": {"hard": SOFT, "soft": SOFT, "none": SOFT},
    "frr": {"hard": EMULATED, "soft": EMULATED, "none": EMULATED},
}
LEVEL = {"hard": HARD, "soft": SOFT, "emulated": EMULATED}


@pytest.mark.parametrize("platform", sorted(BEST))
@pytest.mark.parametrize("isolation", ["none", "soft", "hard"])
@pytest.mark.parametrize("minimum", [None, "emulated", "soft", "hard"])
def test_isolation_is_of_the_grade_asked_or_refused(platform: str, isolation: str, minimum: str | None) -> None:
    constraints = {"isolation": isolation, **({"minimum_grade": minimum} if minimum else {})}
    service = tenant_slice(sites=SITES, bandwidth="1G", constraints=constraints)
    topology, reflectors = row(10, platform=platform), ("r1",)
    required = LEVEL[minimum] if minimum else EMULATED if isolation == "none" else LEVEL[isolation]
    grade = BEST[platform][isolation]
    refused = refusals(service, topology=topology, reflectors=reflectors)
    if grade >= required:
        assert not refused
        design = compiled(service, topology=topology, reflectors=reflectors)
        assert weakest(design.served["TenantSlice/a"]) == grade
    else:
        assert {code for code, _ in refused} == {"grade-below-minimum"}


def test_the_weakest_hop_decides_and_is_named() -> None:
    """Soft on Huawei and on ZTE, emulated on FRR: what stands between counts, not only the ends."""
    a, z = at("pod2-leaf1", "eth3", 10), at("pop2-gw1", "400GE0/2/0", 11)
    constraints = {"isolation": "soft", "minimum_grade": "emulated"}
    served = compiled(elastic(endpoints=ends(a, z), constraints=constraints)).served["ElasticLine/a"]
    for by_node in served.grades.values():
        assert by_node["pop2-gw1"] > EMULATED
        assert by_node["pod2-leaf1"] == by_node["pod2-spine1"] == EMULATED
    assert weakest(served) == EMULATED


@pytest.mark.parametrize(("granularity", "said"), [("queue", False), ("tenant", True), ("flow", True)])
def test_what_is_finer_than_any_platform_holds_back_is_said(granularity: str, said: bool) -> None:
    served = compiled(rdma(lossless={"granularity": granularity})).served["LosslessRdmaPath/a"]
    note = f"granularity {granularity} is asked: every hop holds back a whole queue at best"
    assert (note in served.notes) is said


@pytest.mark.parametrize(("reactions", "said"), [(["notify"], 0), (["notify", "reroute"], 1), (["resize"], 1)])
def test_a_reaction_that_nobody_carries_out_is_a_warning(reactions: list[str], said: int) -> None:
    design = compiled(elastic(policy={"on_violation": reactions}))
    assert [finding.code for finding in design.warnings] == ["reaction-not-automatic"] * said


# ---- isolation on the wire ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("isolation", "exclusive"), [("hard", {True}), ("soft", {False}), ("none", set())])
def test_isolation_decides_what_is_held_on_the_way(isolation: str, exclusive: set[bool]) -> None:
    design = compiled(
        tenant_slice(sites=SITES, constraints={"isolation": isolation}), topology=row(10), reflectors=("r1",)
    )
    assert {channel.exclusive for channel in of(design, SliceChannel)} == exclusive
    assert bool(of(design, Slice)) == bool(exclusive)
    assert all((policy.slice_id > 0) == bool(exclusive) for policy in of(design, SrPolicy))


# ---- riders ---------------------------------------------------------------------------------------------------------


def rider(name: str, rate: str, vlan: int, **more: object) -> object:
    line = ends(at("pop1-gw1", "400GE0/2/0", vlan), at("pop2-gw1", "400GE0/2/0", vlan + 1))
    return elastic(name, rate, rate, endpoints=line, slice="a", **more)


def test_riders_share_what_their_slice_has_and_no_more() -> None:
    host = tenant_slice(bandwidth="10G", constraints={"isolation": "hard"})
    two = [rider("b", "4G", 300), rider("c", "6G", 310)]
    assert not refusals(host, *two)  # type: ignore[arg-type]
    three = [*two, rider("d", "100M", 320)]
    assert refusals(host, *three) == [("bandwidth-exceeds-link", "ElasticLine/d")]  # type: ignore[arg-type]


def test_a_rider_adds_nothing_to_the_links_and_uses_the_slice() -> None:
    host = tenant_slice(bandwidth="10G", constraints={"isolation": "hard"})
    alone, both = compiled(host), compiled(host, rider("b", "4G", 300))  # type: ignore[arg-type]

    def held(design: object) -> list[object]:
        return [(one.port, one.slice_id, one.rate_bps) for one in of(design, SliceChannel)]  # type: ignore[arg-type]

    assert held(both) == held(alone)
    (number,) = {policy.slice_id for policy in of(both, SrPolicy, owner="TenantSlice/a")}
    assert number in {one.slice_id for one in of(both, Slice, owner="ElasticLine/b")}
    assert {policy.slice_id for policy in of(both, SrPolicy, owner="ElasticLine/b")} == {number}
    assert {access.rate_bps for access in of(both, AccessRate, owner="ElasticLine/b")} == {4 * 10**9}
    ridden = {hop.link for pair in both.served["TenantSlice/a"].ways for way in pair.directions() for hop in way.hops}
    used = {hop.link for pair in both.served["ElasticLine/b"].ways for way in pair.directions() for hop in way.hops}
    assert used <= ridden


@pytest.mark.parametrize("there", ["none", "soft", "hard"])
@pytest.mark.parametrize("asked", ["none", "soft", "hard"])
def test_a_rider_is_kept_apart_as_well_as_its_slice(there: str, asked: str) -> None:
    host = tenant_slice(bandwidth="10G", constraints={"isolation": there})
    order = ["none", "soft", "hard"]
    refused = refusals(host, rider("b", "4G", 300, constraints={"isolation": asked}))  # type: ignore[arg-type]
    harder = order.index(asked) > order.index(there)
    assert refused == ([("isolation-exceeds-slice", "ElasticLine/b")] if harder else [])


# ---- why ------------------------------------------------------------------------------------------------------------


def reason_is_real(design: object, owner: str, reason: str) -> bool:
    """A field that the intent's kind has, a claim that holds a number, a link of the topology, or a path in words."""
    if reason.startswith(("the path ", "the addresses of its members", "inventory/topology.yaml ")):
        return True
    if reason.startswith("metadata."):
        return True
    if reason in design.ledger.numbers:  # type: ignore[attr-defined]
        return True
    model: object = _intent(design, owner)
    where = reason.removeprefix(f"{owner} ") if " " in reason else reason
    if " " in reason and not reason.startswith(owner):
        model, where = design.numbers.fabric, reason.split(" ", 1)[1]  # type: ignore[attr-defined]
    for step in where.split("."):
        name, _, index = step.partition("[")
        if not hasattr(model, name):
            return False
        model = getattr(model, name)
        model = model[int(index[:-1])] if index else model  # type: ignore[index]
    return True


def _intent(design: object, owner: str) -> object:
    if owner.startswith("Fabric/"):
        return design.numbers.fabric  # type: ignore[attr-defined]
    return design.served[owner].profile.service  # type: ignore[attr-defined]


def test_every_reason_leads_somewhere(reference_design: object) -> None:
    wrong = {
        (fragment.owner.partition("/")[0], type(fragment.construct).__name__, name, reason)
        for fragment in fragments(reference_design)  # type: ignore[arg-type]
        for name, reason in fragment.because.items()
        if getattr(fragment.construct, name) not in {"", 0, ()}
        and not reason_is_real(reference_design, fragment.owner, reason)
    }
    assert not wrong


def test_reasons_are_given_for_attributes_that_are_there(reference_design: object) -> None:
    for fragment in fragments(reference_design):  # type: ignore[arg-type]
        assert all(hasattr(fragment.construct, name) for name in fragment.because)


def test_a_number_that_nobody_wrote_down_is_explained_by_its_claim() -> None:
    bare = {key: value for key, value in at("r1", "p", 20).items() if key != "vlan"}
    design = compiled(tenant_slice(sites=(bare, SITES[1])), topology=row(10), reflectors=("r1",))
    vlans = {
        fragment.because["vlan"]
        for fragment in fragments(design)
        if type(fragment.construct).__name__ == "Attachment" and fragment.device == "r1"
    }
    assert vlans == {"TenantSlice/a/r1/spec.sites[0]/vlan"}
    assert vlans <= design.ledger.numbers.keys()
