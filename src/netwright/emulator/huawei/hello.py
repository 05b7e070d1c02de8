"""What the emulated router says first: its capabilities (platform-metadata of the vendor's NE40E release)."""

from __future__ import annotations

from functools import cache
from xml.sax.saxutils import escape

from netwright.emulator.huawei.errors import NC
from netwright.emulator.huawei.schema import NAMESPACE, modules

BASE_1_1 = "urn:ietf:params:netconf:base:1.1"

CAPABILITIES = (
    "urn:ietf:params:netconf:base:1.0",
    BASE_1_1,
    "urn:ietf:params:netconf:capability:writable-running:1.0",
    "urn:ietf:params:netconf:capability:candidate:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.0",
    "urn:ietf:params:netconf:capability:confirmed-commit:1.1",
    "urn:ietf:params:netconf:capability:startup:1.0",
    "urn:ietf:params:netconf:capability:rollback-on-error:1.0",
    "urn:ietf:params:netconf:capability:validate:1.0",
    "urn:ietf:params:netconf:capability:validate:1.1",
)
"""What the emulation can do. The router itself announces more (url, xpath, notification, interleave, with-defaults):
left out, because announcing is promising."""


@cache
def capabilities() -> str:
    """The capabilities as they stand in a hello."""
    yang = (f"{NAMESPACE}{name}?module={name}&revision={revision}" for name, revision in modules().items())
    return "".join(f"<capability>{escape(one)}</capability>" for one in (*CAPABILITIES, *yang))


def hello(session: int, *more: str) -> str:
    """The server's hello; `more` are capabilities that not every router has."""
    said = capabilities() + "".join(f"<capability>{escape(one)}</capability>" for one in more)
    return f'<hello xmlns="{NC}"><capabilities>{said}</capabilities><session-id>{session}</session-id></hello>'
