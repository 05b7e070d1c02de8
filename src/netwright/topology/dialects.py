"""What differs between platforms when a network is drawn: names of ports, pins, ways in. Data; behaviour is elsewhere.

Only for networks that come from a file or a generator (`netwright init`, tests): a network that people wrote down names
its ports itself. What a platform can be *asked for* is in its capability table (`netwright.platforms`), which this room
does not see; the three columns at the end repeat from it what the choice of example endpoints needs, and a test of the
table keeps them equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One platform, as far as drawing a network needs it. `{}` in a port's name is the number."""

    link_ports: Mapping[int, str]  # capacity in Gbit/s -> name; a slower link takes the next faster port
    access_port: str
    first_port: int
    shared_numbers: bool  # one row of numbers for all ports (eth1, eth2 ...), or one for each kind of port
    management_port: int  # of NETCONF over SSH, or of SSH
    model: str
    pinned: bool  # the locator comes with the baseline: node id, loopback and addresses are pinned
    signalling: frozenset[str]  # evpn | vpn over SRv6
    explicit_paths: bool  # as a head-end
    protection: bool  # hot-standby as a head-end

    def link_port(self, capacity_gbps: float) -> str:
        """The name, with `{}`, of the slowest port that carries a link of this capacity."""
        fitting = [speed for speed in self.link_ports if speed >= capacity_gbps]
        return self.link_ports[min(fitting, default=max(self.link_ports))]


DIALECTS: Mapping[str, Dialect] = {
    "huawei": Dialect(
        link_ports={100: "100GE0/1/{}", 400: "400GE0/1/{}"},
        access_port="100GE0/2/{}",
        first_port=0,
        shared_numbers=False,
        management_port=830,
        model="NE40E-X8A V800R022C00",
        pinned=False,
        signalling=frozenset({"evpn", "vpn"}),
        explicit_paths=True,
        protection=True,
    ),
    "zte": Dialect(
        link_ports={100: "cgei-0/1/0/{}", 400: "cdgei-0/1/0/{}"},
        access_port="cgei-0/2/0/{}",
        first_port=1,
        shared_numbers=False,
        management_port=22,
        model="ZXCTN 9000-18EA",
        pinned=True,
        signalling=frozenset({"evpn"}),
        explicit_paths=False,
        protection=False,
    ),
    "frr": Dialect(
        link_ports={100: "eth{}", 400: "eth{}"},
        access_port="eth{}",
        first_port=1,
        shared_numbers=True,
        management_port=22,
        model="FRR 10.7, Linux 6.12",
        pinned=False,
        signalling=frozenset({"vpn"}),
        explicit_paths=True,
        protection=True,
    ),
}
