"""What is different on a device, whose promise it hurts, and what its owner wants done about it."""

from __future__ import annotations

import itertools

import pytest

from netwright.drift.classify import Drifted, Kind, classify, policy_for
from netwright.plan.record import DeviceRecord, Owned
from netwright.tree import PRESENT, Path

A, B = "TenantSlice/a", "TenantSlice/b"
VRF = ("vrf a",)
XML = ("huawei-ifm:ifm", "interfaces", "interface[name='100GE0/1/0']")


def record(**leaves: Owned) -> DeviceRecord:
    return DeviceRecord("apply-1", {(name,): owned for name, owned in leaves.items()})


MINE = record(
    kept=Owned("v", frozenset({A})),
    gone=Owned("v", frozenset({A})),
    other=Owned("v", frozenset({A, B})),
    shared=Owned("v", frozenset({B}), shared=True),
)


def test_each_difference_is_named_once_in_path_order() -> None:
    running = {("kept",): "v", ("other",): "w", ("foreign",): "x"}
    assert tuple(classify("pe1", MINE, running, {})) == (
        Drifted("pe1", Kind.MISSING, ("gone",), "v", "", (A,)),
        Drifted("pe1", Kind.CHANGED, ("other",), "v", "w", (A, B)),
        Drifted("pe1", Kind.MISSING, ("shared",), "v", "", (B,)),
    )


def test_a_device_as_we_left_it_has_no_drift() -> None:
    assert not tuple(classify("pe1", MINE, {**MINE.tree, ("foreign",): "x"}, {}))
    assert not tuple(classify("pe1", DeviceRecord(), {("foreign",): "x"}, {}))


@pytest.mark.parametrize(
    ("holder", "value", "inside"),
    [(VRF, PRESENT, (*VRF, "rd 1:1")), ((*XML, "name"), "100GE0/1/0", (*XML, "description"))],
    ids=["CLI block", "XML entry"],
)
@pytest.mark.parametrize("shared", [False, True])
def test_only_what_stands_in_a_container_of_our_own_is_foreign(
    holder: Path, value: str, inside: Path, shared: bool
) -> None:
    ours = DeviceRecord("apply-1", {holder: Owned(value, frozenset({A}), shared=shared)})
    found = tuple(classify("pe1", ours, {holder: value, inside: "theirs", ("vrf b",): PRESENT}, {}))
    expected = Drifted("pe1", Kind.FOREIGN, inside, "", "theirs", (A,), "ignore")
    assert found == (() if shared else (expected,))


PORT = (*XML, "description")
CLI = ("interface eth3.300", "description")


@pytest.mark.parametrize(
    ("path", "policies", "wish"),
    [
        (PORT, {}, "revert"),
        (PORT, {A: {"default": "accept"}}, "accept"),
        (PORT, {A: {"default": "revert", "interface/*/description": "ignore"}}, "ignore"),
        (CLI, {A: {"default": "revert", "interface/*/description": "ignore"}}, "ignore"),
        (CLI, {A: {"default": "revert", "interface/eth3.300/description": "ignore"}}, "ignore"),
        (CLI, {A: {"default": "revert", "interface/eth4/description": "ignore"}}, "revert"),
        ((*XML, "mtu"), {A: {"default": "revert", "interface/*/description": "ignore"}}, "revert"),
        (("vrf a", "description"), {A: {"default": "abort", "interface/*/description": "ignore"}}, "abort"),
        (PORT, {A: {"interface/100GE0/1/0/*": "adopt"}}, "adopt"),
    ],
)
def test_the_owner_says_what_shall_happen(path: Path, policies: dict[str, dict[str, str]], wish: str) -> None:
    assert policy_for(path, (A,), policies) == wish


def test_of_several_owners_the_strictest_wins() -> None:
    order = ["abort", "revert", "adopt", "accept", "ignore"]
    for strict, mild in itertools.pairwise(order):
        policies = {A: {"default": mild}, B: {"default": strict}}
        assert policy_for(PORT, (A, B), policies) == strict
        assert policy_for(PORT, (B, A), policies) == strict


def test_the_policy_stands_on_the_difference() -> None:
    (found,) = classify("pe1", record(description=Owned("v", frozenset({A}))), {}, {A: {"*": "accept"}})
    assert found.policy == "accept"
