"""The one place that knows where words go: results on stdout, everything about them on stderr.

A verb hands over a result as text for people and as a document for programs; which of the two is printed is decided
here. Colour is laid over finished text by patterns, so that renderers stay pure functions to `str` and a pipe, a dumb
terminal or NO_COLOR (no-color.org) shows the same words without it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.text import Text
from rich.theme import Theme

from netwright.cli.flow import flow
from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import Declined, Refused

THEME = Theme(
    {
        "netwright.added": "green",
        "netwright.removed": "red",
        "netwright.changed": "yellow",
        "netwright.error": "bold red",
        "netwright.warning": "bold yellow",
        "netwright.caret": "bold red",
        "netwright.place": "blue",
        "netwright.hint": "cyan",
        "netwright.good": "green",
        "netwright.digest": "bold",
    }
)


class Colours(RegexHighlighter):
    """What is coloured, by what it looks like: signs of a diff, the words of a diagnostic, verdicts."""

    base_style = "netwright."
    highlights: ClassVar[list[str]] = [
        r"(?m)^(?P<added>\+(?!\+\+ ).*)$",
        r"(?m)^(?P<removed>-(?!-- ).*)$",
        r"(?m)^(?P<changed>~.*)$",
        r"(?m)^(?P<error>error\[[\w-]+\])",
        r"(?m)^(?P<warning>warning\[[\w-]+\])",
        r"(?m)^\s+\| *(?P<caret>\^+.*)$",
        r"(?m)^ +(?P<place>-->.*)$",
        r"(?m)^ *(?P<hint>(?:hint|next):)",
        r"\b(?P<good>success|(?<!not )kept|passed)\b",
        r"\b(?P<error>failure|failed|broken|not kept|not shown)\b",
        r"\bplan (?P<digest>[0-9a-f]{6,64})\b",
    ]


_COLOURS = Colours()


def console(*, stderr: bool = False) -> Console:
    """A console that breaks no line by itself: a path or a config line that was cut cannot be copied."""
    return Console(
        stderr=stderr,
        theme=THEME,
        highlighter=_COLOURS,
        markup=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
    )


def _fit(text: str, on: Console) -> str | Text:
    """For a terminal broken between words and coloured; what is coloured as a line is so over all its parts."""
    return Text("\n").join(_line(line, on.width) for line in text.split("\n")) if on.is_terminal else text


def _line(line: str, width: int) -> Text:
    whole, shown = _COLOURS(line), _COLOURS(flow(line, width))
    if shown.plain != line:
        for span in whole.spans:
            if (span.start, span.end) == (0, len(line)):
                shown.stylize(span.style)
    return shown


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a verb speaks. `show` is the result; `say` is commentary, which --quiet and --json leave out."""

    out: Console
    err: Console
    json: bool = False
    quiet: bool = False
    verbose: bool = False
    progress: bool = True

    @classmethod
    def of(cls, *, json: bool = False, quiet: bool = False, verbose: bool = False, no_progress: bool = False) -> Screen:
        """The screen that the common flags ask for."""
        err = console(stderr=True)
        moving = err.is_terminal and not (no_progress or quiet or json)
        return cls(console(), err, json, quiet, verbose, moving)

    def as_json(self) -> Screen:
        """The same screen, for a document."""
        return replace(self, json=True)

    def show(self, text: str, document: object, *, raw: bool = False) -> None:
        """Print the result of a verb: the document with --json, else the text. `raw` is for machines: never broken."""
        if self.json:
            sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        elif text:
            self.out.print(text if raw else _fit(text, self.out))

    def say(self, text: str) -> None:
        """Print commentary on stdout: what comes next, what was written where."""
        if text and not (self.quiet or self.json):
            self.out.print(_fit(text, self.out))

    def warn(self, text: str) -> None:
        """Print something the user must see whatever the flags are."""
        self.err.print(_fit(text, self.err))

    def detail(self, text: str) -> None:
        """Print on stderr what only --verbose asks for."""
        if self.verbose:
            self.err.print(_fit(text, self.err))

    def findings(self, found: Iterable[Diagnostic]) -> None:
        """Print diagnostics, on stderr as all trouble. --quiet leaves the warnings out."""
        for finding in found:
            if finding.severity is Severity.ERROR or not self.quiet:
                self.err.print(_fit(str(finding), self.err))

    def ask(self, question: str, *, yes: bool) -> None:
        """Return when the user agrees (or agreed by --yes); `Declined` when not, `Refused` when nobody can be asked."""
        if yes:
            return
        if self.json or not (sys.stdin.isatty() and self.err.is_terminal):
            why = "--json asks nobody" if self.json else "this is no terminal"
            what = question.rstrip("?")
            hint = "--yes agrees beforehand"
            finding = Diagnostic(Severity.ERROR, "no-terminal", what, f"needs a yes, and {why}", hint=hint)
            raise Refused([finding])
        self.err.print(f"{question} [y/N] ", end="")
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Declined("declined; nothing was changed")
