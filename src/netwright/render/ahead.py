"""Many devices on many cores: templates are worded and read back by other processes while this one merges and compares.

What comes back is plain data (`marshal`, between processes of one run), the same for any number of processes. Only a
large network is worth a process, and only a process without threads can be forked safely; all else is done here.
"""

from __future__ import annotations

import marshal
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from typing import Final

from netwright.errors import NetwrightError
from netwright.platforms.base import Platform
from netwright.render.engine import Read, word
from netwright.render.templates import Library
from netwright.services.model import Fragment

WORTH_IT: Final = 5_000
"""Fragments from which on another process is faster than none."""

_BATCH = 8  # devices a task
_Job = tuple[Mapping[str, Sequence[Fragment]], Mapping[str, Platform], Library]
_job: _Job | None = None  # what the processes inherit: handing it over would cost more than the work


def processes(fragments: int) -> int:
    """How many processes to use: NETWRIGHT_PROCESSES, else one for each core but this one; 0: do it here."""
    wish = os.environ.get("NETWRIGHT_PROCESSES", "")
    possible = "fork" in get_all_start_methods() and threading.active_count() == 1
    if not possible or (not wish and fragments < WORTH_IT):
        return 0
    return max(0, int(wish) - 1) if wish.isdecimal() else len(os.sched_getaffinity(0)) - 1


def word_all(
    fragments: Mapping[str, Sequence[Fragment]], platforms: Mapping[str, Platform], templates: Library
) -> Iterator[tuple[str, list[list[Read]]]]:
    """Word the fragments of all devices, in name order."""
    names = sorted(fragments)
    workers = processes(sum(map(len, fragments.values())))
    if not workers:
        for name in names:
            yield name, word(fragments[name], platforms[name], templates)
        return
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    for batch, packed in zip(batches, _elsewhere(batches, (fragments, platforms, templates), workers), strict=True):
        # nothing came back: something was wrong with a template, and is said from here
        done = marshal.loads(packed) if packed else [word(fragments[n], platforms[n], templates) for n in batch]  # noqa: S302
        yield from zip(batch, done, strict=True)


def _elsewhere(batches: Sequence[Sequence[str]], job: _Job, workers: int) -> Iterator[bytes]:
    global _job  # noqa: PLW0603 - a forked process has no other way to inherit
    _job = job
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            yield from pool.map(_word_batch, batches)
    finally:
        _job = None


def _word_batch(names: Sequence[str]) -> bytes:
    assert _job is not None  # noqa: S101 - inherited
    fragments, platforms, templates = _job
    try:
        return marshal.dumps([word(fragments[name], platforms[name], templates) for name in names])
    except NetwrightError:
        return b""
