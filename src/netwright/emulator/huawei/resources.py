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
from netwright.emulator.huawei.schema import NAMESPACE

_MODULES = [
    "ifm",
    "ethernet",
    "fim-ethernet",
    "qos",
    "net-slice",
    "flexe",
    "macsec",
    "ifit",
    "ifit-common",
    "twamp-controller",
    "twamp-responder",
]
_SPACES = {module: f"{NAMESPACE}huawei-{module}" for module in _MODULES}
_DIRECTIONS = {"inbound": "in", "outbound": "out"}
FLEXE_SLOT_GBPS = 5
"""A calendar slot of FlexE on this router (OIF FlexE 2.1: 5 Gbit/s)."""
KILOBYTE = 1024


def _find(item: etree._Element | None, path: str) -> list[etree._Element]:
    return [] if item is None else item.findall(path, _SPACES)


def _text(item: etree._Element | None, path: str, default: str = "") -> str:
    found = None if item is None else item.findtext(path, None, _SPACES)
    return default if found is None else found.strip()


def _interfaces(config: etree._Element) -> list[etree._Element]:
    return _find(config, "ifm:ifm/ifm:interfaces/ifm:interface")


def channels(config: etree._Element) -> Iterator[ChannelFact]:
    """Slices that hold bandwidth on a port."""
    for interface in _interfaces(config):
        mode = interface.find("ethernet:ethernet/ethernet:l3-sub-interface/fim-ethernet:mode-channel", _SPACES)
        enabled = _text(mode, "fim-ethernet:mode-channel-enable") == "enable"
        channel = _text(mode, "fim-ethernet:bandwidth", "2") if enabled else "0"
        for one in _find(interface, "net-slice:net-slices/net-slice:net-slice"):
            megabits = int(_text(one, "net-slice:flex-channel", channel))
            yield ChannelFact(_text(interface, "ifm:name"), int(_text(one, "net-slice:slice-id")), megabits * 10**6)


def vlan_of(interface: etree._Element) -> tuple[str, int]:
    """The port and VLAN of a sub-interface; VLAN 0 for a port itself."""
    vlan = _text(
        interface, "ethernet:ethernet/ethernet:l3-sub-interface/ethernet:vlan-type-dot1q/ethernet:vlan-type-vid"
    )
    parent = _text(interface, "ifm:parent-name")
    return (parent, int(vlan)) if parent and vlan else (_text(interface, "ifm:name"), 0)


def rates(config: etree._Element) -> Iterator[RateFact]:
    """CARs and the user queues of applied profiles."""
    profiles = dict(_profiles(config))
    for interface in _interfaces(config):
        port, vlan = vlan_of(interface)
        for car in _find(interface, "qos:qos/qos:cars/qos:car"):
            kilobits = int(_text(car, "qos:pir-value") or _text(car, "qos:cir-value", "0"))
            yield RateFact(port, vlan, _DIRECTIONS[_text(car, "qos:direction")], kilobits * 1000)
        for applied in _find(interface, "qos:qos/qos:profile-applys/qos:profile-apply"):
            direction = _text(applied, "qos:direction")
            kilobits = profiles.get((_text(applied, "qos:profile-name"), direction), 0)
            if kilobits:
                yield RateFact(port, vlan, _DIRECTIONS[direction], kilobits * 1000)


def _profiles(config: etree._Element) -> Iterator[tuple[tuple[str, str], int]]:
    """(profile, direction) -> peak rate of its user queue, kbit/s."""
    for profile in _find(config, "qos:qos/qos:queue-scheduler-template/qos:profiles/qos:profile"):
        for queue in _find(profile, "qos:user-queues/qos:user-queue"):
            rate = int(_text(queue, "qos:pir") or _text(queue, "qos:cir", "0"))
            yield (_text(profile, "qos:name"), _text(queue, "qos:direction")), rate


def queues(config: etree._Element) -> Iterator[QueueFact]:
    """The configured queues of a port, with the depth of their WRED template."""
    depths = {
        _text(one, "qos:name"): int(_text(one, "qos:queue-depth", "0")) * KILOBYTE
        for one in _find(config, "qos:qos/qos:wred-template/qos:port-wreds/qos:port-wred")
    }
    for interface in _interfaces(config):
        for one in _find(interface, "qos:qos/qos:port-queues/qos:port-queue"):
            depth = depths.get(_text(one, "qos:port-wred-name"), 0)
            yield QueueFact(_text(interface, "ifm:name"), _text(one, "qos:service-class"), depth)


def flexe_clients(config: etree._Element) -> Iterator[FlexeFact]:
    """FlexE clients with the calendar slots that their bandwidth takes."""
    cards = dict(_cards(config))
    for one in _find(config, "flexe:flexe/flexe:clients/flexe:client"):
        gigabits = float(_text(one, "flexe:binding-bandwidth/flexe:bandwidth", "0"))
        group = _text(one, "flexe:group-index")
        port = f"FlexE{cards[group]}/{_text(one, 'flexe:port-id')}" if group in cards else ""
        yield FlexeFact(int(group), int(_text(one, "flexe:id", "0")), -int(-gigabits // FLEXE_SLOT_GBPS), port)


def macsec(config: etree._Element) -> Iterator[tuple[str, MacsecFact]]:
    """Interfaces with a static key of MACsec."""
    for interface in _interfaces(config):
        for one in _find(interface, "macsec:macsec/macsec:ckn-caks/macsec:ckn-cak"):
            suite = "macsec:macsec/macsec:cipher-algorithm-suites/macsec:cipher-algorithm-suite/macsec:suite"
            name, key = _text(one, "macsec:ckn").lower(), digest_of(_text(one, "macsec:cak"))
            yield _text(interface, "ifm:name"), MacsecFact(name, key, _text(interface, suite))


def _cards(config: etree._Element) -> Iterator[tuple[str, str]]:
    """Group -> the card of its ports, where its clients' interfaces are: 0/2 of 0/2/3."""
    for group in _find(config, "flexe:flexe/flexe:groups/flexe:group"):
        for port in _find(group, "flexe:physical-ports/flexe:physical-port"):
            yield _text(group, "flexe:index"), _text(port, "flexe:port-position").rpartition("/")[0]


def measurements(config: etree._Element) -> Iterator[MeasurementFact]:
    """Static flows of in-band measurement."""
    for one in _find(
        config, "ifit:ifit/ifit-common:ifit-common/ifit-common:static-instances/ifit-common:static-instance"
    ):
        flow = one.find("ifit-common:flow", _SPACES)
        yield MeasurementFact(
            name=_text(one, "ifit-common:name"),
            vrf=_text(flow, "ifit-common:ni-name"),
            source=_prefix(flow, "source"),
            destination=_prefix(flow, "destination"),
        )


def _prefix(flow: etree._Element | None, end: str) -> str:
    return f"{_text(flow, f'ifit-common:{end}-ip')}/{_text(flow, f'ifit-common:{end}-mask', '32')}"


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
        _text(one, f"{top}id") for one in _find(config, f"{top}twamp-controller/{top}sender/{top}sessions/{top}session")
    }
    for one in _find(config, f"{top}twamp-controller/{top}client/{top}sessions/{top}session"):
        if _text(one, f"{top}id") in sent:
            probe = ProbeFact(
                session=int(_text(one, f"{top}id")),
                vrf=_text(one, f"{top}vrf-name"),
                own=(_text(one, f"{top}send-ip-addr"), int(_text(one, f"{top}send-port"))),
                far=(_text(one, f"{top}ref-ip-addr"), int(_text(one, f"{top}ref-port"))),
            )
            yield _text(one, f"{top}binded-interface"), probe


def reflectors(config: etree._Element) -> Iterator[ProbeFact]:
    """TWAMP sessions that the router answers; their `source` is taken to be the router's own end."""
    top = "twamp-responder:"
    for one in _find(config, f"{top}twamp-responder/{top}responder/{top}test-sessions/{top}test-session"):
        yield ProbeFact(
            session=int(_text(one, f"{top}session-id")),
            vrf=_text(one, f"{top}vrf-name"),
            own=(_text(one, f"{top}source-ip"), int(_text(one, f"{top}source-port"))),
            far=(_text(one, f"{top}dest-ip"), int(_text(one, f"{top}dest-port"))),
        )
