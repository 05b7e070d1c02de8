"""The configuration commands that the emulated router takes, mode by mode: its own list, not netwright's.

From the same public sources as the facts about ROSng (command references of the VPN, BGP and system volumes, samples of
running configurations). Commands stand in the order in which the running configuration shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SECTIONS = (
    "mim", "system-config", "vrf", "if-intf", "vlan", "interface-performance", "isis", "static", "ipv6-static-route",
    "bgp", "car", "hqos",
)  # fmt: skip
"""Sections of the running configuration, in the order it shows them; others of a baseline follow."""


@dataclass(frozen=True, slots=True)
class Command:
    """One configuration command.

    `key` names the line among its neighbours: a second line of the same key takes the place of the first. `no` lists
    what may be typed to take the line away; by default `no` and the whole line.
    """

    spec: str
    key: str = ""
    enters: str = ""
    prompt: str = ""
    section: str = ""
    no: tuple[str, ...] = ()
    vanishes: bool = False  # a mode without an object: not shown when empty

    @property
    def removals(self) -> tuple[str, ...]:
        """What takes the line away."""
        if self.vanishes:
            return ()  # it goes with the last of what is in it
        return self.no or (f"no {self.spec}",)


_TARGETS = (
    Command(
        "route-target direction:{both|export|import} <target:rd> family:{vpn|evpn}",
        "route-target {direction} {target}",
        no=("no route-target direction:{both|export|import} <target:rd>",),
    ),
    Command("route-target direction:{both|export|import} <target:rd>", "route-target {direction} {target}"),
)
_NEIGHBOR = (
    Command(
        "neighbor <a:address> remote-as <asn:int(1-4294967295)>",
        "neighbor {a} remote-as",
        no=("no neighbor <a:address>",),
    ),
    Command(
        "neighbor <a:address> update-source <source:port>",
        "neighbor {a} update-source",
        no=("no neighbor <a:address> update-source",),
    ),
    Command(
        "neighbor <a:address> description <text:rest(80)>",
        "neighbor {a} description",
        no=("no neighbor <a:address> description",),
    ),
    Command("neighbor <a:address> activate", "neighbor {a} activate"),
    Command("neighbor <a:address> next-hop-self", "neighbor {a} next-hop-self"),
    Command("neighbor <a:address> send-community", "neighbor {a} send-community"),
    Command("neighbor <a:address> route-reflector-client", "neighbor {a} route-reflector-client"),
)
_REDISTRIBUTE = Command("redistribute protocol:{connected|static}", "redistribute {protocol}")
_RATE = (
    "cir <cir:int(1-4294967295)> cu:{kbps|mbps} cbs <cbs:int(1-4294967295)> pir <pir:int(1-4294967295)> pu:{kbps|mbps}"
)
_RATE += " pbs <pbs:int(1-4294967295)> conform-action transmit exceed-action drop violate-action drop"

CONFIGURATION: Mapping[str, tuple[Command, ...]] = {
    "config": (
        Command("commit-mode default mode:{manual|automatic}", "commit-mode", section="mim"),
        Command("hostname <name:name(63)>", "hostname", section="system-config", no=("no hostname",)),
        Command("ip vrf <name:name(32)>", "ip vrf {name}", "vrf", "vrf-{name}", "vrf"),
        Command("interface <name:port>", "interface {name}", "interface", "if-{name}", "if-intf"),
        Command("vlan-configuration", "vlan-configuration", "vlan", "vlan", "vlan", vanishes=True),
        Command("intf-statistics", "intf-statistics", "statistics", "stat", "interface-performance", vanishes=True),
        Command("router isis <id:int(1-65535)>", "router isis {id}", "isis", "isis-{id}", "isis"),
        Command("ip route vrf <vrf:name(32)> <net:ip> <mask:mask> <hop:ip>", section="static"),
        Command("ip route <net:ip> <mask:mask> <hop:ip>", section="static"),
        Command("ipv6 route vrf <vrf:name(32)> <net:prefix6> <hop:ip6>", section="ipv6-static-route"),
        Command("ipv6 route <net:prefix6> <hop:ip6>", section="ipv6-static-route"),
        Command("router bgp <asn:int(1-4294967295)>", "router bgp {asn}", "bgp", "bgp-{asn}", "bgp"),
        Command("qos", "qos", "car", "qos", "car", vanishes=True),
        Command(
            "class-map <name:name> traffic-based match-any", "class-map {name}", "class-map", "cmap", "hqos",
            no=("no class-map <name:name>",),
        ),
        Command(
            "class-map <name:name> match-any", "class-map {name}", "class-map", "cmap", "hqos",
            no=("no class-map <name:name>",),
        ),
        Command(
            "policy-map <name:name> traffic-based unshared", "policy-map {name}", "policy-map", "pmap", "hqos",
            no=("no policy-map <name:name>",),
        ),
        Command("policy-map <name:name>", "policy-map {name}", "policy-map", "pmap", "hqos"),
        Command(
            "traffic-policy interface <port:port> direction:{input|output} <policy:name>",
            "traffic-policy interface {port} {direction}", section="hqos",
            no=("no traffic-policy interface <port:port> direction:{input|output}",),
        ),
        Command(
            "service-policy <port:port> direction:{input|output} <policy:name>", "service-policy {port} {direction}",
            section="hqos",
            no=(
                "no service-policy <port:port> direction:{input|output}",
                "no service-policy <port:port> direction:{input|output} <policy:name>",
            ),
        ),
    ),
    "vrf": (
        Command("description <text:rest>", "description", no=("no description",)),
        Command("rd <rd:rd>", "rd", no=("no rd",)),
        Command(
            "evpn tunnel-encapsulation kind:{mpls|vxlan|vxlan-vni-symmetric|srv6|by-peer|by-peer-vni-symmetric}",
            "evpn tunnel-encapsulation", no=("no evpn tunnel-encapsulation",),
        ),
        *_TARGETS,
        Command("address-family family:{ipv4|ipv6}", "address-family {family}", "vrf-af", "af-{family}"),
    ),
    "vrf-af": (
        *_TARGETS,
        Command("import map <name:name>", "import map", no=("no import map",)),
        Command("export map <name:name>", "export map", no=("no export map",)),
    ),
    "interface": (
        Command("description <text:rest>", "description", no=("no description",)),
        Command("mtu <bytes:int(68-9600)>", "mtu", no=("no mtu",)),
        Command("ip mtu <bytes:int(68-9600)>", "ip mtu", no=("no ip mtu",)),
        Command("ip vrf forwarding <vrf:name(32)>", "ip vrf forwarding", no=("no ip vrf forwarding",)),
        Command("ip address <address:ip> <mask:mask>", "ip address", no=("no ip address <address:ip> <mask:mask>",)),
        Command(
            "ip address <address:ip> <mask:mask> secondary", "ip address {address}",
            no=("no ip address <address:ip> <mask:mask>",),
        ),
        Command("ipv6 enable", "ipv6 enable"),
        Command("ipv6 address <prefix:prefix6>", "ipv6 address {prefix}"),
        Command(
            "ipv6 address <prefix:prefix6> secondary", "ipv6 address {prefix}",
            no=("no ipv6 address <prefix:prefix6>",),
        ),
        Command("shutdown", "shutdown"),
    ),
    "vlan": (Command("interface <name:port>", "interface {name}", "vlan-interface", "if-{name}", vanishes=True),),
    "vlan-interface": (
        Command("encapsulation-dot1q <vid:int(1-4094)>", "encapsulation-dot1q", no=("no encapsulation-dot1q",)),
    ),
    "statistics": (
        Command("interface <name:port>", "interface {name}", "statistics-interface", "if-{name}", vanishes=True),
    ),
    "statistics-interface": (
        Command("traffic-statistics state:{enable|disable}", "traffic-statistics", no=("no traffic-statistics",)),
    ),
    "isis": (
        Command("area <area:area>", "area {area}"),
        Command("system-id <id:system>", "system-id", no=("no system-id",)),
        Command("router-id <id:ip>", "router-id", no=("no router-id",)),
        Command("is-type level:{level-1-only|level-2-only|level-1-2}", "is-type", no=("no is-type",)),
        Command("address-family ipv6", "address-family ipv6", "isis-af", "af-ipv6"),
        Command("interface <name:port>", "interface {name}", "isis-interface", "if-{name}"),
    ),
    "isis-af": (
        Command("multi-topology", "multi-topology"),
        Command(
            "segment-routing srv6 locator <name:name>", "segment-routing srv6 locator {name}", "isis-srv6",
            "srv6-{name}",
        ),
    ),
    "isis-srv6": (Command("end-sid func-code <code:ip6>", "end-sid func-code", no=("no end-sid func-code",)),),
    "isis-interface": (
        Command("circuit-type level:{level-1-only|level-2-only|level-1-2}", "circuit-type", no=("no circuit-type",)),
        Command("ip router isis", "ip router isis"),
        Command("ipv6 router isis", "ipv6 router isis"),
        Command("network point-to-point", "network", no=("no network",)),
        Command("passive-mode", "passive-mode"),
        Command("metric <metric:int(1-16777214)>", "metric", no=("no metric",)),
        Command("ipv6 metric <metric:int(1-16777214)>", "ipv6 metric", no=("no ipv6 metric",)),
        Command("hello-interval <seconds:int(1-65535)>", "hello-interval", no=("no hello-interval",)),
    ),
    "bgp": (
        Command("bgp router-id <id:ip>", "bgp router-id", no=("no bgp router-id",)),
        *_NEIGHBOR,
        _REDISTRIBUTE,
        Command("address-family l2vpn evpn", "address-family l2vpn evpn", "bgp-af", "af-evpn"),
        Command("address-family family:{vpnv4|vpnv6}", "address-family {family}", "bgp-af", "af-{family}"),
        Command(
            "address-family family:{ipv4|ipv6} vrf <vrf:name(32)>", "address-family {family} vrf {vrf}", "bgp-vrf",
            "af-{family}-vrf-{vrf}",
        ),
    ),
    "bgp-af": _NEIGHBOR[3:],
    "bgp-vrf": (*_NEIGHBOR, _REDISTRIBUTE),
    "car": (Command("interface <name:port>", "interface {name}", "car-interface", "if-{name}", vanishes=True),),
    "car-interface": (
        Command(
            f"rate-limit direction:{{input|output}} {_RATE}", "rate-limit {direction}",
            no=("no rate-limit direction:{input|output}",),
        ),
        Command(
            f"rate-limit direction:{{input|output}} localport {_RATE}", "rate-limit {direction} localport",
            no=("no rate-limit direction:{input|output} localport",),
        ),
    ),
    "class-map": (
        Command("match service-class class:{be|af1|af2|af3|af4|ef|cs6|cs7}", "match service-class {class}"),
        Command("match dscp range <range:word>", "match dscp range {range}"),
        Command("match child", "match child"),
    ),
    "policy-map": (Command("class <name:name>", "class {name}", "policy-class", "c-{name}"),),
    "policy-class": (
        Command(
            "set service-class class:{be|af1|af2|af3|af4|ef|cs6|cs7}", "set service-class",
            no=("no set service-class",),
        ),
        Command(
            "police cir <cir:int(1-4294967295)> cu:{kbps|mbps|gbps} pir <pir:int(1-4294967295)> pu:{kbps|mbps|gbps}",
            "police", no=("no police",),
        ),
        Command("priority-level <level:int(1-7)>", "priority-level", no=("no priority-level",)),
        Command(
            "bandwidth-remaining percent <share:int(1-100)>", "bandwidth-remaining",
            no=("no bandwidth-remaining percent",),
        ),
        Command("queue-limit <limit:int(1-4294967295)>", "queue-limit", no=("no queue-limit",)),
        Command("random-detect enable", "random-detect enable"),
        Command("service-policy <policy:name>", "service-policy", no=("no service-policy",)),
    ),
}  # fmt: skip
