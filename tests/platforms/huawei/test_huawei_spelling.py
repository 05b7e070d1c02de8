"""What only looks different is no difference: addresses, prefixes and integers in any spelling read as one value."""

from __future__ import annotations

import ipaddress

import pytest
from huawei_constructs import composed
from hypothesis import given
from hypothesis import strategies as st

from netwright.platforms.huawei import HUAWEI, keys
from netwright.platforms.huawei.spelling import address
from netwright.tree import Path, between, tree_of

PEER = """<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>{name}</name>
<bgp xmlns="urn:huawei:yang:huawei-bgp"><base-process><peers><peer><address>{address}</address>
<remote-as>65000</remote-as><description>{description}</description></peer></peers></base-process></bgp>
</instance></instances></network-instance>"""
PORT = """<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces><interface><name>x</name>{inside}</interface></interfaces>
</ifm>"""


def read(text: str) -> dict[Path, str]:
    return tree_of(HUAWEI.parse(text, "xml"))


@pytest.mark.parametrize("spelled", ["2001:DB8::1", "2001:0db8:0:0::0001", "2001:db8:0:0:0:0:0:1"])
def test_an_address_is_one_value_as_a_key_too(spelled: str) -> None:
    plain = read(PEER.format(name="a", address="2001:db8::1", description="d"))
    assert read(PEER.format(name="a", address=spelled, description="d")) == plain


def test_only_addresses_are_touched() -> None:
    said = read(PEER.format(name="FD00::A", address="2001:DB8::1", description="to FD00::A"))
    said |= read(PEER.format(name="FD00::A", address="2001:DB8::1", description="FD00::A"))
    assert "FD00::A" in said.values()
    assert {step for path in said for step in path if step.startswith("instance[")} == {"instance[name='FD00::A']"}


def test_an_integer_has_no_sign() -> None:
    assert read(PORT.format(inside="<mtu>+1500</mtu>")) == read(PORT.format(inside="<mtu>1500</mtu>"))


def test_an_empty_container_is_nothing() -> None:
    empty = '<ipv4 xmlns="urn:huawei:yang:huawei-ip"><addresses/></ipv4>'
    assert read(PORT.format(inside=empty)) == read(PORT.format(inside=""))


def test_a_device_that_writes_capitals_has_no_difference() -> None:
    tree = composed()
    text = HUAWEI.text(tree, "xml")
    for value in {value for path, value in tree.items() if keys.node(path).spelling == "a" and ":" in value}:
        text = text.replace(f">{value}<", f">{value.upper()}<")
    assert text != HUAWEI.text(tree, "xml")
    assert not between(read(text), tree)


@given(st.integers(0, 2**128 - 1).map(ipaddress.IPv6Address))
def test_all_spellings_of_an_address_are_one(found: ipaddress.IPv6Address) -> None:
    assert address(found.exploded) == address(str(found).upper()) == address(found.compressed)
    assert ipaddress.IPv6Address(address(found.exploded)) == found


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        ("2001:DB8::1/64", "2001:db8::/64"),
        ("10.1.2.3/24", "10.1.2.0/24"),
        ("0/1/0", "0/1/0"),
        ("65000:1", "65000:1"),
        ("::FFFF:10.0.0.1", "::ffff:10.0.0.1"),
        ("10.1.2.3", "10.1.2.3"),
    ],
)
def test_what_is_canonical(spelled: str, canonical: str) -> None:
    assert address(spelled) == canonical
