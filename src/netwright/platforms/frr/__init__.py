"""FRRouting on Linux, 10.7 and 10.3: routing in `cfg` (vtysh); links, rates, marks in `linux` (ip, sysctl, tc, nft)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from netwright.platforms.base import Capability, Spoken
from netwright.platforms.frr import cfg, changing, linux, releases
from netwright.platforms.frr.capabilities import CAPABILITIES, CAPABILITIES_10_3
from netwright.platforms.frr.grammar import SECRETS
from netwright.tree import Delta, Line, Path, Tree

__all__ = ["FRR", "FRR_10_3", "Frr103Platform", "FrrPlatform"]


class FrrPlatform:
    """The pack of FRR 10.7. Every function is pure."""

    name: ClassVar[str] = "frr"
    parts: ClassVar[tuple[str, ...]] = ("cfg", "linux")
    capabilities: ClassVar[Mapping[str, Capability]] = CAPABILITIES
    spoken: ClassVar[Spoken | None] = None  # what is sent is what people read

    def parse(self, text: str, part: str) -> Iterator[Line]:
        """Yield the leaves of one part; ConfigParseError when it is none."""
        return linux.parse(text) if part == "linux" else cfg.parse(text)

    def text(self, tree: Tree, part: str) -> str:
        """Write one part of a tree so that it parses back to the same leaves."""
        if part == "linux":
            return linux.text(tree)
        return cfg.text({path: value for path, value in tree.items() if path[0] != linux.ROOT})

    def change(self, delta: Delta, part: str) -> str:
        """Write what is sent for one part, its steps marked (`steps.py`)."""
        return changing.linux_change(delta) if part == "linux" else changing.cfg_change(delta)

    def sequence(self, delta: Delta) -> Sequence[Delta]:
        """One transaction, or two for what cannot change in place: a locator's prefix, a VRF's table."""
        return changing.sequence(delta)

    def is_secret(self, path: Path) -> bool:
        """Whether the line at `path` holds a password or key."""
        return path[0] != linux.ROOT and not SECRETS.isdisjoint(path[-1].split())


class Frr103Platform(FrrPlatform):
    """The pack of FRR 10.3: the same templates, read in the words of that release."""

    capabilities: ClassVar[Mapping[str, Capability]] = CAPABILITIES_10_3

    def parse(self, text: str, part: str) -> Iterator[Line]:
        """Yield the leaves of one part, in the words of 10.3."""
        return releases.as_10_3(super().parse(text, part))


FRR = FrrPlatform()
FRR_10_3 = Frr103Platform()
