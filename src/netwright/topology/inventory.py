"""`inventory/hosts.yaml`, `groups.yaml`, `defaults.yaml` -> `Inventory`.

The files are those of Nornir's SimpleInventory, and a value is inherited as there: the host's own, then its groups' in
order (each followed by its own groups), then the defaults. Nornir reads the same files in the runbooks; here they are
read without it, because its objects are mutable and its loader says nothing about what is wrong or where.

Secrets stand in none of the files (`netwright.topology.credentials`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from netwright.diagnostics import Diagnostics, Source
from netwright.intents.words import did_you_mean
from netwright.topology.document import Document, read, read_file
from netwright.topology.findings import validated
from netwright.topology.model import Topology
from netwright.topology.schema import Base


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives a host values: a row of hosts.yaml or groups.yaml, or the defaults, and where that stands."""

    row: _Attributes
    document: Document | None = None
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Host:
    """A router as a device that answers: everything inherited is already in it."""

    name: str
    hostname: str
    port: int
    platform: str
    username: str  # "": with the secret
    groups: tuple[str, ...]
    data: Mapping[str, JsonValue]
    options: Mapping[str, JsonValue] = field(default_factory=dict)  # of its driver: connection_options of `netwright`
    givers: tuple[Giver, ...] = field(default=(), compare=False, repr=False)  # of `data`, the first that says it wins

    def source(self, *path: str | int) -> Source | None:
        """Where a value of `data` stands: in the host's own row, a group's or the defaults; None where nobody says it.

        What is missing below a value that is said, for instance an entry of a list, is told at that value.
        """
        giver = next((giver for giver in self.givers if path[0] in giver.row.data), None)
        return giver.document.source((*giver.place, "data", *path)) if giver and giver.document else None


@dataclass(frozen=True, slots=True)
class Inventory:
    """All hosts, sorted by name."""

    hosts: Mapping[str, Host]

    def allow_unverified(self, host: str) -> frozenset[str]:
        """The constructs whose unverified lines this network consents to send to `host`."""
        consented = self.hosts[host].data.get("allow_unverified")
        return frozenset(str(name) for name in consented) if isinstance(consented, list) else frozenset()


CONNECTION = "netwright"
"""What our Nornir connection is called (`netwright.drivers.connection`)."""


class _ConnectionOptions(BaseModel):
    """Nornir's options of one connection. Ours is called `netwright`, and of it only `extras` counts here."""

    model_config = ConfigDict(frozen=True)

    extras: dict[str, JsonValue] = Field(default={})


class _Attributes(Base):
    hostname: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    username: str | None = None
    password: None = None  # a secret has no place in a committed file
    platform: str | None = None
    data: dict[str, JsonValue] = Field(default={})
    connection_options: dict[str, _ConnectionOptions] = Field(default={})


class _Element(_Attributes):
    groups: list[str] = Field(default=[])


class _Elements(RootModel[dict[str, _Element]]):
    """hosts.yaml and groups.yaml."""


Model = TypeVar("Model", bound=BaseModel)
_Read: TypeAlias = tuple[_Elements, Document]


def load_inventory(folder: Path, found: Diagnostics | None = None, *, shown: str = "inventory") -> Inventory:
    """Read the inventory of `folder`, or raise `Refused` with everything that is wrong with it.

    Groups and defaults may be absent, as for Nornir. `shown` is how the folder is called in diagnostics.
    """
    found = Diagnostics() if found is None else found
    hosts = _read(folder, "hosts.yaml", shown, _Elements, "Host", found)
    groups = _read(folder, "groups.yaml", shown, _Elements, "Group", found)
    defaults = _read(folder, "defaults.yaml", shown, _Attributes, "", found)
    if not (folder / "hosts.yaml").is_file():
        found.error("no-inventory", f"{shown}/hosts.yaml", "there is no such file", hint="netwright init DIR makes one")
    found.close()
    inherit = _Inheritance(groups, Giver(*defaults) if defaults else Giver(_Attributes()))
    _check_groups(hosts, _elements(groups), found)
    _check_groups(groups, _elements(groups), found)
    found.close()
    _check_consents(hosts, groups, found)
    read_hosts = {name: inherit.host(hosts, name) for name in sorted(_elements(hosts))}
    _check_complete(read_hosts, hosts, found)
    found.close()
    return Inventory(read_hosts)


def _read(
    folder: Path, name: str, shown: str, model: type[Model], kind: str, found: Diagnostics
) -> tuple[Model, Document] | None:
    path = folder / name
    if not path.is_file():
        return None
    text = read_file(path, f"{shown}/{name}", found)
    document = None if text is None else read(text, f"{shown}/{name}", found)
    if document is None:
        return None
    if _has_secrets(document, found):
        return None
    rows = validated(model, document, found, kind)
    return (rows, document) if rows is not None else None


def _elements(pair: _Read | None) -> dict[str, _Element]:
    return pair[0].root if pair else {}


def _has_secrets(document: Document, found: Diagnostics) -> bool:
    """A password in a committed file is everybody's: said first, and not shown."""
    before = len(found.found)
    data = document.data if isinstance(document.data, dict) else {}
    for place in [("password",), *((name, "password") for name in data)]:
        here = document.data
        for step in place:
            here = here.get(step) if isinstance(here, dict) else None
        if here is not None:
            source = document.source(place, key=True)
            source = type(source)(source.file, source.line, source.column)  # without the line: it holds the secret
            hint = "say where it comes from: data.credentials with env, file or command"
            found.error("secret-in-inventory", "/".join(("Host", *place[:-1])), "holds a password", source, hint=hint)
    return len(found.found) > before


def _check_groups(pair: _Read | None, groups: Mapping[str, _Element], found: Diagnostics) -> None:
    if pair is None:
        return
    rows, document = pair
    for name, row in rows.root.items():
        for index, group in enumerate(row.groups):
            if group not in groups:
                note, source = did_you_mean(group, groups), document.source((name, "groups", index))
                message = f"names the group {group}, which does not exist"
                found.error("unknown-group", f"Host/{name}", message, source, note=note)
            elif group == name:
                message = "is a group of itself"
                found.error("group-of-itself", f"Group/{name}", message, document.source((name, "groups", index)))


def _check_consents(hosts: _Read | None, groups: _Read | None, found: Diagnostics) -> None:
    """A consent that is not a list of construct names consents to nothing, and nobody would notice."""
    for rows, document in filter(None, (hosts, groups)):
        for name, row in rows.root.items():
            value = row.data.get("allow_unverified", [])
            if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
                source = document.source((name, "data", "allow_unverified"))
                found.error("bad-value", f"Group/{name}", "allow_unverified is a list of constructs", source)


def _check_complete(hosts: Mapping[str, Host], pair: _Read | None, found: Diagnostics) -> None:
    for host in hosts.values():
        lacks = [what for what in ("hostname", "port", "platform") if not getattr(host, what)]
        for what in lacks:
            source = pair[1].source((host.name,), key=True) if pair else None
            hint = f"give it to the host, to one of its groups ({', '.join(host.groups) or 'none'}) or to the defaults"
            found.error("missing-field", f"Host/{host.name}", f"has no {what}", source, hint=hint)


@dataclass(frozen=True, slots=True)
class _Inheritance:
    """Who gives a host what it does not say itself."""

    groups: _Read | None
    defaults: Giver

    def host(self, hosts: _Read | None, name: str) -> Host:
        """The host with everything it inherits."""
        own = _elements(hosts)[name]
        lineage = self._lineage(own, frozenset())
        givers = (_giver(hosts, name), *(_giver(self.groups, group) for group in lineage), self.defaults)
        rows = [giver.row for giver in givers]
        data: dict[str, JsonValue] = {}
        options: dict[str, JsonValue] = {}
        for row in reversed(rows):
            data |= row.data
            options |= row.connection_options.get(CONNECTION, _ConnectionOptions()).extras
        return Host(
            name=name,
            hostname=_first(row.hostname for row in rows),
            port=next((row.port for row in rows if row.port is not None), 0),
            platform=_first(row.platform for row in rows),
            username=_first(row.username for row in rows),
            groups=tuple(own.groups),
            data=data,
            options=options,
            givers=givers,
        )

    def _lineage(self, row: _Element, above: frozenset[str]) -> list[str]:
        """Its groups in Nornir's order: each one, then that one's own; each once, and no ring without end."""
        order: list[str] = []
        for group in row.groups:
            if group in above:
                continue
            order += [
                name
                for name in (group, *self._lineage(_elements(self.groups)[group], above | {group}))
                if name not in order
            ]
        return order


def _giver(pair: _Read | None, name: str) -> Giver:
    return Giver(_elements(pair)[name], pair[1] if pair else None, (name,))


def _first(values: Iterator[str | None]) -> str:
    return next((value for value in values if value), "")


def match(topology: Topology, inventory: Inventory, found: Diagnostics) -> None:
    """Every router of the network must answer somewhere, as the platform it is; a host may be no router of ours."""
    for node in topology.nodes.values():
        host = inventory.hosts.get(node.name)
        if host is None:
            note = did_you_mean(node.name, inventory.hosts)
            hint = note or "add it to inventory/hosts.yaml"
            found.error("no-host", f"Node/{node.name}", "is in topology.yaml and not in hosts.yaml", hint=hint)
        elif host.platform != node.platform:
            message = f"is {node.platform} in topology.yaml and {host.platform} in hosts.yaml"
            found.error("platform-mismatch", f"Node/{node.name}", message)
    for name in sorted(inventory.hosts.keys() - topology.nodes.keys()):
        message = "is in hosts.yaml and not in topology.yaml: nothing will be planned for it"
        found.warning("host-without-node", f"Host/{name}", message)
