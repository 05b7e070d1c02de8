#!/usr/bin/env python3
"""Writes the tables of docs/intents.md from what they describe: the schema of the intents, the platforms' tables.

The prose is a person's. A table stands between `<!-- generated: NAME -->` and `<!-- end -->`; only these are replaced.

    .venv/bin/python tools/write_intents_page.py           write
    .venv/bin/python tools/write_intents_page.py --check   exit 1 when the page is older than the schema
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import generated_page

from netwright.intents.common import Affinity, Attachment, Constraints, Metadata, Pins, Policy, Route
from netwright.intents.jsonschema import schema_of
from netwright.intents.schedule import Recurrence, Schedule
from netwright.intents.services import ServiceSpec
from netwright.platforms.base import Capability, Grade, Status
from netwright.platforms.registry import PLATFORMS
from netwright.render.templates import library, shipped_templates

PAGE = Path(__file__).parents[1] / "docs" / "intents.md"

Node: TypeAlias = Mapping[str, Any]  # a JSON Schema, or a part of one
Row: TypeAlias = tuple[str, ...]

_CHAPTERS = {
    "Attachment": "an [attachment](#attachments)",
    "Constraints": "[constraints](#constraints)",
    "Policy": "a [policy](#policy)",
    "Pins": "[pins](#pins)",
    "Schedule": "a [schedule](#schedules)",
}
"""Models that several kinds share have a chapter of their own: other tables point there."""

_SHARED = {
    model.__name__: model
    for model in (Affinity, Attachment, Constraints, Metadata, Pins, Policy, Recurrence, Route, Schedule, ServiceSpec)
}


HEAD = ("field", "takes", "default", "meaning")


# ---- fields ---------------------------------------------------------------------------------------------------------


class _Fields:
    """The rows of one schema."""

    def __init__(self, root: Node) -> None:
        self.root = root

    def rows(self, node: Node, prefix: str) -> Iterator[Row]:
        """A row a field, depth first."""
        required = node.get("required", ())
        for name, child in node.get("properties", {}).items():
            yield from self._field(f"{prefix}{name}", child, needed=name in required)

    def _field(self, path: str, child: Node, *, needed: bool) -> Iterator[Row]:
        target, node = self.target(child)
        items, inside = self.target(node["items"]) if "items" in node else ("", {})
        takes = _CHAPTERS.get(target) or _CHAPTERS.get(items) or self._takes(node)
        yield f"`{path}`", takes, _default(child, needed=needed), _cell(node.get("description", ""))
        if target in _CHAPTERS or items in _CHAPTERS:
            return
        yield from self.rows(node, f"{path}.")
        yield from self._inside(path, inside)

    def _inside(self, path: str, inside: Node) -> Iterator[Row]:
        """What the items of a list hold: fields, or one of several sets of fields."""
        shared = set(Attachment.model_fields)
        if shared < set(inside.get("properties", ())):
            own = {name: child for name, child in inside["properties"].items() if name not in shared}
            yield from self.rows({**inside, "properties": own}, f"{path}[].")
            yield f"`{path}[]...`", _CHAPTERS["Attachment"], "", "The fields of an attachment."
        else:
            yield from self.rows(inside, f"{path}[].")
        for choice in inside.get("oneOf", ()):
            yield from self.rows(self.target(choice)[1], f"{path}[].")

    def target(self, node: Node) -> tuple[str, Node]:
        """The name of the model that a node refers to, and the node with what the model says."""
        choices = [choice for choice in node.get("anyOf", ()) if choice.get("type") != "null"]
        if "$ref" in node:
            name = node["$ref"].rsplit("/", 1)[1]
            return name, {**self.target(self.root["$defs"][name])[1], **node}
        if len(choices) == 1:
            name, inner = self.target(choices[0])
            return name, {**inner, **{key: value for key, value in node.items() if key != "anyOf"}}
        return "", node

    def _takes(self, node: Node) -> str:
        if "enum" in node:
            return " ".join(f"`{_said(word)}`" for word in node["enum"])
        if "const" in node:
            return f"`{node['const']}`"
        if examples := node.get("examples"):
            return f"such as `{examples[0]}`"
        if "items" in node:
            _, inside = self.target(node["items"])
            return f"a list: {self._takes(inside)}" if not _structured(inside) else "a list of:"
        if "additionalProperties" in node and isinstance(node["additionalProperties"], dict):
            return f"a mapping to {self._takes(node['additionalProperties'])}"
        return "a mapping:" if _structured(node) else f"{_WORDS.get(str(node.get('type')), 'text')}{_bounds(node)}"


_WORDS = {"integer": "a number", "number": "a number", "boolean": "true or false"}


def _structured(node: Node) -> bool:
    return "properties" in node or "oneOf" in node


def _bounds(node: Node) -> str:
    low, high = node.get("minimum"), node.get("maximum")
    above, below = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f", {low} to {high}"
    words = (
        f"above {above:g}" if above is not None else "",
        f"at least {low}" if low is not None else "",
        f"below {below:g}" if below is not None else "",
        f"at most {high:g}" if high is not None else "",
    )
    said = " and ".join(word for word in words if word)
    return f", {said}" if said else ""


def _default(child: Node, *, needed: bool) -> str:
    if needed:
        return "required"
    value = child.get("default")
    if isinstance(value, dict | list | type(None)) or value == "":
        return ""
    return f"`{_said(value)}`"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value)


def _cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def kind_table(kind: str) -> str:
    """The fields of a kind's `spec`, less those that every service has."""
    fields = _Fields(schema_of(kind))
    _, spec = fields.target(schema_of(kind)["properties"]["spec"])
    common = set() if kind == "Fabric" else set(ServiceSpec.model_fields)
    own = {name: child for name, child in spec["properties"].items() if name not in common}
    return table(HEAD, fields.rows({**spec, "properties": own}, ""))


def shared_table(name: str) -> str:
    """The fields of a model that kinds share."""
    schema = _SHARED[name].model_json_schema()
    return table(HEAD, _Fields(schema).rows(schema, ""))


# ---- platforms ------------------------------------------------------------------------------------------------------

_MEANS = {
    "vpn_signalling": "VPN routes over SRv6 are announced by",
    "sid_encoding": "SRv6 SIDs",
    "locator": "the locator is",
    "explicit_path": "packets are held to a path by",
    "explicit_sid": "a VRF's SID can be set",
    "max_segments": "segments in a path",
    "weighted_paths": "weighted paths at once",
    "slice_ids": "slice id on the wire",
    "slice_channel": "bandwidth of its own for a slice on a link",
    "max_slice_id": "largest slice id",
    "exclusive_channel": "a slice's bandwidth on a link is nobody else's, even unused",
    "max_channel_bps": "largest bandwidth of a slice on a link, bit/s",
    "trust_list": "only the tenant's own prefixes may send into a slice",
    "flexe": "FlexE clients",
    "channelised": "channelised sub-interfaces",
    "macsec": "MACsec on a link comes with",
    "macsec_ports": "on which ports MACsec is configured",
    "isolation_hard": "`isolation: hard`",
    "isolation_soft": "`isolation: soft`",
    "bandwidth": "`bandwidth`",
    "lossless": "`LosslessRdmaPath`",
    "low_latency": "`DeterministicService`",
    "protection": "`protection`",
    "l2vpn": "`service: l2vpn`",
    "measurement": "measurement of loss and delay",
    "jitter": "measurement of jitter",
    "max_probe": "largest number of a session that measures jitter",
    "pfc": "PFC",
    "ecn": "ECN marking",
    "shaper_layer": "shapers are taken to count at",
    "time_range": "attachments close by the router's clock when a schedule ends",
    "flex_algo": "paths by measured delay (Flex-Algo)",
    "binding_sid": "a binding SID names an SR policy",
    "classify": "packets are told apart by",
    "max_rate_bps": "largest rate, bit/s",
}


def _names() -> list[str]:
    known = dict.fromkeys(_MEANS)
    found = known | {name: None for pack in PLATFORMS.values() for name in sorted(pack.capabilities)}
    return [name for name in found if any(name in pack.capabilities for pack in PLATFORMS.values())]


def capability_table() -> str:
    """What each platform can do, beside each other."""
    rows = (
        (
            _MEANS.get(name, name.replace("_", " ")),
            *(_value(pack.capabilities.get(name)) for pack in PLATFORMS.values()),
        )
        for name in _names()
    )
    return table(("", *PLATFORMS), rows)


def source_table() -> str:
    """Where each of it is known from."""
    rows = (
        (platform, f"`{name}`", _cell(pack.capabilities[name].source), pack.capabilities[name].date)
        for platform, pack in PLATFORMS.items()
        for name in _names()
        if name in pack.capabilities
    )
    return table(("platform", "capability", "source", "as of"), rows)


def _value(row: Capability | None) -> str:
    match row and row.value:
        case Grade() as grade:
            said = str(grade)
        case bool(yes):
            said = "yes" if yes else "no"
        case tuple(words):
            said = ", ".join(words).replace("|", "\\|")
        case int(number) if number:
            said = f"{number:,}"
        case None | "" | 0:
            said = "-"
        case word:
            said = str(word)
    return said


def wording_table() -> str:
    """Where the syntax of each construct comes from: the weakest status of all lines of its templates."""
    templates = library()
    constructs = {path.name.partition(".")[0] for path in shipped_templates().glob("*/*.j2")} - {"baseline"}
    rows = (
        (f"`{name}`", *(_status(templates, platform, name) for platform in PLATFORMS)) for name in sorted(constructs)
    )
    return table(("construct", *PLATFORMS), rows)


_WEAKEST_FIRST = tuple(reversed(Status))


def _status(templates: Any, platform: str, construct: str) -> str:
    parts = PLATFORMS[platform].parts
    if not templates.has(platform, construct, parts):
        return "-"
    wordings = templates.wordings(platform, construct, parts)
    found = {one.status for wording in wordings for one in (wording.provenance, *wording.line_provenance.values())}
    return str(next(status for status in _WEAKEST_FIRST if status in found))


# ---- the page -------------------------------------------------------------------------------------------------------


def table(head: Row, rows: Iterable[Row]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows)) + "\n"


TABLES: Mapping[str, Callable[[], str]] = {
    "capabilities": capability_table,
    "sources": source_table,
    "wordings": wording_table,
}


def generated(name: str) -> str:
    """One table: `kind TenantSlice`, `fields Attachment`, or one of `TABLES`."""
    what, _, which = name.partition(" ")
    if what == "kind":
        return kind_table(which)
    return shared_table(which) if what == "fields" else TABLES[name]()


def renewed(page: str) -> str:
    """The page with every table as it has to be now."""
    return generated_page.renewed(page, generated)


if __name__ == "__main__":
    sys.exit(generated_page.write(PAGE, renewed, sys.argv[1:]))
