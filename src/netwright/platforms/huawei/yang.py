"""What is particular to Huawei's YANG modules when libyang judges with them: mends, and how a path is spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from netwright.platforms.huawei import keys
from netwright.tree import Path
from netwright.yang.documents import tree_of
from netwright.yang.modules import Mend, Vendor

_STEP = re.compile(r"/(?P<name>[^/\[]+)(?P<predicates>(?:\[[^\]=]+=(?:'[^']*'|\"[^\"]*\")\]|\[\d+\])*)")
_PREDICATE = re.compile(r"\[(?P<key>[^\]=]+)=(?P<quote>['\"])(?P<value>.*?)(?P=quote)\]", re.DOTALL)

_EMPTY = (
    "the rule tests whether a container without presence exists; RFC 7950 (7.5.1) lets such a container always exist, "
    "the router takes an empty one for absent: the copy tests what is in it"
)

MENDS = (
    Mend(
        "huawei-routing-policy",
        "|(429496729[0-5]))){0,255})'",
        "|(429496729[0-5])))*)'",
        "PCRE2 finds the pattern of an AS path too large: the copy does not count that there are at most 256",
    ),
    Mend(
        "huawei-bgp-srv6",
        'ipv4-unicast/bgp-srv6:locators or ../bgp:afs/bgp:af/bgp:ipv6-unicast/bgp-srv6:locators)"',
        "ipv4-unicast/bgp-srv6:locators/bgp-srv6:locator or "
        '../bgp:afs/bgp:af/bgp:ipv6-unicast/bgp-srv6:locators/bgp-srv6:locator) or not(bgp-srv6:name)"',
        _EMPTY,
    ),
    Mend(
        "huawei-evpn-srv6",
        'must "not (../../../../../bgp-srv6:locator)"',
        'must "not (../../../../../bgp-srv6:locator/bgp-srv6:name) or not(evpn-srv6:locator)"',
        _EMPTY,
    ),
    Mend(
        "huawei-deterministic-ip",
        "not(../../qos:qos/qos:soft-pipe-alarms)",
        "not(../../qos:qos/qos:soft-pipe-alarms/qos:soft-pipe-alarm)",
        _EMPTY,
    ),
    Mend(
        "huawei-ifit-common",
        'unique "flow/flow-filter/filter-condition1/',
        '// unique "flow/flow-filter/filter-condition1/',
        "libyang 6.4.13 crashes on this `unique` when three flows are measured: it is not checked",
    ),
)
"""The whole list. Revisions of V8.22.0 need all of them; a module without the text is loaded as it is."""


def path_of(said: str) -> Path:
    """A data path as libyang spells it, as a path of the tree. What cannot be read is left out at the end."""
    return tuple(_steps(said))


def _steps(said: str) -> Iterator[str]:
    at = 0
    while found := _STEP.match(said, at):
        named = {row["key"]: row["value"] for row in _PREDICATE.finditer(found["predicates"])}
        yield keys.entry(found["name"], named)
        at = found.end()


def line_in(text: str, path: Path) -> int:
    """The line of a document in which the element at `path` stands, or the nearest above that is there; 0 for none."""
    here, line = tree_of(text), 0
    for step in path:
        name, wanted = keys.split(step)
        found = next((child for child in here.iterchildren(etree.Element) if _is(child, name, wanted)), None)
        if found is None:
            break
        here = found
        line = found.sourceline if isinstance(found.sourceline, int) else line
    return line


def _is(element: etree._Element, name: str, wanted: Mapping[str, str]) -> bool:
    if etree.QName(element).localname != name.rpartition(":")[2]:
        return False
    own = {etree.QName(child).localname: child.text or "" for child in element.iterchildren(etree.Element)}
    return all((element.text or "" if key == "." else own.get(key)) == value for key, value in wanted.items())


VENDOR = Vendor(prefix="huawei-", path=path_of, line=line_in, mends=MENDS)
