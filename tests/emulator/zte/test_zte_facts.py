"""What the emulated router understands of its own configuration."""

import sys
from pathlib import Path

from netwright.emulator.facts import NeighborFact, QueueFact, RateFact, SidFact

sys.path.insert(0, str(Path(__file__).parent))
from zte_support import router, session, type_

LINES = """
interface loopback1
 ipv6 enable
 ipv6 address fd00:0:0:1::7/128
$
ip vrf B
$
ip vrf A
 rd 65000:1
 evpn tunnel-encapsulation srv6
 route-target export 65000:10 evpn
 route-target import 65000:11
 address-family ipv4
 $
$
interface xgei-0/1/0/1.100
 mtu 9000
 ip vrf forwarding A
 ip address 10.0.0.1 255.255.255.0
$
router isis 1
 area 49.0001
 system-id 0102.5500.0007
 router-id 10.255.0.7
 is-type level-2-only
 address-family ipv6
  segment-routing srv6 locator MAIN
   end-sid func-code ::1
  $
 $
 interface loopback1
  ipv6 router isis
  passive-mode
 $
 interface cgei-0/1/0/1
  ipv6 router isis
  metric 20
 $
 interface cgei-0/1/0/2
  metric 5
 $
$
ip route vrf A 10.9.0.0 255.255.0.0 10.0.0.2
router bgp 65000
 bgp router-id 10.255.0.7
 neighbor fd00:0:0:1::1 remote-as 65000
 neighbor fd00:0:0:1::1 update-source loopback1
 neighbor fd00:0:0:1::2 remote-as 65000
 address-family l2vpn evpn
  neighbor fd00:0:0:1::1 activate
 $
 address-family ipv4 vrf A
  redistribute connected
 $
$
qos
 interface xgei-0/1/0/1.100
  rate-limit input cir 100 mbps cbs 1 pir 100 mbps pbs 1 conform-action transmit exceed-action drop violate-action drop
 $
$
class-map child match-any
 match child
$
class-map EF match-any
 match service-class ef
$
policy-map Q
 class EF
  queue-limit 500
 $
$
policy-map P
 class child
  police cir 2 gbps pir 2 gbps
  service-policy Q
 $
$
service-policy xgei-0/1/0/1.100 output P
""".strip().splitlines()


def test_facts_of_a_whole_configuration() -> None:
    at = session(router())
    said = type_(at, "configure terminal manual", *LINES, "commit", "end")
    assert said[1:] == []
    facts = at.router.facts()
    assert (facts.hostname, facts.router_id, facts.system_id, facts.asn) == (
        "leaf7",
        "10.255.0.7",
        "0102.5500.0007",
        65000,
    )
    assert facts.isis == {"loopback1": 10, "cgei-0/1/0/1": 20}, "a circuit without `router isis` is none"
    assert facts.isis_passive == {"loopback1"}
    assert (facts.isis_area, facts.isis_level) == ("49.0001", 2)
    assert facts.locators == {"MAIN": "fd00:1:7::/48"}
    assert facts.sids == (SidFact("fd00:1:7::1", "End"), SidFact("fd00:1:7::8001", "End.DT46", "A"))
    assert facts.neighbors == (
        NeighborFact("fd00:0:0:1::1", 65000, "fd00:0:0:1::7", frozenset({"evpn"})),
        NeighborFact("fd00:0:0:1::2", 65000, ""),
    )
    vrf = facts.vrfs["A"]
    assert vrf.export_targets == {("evpn", "65000:10")}
    assert vrf.import_targets == {("evpn", "65000:11"), ("vpn", "65000:11")}, "without a word it serves both"
    assert (vrf.rd, vrf.families, vrf.signalling, vrf.sid) == ("65000:1", {"ipv4"}, {"evpn"}, "fd00:1:7::8001")
    assert vrf.redistributes == {"connected"}
    assert vrf.static_routes == (("10.9.0.0/16", "10.0.0.2"),)
    assert facts.vrfs["B"].signalling == frozenset()
    port = facts.interfaces["xgei-0/1/0/1.100"]
    assert (port.vrf, port.addresses, port.mtu, port.admin_up) == ("A", ("10.0.0.1/24",), 9000, True)
    assert set(facts.rates) == {
        RateFact("xgei-0/1/0/1", 100, "in", 100_000_000), RateFact("xgei-0/1/0/1", 100, "out", 2_000_000_000),
    }  # fmt: skip
    assert facts.queues == (QueueFact("xgei-0/1/0/1.100", "ef", 500_000),)


def test_without_a_locator_in_isis_nothing_is_advertised() -> None:
    at = session(router())
    type_(
        at,
        "configure terminal",
        *(line for line in LINES if "srv6 locator" not in line and "end-sid" not in line),
        "end",
    )
    facts = at.router.facts()
    assert facts.locators == {}
    assert facts.sids == ()
    assert facts.vrfs["A"].signalling == frozenset()


def test_a_port_is_down_until_told_otherwise() -> None:
    at = session(router())
    type_(at, "configure terminal", "interface cgei-0/1/0/2", "shutdown", "end")
    assert not at.router.facts().interfaces["cgei-0/1/0/2"].admin_up
    assert "shutdown" not in "".join(type_(at, "show running-config-interface cgei-0/1/0/2"))


def test_the_sid_of_a_vrf_stays_when_another_comes_before_it_in_name() -> None:
    at = session(router())
    type_(at, "configure terminal", *LINES, "end")
    before = at.router.facts().vrfs["A"].sid
    type_(at, "configure terminal", "ip vrf 0", "end")
    assert at.router.facts().vrfs["A"].sid == before
