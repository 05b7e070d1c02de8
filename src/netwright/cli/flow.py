"""Lines that are longer than the terminal is wide, broken between words instead of in the middle of one.

Only for a terminal, which would break them itself; a pipe gets every line whole.
"""

from __future__ import annotations

import re
import textwrap

_HANG = "  "
_EXCERPT = re.compile(r"\s*\d* \| ")  # a line of a file, and the caret under it: they stand one above the other


def flow(text: str, width: int) -> str:
    """`text` in lines of at most `width` characters, as far as its words are no longer; what hangs over is indented."""
    return "\n".join(_fitting(line, width) for line in text.split("\n"))


def _fitting(line: str, width: int) -> str:
    if len(line) <= width or _EXCERPT.match(line):
        return line
    indent = line[: len(line) - len(line.lstrip())] + _HANG
    return "\n".join(
        textwrap.wrap(
            line,
            width,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
            expand_tabs=False,
            replace_whitespace=False,
        )
    )
