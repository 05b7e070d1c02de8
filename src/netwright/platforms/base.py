"""What a platform is to the rest of netwright: a folder of data and a few pure functions.

Three kinds of platform difference have three places: a *capability* is a row of the table below, with its source; a
*quirk* is a small named function with the vendor's reason; *wording* is a template.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol

from netwright.tree import Delta, Line, Path, Tree, tree_of


class Grade(IntEnum):
    """How faithfully a hop keeps what it was asked: the weakest hop decides for the intent."""

    UNSUPPORTED = 0
    EMULATED = 1
    SOFT = 2
    HARD = 3

    def __str__(self) -> str:
        return self.name.lower()


class Status(StrEnum):
    """Where a construct's syntax was established."""

    VALIDATED = "validated"  # against the vendor's own model
    PROVEN = "proven"  # by packets, on the real software
    DOCUMENTED = "documented"  # in a vendor guide
    SEEN = "seen"  # in configurations that are in use
    UNVERIFIED = "unverified"  # a hint at best: sent only with consent


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the syntax of a construct, or of one line of it, was established."""

    status: Status
    source: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One row of the table: what the platform can do, from which source, as of when."""

    name: str
    value: str | int | bool | Grade | tuple[str, ...]
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule of the platform that a configuration breaks, and at which of its leaves."""

    path: Path
    message: str


@dataclass(frozen=True, slots=True)
class Immutable:
    """Paths that cannot be changed in place: what matches goes in one transaction and comes back in the next.

    `pattern` is matched step by step; a step is an exact text, or `*`, or ends in `*`. `users` says which other paths
    must go first: patterns whose value (or key) names the same thing.
    """

    pattern: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A configuration in the words that people read, where what is sent is in other words. Never sent.

    Its templates are `templates/<platform>/<folder>/<construct>.<part>.j2`. `places` says on which line of a change
    (the text that is sent) each leaf stands, so that the two can be shown side by side; `arranged` puts the steps of
    siblings into their order, and leaves out what only says that order.
    """

    folder: str
    part: str
    places: Callable[[str], Mapping[Path, int]]
    arranged: Callable[[Mapping[str, str]], Sequence[str]]


class Platform(Protocol):
    """The pack of one platform. All functions are pure."""

    @property
    def name(self) -> str:
        """The platform's name in the inventory: huawei, zte, frr."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The file extensions of a configuration, in the order they are sent: `("xml",)`, `("cfg", "linux")`."""

    @property
    def capabilities(self) -> Mapping[str, Capability]:
        """The capability table."""

    @property
    def spoken(self) -> Spoken | None:
        """The words in which people read this platform's changes; None where those that are sent are read."""

    def parse(self, text: str, part: str) -> Iterator[Line]:
        """Yield the leaves of a configuration or of a rendering; `ConfigParseError` when the text is neither."""

    def text(self, tree: Tree, part: str) -> str:
        """Write a tree as a configuration that parses back to the same tree; `""` for nothing of this part."""

    def change(self, delta: Delta, part: str) -> str:
        """Write what is sent to get from `delta.before` to `delta.after()`; `""` for nothing in this part."""

    def sequence(self, delta: Delta) -> Sequence[Delta]:
        """Split a delta into the transactions it needs, in order (most need one)."""

    def is_secret(self, path: Path) -> bool:
        """Whether the value at `path` must never be shown."""


class Device(Protocol):
    """What is asked of a node to find its pack."""

    @property
    def name(self) -> str:
        """The node's name."""

    @property
    def platform(self) -> str:
        """The name of its platform."""


def pack_of(platforms: Mapping[str, Platform], node: Device) -> Platform:
    """A node's pack: its own, which is of its model, where there is one by its name; else its platform's."""
    return platforms.get(node.name) or platforms[node.platform]


def read_tree(platform: Platform, text: str) -> dict[Path, str]:
    """The tree of a whole device configuration as a driver gives it (its parts joined)."""
    parts = split_parts(text, platform.parts)
    return tree_of(line for part in platform.parts for line in platform.parse(parts[part], part))


def write_parts(platform: Platform, tree: Tree) -> dict[str, str]:
    """A tree as text, by part, in the platform's order; `""` for a part with nothing in it."""
    return {part: platform.text(tree, part) for part in platform.parts}


def change_parts(platform: Platform, delta: Delta) -> dict[str, str]:
    """What is sent for a delta, by part, in the platform's order; `""` for a part that does not change."""
    return {part: platform.change(delta, part) for part in platform.parts}


def join_parts(parts: Mapping[str, str]) -> str:
    """One text of a device's parts, as drivers take and give it: `!<part>` ... `!</part>` when there are several."""
    if len(parts) == 1:
        return next(iter(parts.values()))
    return "".join(f"!<{part}>\n{text}!</{part}>\n" for part, text in parts.items() if text)


def split_parts(text: str, names: Sequence[str]) -> dict[str, str]:
    """The inverse of `join_parts`."""
    if len(names) == 1:
        return {names[0]: text}
    found = dict.fromkeys(names, "")
    current: str | None = None
    for line in text.splitlines(keepends=True):
        word = line.strip()
        if current is None and word[:2] == "!<" and word[2:-1] in found:
            current = word[2:-1]
        elif current is not None and word == f"!</{current}>":
            current = None
        elif current is not None:
            found[current] += line
    return found
