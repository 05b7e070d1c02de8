"""What a Huawei router holds for services: slices, rates, queues, FlexE clients, measurements. One reader a topic."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from netwright.drivers.base import Row
from netwright.drivers.huawei_nodes import INTERFACES, all_at, number_at, text_at

_DIRECTIONS = {"inbound": "in", "outbound": "out"}
_FLEXE_SLOT_GBPS = 5  # a calendar slot of FlexE (OIF FlexE 2.1)
_LOSS_SCALE = 1_000_000  # the model names no unit for local-loss-ratio; policy-level loss is in parts per million
_KILOBYTE = 1024
_CHANNEL = "ethernet:ethernet/ethernet:l3-sub-interface/fim-ethernet:mode-channel/fim-ethernet:bandwidth"


def slices(data: etree._Element) -> Iterator[Row]:
    """A slice has no state of its own in the model: it is up when its port is. A port bound to a slice is a row too."""
    for interface in all_at(data, INTERFACES):
        state = "up" if text_at(interface, "ifm:dynamic/ifm:oper-status") == "up" else "down"
        bound = number_at(interface, "net-slice:net-slice-binding/net-slice:slice-id")
        if bound:
            yield {"port": text_at(interface, "ifm:name"), "slice_id": bound, "rate_bps": 0, "state": state}
        channel = number_at(interface, _CHANNEL)  # a channelised sub-interface is its slice's alone
        for one in all_at(interface, "net-slice:net-slices/net-slice:net-slice"):
            yield {
                "port": text_at(interface, "ifm:name"),
                "slice_id": number_at(one, "net-slice:slice-id"),
                "rate_bps": (number_at(one, "net-slice:flex-channel") or channel) * 1_000_000,
                "state": state,
            }


def rates(data: etree._Element) -> Iterator[Row]:
    """Rates that are in force: CARs, and user queues of the profiles that are applied (both kbit/s in the model)."""
    profiles = dict(_profiles(data))
    for interface in all_at(data, INTERFACES):
        port, vlan = _attachment(interface)
        for car in all_at(interface, "qos:qos/qos:cars/qos:car"):
            rate = number_at(car, "qos:pir-value") or number_at(car, "qos:cir-value")
            yield {
                "port": port,
                "vlan": vlan,
                "direction": _DIRECTIONS[text_at(car, "qos:direction")],
                "rate_bps": rate * 1000,
            }
        for applied in all_at(interface, "qos:qos/qos:profile-applys/qos:profile-apply"):
            direction = text_at(applied, "qos:direction")
            rate = profiles.get((text_at(applied, "qos:profile-name"), direction), 0)
            if rate:
                yield {"port": port, "vlan": vlan, "direction": _DIRECTIONS[direction], "rate_bps": rate * 1000}


def _attachment(interface: etree._Element) -> tuple[str, int]:
    vlan = number_at(
        interface, "ethernet:ethernet/ethernet:l3-sub-interface/ethernet:vlan-type-dot1q/ethernet:vlan-type-vid"
    )
    parent = text_at(interface, "ifm:parent-name")
    return (parent, vlan) if parent and vlan else (text_at(interface, "ifm:name"), 0)


def _profiles(data: etree._Element) -> Iterator[tuple[tuple[str, str], int]]:
    for profile in all_at(data, "qos:qos/qos:queue-scheduler-template/qos:profiles/qos:profile"):
        for queue in all_at(profile, "qos:user-queues/qos:user-queue"):
            rate = number_at(queue, "qos:pir") or number_at(queue, "qos:cir")
            yield (text_at(profile, "qos:name"), text_at(queue, "qos:direction")), rate


def queues(data: etree._Element) -> Iterator[Row]:
    """Configured port queues with the depth of their WRED template, and the packets that they dropped."""
    depths = {
        text_at(one, "qos:name"): number_at(one, "qos:queue-depth") * _KILOBYTE
        for one in all_at(data, "qos:qos/qos:wred-template/qos:port-wreds/qos:port-wred")
    }
    drops = {
        (text_at(one, "qos:interface-name"), text_at(one, "qos:service-class")): number_at(one, "qos:drop-packets")
        for one in all_at(data, "qos:qos/qos:global-query/qos:port-queue-statisticss/qos:port-queue-statistics")
    }
    for interface in all_at(data, INTERFACES):
        port = text_at(interface, "ifm:name")
        for one in all_at(interface, "qos:qos/qos:port-queues/qos:port-queue"):
            service = text_at(one, "qos:service-class")
            depth = depths.get(text_at(one, "qos:port-wred-name"), 0)
            told = {"drops": drops[port, service]} if (port, service) in drops else {}
            yield {"port": port, "service_class": service, "depth_bytes": depth, **told}


def flexe(data: etree._Element) -> Iterator[Row]:
    """A client is up when its interface is; its slots follow from the bandwidth it reports."""
    up = {
        text_at(interface, "ifm:name")
        for interface in all_at(data, INTERFACES)
        if text_at(interface, "ifm:dynamic/ifm:oper-status") == "up"
    }
    for one in all_at(data, "flexe:flexe/flexe:clients/flexe:client"):
        text = text_at(one, "flexe:bandwidth-value") or text_at(one, "flexe:binding-bandwidth/flexe:bandwidth", "0")
        yield {
            "group": number_at(one, "flexe:group-index"),
            "client": number_at(one, "flexe:id"),
            "slots": -int(-float(text) // _FLEXE_SLOT_GBPS),
            "state": "up" if text_at(one, "flexe:port-name") in up else "down",
        }


def encryption(data: etree._Element) -> Iterator[Row]:
    """MACsec by interface: up when one of its two MKA sessions has a live peer (IEEE 802.1X, MKA)."""
    for one in all_at(data, "macsec:macsec/macsec:statistics/macsec:interface-mkas/macsec:interface-mka"):
        peers = number_at(one, "macsec:live-peers1") + number_at(one, "macsec:live-peers2")
        yield {
            "port": text_at(one, "macsec:interface-name"),
            "state": "up" if peers else "down",
            "suite": text_at(one, "macsec:macsec-cipher-suite"),
        }


def measurements(data: etree._Element) -> Iterator[Row]:
    """The newest period of each static flow, delay in nanoseconds in the model; what has no result is not 0."""
    top = "ifit:ifit/ifit-common:ifit-common"
    results = {
        text_at(one, "ifit-common:flow-id"): one
        for one in all_at(data, f"{top}/ifit-common:flow-statistic-results/ifit-common:flow-statistic-result")
    }
    for one in all_at(data, f"{top}/ifit-common:static-instances/ifit-common:static-instance"):
        flow = text_at(one, "ifit-common:flow/ifit-common:bind-ifs/ifit-common:bind-if/ifit-common:flow-id")
        result = results.get(flow)
        delay = _newest(result, "ifit-common:one-way-delays/ifit-common:one-way-delay")
        loss = _newest(result, "ifit-common:one-way-losses/ifit-common:one-way-loss")
        yield {
            "name": text_at(one, "ifit-common:name"),
            "state": "up" if delay is not None else "down",
            **_scaled("loss", loss, "ifit-common:local-loss-ratio", _LOSS_SCALE),
            **_scaled("delay_us", delay, "ifit-common:local-delay", 1000),
        }


def _scaled(name: str, result: etree._Element | None, path: str, scale: int) -> Row:
    """A measured value in our unit; nothing without one."""
    return {name: number_at(result, path) / scale} if text_at(result, path) else {}


def _newest(result: etree._Element | None, path: str) -> etree._Element | None:
    return max(all_at(result, path), key=lambda one: number_at(one, "ifit-common:period"), default=None)


_PROBED = {
    "delay_us": "average-delay",
    "jitter_us": "maximum-tx-jitter",
    "jitter_back_us": "maximum-rx-jitter",
}


def probes(data: etree._Element) -> Iterator[Row]:
    """TWAMP light sessions of the sending end, in microseconds; what a session has not measured yet is not 0."""
    top = "twamp-controller:"
    for one in all_at(data, f"{top}twamp-controller/{top}client/{top}sessions/{top}session"):
        result = next(iter(all_at(one, f"{top}twoway-delay-result")), None)
        told = {name: leaf for name, leaf in _PROBED.items() if text_at(result, top + leaf)}
        yield {
            "vrf": text_at(one, f"{top}vrf-name"),
            "reflector": text_at(one, f"{top}ref-ip-addr"),
            "state": "up" if text_at(one, f"{top}session-detail/{top}state") == "active" else "down",
            **{name: number_at(result, top + leaf) for name, leaf in told.items()},
        }
