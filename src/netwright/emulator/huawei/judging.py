"""A judge beside the router's own eyes: asked without making anybody wait, and its objections as NETCONF errors.

Every operation of a datastore is all or nothing, and asks before it changes anything. So one that needs a verdict which
is not there yet stops (`Unjudged`), the judge is asked in a thread while timers and other sessions go on, and the
operation begins again, on whatever is there by then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from netwright.emulator.device import Judge, JudgeGone, Objection, Paper
from netwright.emulator.huawei.edit import OPERATION
from netwright.emulator.huawei.errors import NC, Problem
from netwright.emulator.huawei.tree import elements


@dataclass(frozen=True, slots=True)
class _Document:
    """What a judge is asked about."""

    paper: Paper
    text: str


class Unjudged(Exception):
    """The operation needs a verdict first."""

    def __init__(self, document: _Document) -> None:
        super().__init__(document.paper)
        self.document = document


class Bench:
    """Where one router's documents are judged. Without a judge there are no objections."""

    def __init__(self, judge: Judge | None = None) -> None:
        self._judge = judge
        self._heard: Mapping[_Document, tuple[Problem, ...]] = {}

    def objections(self, paper: Paper, text: Callable[[], str]) -> tuple[Problem, ...]:
        """What the judge holds against a document; Unjudged when he has not been asked yet."""
        if self._judge is None:
            return ()
        document = _Document(paper, text())
        if document not in self._heard:
            raise Unjudged(document)
        return self._heard[document]

    async def through(self, operation: Callable[[], str]) -> str:
        """Do an operation that is all or nothing, as often as it takes until every verdict is there."""
        heard: dict[_Document, tuple[Problem, ...]] = {}
        while True:
            self._heard = heard
            try:
                return operation()
            except Unjudged as stopped:
                document = stopped.document
            finally:
                self._heard = {}
            heard[document] = await self._verdict(document)

    async def _verdict(self, document: _Document) -> tuple[Problem, ...]:
        assert self._judge is not None  # noqa: S101 - without one nothing stops for a verdict
        try:
            found = await asyncio.to_thread(self._judge, document.paper, document.text)
        except JudgeGone as gone:
            message = f"{gone}: nothing is known about this {document.paper}, so it is refused."
            return (Problem("operation-failed", message),)
        return tuple(dict.fromkeys(problem_of(objection) for objection in found))


# ---- what is shown to the judge -------------------------------------------------------------------------------------


def edit_text(edit: etree._Element) -> str:
    """The content of an edit-config as a document, without leaves that are to be deleted: they have no value."""
    shown = deepcopy(edit)
    for item in list(shown.iter(etree.Element)):
        above = item.getparent()
        goes = item.get(OPERATION) in ("delete", "remove")
        if goes and above is not None and not len(item) and not (item.text or "").strip():
            above.remove(item)
    inside = "".join(etree.tostring(child, encoding="unicode", with_tail=False) for child in elements(shown))
    return f'<config xmlns="{NC}">{inside}</config>'


# ---- what is made of its objections ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """How a kind of objection is answered, as the reference server does it (see validate.py and edit.py).

    `says` finds the name of the element that is meant, where the words have it. `child`: the path is that of the
    element above it.
    """

    says: re.Pattern[str]
    tag: str
    app_tag: str = ""
    type: str = "application"
    has_path: bool = True
    is_element: bool = False
    child: bool = False


_KINDS = (
    _Kind(re.compile(r"Invalid leafref value "), "data-missing", "instance-required"),
    _Kind(re.compile(r"When condition "), "operation-failed", has_path=False),
    _Kind(re.compile(r"Must condition "), "operation-failed", "must-violation"),
    _Kind(re.compile(r"Mandatory node "), "data-missing", "missing-element"),
    _Kind(re.compile(r"Mandatory choice "), "data-missing", "missing-choice"),
    _Kind(re.compile(r"Unique data leaf"), "operation-failed", "data-not-unique"),
    _Kind(re.compile(r"Too many "), "operation-failed", "too-many-elements"),
    _Kind(re.compile(r"Too few "), "operation-failed", "too-few-elements"),
    _Kind(re.compile(r"Data for both cases "), "operation-failed", has_path=False),
    _Kind(
        re.compile(r'Node "(?P<name>[^"]+)" not found as a child of '),
        "unknown-element",
        type="protocol",
        is_element=True,
        child=True,
    ),
    _Kind(re.compile(r'Node "(?P<name>[^"]+)" not found'), "unknown-element", type="protocol", is_element=True),
    _Kind(
        re.compile(r'List instance is missing its key "(?P<name>[^"]+)"'),
        "missing-element",
        type="protocol",
        is_element=True,
    ),
    _Kind(re.compile(r"Invalid |Unsatisfied |Value "), "invalid-value", is_element=True),
)
"""The first whose words an objection begins with. RFC 7950, section 15, has the app-tags."""

_OTHER = _Kind(re.compile(""), "operation-failed")


def problem_of(objection: Objection) -> Problem:
    """The rpc-error for an objection."""
    message, path = " ".join(objection.message.split()), objection.path
    kind, said = next(((kind, found) for kind in _KINDS if (found := kind.says.match(message))), (_OTHER, None))
    name = said.groupdict().get("name") if said else None
    info = (("bad-element", name or _last(path)),) if kind.is_element and (name or path) else ()
    if not kind.has_path:
        message, path = (f'{message} (path "{path}")' if path else message), ""
    if kind.child and path:
        path = f"{path}/{name}"
    return Problem(kind.tag, message, kind.type, path, kind.app_tag, info)


def news(found: Sequence[Problem], known: Sequence[Problem]) -> list[Problem]:
    """The problems of `found` that `known` does not have: the same kind at the same place is the same."""
    seen = {_what(problem) for problem in known}
    return [problem for problem in found if _what(problem) not in seen]


def _what(problem: Problem) -> tuple[str, str, str]:
    place = problem.path or problem.message.partition('(path "')[2] or problem.message
    return problem.tag, problem.app_tag, place


def _last(path: str) -> str:
    """The name of the last step of a path; a key's value may hold a slash."""
    return re.sub(r"\[[^\]=]*=(?:'[^']*'|\"[^\"]*\")\]", "", path).rpartition("/")[2].rpartition(":")[2]
