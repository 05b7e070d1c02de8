"""The driver on one router of a lab: each word of NAPALM's and of ours, against what the router itself says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from lab_faults import gone_back

from netwright.app.site import site
from netwright.drivers.base import Driver
from netwright.errors import DeviceLocked, DeviceRefused
from netwright.lab.running import Lab
from netwright.services.checks import Topic
from netwright.wish import Wish

VRF = "!<linux>\nip link add name nwtry type vrf table 4711\nip link set dev nwtry up\n!</linux>\n"
"""A change that touches nobody."""

TOKEN = "a-try"


@contextmanager
def driver_of(lab: Lab, router: str) -> Iterator[Driver]:
    """An open session of the driver, as an apply has it: through Nornir, and through the jump host."""
    with site(Wish(lab.network)) as place:
        (answer,) = place.fleet.run([router], lambda driver: driver).values()
        assert answer.value is not None, answer.error
        yield answer.value


def says(lab: Lab, router: str, *words: str) -> Any:
    """What a program on the router prints as JSON."""
    return json.loads(lab.say(router, words))


def there(lab: Lab, router: str) -> bool:
    """Whether the change is in the router's kernel."""
    return any(row["ifname"] == "nwtry" for row in says(lab, router, "ip", "-j", "link"))


def getters_tell_the_truth(lab: Lab, router: str, driver: Driver) -> None:
    """NAPALM's getters, against the kernel and FRR."""
    links = {row["ifname"]: row for row in says(lab, router, "ip", "-j", "address")}
    found = driver.get_interfaces()
    assert set(found) == set(links)
    for name, link in links.items():
        assert found[name]["is_enabled"] is ("UP" in link["flags"]), name
        assert found[name]["mtu"] == link["mtu"], name
        if link["link_type"] == "ether":
            assert found[name]["mac_address"].lower() == link["address"], name
    held = {
        (name, address["local"], address["prefixlen"])
        for name, link in links.items()
        for address in link["addr_info"]
        if address["scope"] == "global"
    }
    assert {
        (name, address, row["prefix_length"])
        for name, families in driver.get_interfaces_ip().items()
        for rows in families.values()
        for address, row in rows.items()
    } == held
    facts, version = driver.get_facts(), lab.say(router, ("vtysh", "-c", "show version"))
    assert f"FRRouting {facts['os_version']} ({router})" in version
    assert (facts["hostname"], facts["interface_list"]) == (router, sorted(links))
    assert facts["uptime"] > 0
    assert driver.is_alive() == {"is_alive": True}


def topics_tell_the_truth(lab: Lab, router: str, driver: Driver) -> None:
    """What verification is made of, against FRR's own words for people."""
    with driver.together(list(Topic)):
        seen = {topic: driver.collect(topic) for topic in (Topic.ISIS, Topic.BGP, Topic.LOCATORS, Topic.SIDS)}
        routes = driver.collect(Topic.ROUTES)
    neighbours = lab.say(router, ("vtysh", "-c", "show isis neighbor"))
    up = re.findall(r"(?m)^ (\S+) +(\S+) +\d +Up ", neighbours)
    assert {(row["neighbour"], row["port"]) for row in seen[Topic.ISIS] if row["state"] == "up"} == set(up)
    assert up
    established = says(lab, router, "vtysh", "-c", "show bgp ipv4 vpn summary established json").get("peers", {})
    peers = {row["peer"] for row in seen[Topic.BGP] if (row["family"], row["state"]) == ("vpnv4", "established")}
    assert peers
    assert peers == set(established)
    locators = lab.say(router, ("vtysh", "-c", "show segment-routing srv6 locator"))
    assert seen[Topic.LOCATORS]
    for row in seen[Topic.LOCATORS]:
        assert re.search(rf"{re.escape(str(row['prefix']))} .*{str(row['state']).capitalize()}", locators)
    fib = "".join(lab.say(router, ("ip", version, "route", "show", "table", "all")) for version in ("-4", "-6"))
    assert seen[Topic.SIDS]
    assert [row for row in seen[Topic.SIDS] if str(row["sid"]) not in fib] == []
    steered = [row for row in routes if row["sid"]]
    assert steered
    assert [row for row in steered if str(row["sid"]) not in fib or str(row["prefix"]) not in fib] == []


def a_change_goes_there_and_back(lab: Lab, router: str, driver: Driver) -> None:
    """The words of a transaction: each does what it says, on the router."""
    before = driver.get_config(retrieve="running")["running"]
    driver.lock()
    with driver_of(lab, router) as other, pytest.raises(DeviceLocked):
        other.lock()
    driver.load_merge_candidate(config=VRF)
    assert "nwtry" in driver.compare_config()
    driver.discard_config()
    assert driver.compare_config() == ""
    driver.load_merge_candidate(config="!<cfg>\nrouter bgp 65000\n frobnicate\nexit\n!</cfg>\n")
    with pytest.raises(DeviceRefused, match="Unknown command"):
        driver.validate()
    applied = driver.apply_id()
    driver.load_merge_candidate(config=VRF)
    driver.validate()
    assert not there(lab, router)
    driver.commit_config(message=TOKEN, revert_in=600)
    try:
        assert there(lab, router)
        assert driver.has_pending_commit()
        assert driver.apply_id() == TOKEN
    finally:
        driver.rollback()
    assert not there(lab, router)
    assert not driver.has_pending_commit()
    assert driver.apply_id() == applied
    assert driver.get_config(retrieve="running")["running"] == before
    driver.unlock()


def it_goes_back_by_itself(lab: Lab, router: str, driver: Driver) -> float:
    """A commit that nobody confirms: seconds until the router has gone back, without a session."""
    driver.load_merge_candidate(config=VRF)
    driver.commit_config(message=TOKEN, revert_in=90)  # the timer runs while the change is made, too
    assert there(lab, router)
    driver.close()
    seconds = gone_back(lab, router)
    assert not there(lab, router)
    return seconds


def a_session_is_taken_up_again(lab: Lab, router: str) -> None:
    """A commit of a session that ended is confirmed by another, by its id; taken back after that, too."""
    with driver_of(lab, router) as first:
        first.lock()
        applied = first.apply_id()
        first.load_merge_candidate(config=VRF)
        first.commit_config(message=TOKEN, revert_in=600)
    with driver_of(lab, router) as second:
        second.reattach(TOKEN)
        assert second.has_pending_commit()
        second.confirm_commit()
        assert "nwtry" in lab.say(router, ("cat", "/etc/netwright/linux.conf"))
        second.rollback()
        assert not there(lab, router)
        assert "nwtry" not in lab.say(router, ("cat", "/etc/netwright/linux.conf"))
        assert second.apply_id() == applied
