"""`lab`: the network's intents on real routers. The network's folder meets the lab's room here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from netwright.app.ground import design_of
from netwright.app.site import now
from netwright.diagnostics import Diagnostics
from netwright.lab import images, probe, raising, restarting, running
from netwright.lab.blueprint import Settings, blueprint, lab_name
from netwright.lab.clabfile import clab_text
from netwright.lab.folder import baselines, box_files
from netwright.lab.model import Blueprint
from netwright.lab.running import Lab, Tell, Wanted
from netwright.services.model import Construct
from netwright.workspace import Network, open_network


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user chose. `scale` 0: measured; `deployer` "": containerlab where it is, else the small one."""

    machine: bool = False
    frr: str = images.DEFAULT_FRR
    scale: int = 0
    images: Mapping[str, str] = field(default_factory=dict)
    deployer: str = ""


def folder_of(root: Path) -> Path:
    """Where the lab of a network keeps what is its own."""
    return root / "state" / "lab"


def wanted(root: Path, choice: Choice) -> Wanted:
    """The lab of the network in `root`; `Refused` when it has no Fabric."""
    network = open_network(root)
    found = Diagnostics()
    if network.intents.fabric is None:
        found.error("no-fabric", str(root), "has no Fabric: nothing says what the links of its lab carry")
        found.close()
    assert network.intents.fabric is not None  # noqa: S101 - the door above is closed otherwise
    return Wanted(
        root=root.resolve(),  # the door to its routers is written down, and used from anywhere
        topology=network.topology,
        fabric=network.intents.fabric,
        templates=network.templates,
        machine=choice.machine,
        frr=choice.frr,
        scale=choice.scale,
        images=choice.images,
        deployer=choice.deployer,
    )


def look(choice: Choice) -> probe.Judgement:
    """What this machine has for a lab."""
    return probe.judge(probe.gather(images.Recipe(choice.frr)), machine=choice.machine)


def up(root: Path, choice: Choice, tell: Tell) -> Lab:
    """Bring the lab up. It hangs on this process until it is released (`Lab.release`)."""
    return raising.up(wanted(root, choice), tell)


def the_lab(root: Path) -> Lab:
    """The lab of the network that runs."""
    return running.the_lab(folder_of(root))


def down(root: Path) -> bool:
    """Take it down; False when there was none."""
    return running.down(folder_of(root))


def restart(root: Path, router: str, tell: Tell) -> None:
    """Start a router of the lab again, killed first where it runs."""
    restarting.restart(the_lab(root), router, tell)


def attach_hosts(root: Path) -> int:
    """Make the tenants' hosts behind the access ports, as the intents and the lab's ledger are now; how many."""
    lab = the_lab(root)
    network = open_network(lab.network)
    return running.attach_hosts(lab, wanted(root, Choice()), constructs_of(network))


def constructs_of(network: Network) -> dict[str, list[Construct]]:
    """What every router of a network shall do now."""
    design = design_of(network, now())
    return {name: [one.construct for one in fragments] for name, fragments in design.fragments.items()}


def generate(root: Path, choice: Choice, password: str) -> tuple[Blueprint, dict[str, str]]:
    """The containerlab file of a network and the files beside it, for plain `containerlab deploy`."""
    made = wanted(root, choice)
    name, mtu = lab_name(made.fabric.metadata.name), made.fabric.spec.links.mtu
    drawn = blueprint(made.topology, Settings(name, mtu, choice.scale or 1, images=choice.images))
    texts = box_files(drawn, baselines(drawn, made.fabric, made.templates))
    return drawn, {f"{drawn.name}.clab.yml": clab_text(drawn, password), **texts}
