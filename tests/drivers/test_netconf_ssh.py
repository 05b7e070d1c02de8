"""Requests are sent when they are made, not when a clock ticks; idle sessions sleep, closed ones are gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from ncclient.transport import session as transport_session

from netwright.drivers import netconf_ssh
from netwright.drivers.huawei import HuaweiDriver
from netwright.emulator.network import EmulatedNetwork
from netwright.topology.model import Node, Topology


@pytest.fixture
def network() -> Iterator[EmulatedNetwork]:
    with EmulatedNetwork(Topology({"r1": Node("r1", "huawei", "s")}, {}), {}) as running:
        yield running


@pytest.fixture
def driver(network: EmulatedNetwork) -> Iterator[HuaweiDriver]:
    end = network.endpoints["r1"]
    options = {"port": end.port, "name": "r1", "hostkey_verify": False}
    one = HuaweiDriver(end.hostname, end.username, end.password, 60, options)
    one.open()
    yield one
    one.close()


def test_no_request_waits_for_the_tick_of_ncclient(monkeypatch: pytest.MonkeyPatch, driver: HuaweiDriver) -> None:
    monkeypatch.setattr(transport_session, "TICK", 20.0)
    began = time.monotonic()
    driver.lock()
    driver.unlock()
    assert time.monotonic() - began < 10


def test_an_idle_session_does_nothing(driver: HuaweiDriver) -> None:
    session = driver._session._manager._session
    turns = []
    turn = session._turn
    session._turn = lambda waiting: turns.append(1) or turn(waiting)
    driver.validate()
    time.sleep(0.1)  # what the reply woke is over
    turns.clear()
    time.sleep(0.5)
    assert turns == []


def test_a_session_that_is_closed_leaves_no_thread(network: EmulatedNetwork, driver: HuaweiDriver) -> None:
    before = threading.active_count()
    end = network.endpoints["r1"]
    other = HuaweiDriver(end.hostname, end.username, end.password, 60, dict(driver.options))
    other.open()
    other.validate()
    other.close()
    end_of_patience = time.monotonic() + 20  # a busy machine ends a thread late
    while threading.active_count() > before and time.monotonic() < end_of_patience:
        time.sleep(0.05)
    assert threading.active_count() <= before


def test_the_first_request_does_not_run_into_the_hello(
    monkeypatch: pytest.MonkeyPatch, network: EmulatedNetwork
) -> None:
    sent: list[float] = []
    write = netconf_ssh.PromptSession._transport_write

    def noted(session: netconf_ssh.PromptSession, data: bytes) -> int:
        sent.append(time.monotonic())
        return int(write(session, data))

    monkeypatch.setattr(netconf_ssh.PromptSession, "_transport_write", noted)
    end = network.endpoints["r1"]
    one = HuaweiDriver(end.hostname, end.username, end.password, 60, {"port": end.port, "hostkey_verify": False})
    one.open()
    greeted = time.monotonic()
    one.validate()
    one.close()
    assert sent[0] < greeted
    assert sent[1] - greeted > netconf_ssh._DIGEST_S - 0.02
