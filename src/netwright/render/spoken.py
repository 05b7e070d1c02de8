"""A configuration in the words that people read: from its tree, by templates of its own, for the eyes only.

A platform that is configured by documents has a command line beside them, which its reviewers know by heart. The
templates of that command line read the tree of a device (not constructs: what goes away has none any more), one
template a construct, and each line ends in what takes it back:

    mtu {{ port["mtu"] }} // undo mtu

`// -` takes nothing back (a view that exists by itself, a default); `// ?` says that no source tells how. Every leaf
that a template looks at is noted, so that what no template looked at is counted and never passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TypeAlias

from netwright.platforms.base import Platform, Provenance
from netwright.render.engine import construct_name, unmark
from netwright.render.templates import Library, TemplateError, Wording
from netwright.secret import name_of
from netwright.services import model
from netwright.tree import Path, Tree

Words: TypeAlias = tuple[str, ...]
"""A line with the lines of the views that it stands in, outermost first."""

_UNDO = re.compile(r"(?P<line>.*\S)\s+// (?P<undo>\S.*)")
_NOTHING, _UNKNOWN = "-", "?"


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of the command line. `undo`: what takes it back; "": nothing has to; None: no source says how."""

    words: Words
    undo: str | None
    construct: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Speech:
    """A device's configuration as lines, and by construct the leaves that its template looked at.

    `asked` is every place that a template asked for, whether it was there or not.
    """

    lines: Mapping[Words, SpokenLine]
    read: Mapping[str, frozenset[Path]]
    asked: frozenset[Path]

    def reader(self, path: Path) -> str:
        """The first construct whose template looked at a leaf; "" for none."""
        return next((construct for construct, paths in self.read.items() if path in paths), "")


@dataclass(slots=True)
class Twig:
    """A node of a nested tree. `value` is None for what only holds others."""

    value: str | None = None
    below: dict[str, list[tuple[str, Twig]]] = field(default_factory=dict)  # by name without module and keys

    def child(self, step: str) -> Twig:
        """The node of a step, made where it is missing."""
        siblings = self.below.setdefault(_local(step), [])
        for known, twig in siblings:
            if known == step:
                return twig
        siblings.append((step, Twig()))
        return siblings[-1][1]


def nested(tree: Tree) -> Twig:
    """A flat tree as a nested one."""
    root, known = Twig(), {}
    for path, value in tree.items():
        parent = path[:-1]
        if parent not in known:
            twig = root
            for step in parent:
                twig = twig.child(step)
            known[parent] = twig
        twig = Twig(value)
        known[parent].below.setdefault(_local(path[-1]), []).append((path[-1], twig))
    return root


class Entry:
    """A place in the tree as templates read it, by names without their modules: `port["ipv6/auto-link-local"]`."""

    def __init__(self, twig: Twig | None, path: Path, noted: set[Path], asked: set[Path], pack: Platform) -> None:
        self._twig, self._path, self._noted, self._asked, self._pack = twig, path, noted, asked, pack

    def __bool__(self) -> bool:
        return self._twig is not None

    def __getitem__(self, name: str) -> str:
        """The value of a leaf; "" when it is not there. A secret stays one; what only names one is shown."""
        found = self._noted_at(name)
        value = found._twig.value if found._twig is not None else None  # noqa: SLF001 - of our own kind
        if value is None:
            return ""
        hidden = self._pack.is_secret(found._path) and not name_of(value)  # noqa: SLF001
        return "***" if hidden else value

    def has(self, name: str) -> bool:
        """Whether a leaf without a value, or a container that is there or not, is there."""
        return bool(self._noted_at(name))

    def says(self, name: str, value: str) -> bool:
        """Whether a leaf has this value. Not noted: a template may ask whether a place is its own."""
        found = self.one(name)
        return found._twig is not None and found._twig.value == value  # noqa: SLF001

    def implies(self, *names: str) -> str:
        """Say that these leaves need no line of their own: other lines mean them. Nothing is written."""
        for name in names:
            self._noted_at(name)
        return ""

    def one(self, name: str) -> Entry:
        """The first place of this name; one that is empty when there is none."""
        return next(self.all(name), Entry(None, (*self._path, name), self._noted, self._asked, self._pack))

    def all(self, name: str) -> Iterator[Entry]:
        """The places of this name, in the order of their keys."""
        first, _, rest = name.partition("/")
        self._asked.add((*self._path, first))
        twigs = dict(self._twig.below.get(first, [])) if self._twig is not None else {}
        for step in self._arranged(twigs):
            here = Entry(twigs[step], (*self._path, step), self._noted, self._asked, self._pack)
            if rest:
                yield from here.all(rest)
            else:
                yield here

    def _arranged(self, twigs: Mapping[str, Twig]) -> Sequence[str]:
        if len(twigs) < 2 or self._pack.spoken is None:
            return list(twigs)
        return self._pack.spoken.arranged({step: twig.value or "" for step, twig in twigs.items()})

    def _noted_at(self, name: str) -> Entry:
        """The place of a leaf, noted with the containers that it stands in: some of them are leaves too."""
        found = self.one(name)
        if found:
            path = found._path  # noqa: SLF001
            self._noted.update(path[:depth] for depth in range(1, len(path) + 1))
        return found


def speak(tree: Tree, platform: Platform, templates: Library) -> Speech:
    """Say a device's configuration in the words that people read."""
    root = nested(tree)
    lines: dict[Words, SpokenLine] = {}
    read: dict[str, frozenset[Path]] = {}
    asked: set[Path] = set()
    for construct, wording in spoken_wordings(platform, templates).items():
        noted: set[Path] = set()
        for line in _said(construct, wording, Entry(root, (), noted, asked, platform)):
            known = lines.get(line.words)
            if known is None or (known.undo == "" and line.undo != ""):
                lines[line.words] = line  # who can take a view back is the one who made it
        read[construct] = frozenset(noted)
    return Speech(lines, read, frozenset(asked))


def spoken_wordings(platform: Platform, templates: Library) -> Mapping[str, Wording]:
    """The templates by construct, in the order of the constructs."""
    if platform.spoken is None:
        return {}
    folder, parts = platform.spoken.folder, (platform.spoken.part,)
    return {
        construct: templates.wordings(platform.name, f"{folder}/{construct}", parts)[0]
        for construct in constructs()
        if templates.has(platform.name, f"{folder}/{construct}", parts)
    }


@cache
def constructs() -> tuple[str, ...]:
    """The names of all constructs, as the model lists them: the underlay first."""
    return tuple(construct_name(kind) for kind in model.Construct.__subclasses__())


def _said(construct: str, wording: Wording, config: Entry) -> Iterator[SpokenLine]:
    """The lines of one template, each with the views that it stands in: one blank deeper, one view deeper."""
    text, numbers = unmark(wording.template.render({"config": config}))
    views: list[str] = []
    for written, number in zip(text.splitlines(), numbers, strict=False):
        if not written.strip():
            continue
        found = _UNDO.fullmatch(written.strip())
        depth = len(written) - len(written.lstrip())
        if found is None or depth > len(views):
            message = f"wrote a line without its `// undo`, or too deep: {written}"
            raise TemplateError(f"{wording.path}:{number}", message)
        del views[depth:]
        views.append(found["line"])
        undo = {_NOTHING: "", _UNKNOWN: None}.get(found["undo"], found["undo"])
        yield SpokenLine(tuple(views), undo, construct, wording.provenance_of(number))


def _local(step: str) -> str:
    return step.partition("[")[0].rpartition(":")[2]
