"""The emulated router without its sessions: running and saved configuration, commits, rollback points, locks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import dropwhile
from pathlib import Path

from netwright.emulator.facts import Facts
from netwright.emulator.zte.history import Memory, Point, recall
from netwright.emulator.zte.meaning import apply
from netwright.emulator.zte.reading import facts_of
from netwright.emulator.zte.store import Action, Config, ConfigError, read_config

_STAND_IN = re.compile(r"^!stand-in locator (?P<name>\S+) (?P<prefix>\S+)(?: end-sid \S+)?\s*$", re.MULTILINE)
_MEMORY = "memory.json"


@dataclass(frozen=True, slots=True)
class Failure:
    """The line at which a commit stopped."""

    line: str
    text: str


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds `configure exclusive`."""

    session: int
    user: str
    location: str


class Router:
    """One router. Its locators are facts of its world: how they are configured is not public."""

    def __init__(self, name: str, baseline: str, folder: Path | None) -> None:
        self.name = name
        self.version = 0
        self.locators = {found["name"]: found["prefix"] for found in _STAND_IN.finditer(baseline)}
        self.exclusive: Holder | None = None
        self.locked: tuple[str, str] | None = None  # by whom and when: `lock configuration`, for every terminal
        self.keeps_earlier_lines = False  # of a commit that failed: not documented, so it can be told either way
        self._file = folder / _MEMORY if folder else None
        self.memory = recall(self._file) or Memory(saved=read_config(baseline).render())
        self.boot()

    def boot(self) -> None:
        """Start with what was saved. Rollback points of what was not saved are gone with it."""
        self.memory.points = list(dropwhile(lambda point: point.text != self.memory.saved, self.memory.points))
        self.config = read_config(self.memory.saved)
        self.exclusive = self.locked = None
        self._changed()

    # ---- reading ----

    def facts(self) -> Facts:
        """What the running configuration means."""
        return facts_of(self.name, self.config, self.locators, self.memory.vrf_ids)

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        line = self.config.find(("system-config", "hostname"))
        return line.line.split()[-1] if line else self.name

    def rollback_point(self, number: int) -> Point | None:
        """The point with that id."""
        return next((point for point in self.memory.points if point.number == number), None)

    def changes(self, actions: Sequence[Action]) -> bool:
        """Whether the lines would change what runs, as far as they can be applied."""
        attempt = self.config.copy()
        return _applied(attempt, actions, self.locators) is not None or attempt.render() != self.config.render()

    def barred(self, session: int) -> str:
        """Why a terminal may not commit or go back now, or ""."""
        if self.locked is not None:
            return f"%Error 24067: Configuration of all terminals is locked by user {self.locked[0]}."
        if self.exclusive is not None and self.exclusive.session != session:
            return (
                f"%Error 24064: Configuration is locked by user {self.exclusive.user} from {self.exclusive.location}."
            )
        return ""

    # ---- changing ----

    def lock_all(self, user: str) -> None:
        """`lock configuration`."""
        self.locked = (user, _now())

    def at_once(self, action: Action) -> Failure | None:
        """Apply one line immediately (automatic commit)."""
        failure = _applied(self.config, [action], self.locators)
        if failure is None:
            self._changed()
        return failure

    def commit(self, actions: Sequence[Action], user: str, comment: str) -> Failure | None:
        """Apply what a session typed. What fails changes nothing, unless the router keeps the earlier lines."""
        before = self.config.render()
        attempt = self.config.copy()
        failure = _applied(attempt, actions, self.locators)
        if failure is None or self.keeps_earlier_lines:
            self.config = attempt
            self._changed()
        if failure is None:
            self._remember(before, user, comment, tuple(action.typed.strip() for action in actions))
        return failure

    def go_back(self, text: str, user: str, command: str, partial: Callable[[], bool]) -> None:
        """Run an earlier configuration again; it is a commit of its own."""
        before = self.config.render()
        target = read_config(text)
        if partial():
            changed = [name for name in target.sections if self.config.render(name) != target.render(name)]
            for name in changed[:1]:
                target.sections[name] = self.config.sections.get(name, target.sections[name])
        self.config = target
        self._changed()
        self._remember(before, user, "", (command,))

    def save(self) -> None:
        """`write`."""
        self.memory.saved = self.config.render()
        self.memory.save(self._file)

    def enable_rollback(self, *, on: bool) -> None:
        """`rollback-configuration enable|disable`."""
        self.memory.rollback_enabled = on
        self.memory.save(self._file)

    def forget_points(self) -> None:
        """`clear configuration commit`."""
        self.memory.points = []
        self.memory.save(self._file)

    def _remember(self, before: str, user: str, comment: str, commands: tuple[str, ...]) -> None:
        if self.memory.rollback_enabled:
            text = self.config.render()
            self.memory.remember(Point(self.memory.next_id, user, _now(), comment, commands, before, text))
        self.memory.save(self._file)

    def _changed(self) -> None:
        self.version += 1
        self.memory.running = self.config.render()
        self.memory.number_vrfs([key.removeprefix("ip vrf ") for key in self.config.section("vrf")])


def _now() -> str:
    return datetime.now(UTC).strftime("%H:%M:%S %m-%d-%Y")


def _applied(config: Config, actions: Sequence[Action], locators: dict[str, str]) -> Failure | None:
    for action in actions:
        try:
            apply(config, action, locators)
        except ConfigError as error:
            return Failure(action.typed.strip(), str(error))
    return None
