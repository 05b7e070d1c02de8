"""Paths by measured delay: an algorithm of IS-IS of its own (RFC 9350), and the probes that measure each link.

The metric of algorithm 0 is the delay that inventory/topology.yaml says. What is flooded for this algorithm is what
routers measure, so that it follows a fibre that was rerouted underneath. Only routers that can take part, and only the
links between them: a link whose delay nobody floods is none for the algorithm (RFC 9350, section 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from netwright.address import address
from netwright.intents.fabric import FlexAlgo
from netwright.intents.schema import Fabric
from netwright.platforms.base import Platform
from netwright.services.checks import Check, Expected, Reported, Rung, Topic, Value
from netwright.services.claims import claim_link_probe, claim_node_id
from netwright.services.model import FlexAlgorithm, Reasoned, TwampResponder, TwampSession
from netwright.services.numbers import Numbers, pinned_end_sid
from netwright.services.ranges import measured_links
from netwright.topology.model import Link, Node, Topology

PORTS = {"a": 862, "z": 863}
"""The UDP port, at both ends, of what an end of a link sends: the two sessions must not be taken for each other."""

CONTROL = 48
"""DSCP of the probes, CS6 (RFC 4594): they measure the link, and not the queues of tenants."""

PERIOD_MS = 1000
"""Between two probes, milliseconds: a fibre's delay changes rarely."""


@dataclass(frozen=True)
class Flexible:
    """The flexible algorithm that a Fabric asks for."""

    fabric: Fabric
    asked: FlexAlgo
    topology: Topology
    platforms: Mapping[str, Platform]
    numbers: Numbers

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links that the algorithm knows."""
        return tuple(measured_links(self.topology, self.platforms))

    @cached_property
    def islands(self) -> Mapping[str, str]:
        """The routers that have such a link, each with the name of its island: the first router of those it reaches."""
        found = {node: node for link in self.links for node in (link.a, link.z)}
        changed = True
        while changed:
            changed = False
            for link in self.links:
                first = min(found[link.a], found[link.z])
                changed |= found[link.a] != first or found[link.z] != first
                found[link.a] = found[link.z] = first
        return found

    def joins(self, nodes: Iterable[str]) -> bool:
        """Whether the algorithm has ways between all of these."""
        found = {self.islands.get(node, "") for node in nodes}
        return len(found) == 1 and "" not in found

    def constructs(self, node: Node) -> Iterator[Reasoned]:
        """What a router of an island is told: the algorithm, and both ends of two probes on each of its links."""
        if node.name not in self.islands:
            return
        yield self._algorithm(node)
        for link in self.topology.links_of[node.name]:
            if link.a in self.islands and link.z in self.islands:
                yield self._session(link, node.name)
                yield self._responder(link, node.name)

    def _algorithm(self, node: Node) -> Reasoned:
        igp, srv6, prefix = self.fabric.spec.igp, self.fabric.spec.srv6, self.numbers.flexible_locator(node.name)
        construct = FlexAlgorithm(
            instance=str(igp.instance),
            level=igp.level,
            algorithm=self.asked.id,
            locator=self.asked.locator,
            prefix=prefix,
            function_length=srv6.static_length,
            end_sid=pinned_end_sid(prefix),
        )
        node_id = claim_node_id(self.fabric, node.name)
        return construct, {
            "algorithm": "spec.igp.flex_algo.id",
            "locator": "spec.igp.flex_algo.locator",
            "prefix": node_id,
            "end_sid": node_id,
        }

    def _session(self, link: Link, node: str) -> Reasoned:
        own, far, port = self._ends(link, node, node)
        number = self.numbers.number(claim_link_probe(self.fabric, node, link.name, "sender"))
        construct = TwampSession(number, "", own, far, port, CONTROL, PERIOD_MS, link.port_of(node))
        return construct, self._because(link, node, "sender")

    def _responder(self, link: Link, node: str) -> Reasoned:
        own, far, port = self._ends(link, node, link.other(node))
        number = self.numbers.number(claim_link_probe(self.fabric, node, link.name, "reflector"))
        return TwampResponder(number, "", own, far, port), self._because(link, node, "reflector")

    def _because(self, link: Link, node: str, end: str) -> dict[str, str]:
        said = f"inventory/topology.yaml {link.name}"
        return {
            "session": claim_link_probe(self.fabric, node, link.name, end),
            "sender": said,
            "reflector": said,
            "port": said,
            **dict.fromkeys(("vrf", "dscp", "period_ms"), "spec.igp.flex_algo"),
        }

    def _ends(self, link: Link, node: str, sender: str) -> tuple[str, str, int]:
        """A node's own address and the other's on a link, and the UDP port of what `sender` sends."""
        a, z = (end.partition("/")[0] for end in self.numbers.link_ends(link))
        port = PORTS["a" if sender == link.a else "z"]
        return (a, z, port) if node == link.a else (z, a, port)

    # ---- proof

    def checks(self) -> Iterator[Check]:
        """The algorithm's locator on each router; the delay of each link is measured and flooded, and told."""
        for node in sorted(self.islands):
            where: dict[str, Value] = {"name": self.asked.locator}
            expect: dict[str, Expected] = {"prefix": self.numbers.flexible_locator(node), "state": "up"}
            what = f"SRv6 locator of algorithm {self.asked.id}"
            yield self._check(node, "flexible-locator", what, Topic.LOCATORS, where, expect)
        for link in self.links:
            for node in (link.a, link.z):
                where, expect = {"port": link.port_of(node)}, {"state": "up", "delay_us": Reported()}
                what = f"delay of the link to {link.other(node)}, {link.delay_us:g} us by the topology, is flooded"
                yield self._check(node, f"link-delay:{link.name}", what, Topic.LINK_DELAYS, where, expect)

    def _check(
        self, node: str, thing: str, what: str, topic: Topic, where: dict[str, Value], expect: dict[str, Expected]
    ) -> Check:
        name, owner = address("Fabric", self.fabric.name, node, thing), self.fabric.address
        return Check(name, owner, node, Rung.CONTROL_PLANE, what, topic, where, expect)


def flexible_of(
    fabric: Fabric, topology: Topology, platforms: Mapping[str, Platform], numbers: Numbers
) -> Flexible | None:
    """The Fabric's flexible algorithm; None where it asks for none."""
    asked = fabric.spec.igp.flex_algo
    return Flexible(fabric, asked, topology, platforms, numbers) if asked else None
