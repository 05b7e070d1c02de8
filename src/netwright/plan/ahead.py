"""Many devices on many cores: each is planned by itself, so several processes share them.

What comes back are accounts without trees; whoever looks at a device's trees has them made again, here. The accounts
are the same for any number of processes. Only a large network is worth a process; all else is done here, and keeps its
trees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final, TypeAlias

from netwright import crew
from netwright.errors import NetwrightError
from netwright.plan.device import Account
from netwright.plan.model import Trees

WORTH_IT: Final = 400
"""Devices and services from which on other processes are faster than none."""

_BATCH = 8  # devices a task
_Look: TypeAlias = Callable[[str], Account]
_Give: TypeAlias = Callable[[str], object]


def work(devices: int, of_devices: int, services: int) -> int:
    """What it is to plan some devices of a network: these, and their share of the services."""
    return devices * (of_devices + services) // of_devices if of_devices else 0


def look_at_all(
    names: Sequence[str], look: _Look, much: int, give: _Give | None = None
) -> Iterator[tuple[str, Account]]:
    """Plan the devices `names`, in their order. Other processes pack what `give` has of a device into its account."""
    others = crew.others(much=much >= WORTH_IT) if much else 0
    if not others:
        yield from ((name, look(name)) for name in names)
        return
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    with crew.at_work(_looker(look, give), batches, others) as results:
        for batch, data in zip(batches, results, strict=True):
            # nothing came back: something was wrong with a template, and is said from here
            accounts = crew.unpacked(data) if data else [look(name) for name in batch]
            yield from ((name, made_again(one, look)) for name, one in zip(batch, accounts, strict=True))


def _looker(look: _Look, give: _Give | None) -> Callable[[Sequence[str]], bytes]:
    """What another process does with some devices."""
    told = set[tuple[str, int]]()  # of the provenance: what it has sent already

    def looked(names: Sequence[str]) -> bytes:
        try:
            return crew.packed([_lighter(look(name), give, told) for name in names])
        except NetwrightError:
            return b""

    return looked


def _lighter(one: Account, give: _Give | None, told: set[tuple[str, int]]) -> Account:
    """As it is sent, without what was told of another device already."""
    news = {key: known for key, known in one.provenance.items() if key not in told}
    told.update(news)
    given = crew.packed(give(one.change.device)) if give else b""
    return replace(light(one), provenance=news, given=given)


def light(one: Account) -> Account:
    """An account that can be sent or kept: without its trees and fragments."""
    return replace(one, change=replace(one.change, make=_left_behind), given=b"")


def _left_behind() -> Trees:
    raise AssertionError("trees stay in the process that made them")


def made_again(one: Account, look: _Look) -> Account:
    """The same account; whoever looks at its trees has them made by `look`."""
    name = one.change.device
    return replace(one, change=replace(one.change, make=cache(lambda: look(name).change.trees)))
