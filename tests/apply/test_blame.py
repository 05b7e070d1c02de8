"""From the place that a device refused to the intent, its field and the template line."""

from __future__ import annotations

import pytest

from netwright.apply.blame import origin_of
from netwright.tree import Leaf, Origin, Path


def leaf(value: str, owner: str, line: int, *because: tuple[str, str]) -> Leaf:
    return Leaf(value, (Origin(owner, "vrf", "huawei/vrf.xml.j2", line, because),))


PORT = "interface[name='100GE0/1/0.5']"
RATE = ("rate", "spec.bandwidth.base")
NUMBER = ("rd", "ElasticLine/a/pe1/vrf/rd")
WANTED: dict[Path, Leaf] = {
    ("huawei-ifm:ifm", "interfaces", PORT, "name"): leaf("100GE0/1/0.5", "ElasticLine/a", 3),
    ("huawei-ifm:ifm", "interfaces", PORT, "vrf-name"): leaf("red", "ElasticLine/a", 4, RATE, NUMBER),
    ("huawei-ifm:ifm", "interfaces", PORT, "vrf-name-more"): leaf("red", "ElasticLine/b", 5),
    ("huawei-ifm:ifm", "interfaces", PORT, "huawei-ip:ipv4", "mtu"): leaf("9000", "ElasticLine/c", 6),
    ("huawei-ifm:ifm", "interfaces", "interface[name='x']", "name"): leaf("x", "ElasticLine/d", 7),
}
REF = "huawei/vrf.xml.j2:4, ElasticLine/a, spec.bandwidth.base"


@pytest.mark.parametrize(
    ("said", "origin"),
    [
        ("/huawei-ifm:ifm/interfaces/interface[name='100GE0/1/0.5']/vrf-name", REF),
        ('/ifm:ifm/ifm:interfaces/ifm:interface[ifm:name="100GE0/1/0.5"]/ifm:vrf-name', REF),
        ("/nc:rpc/nc:edit-config/nc:config/ifm:ifm/ifm:interfaces/ifm:interface[ifm:name='100GE0/1/0.5']/ifm:vrf-name",
         REF),
        ("/ifm/interfaces/interface[name='100GE0/1/0.5']/ipv4", "huawei/vrf.xml.j2:6, ElasticLine/c"),
        ("/ifm/interfaces/interface[name='x']/speed", "huawei/vrf.xml.j2:7, ElasticLine/d"),
        ("/ifm/interfaces/interface[name='y']/name", ""),
        ("/ifm/interfaces/interface[name='ifm:x']", ""),
        ("/nc:rpc/nc:commit", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_path_in_any_prefixes_leads_to_its_leaf_or_its_entry(said: str, origin: str) -> None:
    assert origin_of(WANTED, said) == origin


def test_a_command_line_leads_to_itself() -> None:
    wanted: dict[Path, Leaf] = {("vrf a", "rd"): leaf(" rd 65000:1", "TenantSlice/a", 2, ("rd", "spec.service"))}
    assert origin_of(wanted, "rd 65000:1") == "huawei/vrf.xml.j2:2, TenantSlice/a, spec.service"
    assert origin_of(wanted, "vlan 5") == ""


def test_a_command_line_is_known_by_its_words_and_by_the_most_of_them() -> None:
    wanted: dict[Path, Leaf] = {
        ("no",): leaf("no", "TenantSlice/a", 1),
        ("interface eth1", "mtu"): leaf(" mtu 9000", "TenantSlice/b", 2),
        ("interface eth1", "ipv6 mtu"): leaf(" ipv6 mtu 1500", "TenantSlice/c", 3),
    }
    assert origin_of(wanted, "ipv6 mtu 9999").endswith(":3, TenantSlice/c")
    assert origin_of(wanted, "snooping enable") == ""


def test_the_place_in_the_files_is_said_where_it_is_known() -> None:
    def where(address: str, field: str) -> str:
        return f"intents/{address.lower()}.yaml:{len(field)}"

    said = "/huawei-ifm:ifm/interfaces/interface[name='100GE0/1/0.5']/vrf-name"
    assert origin_of(WANTED, said, where) == f"{REF} (intents/elasticline/a.yaml:19)"
