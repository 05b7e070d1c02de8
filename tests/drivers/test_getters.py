"""NAPALM's getters come from what a driver collects, and every driver keeps NAPALM's signatures."""

import inspect
from collections.abc import Sequence
from typing import Any

import pytest
from napalm.base.base import NetworkDriver

from netwright.drivers.base import Driver, Row, Topic
from netwright.drivers.connection import DRIVERS, driver_class

ROWS: Sequence[Row] = (
    {"name": "eth1", "admin_up": True, "oper_up": False, "addresses": "10.0.0.1/24,2001:db8::1/64", "vrf": ""},
    {"name": "lo", "admin_up": True, "oper_up": True, "addresses": "", "vrf": ""},
)


class Told(Driver):
    platform = "told"

    def collect(self, topic: Topic) -> list[Row]:
        assert topic is Topic.INTERFACES
        return list(ROWS)


Told.__abstractmethods__ = frozenset()


def told() -> Any:
    return Told("192.0.2.1", "", "", optional_args={"name": "r1"})


def test_interfaces_tell_enabled_from_up() -> None:
    found = told().get_interfaces()
    assert (found["eth1"]["is_enabled"], found["eth1"]["is_up"]) == (True, False)
    assert found["lo"]["is_up"] is True


def test_addresses_by_family_only_where_there_are_any() -> None:
    assert told().get_interfaces_ip() == {
        "eth1": {"ipv4": {"10.0.0.1": {"prefix_length": 24}}, "ipv6": {"2001:db8::1": {"prefix_length": 64}}}
    }


def test_facts_name_the_device_as_our_inventory_does() -> None:
    facts = told().get_facts()
    assert (facts["hostname"], facts["vendor"], facts["interface_list"]) == ("r1", "told", ["eth1", "lo"])


METHODS = ["open", "close", "is_alive", "load_merge_candidate", "compare_config", "commit_config", "confirm_commit",
           "has_pending_commit", "discard_config", "rollback", "get_config", "get_interfaces", "get_facts"]  # fmt: skip


@pytest.mark.parametrize("platform", sorted(DRIVERS))
@pytest.mark.parametrize("method", METHODS)
def test_every_driver_keeps_napalms_signature(platform: str, method: str) -> None:
    own, base = (inspect.signature(getattr(one, method)) for one in (driver_class(platform), NetworkDriver))
    assert list(own.parameters)[: len(base.parameters)] == list(base.parameters)


@pytest.mark.parametrize("platform", sorted(DRIVERS))
def test_no_driver_leaves_a_word_of_the_transaction_out(platform: str) -> None:
    assert not inspect.isabstract(driver_class(platform))
