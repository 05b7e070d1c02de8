"""What the facts about a machine mean: tables, no machine needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from netwright.lab.images import Recipe
from netwright.lab.probe import FEATURES, TOOLS, Facts, Way, gather, judge

ALL = dict.fromkeys(FEATURES, True)
FULL = Facts(
    root=True,
    kernel="6.12",
    docker="26.1.5",
    containerlab="0.70",
    qemu="QEMU 7.2",
    kvm_device=True,
    accel="kvm",
    tools=frozenset(TOOLS),
    features=ALL,
)
LACKS_VRF = {**ALL, "vrf": False}


@pytest.mark.parametrize(
    ("change", "machine", "way", "word"),
    [
        ({}, False, Way.NATIVE, "docker answers"),
        ({}, True, Way.MACHINE, "asked for"),
        ({"containerlab": ""}, False, Way.NATIVE, "docker answers"),
        ({"features": LACKS_VRF}, False, Way.MACHINE, "vrf in this kernel"),
        ({"docker": ""}, False, Way.MACHINE, "a docker engine"),
        ({"root": False}, False, Way.NONE, "root, to build the machine once"),
        ({"root": False, "machine_built": True}, False, Way.MACHINE, "root"),
        ({"docker": "", "qemu": ""}, False, Way.NONE, "qemu-system-x86_64"),
        ({"docker": "", "tools": frozenset(TOOLS) - {"debootstrap"}}, False, Way.NONE, "debootstrap"),
        (
            {"docker": "", "tools": frozenset({"ssh", "ssh-keygen"}), "machine_built": True},
            False,
            Way.MACHINE,
            "docker",
        ),
        ({"docker": "", "tools": frozenset(), "machine_built": True}, False, Way.NONE, "ssh"),
        ({"qemu": ""}, False, Way.NATIVE, "docker answers"),
        ({"qemu": ""}, True, Way.NONE, "qemu-system-x86_64"),
        ({"features": {}}, False, Way.MACHINE, "a look at this kernel"),
    ],
)
def test_the_way_that_a_lab_takes(change: Mapping[str, object], machine: bool, way: Way, word: str) -> None:
    judged = judge(replace(FULL, **change), machine=machine)  # type: ignore[arg-type]
    assert (judged.way, word in judged.why) == (way, True), judged.why


def test_whatever_is_missing_has_a_remedy() -> None:
    judged = judge(Facts(features=dict.fromkeys(FEATURES, False), kernel="5.10"))
    assert judged.way is Way.NONE
    poor = [item for item in judged.items if not item.good and not item.what.endswith("image")]
    assert [item.what for item in poor if not item.remedy] == []
    assert {"qemu", "docker", "debootstrap", "kernel vrf", "root"} <= {item.what for item in poor}


def test_what_is_there_needs_no_remedy() -> None:
    judged = judge(replace(FULL, machine_built=True, router_built=True))
    assert [item.what for item in judged.items if not item.good or item.remedy] == []


@pytest.mark.parametrize(
    ("device", "accel", "said"),
    [(True, "kvm", "a guest ran"), (True, "tcg", "no guest runs under it"), (False, "tcg", "no device")],
)
def test_kvm_is_what_was_tried_not_what_is_there(device: bool, accel: str, said: str) -> None:
    judged = judge(replace(FULL, kvm_device=device, accel=accel))
    item = next(item for item in judged.items if item.what == "/dev/kvm")
    assert said in item.said
    assert item.good is (accel == "kvm")


def test_gathering_tries_every_feature_and_leaves_nothing_behind() -> None:
    facts = gather(Recipe())
    assert set(facts.features) == set(FEATURES)
    assert judge(facts).way in set(Way)
