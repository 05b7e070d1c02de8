"""`netwright validate`: whether the files are sound."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from netwright.app.modules import wrong_modules
from netwright.cli.facade import facade
from netwright.cli.outcome import DONE, REFUSED
from netwright.cli.reading import Files, compiled, read_files, read_network, tally
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import Refused
from netwright.wish import Wish

MODULES = click.Path(exists=True, file_okay=False, path_type=Path)


@verb(
    "validate",
    example="netwright validate\nnetwright validate intents/lines/branch-7.yaml\nnetwright validate --yang modules/",
)
@click.argument("files", metavar="[FILE ...]", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--yang", metavar="DIR", type=MODULES, help="Also hold every edit and datastore against these YANG modules."
)
@click.option(
    "--yanglint", metavar="CMD", default="", help="libyang's program (else NETWRIGHT_YANGLINT, else in PATH)."
)
def validate(session: Session, files: tuple[Path, ...], yang: Path | None, yanglint: str) -> int:
    """Check the network's files, or single files of intents.

    Everything that is wrong is shown at once, with the line and the way out. When the files are sound, the network says
    whether it can keep what they promise: numbers, paths, bandwidth, delay. Nothing is written, no device is asked.

    With --yang, libyang judges what would be sent to each device whose vendor publishes YANG modules, and everything
    that it would run afterwards, baseline included. DIR holds the modules of the routers, or one such folder a model.
    """
    if files and yang:
        raise click.UsageError("--yang is about the whole network: leave the files out", click.get_current_context())
    read = read_files(files, session.network) if files else read_network(session.network)
    findings = read.findings
    if not files and not yang and read.topology and read.inventory:
        findings = (*findings, *wrong_modules(session.network, read.topology, read.inventory))
    if not files and not _broken(findings):
        findings = _said_by_the_network(session.network, read)
    judged = None
    if yang and not _broken(findings):
        judged = facade().judge_files(Wish(session.network), yang, yanglint)
        findings = (*findings, *judged.findings)
    code = REFUSED if _broken(findings) else DONE
    count = tally(findings, read.intents.documents)
    if files:
        names = "names held against this network" if read.topology else "read alone, no network's folder is here"
        count += f"; {names}; numbers, paths and bandwidth not looked at: netwright validate does that"
    session.screen.findings(findings)
    document: dict[str, object] = {
        "exit_code": code,
        "intents": read.intents.documents,
        "diagnostics": [finding.as_dict() for finding in findings],
    }
    if judged:
        document["yang"] = judged.as_dict()
        count += f"\n{judged.summary}"
    if code:
        session.screen.warn(count)
        session.screen.show("", document)
    else:
        session.screen.show(count, document)
    return code


def _broken(findings: Sequence[Diagnostic]) -> bool:
    return any(finding.severity is Severity.ERROR for finding in findings)


def _said_by_the_network(network: Path, read: Files) -> tuple[Diagnostic, ...]:
    """The files are sound: whether the network can keep what they promise."""
    try:
        said = compiled(network, read, datetime.now(UTC)).warnings
    except Refused as refused:
        said = refused.diagnostics
    return (*read.findings, *(finding for finding in said if finding not in read.findings))
