"""From a place in a device back to our line: exact, below, beside in the same entry; never in another entry."""

import pytest

from netwright.plan.places import culprit, nearest
from netwright.tree import Path

A, B = "interface[name='a']", "interface[name='b']"
OURS: list[Path] = [
    ("m:ifm", "interfaces", A, "name"),
    ("m:ifm", "interfaces", A, "ipv4", "address[ip='1']", "ip"),
    ("m:ifm", "interfaces", A, "ipv4", "address[ip='1']", "mask"),
    ("m:ifm", "interfaces", B, "mtu"),
    ("m:ifm", "global", "x"),
]

PLACES = {
    "exactly": (("m:ifm", "interfaces", A, "name"), OURS[0]),
    "the first below": (("m:ifm", "interfaces", A, "ipv4"), OURS[1]),
    "the entry itself": (("m:ifm", "interfaces", A), OURS[0]),
    "beside it in the entry": (("m:ifm", "interfaces", A, "description"), OURS[0]),
    "beside it, deeper": (("m:ifm", "interfaces", A, "qos", "policy"), OURS[0]),
    "the innermost entry decides": (("m:ifm", "interfaces", A, "ipv4", "address[ip='2']", "ip"), None),
    "another entry is another thing": (("m:ifm", "interfaces", "interface[name='c']", "mtu"), None),
    "an entry that is not ours": (("m:ifm", "interfaces", "interface[name='c']"), None),
    "another module": (("m:bgp", "peer"), None),
}


@pytest.mark.parametrize(("path", "found"), PLACES.values(), ids=PLACES)
def test_nearest(path: Path, found: Path | None) -> None:
    assert nearest(path, OURS) == found


CULPRITS = {
    "as said": (("m:a", "b"), "Invalid value.", ("m:a", "b")),
    "the unknown child": (OURS[0][:3], 'Node "ipv4" not found as a child of "interface" node.', (*OURS[0][:3], "ipv4")),
    "a child nobody wrote": (OURS[0][:3], 'Node "zz" not found as a child of "interface" node.', OURS[0][:3]),
    "an unknown root": ((), 'Node "bras" not found in the "huawei-bras" module.', ("huawei-bras:bras",)),
}


@pytest.mark.parametrize(("path", "message", "found"), CULPRITS.values(), ids=CULPRITS)
def test_culprit(path: Path, message: str, found: Path) -> None:
    assert culprit(path, message, OURS) == found
