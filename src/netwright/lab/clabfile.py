"""`Blueprint` -> the containerlab file (containerlab.dev, "topology definition file"), for plain `containerlab deploy`.

Everything that a box needs beside its image stands in files next to the topology file, bound read-only, or in its
environment. The root password is one of the lab's own, made anew for each lab; so the file is its owner's only (0600).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

import yaml

from netwright.lab.model import Blueprint, Box, Cable, Role

Row: TypeAlias = dict[str, object]

START: Final = {
    Role.ROUTER: "/usr/lib/netwright/start-router",
    Role.HOSTS: "/usr/lib/netwright/start-host",
    Role.WIRES: "/bin/sh /netwright/wires.sh",
}
FILES: Final = "files"
"""The folder beside the topology file that holds what boxes are given."""

PLAIN_KIND: Final = "linux"


def clab_text(blueprint: Blueprint, password: str) -> str:
    """The file. `password` is root's on every router of ours."""
    document = {
        "name": blueprint.name,
        "mgmt": {"network": f"netwright-{blueprint.name}", "ipv4-subnet": blueprint.subnet},
        "topology": {
            "nodes": {box.name: dict(_node(box, password)) for box in blueprint.boxes},
            "links": [_link(cable) for cable in blueprint.cables],
        },
    }
    head = f"# The lab of {blueprint.name}, made by `netwright lab`. Rates: 1/{blueprint.scale} of production.\n"
    return head + yaml.safe_dump(document, sort_keys=False, width=120)


def _node(box: Box, password: str) -> Iterator[tuple[str, object]]:
    yield "kind", box.kind
    yield "image", box.image
    yield "mgmt-ipv4", box.address
    yield "labels", {"netwright-role": str(box.role)}
    if box.kind != PLAIN_KIND:
        return  # its image knows how to start it, and its credentials are its own
    yield "cmd", START[box.role]
    yield "restart-policy", "no"  # a router that was killed stays dead until somebody starts it
    if box.role is Role.HOSTS:
        return
    yield "binds", [f"{FILES}/{box.name}:/netwright:ro"]
    ports = {"NETWRIGHT_PORTS": " ".join(box.ports)}
    yield "env", {**ports, "NETWRIGHT_PASSWORD": password} if box.role is Role.ROUTER else ports


def _link(cable: Cable) -> Row:
    ends = [f"{plug.box}:{plug.interface}" for plug in (cable.a, cable.z)]
    return {"endpoints": ends, "mtu": cable.mtu, "vars": {"netwright-link": cable.link}}


def wires_script(blueprint: Blueprint) -> str:
    """What the box `wires` does: pass every frame on to the other end, with the link's delay and rate.

    tc-mirred passes everything (a bridge would keep frames to reserved addresses), and tc-netem holds it for the link's
    delay at the link's rate. The queue that matters is the router's: here it only has to hold what is under way.
    """
    return "\n".join([_WIRES_HEAD, *(_wire_line(blueprint, n) for n in range(len(blueprint.wires))), _WIRES_TAIL])


def _wire_line(blueprint: Blueprint, number: int) -> str:
    wire = blueprint.wires[number]
    return f"wire {wire.a} {wire.z} {wire.delay_us:.0f}us {wire.rate_bps}bit  # {wire.link}"


_WIRES_HEAD: Final = """\
#!/bin/sh
# The links of the lab: END END DELAY RATE, both ways alike.
#     wires.sh [END ...]     with ends: their links anew, in a box that stands already
again=$*
end() { # INTERFACE OTHER DELAY RATE
    ip link set "$1" up
    ethtool -K "$1" tx off >/dev/null 2>&1
    tc qdisc replace dev "$1" root netem delay "$3" rate "$4" limit 20000
    [ -z "$again" ] || tc qdisc del dev "$1" clsact 2>/dev/null || :
    tc qdisc add dev "$1" clsact
    tc filter add dev "$1" ingress protocol all prio 1 matchall action mirred egress redirect dev "$2"
}
wire() {
    case " $again " in "  " | *" $1 "* | *" $2 "*) ;; *) return ;; esac
    end "$1" "$2" "$3" "$4"
    end "$2" "$1" "$3" "$4"
}
for port in ${again:-$NETWRIGHT_PORTS}; do
    until [ -e "/sys/class/net/$port" ]; do sleep 1; done
    echo 1 >"/proc/sys/net/ipv6/conf/$port/disable_ipv6"
done
set -e"""

_WIRES_TAIL: Final = """\
set +e
[ -z "$again" ] || exit 0
mkdir -p /run/netwright
touch /run/netwright/ready
exec /usr/lib/netwright/start-host
"""
