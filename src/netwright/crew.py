"""Other processes, for work that is much and falls into parts. Forked, they inherit everything, and hand in bytes.

Only a process without threads can be forked safely. Where it cannot, or where it is not worth one, all is done here.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_all_start_methods, get_context, parent_process
from typing import Any, TypeVar

T = TypeVar("T")
_work: Callable[[Any], bytes] | None = None  # what they inherit: handing it over would cost more than the work


def others(*, much: bool) -> int:
    """How many other processes to use: NETWRIGHT_PROCESSES, else one a core where it is `much`; 0: do it here."""
    wish = os.environ.get("NETWRIGHT_PROCESSES", "")
    possible = "fork" in get_all_start_methods() and threading.active_count() == 1
    if not possible or not (much or wish):
        return 0
    wanted = int(wish) if wish.isdecimal() else len(os.sched_getaffinity(0))
    return wanted if wanted > 1 else 0


@contextmanager
def at_work(work: Callable[[T], bytes], tasks: Sequence[T], count: int) -> Iterator[Iterator[bytes]]:
    """Let `count` processes do the tasks while this one goes on: what comes of each, in their order."""
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - most commands need no crew

    global _work  # noqa: PLW0603 - a forked process has no other way to inherit
    _work = work
    try:
        with ProcessPoolExecutor(count, mp_context=get_context("fork"), initializer=_never_alone) as pool:
            yield pool.map(_do, tasks)
    finally:
        _work = None


@contextmanager
def beside(work: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Let another process do something meanwhile. It is asked afterwards whether it could."""
    process = get_context("fork").Process(target=_quietly, args=(work,), daemon=True)
    process.start()
    try:
        yield lambda: process.exitcode == 0
    except BaseException:
        process.terminate()
        raise
    finally:
        process.join()


def _quietly(work: Callable[[], None]) -> None:
    try:
        work()
    except BaseException:  # noqa: BLE001 - whoever waits says what it means
        os._exit(1)


def _never_alone() -> None:
    """End with the process that this one works for: its queue would wait forever for one that was killed."""
    from multiprocessing.connection import wait  # noqa: PLC0415 - as above

    parent = parent_process()
    assert parent is not None  # noqa: S101 - a process of a pool has one
    threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _do(task: object) -> bytes:
    assert _work is not None  # noqa: S101 - inherited
    return _work(task)


def packed(value: object) -> bytes:
    """A value as bytes, for a process of ours."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def unpacked(data: bytes) -> Any:
    """The value; only of what a process of ours packed."""
    return pickle.loads(data)  # noqa: S301
