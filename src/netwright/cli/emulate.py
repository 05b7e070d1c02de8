"""`netwright emulate`: the network to practise on, served on this machine until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from pathlib import Path

import click

from netwright.app.judging import Judging, judging
from netwright.cli.outcome import DONE
from netwright.cli.reading import baselines, shown
from netwright.cli.screens.table import table
from netwright.cli.validate import MODULES
from netwright.cli.verb import Session, verb
from netwright.drivers.base import Endpoint
from netwright.emulator.device import FaultKind, Paper
from netwright.emulator.faults import parse_faults
from netwright.emulator.network import EmulatedNetwork
from netwright.report.words import plural
from netwright.topology.load import load_topology


@verb(
    "emulate",
    example="netwright emulate     # then, in another terminal: netwright plan --emulated\n"
    "netwright emulate --fault pod2-leaf1:refuse@commit --fault pop1-gw1:dead\n"
    "netwright emulate --yang modules/     # judged by the vendor's modules",
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
@click.option(
    "--yang", metavar="DIR", type=MODULES, help="Hold edits and commits against these YANG modules (else data.yang)."
)
@click.option(
    "--yanglint", metavar="CMD", default="", help="libyang's program (else NETWRIGHT_YANGLINT, else in PATH)."
)
def emulate(session: Session, state: Path | None, faults: tuple[str, ...], yang: Path | None, yanglint: str) -> int:
    """Serve every router of the network as an emulated device.

    They speak what the real ones speak (NETCONF, command lines over SSH), boot from inventory/baseline/, and listen on
    this machine only. Verbs with --emulated find them. Ctrl-C ends it; with --state DIR what they run is kept.

    With --yang, or where the inventory names a router's modules (data.yang), libyang judges every edit and every commit
    of the routers whose vendor publishes YANG modules: what these do not allow is refused, as a router would.
    """
    file = session.network / "inventory" / "topology.yaml"
    topology = load_topology(file, shown=shown(file))
    home = session.network / "state" / "emulator"
    texts = baselines(session.network, topology)
    parse_faults(faults, topology.nodes)  # said before modules are loaded, which takes seconds
    with judging(session.network, topology, texts, yang, yanglint) as judged:
        network = EmulatedNetwork(topology, texts, home, faults, keep=False, devices_dir=state, judges=judged.judges)
        asyncio.run(_serve(network, session, judged, anew=_begins_anew(session.network, state)))
        if judged.by:
            session.screen.say(_tally(judged))
    return DONE


def _begins_anew(network: Path, state: Path | None) -> bool:
    """Whether the record tells of an apply that these devices will know nothing of."""
    remembered = state is not None and state.is_dir() and any(state.iterdir())
    return (network / "state" / "applied.json").is_file() and not remembered


async def _serve(network: EmulatedNetwork, session: Session, judged: Judging, *, anew: bool) -> None:
    """Until Ctrl-C or SIGTERM: both are the ordinary way to end it."""
    serving = asyncio.ensure_future(network.serve(lambda endpoints: _tell(session, endpoints, judged, anew=anew)))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def _tell(session: Session, endpoints: Mapping[str, Endpoint], judged: Judging, *, anew: bool) -> None:
    rows = [(name, f"{one.hostname}:{one.port}", one.username) for name, one in endpoints.items()]
    document: dict[str, object] = {
        name: {"host": one.hostname, "port": one.port, "username": one.username, **_judge_of(name, judged)}
        for name, one in endpoints.items()
    }
    session.screen.show(table([("device", "answers at", "as"), *rows], ""), document)
    for gap in judged.gaps:
        session.screen.warn(f"not checked, since libyang cannot load it: {gap}")
    if anew:
        session.screen.warn(
            "these devices begin from their baselines, and state/ remembers an apply: plan will say `state-behind`; "
            "netwright drift --emulated --adopt forgets it, --state DIR lets devices remember the next time"
        )
    if judged.by:
        session.screen.say(
            f"{judged.by} judges every edit and commit of {plural(len(judged.judges), 'device')} against "
            f"{plural(judged.modules, 'YANG module')}{_unjudged(len(rows) - len(judged.judges))}"
        )
    session.screen.say(
        f"{plural(len(rows), 'device')} up; Ctrl-C ends them.  next, in another terminal: netwright plan --emulated"
    )
    session.screen.out.file.flush()


def _judge_of(device: str, judged: Judging) -> dict[str, str]:
    return {"judged_by": judged.by} if device in judged.judges else {}


def _unjudged(count: int) -> str:
    return f"; {plural(count, 'device')} {'has' if count == 1 else 'have'} no such judge" if count else ""


def _tally(judged: Judging) -> str:
    edits, datastores = (plural(judged.asked(paper), paper.value) for paper in (Paper.EDIT, Paper.DATASTORE))
    unseen = f"; leaves without a loaded module: {judged.unseen}" if judged.unseen else ""
    return f"{judged.by} judged {edits} and {datastores}, and refused {judged.refused}{unseen}"
