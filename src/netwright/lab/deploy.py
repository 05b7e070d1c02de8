"""The small deployer, for where there is no containerlab: its file -> one shell script for the docker engine.

Containers are called as containerlab calls them (`clab-LAB-NODE`), carry its labels and environment, and their network
namespaces stand under the same names in /run/netns: nobody above knows which of the two ran. It reads the part of the
format that `clabfile` writes, and refuses the rest by name rather than leave it out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from yaml import YAMLError, safe_load

from netwright.diagnostics import Diagnostics

AT_ONCE: Final = 4
"""Containers started side by side: more only wait for each other on two cores."""


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
    labels: dict[str, str] = {}


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


def up_script(clab: ClabFile, file: str) -> str:
    """Start everything. Run by sh as root where the docker engine is, in the folder of the topology file."""
    network, label = _q(clab.mgmt.network), f"--label containerlab={_q(clab.name)}"
    subnet = f"--subnet {_q(clab.mgmt.subnet)}"
    lines = [
        "set -eu",
        f"docker network inspect {network} >/dev/null 2>&1 ||",
        f"docker network create {subnet} {label} {network} >/dev/null",
        "jobs=''",
        'settle() { for job in $jobs; do wait "$job"; done; jobs=""; }',
    ]
    for number, name in enumerate(clab.topology.nodes, 1):
        lines.append(f'{_run(clab, name, file)} >/dev/null & jobs="$jobs $!"')
        if number % AT_ONCE == 0:
            lines.append(f"settle; echo 'started {number}/{len(clab.topology.nodes)}'")
    lines += ["settle", "mkdir -p /run/netns", *_namespaces(clab), *_cables(clab), *_execs(clab), "echo deployed"]
    return "\n".join(lines) + "\n"


def down_script(lab: str, network: str) -> str:
    """Remove everything that carries the lab's label, and what it left behind."""
    label = _q(f"label=containerlab={lab}")
    return (
        f"docker ps -aq --filter {label} | xargs -r docker rm -f >/dev/null\n"
        f"rm -f /run/netns/{container(lab, '*')}\n"
        f"docker network rm {_q(network)} >/dev/null 2>&1\n"
        "true\n"
    )


def _run(clab: ClabFile, name: str, file: str) -> str:
    node = clab.topology.nodes[name]
    words = ["docker", "run", "-d", "-t", "--privileged", "--name", container(clab.name, name), "--hostname", name]
    words += ["--network", clab.mgmt.network, "--ip", node.address, "--restart", node.restart]
    words += ["--sysctl", "net.ipv6.conf.all.disable_ipv6=0"]
    labels = _labels(clab, name, file)
    for bind in node.binds:
        words += ["-v", bind if bind.startswith("/") else f"$PWD/{bind}"]
    for key, value in {**node.env, **_environment(clab, name, labels)}.items():
        words += ["-e", f"{key}={value}"]
    for key, value in labels.items():
        words += ["--label", f"{key}={value}"]
    return " ".join(_q(word) for word in [*words, node.image, *shlex.split(node.cmd)])


def _labels(clab: ClabFile, name: str, file: str) -> dict[str, str]:
    node = clab.topology.nodes[name]
    own = {"containerlab": clab.name, "clab-node-name": name, "clab-node-longname": container(clab.name, name)}
    rest = {"clab-node-kind": node.kind, "clab-node-type": "", "clab-node-group": "", "clab-topo-file": f"$PWD/{file}"}
    return {**node.labels, **own, **rest}


def _environment(clab: ClabFile, name: str, labels: dict[str, str]) -> dict[str, str]:
    """What containerlab sets: each label as CLAB_LABEL_*, and the number of data ports."""
    plugs = [end for link in clab.topology.links for end in link.endpoints if end.partition(":")[0] == name]
    named = {f"CLAB_LABEL_{re.sub(r'[^A-Z0-9]', '_', key.upper())}": value for key, value in labels.items()}
    return {**named, "CLAB_INTFS": str(len(plugs))}


def _namespaces(clab: ClabFile) -> Iterator[str]:
    """Links to the boxes' network namespaces, where containerlab has them, too."""
    titles = " ".join(_q(container(clab.name, name)) for name in clab.topology.nodes)
    yield f"docker inspect -f '{{{{.State.Pid}}}} {{{{.Name}}}}' {titles} | while read -r pid name; do"
    yield '    ln -sfn "/proc/$pid/ns/net" "/run/netns${name}"'
    yield "done"


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
        yield f"ip -n {_q(box)} -batch - <<'PORTS'"
        yield from (f"link set dev {port} up" for port in ports)
        yield "PORTS"


def _execs(clab: ClabFile) -> Iterator[str]:
    for name, node in clab.topology.nodes.items():
        for command in node.exec:
            yield f"docker exec {_q(container(clab.name, name))} {' '.join(_q(word) for word in shlex.split(command))}"


def _q(word: str) -> str:
    """A word for the shell; `$PWD` alone is still the shell's."""
    return f'"$PWD"{shlex.quote(word[4:])}' if word.startswith("$PWD") else _around(word)


def _around(word: str) -> str:
    head, mark, tail = word.partition("=$PWD")
    return f'{shlex.quote(head)}="$PWD"{shlex.quote(tail)}' if mark else shlex.quote(word)
