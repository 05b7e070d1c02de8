"""The Huawei driver, with the real ncclient, against a network of emulated routers: pe1 - p1 (reflector) - pe2."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from netwright.drivers.base import Topic
from netwright.drivers.huawei import HuaweiDriver
from netwright.emulator.network import EmulatedNetwork
from netwright.errors import (
    CandidateDirty,
    ConfigParseError,
    DeviceLocked,
    DeviceRefused,
    DeviceUnreachable,
    RollbackFailed,
)
from netwright.topology.model import Link, Node, Topology

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
NUMBERS = {"pe1": 1, "p1": 2, "pe2": 3}
LINKS = (("pe1", "100GE0/1/0", "p1", "100GE0/1/0", 100.0), ("p1", "100GE0/1/1", "pe2", "100GE0/1/0", 40.0))


def topology() -> Topology:
    links = {f"l{n}": Link(f"l{n}", a, ap, z, zp, 10**11, km) for n, (a, ap, z, zp, km) in enumerate(LINKS)}
    return Topology({name: Node(name, "huawei", "metro") for name in NUMBERS}, links)


def wrap(body: str) -> str:
    return f'<config xmlns="{NC}" xmlns:nc="{NC}">{body}</config>'


def public(inside: str) -> str:
    return (
        '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>_public_</name>'
        f"{inside}</instance></instances></network-instance>"
    )


def address(ip: str, length: int) -> str:
    return (
        '<ipv6 xmlns="urn:huawei:yang:huawei-ip"><addresses><address>'
        f"<ip>{ip}</ip><prefix-length>{length}</prefix-length><type>global</type></address></addresses></ipv6>"
    )


def interface(name: str, inside: str, kind: str = "100GE") -> str:
    return f"<interface><name>{name}</name><class>main-interface</class><type>{kind}</type>{inside}</interface>"


def ifm(inside: str) -> str:
    return f'<ifm xmlns="urn:huawei:yang:huawei-ifm"><interfaces>{inside}</interfaces></ifm>'


def peer(number: int, *, client: bool = False) -> str:
    reflect = "<reflect-client>true</reflect-client>" if client else ""
    return (
        f"<peer><address>fd00::{number}</address><remote-as>65000</remote-as>"
        "<local-if-name>LoopBack0</local-if-name><afs><af><type>evpn</type>"
        f'<l2vpn-evpn xmlns="urn:huawei:yang:huawei-bgp-evpn">{reflect}'
        "<advertise-encap-type>srv6</advertise-encap-type>"
        "</l2vpn-evpn>"
        "</af></afs></peer>"
    )


def baseline(name: str) -> str:
    """A router of the underlay: ports, loopback, IS-IS, locator, BGP."""
    number = NUMBERS[name]
    ports = {}
    for index, (a, a_port, z, z_port, _) in enumerate(LINKS):
        ports |= {
            port: f"fd00:f:{index}::{host}" for end, port, host in ((a, a_port, 1), (z, z_port, 2)) if end == name
        }
    circuits = "".join(
        f"<circuit><name>{port}</name><p2p-enable>true</p2p-enable><afs><af><type>afipv6</type></af></afs></circuit>"
        for port in ports
    )
    peers = peer(1, client=True) + peer(3, client=True) if name == "p1" else peer(2)
    faces = "".join(interface(port, address(ip, 64)) for port, ip in ports.items())
    return wrap(
        ifm(interface("LoopBack0", address(f"fd00::{number}", 128), "LoopBack") + faces + interface("100GE0/1/9", ""))
        + '<bgp xmlns="urn:huawei:yang:huawei-bgp"><global><yang-enable>true</yang-enable></global><base-process>'
        "<enable>true</enable>"
        "<as>65000</as></base-process></bgp>"
        + public(
            '<afs xmlns="urn:huawei:yang:huawei-l3vpn"><af><type>ipv4-unicast</type></af><af>'
            "<type>ipv6-unicast</type></af></afs>"
            '<srv6 xmlns="urn:huawei:yang:huawei-srv6"><enable>true</enable><locators><locator><name>main</name>'
            f"<prefix>fd00:1:{number}::</prefix><prefix-length>48</prefix-length><static-length>16</static-length>"
            "<opcodes><end-psps><end-psp><value>::1</value></end-psp></end-psps></opcodes></locator></locators></srv6>"
            '<isis xmlns="urn:huawei:yang:huawei-isis"><sites><site><id>1</id><level>level-2</level>'
            "<cost-style>wide</cost-style>"
            "<timer><spf><spf-type>intelligent-timer</spf-type><max>5</max><init>50</init><incr>200</incr>"
            "</spf></timer>"
            f"<net-entitys><net-entity><value>49.0001.0000.0000.000{number}.00</value></net-entity></net-entitys>"
            f"<circuits>{circuits}<circuit><name>LoopBack0</name><afs><af><type>afipv6</type></af></afs>"
            "</circuit></circuits>"
            "<afs><af><type>afipv6</type><ipv6-base-topo>ipv6</ipv6-base-topo>"
            '<srv6 xmlns="urn:huawei:yang:huawei-isis-srv6"><locators><locator>'
            "<locator-name>main</locator-name></locator></locators></srv6>"
            "</af></afs></site></sites></isis>"
            '<bgp xmlns="urn:huawei:yang:huawei-bgp"><base-process><afs><af><type>evpn</type></af></afs>'
            f"<peers>{peers}</peers></base-process></bgp>"
        )
    )


def tenant(host: int) -> str:
    """A VRF with an access, EVPN over SRv6, an SR policy and a measured flow: what `collect` can tell about."""
    other, rt = 4 - host, "<{0}><vrf-rt-value>65000:7</vrf-rt-value><vrf-rt-type>{1}</vrf-rt-type></{0}>"
    targets = rt.format("extend-vpn-target", "export-extcommunity") + rt.format(
        "extend-vpn-target", "import-extcommunity"
    )
    return wrap(
        '<tunnel-management xmlns="urn:huawei:yang:huawei-tunnel-management"><tunnel-policys><tunnel-policy>'
        "<name>TE</name><ipv6-set>"
        "<select-sequence><loadbalance>1</loadbalance><select-tunnel-types><select-tunnel-type>"
        "<type>srv6-te-policy</type>"
        "</select-tunnel-type></select-tunnel-types></select-sequence></ipv6-set></tunnel-policy>"
        "</tunnel-policys></tunnel-management>"
        '<net-slice xmlns="urn:huawei:yang:huawei-net-slice"><instances><instance><id>10</id></instance>'
        "</instances></net-slice>"
        '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance><name>red</name>'
        '<afs xmlns="urn:huawei:yang:huawei-l3vpn"><af><type>ipv4-unicast</type>'
        "<route-distinguisher>65000:7</route-distinguisher>"
        '<evpn xmlns="urn:huawei:yang:huawei-evpn"><tunnel-policy-name>TE</tunnel-policy-name>'
        "<default-color>7</default-color>"
        f"<extend-vpn-targets>{targets}</extend-vpn-targets></evpn></af></afs>"
        '<bgp xmlns="urn:huawei:yang:huawei-bgp"><base-process><afs><af><type>ipv4uni</type><ipv4-unicast>'
        "<import-routes><import-route>"
        "<protocol>direct</protocol><process-id>0</process-id></import-route></import-routes>"
        '<evpn xmlns="urn:huawei:yang:huawei-bgp-evpn"><srv6><mode>te</mode><down-switch>true</down-switch></srv6>'
        '<locators xmlns="urn:huawei:yang:huawei-evpn-srv6"><locator><name>main</name></locator></locators>'
        "</evpn></ipv4-unicast></af></afs>"
        "</base-process></bgp></instance></instances></network-instance>"
        + public(
            '<srv6 xmlns="urn:huawei:yang:huawei-srv6"><locators><locator><name>main</name><opcodes><end-dt4s>'
            "<end-dt4><value>::4000</value>"
            "<vpn-name>red</vpn-name><protocol>evpn</protocol></end-dt4></end-dt4s></opcodes></locator></locators>"
            '<srpolicy xmlns="urn:huawei:yang:huawei-srpolicy"><policy-attributes><segment-lists><segment-list>'
            "<name>way</name><segments>"
            "<segment><index>10</index><sid-value-2>fd00:1:2::1</sid-value-2></segment>"
            f"<segment><index>20</index><sid-value-2>fd00:1:{other}::1</sid-value-2></segment></segments>"
            "</segment-list></segment-lists>"
            f"</policy-attributes><policys><policy><endpoint>fd00::{other}</endpoint><color>7</color>"
            "<name>pol</name><candidate-paths>"
            "<candidate-path><protocol-origin>configuration</protocol-origin><originator>0,0.0.0.0</originator>"
            "<discriminator>200</discriminator><preference>200</preference><segment-lists><segment-list>"
            "<name>way</name></segment-list>"
            "</segment-lists></candidate-path></candidate-paths></policy></policys></srpolicy></srv6>"
        )
        + ifm(
            "<interface><name>100GE0/1/9.100</name><class>sub-interface</class><type>100GE</type>"
            "<parent-name>100GE0/1/9</parent-name>"
            "<number>100</number><vrf-name>red</vrf-name>"
            '<ethernet xmlns="urn:huawei:yang:huawei-ethernet"><l3-sub-interface><vlan-type-dot1q>'
            "<vlan-type-vid>100</vlan-type-vid>"
            "</vlan-type-dot1q></l3-sub-interface></ethernet>"
            f'<ipv4 xmlns="urn:huawei:yang:huawei-ip"><addresses><address><ip>10.0.{host}.1</ip>'
            "<mask>255.255.255.0</mask><type>main</type>"
            "</address></addresses></ipv4>"
            '<qos xmlns="urn:huawei:yang:huawei-qos"><cars><car><direction>inbound</direction>'
            "<vlan-mode>false</vlan-mode>"
            "<begin-vlan>0</begin-vlan><end-vlan>0</end-vlan><cir-value>10000</cir-value>"
            "<pir-value>10000</pir-value><cbs>125000</cbs>"
            "<pbs>125000</pbs><green-action>pass</green-action><yellow-action>pass</yellow-action>"
            "<red-action>discard</red-action></car>"
            "</cars></qos></interface>"
            '<interface><name>100GE0/1/0</name><net-slices xmlns="urn:huawei:yang:huawei-net-slice"><net-slice>'
            "<slice-id>10</slice-id>"
            "<flex-channel>1000</flex-channel></net-slice></net-slices></interface>"
        )
        + '<ifit xmlns="urn:huawei:yang:huawei-ifit"><ifit-common xmlns="urn:huawei:yang:huawei-ifit-common">'
        "<global><node-id>1</node-id></global>"
        "<static-instances><static-instance><name>flow</name><interval>10</interval><measure-mode>e2e</measure-mode>"
        "<loss-measure-enable>true</loss-measure-enable><delay-measure-enable>true</delay-measure-enable><flow>"
        f"<flow-type>unidirection</flow-type><source-ip>10.0.{host}.0</source-ip>"
        f"<destination-ip>10.0.{other}.0</destination-ip>"
        "<source-mask>24</source-mask><destination-mask>24</destination-mask><ni-name>red</ni-name>"
        "<bind-ifs><bind-if><if-name>100GE0/1/9.100</if-name></bind-if></bind-ifs></flow></static-instance>"
        "</static-instances>"
        "</ifit-common></ifit>"
    )


def vrf(name: str) -> str:
    return wrap(
        '<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances><instance>'
        f"<name>{name}</name></instance></instances></network-instance>"
    )


@dataclass
class Bench:
    """A network and its drivers."""

    network: EmulatedNetwork
    opened: list[HuaweiDriver]

    def driver(self, name: str = "pe1", timeout: int = 10, **options: Any) -> HuaweiDriver:
        end = self.network.endpoints[name]
        arguments = {"port": end.port, "name": name, "hostkey_verify": False, **options}
        driver = HuaweiDriver(end.hostname, end.username, end.password, timeout, arguments)
        driver.open()
        self.opened.append(driver)
        return driver

    def running(self, name: str = "pe1") -> str:
        return self.network.running(name)


Start = Callable[..., Bench]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    benches: list[Bench] = []

    def begin(*faults: str) -> Bench:
        network = EmulatedNetwork(topology(), {name: baseline(name) for name in NUMBERS}, tmp_path, faults)
        bench = Bench(network.__enter__(), [])
        benches.append(bench)
        return bench

    yield begin
    for bench in benches:
        for driver in bench.opened:
            driver.close()
        bench.network.__exit__(None, None, None)


@pytest.fixture
def bench(start: Start) -> Bench:
    return start()


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not condition():
        time.sleep(0.02)
    return condition()


# ---- the cycle ------------------------------------------------------------------------------------------------------


def test_the_whole_cycle_and_back_again(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.lock()
    assert driver.get_config("running")["running"] == before
    driver.load_merge_candidate(config=tenant(1))
    assert "+        <name>red</name>" in driver.compare_config()
    driver.validate()
    driver.commit_config("a-1", revert_in=9)
    assert driver.has_pending_commit()
    assert driver.apply_id() == "a-1"
    driver.confirm_commit()
    assert not driver.has_pending_commit()
    driver.unlock()
    other = bench.driver()
    assert other.apply_id() == "a-1"
    other.lock()
    other.rollback()
    assert bench.running() == before
    assert other.apply_id() == ""


def test_two_transactions_wait_as_one(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    for _ in range(2):
        driver.lock()
        driver.load_merge_candidate(config=vrf("A"))
        driver.commit_config("a-1", revert_in=9)
        driver.load_merge_candidate(config=vrf("B"))
        driver.commit_config("a-1", revert_in=9)
        assert "<name>B</name>" in bench.running()
        driver.rollback()
        assert bench.running() == before
        driver.unlock()


def test_both_transactions_go_back_by_themselves(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    for name in "AB":
        driver.load_merge_candidate(config=vrf(name))
        driver.commit_config("a-1", revert_in=1)
    driver.close()
    assert "<name>B</name>" in bench.running()
    assert eventually(lambda: bench.running() == before, 2)
    assert bench.driver().apply_id() == ""


def test_a_new_session_takes_over_what_waits(bench: Bench) -> None:
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    driver._session._manager._session.transport.close()
    heir = bench.driver()
    heir.reattach("a-1")
    assert heir.has_pending_commit()
    heir.confirm_commit()
    assert "<name>A</name>" in bench.running()
    assert heir.apply_id() == "a-1"


def test_a_new_session_rolls_back_what_waits(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    heir = bench.driver()
    heir.reattach("a-1")
    heir.rollback()
    assert bench.running() == before


def test_what_has_gone_back_cannot_be_confirmed(bench: Bench) -> None:
    driver = bench.driver()
    with pytest.raises(DeviceRefused, match="no confirmed commit"):
        driver.confirm_commit()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=1)
    time.sleep(1.3)
    assert not driver.has_pending_commit()
    with pytest.raises(DeviceRefused, match="persist-id"):
        driver.confirm_commit()
    driver.rollback()  # nothing is left to take back, and that is no error


def test_only_the_last_apply_is_taken_back(bench: Bench) -> None:
    driver = bench.driver()
    for number in (1, 2):
        driver.load_merge_candidate(config=vrf(f"V{number}"))
        driver.commit_config(f"a-{number}", revert_in=9)
        driver.confirm_commit()
    bench.driver().rollback()
    assert "<name>V1</name>" in bench.running()
    assert "<name>V2</name>" not in bench.running()
    assert bench.driver().apply_id() == "a-1"


def test_nothing_to_roll_back_is_an_error(bench: Bench) -> None:
    with pytest.raises(RollbackFailed, match="no checkpoint"):
        bench.driver().rollback()


def test_a_plain_commit_carries_its_id_too(bench: Bench) -> None:
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1")
    assert bench.driver().apply_id() == "a-1"


def test_a_commit_without_an_id_carries_none(bench: Bench) -> None:
    driver = bench.driver()
    for name, message in (("A", "a-1"), ("B", ""), ("C", "a-1"), ("D", "")):
        driver.load_merge_candidate(config=vrf(name))
        driver.commit_config(message)
        assert bench.driver().apply_id() == message


def test_what_was_confirmed_elsewhere_is_rolled_back_all_the_same(bench: Bench) -> None:
    before = bench.running()
    driver = bench.driver()
    driver.load_merge_candidate(config=vrf("A"))
    driver.commit_config("a-1", revert_in=9)
    driver.confirm_commit()
    heir = bench.driver()
    heir.reattach("a-1")
    heir.rollback()
    assert bench.running() == before
    assert heir.apply_id() == ""


# ---- locks ----------------------------------------------------------------------------------------------------------


def test_a_lock_of_somebody_else_is_named(bench: Bench) -> None:
    holder, other = bench.driver(), bench.driver()
    holder.lock()
    with pytest.raises(DeviceLocked, match="NETCONF session 1"):
        other.lock()
    holder.unlock()
    other.lock()


@pytest.mark.parametrize("discard", [False, True])
def test_a_dirty_candidate_is_not_ours_to_discard(bench: Bench, discard: bool) -> None:
    somebody = bench.driver()
    somebody.load_merge_candidate(config=vrf("A"))
    driver = bench.driver(discard_candidate=discard)
    if discard:
        driver.lock()
        assert driver.compare_config() == ""
    else:
        with pytest.raises(CandidateDirty):
            driver.lock()
        assert "+        <name>A</name>" in somebody.compare_config()
        somebody.discard_config()
        driver.lock()  # running was not left locked


def test_unlock_twice_is_no_error(bench: Bench) -> None:
    driver = bench.driver()
    driver.lock()
    driver.unlock()
    driver.unlock()


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


# ---- reading --------------------------------------------------------------------------------------------------------


def test_everything_is_collected_from_a_working_network(bench: Bench) -> None:
    for name in ("pe1", "pe2"):
        driver = bench.driver(name)
        driver.lock()
        driver.load_merge_candidate(config=tenant(NUMBERS[name]))
        driver.validate()
        driver.commit_config("a-1", revert_in=60)
        driver.confirm_commit()
        driver.unlock()
    got = {topic: bench.driver("pe1").collect(topic) for topic in Topic}
    assert {
        "name": "100GE0/1/9.100",
        "admin_up": True,
        "oper_up": True,
        "addresses": "10.0.1.1/24",
        "vrf": "red",
    } in got[Topic.INTERFACES]
    assert got[Topic.ISIS] == [{"port": "100GE0/1/0", "neighbour": "p1", "state": "up"}]
    assert got[Topic.BGP] == [{"peer": "fd00::2", "family": "evpn", "state": "established", "prefixes": 1}]
    assert got[Topic.LOCATORS] == [{"name": "main", "prefix": "fd00:1:1::/48", "state": "up"}]
    assert got[Topic.SIDS] == [
        {"sid": "fd00:1:1::1", "behaviour": "End", "vrf": ""},
        {"sid": "fd00:1:1::4000", "behaviour": "End.DT4", "vrf": "red"},
    ]
    assert got[Topic.ROUTES] == [
        {"vrf": "red", "prefix": "10.0.1.0/24", "protocol": "connected", "next_hop": "", "sid": "", "colour": 0},
        {
            "vrf": "red",
            "prefix": "10.0.3.0/24",
            "protocol": "bgp",
            "next_hop": "fd00::3",
            "sid": "fd00:1:3::4000",
            "colour": 7,
        },
    ]
    assert got[Topic.SR_POLICIES] == [
        {
            "name": "pol",
            "endpoint": "fd00::3",
            "colour": 7,
            "state": "up",
            "preference": 200,
            "sids": "fd00:1:2::1,fd00:1:3::1",
            "binding_sid": "",
        }
    ]
    assert got[Topic.SLICES] == [{"port": "100GE0/1/0", "slice_id": 10, "rate_bps": 10**9, "state": "up"}]
    assert got[Topic.RATES] == [{"port": "100GE0/1/9", "vlan": 100, "direction": "in", "rate_bps": 10**7}]
    assert got[Topic.MEASUREMENTS] == [{"name": "flow", "state": "up", "loss": 0.0, "delay_us": 700.0}]
    assert got[Topic.FLEXE] == got[Topic.QUEUES] == []
    counted = dict.fromkeys(("in_packets", "out_packets", "in_errors", "out_errors", "in_drops", "out_drops"), 0)
    assert {"name": "100GE0/1/0", **counted} in got[Topic.COUNTERS]
    assert len(got[Topic.COUNTERS]) == len(got[Topic.INTERFACES])


def test_drivers_work_side_by_side(bench: Bench) -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            driver = bench.driver(name)
            driver.lock()
            driver.load_merge_candidate(config=vrf("A"))
            driver.commit_config("a-1", revert_in=30)
            driver.confirm_commit()
            driver.unlock()
        except BaseException as error:  # noqa: BLE001 - a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work, args=(name,)) for name in NUMBERS]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert all("<name>A</name>" in bench.running(name) for name in NUMBERS)


def test_an_idle_session_is_dialled_again_unless_it_held_locks(bench: Bench) -> None:
    router = bench.network.devices["pe1"]
    router.idle_s = 0.3  # type: ignore[attr-defined]
    driver, holder = bench.driver(), bench.driver()
    time.sleep(0.6)
    assert "running" in driver.get_config("running")
    holder.lock()
    time.sleep(0.6)
    with pytest.raises(DeviceUnreachable):
        holder.validate()
