"""`netwright completion`: the shell's completion script, as click writes it."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from netwright.cli.verb import Session, verb

SHELLS = ("bash", "zsh", "fish")


@verb("completion", example='eval "$(netwright completion bash)"     # in ~/.bashrc')
@click.argument("shell", type=click.Choice(SHELLS))
def completion(session: Session, shell: str) -> int:
    """Print the completion script of a shell."""
    from netwright.cli.root import root  # noqa: PLC0415 - root lists this verb; it is whole only by now

    writer = get_completion_class(shell)
    if writer is None:  # SHELLS names only what click has
        raise click.UsageError(f"no completion for {shell}")
    script = writer(root, {}, "netwright", "_NETWRIGHT_COMPLETE").source()
    session.screen.show(script, {"shell": shell, "script": script}, raw=True)
    return 0
