"""`netwright validate`: whether the files are sound."""

from __future__ import annotations

from pathlib import Path

import click

from netwright.cli.outcome import DONE, REFUSED
from netwright.cli.reading import read_files, read_network, tally
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Severity


@verb("validate", example="netwright validate\nnetwright validate intents/lines/branch-7.yaml")
@click.argument("files", metavar="[FILE ...]", nargs=-1, type=click.Path(path_type=Path))
def validate(session: Session, files: tuple[Path, ...]) -> int:
    """Check the network's files, or single files of intents.

    Everything that is wrong is shown at once, with the line and the way out. Nothing is written and no device is asked.
    """
    read = read_files(files) if files else read_network(session.network)
    broken = any(finding.severity is Severity.ERROR for finding in read.findings)
    count = tally(read.findings, read.intents.documents)
    session.screen.findings(read.findings)
    document = {
        "exit_code": REFUSED if broken else DONE,
        "intents": read.intents.documents,
        "diagnostics": [finding.as_dict() for finding in read.findings],
    }
    if broken:
        session.screen.warn(count)
        session.screen.show("", document)
        return REFUSED
    session.screen.show(count, document)
    return DONE
