"""Three emulated Huawei routers in a row, on their loopback ports, and drivers that know where they are."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from netwright.drivers.huawei import HuaweiDriver
from netwright.emulator.network import EmulatedNetwork
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
