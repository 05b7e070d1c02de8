"""`netwright show WHAT`: what is known, as tables. No device is asked and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import click

from netwright.alloc import store
from netwright.cli.outcome import DONE
from netwright.cli.reading import Files, compiled, read_network, shown
from netwright.cli.screens.table import table
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.intents.schema import Service
from netwright.plan import record
from netwright.platforms.base import Capability
from netwright.platforms.registry import PLATFORMS
from netwright.report.words import amount, asked, rate
from netwright.topology.load import load_topology

Rows: TypeAlias = "list[dict[str, object]]"


def _read(session: Session) -> Files:
    files = read_network(session.network)
    Diagnostics(list(files.findings)).close()
    return files


def _intents(session: Session) -> Rows:
    files = _read(session)
    return [
        {
            "intent": intent.address,
            "tenant": intent.metadata.tenant if isinstance(intent, Service) else "",
            "file": place.file if (place := files.intents.source(intent.address)) else "",
        }
        for intent in files.intents.all
    ]


def _contracts(session: Session) -> Rows:
    design = compiled(session.network, _read(session), datetime.now(UTC))
    return [
        {
            "intent": address,
            "figure": figure.name,
            "asked": asked(figure),
            "promised": amount(figure.value, figure.unit),
            "holds": "yes" if figure.holds else "no",
            "formula": figure.formula,
            "source": figure.source,
        }
        for address, contract in sorted(design.contracts.items())
        for figure in contract.figures
    ]


def _ledger(session: Session) -> Rows:
    ledger = store.load(session.network / "state" / "ledger.yaml")
    held = [
        {
            "pool": pool,
            "number": one.number,
            "claim": claim,
            "since": one.since.isoformat(),
            "state": _standing(one.provisional),
        }
        for pool, book in sorted(ledger.books.items())
        for claim, one in sorted(book.held.items(), key=lambda item: item[1].number)
    ]
    resting = [
        {"pool": pool, "number": number, "claim": rest.claim, "since": rest.freed.isoformat(), "state": _rests(rest)}
        for pool, book in sorted(ledger.books.items())
        for number, rest in sorted(book.resting.items())
    ]
    return [*held, *resting]


def _standing(provisional: bool) -> str:
    return "provisional" if provisional else "held"


def _rests(rest: object) -> str:
    until = getattr(rest, "until", None)
    return f"rests until {until.isoformat()}" if until else "blocked until a person frees it"


def _links(session: Session) -> Rows:
    file = session.network / "inventory" / "topology.yaml"
    topology = load_topology(file, shown=shown(file))
    return [
        {
            "link": link.name,
            "capacity": rate(link.capacity_bps),
            "km": f"{link.length_km:g}",
            "ports": f"{link.a_port} - {link.z_port}",
            "shares": ", ".join(sorted(link.srlgs)),
            "flexe": f"{link.flexe.slots} x {rate(link.flexe.granularity_bps)}" if link.flexe else "",
        }
        for link in topology.links.values()
    ]


def _capabilities(_session: Session) -> Rows:
    return [
        {"platform": platform, "capability": name, "value": _value(row), "source": row.source, "date": row.date}
        for platform, pack in sorted(PLATFORMS.items())
        for name, row in sorted(pack.capabilities.items())
    ]


def _value(row: Capability) -> str:
    if isinstance(row.value, bool):
        return "yes" if row.value else "no"
    return ", ".join(row.value) or "none" if isinstance(row.value, tuple) else str(row.value) or "none"


def _applies(session: Session) -> Rows:
    file = session.network / "state" / "applied.json"
    if not file.exists():
        return []
    applied = _record(file)
    return [
        {
            "device": name,
            "apply": device.apply_id,
            "leaves": str(len(device.leaves)),
            "shared": str(sum(leaf.shared for leaf in device.leaves.values())),
            "intents": str(len(record.owners_of([device]))),
        }
        for name, device in sorted(applied.devices.items())
    ]


def _record(file: Path) -> record.Applied:
    try:
        return record.load(file.read_text(encoding="utf-8"))
    except ValueError as error:
        found = Diagnostics()
        hint = "take the last committed file, or let drift --adopt read the devices"
        found.error("broken-record", shown(file), str(error), hint=hint)
        raise Refused(found.found) from error


@dataclass(frozen=True, slots=True)
class View:
    """One thing that can be shown, and what is said when there is none of it."""

    rows: Callable[[Session], Rows]
    empty: str


VIEWS: Final[Mapping[str, View]] = {
    "intents": View(_intents, "no intents: the network wants nothing"),
    "contracts": View(_contracts, "no promises: no services are wanted"),
    "ledger": View(_ledger, "no numbers are held: nothing was applied yet"),
    "links": View(_links, "no links"),
    "capabilities": View(_capabilities, "no platforms"),
    "applies": View(_applies, "nothing was applied yet"),
}


@verb(
    "show",
    example="netwright show ledger\nnetwright show capabilities --json | jq '.[] | select(.platform == \"zte\")'",
)
@click.argument("what", type=click.Choice(list(VIEWS)))
def show(session: Session, what: str) -> int:
    """Show what is known: intents, contracts, numbers, links, what platforms can do, what was applied."""
    view = VIEWS[what]
    rows = view.rows(session)
    text = table([list(rows[0]), *([str(cell) for cell in row.values()] for row in rows)], "") if rows else view.empty
    session.screen.show(text, rows)
    return DONE
