"""A reader who has seen enough (`netwright show ledger | head`) changes nothing that a verb does.

Whatever prints (rich, click, the interpreter at its end) writes to the two streams made here. When nobody reads one of
them any more, the rest goes nowhere and the verb goes on to its end: an apply is not left half way because of a closed
pager, and the exit code is always the verb's own.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Stream(io.FileIO):
    """A file descriptor that may lose its reader."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write, or throw away from the moment on in which nobody reads."""
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(data)


def outlive_readers() -> None:
    """Let this process' output survive its readers."""
    sys.stdout, sys.stderr = _patient(sys.stdout), _patient(sys.stderr)


def _patient(stream: TextIO) -> TextIO:
    """The same stream, patient; one that is no file (closed, or a test's) as it is."""
    try:
        number = stream.fileno()
    except (AttributeError, ValueError, OSError):
        return stream
    stream.flush()
    raw = io.BufferedWriter(_Stream(number, "w", closefd=False))
    by_line = stream.isatty() or stream is sys.stderr
    return io.TextIOWrapper(raw, encoding=stream.encoding, errors=stream.errors, line_buffering=by_line)
