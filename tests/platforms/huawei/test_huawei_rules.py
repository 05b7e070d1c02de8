"""Rules that the modules cannot say: each broken once, each kept once, told at the leaf."""

from __future__ import annotations

from pathlib import Path as File

import pytest

from netwright.platforms.huawei import HUAWEI
from netwright.platforms.huawei.rules import broken
from netwright.tree import Path, Tree, tree_of

SAMPLES = File(__file__).parents[2] / "data" / "huawei"
PUBLIC = ("huawei-network-instance:network-instance", "instances", "instance[name='_public_']")
POLICY = (*PUBLIC, "huawei-srv6:srv6", "huawei-srpolicy:srpolicy", "policys", "policy[endpoint='::1'][color='1']")
LISTS = (*POLICY, "candidate-paths", "candidate-path[preference='200']", "segment-lists")
TENANT = ("huawei-network-instance:network-instance", "instances", "instance[name='a']", "huawei-l3vpn:afs")
AF = (*TENANT, "af[type='ipv4-unicast']")
IFM = ("huawei-ifm:ifm", "interfaces")
PORTS = ("huawei-flexe:flexe", "physical-ports", "physical-port[position='0/1/0']")


def weighted(*weights: int) -> Tree:
    tree: dict[Path, str] = {}
    for number, weight in enumerate(weights):
        entry = (*LISTS, f"segment-list[name='{number}']")
        tree |= {(*entry, "name"): str(number), (*entry, "weight"): str(weight)}
    return tree


def pair(leaf: str, value: str) -> Tree:
    places = {
        "route-distinguisher": AF,
        "value": (*AF, "vpn-targets", f"vpn-target[value='{value}'][type='export-extcommunity']"),
        "vrf-rt-value": (*AF, "huawei-evpn:evpn", "extend-vpn-targets", f"extend-vpn-target[vrf-rt-value='{value}']"),
    }
    return {(*places[leaf], leaf): value}


def interface(name: str) -> Path:
    return (*IFM, f"interface[name='{name}']")


def sliced(*places: tuple[str, int]) -> Tree:
    return {
        (*interface(name), "huawei-net-slice:net-slices", f"net-slice[slice-id='{number}']", "slice-id"): str(number)
        for name, number in places
    }


def basic(name: str, number: int) -> Tree:
    return {(*interface(name), "huawei-net-slice:net-slice-binding", "slice-id"): str(number)}


def bound(name: str, vrf: str) -> Tree:
    return {(*interface(name), "vrf-name"): vrf}


def vlan(name: str) -> Tree:
    place = ("huawei-ethernet:ethernet", "l3-sub-interface", "vlan-type-dot1q", "vlan-type-vid")
    return {(*interface(name), *place): "20"}


def port(name: str) -> Tree:
    return {(*interface(name), "name"): name}


FLEXE = {(*PORTS, "mode-enable"): "true"}
MEMBER = {
    (*interface("Eth-Trunk1"), "huawei-ifm-trunk:trunk", "members", "member[name='100GE0/1/0']", "name"): "100GE0/1/0"
}


def limited(name: str) -> Tree:
    return {(*interface(name), "huawei-qos:qos", "cars", "car[direction='inbound']", "direction"): "inbound"}


def sids(opcode: str, binding: str) -> Tree:
    """A locator with an opcode, and a policy with a binding SID."""
    locator = (*PUBLIC, "huawei-srv6:srv6", "locators", "locator[name='MAIN']")
    end = (*locator, "opcodes", "end-psps", f"end-psp[value='{opcode}']")
    sid = {(*POLICY, "binding-sid", "value"): binding, (*POLICY, "binding-sid", "dataplane"): "srv6"}
    return {(*locator, "name"): "MAIN", (*locator, "prefix"): "fd00:1:1::", (*end, "value"): opcode, **sid}


KEPT: dict[str, Tree] = {
    "a binding SID of its own": sids("::1", "fd00:1:1::4100"),
    "weights that all forward": weighted(1, 3, 4),
    "equal weights": weighted(*[10] * 8),
    "one list": weighted(1),
    "a default weight": {path: value for path, value in weighted(1, 1).items() if path[-1] == "name"},
    "AS:number": pair("route-distinguisher", "65000:1001"),
    "IPv4:number": pair("route-distinguisher", "192.0.2.1:65535"),
    "a long AS": pair("vrf-rt-value", "4200000000:65535"),
    "a dotted AS": pair("value", "64086.59904:1"),
    "a slice on two ports": sliced(("100GE0/1/0", 10), ("100GE0/1/1", 10)),
    "a basic slice": {**sliced(("100GE0/1/0", 10)), **basic("100GE0/1/0.20", 10)},
    "a basic slice that ends a VLAN": {
        **sliced(("100GE0/1/0", 10)),
        **basic("100GE0/1/0.20", 10),
        **vlan("100GE0/1/0.20"),
    },
    "a FlexE client beside the base client": {**basic("FlexE0/1/130", 10), **bound("FlexE0/1/130", "_public_")},
    "the base client on a port in FlexE mode": {**FLEXE, **port("FlexE0/1/129")},
    "another port": {**FLEXE, **port("100GE0/1/1")},
    "a port that is not in FlexE mode": {(*PORTS, "mode-enable"): "false", **port("100GE0/1/0")},
    "the rate of a trunk": {**MEMBER, **limited("Eth-Trunk1")},
}
BROKEN: dict[str, tuple[Tree, str, str]] = {
    "a binding SID that is an opcode": (sids("::4100", "fd00:1:1::4100"), "value", "of the locator MAIN already"),
    "the same, spelt otherwise": (sids("::41:0", "fd00:1:1:0::41:0"), "value", "of an opcode"),
    "a weight too small": (weighted(1, 9, 10), "weight", "weight 1 of 20 over 16 paths forwards nothing: at least 2"),
    "no number": (pair("route-distinguisher", "65000"), "route-distinguisher", "'65000' is no route distinguisher"),
    "a number too long": (pair("value", "65000:4294967296"), "value", "no route target"),
    "a long AS with a long number": (pair("vrf-rt-value", "70000:65536"), "vrf-rt-value", "no route target"),
    "an address with a long number": (pair("vrf-rt-value", "192.0.2.1:65536"), "vrf-rt-value", "no route target"),
    "no address": (pair("route-distinguisher", "192.0.2:1"), "route-distinguisher", "no route distinguisher"),
    "words": (pair("value", "a:b"), "value", "no route target"),
    "a slice twice on a port": (
        sliced(("100GE0/1/0", 10), ("100GE0/1/0.20", 10)),
        "slice-id",
        "slice 10 is on 100GE0/1/0",
    ),
    "a basic slice without the slice": (basic("100GE0/1/0.20", 10), "slice-id", "basic slice 10 needs slice 10"),
    "a basic slice in a VRF": (
        {**sliced(("100GE0/1/0", 10)), **basic("100GE0/1/0.20", 10), **bound("100GE0/1/0.20", "a")},
        "slice-id",
        "bound to the VRF a",
    ),
    "a basic slice on FlexE that ends a VLAN": (
        {**basic("FlexE0/1/129.20", 10), **vlan("FlexE0/1/129.20")},
        "slice-id",
        "FlexE interface that ends a VLAN",
    ),
    "an interface on a port in FlexE mode": (
        {**FLEXE, **port("100GE0/1/0")},
        "name",
        "100GE0/1/0 does not exist any more",
    ),
    "its sub-interface": ({**FLEXE, **port("100GE0/1/0.20")}, "name", "100GE0/1/0.20 does not exist any more"),
    "the rate of a trunk's member": ({**MEMBER, **limited("100GE0/1/0")}, "direction", "is a member of a trunk"),
}


@pytest.mark.parametrize("name", KEPT)
def test_kept(name: str) -> None:
    assert list(broken(KEPT[name], 16)) == []


@pytest.mark.parametrize("name", BROKEN)
def test_broken(name: str) -> None:
    tree, leaf, message = BROKEN[name]
    [found] = broken(tree, 16)
    assert found.path in tree
    assert found.path[-1] == leaf
    assert message in found.message


def test_the_bound_of_the_weights_follows_the_model() -> None:
    assert list(broken(weighted(1, 9), 10)) == []
    assert len(list(broken(weighted(1, 9), 9))) == 1


@pytest.mark.parametrize("file", sorted(SAMPLES.glob("[01]*.xml")), ids=lambda file: file.stem)
def test_the_samples_keep_them(file: File) -> None:
    if file.stem == "11-flexe":
        pytest.skip("enters FlexE mode on a port whose interface 00-base still has, in a transaction of its own")
    tree = tree_of(HUAWEI.parse(f"<config>{file.read_text()}</config>", "xml"))
    assert list(broken(tree, 16)) == []
