"""Many devices on many cores: each is planned by itself, so several processes share them.

What comes back are accounts without trees; whoever looks at a device's trees has them made again, here. The accounts
are the same for any number of processes. Only a large network is worth a process, and only a process without threads
can be forked safely; all else is done here, and keeps its trees.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_all_start_methods, get_context
from typing import Final, TypeAlias

from netwright.errors import NetwrightError
from netwright.plan.device import Account
from netwright.plan.model import Trees

WORTH_IT: Final = 5_000
"""Fragments from which on other processes are faster than none."""

_BATCH = 8  # devices a task
_Look: TypeAlias = Callable[[str], Account]
_look: _Look | None = None  # what the processes inherit: handing it over would cost more than the work
_told: set[tuple[str, int]] = set()  # of the provenance: what this process has sent already


def processes(fragments: int) -> int:
    """How many other processes to use: NETWRIGHT_PROCESSES, else one for each core; 0: do it here."""
    wish = os.environ.get("NETWRIGHT_PROCESSES", "")
    possible = "fork" in get_all_start_methods() and threading.active_count() == 1
    if not possible or (not wish and fragments < WORTH_IT):
        return 0
    wanted = int(wish) if wish.isdecimal() else len(os.sched_getaffinity(0))
    return wanted if wanted > 1 else 0


def look_at_all(names: Sequence[str], look: _Look, fragments: int) -> Iterator[tuple[str, Account]]:
    """Plan the devices `names`, which have so many fragments together, in the order of `names`."""
    workers = processes(fragments) if fragments else 0
    if not workers:
        yield from ((name, look(name)) for name in names)
        return
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    for batch, packed in zip(batches, _elsewhere(batches, look, workers), strict=True):
        # nothing came back: something was wrong with a template, and is said from here
        accounts = pickle.loads(packed) if packed else [look(name) for name in batch]  # noqa: S301 - from our own child
        yield from ((name, made_again(one, look)) for name, one in zip(batch, accounts, strict=True))


def _elsewhere(batches: Sequence[Sequence[str]], look: _Look, workers: int) -> Iterator[bytes]:
    global _look  # noqa: PLW0603 - a forked process has no other way to inherit
    _look = look
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            yield from pool.map(_look_at, batches)
    finally:
        _look = None


def _look_at(names: Sequence[str]) -> bytes:
    assert _look is not None  # noqa: S101 - inherited
    try:
        return pickle.dumps([_lighter(_look(name)) for name in names], pickle.HIGHEST_PROTOCOL)
    except NetwrightError:
        return b""


def light(one: Account) -> Account:
    """An account that can be sent or kept: without its trees."""
    return replace(one, change=replace(one.change, make=_left_behind))


def _lighter(one: Account) -> Account:
    """Without what was told of another device already, too."""
    news = {key: known for key, known in one.provenance.items() if key not in _told}
    _told.update(news)
    return replace(light(one), provenance=news)


def _left_behind() -> Trees:
    raise AssertionError("trees stay in the process that made them")


def made_again(one: Account, look: _Look) -> Account:
    """The same account; whoever looks at its trees has them made by `look`."""
    name = one.change.device
    return replace(one, change=replace(one.change, make=cache(lambda: look(name).change.trees)))
