"""`netwright show WHAT`: what is known, as tables. No device is asked and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

import click

from netwright.alloc import store
from netwright.apply.history import history
from netwright.cli.outcome import DONE
from netwright.cli.reading import Files, compiled, read_network, shown
from netwright.cli.screens.table import table
from netwright.cli.verb import Session, verb
from netwright.diagnostics import Diagnostics
from netwright.errors import Refused
from netwright.intents.schema import Service
from netwright.plan import record
from netwright.platforms.base import Capability
from netwright.platforms.packs import models
from netwright.platforms.registry import PLATFORMS
from netwright.report.words import amount, asked, rate
from netwright.services.numbers import pinned_locator, pools_of
from netwright.topology.load import load_topology
from netwright.workspace import journals_of

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
    written = _writer(session)
    held = [
        {
            "pool": pool,
            "number": one.number,
            "written": written(pool, one.number),
            "claim": claim,
            "since": f"{one.since:%Y-%m-%dT%H:%M:%SZ}",
            "state": _standing(one.provisional),
        }
        for pool, book in sorted(ledger.books.items())
        for claim, one in sorted(book.held.items(), key=lambda item: item[1].number)
    ]
    resting = [
        {
            "pool": pool,
            "number": number,
            "written": written(pool, number),
            "claim": rest.claim,
            "since": rest.freed.date().isoformat(),
            "state": _rests(rest),
        }
        for pool, book in sorted(ledger.books.items())
        for number, rest in sorted(book.resting.items())
    ]
    return [*held, *resting]


def _writer(session: Session) -> Callable[[str, int], str]:
    """What a number stands for: an RD, a prefix, an address, a locator, a SID's function. Without a Fabric: itself."""
    fabric = read_network(session.network).intents.fabric
    pools = pools_of(fabric) if fabric else {}

    def written(book: str, number: int) -> str:
        name = book.partition("/")[0]
        if name.startswith("sid_"):
            return f"{number:#06x}"
        try:
            if fabric and name == "node_id":
                return pinned_locator(fabric, number)
            return pools[name].text(number) if name in pools else str(number)
        except ValueError:  # the block has been narrowed since, and the number lies outside
            return str(number)

    return written


def _numbers_as_written(rows: Rows) -> Rows:
    return [
        {name: row["written"] if name == "number" else row[name] for name in row if name != "written"} for row in rows
    ]


def _standing(provisional: bool) -> str:
    return "provisional" if provisional else "held"


def _rests(rest: object) -> str:
    until = getattr(rest, "until", None)
    return f"rests until {until.isoformat(timespec='minutes')}" if until else "blocked until a person frees it"


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


def _capabilities(session: Session) -> Rows:
    return [
        {"platform": platform, "capability": name, "value": _value(row), "date": row.date, "source": row.source}
        for platform, pack in sorted({**PLATFORMS, **models(session.network / "inventory")}.items())
        for name, row in sorted(pack.capabilities.items())
    ]


def _value(row: Capability) -> str:
    if isinstance(row.value, bool):
        return "yes" if row.value else "no"
    return ", ".join(row.value) or "none" if isinstance(row.value, tuple) else str(row.value) or "none"


def _applies(session: Session) -> Rows:
    state = session.network / "state"
    file = state / "applied.json"
    applied = _record(file) if file.exists() else record.Applied()
    return [
        {
            "apply": one.apply_id,
            "began": one.at,
            "result": str(one.result),
            "devices": one.devices,
            "intents": one.intents,
            "by": one.who,
            "commit": one.commit,
            "rollback": str(one.back),
        }
        for one in history(journals_of(session.network), state / "snapshots", applied)
    ]


def _short(rows: Rows) -> Rows:
    """Instants to the second, commits as Git shortens them."""
    return [row | {"began": str(row["began"])[:19].replace("T", " "), "commit": str(row["commit"])[:8]} for row in rows]


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
    look: Callable[[Rows], Rows] = list  # how the rows stand in the table


VIEWS: Final[Mapping[str, View]] = {
    "intents": View(_intents, "no intents: the network wants nothing"),
    "contracts": View(_contracts, "no promises: no services are wanted"),
    "ledger": View(_ledger, "no numbers are held: nothing was applied yet", _numbers_as_written),
    "links": View(_links, "no links"),
    "capabilities": View(_capabilities, "no platforms"),
    "applies": View(_applies, "nothing was applied yet", _short),
}


@verb(
    "show",
    example="netwright show ledger\nnetwright show capabilities --json | jq '.[] | select(.platform == \"zte\")'",
)
@click.argument("what", metavar="WHAT", type=click.Choice(list(VIEWS)))
def show(session: Session, what: str) -> int:
    """Show what is known: intents, contracts, numbers, links, what platforms can do, what was applied.

    WHAT is one of intents, contracts, ledger, links, capabilities, applies. No device is asked.
    """
    view = VIEWS[what]
    rows = view.rows(session)
    text = _table(view.look(rows)) if rows else view.empty
    session.screen.show(text, rows)
    return DONE


def _table(rows: Rows) -> str:
    """The rows under their keys; a column that says nothing in any row is left out."""
    names = [name for name in rows[0] if any(row[name] not in ("", None) for row in rows)]
    cells = (["" if row[name] is None else str(row[name]) for name in names] for row in rows)
    return table([names, *cells], "")
