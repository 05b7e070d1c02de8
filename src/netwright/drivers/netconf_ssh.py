"""The SSH side of a NETCONF session: ncclient's, except that nothing waits for its clock.

ncclient's transport looks every 100 ms (`ncclient.transport.session.TICK`) for something to send, so each request waits
50 ms on the average. Here a request wakes the transport, and a session that has nothing to do sleeps: a hundred open
sessions cost no processor time.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from typing import Any

from ncclient.manager import Manager, make_device_handler
from ncclient.operations import RaiseMode
from ncclient.transport import SSHSession
from ncclient.transport.errors import SessionCloseError, TransportError
from ncclient.transport.session import END_DELIM, MSG_DELIM, NetconfBase

_FULL_S = 0.02  # until a full SSH window is looked at again: nobody tells when it opens
_DIGEST_S = 0.1  # from both hellos to the first request: who reads our hello with it loses it (yuma123 2.13)
_ASLEEP_S = 5.0  # a net under the waking, should a platform lose one


class PromptSession(SSHSession):  # type: ignore[misc]  # ncclient carries no types
    """An SSHSession that sends at once."""

    def __init__(self, device_handler: Any) -> None:
        super().__init__(device_handler)
        self._bell, self._hears = socket.socketpair()
        for end in (self._bell, self._hears):
            end.settimeout(0)
        self._greeted = 0.0  # when both hellos had been said

    def connect(self, *where: Any, **how: Any) -> None:
        """Connect, and exchange hellos."""
        super().connect(*where, **how)
        self._greeted = time.monotonic()

    def send(self, message: str) -> None:
        """Queue a message and wake the transport. ncclient's own would write it to its log, and it may hold a key."""
        if not self.connected:
            raise TransportError("Not connected to NETCONF server")
        self._q.put(message)
        with contextlib.suppress(OSError):  # rung already, or over: the queue's owner says it better
            self._bell.send(b"!")

    def run(self) -> None:
        """Send what is queued and read what comes, until the session is over."""
        try:
            with selectors.DefaultSelector() as waiting:
                self._transport_register(waiting, selectors.EVENT_READ)
                waiting.register(self._hears, selectors.EVENT_READ)
                while self._turn(waiting):
                    pass
        except Exception as error:  # noqa: BLE001 - as in ncclient: whoever waits for a reply gets whatever happened
            self._dispatch_error(error)
            self.close()
        finally:
            self._bell.close()
            self._hears.close()

    def _turn(self, waiting: selectors.BaseSelector) -> bool:
        """One round; whether there is to be another."""
        while not self._q.empty() and self._send_ready():
            self._write(self._q.get().encode())
        ready = {key.fileobj for key, _ in waiting.select(_FULL_S if not self._q.empty() else _ASLEEP_S)}
        if self._hears in ready:
            self._hears.recv(4096)
            ready.discard(self._hears)
        return not ready or self._read()

    def _write(self, message: bytes) -> None:
        if self._greeted:
            time.sleep(max(0.0, self._greeted + _DIGEST_S - time.monotonic()))
        if self._base == NetconfBase.BASE_11:
            data = b"\n#%d\n%b%b" % (len(message), message, END_DELIM)
        else:
            data = message + MSG_DELIM
        while data:
            sent = self._transport_write(data)
            if sent <= 0:
                raise SessionCloseError(self._buffer.getvalue(), data)
            data = data[sent:]

    def _read(self) -> bool:
        data = self._transport_read()
        if data:
            self.parser.parse(data)
            return True
        if self._closing.is_set():
            return False
        raise SessionCloseError(self._buffer.getvalue())


def connect(device: str, timeout: int, **ssh: Any) -> Manager:
    """An ncclient manager over a PromptSession; `ssh` are the arguments of ncclient's `SSHSession.connect`."""
    handler = make_device_handler({"name": device})
    handler.add_additional_ssh_connect_params(ssh)
    session = PromptSession(handler)
    try:
        session.connect(timeout=timeout, **ssh)
    except Exception:
        if session.transport:
            session.close()
        raise
    return Manager(session, handler, timeout=timeout, raise_mode=RaiseMode.ALL)
