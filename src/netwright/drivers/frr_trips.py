"""One trip to a Linux box for several commands: answers fetched together, and files written before what needs them.

A trip costs more than the command: a channel, a login shell and, over a long way, two round trips.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from netwright.drivers.frr_ssh import Done

Words = Sequence[str]


class Runs(Protocol):
    """One who runs a command on a box: `frr_ssh.Box`."""

    def run(self, words: Sequence[str], stdin: bytes = b"", timeout_s: float = 0.0) -> Done:
        """Run one command to its end."""


class Asker:
    """Asks a box, and fetches several answers in one trip where it is told ahead (`frr_state.Together`).

    An answer that was fetched ahead is given once. With `keep` every answer is given as often as it is asked for.
    """

    def __init__(self, box: Runs, *, keep: bool = False) -> None:
        self._box, self._keep = box, keep
        self._known: dict[tuple[str, ...], str] = {}

    def __call__(self, words: Words) -> str:
        """What the command printed; "" when it failed."""
        if self.knows(words):
            return self._known[tuple(words)] if self._keep else self._known.pop(tuple(words))
        done = self._box.run(words)
        said = "" if done.code else done.out
        if self._keep:
            self._known[tuple(words)] = said
        return said

    def knows(self, words: Words) -> bool:
        """Whether this answer is here."""
        return tuple(words) in self._known

    def ahead(self, commands: Sequence[Words]) -> None:
        """Fetch the answers to these, as far as they are not here already."""
        commands = [words for words in commands if not self.knows(words)]
        if len(commands) < 2:
            return
        done = self._box.run(("sh", "-c", together(commands)))
        parts = _CODE.split(done.out)  # out, code, out, code, ..., rest
        for words, out, code in zip(commands, parts[::2], parts[1::2], strict=False):
            self._known[tuple(words)] = out if code == "0" else ""


def together(commands: Sequence[Words]) -> str:
    """A script of commands, each closed by its exit code behind a record separator (ASCII 30)."""
    return "".join(f"{shlex.join(words)} 2>/dev/null; printf '\\036%d\\n' $?\n" for words in commands)


_CODE: Final = re.compile("\x1e(\\d+)\n")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a trip of several commands came to. `failed`: the command that ended it; () when all of them went well."""

    done: Done
    failed: tuple[str, ...] = ()


def trip(
    box: Runs, commands: Sequence[Words], files: Mapping[str, str | bytes], whole: str, folders: Words = ()
) -> Ran:
    """Make folders, write files, then run commands, up to the first that fails; `sh -x` prints each before it runs.

    The files come over one line, each by its size. The last is `whole`, and holds that word: where the line was cut, it
    does not, and no command is run for a file that is half there.
    """
    contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    if contents:
        contents[whole] = b"whole\n"
    lines: list[tuple[str, ...]] = [("mkdir", "-p", "-m", "700", *folders)] if folders else []
    lines += [_taken(path, len(content)) for path, content in contents.items()]
    lines += [("grep", "-qx", "whole", whole)] if contents else []
    lines += [tuple(words) for words in commands]
    done = box.run(("sh", "-exc", "".join(f"{shlex.join(words)}\n" for words in lines)), b"".join(contents.values()))
    started = [row for row in done.err.splitlines() if row.startswith("+ ")]
    said = "".join(f"{row}\n" for row in done.err.splitlines() if not row.startswith("+ "))
    failed = lines[max(0, min(len(started), len(lines)) - 1)] if done.code else ()
    return Ran(Done(done.code, done.out, said), failed)


def _taken(path: str, size: int) -> tuple[str, ...]:
    """A file from the next so many bytes of standard input."""
    return ("dd", f"of={path}", f"bs={max(1, size)}", f"count={min(1, size)}", "iflag=fullblock", "status=none")
