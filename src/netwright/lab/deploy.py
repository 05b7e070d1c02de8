"""The small deployer, for where there is no containerlab: its file -> requests to the docker engine, and cables.

Containers are called as containerlab calls them (`clab-LAB-NODE`), carry its labels and environment, and their network
namespaces stand under the same names in /run/netns: nobody above knows which of the two ran. It reads the part of the
format that `clabfile` writes, and refuses the rest by name rather than leave it out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from yaml import YAMLError, safe_load

from netwright.diagnostics import Diagnostics

Body: TypeAlias = dict[str, object]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Mgmt(_Row):
    """The management network."""

    network: str
    subnet: str = Field(alias="ipv4-subnet")


class Node(_Row):
    """A container."""

    kind: Literal["linux"]
    image: str
    address: str = Field(alias="mgmt-ipv4")
    cmd: str = ""
    restart: Literal["no", "always"] = Field(default="always", alias="restart-policy")
    binds: tuple[str, ...] = ()
    env: dict[str, str] = {}
    labels: dict[str, str] = {}
    exec: tuple[str, ...] = ()


class Link(_Row):
    """A cable between two containers: `NODE:INTERFACE` twice."""

    endpoints: Annotated[tuple[str, ...], Field(min_length=2, max_length=2)]
    mtu: int = 9500  # containerlab's own default
    vars: dict[str, str] = {}


class Topology(_Row):
    """Nodes and links."""

    nodes: dict[str, Node]
    links: tuple[Link, ...] = ()


class ClabFile(_Row):
    """The part of the format that is understood here."""

    name: str
    mgmt: Mgmt
    topology: Topology


def read_clab(text: str, file: str) -> ClabFile:
    """The file, or `Refused` with every field that this deployer does not know."""
    found = Diagnostics()
    try:
        read = ClabFile.model_validate(safe_load(text))
        _check_links(read, file, found)
        found.close()
    except YAMLError as error:
        found.error("bad-clab", file, f"cannot be read: {error}")
    except ValidationError as error:
        hint = "containerlab knows more of the format: install it (containerlab.dev), and it is used"
        for problem in error.errors(include_url=False):
            place = ".".join(str(step) for step in problem["loc"])
            found.error("beyond-small-deployer", file, f"{place}: {problem['msg']}", hint=hint)
    else:
        return read
    found.close()
    raise AssertionError("closed above")


def _check_links(read: ClabFile, file: str, found: Diagnostics) -> None:
    for link in read.topology.links:
        for end in link.endpoints:
            node, colon, interface = end.partition(":")
            if node not in read.topology.nodes or not colon or not 0 < len(interface) <= 15:
                found.error("bad-clab", file, f"topology.links: {end} is no NODE:INTERFACE of this file")


def container(lab: str, node: str) -> str:
    """What both deployers call a container."""
    return f"clab-{lab}-{node}"


def network_body(clab: ClabFile) -> Body:
    """What the engine is asked for the management network (Docker Engine API, "Create a network")."""
    ipam = {"Config": [{"Subnet": clab.mgmt.subnet}]}
    return {"Name": clab.mgmt.network, "IPAM": ipam, "Labels": {"containerlab": clab.name}}


def container_body(clab: ClabFile, name: str, file: str) -> Body:
    """What the engine is asked for a container ("Create a container"). `file`: the topology file's whole path."""
    node = clab.topology.nodes[name]
    labels = _labels(clab, name, file)
    folder = file.rpartition("/")[0]
    binds = [bind if bind.startswith("/") else f"{folder}/{bind}" for bind in node.binds]
    return {
        "Hostname": name,
        "Image": node.image,
        "Cmd": shlex.split(node.cmd),
        "Env": [f"{key}={value}" for key, value in {**node.env, **_environment(clab, name, labels)}.items()],
        "Labels": labels,
        "Tty": True,
        "OpenStdin": True,
        "HostConfig": {
            "Privileged": True,
            "Binds": binds,
            "RestartPolicy": {"Name": node.restart},
            "NetworkMode": clab.mgmt.network,
            "Sysctls": {"net.ipv6.conf.all.disable_ipv6": "0"},
        },
        "NetworkingConfig": {"EndpointsConfig": {clab.mgmt.network: {"IPAMConfig": {"IPv4Address": node.address}}}},
    }


def plug_script(clab: ClabFile, pids: Mapping[str, int]) -> str:
    """Name the boxes' network namespaces as containerlab does, and plug in every cable. Run by sh as root."""
    lines = ["set -eu", "mkdir -p /run/netns"]
    lines += [f"ln -sfn /proc/{pid}/ns/net /run/netns/{container(clab.name, name)}" for name, pid in pids.items()]
    return "\n".join([*lines, *_cables(clab), *_execs(clab)]) + "\n"


def ends_elsewhere(clab: ClabFile, name: str) -> Iterator[tuple[str, str]]:
    """Where the cables of a box end: the other box, and the interface there."""
    for link in _links_of(clab, name):
        for end in link.endpoints:
            node, _, interface = end.partition(":")
            if node != name:
                yield node, interface


def plug_again_script(clab: ClabFile, name: str, pid: int) -> str:
    """Plug in the cables of one box that was started again: they went with its old network namespace."""
    nodes = {name: clab.topology.nodes[name]}
    alone = clab.model_copy(update={"topology": Topology(nodes=nodes, links=tuple(_links_of(clab, name)))})
    gone = [
        f"ip -n {shlex.quote(container(clab.name, node))} link del dev {interface} 2>/dev/null || true"
        for node, interface in ends_elsewhere(clab, name)
    ]  # the kernel clears a namespace away when it has time
    return "\n".join([*gone, plug_script(alone, {name: pid})])


def _links_of(clab: ClabFile, name: str) -> list[Link]:
    return [link for link in clab.topology.links if name in {end.partition(":")[0] for end in link.endpoints}]


def down_script(lab: str, network: str) -> str:
    """Remove everything that carries the lab's label, and what it left behind."""
    label = shlex.quote(f"label=containerlab={lab}")
    return (
        f"docker ps -aq --filter {label} | xargs -r docker rm -f >/dev/null\n"
        f"rm -f /run/netns/{container(lab, '*')}\n"
        f"docker network rm {shlex.quote(network)} >/dev/null 2>&1\n"
        "true\n"
    )


def _labels(clab: ClabFile, name: str, file: str) -> dict[str, str]:
    node = clab.topology.nodes[name]
    own = {"containerlab": clab.name, "clab-node-name": name, "clab-node-longname": container(clab.name, name)}
    rest = {"clab-node-kind": node.kind, "clab-node-type": "", "clab-node-group": "", "clab-topo-file": file}
    return {**node.labels, **own, **rest}


def _environment(clab: ClabFile, name: str, labels: dict[str, str]) -> dict[str, str]:
    """What containerlab sets: each label as CLAB_LABEL_*, and the number of data ports."""
    plugs = [end for link in clab.topology.links for end in link.endpoints if end.partition(":")[0] == name]
    named = {f"CLAB_LABEL_{re.sub(r'[^A-Z0-9]', '_', key.upper())}": value for key, value in labels.items()}
    return {**named, "CLAB_INTFS": str(len(plugs))}


def _cables(clab: ClabFile) -> Iterator[str]:
    """All cables by one `ip`, then each box's ends set up by one more: a process costs more than a cable."""
    if not clab.topology.links:
        return
    yield "ip -batch - <<'CABLES'"
    ends: dict[str, list[str]] = {}
    for link in clab.topology.links:
        (a, a_port), (z, z_port) = (end.split(":", 1) for end in link.endpoints)
        one, other = (container(clab.name, node) for node in (a, z))
        yield (
            f"link add name {a_port} mtu {link.mtu} netns {one} "
            f"type veth peer name {z_port} mtu {link.mtu} netns {other}"
        )
        ends.setdefault(one, []).append(a_port)
        ends.setdefault(other, []).append(z_port)
    yield "CABLES"
    for box, ports in ends.items():
        yield f"ip -n {shlex.quote(box)} -batch - <<'PORTS'"
        yield from (f"link set dev {port} up" for port in ports)
        yield "PORTS"


def _execs(clab: ClabFile) -> Iterator[str]:
    for name, node in clab.topology.nodes.items():
        box = shlex.quote(container(clab.name, name))
        for command in node.exec:
            words = " ".join(shlex.quote(word) for word in shlex.split(command))
            yield f"docker exec {box} {words}"
