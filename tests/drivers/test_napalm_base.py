"""NAPALM can be imported where `localhost` has no address, and leaves the logging module as it was."""

import subprocess
import sys

PROGRAM = """
import logging.handlers, socket
before, resolve = logging.handlers.SysLogHandler, socket.getaddrinfo
def numbers_only(host, *more, **options):
    if host == "localhost":
        raise socket.gaierror(-2, "Name or service not known")
    return resolve(host, *more, **options)
socket.getaddrinfo = numbers_only
from netwright.drivers.base import Driver, NetworkDriver
assert issubclass(Driver, NetworkDriver)
assert logging.handlers.SysLogHandler is before
"""


def test_a_machine_without_a_hosts_file() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
