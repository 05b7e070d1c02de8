"""NAPALM's getters of an FRR box: from what its kernel and FRR print; unknown where they say nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from frr_box import served

from netwright.drivers import frr_getters

LINKS = [
    {"ifname": "lo", "mtu": 65536, "link_type": "loopback", "address": "00:00:00:00:00:00"},
    {"ifname": "eth1", "mtu": 9216, "link_type": "ether", "address": "ee:fb:cc:7f:89:c3", "ifalias": "to spine1"},
]


def test_links_have_the_kernels_mtu_address_and_alias() -> None:
    assert dict(frr_getters.links(lambda _: json.dumps(LINKS))) == {
        "lo": {"description": "", "mtu": 65536, "mac_address": ""},
        "eth1": {"description": "to spine1", "mtu": 9216, "mac_address": "EE:FB:CC:7F:89:C3"},
    }


@pytest.mark.parametrize(
    ("version", "uptime", "facts"),
    [
        (
            "FRRouting 10.7.1 (pe1) on Linux(6.12.107+deb13-amd64).\nCopyright 1996-2005\n",
            "   4711\n",
            ("10.7.1", 4711.0),
        ),
        ("", "", ("", -1.0)),
        ("% Unknown command: show version", "error: unsupported option", ("", -1.0)),
    ],
)
def test_facts_are_frrs_release_and_the_time_since_the_start(
    version: str, uptime: str, facts: tuple[str, float]
) -> None:
    def ask(words: Sequence[str]) -> str:
        return version if words[0] == "vtysh" else uptime

    assert frr_getters.facts(ask) == {"os_version": facts[0], "uptime": facts[1]}


def test_the_driver_says_them_beside_what_every_platform_reports() -> None:
    with served() as (_, connect):
        driver = connect()
        found = driver.get_interfaces()["eth1"]
        assert (found["is_up"], found["is_enabled"], found["mtu"], found["speed"]) == (True, True, 9216, -1.0)
        facts = driver.get_facts()
    assert (facts["hostname"], facts["os_version"], facts["uptime"]) == ("leaf1", "", -1.0)
    assert "eth1" in facts["interface_list"]
