"""From what went wrong to an exit code: the only place that decides one, and the list that `help` prints."""

from __future__ import annotations

import platform
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from netwright import __version__
from netwright.diagnostics import Diagnostic, Severity
from netwright.errors import NetwrightError, Refused

if TYPE_CHECKING:
    from netwright.cli.screen import Screen

DONE, REFUSED, DIFFERENCE, PROMISE_BROKEN, DEVICE, BROKEN = 0, 1, 2, 3, 4, 5
USAGE, BUG, LOCKED, INTERRUPTED = 64, 70, 75, 130

MEANING: Final[Mapping[int, str]] = {
    DONE: "done, or nothing to do",
    REFUSED: "what was asked for cannot be, or was declined: invalid files, refused by admission, a stale plan, "
    "a state that is behind, unverified lines without consent. No device was touched",
    DIFFERENCE: "there is a difference: plan has changes, drift found some",
    PROMISE_BROKEN: "a promise is not kept: verify failed; in apply: everything was rolled back because of it",
    DEVICE: "a device refused, could not be reached or was lost; every reachable device runs what it ran before, an "
    "unreachable one is reported `unknown` and goes on the journal: the next run compares and restores it",
    BROKEN: "a rollback failed, or a reachable device runs something that nobody wanted: a person is needed, and the "
    "output says where",
    USAGE: "usage error: unknown verb or flag",
    BUG: "a bug of netwright, with the place of the report",
    LOCKED: "someone else holds the network's or a device's lock: who, since when",
    INTERRUPTED: "interrupted; the state is as in the last line printed",
}
"""What each code means. Where several hold: 5 before 4 before 3."""


def guarded(work: Callable[[], int], screen: Screen) -> int:
    """Run `work`; whatever it raises becomes words on the screen and an exit code."""
    try:
        return work()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last net: a bug is reported, not thrown at people
        return _judge(error, screen)


def _judge(error: BaseException, screen: Screen) -> int:
    match error:
        case click.UsageError():
            code = _usage(error, screen)
        case click.ClickException():
            code = _tell(screen, REFUSED, error.format_message())
        case click.Abort() | KeyboardInterrupt():
            code = _tell(screen, INTERRUPTED, "interrupted; the state is as in the last line printed")
        case Refused():
            screen.findings(error.diagnostics)
            code = _document(screen, REFUSED, str(error), error.diagnostics)
        case NetwrightError() if error.exit_code != BUG:
            code = _tell(screen, error.exit_code, str(error))
        case _:
            code = _bug(error, screen)
    return code


def _usage(error: click.UsageError, screen: Screen) -> int:
    where = error.ctx.command_path if error.ctx else "netwright"
    hint = f"{where} --help"
    finding = Diagnostic(Severity.ERROR, "usage", where, f"cannot be called so: {_plain(error)}", hint=hint)
    screen.findings([finding])
    return _document(screen, USAGE, finding.message, (finding,))


def _plain(error: click.UsageError) -> str:
    """What is wrong, as the rest of a sentence on one line: click writes sentences, and lists over several lines."""
    said = " ".join(error.format_message().split()).rstrip(".")
    return said[:1].lower() + said[1:]


def _tell(screen: Screen, code: int, message: str) -> int:
    screen.warn(f"{message}\nexit {code}")
    return _document(screen, code, message, ())


def _document(screen: Screen, code: int, message: str, diagnostics: tuple[Diagnostic, ...]) -> int:
    if screen.json:
        found = [finding.as_dict() for finding in diagnostics]
        screen.show("", {"exit_code": code, "error": message, "diagnostics": found})
    return code


def _bug(error: BaseException, screen: Screen) -> int:
    story = "".join(traceback.format_exception(error))
    if screen.verbose:
        screen.warn(story)
    message = f"this is a bug of netwright: {type(error).__name__}: {error}"
    return _tell(screen, BUG, f"{message}\nthe report is in {_file_report(story)}: please send it with what you did")


def _file_report(story: str) -> Path:
    head = f"netwright {__version__}, Python {platform.python_version()} on {platform.platform()}\n"
    words = " ".join(sys.argv[1:2])  # the verb alone: arguments may hold what is nobody's business
    with tempfile.NamedTemporaryFile(
        "w", prefix="netwright-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"{head}verb: {words}\n\n{story}")
    return Path(file.name)
