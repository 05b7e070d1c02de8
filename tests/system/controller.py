"""A controller that can be killed: reads jobs from standard input, runs each in a forked process, says how it ended.

A job is a JSON line: `argv` of the command line (or `confirm_timeout_s`, for an apply with a dead-man's switch that is
shorter than the command line allows), `root`, `out` (a file for what it prints), and `kill`: where the process kills
itself, as [POINT, NUMBER]. The answer is a JSON line with its exit code or signal. Forking spares the imports.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import netwright.drivers.frr
import netwright.drivers.huawei
import netwright.drivers.zte  # noqa: F401 - what a job needs is there before it forks
from netwright import app
from netwright.app import verifying
from netwright.apply.journal import Journal
from netwright.cli import apply, main, plan, rollback, verify  # noqa: F401
from netwright.wish import Wish
from netwright.workspace import Network

for _verb in app.__all__:
    getattr(app, _verb)  # imported here, once, and not in each fork


def die() -> None:
    """As with kill -9: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(owner: type, name: str, number: int) -> None:
    """Die right after the `number`th call of a method has done its work."""
    whole: Callable[..., Any] = getattr(owner, name)
    calls = iter(range(1, number))

    def then_die(*args: Any) -> Any:
        done = whole(*args)
        if next(calls, None) is None:
            die()
        return done

    setattr(owner, name, then_die)


def torn(number: int) -> None:
    """Die in the middle of writing the `number`th line of the journal."""
    whole, calls = Journal.write, iter(range(1, number))

    def half(journal: Journal, entry: Any) -> None:
        if next(calls, None) is not None:
            return whole(journal, entry)
        line = entry.as_line()
        with (journal.folder / "steps.jsonl").open("a", encoding="utf-8") as file:
            file.write(line[: len(line) // 2])
        return die()

    Journal.write = half  # type: ignore[method-assign]


def bug(_number: int) -> None:
    """Planning has a bug."""

    def broken(*_args: Any) -> Any:
        raise ZeroDivisionError("on purpose")

    app.plan = broken


def interrupt(number: int) -> None:
    """Somebody presses Ctrl-C when the `number`th line of the journal is written."""
    whole, calls = Journal.write, iter(range(1, number))

    def write(journal: Journal, entry: Any) -> None:
        whole(journal, entry)
        if next(calls, None) is None:
            Journal.write = whole  # type: ignore[method-assign]
            raise KeyboardInterrupt

    Journal.write = write  # type: ignore[method-assign]


POINTS: dict[str, Callable[[int], None]] = {
    "journal": lambda number: after(Journal, "write", number),
    "keep": lambda number: after(Journal, "keep", number),
    "save": lambda number: after(Network, "save", number),
    "torn": torn,
    "bug": bug,
    "interrupt": interrupt,
}


def work(job: dict[str, Any]) -> None:
    """Do one job, in a process of its own."""
    out = os.open(job["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(out, stream)
    verifying.CONVERGENCE_S = 3.0
    if job.get("kill"):
        point, number = job["kill"]
        POINTS[point](number)
    if "argv" in job:
        sys.argv = ["netwright", *job["argv"]]
        main()
    else:
        wish = Wish(Path(job["root"]), emulated=True)
        done = app.apply(wish, app.plan(wish), job["confirm_timeout_s"])
        sys.exit(done.outcome.exit_code)


def serve() -> None:
    """One job after the other, until standard input ends."""
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            code = 70
            try:
                work(json.loads(line))
            except SystemExit as end:
                code = int(end.code or 0)
            finally:
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)  # noqa: T201 - its answer


if __name__ == "__main__":
    serve()
