"""One NETCONF session over one SSH channel: hello, then request and reply until somebody leaves."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol
from xml.sax.saxutils import quoteattr

from lxml import etree

from netwright.emulator.faults import Dropped, Sabotage, Sabotaged
from netwright.emulator.huawei.defaults import CAPABILITY
from netwright.emulator.huawei.errors import NC, Problem, RpcError
from netwright.emulator.huawei.framing import BrokenFraming, Framer
from netwright.emulator.huawei.hello import BASE_1_1, hello
from netwright.emulator.huawei.rpcs import Context, perform, step_of
from netwright.emulator.huawei.tree import elements

_LOG = logging.getLogger(__name__)
_READ = 65536
IDLE_S = 180.0
"""A session that is silent for so many seconds is closed (the reference server's default)."""
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
)


class Reader(Protocol):
    """The half of a channel that bytes come from."""

    async def read(self, n: int = ...) -> bytes:
        """Up to `n` bytes; nothing at the end."""


class Writer(Protocol):
    """The half of a channel that bytes go to."""

    def write(self, data: bytes) -> None:
        """Queue bytes."""

    async def drain(self) -> None:
        """Wait until they are on their way."""


class Session:
    """A session: `run` returns when it is over, for whatever reason."""

    def __init__(
        self, context: Context, sabotage: Sabotage, die: Callable[[], Awaitable[None]], idle_s: float = IDLE_S
    ) -> None:
        self._idle_s = idle_s
        self._context = context
        self._sabotage = sabotage
        self._die = die
        self._framer = Framer()
        self._over = False

    async def run(self, reader: Reader, writer: Writer) -> None:
        """Serve until the peer leaves, the session is closed, or it is to be cut."""
        more = [CAPABILITY] if self._context.store.reports_all() else []
        await self._send(writer, hello(self._context.session, *more))
        while not self._over:
            try:
                data = await asyncio.wait_for(reader.read(_READ), self._idle_s)
            except TimeoutError:
                return
            if not data:
                return
            self._framer.feed(data)
            try:
                await self._serve(writer)
            except (BrokenFraming, Dropped, etree.XMLSyntaxError):
                return

    async def _serve(self, writer: Writer) -> None:
        while not self._over and (message := self._framer.next()) is not None:
            request = etree.fromstring(message.strip(), _PARSER)
            if request.tag == f"{{{NC}}}hello":
                said = {(one.text or "").strip() for one in request.iter(f"{{{NC}}}capability")}
                self._framer.chunked = BASE_1_1 in said
                continue
            await self._answer(request, writer)

    async def _answer(self, rpc: etree._Element, writer: Writer) -> None:
        asked = next(elements(rpc), None)
        step = "" if asked is None else step_of(asked)
        body = await self._body(rpc, step)
        await self._send(writer, _reply(rpc, body))
        if asked is not None and asked.tag == f"{{{NC}}}close-session":
            self._over = True
        if "<rpc-error>" not in body and self._sabotage.dies_after(step):
            await self._die()
            raise Dropped

    async def _body(self, rpc: etree._Element, step: str) -> str:
        try:
            asked = _asked(rpc)
            if step:
                await self._sabotage.before(step)
            return await self._context.store.bench.through(lambda: self._perform(asked, step))
        except Sabotaged as refusal:
            return Problem("operation-failed", str(refusal)).xml()
        except RpcError as error:
            return "".join(problem.xml() for problem in error.problems)
        except Dropped:
            raise
        except Exception as error:  # noqa: BLE001 - a bug of the emulation is said in a reply, not hidden in a lost session
            _LOG.exception("a request could not be answered")
            return Problem("operation-failed", f"The emulated router has a bug: {error!r}").xml()

    def _perform(self, asked: etree._Element, step: str) -> str:
        if not self._context.here():  # the power went, or it was killed, while something was waited for
            raise Dropped
        if step == "rollback" and self._sabotage.lies():
            self._context.store.forget_pending()
            return "<ok/>"
        return perform(asked, self._context)

    async def _send(self, writer: Writer, text: str) -> None:
        writer.write(self._framer.wrap(text.encode()))
        await writer.drain()


def _asked(rpc: etree._Element) -> etree._Element:
    """The operation in a message; RpcError when it is no request."""
    asked = next(elements(rpc), None)
    if rpc.tag != f"{{{NC}}}rpc" or asked is None:
        raise RpcError(Problem("malformed-message", "The message is not an rpc.", "rpc"))
    if rpc.get("message-id") is None:
        info = (("bad-attribute", "message-id"),)
        raise RpcError(Problem("missing-attribute", "Missing message-id.", "rpc", info=info))
    return asked


def _texts(rpc: etree._Element) -> dict[str, str]:
    return {str(name): str(value) for name, value in rpc.attrib.items()}


def _reply(rpc: etree._Element, body: str) -> str:
    """A reply carries all attributes of its request (RFC 6241, section 4.2)."""
    own = "".join(
        f" {name}={quoteattr(value)}" for name, value in sorted(_texts(rpc).items()) if not name.startswith("{")
    )
    return f'<rpc-reply xmlns="{NC}"{own}>{body}</rpc-reply>'
