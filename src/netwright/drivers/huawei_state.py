"""Operational facts of a Huawei router, read from the state nodes of its own modules (8.22.0): one reader a topic.

A reader gets the `<data>` of the topic's filter. What a row cannot know is empty or 0, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_interface
from typing import Final, TypeAlias

from lxml import etree

from netwright.drivers.base import NotReported, Row, Topic
from netwright.drivers.netconf import default_namespace

_NAMESPACE: Final = "urn:huawei:yang:huawei-"
_MODULES = (
    "ifm",
    "ip",
    "ethernet",
    "network-instance",
    "l3vpn",
    "routing",
    "bgp",
    "bgp-routing-table",
    "srv6",
    "isis",
    "srpolicy",
    "qos",
    "net-slice",
    "flexe",
    "ifit",
    "ifit-common",
)
_SPACES: Final = {module: _NAMESPACE + module for module in _MODULES}
_PUBLIC = "_public_"
_FAMILIES = {"evpn": "evpn", "ipv4vpn": "vpnv4", "ipv6vpn": "vpnv6"}
_PROTOCOLS = {"direct": "connected", "static": "static", "bgp": "bgp"}
_DIRECTIONS = {"inbound": "in", "outbound": "out"}
_BEHAVIOURS = {
    "end": "End",
    "end-psp": "End",
    "end-psp-usp-usd": "End",
    "end-dt4": "End.DT4",
    "end-dt6": "End.DT6",
    "end-dt46": "End.DT46",
}
_COUNTS = {
    "in_packets": "receive-packet",
    "out_packets": "send-packet",
    "in_errors": "receive-error-packet",
    "out_errors": "send-error-packet",
    "in_drops": "receive-drop-packet",
    "out_drops": "send-drop-packet",
}
_FLEXE_SLOT_GBPS = 5  # a calendar slot of FlexE (OIF FlexE 2.1)
_LOSS_SCALE = 1_000_000  # the model names no unit for local-loss-ratio; policy-level loss is in parts per million
_KILOBYTE = 1024

_INSTANCES = "network-instance:network-instance/network-instance:instances/network-instance:instance"
_TOPOLOGY = "routing:routing/routing:routing-manage/routing:topologys/routing:topology"
_ROUTES = f"l3vpn:afs/l3vpn:af/{_TOPOLOGY}/routing:routes"
_INTERFACES = "ifm:ifm/ifm:interfaces/ifm:interface"


def _all(item: etree._Element | None, path: str) -> list[etree._Element]:
    return [] if item is None else item.findall(path, _SPACES)


def _text(item: etree._Element | None, path: str, default: str = "") -> str:
    found = None if item is None else item.findtext(path, None, _SPACES)
    return default if found is None else found.strip()


def _number(item: etree._Element | None, path: str) -> int:
    text = _text(item, path)
    return int(text) if text.lstrip("-").isdigit() else 0


def _public(data: etree._Element) -> etree._Element | None:
    return next((one for one in _all(data, _INSTANCES) if _text(one, "network-instance:name") == _PUBLIC), None)


# ---- interfaces and underlay ----------------------------------------------------------------------------------------


def _interfaces(data: etree._Element) -> Iterator[Row]:
    for one in _all(data, _INTERFACES):
        vrf = _text(one, "ifm:vrf-name", _PUBLIC)
        yield {
            "name": _text(one, "ifm:name"),
            "admin_up": _text(one, "ifm:admin-status", "up") == "up",
            "oper_up": _text(one, "ifm:dynamic/ifm:oper-status") == "up",
            "addresses": ",".join(sorted(_addresses(one))),
            "vrf": "" if vrf == _PUBLIC else vrf,
        }


def _counters(data: etree._Element) -> Iterator[Row]:
    """What each interface counted; an interface that says none is left out."""
    for one in _all(data, _INTERFACES):
        said = next(iter(_all(one, "ifm:mib-statistics")), None)
        if said is not None:
            counts = {key: _number(said, f"ifm:{leaf}") for key, leaf in _COUNTS.items() if _text(said, f"ifm:{leaf}")}
            yield {"name": _text(one, "ifm:name"), **counts}


def _addresses(interface: etree._Element) -> Iterator[str]:
    for one in _all(interface, "ip:ipv4/ip:addresses/ip:address"):
        yield str(ip_interface(f"{_text(one, 'ip:ip')}/{_text(one, 'ip:mask')}"))
    for one in _all(interface, "ip:ipv6/ip:addresses/ip:address"):
        yield str(ip_interface(f"{_text(one, 'ip:ip')}/{_text(one, 'ip:prefix-length')}"))


def _isis(data: etree._Element) -> Iterator[Row]:
    for one in _all(_public(data), "isis:isis/isis:sites/isis:site/isis:peers/isis:peer"):
        yield {
            "port": _text(one, "isis:interface-name"),
            "neighbour": _text(one, "isis:host-name") or _text(one, "isis:system-id"),
            "state": "up" if _text(one, "isis:status") == "up" else "other",
        }


def _locators(data: etree._Element) -> Iterator[Row]:
    """A locator is up when the router has taken it into use: only then it shows its attributes."""
    for one in _all(_public(data), "srv6:srv6/srv6:locators/srv6:locator"):
        yield {
            "name": _text(one, "srv6:name"),
            "prefix": f"{_text(one, 'srv6:prefix')}/{_text(one, 'srv6:prefix-length')}",
            "state": "up" if _text(one, "srv6:attribute/srv6:block") else "down",
        }


def _sids(data: etree._Element) -> Iterator[Row]:
    for kind, behaviour in _BEHAVIOURS.items():
        for one in _all(_public(data), f"srv6:srv6/srv6:local-sids/srv6:{kind}s/srv6:{kind}"):
            yield {"sid": _text(one, "srv6:value"), "behaviour": behaviour, "vrf": _text(one, "srv6:vpn-name")}


# ---- overlay --------------------------------------------------------------------------------------------------------


def _bgp(data: etree._Element) -> Iterator[Row]:
    for peer in _all(_public(data), "bgp:bgp/bgp:base-process/bgp:peers/bgp:peer"):
        for one in _all(peer, "bgp:afs/bgp:af"):
            family = _FAMILIES.get(_text(one, "bgp:type"))
            if family is not None:
                yield {
                    "peer": _text(peer, "bgp:address"),
                    "family": family,
                    "state": "established" if _text(one, "bgp:state/bgp:current-state") == "established" else "other",
                    "prefixes": _number(one, "bgp:state/bgp:receive-prefix"),
                }


def _routes(data: etree._Element) -> Iterator[Row]:
    """Routes from the routing table; the SID of a BGP route from the BGP table, where alone the model has it."""
    sids = dict(_bgp_sids(data))
    for instance in _all(data, _INSTANCES):
        vrf = _text(instance, "network-instance:name")
        for version in ("4", "6"):
            rows = _all(instance, f"{_ROUTES}/routing:ipv{version}-unicast-routes/routing:ipv{version}-unicast-route")
            for one in rows if vrf != _PUBLIC else ():
                row = _route(one, vrf, sids)
                if row is not None:
                    yield row


def _route(one: etree._Element, vrf: str, sids: Mapping[tuple[str, str], str]) -> Row | None:
    protocol = _PROTOCOLS.get(_text(one, "routing:protocol-type"))
    if protocol is None:
        return None
    prefix = f"{_text(one, 'routing:prefix')}/{_text(one, 'routing:mask-length')}"
    hop = _text(one, "routing:direct-nexthop")
    return {
        "vrf": vrf,
        "prefix": prefix,
        "protocol": protocol,
        "next_hop": "" if hop in ("0.0.0.0", "::") else hop,  # noqa: S104 - the vendor's "no next hop"
        "sid": sids.get((vrf, prefix), "") if protocol == "bgp" else "",
        "colour": _number(one, "routing:route-color"),
    }


def _bgp_sids(data: etree._Element) -> Iterator[tuple[tuple[str, str], str]]:
    table = "bgp:bgp/bgp:base-process/bgp-routing-table:bgp-route"
    for version in ("4", "6"):
        path = f"{table}/bgp-routing-table:ipv{version}-unicast/bgp-routing-table:routes/bgp-routing-table:route"
        for one in _all(data, path):
            prefix = f"{_text(one, 'bgp-routing-table:prefix')}/{_text(one, 'bgp-routing-table:mask-length')}"
            yield (_text(one, "bgp-routing-table:vpn-name"), prefix), _text(one, "bgp-routing-table:prefix-sid")


def _policies(data: etree._Element) -> Iterator[Row]:
    for one in _all(_public(data), "srv6:srv6/srpolicy:srpolicy/srpolicy:policy-infos/srpolicy:policy-info"):
        path = _active(one)
        sids = _all(path, "srpolicy:segment-lists/srpolicy:segment-list[1]/srpolicy:sids/srpolicy:sid")
        ordered = sorted(sids, key=lambda sid: _number(sid, "srpolicy:index"))
        yield {
            "name": _text(one, "srpolicy:name"),
            "endpoint": _text(one, "srpolicy:endpoint"),
            "colour": _number(one, "srpolicy:color"),
            "state": "up" if _text(one, "srpolicy:state").lower() == "up" else "down",
            "preference": _number(path, "srpolicy:preference"),
            "sids": ",".join(_text(sid, "srpolicy:value") for sid in ordered),
        }


def _active(policy: etree._Element) -> etree._Element | None:
    paths = _all(policy, "srpolicy:candidate-paths/srpolicy:candidate-path")
    return next((path for path in paths if _text(path, "srpolicy:path-state").lower() == "active"), None)


# ---- resources ------------------------------------------------------------------------------------------------------


def _slices(data: etree._Element) -> Iterator[Row]:
    """A slice has no state of its own in the model: it is up when its port is. A port bound to a slice is a row too."""
    for interface in _all(data, _INTERFACES):
        state = "up" if _text(interface, "ifm:dynamic/ifm:oper-status") == "up" else "down"
        bound = _number(interface, "net-slice:net-slice-binding/net-slice:slice-id")
        if bound:
            yield {"port": _text(interface, "ifm:name"), "slice_id": bound, "rate_bps": 0, "state": state}
        for one in _all(interface, "net-slice:net-slices/net-slice:net-slice"):
            yield {
                "port": _text(interface, "ifm:name"),
                "slice_id": _number(one, "net-slice:slice-id"),
                "rate_bps": _number(one, "net-slice:flex-channel") * 1_000_000,
                "state": state,
            }


def _rates(data: etree._Element) -> Iterator[Row]:
    """Rates that are in force: CARs, and user queues of the profiles that are applied (both kbit/s in the model)."""
    profiles = dict(_profiles(data))
    for interface in _all(data, _INTERFACES):
        port, vlan = _attachment(interface)
        for car in _all(interface, "qos:qos/qos:cars/qos:car"):
            rate = _number(car, "qos:pir-value") or _number(car, "qos:cir-value")
            yield {
                "port": port,
                "vlan": vlan,
                "direction": _DIRECTIONS[_text(car, "qos:direction")],
                "rate_bps": rate * 1000,
            }
        for applied in _all(interface, "qos:qos/qos:profile-applys/qos:profile-apply"):
            direction = _text(applied, "qos:direction")
            rate = profiles.get((_text(applied, "qos:profile-name"), direction), 0)
            if rate:
                yield {"port": port, "vlan": vlan, "direction": _DIRECTIONS[direction], "rate_bps": rate * 1000}


def _attachment(interface: etree._Element) -> tuple[str, int]:
    vlan = _number(
        interface, "ethernet:ethernet/ethernet:l3-sub-interface/ethernet:vlan-type-dot1q/ethernet:vlan-type-vid"
    )
    parent = _text(interface, "ifm:parent-name")
    return (parent, vlan) if parent and vlan else (_text(interface, "ifm:name"), 0)


def _profiles(data: etree._Element) -> Iterator[tuple[tuple[str, str], int]]:
    for profile in _all(data, "qos:qos/qos:queue-scheduler-template/qos:profiles/qos:profile"):
        for queue in _all(profile, "qos:user-queues/qos:user-queue"):
            rate = _number(queue, "qos:pir") or _number(queue, "qos:cir")
            yield (_text(profile, "qos:name"), _text(queue, "qos:direction")), rate


def _queues(data: etree._Element) -> Iterator[Row]:
    """Configured port queues with the depth of their WRED template, and the packets that they dropped."""
    depths = {
        _text(one, "qos:name"): _number(one, "qos:queue-depth") * _KILOBYTE
        for one in _all(data, "qos:qos/qos:wred-template/qos:port-wreds/qos:port-wred")
    }
    drops = {
        (_text(one, "qos:interface-name"), _text(one, "qos:service-class")): _number(one, "qos:drop-packets")
        for one in _all(data, "qos:qos/qos:global-query/qos:port-queue-statisticss/qos:port-queue-statistics")
    }
    for interface in _all(data, _INTERFACES):
        port = _text(interface, "ifm:name")
        for one in _all(interface, "qos:qos/qos:port-queues/qos:port-queue"):
            service = _text(one, "qos:service-class")
            depth = depths.get(_text(one, "qos:port-wred-name"), 0)
            told = {"drops": drops[port, service]} if (port, service) in drops else {}
            yield {"port": port, "service_class": service, "depth_bytes": depth, **told}


def _flexe(data: etree._Element) -> Iterator[Row]:
    """A client is up when its interface is; its slots follow from the bandwidth it reports."""
    up = {
        _text(interface, "ifm:name")
        for interface in _all(data, _INTERFACES)
        if _text(interface, "ifm:dynamic/ifm:oper-status") == "up"
    }
    for one in _all(data, "flexe:flexe/flexe:clients/flexe:client"):
        text = _text(one, "flexe:bandwidth-value") or _text(one, "flexe:binding-bandwidth/flexe:bandwidth", "0")
        yield {
            "group": _number(one, "flexe:group-index"),
            "client": _number(one, "flexe:id"),
            "slots": -int(-float(text) // _FLEXE_SLOT_GBPS),
            "state": "up" if _text(one, "flexe:port-name") in up else "down",
        }


def _measurements(data: etree._Element) -> Iterator[Row]:
    """The newest period of each static flow, delay in nanoseconds in the model; what has no result is not 0."""
    top = "ifit:ifit/ifit-common:ifit-common"
    results = {
        _text(one, "ifit-common:flow-id"): one
        for one in _all(data, f"{top}/ifit-common:flow-statistic-results/ifit-common:flow-statistic-result")
    }
    for one in _all(data, f"{top}/ifit-common:static-instances/ifit-common:static-instance"):
        flow = _text(one, "ifit-common:flow/ifit-common:bind-ifs/ifit-common:bind-if/ifit-common:flow-id")
        result = results.get(flow)
        delay = _newest(result, "ifit-common:one-way-delays/ifit-common:one-way-delay")
        loss = _newest(result, "ifit-common:one-way-losses/ifit-common:one-way-loss")
        yield {
            "name": _text(one, "ifit-common:name"),
            "state": "up" if delay is not None else "down",
            **_scaled("loss", loss, "ifit-common:local-loss-ratio", _LOSS_SCALE),
            **_scaled("delay_us", delay, "ifit-common:local-delay", 1000),
        }


def _scaled(name: str, result: etree._Element | None, path: str, scale: int) -> Row:
    """A measured value in our unit; nothing without one."""
    return {name: _number(result, path) / scale} if _text(result, path) else {}


def _newest(result: etree._Element | None, path: str) -> etree._Element | None:
    return max(_all(result, path), key=lambda one: _number(one, "ifit-common:period"), default=None)


# ---- which question for which topic ---------------------------------------------------------------------------------

Reader: TypeAlias = "Callable[[etree._Element], Iterator[Row]]"  # noqa: SLF001 - the name that lxml's stubs have

_NAME = f"{_INSTANCES}/network-instance:name"
_PEER = f"{_INSTANCES}/bgp:bgp/bgp:base-process/bgp:peers/bgp:peer"
_SRV6 = f"{_INSTANCES}/srv6:srv6"
_PORT = (f"{_INTERFACES}/ifm:name", f"{_INTERFACES}/ifm:parent-name", f"{_INTERFACES}/ethernet:ethernet")
_TABLE = f"{_INSTANCES}/{_ROUTES}"
_BGP_TABLE = "bgp:bgp/bgp:base-process/bgp-routing-table:bgp-route"
_IFIT = "ifit:ifit/ifit-common:ifit-common"

_TOPICS: Final[Mapping[Topic, tuple[tuple[str, ...], Reader]]] = {
    Topic.INTERFACES: (
        tuple(
            f"{_INTERFACES}/{leaf}"
            for leaf in ("ifm:name", "ifm:admin-status", "ifm:vrf-name", "ifm:dynamic", "ip:ipv4", "ip:ipv6")
        ),
        _interfaces,
    ),
    Topic.COUNTERS: ((f"{_INTERFACES}/ifm:name", f"{_INTERFACES}/ifm:mib-statistics"), _counters),
    Topic.ISIS: ((_NAME, f"{_INSTANCES}/isis:isis/isis:sites/isis:site/isis:peers"), _isis),
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
            f"{_INTERFACES}/ifm:name",
            f"{_INTERFACES}/ifm:dynamic",
            f"{_INTERFACES}/net-slice:net-slice-binding",
            f"{_INTERFACES}/net-slice:net-slices",
        ),
        _slices,
    ),
    Topic.RATES: ((*_PORT, f"{_INTERFACES}/qos:qos", "qos:qos/qos:queue-scheduler-template"), _rates),
    Topic.QUEUES: (
        (
            *_PORT,
            f"{_INTERFACES}/qos:qos",
            "qos:qos/qos:wred-template",
            "qos:qos/qos:global-query/qos:port-queue-statisticss",
        ),
        _queues,
    ),
    Topic.FLEXE: (
        (f"{_INTERFACES}/ifm:name", f"{_INTERFACES}/ifm:dynamic/ifm:oper-status", "flexe:flexe/flexe:clients"),
        _flexe,
    ),
    Topic.MEASUREMENTS: (
        (f"{_IFIT}/ifit-common:static-instances", f"{_IFIT}/ifit-common:flow-statistic-results"),
        _measurements,
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
            found = here.find(f"{{{_SPACES[module]}}}{name}")
            here = (
                etree.SubElement(here, f"{{{_SPACES[module]}}}{name}", nsmap=default_namespace(_SPACES[module]))
                if found is None
                else found
            )
    return wanted


def rows_of(topic: Topic, data: etree._Element) -> list[Row]:
    """The rows of a topic, sorted by what they say first."""
    return sorted(_TOPICS[topic][1](data), key=lambda row: [str(value) for value in row.values()])
