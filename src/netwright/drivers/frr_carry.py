"""What the driver carries to a box: the program that restores, as one archive, the timer that starts it, and a unit.

The archive holds the modules that know FRR and Linux (standard library only), so that the box can put back its old
configuration when the controller is gone. Needs Python 3.11 or later on the box.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache
from importlib.resources import files
from typing import Final

_MODULES: Final = (
    "errors",
    "tree",
    "platforms.frr.grammar",
    "platforms.frr.cfg",
    "platforms.frr.linux",
    "platforms.frr.steps",
    "platforms.frr.changing",
    "drivers.frr_state",
    "drivers.frr_batch",
    "drivers.frr_box",
)
_PACKAGES: Final = ("", "platforms", "platforms.frr", "drivers")
_MAIN: Final = "import sys\nfrom netwright.drivers.frr_box import main\nsys.exit(main())\n"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # the same bytes every time

TIMER: Final = """\
#!/bin/sh
# netwright: put back what ran before, unless the apply is confirmed in time. Arguments: seconds, apply id.
sleep "$1"
cd /run/netwright || exit 1
[ "$(cat pending 2>/dev/null)" = "$2" ] || exit 0
mv pending restoring || exit 0
# nobody is let in meanwhile; a controller that still holds the lock is no reason to wait
exec 9>lock
flock -n 9 && echo "the box itself, going back since $(date -u +%FT%TZ)" >holder
python3 /etc/netwright/restore.pyz /etc/netwright >restore.log 2>&1 && mv restoring restored
"""

ARM: Final = """\
cd /run/netwright; old=$(cat timer.pid 2>/dev/null)
setsid nohup sh /etc/netwright/timer.sh "$1" "$2" </dev/null >timer.log 2>&1 & echo $! >timer.pid
[ -z "$old" ] || kill -- "-$old" 2>/dev/null || :"""
"""Starts the timer. One that runs already ends when the new one runs, so that there always is one. It leads a process
group of its own. Arguments: seconds, apply id."""

DISARM: Final = """\
cd /run/netwright; old=$(cat timer.pid 2>/dev/null)
rm -f timer.pid
[ -z "$old" ] || kill -- "-$old" 2>/dev/null || :"""
"""Ends the timer, if there is one."""


UNIT_NAME: Final = "netwright-linux.service"
UNIT_FILE: Final = f"/etc/systemd/system/{UNIT_NAME}"
UNIT: Final = """\
# netwright: links, rates and marks as they were confirmed last. FRR, which keeps its own configuration, comes after.
[Unit]
Description=Links, rates and marks that netwright confirmed
Wants=systemd-udev-settle.service
After=network-pre.target systemd-sysctl.service systemd-udev-settle.service
Before=frr.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh /etc/netwright/linux.conf

[Install]
WantedBy=multi-user.target
"""


@cache
def archive() -> bytes:
    """The restoring program as a zip that Python runs."""
    root = files("netwright")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(zipfile.ZipInfo("__main__.py", _EPOCH), _MAIN)
        for package in _PACKAGES:
            pack.writestr(zipfile.ZipInfo(f"{_path(package)}__init__.py", _EPOCH), "")
        for module in _MODULES:
            source = root.joinpath(*module.split(".")[:-1], f"{module.split('.')[-1]}.py").read_bytes()
            pack.writestr(zipfile.ZipInfo(f"netwright/{module.replace('.', '/')}.py", _EPOCH), source)
    return out.getvalue()


def _path(package: str) -> str:
    return "/".join(part for part in ("netwright", *package.split(".")) if part) + "/"
