"""Operational facts of a Huawei router, read from the state nodes of its own modules (8.22.0): one reader a topic.

A reader gets the `<data>` of the topic's filter. What a row cannot know is empty or left out,
never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_interface
from typing import Final, TypeAlias

from lxml import etree

from netwright.drivers import huawei_resources
from netwright.drivers.base import NotReported, Row, Topic
from netwright.drivers.huawei_nodes import INTERFACES, SPACES, all_at, number_at, text_at
from netwright.drivers.netconf import default_namespace

_PUBLIC = "_public_"
_FAMILIES = {"evpn": "evpn", "ipv4vpn": "vpnv4", "ipv6vpn": "vpnv6"}
_PROTOCOLS = {"direct": "connected", "static": "static", "bgp": "bgp"}
_BEHAVIOURS = {
    "end": "End",
    "end-psp": "End",
    "end-psp-usp-usd": "End",
    "end-dt4": "End.DT4",
    "end-dt6": "End.DT6",
    "end-dt46": "End.DT46",
}
_COUNTS = {
    "in_packets": "ifm:receive-packet",
    "out_packets": "ifm:send-packet",
    "in_errors": "ifm:receive-error-packet",
    "out_errors": "ifm:send-error-packet",
    "in_drops": "ifm:receive-drop-packet",
    "out_drops": "ifm:send-drop-packet",
}
_INSTANCES = "network-instance:network-instance/network-instance:instances/network-instance:instance"
_SITE = "isis:isis/isis:sites/isis:site"
_TOPOLOGY = "routing:routing/routing:routing-manage/routing:topologys/routing:topology"
_ROUTES = f"l3vpn:afs/l3vpn:af/{_TOPOLOGY}/routing:routes"


def _public(data: etree._Element) -> etree._Element | None:
    return next((one for one in all_at(data, _INSTANCES) if text_at(one, "network-instance:name") == _PUBLIC), None)


# ---- interfaces and underlay ----------------------------------------------------------------------------------------


def _interfaces(data: etree._Element) -> Iterator[Row]:
    for one in all_at(data, INTERFACES):
        vrf = text_at(one, "ifm:vrf-name", _PUBLIC)
        yield {
            "name": text_at(one, "ifm:name"),
            "admin_up": text_at(one, "ifm:admin-status", "up") == "up",
            "oper_up": text_at(one, "ifm:dynamic/ifm:oper-status") == "up",
            "addresses": ",".join(sorted(_addresses(one))),
            "vrf": "" if vrf == _PUBLIC else vrf,
        }


def _counters(data: etree._Element) -> Iterator[Row]:
    """What each interface counted; an interface that says none is left out."""
    for one in all_at(data, INTERFACES):
        said = next(iter(all_at(one, "ifm:mib-statistics")), None)
        if said is not None:
            told = {key: leaf for key, leaf in _COUNTS.items() if text_at(said, leaf)}
            yield {"name": text_at(one, "ifm:name"), **{key: number_at(said, leaf) for key, leaf in told.items()}}


def _addresses(interface: etree._Element) -> Iterator[str]:
    for one in all_at(interface, "ip:ipv4/ip:addresses/ip:address"):
        yield str(ip_interface(f"{text_at(one, 'ip:ip')}/{text_at(one, 'ip:mask')}"))
    for one in all_at(interface, "ip:ipv6/ip:addresses/ip:address"):
        yield str(ip_interface(f"{text_at(one, 'ip:ip')}/{text_at(one, 'ip:prefix-length')}"))


def _isis(data: etree._Element) -> Iterator[Row]:
    for one in all_at(_public(data), "isis:isis/isis:sites/isis:site/isis:peers/isis:peer"):
        yield {
            "port": text_at(one, "isis:interface-name"),
            "neighbour": text_at(one, "isis:host-name") or text_at(one, "isis:system-id"),
            "state": "up" if text_at(one, "isis:status") == "up" else "other",
        }


def _link_delays(data: etree._Element) -> Iterator[Row]:
    """What IS-IS floods of its links' delays (RFC 8570), at the one level that is run; microseconds in the model."""
    for one in all_at(_public(data), f"{_SITE}/isis:circ-datas/isis:circ-data"):
        for told in all_at(one, "isis:min-max-unidirectional-link-delays/isis:min-max-unidirectional-link-delay"):
            level = next((level for level in "12" if text_at(told, f"isis:level-{level}-status") == "true"), "")
            if text_at(told, "isis:af-type") == "afipv6":
                measured = {"delay_us": number_at(told, f"isis:use-min-delay-level-{level}")} if level else {}
                yield {"port": text_at(one, "isis:if-name"), "state": "up" if level else "down", **measured}


def _locators(data: etree._Element) -> Iterator[Row]:
    """A locator is up when the router has taken it into use: only then it shows its attributes."""
    for one in all_at(_public(data), "srv6:srv6/srv6:locators/srv6:locator"):
        yield {
            "name": text_at(one, "srv6:name"),
            "prefix": f"{text_at(one, 'srv6:prefix')}/{text_at(one, 'srv6:prefix-length')}",
            "state": "up" if text_at(one, "srv6:attribute/srv6:block") else "down",
        }


def _sids(data: etree._Element) -> Iterator[Row]:
    for kind, behaviour in _BEHAVIOURS.items():
        for one in all_at(_public(data), f"srv6:srv6/srv6:local-sids/srv6:{kind}s/srv6:{kind}"):
            yield {"sid": text_at(one, "srv6:value"), "behaviour": behaviour, "vrf": text_at(one, "srv6:vpn-name")}


# ---- overlay --------------------------------------------------------------------------------------------------------


def _bgp(data: etree._Element) -> Iterator[Row]:
    for peer in all_at(_public(data), "bgp:bgp/bgp:base-process/bgp:peers/bgp:peer"):
        for one in all_at(peer, "bgp:afs/bgp:af"):
            family = _FAMILIES.get(text_at(one, "bgp:type"))
            if family is not None:
                yield {
                    "peer": text_at(peer, "bgp:address"),
                    "family": family,
                    "state": "established" if text_at(one, "bgp:state/bgp:current-state") == "established" else "other",
                    "prefixes": number_at(one, "bgp:state/bgp:receive-prefix"),
                }


def _routes(data: etree._Element) -> Iterator[Row]:
    """Routes from the routing table; the SID of a BGP route from the BGP table, where alone the model has it."""
    sids = dict(_bgp_sids(data))
    for instance in all_at(data, _INSTANCES):
        vrf = text_at(instance, "network-instance:name")
        for version in ("4", "6"):
            rows = all_at(instance, f"{_ROUTES}/routing:ipv{version}-unicast-routes/routing:ipv{version}-unicast-route")
            for one in rows if vrf != _PUBLIC else ():
                row = _route(one, vrf, sids)
                if row is not None:
                    yield row


def _route(one: etree._Element, vrf: str, sids: Mapping[tuple[str, str], str]) -> Row | None:
    protocol = _PROTOCOLS.get(text_at(one, "routing:protocol-type"))
    if protocol is None:
        return None
    prefix = f"{text_at(one, 'routing:prefix')}/{text_at(one, 'routing:mask-length')}"
    hop = text_at(one, "routing:direct-nexthop")
    return {
        "vrf": vrf,
        "prefix": prefix,
        "protocol": protocol,
        "next_hop": "" if hop in ("0.0.0.0", "::") else hop,  # noqa: S104 - the vendor's "no next hop"
        "sid": sids.get((vrf, prefix), "") if protocol == "bgp" else "",
        "colour": number_at(one, "routing:route-color"),
    }


def _bgp_sids(data: etree._Element) -> Iterator[tuple[tuple[str, str], str]]:
    table = "bgp:bgp/bgp:base-process/bgp-routing-table:bgp-route"
    for version in ("4", "6"):
        path = f"{table}/bgp-routing-table:ipv{version}-unicast/bgp-routing-table:routes/bgp-routing-table:route"
        for one in all_at(data, path):
            prefix = f"{text_at(one, 'bgp-routing-table:prefix')}/{text_at(one, 'bgp-routing-table:mask-length')}"
            yield (text_at(one, "bgp-routing-table:vpn-name"), prefix), text_at(one, "bgp-routing-table:prefix-sid")


def _policies(data: etree._Element) -> Iterator[Row]:
    for one in all_at(_public(data), "srv6:srv6/srpolicy:srpolicy/srpolicy:policy-infos/srpolicy:policy-info"):
        path = _active(one)
        sids = all_at(path, "srpolicy:segment-lists/srpolicy:segment-list[1]/srpolicy:sids/srpolicy:sid")
        ordered = sorted(sids, key=lambda sid: number_at(sid, "srpolicy:index"))
        yield {
            "name": text_at(one, "srpolicy:name"),
            "endpoint": text_at(one, "srpolicy:endpoint"),
            "colour": number_at(one, "srpolicy:color"),
            "state": "up" if text_at(one, "srpolicy:state").lower() == "up" else "down",
            "preference": number_at(path, "srpolicy:preference"),
            "sids": ",".join(text_at(sid, "srpolicy:value") for sid in ordered),
            "binding_sid": text_at(one, "srpolicy:binding-sid"),
        }


def _active(policy: etree._Element) -> etree._Element | None:
    paths = all_at(policy, "srpolicy:candidate-paths/srpolicy:candidate-path")
    return next((path for path in paths if text_at(path, "srpolicy:path-state").lower() == "active"), None)


# ---- which question for which topic ---------------------------------------------------------------------------------

Reader: TypeAlias = "Callable[[etree._Element], Iterator[Row]]"  # noqa: SLF001 - the name that lxml's stubs have

_NAME = f"{_INSTANCES}/network-instance:name"
_PEER = f"{_INSTANCES}/bgp:bgp/bgp:base-process/bgp:peers/bgp:peer"
_SRV6 = f"{_INSTANCES}/srv6:srv6"
_PORT = (f"{INTERFACES}/ifm:name", f"{INTERFACES}/ifm:parent-name", f"{INTERFACES}/ethernet:ethernet")
_TABLE = f"{_INSTANCES}/{_ROUTES}"
_BGP_TABLE = "bgp:bgp/bgp:base-process/bgp-routing-table:bgp-route"
_IFIT = "ifit:ifit/ifit-common:ifit-common"
_MKA = "macsec:macsec/macsec:statistics/macsec:interface-mkas/macsec:interface-mka"
_TWAMP = "/".join(f"twamp-controller:{step}" for step in ("twamp-controller", "client", "sessions", "session"))

_TOPICS: Final[Mapping[Topic, tuple[tuple[str, ...], Reader]]] = {
    Topic.INTERFACES: (
        tuple(
            f"{INTERFACES}/{leaf}"
            for leaf in ("ifm:name", "ifm:admin-status", "ifm:vrf-name", "ifm:dynamic", "ip:ipv4", "ip:ipv6")
        ),
        _interfaces,
    ),
    Topic.COUNTERS: ((f"{INTERFACES}/ifm:name", f"{INTERFACES}/ifm:mib-statistics"), _counters),
    Topic.ISIS: ((_NAME, f"{_INSTANCES}/isis:isis/isis:sites/isis:site/isis:peers"), _isis),
    Topic.LINK_DELAYS: (
        (
            _NAME,
            f"{_INSTANCES}/{_SITE}/isis:circ-datas/isis:circ-data/isis:if-name",
            f"{_INSTANCES}/{_SITE}/isis:circ-datas/isis:circ-data/isis:min-max-unidirectional-link-delays",
        ),
        _link_delays,
    ),
    Topic.BGP: (
        (
            _NAME,
            *(f"{_PEER}/{leaf}" for leaf in ("bgp:address", "bgp:afs/bgp:af/bgp:type", "bgp:afs/bgp:af/bgp:state")),
        ),
        _bgp,
    ),
    Topic.LOCATORS: ((_NAME, f"{_SRV6}/srv6:locators"), _locators),
    Topic.SIDS: ((_NAME, f"{_SRV6}/srv6:local-sids"), _sids),
    Topic.ROUTES: (
        (
            _NAME,
            *(f"{_TABLE}/routing:ipv{version}-unicast-routes" for version in "46"),
            *(f"{_BGP_TABLE}/bgp-routing-table:ipv{version}-unicast/bgp-routing-table:routes" for version in "46"),
        ),
        _routes,
    ),
    Topic.SR_POLICIES: ((_NAME, f"{_SRV6}/srpolicy:srpolicy/srpolicy:policy-infos"), _policies),
    Topic.SLICES: (
        (
            f"{INTERFACES}/ifm:name",
            f"{INTERFACES}/ifm:dynamic",
            f"{INTERFACES}/ethernet:ethernet/ethernet:l3-sub-interface/fim-ethernet:mode-channel",
            f"{INTERFACES}/net-slice:net-slice-binding",
            f"{INTERFACES}/net-slice:net-slices",
        ),
        huawei_resources.slices,
    ),
    Topic.RATES: ((*_PORT, f"{INTERFACES}/qos:qos", "qos:qos/qos:queue-scheduler-template"), huawei_resources.rates),
    Topic.QUEUES: (
        (
            *_PORT,
            f"{INTERFACES}/qos:qos",
            "qos:qos/qos:wred-template",
            "qos:qos/qos:global-query/qos:port-queue-statisticss",
        ),
        huawei_resources.queues,
    ),
    Topic.FLEXE: (
        (f"{INTERFACES}/ifm:name", f"{INTERFACES}/ifm:dynamic/ifm:oper-status", "flexe:flexe/flexe:clients"),
        huawei_resources.flexe,
    ),
    Topic.ENCRYPTION: (
        tuple(
            f"{_MKA}/macsec:{leaf}" for leaf in ("interface-name", "live-peers1", "live-peers2", "macsec-cipher-suite")
        ),
        huawei_resources.encryption,
    ),
    Topic.MEASUREMENTS: (
        (f"{_IFIT}/ifit-common:static-instances", f"{_IFIT}/ifit-common:flow-statistic-results"),
        huawei_resources.measurements,
    ),
    Topic.PROBES: (
        tuple(
            f"{_TWAMP}/twamp-controller:{leaf}"
            for leaf in ("id", "ref-ip-addr", "vrf-name", "session-detail", "twoway-delay-result")
        ),
        huawei_resources.probes,
    ),
}
"""Topic -> the paths that are asked for, and the reader of the answer."""


def reported() -> frozenset[Topic]:
    """The topics that these modules can say."""
    return frozenset(_TOPICS)


def filter_for(topic: Topic) -> etree._Element:
    """The subtree filter of a topic. NotReported for a topic that these modules cannot say."""
    if topic not in _TOPICS:
        raise NotReported(topic)
    wanted = etree.Element("{urn:ietf:params:xml:ns:netconf:base:1.0}filter", {"type": "subtree"})
    for path in _TOPICS[topic][0]:
        here = wanted
        for step in path.split("/"):
            module, _, name = step.partition(":")
            found = here.find(f"{{{SPACES[module]}}}{name}")
            here = (
                etree.SubElement(here, f"{{{SPACES[module]}}}{name}", nsmap=default_namespace(SPACES[module]))
                if found is None
                else found
            )
    return wanted


def rows_of(topic: Topic, data: etree._Element) -> list[Row]:
    """The rows of a topic, sorted by what they say first."""
    return sorted(_TOPICS[topic][1](data), key=lambda row: [str(value) for value in row.values()])
