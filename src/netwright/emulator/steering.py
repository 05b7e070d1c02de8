"""Explicit paths in the emulated world: when an SR policy is up, and which way a measured flow takes.

A segment list is valid when each of its SIDs belongs to a node that the one before reaches, and the last one to the
endpoint.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_interface, ip_network
from itertools import pairwise
from math import prod

from netwright.emulator.facts import Facts, MeasurementFact, PolicyFact, ProbeFact, SegmentRouteFact
from netwright.emulator.igp import Igp
from netwright.emulator.routes import PolicyState, RouteState, Way


def policy_state(node: str, policy: PolicyFact, igp: Igp) -> PolicyState:
    """The state of a policy: the highest preference with a valid list, its heaviest list shown."""
    end = igp.owner(policy.endpoint)
    for preference, lists in sorted(policy.paths, reverse=True):
        for _, sids in sorted(lists, key=lambda weighted: -weighted[0]):
            nodes = nodes_of(node, sids, igp)
            if end is not None and nodes and nodes[-1] == end:
                return PolicyState(
                    policy.name, policy.endpoint, policy.colour, up=True, preference=preference, sids=sids
                )
    return PolicyState(policy.name, policy.endpoint, policy.colour, up=False)


def nodes_of(node: str, sids: Sequence[str], igp: Igp) -> tuple[str, ...]:
    """The nodes that the SIDs lead over, the start included; empty when one does not resolve or is out of reach."""
    way = [node]
    for sid in sids:
        following = igp.node_of_sid(sid)
        if following is None or igp.distance(way[-1], following) is None:
            return ()
        way.append(following)
    return tuple(way) if sids else ()


def measured_stops(
    node: str,
    flow: MeasurementFact,
    facts: Facts,
    routes: Sequence[RouteState],
    policies: Mapping[tuple[str, int], PolicyState],
    igp: Igp,
) -> Way:
    """The nodes that a measured flow is sent over, this one first; none when its destination is behind no other."""
    route = _match(flow, routes)
    if route is None or route.protocol != "bgp":
        return Way()
    way = _way(node, route, facts, policies, igp)
    return way if len(way.stops) > 1 and all(igp.path(*leg, way.algorithm) for leg in pairwise(way.stops)) else Way()


def reflected(flow: ProbeFact, far: Facts) -> MeasurementFact | None:
    """The way back of a probe, as a flow of the router that answers it; None when that does not."""
    for one in far.reflectors:
        if (one.own, one.far) == (flow.far, flow.own) and _holds(far, one.vrf, one.own[0]):
            return MeasurementFact("", one.vrf, one.own[0], one.far[0])
    return None


def sent(flow: ProbeFact, near: Facts) -> MeasurementFact | None:
    """The way out of a probe, as a flow; None when the router does not have the address to send from."""
    return MeasurementFact("", flow.vrf, flow.own[0], flow.far[0]) if _holds(near, flow.vrf, flow.own[0]) else None


def _holds(facts: Facts, vrf: str, address: str) -> bool:
    """Whether an interface of the VRF has the address."""
    held = (text for one in facts.interfaces.values() if one.vrf == vrf and one.admin_up for text in one.addresses)
    return any(ip_interface(text).ip == ip_address(address) for text in held)


def delay_along_us(way: Way, igp: Igp) -> float:
    """The propagation delay over a way's stops, in one direction."""
    return sum(igp.delay_us(here, there, way.algorithm) or 0.0 for here, there in pairwise(way.stops))


def passed(way: Way, igp: Igp) -> tuple[str, ...]:
    """Every node on a way, those between its stops included."""
    return (*way.stops[:1], *(node for leg in pairwise(way.stops) for node in igp.path(*leg, way.algorithm)[1:]))


def loss_along(way: Iterable[str], losses: Mapping[str, float]) -> float:
    """The ratio of packets that do not come through these nodes, each of which loses its own share."""
    return 1 - prod(1 - losses.get(node, 0.0) for node in way)


def held(facts: Facts, interfaces_up: Collection[str]) -> Mapping[tuple[str, str], SegmentRouteFact]:
    """The routes with segments that hold, by VRF and prefix: of those whose interface is up, the nearest."""
    up = (one for one in facts.segment_routes if one.port in interfaces_up)
    return {(one.vrf, one.prefix): one for one in sorted(up, key=lambda one: -one.distance)}


def _match(flow: MeasurementFact, routes: Sequence[RouteState]) -> RouteState | None:
    """The longest route of the flow's VRF that holds its destination."""
    wanted = ip_network(flow.destination, strict=False)
    found: tuple[int, RouteState] | None = None
    for route in routes:
        network = ip_network(route.prefix)
        same = route.vrf == flow.vrf and network.version == wanted.version
        if same and network.supernet_of(wanted) and (found is None or network.prefixlen > found[0]):  # type: ignore[arg-type]
            found = (network.prefixlen, route)
    return found[1] if found else None


def _way(node: str, route: RouteState, facts: Facts, policies: Mapping[tuple[str, int], PolicyState], igp: Igp) -> Way:
    """The nodes a packet of this route passes on purpose: explicit segments, its policy, or the next hop alone."""
    explicit = held(facts, igp.interfaces_up(node)).get((route.vrf, route.prefix))
    if explicit is not None:
        return Way(nodes_of(node, explicit.sids, igp))
    policy = policies.get((route.next_hop, route.colour))
    if policy is not None and policy.up and facts.vrfs[route.vrf].traffic_engineered:
        return Way(nodes_of(node, policy.sids, igp))
    target = igp.owner(route.next_hop)
    return Way((node, target), igp.algorithm_of(route.sid)) if target is not None else Way()
