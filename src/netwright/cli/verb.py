"""What all verbs have in common: the flags, the session they are given, and how their help looks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import click

from netwright.cli.screen import Screen

Body: TypeAlias = Callable[..., int]
"""A verb's work: takes the session and its own parameters, returns the exit code."""

COMMON = ("json", "quiet", "verbose", "no_progress")


@dataclass(frozen=True, slots=True)
class Session:
    """What every verb is given: the network's folder, and where to speak."""

    network: Path
    screen: Screen


def common_options() -> list[click.Parameter]:
    """The flags that every verb takes."""
    return [
        click.Option(["--json"], is_flag=True, help="One JSON document on stdout, nothing else."),
        click.Option(["--quiet"], is_flag=True, help="Only the result and what is wrong."),
        click.Option(["--verbose"], is_flag=True, help="Also how it was done; tracebacks of bugs."),
        click.Option(["--no-progress"], is_flag=True, help="No moving bars."),
    ]


def _device_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--emulated"], is_flag=True, help="The devices that `netwright emulate` serves for this network."
        ),
        click.Option(
            ["--allow-unverified"], is_flag=True, help="Consent to lines whose syntax is established by a hint at best."
        ),
    ]


class VerbCommand(click.Command):
    """A verb: its help ends with an example, and its callback gets a `Session` first."""

    example: str = ""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click
        """Write the example under the options."""
        with formatter.section("Example"):
            formatter.write("".join(f"  {line}\n" for line in self.example.splitlines()))

    def invoke(self, ctx: click.Context) -> int:
        """Take the common flags out of the parameters, and run."""
        flags = {name: bool(ctx.params.pop(name)) for name in COMMON}
        session = Session(network=ctx.find_object(Path) or Path(), screen=Screen.of(**flags))
        code: int = ctx.invoke(self.callback or _nothing, session, **ctx.params)
        return code


def _nothing(_session: Session) -> int:
    return 0


def verb(
    name: str, *, example: str, devices: bool = False, params: Sequence[click.Parameter] = ()
) -> Callable[[Body], VerbCommand]:
    """Make a verb of a function; its docstring is the help. `devices`: it touches devices or plans for them."""

    def make(body: Body) -> VerbCommand:
        declared: list[click.Parameter] = list(reversed(getattr(body, "__click_params__", [])))
        shared = (_device_options() if devices else []) + common_options()
        command = VerbCommand(name, callback=body, params=[*params, *declared, *shared], help=body.__doc__)
        command.example = example
        return command

    return make
