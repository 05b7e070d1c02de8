"""Long work on the screen: a line a finished stage, and on a terminal a moving mark while one runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from netwright.apply.model import Event, Observer
from netwright.cli.screen import Screen
from netwright.cli.screens.apply import event_line


@contextmanager
def stages(screen: Screen, what: str) -> Iterator[Observer]:
    """Yield the observer of a work that is called `what`."""

    def tell(event: Event) -> None:
        screen.say(event_line(event))

    if not screen.progress:
        yield tell
        return
    with screen.err.status(what):
        yield tell
