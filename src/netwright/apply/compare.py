"""Read back and compare: after anything that matters a device is read again, never believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwright.platforms.base import Platform, read_tree
from netwright.tree import Path, Tree, between, show_path
from netwright.verify.model import Configured

if TYPE_CHECKING:
    from netwright.drivers.base import Driver
    from netwright.drivers.fleet import Answer, Fleet


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads what devices run, as trees."""

    fleet: Fleet
    platforms: Mapping[str, Platform]  # by device

    def read(self, devices: Iterable[str]) -> dict[str, Answer[dict[Path, str]]]:
        """The running configuration of each device."""
        return self.fleet.run(devices, self._read_one)

    def _read_one(self, driver: Driver) -> dict[Path, str]:
        return read_tree(self.platforms[driver.name], driver.get_config(retrieve="running")["running"])


def compare(device: str, runs: Tree, should: Tree) -> Configured:
    """How what a device runs differs from what it should run."""
    delta = between(runs, should)
    return Configured(
        device=device,
        missing=tuple(map(show_path, sorted(delta.add))),
        extra=tuple(map(show_path, sorted(delta.remove))),
        different=tuple(map(show_path, sorted(delta.replace))),
    )


def differs(found: Configured) -> bool:
    """Whether there is any difference."""
    return bool(found.missing or found.extra or found.different)


def describe(found: Configured) -> str:
    """The difference in a few words: the first path of each kind and how many more."""
    kinds = (("lacks", found.missing), ("has", found.extra), ("differs at", found.different))
    said = [
        f"{word} {paths[0]}{f' and {len(paths) - 1} more' if len(paths) > 1 else ''}" for word, paths in kinds if paths
    ]
    return "; ".join(said)
