"""One terminal of an emulated ROSng router: prompts, modes and candidate.

What each command does is `commands.py`; the wire (echo, pager) is `terminal.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from netwright.emulator.faults import Sabotage, Sabotaged
from netwright.emulator.world import Operational
from netwright.emulator.zte.commands import COMMANDS
from netwright.emulator.zte.router import Failure, Router
from netwright.emulator.zte.store import Action, Context, understood
from netwright.emulator.zte.words import INVALID, Match, Mistake, explain, understand

WIDTH = 80
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Mode:
    """A configuration mode that the terminal is in."""

    name: str
    prompt: str
    context: Context


@dataclass(slots=True)
class Session:
    """One terminal."""

    router: Router
    user: str
    location: str
    operational: Callable[[str], Operational]
    sabotage: Sabotage
    number: int = field(default_factory=lambda: next(_numbers))
    page: int = 24
    manual: bool = False
    modes: list[Mode] = field(default_factory=list)
    candidate: list[Action] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)  # the candidate's lines, as typed
    based_on: int = 0
    failed: Failure | None = None
    committed: bool = False
    closing: bool = False
    whole: bool = False  # rows are wanted in one line
    question: str = ""  # what waits for a yes or no

    @property
    def prompt(self) -> str:
        """What the terminal shows before it reads a line."""
        if self.question:
            return self.question
        mode = f"({'-'.join(['config', *(mode.prompt for mode in self.modes[1:])])})" if self.modes else ""
        return f"{self.hostname}{mode}#"

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.router.hostname

    def enter(self) -> None:
        """Go to configuration mode."""
        self.modes = [Mode("config", "config", ())]

    async def answer(self, line: str) -> list[str]:
        """Do what a line says. Faults of the device may delay it, refuse it, or cut the session (Dropped)."""
        if self.question:
            self.question = ""
            if line.strip().lower() in {"y", "yes"}:
                self.router.lock_all(self.user)
            return []
        text, one_line, select = _piped(line)
        if not text.strip():
            return []
        found = understand(tuple(COMMANDS), text.strip())
        if isinstance(found, Match) and (not self.modes or not COMMANDS[found.spec][1]):
            output = await self._command(found)
        elif self.modes:
            output = await self._configure(text)
        else:
            output = list(explain(_mistake(found), len(self.prompt)))
        rows = output if one_line or not text.strip().startswith("show run") else list(_wrapped(output))
        return select(rows)

    async def _command(self, found: Match) -> list[str]:
        handler, _, step = COMMANDS[found.spec]
        step = self._meant(step)
        try:
            if step:
                await self.sabotage.before(step)
        except Sabotaged as refusal:
            return [f"%Error 24099: {refusal}"]
        self.whole = "one-line" in found.line
        return list(handler(self, found))

    def _meant(self, step: str) -> str:
        """The fault step that a command is: one that changes nothing is none, and reading after a commit verifies."""
        if step == "commit" and not self.router.changes(self.candidate):
            return ""
        if step == "confirm" and self.router.config.render() == self.router.memory.saved:
            return ""
        return "verify" if step == "snapshot" and self.committed else step

    async def _configure(self, text: str) -> list[str]:
        line = text.strip()
        mode = self.modes[-1]
        found = understood(mode.name, mode.context, line)
        above = len(self.modes) - 1
        while isinstance(found, Mistake) and above > 0:  # a command of an outer mode is taken there
            above -= 1
            outer = understood(self.modes[above].name, self.modes[above].context, line)
            if isinstance(outer, Action):
                found = outer
                self.modes = self.modes[: above + 1]
        if isinstance(found, Mistake):
            return list(explain(found, len(self.prompt)))
        if self.router.locked:
            return [self.router.barred(self.number)]
        try:
            if found.match.line != f"hostname {self.hostname}":  # which says nothing new
                await self.sabotage.before("stage")
        except Sabotaged as refusal:
            return [f"%Error 24099: {refusal}"]
        return self._take(found, text)

    def _take(self, action: Action, text: str) -> list[str]:
        if self.manual:
            self.based_on = self.based_on if self.candidate else self.router.version
            self.candidate.append(action)
            self.typed.append(text)
        elif failure := self.router.at_once(action):
            return [f"%Error 30001: {failure.text}"]
        if action.command.enters and not action.negated:
            self.modes.append(Mode(action.command.enters, _prompt(action), action.inside))
        return []

    def leave(self) -> None:
        """What the router does when the terminal is gone: the lock goes with its owner."""
        if self.router.exclusive and self.router.exclusive.session == self.number:
            self.router.exclusive = None


def _prompt(action: Action) -> str:
    prompt = action.command.prompt
    for name, value in action.match.words.items():
        prompt = prompt.replace(f"{{{name}}}", value)
    return prompt


def _mistake(found: Match | Mistake) -> Mistake:
    return found if isinstance(found, Mistake) else Mistake(INVALID, 0)


def _piped(line: str) -> tuple[str, bool, Callable[[Sequence[str]], list[str]]]:
    """A line without its pipes, whether rows are wanted whole, and what the pipes select."""
    text, *pipes = line.split(" | ") if line.strip().startswith("show") else [line]
    selectors: list[Callable[[Sequence[str]], list[str]]] = []
    for pipe in pipes:
        word, _, what = pipe.strip().partition(" ")
        if word == "include":
            selectors.append(lambda rows, what=what: [row for row in rows if what in row])  # type: ignore[misc]
        elif word == "begin":
            selectors.append(lambda rows, what=what: _from(rows, what))  # type: ignore[misc]
    one_line = any(pipe.strip() == "one-line" for pipe in pipes)

    def select(rows: Sequence[str]) -> list[str]:
        for selector in selectors:
            rows = selector(rows)
        return list(rows)

    return text + (" one-line" if one_line else ""), one_line, select


def _from(rows: Sequence[str], what: str) -> list[str]:
    first = next((number for number, row in enumerate(rows) if what in row), len(rows))
    return list(rows[first:])


def _wrapped(rows: Sequence[str]) -> Iterator[str]:
    """A terminal of 80 columns breaks long lines."""
    for row in rows:
        for start in range(0, max(len(row), 1), WIDTH):
            yield row[start : start + WIDTH]
