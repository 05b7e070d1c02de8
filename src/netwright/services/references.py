"""What the intents name must be there: nodes, ports, links. And what a platform cannot do at all is said at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from netwright.address import address
from netwright.diagnostics import Diagnostics
from netwright.intents.loader import Intents
from netwright.intents.schema import PointToPoint, Service, TenantSlice
from netwright.platforms.base import Grade, Platform, pack_of
from netwright.services import words
from netwright.services.macsec import KEY_NAME_BYTES, Encryption
from netwright.services.routing import avoided
from netwright.topology.model import Topology

_ISOLATIONS = ("none", "soft", "hard")
_SLICE_QUEUES = 4  # af1 to af4; best effort is the fifth


@dataclass(frozen=True)
class References:
    """Checks every name of the intents against the topology, into `found`."""

    intents: Intents
    topology: Topology
    platforms: Mapping[str, Platform]
    found: Diagnostics

    def check(self) -> frozenset[str]:
        """Check all; returns the addresses of the services that have none of these errors."""
        self._check_reflectors()
        self._check_keys()
        return frozenset(service.address for service in self.intents.services if self._check_service(service))

    def check_names(self) -> None:
        """Only whether all that is named is there: what can be said while something else is still wrong."""
        self._check_reflectors()
        for service in self.intents.services:
            self._check_names(service)

    @property
    def has_reflectors(self) -> bool:
        """Whether every route reflector of the Fabric is there."""
        fabric = self.intents.fabric
        return fabric is not None and set(fabric.spec.route_reflectors) <= set(self.topology.nodes)

    def _check_reflectors(self) -> None:
        fabric = self.intents.fabric
        for index, name in enumerate(fabric.spec.route_reflectors if fabric else ()):
            if fabric and name not in self.topology.nodes:
                place = f"spec.route_reflectors[{index}]"
                self._unknown(fabric.address, place, "node", name, self.topology.nodes)

    def _check_keys(self) -> None:
        fabric = self.intents.fabric
        asked = fabric.spec.links.macsec if fabric else None
        for name in Encryption(self.topology, self.platforms, asked).too_long() if asked else ():
            field, hint = "spec.links.macsec.key", f"at most {KEY_NAME_BYTES} bytes: name keys without {{link}}"
            message = f"names a key `{name}`, which is too long for the name of a MACsec key"
            self._error(fabric.address if fabric else "", field, "key-name-too-long", message, hint)
            return

    def _check_service(self, service: Service) -> bool:
        before = len(self.found.errors)
        self._check_names(service)
        if len(self.found.errors) == before:
            self._check_abilities(service)
        return len(self.found.errors) == before

    def _check_names(self, service: Service) -> None:
        for field, attachment in service.attachments:
            if attachment.node not in self.topology.nodes:
                self._unknown(service.address, f"{field}.node", "node", attachment.node, self.topology.nodes)
            elif attachment.port not in self.topology.nodes[attachment.node].ports:
                self._unknown_port(service.address, f"{field}.port", attachment.node, attachment.port)
        self._check_avoid(service)

    def _unknown_port(self, address: str, field: str, node: str, port: str) -> None:
        """A port that no tenant can be attached to: it does not exist, or a link of the network is on it."""
        known = self.topology.nodes[node].ports
        core = next((link.name for link in self.topology.links_of[node] if link.port_of(node) == port), "")
        close = [] if core else get_close_matches(port, known, n=1)
        note = f"did you mean `{close[0]}`?" if close else ""
        what = f"which the link {core} is on" if core else f"which is no access port of {node}"
        ports = f"access ports of {node}: {words.listed(sorted(known), 12)}" if known else f"{node} has no access port"
        message = f"{field} names {port}, {what}"
        self.found.error("unknown-port", address, message, self.intents.source(address, field), note=note, hint=ports)

    @cached_property
    def _srlgs(self) -> frozenset[str]:
        return frozenset(srlg for link in self.topology.links.values() for srlg in link.srlgs)

    def _check_avoid(self, service: Service) -> None:
        known: Mapping[str, Collection[str]] = {
            "node": self.topology.nodes,
            "link": self.topology.links,
            "srlg": self._srlgs,
        }
        for kind, names in known.items():
            for name in avoided(service.spec.constraints.avoid, kind):
                if name not in names:
                    self._unknown(service.address, "spec.constraints.avoid", kind, name, names)

    def _check_abilities(self, service: Service) -> None:
        nodes = {attachment.node: self.topology.nodes[attachment.node] for _, attachment in service.attachments}
        protection = getattr(service.spec, "protection", "none")
        for name, node in sorted(nodes.items()):
            can = pack_of(self.platforms, node).capabilities
            row = can["protection"]
            ways = row.value if isinstance(row.value, tuple) else ()
            if can["explicit_path"].value and protection not in ways:
                message = f"asks for {protection}, which {name} ({node.platform}) cannot do: {row.source}"
                self._error(service.address, "spec.protection", "unsupported", message, f"ask for {' or '.join(ways)}")
            if service.spec.service == "l2vpn":
                grade = can["l2vpn"].value
                message = f"asks for l2vpn, which is {Grade(int(str(int(grade))))} on {name} ({node.platform})"  # type: ignore[arg-type]
                self._error(
                    service.address, "spec.service", "unsupported", f"{message}: no construct yet", "ask for l3vpn"
                )
        if isinstance(service, TenantSlice):
            self._check_sub_slices(service)
        else:
            self._check_ride(service)
        self._check_reactions(service)

    def _check_ride(self, service: PointToPoint) -> None:
        """A line has the resources of its slice, so it cannot be kept apart better than its slice is."""
        ridden = self.intents.get(address("TenantSlice", service.spec.slice)) if service.spec.slice else None
        if not isinstance(ridden, TenantSlice):
            return
        asked, there = service.spec.constraints.isolation, ridden.spec.constraints.isolation
        if _ISOLATIONS.index(asked) > _ISOLATIONS.index(there):
            message = f"asks for {asked} isolation and rides in {ridden.address}, whose isolation is {there}"
            hint = "ask for less, raise the slice's, or leave `slice` out: the line then has a slice of its own"
            self._error(service.address, "spec.constraints.isolation", "isolation-exceeds-slice", message, hint)

    def _check_reactions(self, service: Service) -> None:
        others = [str(reaction) for reaction in service.spec.policy.on_violation if reaction != "notify"]
        if others:
            field = "spec.policy.on_violation"
            message = f"asks to {words.listed(others)} when an objective is missed, and nothing does that by itself yet"
            source = self.intents.source(service.address, field)
            hint = "a violation is reported by verify; plan and apply react to it"
            self.found.warning("reaction-not-automatic", service.address, message, source, hint=hint)

    def _check_sub_slices(self, service: TenantSlice) -> None:
        marked = sum(bool(sub.dscp) for sub in service.spec.sub_slices)
        if marked > _SLICE_QUEUES or len(service.spec.sub_slices) - marked > 1:
            message = (
                f"has {words.count(len(service.spec.sub_slices), 'sub-slice')}; a slice has {_SLICE_QUEUES} queues for "
            )
            message += "marked packets and one for all others"
            self._error(service.address, "spec.sub_slices", "too-many-sub-slices", message, "join some of them")

    def _unknown(self, address: str, field: str, what: str, name: str, known: Collection[str]) -> None:
        close = get_close_matches(name, known, n=1)
        note = f"did you mean `{close[0]}`?" if close else ""
        hint = "" if close else f"there is {words.listed(sorted(known), 8)}" if known else f"there is no {what}"
        source = self.intents.source(address, field)
        self.found.error(
            f"unknown-{what}", address, f"{field} names {name}, which is no {what}", source, note=note, hint=hint
        )

    def _error(self, address: str, field: str, code: str, message: str, hint: str) -> None:
        self.found.error(code, address, message, self.intents.source(address, field), hint=hint)
