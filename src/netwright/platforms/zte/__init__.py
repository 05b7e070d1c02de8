"""ZTE M6000-S, ZXCTN 6000 and 9000 with the ROSng command line.

Basis: text of ROSng command references and configurations in public tools; nothing here was seen on a device. What is
not public (locators, SR policies, slices, FlexE) has no wording, and the capability table says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from netwright.platforms.base import Capability, Spoken
from netwright.platforms.zte import reading, writing
from netwright.platforms.zte.capabilities import CAPABILITIES
from netwright.platforms.zte.rules import SECRET
from netwright.tree import Delta, Line, Path, Tree, between

__all__ = ["ZTE"]


class ZTE:
    """The pack of ZTE's ROSng. Every function is pure."""

    name: ClassVar[str] = "zte"
    parts: ClassVar[tuple[str, ...]] = ("cfg",)
    capabilities: ClassVar[Mapping[str, Capability]] = CAPABILITIES
    spoken: ClassVar[Spoken | None] = None  # what is sent is what people read

    def parse(self, text: str, part: str) -> Iterator[Line]:  # noqa: ARG002 - there is one part
        """Yield the leaves of a configuration, whole or a part; `ConfigParseError` when the text is none."""
        return reading.read(text)

    def text(self, tree: Tree, part: str) -> str:  # noqa: ARG002
        """Write a tree as a configuration that parses back to the same tree."""
        return writing.whole(tree)

    def change(self, delta: Delta, part: str) -> str:  # noqa: ARG002
        """Write the lines to type in one manual-commit session."""
        return writing.typed(delta)

    def sequence(self, delta: Delta) -> Sequence[Delta]:
        """One transaction, or two where the device would drop lines by itself (see `writing.wiped`)."""
        first = frozenset(writing.wiped(delta))
        if not first:
            return (delta,) if delta else ()
        between_times = {path: value for path, value in delta.before.items() if path not in first}
        return (between(delta.before, between_times), between(between_times, delta.after()))

    def is_secret(self, path: Path) -> bool:
        """Whether the line at `path` holds a secret: the words of its identity say so."""
        return SECRET.search(path[-1]) is not None
