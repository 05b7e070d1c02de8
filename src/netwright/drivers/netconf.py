"""NETCONF through ncclient: errors as netwright's errors, and sessions that stay alive.

What is known of ncclient 0.7 and worked around here: a reply with several errors raises an RPCError without `tag` (its
`errlist` has them); the transport sends only every 100 ms (`netconf_ssh.py`); `commit` refuses persist beside
persist-id; `confirm-timeout` must be text.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from lxml import etree
from ncclient.operations.errors import OperationError, TimeoutExpiredError
from ncclient.operations.rpc import RPCError
from ncclient.transport.errors import AuthenticationError, TransportError
from paramiko.ssh_exception import SSHException

from netwright.drivers import netconf_ssh
from netwright.errors import ConfigParseError, DeviceError, DeviceLocked, DeviceRefused, DeviceUnreachable

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
Answer = TypeVar("Answer")

_KEEPALIVE_S = 60.0  # servers close a session that is idle for 180 s (netopeer2's default)
_GOODBYE_S = 3  # no longer than this for a device to take leave
_LOST = (TransportError, TimeoutExpiredError, SSHException, OSError, EOFError)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rpc-error as far as a driver needs it."""

    tag: str
    message: str
    path: str
    bad_element: str
    session_id: str

    @property
    def line(self) -> str:
        """What the device objected to."""
        return self.path or self.bad_element

    def mapped(self, change: Callable[[str], str]) -> Refusal:
        """The same, its texts changed."""
        return replace(self, message=change(self.message), path=change(self.path), bad_element=change(self.bad_element))


class RpcRefused(DeviceRefused):
    """The device answered with errors; `refusals` has all of them."""

    def __init__(self, device: str, refusals: Sequence[Refusal]) -> None:
        texts = list(
            dict.fromkeys(
                one.message + (f" ({one.line})" if one.line and one.line not in one.message else "") for one in refusals
            )
        )
        super().__init__(device, "; ".join(texts), next((one.line for one in refusals if one.line), ""))
        self.refusals = tuple(refusals)

    @property
    def tags(self) -> frozenset[str]:
        """The error tags of the reply."""
        return frozenset(one.tag for one in self.refusals)


def refusals_of(error: RPCError) -> list[Refusal]:
    """All errors of a reply, also when ncclient made one exception of several."""
    return [_refusal(one) for one in (getattr(error, "errlist", None) or [error])]


def _refusal(one: RPCError) -> Refusal:
    info = etree.fromstring(one.info.encode()) if one.info else None
    message = " ".join((one.message or one.tag or "refused").split())
    return Refusal(
        one.tag or "", message, (one.path or "").strip(), _info(info, "bad-element"), _info(info, "session-id")
    )


def _info(info: etree._Element | None, name: str) -> str:
    if info is None:
        return ""
    found = info.findtext(f"{{{NC}}}{name}") or info.findtext(name)
    return (found or "").strip()


def parse_xml(text: str) -> etree._Element:
    """An XML document, strictly: what is not well-formed is ConfigParseError, never repaired."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_blank_text=True, huge_tree=True
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ConfigParseError(error.msg, error.lineno or 0) from error


def default_namespace(namespace: str) -> dict[str, str]:
    """An element's own namespace without a prefix (the stubs do not know that lxml takes None here)."""
    return cast("dict[str, str]", {None: namespace})


def config_text(data: etree._Element) -> str:
    """The children of `<data>` as one `<config>` document, two blanks a level."""
    config = etree.Element(f"{{{NC}}}config", nsmap=default_namespace(NC))
    config.extend(list(data))
    clean = parse_xml(etree.tostring(config, encoding="unicode"))
    etree.cleanup_namespaces(clean)
    return etree.tostring(clean, pretty_print=True, encoding="unicode")


def element(namespace: str, name: str, /, *children: tuple[str, str | None]) -> etree._Element:
    """A request: an element with leaves, each (name, text); None gives an empty element."""
    request = etree.Element(f"{{{namespace}}}{name}", nsmap=default_namespace(namespace))
    for child, text in children:
        etree.SubElement(request, f"{{{namespace}}}{child}").text = text
    return request


class NetconfSession:
    """One NETCONF session to one device: opened on demand, kept alive while something is locked."""

    def __init__(self, device: str, connect: Callable[[], Any]) -> None:
        self._device = device
        self._connect = connect
        self._manager: Any = None
        self._keeper: _Keeper | None = None
        self._unsaid: frozenset[str] = frozenset()

    def never_say(self, keys: frozenset[str]) -> None:
        """Keys that are sent over this session: whatever the device says of them, no error of ours repeats one."""
        self._unsaid |= keys

    def _quiet(self, text: str) -> str:
        for key in self._unsaid:
            text = re.sub(re.escape(key), "(a key)", text, flags=re.IGNORECASE)
        return text

    @property
    def alive(self) -> bool:
        """Whether the session stands."""
        return self._manager is not None and bool(self._manager.connected)

    @property
    def capabilities(self) -> tuple[str, ...]:
        """What the server's hello announced."""
        return tuple(self.call(lambda m: m.server_capabilities))

    def open(self) -> None:
        """Connect; DeviceUnreachable when nobody answers as he should."""
        if self.alive:
            return
        try:
            self._manager = self._connect()
        except AuthenticationError as error:
            raise DeviceUnreachable(self._device, f"authentication failed: {error}") from error
        except _LOST as error:
            raise DeviceUnreachable(self._device, f"no NETCONF session: {error or type(error).__name__}") from error

    def close(self) -> None:
        """Leave; a session that is already gone is no error."""
        self.keep(alive=False)
        gone, self._manager = self._manager, None
        if gone is None:
            return
        gone.timeout = min(gone.timeout, _GOODBYE_S)
        try:
            gone.close_session()
        except (*_LOST, OperationError):
            gone._session.close()  # noqa: SLF001 - ncclient has no other way to drop a session that does not answer

    def keep(self, *, alive: bool) -> None:
        """Start or stop speaking now and then, so that an idle server does not hang up on a lock holder."""
        if self._keeper is not None:
            self._keeper.stop()
        self._keeper = _Keeper(self._ping) if alive else None

    def _ping(self) -> None:
        if self.alive:
            self.call(
                lambda m: m.get_config("running", filter=("subtree", element("urn:netwright:nothing", "nothing")))
            )

    def call(self, action: Callable[[Any], Answer]) -> Answer:
        """Do one operation; errors come as netwright's own."""
        if not self.alive:
            self._again()
        try:
            return action(self._manager)
        except RPCError as error:
            said = [one.mapped(self._quiet) for one in refusals_of(error)]
            raise self._said_no(said) from (None if self._unsaid else error)
        except _LOST as error:
            lost = self._quiet(f"session lost: {error or type(error).__name__}")
            raise DeviceUnreachable(self._device, lost) from (None if self._unsaid else error)
        except OperationError as error:
            raise DeviceRefused(self._device, self._quiet(str(error))) from (None if self._unsaid else error)

    def _again(self) -> None:
        """Dial again after a server hung up on an idle session; with its locks, more than a session was lost."""
        if self._manager is None or self._keeper is not None:
            raise DeviceUnreachable(self._device, "the NETCONF session is closed")
        self.open()

    def _said_no(self, refusals: Sequence[Refusal]) -> DeviceError:
        for one in refusals:
            if one.tag in ("lock-denied", "in-use") and one.session_id not in ("", "0"):
                return DeviceLocked(self._device, f"NETCONF session {one.session_id}")
            if one.tag == "in-use":  # yuma123 does not say by whom
                return DeviceLocked(self._device, "another session")
        return RpcRefused(self._device, refusals)

    def request(self, asked: etree._Element) -> Any:
        """Send one request as it is."""
        return self.call(lambda m: m.dispatch(asked))


class _Keeper:
    """A thread that calls `ping` every minute until it is stopped or the session is lost."""

    def __init__(self, ping: Callable[[], None]) -> None:
        self._ping = ping
        self._done = threading.Event()
        threading.Thread(target=self._run, name="netconf-keepalive", daemon=True).start()

    def stop(self) -> None:
        self._done.set()

    def _run(self) -> None:
        while not self._done.wait(_KEEPALIVE_S):
            try:
                self._ping()
            except DeviceError:
                return  # the next real operation says it better


def _greeted(host: str, port: int, timeout: int) -> socket.socket:
    """A connection to somebody who has begun to speak: paramiko waits 15 s for a mute one, whatever the timeout."""
    sock = socket.create_connection((host, port), timeout)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except OSError:
        sock.close()
        raise
    return sock


def connect_ssh(
    *, host: str, port: int, username: str, password: str, timeout: int, hostkey_verify: bool, device: str
) -> Any:
    """An ncclient manager. Keys of an agent are tried only when there is no password."""
    return netconf_ssh.connect(
        device,
        timeout,
        sock=_greeted(host, port, timeout),
        host=host,
        port=port,
        username=username,
        password=password or None,
        hostkey_verify=hostkey_verify,
        allow_agent=not password,
        look_for_keys=not password,
    )
