"""`netwright init`: the folders of a new network."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from netwright.app.starting import start_network
from netwright.cli.outcome import DONE
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostics
from netwright.platforms.registry import PLATFORMS
from netwright.report.words import plural


@verb(
    "init",
    example="netwright init metro                          # a small network, made up\n"
    "netwright init metro --from Geant2012.gml     # the Topology Zoo's format\n"
    "netwright init lab --from lab.clab.yml --platform frr",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--from",
    "source",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Draw the network from a GML or a containerlab file.",
)
@click.option(
    "--platform",
    "platforms",
    metavar="NAME",
    multiple=True,
    type=click.Choice(sorted(PLATFORMS)),
    help="Repeatable; dealt out over the nodes in name order (default: huawei zte frr).",
)
def init(session: Session, folder: Path, source: Path | None, platforms: tuple[str, ...]) -> int:
    """Make the folders of a new network in DIR: inventory, baselines, a Fabric, and an example of each intent.

    The examples' ends are chosen so that their promises hold; comments say what was chosen and why.
    """
    found = Diagnostics()
    topology = start_network(folder, source, platforms, found)
    session.screen.findings(found.found)
    count = Counter(node.platform for node in topology.nodes.values())
    said = ", ".join(f"{number} {name}" for name, number in sorted(count.items()))
    text = f"{folder}: {plural(len(topology.nodes), 'router')} ({said}), {plural(len(topology.links), 'link')}"
    session.screen.show(text, {"folder": str(folder), "platforms": dict(count), "links": len(topology.links)})
    session.screen.say(f"next: netwright -C {folder} validate; netwright -C {folder} emulate")
    return DONE
