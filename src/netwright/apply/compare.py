"""Read back and compare: after anything that matters a device is read again, never believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwright.drivers.defaults import running
from netwright.platforms.base import Platform
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

    def read(self, known: Mapping[str, Tree]) -> dict[str, Answer[dict[Path, str]]]:
        """The running configuration of each device, to be compared with what is known of it."""
        return self.fleet.run(known, lambda driver: self._read_one(driver, known[driver.name]))

    def _read_one(self, driver: Driver, known: Tree) -> dict[Path, str]:
        return running(self.platforms[driver.name], driver, known)[0]


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
