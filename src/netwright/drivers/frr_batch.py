"""Lines of the Linux side for few programs: neighbours of one program go in one start of it, in their order.

Starting `nft`, `tc` or `ip` costs more than what a line asks of the kernel. They take a file of lines, nft as one
transaction; `sysctl` takes its pairs as words. Standard library only: it also runs on the box (`frr_box.py`).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

PROGRAMS = frozenset(("ip", "tc", "sysctl", "nft"))
"""What a line of the Linux side may call."""

_FLAGS = {"ip": "-batch", "tc": "-batch", "nft": "-f"}
_PLACES = {
    "ip": r"^Command failed \S+:(\d+)$", "tc": r"^Command failed \S+:(\d+)$", "nft": r"^\S+?:(\d+):\d+-\d+: Error: ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one program. `text` is what its file holds; "" where it takes none."""

    words: tuple[str, ...]  # `ip -6 -batch`, without the file
    text: str
    lines: tuple[str, ...]

    def stopped(self, said: str) -> int | None:
        """The place of the line at which the program says that it stopped; None when it does not say."""
        place = _PLACES.get(self.words[0])
        found = re.search(place, said, re.MULTILINE) if place else None
        return int(found[1]) - 1 if found and 0 < int(found[1]) <= len(self.lines) else None

    def failed(self, said: str) -> str:
        """The line that failed, for people; "" when the program names none.

        `ip` ends at a name that does not exist without saying where (RUN iproute2 7.2); sysctl has no places.
        """
        place = self.stopped(said)
        if place is not None:
            return self.lines[place]
        named = re.search(r'argument "(\S+)" is wrong|/proc/sys/([^\s:]+)|setting key "(\S+?)"', said)
        word = next(filter(None, named.groups()), "") if named else ""
        return next((line for line in self.lines if word and word in re.split(r"[\s=]", line)), "")

    def behind(self, place: int) -> Group:
        """What comes after a line."""
        rest = self.text.splitlines(keepends=True)[place + 1 :]
        return Group(self.words, "".join(rest), self.lines[place + 1 :])


def groups(commands: Iterable[Sequence[str]]) -> Iterator[Group]:
    """The groups of commands of ours, in order."""
    for head, some in groupby(commands, _head):
        found = list(some)
        joined = tuple(map(shlex.join, found))
        if head[0] == "sysctl":
            yield Group((*head, *(word for words in found for word in words[len(head) :])), "", joined)
        else:
            body = "".join(f"{' '.join(words[len(head) :])}\n" for words in found)
            yield Group((*head, _FLAGS[head[0]]), body, joined)


def _head(words: Sequence[str]) -> tuple[str, ...]:
    """The program and its options: `ip -6 route add` goes with others for `ip -6`, in a batch no line has options."""
    return (words[0], words[1]) if words[1:2] and words[1].startswith("-") else (words[0],)


def commands(text: str) -> Iterator[list[str]]:
    """The commands of a text of the Linux side, as words."""
    for line in text.splitlines():
        if words := shlex.split(line, comments=True):
            yield words
