"""`netwright [-C DIR] VERB`: the list of verbs, each loaded only when it is used.

A verb is a module of this room with a command of the same name. The one-line descriptions stand in the table, so that
`netwright --help` and a shell's completion answer without importing what the verbs need; a test holds them against the
verbs' own help. A verb stands in the table only when it works.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

import click
from click.shell_completion import CompletionItem

from netwright import __version__

VERBS: Final[Mapping[str, str]] = {
    "init": "Make the folders of a new network in DIR: inventory, baselines, a Fabric, and an example of each intent.",
    "validate": "Check the network's files, or single files of intents.",
    "plan": "Show what would change: by intent, by device, with risk and promise.",
    "apply": "Apply the plan as one transaction, verify it, and confirm or roll back.",
    "verify": "Ask the devices whether each promise is kept.",
    "drift": "Compare what the devices run with what we left there.",
    "rollback": "Take the network back to what an earlier apply left.",
    "explain": "Trace a line of a device back to the intents that want it.",
    "show": "Show what is known: intents, contracts, numbers, links, what platforms can do, what was applied.",
    "schema": "Print the JSON Schema of the intents, or write it to files.",
    "emulate": "Serve every router of the network as an emulated device.",
    "demo": "Run the whole main job on the emulated reference network, in a copy.",
    "lab": "Run the network's intents on real routers: FRR in containers, with real packets.",
    "help": "Explain a verb, the exit codes, the intents or a diagnostic's code.",
    "completion": "Print the completion script of a shell.",
}


class Verbs(click.Group):
    """The verbs of the table, in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """All verbs."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Load one verb."""
        if cmd_name not in VERBS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"netwright.cli.{name}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one was probably meant."""
        if not args[0].startswith("-") and args[0] not in VERBS:
            near = difflib.get_close_matches(args[0], VERBS, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else ""
            raise click.UsageError(f"there is no verb `{args[0]}`{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the verbs from the table."""
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a verb from the table."""
        found = [CompletionItem(name, help=line) for name, line in VERBS.items() if name.startswith(incomplete)]
        return found or click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=Verbs, invoke_without_command=True, subcommand_metavar="VERB ...")
@click.option(
    "-C",
    "network",
    metavar="DIR",
    default=".",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The network to work on: the folder with intents/, inventory/ and state/ (default: the current folder).",
)
@click.version_option(__version__, prog_name="netwright", message="%(prog)s %(version)s")
@click.pass_context
def root(ctx: click.Context, network: Path) -> int:
    """Write down what a tenant needs; compile, apply as one transaction, prove it.

    A first round: `netwright validate`, `netwright plan`, `netwright apply`, `netwright verify`.
    Each verb explains itself: `netwright VERB --help`. Exit codes: `netwright help exit-codes`.
    """
    ctx.obj = network
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
    return 0
