"""What the emulated router reports beside its configuration: the vendor's own state nodes, filled from the world.

Each section is one small function that adds its nodes to a copy of running. Every name is a node of the model; a test
walks the result against the schema.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from copy import deepcopy
from functools import cached_property

from lxml import etree

from netwright.emulator.facts import Facts
from netwright.emulator.huawei.meaning import PUBLIC
from netwright.emulator.huawei.schema import NAMESPACE
from netwright.emulator.huawei.store import Checkpoint
from netwright.emulator.huawei.tree import empty, split
from netwright.emulator.world import Operational, RouteState

_PACKETS = 1_000_000  # of a period and of a counter, where packets are lost: a ratio then is what the model calls ppm
_AF = {"evpn": "evpn", "vpnv4": "ipv4vpn", "vpnv6": "ipv6vpn"}
_PROTOCOLS = {"connected": "direct", "static": "static", "bgp": "bgp"}
_SID_LISTS = {"End": "end", "End.DT4": "end-dt4", "End.DT6": "end-dt6", "End.DT46": "end-dt46"}


class View:
    """What a section draws on, and the tree it adds to. Facts and world are computed only when a section asks."""

    def __init__(
        self,
        tree: etree._Element,
        checkpoints: Sequence[Checkpoint],
        facts: Callable[[], Facts],
        world: Callable[[], Operational],
    ) -> None:
        self.tree = tree
        self.checkpoints = checkpoints
        self._facts, self._world = facts, world

    @cached_property
    def facts(self) -> Facts:
        """What the configuration means."""
        return self._facts()

    @cached_property
    def world(self) -> Operational:
        """What the world shows."""
        return self._world()


def operational_tree(
    running: etree._Element,
    checkpoints: Sequence[Checkpoint],
    facts: Callable[[], Facts],
    world: Callable[[], Operational],
    roots: frozenset[str] | None = None,
) -> etree._Element:
    """Running with what is operational beside it; only the top-level nodes of these names (None: all)."""
    tree = empty()
    for top in running:
        if roots is None or split(top.tag)[1] in roots:
            tree.append(deepcopy(top))
    view = View(tree, checkpoints, facts, world)
    for root, section in SECTIONS:
        if roots is None or root in roots:
            section(view)
    return tree


# ---- building -------------------------------------------------------------------------------------------------------


def _under(parent: etree._Element, *steps: str) -> etree._Element:
    """The element at `steps` below `parent`, made where missing; a step is `name`, or `module:name`."""
    here = parent
    for step in steps:
        tag = _tag(here, step)
        found = here.find(tag)
        here = etree.SubElement(here, tag) if found is None else found
    return here


def _tag(parent: etree._Element, step: str) -> str:
    module, _, name = step.rpartition(":")
    return f"{{{NAMESPACE}huawei-{module}}}{name}" if module else f"{parent.tag.rpartition('}')[0]}}}{name}"


def _entry(parent: etree._Element, name: str, keys: dict[str, str]) -> etree._Element:
    """The list entry with these keys, made where it is missing."""
    tag = _tag(parent, name)
    for one in parent.findall(tag):
        if all(one.findtext(_tag(one, key)) == value for key, value in keys.items()):
            return one
    return _leaves(etree.SubElement(parent, tag), **{key.replace("-", "_"): value for key, value in keys.items()})


def _leaves(parent: etree._Element, /, **values: str | int) -> etree._Element:
    """Add leaves; an underscore stands for the vendor's hyphen."""
    for name, value in values.items():
        etree.SubElement(parent, _tag(parent, name.replace("_", "-"))).text = str(value)
    return parent


def _new(parent: etree._Element, element: str, /, **values: str | int) -> etree._Element:
    return _leaves(etree.SubElement(parent, _tag(parent, element)), **values)


def _instance(view: View, name: str) -> etree._Element:
    instances = _under(view.tree, "network-instance:network-instance", "instances")
    return _entry(instances, "instance", {"name": name})


def _up(*, up: bool) -> str:
    return "up" if up else "down"


# ---- sections -------------------------------------------------------------------------------------------------------


def _checkpoints(view: View) -> None:
    parent = _under(view.tree, "cfg:cfg", "checkpoints")
    for one in reversed(view.checkpoints):
        entry = _new(parent, "checkpoint", commit_id=one.commit_id)
        if one.label:
            _leaves(entry, user_label=one.label)
        _leaves(entry, username=one.username or "system", client=one.client, timestamp=one.timestamp)
        if one.description:
            _leaves(entry, description=one.description)


def _interfaces(view: View) -> None:
    parent = _under(view.tree, "ifm:ifm", "interfaces")
    for entry in parent:
        name = entry.findtext(_tag(entry, "name")) or ""
        status = _up(up=name in view.world.interfaces_up)
        mtu = view.facts.interfaces[name].mtu
        _new(entry, "dynamic", oper_status=status, physical_status=status, link_status=status, mtu=mtu)
        counts = _new(entry, "mib-statistics", receive_packet=_passed(view), send_packet=_passed(view))
        _leaves(
            counts, receive_error_packet=0, receive_drop_packet=0, send_error_packet=0, send_drop_packet=_dropped(view)
        )


def _isis(view: View) -> None:
    instance = _instance(view, PUBLIC)
    site = instance.find(f"{_tag(instance, 'isis:isis')}/{_tag(instance, 'isis:sites')}/{_tag(instance, 'isis:site')}")
    if site is None:
        return
    peers = _under(site, "peers")
    level = f"level-{view.facts.isis_level}"
    for port, neighbour in sorted(view.world.adjacencies.items()):
        entry = _new(peers, "peer", system_id=neighbour, level=level, circuit_id=port, interface_name=port)
        _leaves(entry, host_name=neighbour, status="up", protocol="ipv6")
    for port, delay in sorted(view.world.link_delays_us.items()):
        circuit = _new(_under(site, "circ-datas"), "circ-data", if_name=port)
        told = _new(
            _under(circuit, "min-max-unidirectional-link-delays"),
            "min-max-unidirectional-link-delay",
            af_type="afipv6",
        )
        delays = dict.fromkeys((f"use_min_delay_{level}", f"use_max_delay_{level}"), round(delay))
        _leaves(told, **{f"{level}_status": "true"}, **delays)


def _bgp_peers(view: View) -> None:
    instance = _instance(view, PUBLIC)
    peers = "/".join(_tag(instance, step) for step in ("bgp:bgp", "bgp:base-process", "bgp:peers", "bgp:peer"))
    families = {_AF[family]: family for family in _AF}
    for peer in instance.iterfind(peers):
        address = peer.findtext(_tag(peer, "address")) or ""
        for af in peer.iterfind(f"{_tag(peer, 'afs')}/{_tag(peer, 'af')}"):
            family = families.get(af.findtext(_tag(af, "type")) or "")
            prefixes = view.world.sessions.get((address, family)) if family else None
            state = "active" if prefixes is None else "established"
            _new(af, "state", current_state=state, receive_prefix=prefixes or 0)


def _locators(view: View) -> None:
    instance = _instance(view, PUBLIC)
    srv6 = instance.find(_tag(instance, "srv6:srv6"))
    if srv6 is None or srv6.findtext(_tag(srv6, "enable")) != "true":
        return
    for one in srv6.iterfind(f"{_tag(srv6, 'locators')}/{_tag(srv6, 'locator')}"):
        prefix = one.findtext(_tag(one, "prefix")) or ""
        _new(one, "attribute", block=prefix)
    local = _under(srv6, "local-sids")
    locators = {name: ipaddress.ip_network(prefix) for name, prefix in view.facts.locators.items()}
    for sid in sorted(view.facts.sids, key=lambda one: one.sid):
        kind = _SID_LISTS[sid.behaviour]
        owner = next((name for name, prefix in locators.items() if ipaddress.ip_address(sid.sid) in prefix), "")
        entry = _new(_under(local, f"{kind}s"), kind, value=sid.sid)
        if sid.vrf:
            _leaves(entry, vpn_name=sid.vrf)
        _leaves(entry, locator_name=owner)


def _routes(view: View) -> None:
    for route in view.world.routes:
        if route.vrf in view.facts.vrfs:
            _route(_instance(view, route.vrf), route)


def _bgp_routes(view: View) -> None:
    for route in view.world.routes:
        if route.protocol == "bgp" and route.vrf in view.facts.vrfs:
            _bgp_route(view, route)


def _route(instance: etree._Element, route: RouteState) -> None:
    prefix = ipaddress.ip_network(route.prefix)
    family = f"ipv{prefix.version}-unicast"
    af = _entry(_under(instance, "l3vpn:afs"), "af", {"type": family})
    topology = _entry(_under(af, "routing:routing", "routing-manage", "topologys"), "topology", {"name": "base"})
    entry = _new(
        _under(topology, "routes", f"{family}-routes"),
        f"{family}-route",
        prefix=str(prefix.network_address),
        mask_length=prefix.prefixlen,
        protocol_type=_PROTOCOLS[route.protocol],
        interface_name=route.interface or "SRv6 BE",  # the routing table names no port for a SID
        process_id=0,
        direct_nexthop=route.next_hop or ("0.0.0.0" if prefix.version == 4 else "::"),  # noqa: S104 - "no next hop"
        indirect_id="0x0",
        active="true",
    )
    if route.colour:
        _leaves(entry, route_color=route.colour)


def _bgp_route(view: View, route: RouteState) -> None:
    """The BGP table's row of a VPN route: there, and not in the routing table, the model has the SID."""
    prefix = ipaddress.ip_network(route.prefix)
    routes = _under(
        view.tree, "bgp:bgp", "base-process", "bgp-routing-table:bgp-route", f"ipv{prefix.version}-unicast", "routes"
    )
    _new(
        routes,
        "route",
        vpn_name=route.vrf,
        route_distinguisher=view.facts.vrfs[route.vrf].rd,
        prefix=str(prefix.network_address),
        mask_length=prefix.prefixlen,
        route_type="ibgp",
        im_table_id=0,
        **{"from": route.next_hop},
        path_id="0",
        nexthop=route.next_hop,
        prefix_sid=route.sid,
    )


def _policies(view: View) -> None:
    if not view.world.policies:
        return
    infos = _under(_instance(view, PUBLIC), "srv6:srv6", "srpolicy:srpolicy", "policy-infos")
    wanted = {(one.endpoint, one.colour): one for one in view.facts.policies}
    for one in sorted(view.world.policies, key=lambda policy: policy.name):
        entry = _new(
            infos,
            "policy-info",
            endpoint=one.endpoint,
            color=one.colour,
            name=one.name,
            state="Up" if one.up else "Down",
        )
        _leaves(entry, admin_state="up")
        fact = wanted.get((one.endpoint, one.colour))
        if fact and fact.binding_sid:
            _leaves(entry, binding_sid=fact.binding_sid)
        for preference, _ in fact.paths if fact else ():
            _path(entry, preference, one.sids if one.up and preference == one.preference else ())


def _path(policy: etree._Element, preference: int, sids: tuple[str, ...]) -> None:
    """A candidate path: the active one shows its segments."""
    path = _new(
        _under(policy, "candidate-paths"),
        "candidate-path",
        protocol_origin="configuration",
        asn=0,
        node_address="0.0.0.0",  # noqa: S104 - the originator of a local configuration (RFC 9256, section 2.4)
        discriminator=preference,
        preference=preference,
        path_state="Active" if sids else "Inactive",
        path_type="primary" if sids else "no-active",
    )
    if sids:
        segments = _new(_under(path, "segment-lists"), "segment-list", id=1, state="Up")
        for index, sid in enumerate(sids):
            _new(_under(segments, "sids"), "sid", index=index, value=sid)


def _flexe(view: View) -> None:
    clients = view.tree.find(f"{_tag(view.tree, 'flexe:flexe')}/{_tag(view.tree, 'flexe:clients')}")
    ports = {(fact.group, fact.client): fact.port for fact in view.facts.flexe}
    for one in clients if clients is not None else ():
        bandwidth = one.findtext(f"{_tag(one, 'binding-bandwidth')}/{_tag(one, 'bandwidth')}") or "0"
        key = int(one.findtext(_tag(one, "group-index")) or "0"), int(one.findtext(_tag(one, "id")) or "0")
        _leaves(one, port_name=ports[key], bandwidth_value=bandwidth)


def _measurements(view: View) -> None:
    top = view.tree.find(f"{_tag(view.tree, 'ifit:ifit')}/{_tag(view.tree, 'ifit-common:ifit-common')}")
    if top is None:
        return
    for number, one in enumerate(
        top.iterfind(f"{_tag(top, 'static-instances')}/{_tag(top, 'static-instance')}"), start=1
    ):
        for port in one.iter(_tag(top, "bind-if")):
            _leaves(port, flow_id=number)
        delay = view.world.delays_us.get(one.findtext(_tag(one, "name")) or "")
        if delay is not None:
            result = _new(
                _under(top, "flow-statistic-results"), "flow-statistic-result", flow_id=number, segment_list_id=0
            )
            _new(
                _under(result, "one-way-delays"),
                "one-way-delay",
                period=1,
                local_delay=round(delay * 1000),
                local_delay_jitter=0,
            )
            lost = round(view.world.losses.get(one.findtext(_tag(one, "name")) or "", 0.0) * _PACKETS)
            losses = _under(result, "one-way-losses")
            _new(losses, "one-way-loss", period=1, local_loss=lost, local_loss_ratio=lost)


def _probes(view: View) -> None:
    """A session is active while it is sent; it has results of what came back, and of nothing else."""
    top = view.tree.find(_tag(view.tree, "twamp-controller:twamp-controller"))
    sent = {str(one.session) for one in view.facts.probes}
    if top is None:
        return
    for one in top.iterfind("/".join(_tag(top, step) for step in ("client", "sessions", "session"))):
        number = one.findtext(_tag(one, "id")) or ""
        _new(one, "session-detail", state="active" if number in sent else "initial", type="continual")
        found = view.world.probes.get(int(number))
        if found is not None:
            delays = {f"{kind}_delay": round(found.delay_us) for kind in ("average", "maximum", "minimum")}
            there = {f"{kind}_tx_jitter": round(found.jitter_us) for kind in ("average", "maximum", "minimum")}
            back = {f"{kind}_rx_jitter": round(found.jitter_back_us) for kind in ("average", "maximum", "minimum")}
            _new(one, "twoway-delay-result", **delays, **there, **back)


def _macsec(view: View) -> None:
    """MKA sessions of the ports that have MACsec: with a live peer, or of a key that nobody answers to."""
    for port in sorted(view.world.encrypted | view.facts.macsec.keys()):
        mkas = _under(view.tree, "macsec:macsec", "statistics", "interface-mkas")
        mine, alive = view.facts.macsec.get(port), int(port in view.world.encrypted)
        suite = (mine.suite if mine else "gcm-aes-xpn-256").upper() if alive else ""
        entry = _new(mkas, "interface-mka", interface_name=port, live_peers1=alive)
        _leaves(entry, **({"macsec_cipher_suite": suite} if suite else {}))


def _queues(view: View) -> None:
    for queue in view.facts.queues:
        statistics = _under(view.tree, "qos:qos", "global-query", "port-queue-statisticss")
        entry = _new(statistics, "port-queue-statistics", interface_name=queue.port, service_class=queue.service_class)
        _leaves(entry, pass_packets=_passed(view), drop_packets=_dropped(view))


def _dropped(view: View) -> int:
    """Packets that a counter of this device says were dropped: none, unless the device loses some."""
    return round(view.world.loses * _PACKETS)


def _passed(view: View) -> int:
    """Packets that passed it; nobody sends any here unless some are lost."""
    return _PACKETS - _dropped(view) if view.world.loses else 0


SECTIONS: tuple[tuple[str, Callable[[View], None]], ...] = (
    ("cfg", _checkpoints),
    ("ifm", _interfaces),
    ("network-instance", _isis),
    ("network-instance", _bgp_peers),
    ("network-instance", _locators),
    ("network-instance", _routes),
    ("bgp", _bgp_routes),
    ("network-instance", _policies),
    ("flexe", _flexe),
    ("ifit", _measurements),
    ("twamp-controller", _probes),
    ("qos", _queues),
    ("macsec", _macsec),
)
"""The top-level node that a section adds to, and the section."""
