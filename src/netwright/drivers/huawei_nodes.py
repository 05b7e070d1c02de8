"""The nodes of a Huawei router's answers: found by paths of `module:name` steps."""

from __future__ import annotations

from typing import Final

from lxml import etree

NAMESPACE: Final = "urn:huawei:yang:huawei-"
MODULES = (
    "ifm",
    "ip",
    "ethernet",
    "fim-ethernet",
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
    "twamp-controller",
    "macsec",
)
SPACES: Final = {module: NAMESPACE + module for module in MODULES}
INTERFACES = "ifm:ifm/ifm:interfaces/ifm:interface"


def all_at(item: etree._Element | None, path: str) -> list[etree._Element]:
    """The elements at a path; none where nothing is."""
    return [] if item is None else item.findall(path, SPACES)


def text_at(item: etree._Element | None, path: str, default: str = "") -> str:
    """The text at a path, or the default."""
    found = None if item is None else item.findtext(path, None, SPACES)
    return default if found is None else found.strip()


def number_at(item: etree._Element | None, path: str) -> int:
    """The number at a path; 0 where there is none."""
    text = text_at(item, path)
    return int(text) if text.lstrip("-").isdigit() else 0
