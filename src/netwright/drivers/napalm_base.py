"""NAPALM's base class, also where `localhost` has no address.

`import napalm` imports every driver it has. One of them (EOS, through pyeapi) opens a syslog socket to the *name*
`localhost` while it is imported, which fails in a container or chroot without /etc/hosts. For the time of the import
the name is replaced by its number.
"""

from __future__ import annotations

from functools import partial
from logging import handlers

_handler = handlers.SysLogHandler
handlers.SysLogHandler = partial(_handler, address=("127.0.0.1", handlers.SYSLOG_UDP_PORT))  # type: ignore[misc, assignment]
try:
    from napalm.base.base import NetworkDriver
finally:
    handlers.SysLogHandler = _handler  # type: ignore[misc]

__all__ = ["NetworkDriver"]
