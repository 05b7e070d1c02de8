"""`netwright lab`: up, probe, status, exec, restart, generate, hosts, test, down."""

from __future__ import annotations

import secrets
import shlex
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from time import monotonic

import click

from netwright.app import laboratory
from netwright.app.laboratory import Choice
from netwright.app.proving import Trial, prove, remember
from netwright.cli.outcome import DONE, PROMISE_BROKEN, REFUSED
from netwright.cli.reading import shown
from netwright.cli.screens.table import table
from netwright.cli.screens.verify import verify_document, verify_screen
from netwright.cli.verb import COMMON, Session, VerbCommand, common_options, verb
from netwright.folders import write_files
from netwright.lab.images import DEFAULT_FRR, FRR_SUITES
from netwright.lab.model import Role
from netwright.lab.probe import Way
from netwright.lab.running import boxes
from netwright.report.words import plural

_VM = click.Option(["--vm", "machine"], is_flag=True, help="In a virtual machine, even where docker runs here.")
_FRR = click.Option(
    ["--frr"], type=click.Choice(sorted(FRR_SUITES)), default=DEFAULT_FRR, show_default=True, help="Which FRR."
)
_SCALE = click.Option(
    ["--scale"], type=click.IntRange(min=1), metavar="N", help="Divide every rate by N (default: measured here)."
)
_IMAGE = click.Option(
    ["--image", "images"],
    metavar="KIND=REF",
    multiple=True,
    help="An image that you have, for a kind of containerlab: linux, huawei_vrp, nokia_srlinux, arista_ceos."
    " Repeatable. Only the FRR routers of netwright's own image are tested.",
)
_DEPLOYER = click.Option(
    ["--deployer"], type=click.Choice(["containerlab", "small"]), help="Default: containerlab where it is on the PATH."
)


class Lab(VerbCommand, click.Group):
    """The verb `lab`: what is to be done is a word of its own."""

    example = "netwright lab up\nnetwright -C state/lab/network apply\nnetwright lab down"

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List what can be done, each with its whole first sentence."""
        words = [(name, command.get_short_help_str(200)) for name, command in self.commands.items()]
        with formatter.section("What"):
            formatter.write_dl(words)

    def invoke(self, ctx: click.Context) -> int:
        """Go on to the word; the common flags are that one's."""
        if given := [name for name in COMMON if ctx.params.pop(name)]:
            flag = f"--{given[0].replace('_', '-')}"
            raise click.UsageError(f"{flag} stands behind what is to be done: netwright lab status {flag}", ctx)
        code: int = click.Group.invoke(self, ctx)
        return code


lab = Lab(
    "lab",
    callback=lambda: 0,
    params=list(common_options()),
    subcommand_metavar="WHAT ...",
    help="""Run the network's intents on real routers: FRR in containers, with real packets.

    `netwright lab up` writes a containerlab file and starts it, in this machine's docker or in a virtual machine; then
    `netwright -C state/lab/network apply` is the ordinary apply, on these routers.
    """,
)


def _images(pairs: tuple[str, ...]) -> dict[str, str]:
    named = dict(pair.partition("=")[::2] for pair in pairs)
    if wrong := [pair for pair in pairs if not pair.partition("=")[2]]:
        raise click.UsageError(f"--image {wrong[0]}: it is KIND=REF, such as linux=frr:10.7")
    return named


@verb("probe", example="netwright lab probe\nnetwright lab probe --vm", params=[_VM, _FRR])
def probe(session: Session, machine: bool, frr: str) -> int:
    """Say what this machine has for a lab, what it lacks, and how to get it. Tried, not assumed."""
    found = laboratory.look(Choice(machine=machine, frr=frr))
    rows = [("what", "", "found", "what to do")]
    rows += [(item.what, "ok" if item.good else "no", item.said, item.remedy) for item in found.items]
    document = {"way": str(found.way), "why": found.why, "items": [asdict(item) for item in found.items]}
    session.screen.show(f"{table(rows, '')}\n\na lab runs here: {found.way} ({found.why})", document)
    return REFUSED if found.way is Way.NONE else DONE


@verb("up", example="netwright lab up\nnetwright lab up --vm --frr 10.3", params=[_VM, _FRR, _SCALE, _IMAGE, _DEPLOYER])
def up(
    session: Session, machine: bool, frr: str, scale: int | None, images: tuple[str, ...], deployer: str | None
) -> int:
    """Start the network's lab, or find it running.

    The first time images are built from Debian packages, which takes some minutes; afterwards they are cached. The lab
    runs until `netwright lab down`; a lab that differs from what the files say now is replaced.
    """
    began = monotonic()
    choice = Choice(machine, frr, scale or 0, _images(images), deployer or "")
    made = laboratory.up(session.network, choice, session.screen.say)
    remember(made)
    made.release()
    running, where = made.running, shown(made.network)
    seconds = monotonic() - began
    summary = f"{running.name} is up: {running.said}; {seconds:.0f} s"
    session.screen.show(summary, {**asdict(running), "network": where, "total_seconds": round(seconds, 1)})
    session.screen.say(f"next: netwright -C {where} apply")
    return DONE


@verb("status", example="netwright lab status --json")
def status(session: Session) -> int:
    """Show the lab that runs: how it came up, and every box."""
    made = laboratory.the_lab(session.network)
    found = boxes(made)
    running = made.running
    how = f"{running.way}, {running.deployer}, FRR {running.frr}, 1/{running.scale}"
    head = f"{running.name}: {how}, since {running.started}"
    text = f"{head}\n{table([('box', 'state'), *found.items()], '')}"
    session.screen.show(text, {**asdict(running), "boxes": found})
    return DONE


@verb(
    "exec",
    example="netwright lab exec pe1 vtysh -c 'show isis neighbor'\nnetwright lab exec pe1-hosts ip netns",
    params=[click.Argument(["node"]), click.Argument(["command"], nargs=-1, required=True, type=click.UNPROCESSED)],
)
def exec_(session: Session, node: str, command: tuple[str, ...]) -> int:
    """Run a command in a box of the lab; its exit code is the verb's."""
    made = laboratory.the_lab(session.network)
    tty = sys.stdin.isatty() and sys.stdout.isatty()
    done = subprocess.run(made.words(node, command, tty=tty), check=False)
    return done.returncode


@verb(
    "restart",
    example="netwright lab restart pe1 && netwright lab hosts",
    params=[click.Argument(["router"])],
)
def restart(session: Session, router: str) -> int:
    """Kill a router and start it again: its cables are plugged in, and it boots with what was confirmed on it last.

    A container that docker restarts comes back without its links. The hosts behind the router go with its cables:
    `netwright lab hosts` makes them again.
    """
    began = monotonic()
    laboratory.restart(session.network, router, session.screen.say)
    seconds = monotonic() - began
    session.screen.show(f"{router} is up again: {seconds:.0f} s", {"router": router, "seconds": round(seconds, 1)})
    return DONE


@verb(
    "generate",
    example="netwright lab generate --out lab && sudo containerlab deploy -t lab/metro.clab.yml",
    params=[
        click.Option(["--out"], required=True, metavar="DIR", type=click.Path(file_okay=False, path_type=Path)),
        _SCALE,
        _IMAGE,
    ],
)
def generate(session: Session, out: Path, scale: int | None, images: tuple[str, ...]) -> int:
    """Write the containerlab file and what stands beside it, and start nothing."""
    choice = Choice(scale=scale or 0, images=_images(images))
    drawn, texts = laboratory.generate(session.network, choice, secrets.token_urlsafe(12))
    write_files(out, texts.items(), 0o600)
    routers = len(drawn.of_role(Role.ROUTER))
    file = shown(out / f"{drawn.name}.clab.yml")
    document = {"file": file, "routers": routers, "boxes": len(drawn.boxes), "cables": len(drawn.cables)}
    session.screen.show(f"{plural(routers, 'router')}, {plural(len(drawn.cables), 'cable')}: {file}", document)
    session.screen.say(f"next: sudo containerlab deploy -t {shlex.quote(file)}")
    return DONE


@verb("hosts", example="netwright lab hosts\nnetwright lab exec pe1-hosts ip netns exec eth3.210 ping 10.1.2.2")
def hosts(session: Session) -> int:
    """Make a host behind each attachment of the intents, as they are now, in the boxes behind the access ports."""
    number = laboratory.attach_hosts(session.network)
    session.screen.show(plural(number, "host"), {"hosts": number})
    return DONE


_USUAL = Trial()


@verb(
    "test",
    example="netwright lab test\nnetwright lab test TenantSlice/hospital --seconds 30\nnetwright lab test --all",
    params=[
        click.Argument(["addresses"], nargs=-1, metavar="[ADDRESS ...]"),
        click.Option(
            ["--seconds"],
            type=click.FloatRange(min=2),
            default=_USUAL.seconds,
            show_default=True,
            help="Length of each stream.",
        ),
        click.Option(
            ["--sample-seconds", "sample_s"],
            type=click.FloatRange(min=0, max=3000),
            default=_USUAL.sample_s,
            show_default=True,
            help="The most that the sample for a promised ratio of loss may take; else it is --seconds.",
        ),
        click.Option(
            ["--rates/--no-rates"], default=True, help="Without: who reaches whom, sizes and ways, at no rate."
        ),
        click.Option(["--cut", "cuts"], is_flag=True, help="Cut a link under each pinned intent, too."),
        click.Option(["--steps"], is_flag=True, help="Let each elastic line grow and shrink by its schedule, too."),
        click.Option(["--removal"], is_flag=True, help="Last, withdraw everything and look for what is left."),
        click.Option(["--all", "everything"], is_flag=True, help="--cut, --steps and --removal."),
    ],
)
def test(
    session: Session,
    addresses: tuple[str, ...],
    seconds: float,
    sample_s: float,
    rates: bool,
    cuts: bool,
    steps: bool,
    removal: bool,
    everything: bool,
) -> int:
    """Prove by packets what the intents promise: who reaches whom, sizes, shares, loss, goodput, delay, the way taken.

    It makes the hosts anew. What was not seen is skipped or an error with its reason, never passed. Exit code 3 when a
    promise is not kept. The evidence (page, JUnit) is kept with the lab's network.
    """
    trial = Trial(seconds, cuts or everything, steps or everything, removal or everything, rates, sample_s)
    looked = prove(session.network, trial, addresses, session.screen.say)
    text = verify_screen(looked.findings, idle=looked.idle, verbose=session.screen.verbose)
    document = verify_document(looked.findings, (), looked.idle)
    session.screen.show(text, document | {"evidence": looked.evidence})
    session.screen.say(f"evidence: {looked.evidence}")
    return DONE if looked.findings.kept else PROMISE_BROKEN


@verb("down", example="netwright lab down")
def down(session: Session) -> int:
    """Take the lab down. Its evidence stays in state/lab/network/state/evidence."""
    was_up = laboratory.down(session.network)
    session.screen.show("the lab is down" if was_up else "no lab runs here", {"was_up": was_up})
    return DONE


exec_.context_settings = {"ignore_unknown_options": True, "allow_interspersed_args": False}  # what follows NODE is its
for _command in (up, probe, status, exec_, restart, generate, hosts, test, down):
    lab.add_command(_command)
