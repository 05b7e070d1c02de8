"""How NETCONF messages lie in the byte stream of an SSH channel (RFC 6242): end-of-message for 1.0, chunks for 1.1."""

from __future__ import annotations

import re

END = b"]]>]]>"
_CHUNK = re.compile(rb"\n#(?:([1-9]\d{0,9})|(#))\n")
_PARTIAL = re.compile(rb"(\n(#(#|[1-9]\d{0,9})?)?)?")  # the beginning of a header that has not arrived whole


class BrokenFraming(ValueError):
    """The peer's bytes are not messages; the session cannot go on."""


class Framer:
    """Cuts what arrives into messages, and wraps what is sent. `chunked` becomes true after both hellos said 1.1."""

    def __init__(self) -> None:
        self.chunked = False
        self._buffer = b""
        self._chunks: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Take bytes that arrived."""
        self._buffer += data

    def next(self) -> bytes | None:
        """The next whole message, or None as long as there is none."""
        return self._chunked() if self.chunked else self._ended()

    def wrap(self, message: bytes) -> bytes:
        """A message as it is sent."""
        if not self.chunked:
            return message + END
        return b"\n#%d\n%b\n##\n" % (len(message), message)

    def _ended(self) -> bytes | None:
        message, end, rest = self._buffer.partition(END)
        if not end:
            return None
        self._buffer = rest
        return message

    def _chunked(self) -> bytes | None:
        while True:
            header = _CHUNK.match(self._buffer)
            if header is None:
                if not _PARTIAL.fullmatch(self._buffer):
                    raise BrokenFraming(f"no chunk header in {self._buffer[:20]!r}")
                return None
            if header.group(2):
                self._buffer = self._buffer[header.end() :]
                message, self._chunks = b"".join(self._chunks), []
                return message
            size = int(header.group(1))
            if len(self._buffer) < header.end() + size:
                return None
            self._chunks.append(self._buffer[header.end() : header.end() + size])
            self._buffer = self._buffer[header.end() + size :]
