"""A lab that runs: found again, looked at, spoken to, taken down. `raising` brings it up.

Everything that a lab leaves on disk is in one folder (`state/lab` of the network):

    lab.json            what runs, how it was brought up, what each phase took: part of the evidence
    NAME.clab.yml       the containerlab file, and files/ beside it
    network/            the network folder that the ordinary verbs work on: netwright -C state/lab/network apply
    credentials         of the routers, made anew for this lab; readable by its owner only
    machine.json ...    the virtual machine's, where there is one
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from netwright.errors import LockHeld
from netwright.intents.schema import Fabric
from netwright.lab import deploy, images, machine
from netwright.lab.blueprint import Settings, blueprint, lab_name
from netwright.lab.engine import engine
from netwright.lab.ground import Ground, Here, LabError, must
from netwright.lab.hosts import script, tenants
from netwright.lab.model import Blueprint, Role
from netwright.lab.probe import Way
from netwright.render.templates import Library
from netwright.services.model import Construct
from netwright.topology.model import Topology

Tell = Callable[[str], None]
T = TypeVar("T")

RECORD: Final = "lab.json"
NETWORK: Final = "network"
CREDENTIALS: Final = "credentials"

AT_ONCE: Final = 4
"""Boxes at work side by side: more only wait for each other on two cores."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The network, and what the user chose. `scale` 0: measure; `deployer` "": containerlab where it is, else ours."""

    root: Path  # of the network
    topology: Topology
    fabric: Fabric
    templates: Library
    machine: bool = False
    frr: str = images.DEFAULT_FRR
    scale: int = 0
    images: Mapping[str, str] = field(default_factory=dict)
    deployer: str = ""

    @property
    def folder(self) -> Path:
        """Where the lab keeps what is its own."""
        return self.root / "state" / "lab"


@dataclass(frozen=True, slots=True)
class Running:
    """What `lab.json` says. `seconds`: what each phase took."""

    name: str
    way: str
    deployer: str
    digest: str
    scale: int
    ceiling_bps: int  # 0: not measured, the user chose the scale
    started: str
    frr: str = ""
    kernel: str = ""
    accel: str = ""
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """What runs, in a line."""
        way = f"{self.way} ({self.accel})" if self.accel else self.way
        rates = f"rates 1/{self.scale} of production"
        return f"FRR {self.frr} on Linux {self.kernel}, {way}, deployed by {self.deployer}, {rates}"


_ENTER: Final = """at=$(readlink "/run/netns/$1") || { echo "there is no box $1" >&2; exit 125; }
shift; at=${at#/proc/}; exec nsenter --all --target "${at%%/*}" -- "$@"
"""
"""Into a box by its network namespace, whose link both deployers make: docker's client costs seconds to start."""


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab that runs, and the ground it runs on. `tether`: the machine still hangs on this process."""

    folder: Path
    running: Running
    ground: Ground
    machine: machine.Machine | None = None

    @property
    def network(self) -> Path:
        """The network folder for the ordinary verbs."""
        return self.folder / NETWORK

    def container(self, node: str) -> str:
        """What a box's container is called."""
        return deploy.container(self.running.name, node)

    def words(self, node: str, command: Sequence[str], *, tty: bool = False) -> list[str]:
        """The words that run a command in a box, for a program that is started here."""
        return self.ground.words(self._inside(node, command), tty=tty)

    def say(self, node: str, command: Sequence[str], stdin: str = "", timeout_s: float = 120.0) -> str:
        """Run a command in a box; what it printed. LabError when it failed."""
        return must(self.ground, self._inside(node, command), stdin.encode(), timeout_s)

    def _inside(self, node: str, command: Sequence[str]) -> list[str]:
        return ["sh", "-c", _ENTER, "sh", self.container(node), *command]

    def release(self) -> None:
        """Let the lab outlive this process."""
        if self.machine is not None:
            self.machine.release()


def drawing(wanted: Wanted, scale: int) -> Blueprint:
    """The lab of a network, at a scale."""
    name = lab_name(wanted.fabric.metadata.name)
    mtu = wanted.fabric.spec.links.mtu
    return blueprint(wanted.topology, Settings(name, mtu, scale, images=wanted.images))


# ---- found again, looked at, taken down


def find(folder: Path) -> Lab | None:
    """The lab that runs in this folder, or None."""
    try:
        running = Running(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        held = machine.find(folder)
        if held is not None:
            held.stop()  # a machine without a lab: somebody was stopped on the way up
        return None
    if running.way != Way.MACHINE:
        return Lab(folder, running, Here())
    held = machine.find(folder)
    if held is None:
        (folder / RECORD).unlink(missing_ok=True)
        return None
    return Lab(folder, running, held.ground, held)


def the_lab(folder: Path) -> Lab:
    """The lab that runs in this folder; LabError when there is none."""
    found = find(folder)
    if found is None:
        raise LabError("no lab runs here: netwright lab up starts one")
    return found


def down(folder: Path) -> bool:
    """Take the lab down; False when there was none."""
    if not folder.is_dir():
        return False
    with alone(folder):
        found = find(folder)
        if found is not None:
            take_down(found)
        return found is not None


def take_down(lab: Lab) -> None:
    """End it, whatever ground it runs on."""
    if lab.machine is not None:
        lab.machine.stop()
    else:
        clear(lab.ground, lab.running.name)
    (lab.folder / RECORD).unlink(missing_ok=True)


def clear(ground: Ground, name: str) -> None:
    """Remove every container of a lab, whichever deployer started it."""
    must(ground, ("sh", "-s"), deploy.down_script(name, f"netwright-{name}").encode(), 300.0)


def boxes(lab: Lab) -> dict[str, str]:
    """Every container of the lab and what docker says of it: `Up 3 minutes`."""
    with engine(lab.ground) as docker:
        return dict(sorted(docker.boxes(lab.running.name).items()))


def attach_hosts(lab: Lab, wanted: Wanted, constructs: Mapping[str, Sequence[Construct]]) -> int:
    """Make the tenants' hosts, as the routers' attachments are now; how many there are."""
    drawn = drawing(wanted, lab.running.scale)
    hosts = tenants(drawn, constructs)

    def make(box: str) -> None:
        lab.say(box, ("sh", "-s"), script(host for host in hosts if host.box == box))

    side_by_side([box.name for box in drawn.of_role(Role.HOSTS)], make)
    return len(hosts)


def side_by_side(boxes: Sequence[str], what: Callable[[str], T]) -> dict[str, T]:
    """Do something with several boxes, a few at once; what came of each."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(boxes, pool.map(what, boxes), strict=True))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One command at a time on one lab."""
    path = folder / ".lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise LockHeld(file.read() or "another netwright lab", "a moment ago") from error
        yield
