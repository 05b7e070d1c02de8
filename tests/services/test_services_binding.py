"""Binding SIDs: for the policies of whoever has them, where the Fabric asks for them, and nowhere else."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from services_networks import EMPTY, FRR, GW1, GW2, NOON, at, elastic, ends, reference_topology

from metro import asking
from netwright.intents.loader import Intents
from netwright.intents.schema import Service
from netwright.platforms.registry import PLATFORMS
from netwright.services.compile import compile_design
from netwright.services.design import Design
from netwright.services.model import SrPolicy

LINE = elastic(endpoints=ends(at(*GW1, 210), at(*GW2, 211)))
MIXED = elastic("b", endpoints=ends(at(*GW1, 220), at(*FRR, 221)), constraints={"minimum_grade": "emulated"})


def planned(*services: Service, asked: bool = True, before: Design | None = None) -> Design:
    intents = Intents(asking(srv6={"binding_sids": asked}), services)
    return compile_design(intents, reference_topology(), PLATFORMS, before.ledger if before else EMPTY, NOON)


def policies(design: Design) -> dict[tuple[str, str], SrPolicy]:
    """By node and name."""
    found = ((node, one.construct) for node, own in design.fragments.items() for one in own)
    return {(node, one.name): one for node, one in found if isinstance(one, SrPolicy)}


def test_each_policy_has_a_sid_of_its_head_ends_locator() -> None:
    design = planned(LINE)
    assert design.numbers is not None
    found = policies(design)
    assert {node for node, _ in found} == {"pop1-gw1", "pop2-gw1"}
    for (node, _), policy in found.items():
        sid = ip_address(policy.binding_sid)
        assert sid in ip_network(design.numbers.locator(node))
        assert 0x4000 <= int(sid) & 0xFFFF <= 0x7FFF
        assert policy.binding_sid != design.numbers.vpn_sid(LINE, node, "classic")
    checked = [check for check in design.checks if check.topic == "sr-policies"]
    assert {str(check.expect["binding_sid"]) for check in checked} == {one.binding_sid for one in found.values()}


def test_nobody_asked() -> None:
    design = planned(LINE, asked=False)
    assert {policy.binding_sid for policy in policies(design).values()} == {""}
    assert not [claim for claim in design.claims if "binding_sid" in claim]
    assert not [check for check in design.checks if "binding_sid" in check.expect]


def test_a_platform_without_policies_claims_none() -> None:
    design = planned(MIXED)
    assert [claim for claim in design.claims if "binding_sid" in claim] == [
        "ElasticLine/b/pop1-gw1/policy:pod2-leaf1/binding_sid"
    ]


def test_a_sid_stays_when_others_come_and_is_free_again_when_nobody_asks() -> None:
    first = planned(LINE)
    more = planned(elastic("aa", endpoints=ends(at(*GW1, 230), at(*GW2, 231))), LINE, before=first)
    wanted = {key: policy.binding_sid for key, policy in policies(first).items()}
    named = {policy.binding_sid for policy in policies(more).values()}
    assert set(wanted.values()) <= named
    kept = [claim for claim in first.claims if "binding_sid" in claim]
    assert {claim: first.numbers.number(claim) for claim in kept} == {  # type: ignore[union-attr]
        claim: more.numbers.number(claim)
        for claim in kept  # type: ignore[union-attr]
    }
    assert not [claim for claim in planned(LINE, asked=False, before=first).claims if "binding_sid" in claim]
