"""`netwright emulate`: the network to practise on, served on this machine until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from pathlib import Path

import click

from netwright.cli.outcome import DONE
from netwright.cli.reading import baselines, shown
from netwright.cli.screens.table import table
from netwright.cli.verb import Session, verb
from netwright.drivers.base import Endpoint
from netwright.emulator.device import FaultKind
from netwright.emulator.network import EmulatedNetwork
from netwright.report.words import plural
from netwright.topology.load import load_topology


@verb(
    "emulate",
    example="netwright emulate     # then, in another terminal: netwright plan --emulated\n"
    "netwright emulate --fault pod2-leaf1:refuse@commit --fault pop1-gw1:dead",
)
@click.option(
    "--state", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Keep what devices run there."
)
@click.option(
    "--fault",
    "faults",
    metavar="DEVICE:KIND[@STEP]",
    multiple=True,
    help=f"What goes wrong, repeatable: {', '.join(FaultKind)}.",
)
def emulate(session: Session, state: Path | None, faults: tuple[str, ...]) -> int:
    """Serve every router of the network as an emulated device.

    They speak what the real ones speak (NETCONF, command lines over SSH), boot from inventory/baseline/, and listen on
    this machine only. Verbs with --emulated find them. Ctrl-C ends it; with --state DIR what they run is kept.
    """
    file = session.network / "inventory" / "topology.yaml"
    topology = load_topology(file, shown=shown(file))
    home = session.network / "state" / "emulator"
    texts = baselines(session.network, topology)
    network = EmulatedNetwork(topology, texts, home, faults, keep=False, devices_dir=state)
    asyncio.run(_serve(network, session))
    return DONE


async def _serve(network: EmulatedNetwork, session: Session) -> None:
    """Until Ctrl-C or SIGTERM: both are the ordinary way to end it."""
    serving = asyncio.ensure_future(network.serve(lambda endpoints: _tell(session, endpoints)))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def _tell(session: Session, endpoints: Mapping[str, Endpoint]) -> None:
    rows = [(name, f"{one.hostname}:{one.port}", one.username) for name, one in endpoints.items()]
    document = {
        name: {"host": one.hostname, "port": one.port, "username": one.username} for name, one in endpoints.items()
    }
    session.screen.show(table([("device", "answers at", "as"), *rows], ""), document)
    session.screen.say(
        f"{plural(len(rows), 'device')} up; Ctrl-C ends them.  next, in another terminal: netwright plan --emulated"
    )
    session.screen.out.file.flush()
