"""Texts of one form are read once: a thousand VPN instances differ in their values, not in their elements.

A *form* is what is left of a text without its values. It is read by the ordinary reader, with a sign in the place of
each value; reading another text of the form then only puts its values where the signs stood. A value is opaque to the
reader, so this is the same as reading it (`test_huawei_forms.py` holds the two against each other).
Whatever is not plainly a value (an entity, white space, letters beyond ASCII) counts as form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from netwright.errors import ConfigParseError
from netwright.platforms.huawei.keys import quoted
from netwright.tree import Line, Path

LONGEST: Final = 1 << 15
"""Longer texts are whole configurations: no two of one form."""

_VALUE = re.compile(r"(?<=>)([!-%'-;=?-~][ -%'-;=?-~]*)(?=</)")  # printable ASCII without & < >, no space in front
_OPEN, _SHUT = "\ue000", "\ue001"  # for private use: no template writes them, and no value holds them
_SIGN = re.compile(f"{_OPEN}([0-9]+){_SHUT}")

Reader: TypeAlias = Callable[[str], list[Line]]
Words: TypeAlias = tuple[str, ...]
"""A step with signs: what stands between them; the numbers of the signs stand beside it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the texts of one form are read."""

    containers: tuple[tuple[int, str, Words, tuple[int, ...]], ...]  # above, then its step, or a step with signs
    leaves: tuple[tuple[int, str, int, int], ...]  # container, value, or its sign (-1: none), line

    def fill(self, values: Sequence[str]) -> list[Line]:
        """The leaves of a text with these values."""
        paths: list[Path] = [()]
        for above, step, words, signs in self.containers:
            paths.append((*paths[above], _step(words, signs, values) if signs else step))
        return [
            Line(paths[place], value if sign < 0 else values[sign], number)
            for place, value, sign, number in self.leaves
        ]


def read(text: str, reader: Reader) -> list[Line]:
    """The same as `reader(text)`, at a third of the cost for a text whose form is known."""
    if len(text) > LONGEST:
        return reader(text)
    pieces = _VALUE.split(text)
    form = _form(tuple(pieces[::2]), reader)
    return form.fill(pieces[1::2]) if form else reader(text)


@lru_cache(maxsize=2_000)
def _form(between: tuple[str, ...], reader: Reader) -> Form | None:
    """The form of a text; None where it cannot be read: the reader then says why, of the text itself."""
    if any(_OPEN in piece for piece in between):
        return None
    signed = between[0] + "".join(f"{_OPEN}{n}{_SHUT}{piece}" for n, piece in enumerate(between[1:]))
    try:
        lines = reader(signed)
    except ConfigParseError:
        return None
    return _Learner().learn(lines)


class _Learner:
    """Turns the leaves of a signed text into a form."""

    def __init__(self) -> None:
        self.known: dict[Path, int] = {(): 0}
        self.containers: list[tuple[int, str, Words, tuple[int, ...]]] = []

    def learn(self, lines: list[Line]) -> Form | None:
        leaves = []
        for line in lines:
            sign = _SIGN.fullmatch(line.value)
            if sign is None and _OPEN in line.value:
                return None  # a value in pieces
            leaves.append(
                (self._place(line.path), "" if sign else line.value, int(sign[1]) if sign else -1, line.number)
            )
        return Form(tuple(self.containers), tuple(leaves))

    def _place(self, path: Path) -> int:
        if path not in self.known:
            above, pieces = self._place(path[:-1]), _SIGN.split(path[-1])
            self.containers.append((above, path[-1], tuple(pieces[::2]), tuple(map(int, pieces[1::2]))))
            self.known[path] = len(self.containers)
        return self.known[path]


def _step(words: Words, signs: tuple[int, ...], values: Sequence[str]) -> str:
    return words[0] + "".join(quoted(values[sign]) + word for sign, word in zip(signs, words[1:], strict=True))
