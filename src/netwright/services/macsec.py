"""Which links are encrypted: by the baseline, or by us, with a key that the Fabric names.

MACsec is by interface. What a service brings, a FlexE client, is an interface that no baseline has encrypted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from netwright.intents.fabric import Macsec as Asked
from netwright.platforms.base import Platform, pack_of
from netwright.services.profile import Profile
from netwright.topology.model import Link, Topology

if TYPE_CHECKING:
    from netwright.services.flexe import Client

KEY_NAME_BYTES = 29
"""A key's name on the wire (CKN) has at most 32 octets (IEEE 802.1X-2020, 9.3.1), of which a mark of ours takes 3."""

_NUMBER = re.compile(r"\d+(/\d+)*$")


@dataclass(frozen=True, slots=True)
class EncryptedPort:
    """An interface that must have MACsec. `key`: the name of its secret; "" where the baseline has it."""

    node: str
    port: str
    key: str


@dataclass(frozen=True)
class Encryption:
    """MACsec of a network's links; `asked` is what the Fabric says of it."""

    topology: Topology
    platforms: Mapping[str, Platform]
    asked: Asked | None = None

    @cached_property
    def by_baseline(self) -> frozenset[str]:
        """The links that are said to be encrypted, both of whose routers are of a model that can do so."""
        links = (link for link in self.topology.links.values() if link.encrypted)
        return frozenset(link.name for link in links if all(self._can(node, "macsec") for node in (link.a, link.z)))

    @cached_property
    def ours(self) -> frozenset[str]:
        """The links on whose ports, or on FlexE clients beside them, we can configure it."""
        return frozenset(link.name for link in self.topology.links.values() if self.asked and self._configurable(link))

    def _configurable(self, link: Link) -> bool:
        ends = ((node, _kind(link.port_of(node))) for node in (link.a, link.z))
        return all(self._can(node, "macsec") == "managed" and kind in self._kinds(node) for node, kind in ends)

    def covers(self, link: str, *, own_client: bool) -> bool:
        """Whether a link is encrypted, or can be by us; `own_client`: packets go by a FlexE client of their own."""
        return link in self.ours or (link in self.by_baseline and not own_client)

    def key(self, link: Link) -> str:
        """The name of a link's secret."""
        return self.asked.key.replace("{link}", link.name) if self.asked else ""

    def too_long(self) -> Iterator[str]:
        """The names of secrets that are too long to be the name of a key."""
        names = (self.key(self.topology.links[name]) for name in sorted(self.ours))
        return (name for name in names if len(name.encode()) > KEY_NAME_BYTES)

    def ports(self, links: Iterable[str], clients: Mapping[str, Client]) -> Iterator[EncryptedPort]:
        """The interfaces at both ends of links; of a link with a client, the client's."""
        for name in links:
            link, client = self.topology.links[name], clients.get(name)
            key = self.key(link) if client or name not in self.by_baseline else ""
            for node in (link.a, link.z):
                yield EncryptedPort(node, client.interface(node) if client else link.port_of(node), key)

    def _kinds(self, node: str) -> tuple[str, ...]:
        kinds = self._can(node, "macsec_ports")
        return kinds if isinstance(kinds, tuple) else ()

    def _can(self, node: str, what: str) -> object:
        return pack_of(self.platforms, self.topology.nodes[node]).capabilities[what].value


def _kind(port: str) -> str:
    """What kind of interface a port is: `100GE0/1/0` -> 100GE."""
    return _NUMBER.sub("", port)


def required(profile: Profile) -> bool:
    """Whether a service asks for encryption on its whole way."""
    return profile.service.spec.constraints.encryption == "required"
