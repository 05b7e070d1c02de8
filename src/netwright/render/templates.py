"""Templates, and what each line of them is made of.

A template words one construct for one platform: `templates/<platform>/<construct>.<part>.j2`. Two things make a line
of a router's configuration explainable down to the template line that wrote it, at no cost while rendering:

* every template line ends in an invisible marker with its number, which comes out beside what the line wrote;
* which attributes of the construct a template line uses is read from the template's syntax tree, once.

What several constructs say alike is a macro in `templates/<platform>/shared/`: its lines count as written by the line
that calls it. A file of the same path in the user's own `templates/` overrides the one that netwright brings.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.exceptions import TemplateNotFound, TemplateSyntaxError

from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import NetwrightError, Refused
from netwright.platforms.base import Platform, Provenance, Status
from netwright.platforms.registry import FILTERS

MARK = "\x1f"  # unlike \x1c to \x1e it ends no line for str.splitlines
_HEADER = re.compile(r"\A\{#-?(?P<body>.*?)-?#\}\n?", re.DOTALL)
_CONTROL_ONLY = re.compile(r"\s*(?:\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\})\s*\Z")
_LINE_STATUS = re.compile(r"\{#-?\s*status:\s*(?P<status>\w+)(?:,\s*source:\s*(?P<source>.*?))?\s*-?#\}")


class MissingTemplate(NetwrightError):
    """A construct without a wording for its platform: the capability table should have said so."""


class TemplateError(Refused):
    """A template is not what a template must be: mostly one of the user's own."""

    def __init__(self, place: str, message: str) -> None:
        hint = "netwright's own is used where templates/ of the network has none"
        super().__init__([Diagnostic(Severity.ERROR, "bad-template", place, message, hint=hint)])
        self.args = (f"{place} {message}",)


@dataclass(frozen=True)
class Wording:
    """One compiled template with what is known of its lines."""

    path: str  # templates/huawei/vrf.xml.j2, as shown to people
    part: str
    provenance: Provenance
    line_provenance: Mapping[int, Provenance]
    uses: Mapping[int, frozenset[str]]  # template line -> attributes of the construct
    template: Template = field(compare=False)

    @cached_property
    def _names(self) -> Mapping[str, object]:
        """What every template knows besides its construct; Jinja would copy it out of a chain each time."""
        return dict(self.template.globals)

    def say(self, context: Mapping[str, object]) -> str:
        """The marked text. jinja2.UndefinedError where the construct has not what the template asks for."""
        names = self.template.new_context({**self._names, **context}, shared=True)
        return "".join(self.template.root_render_func(names))

    def line_of(self, error: BaseException) -> int:
        """The template line at which rendering failed; 1 where the error does not say."""
        lines = [
            self.template.get_corresponding_lineno(line)
            for frame, line in traceback.walk_tb(error.__traceback__)
            if frame.f_globals.get("__jinja_template__") is self.template
        ]
        return lines[-1] if lines else 1

    def provenance_of(self, line: int) -> Provenance:
        """The provenance of what this template line writes."""
        return self.line_provenance.get(line, self.provenance)


def shipped_templates() -> Path:
    """The folder of templates that came with netwright: inside the wheel, or the checkout's own."""
    inside = Path(str(files("netwright"))) / "templates"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "templates"


@dataclass(frozen=True)
class Library:
    """All wordings of one network: the user's folder before netwright's own."""

    folders: tuple[Path, ...]
    known: dict[tuple[str, str], tuple[Wording, ...]] = field(default_factory=dict, compare=False, repr=False)

    def wordings(self, platform: str, construct: str, parts: tuple[str, ...]) -> tuple[Wording, ...]:
        """The templates of a construct, in the order of the platform's parts; at least one."""
        if (platform, construct) not in self.known:
            found = tuple(w for part in parts if (w := _load(self.folders, platform, construct, part)) is not None)
            if not found:
                message = f"no template templates/{platform}/{construct}.*.j2: {platform} has no wording for it"
                raise MissingTemplate(message)
            self.known[platform, construct] = found
        return self.known[platform, construct]

    def has(self, platform: str, construct: str, parts: tuple[str, ...]) -> bool:
        """Whether the platform can word the construct at all."""
        return any(_load(self.folders, platform, construct, part) is not None for part in parts)


def library(own: Path | None = None) -> Library:
    """The library of a network whose own templates, if any, are in `own`."""
    shipped = shipped_templates()
    return Library((own, shipped) if own is not None and own.is_dir() and own != shipped else (shipped,))


def unverified_constructs(templates: Library, platform: Platform) -> tuple[str, ...]:
    """The constructs of a platform of which some line's syntax nobody has established: what consent is asked for."""
    folders = [folder / platform.name for folder in templates.folders]
    names = {path.name.partition(".")[0] for folder in folders if folder.is_dir() for path in folder.glob("*.j2")}
    found = []
    for name in sorted(names - {"baseline"}):
        wordings = templates.wordings(platform.name, name, platform.parts)
        known = [known for wording in wordings for known in (wording.provenance, *wording.line_provenance.values())]
        if any(one.status is Status.UNVERIFIED for one in known):
            found.append(name)
    return tuple(found)


@cache
def _environment(folders: tuple[Path, ...], platform: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader([str(folder) for folder in folders]),
        undefined=StrictUndefined,
        auto_reload=False,  # what a template imports is looked up each time it is rendered
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - XML templates escape through the filter their platform gives (`| e`)
    )
    environment.filters.update(FILTERS.get(platform, {}))
    return environment


@cache
def _load(folders: tuple[Path, ...], platform: str, construct: str, part: str) -> Wording | None:
    environment = _environment(folders, platform)
    name = f"{platform}/{construct}.{part}.j2"
    loader = environment.loader
    try:
        source = loader.get_source(environment, name)[0] if loader else ""
    except TemplateNotFound:
        return None
    path = f"templates/{name}"
    provenance = _provenance(path, source)
    try:
        template = environment.from_string(_marked(source))
    except TemplateSyntaxError as error:
        raise TemplateError(f"{path}:{error.lineno}", f"is no template: {error.message}") from error
    return Wording(
        path=path,
        part=part,
        provenance=provenance,
        line_provenance=_line_provenance(path, source),
        uses=_uses(environment, source),
        template=template,
    )


def _provenance(path: str, source: str) -> Provenance:
    header = _HEADER.match(source)
    facts = dict(re.findall(r"^\s*(\w+):\s*(.+?)\s*$", header["body"], re.MULTILINE)) if header else {}
    if not {"construct", "source", "status"} <= facts.keys():
        raise TemplateError(f"{path}:1", "must begin with a comment that states construct, source and status")
    return Provenance(_status(path, 1, facts["status"]), facts["source"])


def _status(path: str, line: int, word: str) -> Status:
    if word not in set(Status):
        raise TemplateError(f"{path}:{line}", f"states `{word}`; a status is one of {', '.join(Status)}")
    return Status(word)


def _line_provenance(path: str, source: str) -> dict[int, Provenance]:
    found = {}
    for number, line in enumerate(source.splitlines(), 1):
        if match := _LINE_STATUS.search(line):
            found[number] = Provenance(_status(path, number, match["status"]), match["source"] or "")
    return found


def _marked(source: str) -> str:
    """The source with the number of each writing line at its end, behind a mark."""
    header = _HEADER.match(source)
    skip = header.group().count("\n") if header else 0
    lines = []
    for number, line in enumerate(source.splitlines(), 1):
        writes = number > skip and line.strip() and not _CONTROL_ONLY.match(line)
        lines.append(f"{line}{MARK}{number}" if writes else line)
    return "\n".join(lines) + "\n"


def _uses(environment: Environment, source: str) -> dict[int, frozenset[str]]:
    """Which attributes of the construct each line names; a loop's variable counts as what it runs over."""
    tree = environment.parse(source)
    alias: dict[str, frozenset[str]] = {}
    for loop in tree.find_all(nodes.For):
        over = _names(loop.iter, alias)
        alias.update(dict.fromkeys(_targets(loop.target), over))
    for assign in tree.find_all(nodes.Assign):
        alias.update(dict.fromkeys(_targets(assign.target), _names(assign.node, alias)))
    found: dict[int, frozenset[str]] = {}
    for name in tree.find_all(nodes.Name):
        if name.ctx == "load":
            found[name.lineno] = found.get(name.lineno, frozenset()) | alias.get(name.name, frozenset({name.name}))
    return found


def _names(node: nodes.Node, alias: Mapping[str, frozenset[str]]) -> frozenset[str]:
    names = [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))
    return frozenset().union(*(alias.get(name.name, frozenset({name.name})) for name in names))


def _targets(node: nodes.Node) -> list[str]:
    names = [node] if isinstance(node, nodes.Name) else list(node.find_all(nodes.Name))
    return [name.name for name in names]
