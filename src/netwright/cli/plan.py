"""`netwright plan`: what would be changed, for whom, where, and what is promised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import click

from netwright.apply.model import silent
from netwright.cli.facade import facade
from netwright.cli.outcome import DIFFERENCE, DONE
from netwright.cli.screens.plan import changed, diff_screen, next_step, plan_screen
from netwright.cli.screens.plan_cli import spoken_screen
from netwright.cli.stages import waiting
from netwright.cli.unfinished import warn_of_unfinished
from netwright.cli.verb import Session, verb
from netwright.plan.model import Plan
from netwright.report.plan import plan_document, plan_markdown
from netwright.topology.names import check_nodes
from netwright.wish import Wish

Devices = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is to be printed, and how: a plan for some devices (none: all), on so many columns."""

    wish: Wish
    plan: Plan
    devices: Devices
    columns: int

    @property
    def names(self) -> list[str]:
        """The devices that are sent something, of those that were asked for."""
        return [change.device for change in changed(self.plan, self.devices)]


def _cli(show: Shown) -> str:
    views = facade().spoken(show.wish, show.plan, show.names)
    return spoken_screen(show.plan, views, show.devices, show.columns)


FORMATS: Final[Mapping[str, Callable[[Shown], str]]] = {
    "text": lambda show: plan_screen(show.plan, show.devices),
    "diff": lambda show: diff_screen(facade().texts(show.plan, show.names)),
    "json": lambda _show: "",  # the document alone
    "markdown": lambda show: plan_markdown(show.plan),
    "cli": _cli,
}


_FORMAT_HELP = (
    "What to print. cli: what is sent; for a device that is sent XML, its command line beside it (a view: never sent)."
)


class Instant(click.ParamType[datetime]):
    """A moment with its offset from UTC; a time without one means another moment on another machine."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read ISO 8601."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} is no moment; write it as 2026-12-01T22:00+08:00", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value} has no offset from UTC; write it as {value}+08:00 or {value}Z", param, ctx)
        return moment


@verb(
    "plan",
    devices=True,
    example="netwright plan\nnetwright plan --format diff pop1-gw1\nnetwright plan --at 2026-12-01T22:00+08:00\n"
    "netwright plan --out plan/     # what a reviewer reads and apply takes",
)
@click.argument("devices", metavar="[DEVICE ...]", nargs=-1)
@click.option("--offline", is_flag=True, help="Ask no device: plan on the record and the baselines.")
@click.option("--anew", is_flag=True, help="With --offline: work everything out, remember nothing of the last plan.")
@click.option("--at", type=Instant(), metavar="INSTANT", help="The network of that moment, to be read only.")
@click.option("--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write the plan's folder.")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="text", help=_FORMAT_HELP)
def plan(
    session: Session,
    devices: Devices,
    offline: bool,
    anew: bool,
    at: datetime | None,
    out: Path | None,
    form: str,
    emulated: bool,
    allow_unverified: bool,
) -> int:
    """Show what would change: by intent, by device, with risk and promise.

    The plan is always of the whole network; DEVICE only says what to print. Nothing is written except with --out, and
    nothing is sent. Exit code 2 when there is a difference, 0 when there is none.
    """
    wish = Wish(session.network, at, offline, emulated, allow_unverified, anew=anew)
    warn_of_unfinished(session)
    with waiting(session.screen, "planning"):
        made = facade().plan(wish, silent)
    session.screen.findings(made.warnings)
    check_nodes(made.devices, devices)
    if out is not None:
        facade().write_plan(made, out)
    screen = session.screen.as_json() if form == "json" else session.screen
    text = FORMATS[form](Shown(wish, made, devices, session.screen.out.width))
    document = plan_document(made) if screen.json else None  # it has the texts of all devices in it
    screen.show(text, document, raw=form != "text")
    if form == "text":
        screen.say(next_step(made, _folder(session.network), _flags(wish)))
    return DIFFERENCE if made.changes else DONE


def _folder(network: Path) -> str:
    """How the network's folder was named, so that the next command can be typed as it is shown."""
    return "" if network == Path() else f" -C {network}"


def _flags(wish: Wish) -> str:
    """The flags that the next command needs as this one did."""
    return (" --emulated" if wish.emulated else "") + (" --allow-unverified" if wish.allow_unverified else "")
