"""What each code of this room's diagnostics means: the text of `netwright help CODE`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CODES: Final[Mapping[str, str]] = {
    "unknown-lab-kind": (
        "A lab is generated for kinds of containerlab whose ports netwright knows how to name: linux (FRR), "
        "huawei_vrp, nokia_srlinux and arista_ceos. Any other kind would be wired up by guesswork."
    ),
    "unused-lab-image": (
        "An image was named for a kind that no router of the network takes. Huawei routers take huawei_vrp by "
        "themselves; any other kind is asked for by the label containerlab-kind of a node in "
        "inventory/topology.yaml."
    ),
    "lab-name-taken": (
        "The lab adds boxes of its own: `wires`, which carries the links, and `ROUTER-hosts` behind the "
        "access ports of each router. A router of the network has such a name, and docker cannot tell the two "
        "apart."
    ),
    "lab-too-large": (
        "The lab's management network is a /16 with a half for routers and a half for hosts: some thirty "
        "thousand of each. The network has more, or a smaller management network was asked for."
    ),
    "beyond-small-deployer": (
        "Where containerlab is not installed, a small deployer of netwright's own starts the lab. It reads "
        "the part of containerlab's format that netwright writes, and refuses anything else instead of "
        "leaving it out. containerlab itself knows the whole format, and is used wherever it is on the PATH."
    ),
}
