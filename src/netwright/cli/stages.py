"""Long work on the screen: a line a finished stage, and on a terminal a moving mark while one runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from netwright.apply.model import Event, Observer
from netwright.cli.screen import Screen
from netwright.cli.screens.apply import event_line


@dataclass(slots=True)
class _Teller:
    """Tells a stage when it is over: at its last device, when the next stage begins, or at the end of the work."""

    say: Callable[[str], None]
    moving: Callable[[str], None]
    running: Event | None = None

    def tell(self, event: Event) -> None:
        """Hear of one step."""
        if self.running and not _same(self.running, event):
            self.end()
        self.running = event
        if event.done == event.total or event.message:
            self.end()
        else:
            self.moving(event_line(event))

    def end(self) -> None:
        """Say how far the stage came."""
        if self.running:
            self.say(event_line(self.running))
        self.running = None


def _same(before: Event, now: Event) -> bool:
    return (before.step, before.total) == (now.step, now.total) and before.done <= now.done


@contextmanager
def stages(screen: Screen, what: str) -> Iterator[Observer]:
    """Yield the observer of a work that is called `what`."""
    if not screen.progress:
        yield from _told(_Teller(screen.say, lambda _line: None))
        return
    with screen.err.status(what) as status:
        yield from _told(_Teller(screen.say, status.update))


@contextmanager
def waiting(screen: Screen, what: str) -> Iterator[None]:
    """A moving mark on a terminal, and not a word beside the result."""
    if not screen.progress:
        yield
        return
    with screen.err.status(what):
        yield


def _told(teller: _Teller) -> Iterator[Observer]:
    """Also when the work is interrupted: the last line says how far it came."""
    try:
        yield teller.tell
    finally:
        teller.end()
