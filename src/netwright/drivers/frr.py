"""FRR on Linux, over SSH: no candidate, no commit on the box, so the driver brings them.

* The lock is a flock on the box that lives as long as our channel: a controller that dies gives it back.
* A snapshot of both parts is written to the box before the first push, with a program that can restore it
  (`frr_carry.py`), and a timer is armed there: it restores unless the apply is confirmed in time.
* A push goes in the steps of `platforms/frr/steps.py`; a line that is refused half-way is undone at once.
* What is confirmed is also saved for the next boot (`write memory`; the Linux side in `linux.conf`, which a unit runs
  where systemd boots the box): a box that reboots before the confirmation comes back with the old configuration by
  itself. Where something else boots it, that has to run `/etc/netwright/linux.conf` before FRR.
"""

from __future__ import annotations

import os
import re
import shlex
import socket
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import paramiko

from netwright.drivers import frr_box, frr_carry, frr_state
from netwright.drivers.base import Driver, Row, SwitchKind, Topic, loaded
from netwright.drivers.frr_collect import collect
from netwright.drivers.frr_ssh import Asker, Box, Done
from netwright.drivers.model import SWITCHES
from netwright.errors import DeviceError, DeviceLocked, DeviceRefused, DeviceUnreachable, RollbackFailed
from netwright.platforms.base import join_parts, split_parts
from netwright.platforms.frr import FRR, steps
from netwright.tree import Path, tree_of

FOLDER: Final = "/etc/netwright"
"""What outlives a reboot: the snapshot, the restoring program, the Linux side, and the last confirmed apply id."""

NO_ID = "-"
"""Stands for the id of a commit that has none: what puts a device back to before the first apply."""

VOLATILE: Final = "/run/netwright"
"""What a reboot ends: the lock, and the commit that waits, whose configuration a reboot takes away, too."""

_FIRST: Final = "first.linux"
"""The Linux side before the first apply."""

_REJECTED: Final = "% Configuration failed."

_LOCKED: Final = 75
_RESTORE_S: Final = 300.0
"""How long a restore may take: a hundred lines one by one, on a slow box."""

_TIMER: Final = 'setsid nohup sh /etc/netwright/timer.sh "$1" "$2" </dev/null >/run/netwright/timer.log 2>&1 & echo $!'


class FrrDriver(Driver):
    """The door to one FRR box. Options: `port`, `name`, `hostkey_verify` (default true), `proxy_command`."""

    platform: ClassVar[str] = "frr"
    switch: ClassVar[SwitchKind] = SWITCHES["frr"]

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 30,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(hostname, username, password, timeout, optional_args)
        proxy = _proxy(str(self.options.get("proxy_command", "")), hostname, self.port)
        self._session = self._box = Box(
            self.name, hostname, self.port, username, password, timeout_s=timeout, verify=self.verify, proxy=proxy
        )
        self._lock: paramiko.Channel | None = None
        self._candidate: dict[str, str] = {}
        self._token = ""  # the apply id of the commit that waits for its confirmation

    def close(self) -> None:
        """Leave; the lock goes with the connection."""
        self._lock = None
        super().close()

    def _run(self, *words: str, stdin: str | bytes = b"") -> Done:
        return self._box.run(words, stdin.encode() if isinstance(stdin, str) else stdin)

    def _must(self, *words: str, stdin: str | bytes = b"") -> str:
        done = self._run(*words, stdin=stdin)
        if done.code:
            raise DeviceRefused(self.name, done.said or f"exit code {done.code}", shlex.join(words))
        return done.out

    def _write(self, path: str, content: str | bytes) -> None:
        self._must("dd", f"of={path}", "status=none", stdin=content)

    def _file(self, path: str) -> str:
        """The content of one of our files on the box; `""` when there is none."""
        done = self._run("cat", path)
        return "" if done.code else done.out

    # ---- lock ----

    def lock(self) -> None:
        """Hold the box's lock for as long as this session lives; `DeviceLocked` names who has it, and since when."""
        self._must("mkdir", "-p", "-m", "700", FOLDER, VOLATILE)
        words = ("flock", "-n", "-E", str(_LOCKED), f"{VOLATILE}/lock", "tee", f"{VOLATILE}/holder")
        channel = self._box.channel(words, self.timeout)
        mark = f"{_holder()} since {datetime.now(UTC).isoformat(timespec='seconds')}\n".encode()
        try:
            channel.sendall(mark)
            answer = channel.recv(len(mark))
        except OSError as error:
            answer = b""
            if not channel.exit_status_ready():
                raise DeviceUnreachable(self.name, f"lost while locking: {error}") from error
        if answer != mark:
            code = channel.recv_exit_status()
            channel.close()
            raise self._not_locked(code)
        self._lock = channel

    def _not_locked(self, code: int) -> DeviceError:
        if code != _LOCKED:
            return DeviceRefused(self.name, f"the lock cannot be taken: exit code {code}")
        holder, _, since = self._file(f"{VOLATILE}/holder").strip().partition(" since ")
        return DeviceLocked(self.name, holder or "somebody", since)

    def unlock(self) -> None:
        """Give the lock back; a lock that is gone is no error."""
        channel, self._lock = self._lock, None
        if channel is not None and not channel.closed:
            with suppress(paramiko.SSHException, OSError, EOFError):  # a session that is lost has let go already
                channel.shutdown_write()  # tee sees the end, and flock lets go
                channel.status_event.wait(self.timeout)
                channel.close()

    # ---- candidate ----

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Keep the text of one transaction for `validate` and `commit_config`: the box itself has no candidate."""
        self._candidate = split_parts(loaded(filename, config), FRR.parts)

    def compare_config(self) -> str:
        """What would be sent."""
        return join_parts(self._candidate) if any(self._candidate.values()) else ""

    def discard_config(self) -> None:
        """Forget what was loaded."""
        self._candidate = {}

    def validate(self) -> None:
        """Let vtysh judge the syntax of all routing lines; the commands for Linux must be ours, and Python be there."""
        self._must("mkdir", "-p", "-m", "700", FOLDER, VOLATILE)
        self._must("python3", "--version")
        for part, _, text in steps.in_order(self._candidate):
            if part == "linux":
                self._ours(text)
                continue
            self._write(f"{VOLATILE}/check.cfg", text)
            self._vtysh("-C", "-f", f"{VOLATILE}/check.cfg", text=text)

    def _ours(self, text: str) -> list[list[str]]:
        """The commands of a text of the Linux side; DeviceRefused for a program that is none of ours."""
        found = [shlex.split(line, comments=True) for line in text.splitlines()]
        for words in found:
            if words and words[0] not in frr_box.PROGRAMS:
                raise DeviceRefused(self.name, f"{words[0]} is none of {', '.join(sorted(frr_box.PROGRAMS))}", words[0])
        return [words for words in found if words]

    def _vtysh(self, *words: str, text: str) -> None:
        """Give FRR a file with `text`; DeviceRefused when it does not take all of it.

        mgmtd rejects a whole group of lines for one that is wrong, and vtysh then ends with 0 (RUN 10.7.1).
        """
        done = self._run("vtysh", *words)
        if done.code or _REJECTED in done.said:
            raise self._refused(done, text)

    def _refused(self, done: Done, text: str) -> DeviceRefused:
        """FRR says `line N: % Unknown command...`, or why it rejects a group and which lines; the line is shown."""
        place = re.search(r"line (\d+):", done.said)
        lines, said = text.splitlines(), done.said.splitlines()
        line = lines[int(place[1]) - 1].strip() if place and 0 < int(place[1]) <= len(lines) else ""
        if _REJECTED in done.said and not place:
            line = next((row[2:].strip() for row in reversed(said) if row.startswith("- ")), "")
        why = (row.partition("Error description:")[2].strip() or row for row in said if "Error description:" in row)
        first = next((row.strip() for row in said if "%" in row), done.said or f"exit code {done.code}")
        return DeviceRefused(self.name, " ".join((first, *why)), line)

    # ---- commit ----

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Push what was loaded. With `revert_in` (seconds) the box restores itself unless it is confirmed in time.

        A second commit while the first waits belongs to it: one confirmation keeps both, one rollback undoes both. A
        push that is refused half-way is undone before this raises; `RollbackFailed` when even that does not succeed.
        """
        if not self.has_pending_commit():
            self._refuse_another()
            self._prepare(message)
        if revert_in is not None:
            self._arm(revert_in)
        try:
            self._push()
        except DeviceRefused:
            self.rollback()
            raise
        self._write(f"{VOLATILE}/apply-id", message)
        self._candidate = {}
        if revert_in is None:
            self.confirm_commit()

    def _prepare(self, message: str) -> None:
        """Put on the box what it needs to go back on its own."""
        self._must("mkdir", "-p", "-m", "700", FOLDER, VOLATILE)
        before = self._parts()
        self._write(f"{FOLDER}/{frr_box.CFG}", before["cfg"])
        self._write(f"{FOLDER}/{frr_box.LINUX}", before["linux"])
        if self._run("test", "-e", f"{FOLDER}/{_FIRST}").code:
            self._write(f"{FOLDER}/{_FIRST}", before["linux"])
        self._write(f"{FOLDER}/{frr_box.APPLY_ID}", self.apply_id())
        self._write(f"{FOLDER}/restore.pyz", frr_carry.archive())
        self._write(f"{FOLDER}/timer.sh", frr_carry.TIMER)
        self._token = message or NO_ID
        self._write(f"{VOLATILE}/pending", self._token)

    def _refuse_another(self) -> None:
        """While another's commit waits for its confirmation, its snapshot is what the box goes back to: not ours."""
        waiting, pid = self._file(f"{VOLATILE}/pending").strip(), self._timer()
        if waiting and pid and not self._run("test", "-d", f"/proc/{pid}").code:
            raise DeviceRefused(
                self.name, f"apply {waiting} waits here for its confirmation, or for the box to go back"
            )

    def _timer(self) -> str:
        """The process group of the timer; "" without one."""
        pid = self._file(f"{VOLATILE}/timer.pid").strip()
        return pid if pid.isdigit() else ""

    def _arm(self, seconds: int) -> None:
        """Start the timer on the box; one that runs already ends when the new one runs, so that there always is one."""
        old = self._timer()
        pid = self._must("sh", "-c", _TIMER, "sh", str(seconds), self._token).strip()
        self._write(f"{VOLATILE}/timer.pid", pid)
        if old:
            self._run("kill", "--", f"-{old}")

    def _disarm(self) -> None:
        if pid := self._timer():
            self._run("kill", "--", f"-{pid}")  # the timer leads a process group of its own
            self._run("rm", "-f", f"{VOLATILE}/timer.pid")

    def _push(self) -> None:
        for part, _, text in steps.in_order(self._candidate):
            if part == "cfg":
                self._write(f"{VOLATILE}/step.cfg", text)
                self._vtysh("-f", f"{VOLATILE}/step.cfg", text=text)
            else:
                self._push_linux(text)

    def _push_linux(self, text: str) -> None:
        """Run the commands of one step in one go; `sh -ex` stops at the first that fails and has printed it."""
        lines = [shlex.join(words) for words in self._ours(text)]
        self._write(f"{VOLATILE}/step.sh", "".join(f"{line}\n" for line in lines))
        done = self._run("sh", "-ex", f"{VOLATILE}/step.sh")
        if done.code:
            trace = [row for row in done.err.splitlines() if row.startswith("+ ")]
            said = [row for row in done.err.splitlines() if not row.startswith("+ ")]
            raise DeviceRefused(self.name, " ".join(said) or f"exit code {done.code}", trace[-1][2:] if trace else "")

    def has_pending_commit(self) -> bool:
        """Whether our commit still waits on the box, or was confirmed and then not saved (a controller was killed)."""
        return bool(self._token) and (self._file(f"{VOLATILE}/pending").strip() == self._token or self._unsaved())

    def _unsaved(self) -> bool:
        confirmed = self._file(f"{VOLATILE}/confirmed").strip() == self._token
        return confirmed and self._file(f"{FOLDER}/apply-id").strip() != self._token

    def confirm_commit(self) -> None:
        """Keep what was pushed, for the next boot, too. DeviceRefused when the box has gone back already."""
        ours = bool(self._token) and self.has_pending_commit()
        if not ours or (self._run("mv", f"{VOLATILE}/pending", f"{VOLATILE}/confirmed").code and not self._unsaved()):
            raise DeviceRefused(self.name, "no commit waits: the box has gone back already, or never had one")
        self._disarm()
        self._token = ""
        self._save()

    def _save(self) -> None:
        """Write both parts for the next boot."""
        self._must("vtysh", "-c", "write memory")
        running = frr_state.read(Asker(self._box))
        self._replace(f"{FOLDER}/linux.conf", running)
        if not self._run("test", "-d", "/run/systemd/system").code:  # sd_booted(3)
            self._at_boot(running)
        self._replace(f"{FOLDER}/apply-id", self._file(f"{VOLATILE}/apply-id"))

    def _at_boot(self, running: str) -> None:
        """Let systemd put the Linux side back before FRR starts; nothing of it stays when nothing of ours does."""
        if running == self._file(f"{FOLDER}/{_FIRST}"):
            self._run("systemctl", "disable", frr_carry.UNIT_NAME)
            self._run("rm", "-f", frr_carry.UNIT_FILE)
            return
        self._write(frr_carry.UNIT_FILE, frr_carry.UNIT)
        self._must("systemctl", "enable", frr_carry.UNIT_NAME)

    def _replace(self, path: str, content: str) -> None:
        """Write a file that the next boot reads: whole, or not at all."""
        self._write(f"{path}.new", content)
        self._must("mv", f"{path}.new", path)

    def reattach(self, token: str) -> None:
        """Take over the commit that an earlier session made under this apply id; whether it waits, the box knows."""
        self._token = token

    def rollback(self) -> None:
        """Restore what ran before the last commit, waiting or confirmed, and compare: else `RollbackFailed`.

        The box's own timer starts anew meanwhile: where this controller is lost, the box goes on by itself.
        """
        self._token = self._file(f"{VOLATILE}/pending").strip()
        if self._token:
            self._arm(int(_RESTORE_S))
        else:
            self._disarm()
        self._token = ""
        done = self._box.run(("python3", f"{FOLDER}/restore.pyz", FOLDER), timeout_s=_RESTORE_S)
        self._run("rm", "-f", f"{VOLATILE}/pending", f"{VOLATILE}/restoring", f"{VOLATILE}/confirmed")
        self._disarm()
        saved = {"cfg": self._file(f"{FOLDER}/{frr_box.CFG}"), "linux": self._file(f"{FOLDER}/{frr_box.LINUX}")}
        if not saved["cfg"]:
            raise RollbackFailed(self.name, "there is no snapshot on the box")
        if _tree(saved) != _tree(self._parts()):
            raise RollbackFailed(self.name, f"does not run what it ran before: {done.said or 'the box said nothing'}")
        self._save()

    def apply_id(self) -> str:
        """The id that the last apply left on the box."""
        return (self._file(f"{VOLATILE}/apply-id") or self._file(f"{FOLDER}/apply-id")).strip()

    # ---- reading ----

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: ARG002, FBT001, FBT002 - NAPALM's signature
        sanitized: bool = False,  # noqa: ARG002, FBT001, FBT002
        format: str = "text",  # noqa: A002, ARG002
    ) -> dict[str, str]:
        """Both parts as one text (NAPALM's signature; `full`, `sanitized` and `format` have no meaning here)."""
        running = join_parts(self._parts()) if retrieve in ("all", "running") else ""
        return {"running": running, "candidate": self.compare_config(), "startup": ""}

    def _parts(self) -> dict[str, str]:
        return {"cfg": self._must("vtysh", "-c", "show running-config"), "linux": frr_state.read(Asker(self._box))}

    def collect(self, topic: Topic) -> list[Row]:
        """Operational facts, from FRR's own JSON and the kernel's."""
        return collect(topic, Asker(self._box))


def _tree(parts: dict[str, str]) -> dict[Path, str]:
    return tree_of(line for part, text in parts.items() for line in FRR.parse(text, part))


def _proxy(command: str, host: str, port: int) -> str:
    """A ProxyCommand as ssh_config(5) writes it: `%h` and `%p` are the box and its port, `%%` is a percent sign."""
    words = {"%h": host, "%p": str(port), "%%": "%"}
    return re.sub("%[hp%]", lambda found: words[found[0]], command)


def _holder() -> str:
    user = os.environ.get("USER") or f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"
