"""`netwright schema`: the intents' JSON Schema, for editors and for other people's programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from netwright.cli.outcome import DONE
from netwright.cli.verb import Session, verb
from netwright.intents.jsonschema import ALL, schemas


@verb("schema", example="netwright schema --out .schema\nnetwright schema --json | jq '.\"ElasticLine.schema.json\"'")
@click.option(
    "--out", metavar="DIR", type=click.Path(file_okay=False, path_type=Path), help="Write a file a kind there."
)
def schema(session: Session, out: Path | None) -> int:
    """Print the JSON Schema of the intents, or write it to files.

    Editors that speak the YAML language server complete and check intents with
    `# yaml-language-server: $schema=.schema/intents.schema.json` as a file's first line.
    """
    every = schemas()
    if out is None:
        session.screen.show(json.dumps(every[ALL], indent=2), dict(every), raw=True)
        return DONE
    out.mkdir(parents=True, exist_ok=True)
    for name, body in every.items():
        (out / name).write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    written = [str(out / name) for name in sorted(every)]
    session.screen.show("\n".join(written), {"files": written})
    return DONE
