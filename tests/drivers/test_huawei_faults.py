"""The Huawei driver when a router objects, does not answer, or answers wrongly."""

from __future__ import annotations

import socket
import time

import pytest
from huawei_bench import (
    NUMBERS,
    Bench,
    Start,
    ifm,
    interface,
    tenant,
    vrf,
    wrap,
)

from netwright.drivers.huawei import HuaweiDriver
from netwright.errors import (
    ConfigParseError,
    DeviceRefused,
    DeviceUnreachable,
)

# ---- refusals -------------------------------------------------------------------------------------------------------


def test_a_refusal_names_the_place(bench: Bench) -> None:
    driver = bench.driver()
    with pytest.raises(DeviceRefused) as caught:
        driver.load_merge_candidate(config=wrap(ifm("<interface><name>x</name><colour>red</colour></interface>")))
    assert caught.value.line.endswith("interface[name='x']/colour")
    assert caught.value.device == "pe1"


def test_several_objections_are_all_told(bench: Bench) -> None:
    driver = bench.driver()
    driver.load_merge_candidate(
        config=wrap(
            ifm(
                interface("100GE0/1/9", "<vrf-name>one</vrf-name>")
                + interface("100GE0/1/0", "<vrf-name>two</vrf-name>")
            )
        )
    )
    with pytest.raises(DeviceRefused) as caught:
        driver.validate()
    assert '"one"' in caught.value.message
    assert '"two"' in caught.value.message
    assert caught.value.line.endswith("/vrf-name")


def test_a_text_that_is_no_xml_is_not_repaired(bench: Bench) -> None:
    with pytest.raises(ConfigParseError):
        bench.driver().load_merge_candidate(config=wrap("<a>ACME & Sons</a>"))


def test_nobody_answers() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    driver = HuaweiDriver(
        "127.0.0.1", "netwright", "netwright", 2, {"port": port, "name": "gone", "hostkey_verify": False}
    )
    with pytest.raises(DeviceUnreachable, match="gone"):
        driver.open()
    with pytest.raises(DeviceUnreachable, match="closed"):
        driver.validate()


def test_a_wrong_password_is_said(bench: Bench) -> None:
    end = bench.network.endpoints["pe1"]
    driver = HuaweiDriver(
        end.hostname, "netwright", "wrong", 5, {"port": end.port, "name": "pe1", "hostkey_verify": False}
    )
    with pytest.raises(DeviceUnreachable, match="authentication"):
        driver.open()


# ---- faults ---------------------------------------------------------------------------------------------------------


def test_refuse(start: Start) -> None:
    driver = start("pe1:refuse@validate").driver()
    driver.load_merge_candidate(config=vrf("A"))
    with pytest.raises(DeviceRefused, match="on purpose"):
        driver.validate()
    driver.validate()


def test_drop(start: Start) -> None:
    bench = start("pe1:drop@stage")
    driver = bench.driver()
    driver.lock()
    with pytest.raises(DeviceUnreachable):
        driver.load_merge_candidate(config=vrf("A"))
    bench.driver().lock()


def test_die_before_confirm(start: Start) -> None:
    bench = start("pe1:die-before-confirm")
    before = bench.running()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=60)
    with pytest.raises(DeviceUnreachable):
        driver.confirm_commit()
    with pytest.raises(DeviceUnreachable):
        bench.driver(timeout=2)
    bench.network.restart("pe1")
    assert bench.running() == before
    assert bench.driver().apply_id() == ""


def test_lie_and_partial_rollback_answer_ok(start: Start) -> None:
    bench = start("pe1:lie", "pe2:partial-rollback")
    before = {name: bench.running(name) for name in ("pe1", "pe2")}
    for name in ("pe1", "pe2"):
        driver = bench.driver(name)
        driver.load_merge_candidate(config=tenant(NUMBERS[name]))
        driver.commit_config("a-1", revert_in=60)
        after = bench.running(name)
        driver.rollback()
        assert bench.running(name) != before[name]
        assert (bench.running(name) == after) == (name == "pe1")


def test_dead_never_answers(start: Start) -> None:
    bench = start("pe1:dead")
    begin = time.monotonic()
    with pytest.raises(DeviceUnreachable):
        bench.driver(timeout=1)
    assert time.monotonic() - begin < 20


def test_configuration_outlives_a_restart(start: Start) -> None:
    bench = start()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1")
    after = bench.running()
    bench.network.restart("pe1")
    assert bench.running() == after
    assert bench.driver().apply_id() == "a-1"
