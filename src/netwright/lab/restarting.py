"""A router of a lab that is killed and started again.

Docker gives a container that starts again a network namespace of its own: the cables went with the old one, and so
`docker restart` alone leaves a router without a link. Here they are plugged in again, and wired.
"""

from __future__ import annotations

from netwright.lab import deploy
from netwright.lab.engine import engine
from netwright.lab.ground import LabError, must
from netwright.lab.model import WIRES, Role
from netwright.lab.raising import await_ready, workplace
from netwright.lab.running import Lab, Tell


def kill(lab: Lab, router: str) -> None:
    """End a router as a power cut would: nothing of it runs on, and its links are dead."""
    _of_router(lab, router)
    with engine(lab.ground) as docker:
        docker.kill(lab.container(router))


def restart(lab: Lab, router: str, tell: Tell) -> None:
    """Start a router again, killed first where it runs; it boots with what was confirmed on it last.

    The hosts behind it went with its cables: `laboratory.attach_hosts` makes them again.
    """
    clab = _of_router(lab, router)
    with engine(lab.ground) as docker:
        docker.kill(lab.container(router))
        pid = docker.start_again(lab.container(router))
    must(lab.ground, ("sh", "-s"), deploy.plug_again_script(clab, router, pid).encode())
    ends = [interface for box, interface in deploy.ends_elsewhere(clab, router) if box == WIRES]
    lab.say(WIRES, ("sh", "/netwright/wires.sh", *ends))
    await_ready(lab.ground, clab.name, [router], tell)


def _of_router(lab: Lab, router: str) -> deploy.ClabFile:
    """The lab's file, which has this router."""
    path = f"{workplace(lab.folder, lab.running)}/{lab.running.name}.clab.yml"
    clab = deploy.read_clab(must(lab.ground, ("cat", path)), path)
    routers = sorted(
        name for name, node in clab.topology.nodes.items() if node.labels.get("netwright-role") == Role.ROUTER
    )
    if router not in routers:
        raise LabError(f"{router} is no router of this lab: {', '.join(routers)}")
    return clab
