"""What a configuration of the emulated router reserves and measures: slices, rates, queues, FlexE clients, flows.

Units of the vendor's model: CAR and user queues in kbit/s, slices in Mbit/s, FlexE in Gbit/s, depths in kilobytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from netwright.emulator.facts import (
    ChannelFact,
    FlexeFact,
    MacsecFact,
    MeasurementFact,
    ProbeFact,
    QueueFact,
    RateFact,
)
from netwright.emulator.huawei.cipher import digest_of
from netwright.emulator.huawei.reading import find, first, text

_DIRECTIONS = {"inbound": "in", "outbound": "out"}
FLEXE_SLOT_GBPS = 5
"""A calendar slot of FlexE on this router (OIF FlexE 2.1: 5 Gbit/s)."""
KILOBYTE = 1024


def _interfaces(config: etree._Element) -> list[etree._Element]:
    return find(config, "ifm:ifm/ifm:interfaces/ifm:interface")


def channels(config: etree._Element) -> Iterator[ChannelFact]:
    """Slices that hold bandwidth on a port."""
    for interface in _interfaces(config):
        mode = first(interface, "ethernet:ethernet/ethernet:l3-sub-interface/fim-ethernet:mode-channel")
        enabled = text(mode, "fim-ethernet:mode-channel-enable") == "enable"
        channel = text(mode, "fim-ethernet:bandwidth", "2") if enabled else "0"
        for one in find(interface, "net-slice:net-slices/net-slice:net-slice"):
            megabits = int(text(one, "net-slice:flex-channel", channel))
            yield ChannelFact(text(interface, "ifm:name"), int(text(one, "net-slice:slice-id")), megabits * 10**6)


def vlan_of(interface: etree._Element) -> tuple[str, int]:
    """The port and VLAN of a sub-interface; VLAN 0 for a port itself."""
    vlan = text(
        interface, "ethernet:ethernet/ethernet:l3-sub-interface/ethernet:vlan-type-dot1q/ethernet:vlan-type-vid"
    )
    parent = text(interface, "ifm:parent-name")
    return (parent, int(vlan)) if parent and vlan else (text(interface, "ifm:name"), 0)


def rates(config: etree._Element) -> Iterator[RateFact]:
    """CARs and the user queues of applied profiles."""
    profiles = dict(_profiles(config))
    for interface in _interfaces(config):
        port, vlan = vlan_of(interface)
        for car in find(interface, "qos:qos/qos:cars/qos:car"):
            kilobits = int(text(car, "qos:pir-value") or text(car, "qos:cir-value", "0"))
            yield RateFact(port, vlan, _DIRECTIONS[text(car, "qos:direction")], kilobits * 1000)
        for applied in find(interface, "qos:qos/qos:profile-applys/qos:profile-apply"):
            direction = text(applied, "qos:direction")
            kilobits = profiles.get((text(applied, "qos:profile-name"), direction), 0)
            if kilobits:
                yield RateFact(port, vlan, _DIRECTIONS[direction], kilobits * 1000)


def _profiles(config: etree._Element) -> Iterator[tuple[tuple[str, str], int]]:
    """(profile, direction) -> peak rate of its user queue, kbit/s."""
    for profile in find(config, "qos:qos/qos:queue-scheduler-template/qos:profiles/qos:profile"):
        for queue in find(profile, "qos:user-queues/qos:user-queue"):
            rate = int(text(queue, "qos:pir") or text(queue, "qos:cir", "0"))
            yield (text(profile, "qos:name"), text(queue, "qos:direction")), rate


def queues(config: etree._Element) -> Iterator[QueueFact]:
    """The configured queues of a port, with the depth of their WRED template."""
    depths = {
        text(one, "qos:name"): int(text(one, "qos:queue-depth", "0")) * KILOBYTE
        for one in find(config, "qos:qos/qos:wred-template/qos:port-wreds/qos:port-wred")
    }
    for interface in _interfaces(config):
        for one in find(interface, "qos:qos/qos:port-queues/qos:port-queue"):
            depth = depths.get(text(one, "qos:port-wred-name"), 0)
            yield QueueFact(text(interface, "ifm:name"), text(one, "qos:service-class"), depth)


def flexe_clients(config: etree._Element) -> Iterator[FlexeFact]:
    """FlexE clients with the calendar slots that their bandwidth takes."""
    cards = dict(_cards(config))
    for one in find(config, "flexe:flexe/flexe:clients/flexe:client"):
        gigabits = float(text(one, "flexe:binding-bandwidth/flexe:bandwidth", "0"))
        group = text(one, "flexe:group-index")
        port = f"FlexE{cards[group]}/{text(one, 'flexe:port-id')}" if group in cards else ""
        yield FlexeFact(int(group), int(text(one, "flexe:id", "0")), -int(-gigabits // FLEXE_SLOT_GBPS), port)


def macsec(config: etree._Element) -> Iterator[tuple[str, MacsecFact]]:
    """Interfaces with a static key of MACsec."""
    for interface in _interfaces(config):
        for one in find(interface, "macsec:macsec/macsec:ckn-caks/macsec:ckn-cak"):
            suite = "macsec:macsec/macsec:cipher-algorithm-suites/macsec:cipher-algorithm-suite/macsec:suite"
            name, key = text(one, "macsec:ckn").lower(), digest_of(text(one, "macsec:cak"))
            yield text(interface, "ifm:name"), MacsecFact(name, key, text(interface, suite))


def _cards(config: etree._Element) -> Iterator[tuple[str, str]]:
    """Group -> the card of its ports, where its clients' interfaces are: 0/2 of 0/2/3."""
    for group in find(config, "flexe:flexe/flexe:groups/flexe:group"):
        for port in find(group, "flexe:physical-ports/flexe:physical-port"):
            yield text(group, "flexe:index"), text(port, "flexe:port-position").rpartition("/")[0]


def measurements(config: etree._Element) -> Iterator[MeasurementFact]:
    """Static flows of in-band measurement."""
    for one in find(
        config, "ifit:ifit/ifit-common:ifit-common/ifit-common:static-instances/ifit-common:static-instance"
    ):
        flow = first(one, "ifit-common:flow")
        yield MeasurementFact(
            name=text(one, "ifit-common:name"),
            vrf=text(flow, "ifit-common:ni-name"),
            source=_prefix(flow, "source"),
            destination=_prefix(flow, "destination"),
        )


def _prefix(flow: etree._Element | None, end: str) -> str:
    return f"{text(flow, f'ifit-common:{end}-ip')}/{text(flow, f'ifit-common:{end}-mask', '32')}"


def probes(config: etree._Element) -> Iterator[ProbeFact]:
    """TWAMP sessions that the router sends probes for: those of its client that its sender was started for."""
    return (probe for _, probe in _sessions(config))


def link_probes(config: etree._Element) -> dict[str, ProbeFact]:
    """The sessions whose results an interface is told: for IS-IS, the delay of its link."""
    return {port: probe for port, probe in _sessions(config) if port}


def _sessions(config: etree._Element) -> Iterator[tuple[str, ProbeFact]]:
    """Each session that is sent, with the interface that is told of it."""
    top = "twamp-controller:"
    sent = {
        text(one, f"{top}id") for one in find(config, f"{top}twamp-controller/{top}sender/{top}sessions/{top}session")
    }
    for one in find(config, f"{top}twamp-controller/{top}client/{top}sessions/{top}session"):
        if text(one, f"{top}id") in sent:
            probe = ProbeFact(
                session=int(text(one, f"{top}id")),
                vrf=text(one, f"{top}vrf-name"),
                own=(text(one, f"{top}send-ip-addr"), int(text(one, f"{top}send-port"))),
                far=(text(one, f"{top}ref-ip-addr"), int(text(one, f"{top}ref-port"))),
            )
            yield text(one, f"{top}binded-interface"), probe


def reflectors(config: etree._Element) -> Iterator[ProbeFact]:
    """TWAMP sessions that the router answers; their `source` is taken to be the router's own end."""
    top = "twamp-responder:"
    for one in find(config, f"{top}twamp-responder/{top}responder/{top}test-sessions/{top}test-session"):
        yield ProbeFact(
            session=int(text(one, f"{top}session-id")),
            vrf=text(one, f"{top}vrf-name"),
            own=(text(one, f"{top}source-ip"), int(text(one, f"{top}source-port"))),
            far=(text(one, f"{top}dest-ip"), int(text(one, f"{top}dest-port"))),
        )
