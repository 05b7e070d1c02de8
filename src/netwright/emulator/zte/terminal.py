"""The wire of an emulated ROSng terminal: characters in, echo and pages out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

from netwright.emulator.faults import Dropped
from netwright.emulator.zte.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

_MORE = " --More--"
_ERASE = "\b" * len(_MORE) + " " * len(_MORE) + "\b" * len(_MORE)
_CTRL_C, _CTRL_Z = "\x03", "\x1a"


class Terminal:
    """Reads keys, shows what the session answers."""

    def __init__(self, process: asyncssh.SSHServerProcess[str], session: Session, died: Callable[[], None]) -> None:
        self._process, self._session, self._died = process, session, died
        self._keys = ""
        self._last = ""

    async def serve(self) -> None:
        """Run until the client goes, the session exits, or a fault cuts it."""
        self._write(f"\r\n{self._session.prompt}")
        try:
            while not self._session.closing:
                await self._one_line()
        except (EOFError, asyncssh.BreakReceived, asyncssh.TerminalSizeChanged, ConnectionError):
            pass
        except Dropped:
            self._process.get_extra_info("connection").abort()
        finally:
            self._session.leave()
            self._process.exit(0)

    async def _one_line(self) -> None:
        line = await self._read_line()
        self._show(await self._session.answer(line) if line.strip() else [])
        if self._session.page and self._pending:
            await self._pages()
        self._write(self._session.prompt)
        if (
            line.strip().startswith("commit")
            and self._session.committed
            and self._session.sabotage.dies_after("commit")
        ):
            self._died()

    _pending: list[str]

    def _show(self, rows: list[str]) -> None:
        page = self._session.page - 1 if self._session.page else len(rows)
        self._write("".join(f"{row}\r\n" for row in rows[:page]))
        self._pending = rows[page:]

    async def _pages(self) -> None:
        while self._pending:
            self._write(_MORE)
            key = await self._key()
            self._write(_ERASE)
            if key in {"q", "Q", _CTRL_C}:
                self._pending = []
            else:
                count = 1 if key in "\r\n" else self._session.page - 1
                self._write("".join(f"{row}\r\n" for row in self._pending[:count]))
                self._pending = self._pending[count:]

    async def _read_line(self) -> str:
        line = ""
        while True:
            key = await self._key()
            if key in "\r\n":
                if key == "\n" and self._last == "\r":
                    self._last = key
                    continue
                self._last = key
                self._write("\r\n")
                return line
            self._last = key
            if key in "\b\x7f":
                if line:
                    line = line[:-1]
                    self._write("\b \b")
            elif key in (_CTRL_C, _CTRL_Z):
                self._write("\r\n")
                return "end" if key == _CTRL_Z else ""
            else:
                line += key
                self._write(key)

    async def _key(self) -> str:
        while not self._keys:
            self._keys = await self._process.stdin.read(4096)
            if not self._keys:
                raise EOFError
        key, self._keys = self._keys[0], self._keys[1:]
        return key

    def _write(self, text: str) -> None:
        self._process.stdout.write(text)
