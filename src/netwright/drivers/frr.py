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
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

import paramiko

from netwright.drivers import frr_batch, frr_box, frr_carry, frr_getters, frr_state
from netwright.drivers.base import Driver, Row, SwitchKind, Topic, loaded
from netwright.drivers.frr_collect import collect, first_of
from netwright.drivers.frr_ssh import Box, Done
from netwright.drivers.frr_trips import Asker, Ran, trip
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

_DISARMED: Final = ("sh", "-c", frr_carry.DISARM)
_APPLY_IDS: Final = (f"{VOLATILE}/apply-id", f"{FOLDER}/apply-id")
_SYSTEMD: Final = ("ls", "-d", "/run/systemd/system")  # sd_booted(3)
_WRITE: Final = ("vtysh", "-c", "write memory")
_SHOW: Final = ("vtysh", "-c", "show running-config")
_RUNNING: Final = (_SHOW, *frr_state.FIRST)


class FrrDriver(Driver):
    """The door to one FRR box. Options: `port`, `name`, `hostkey_verify` (default true), `proxy_command`."""

    platform: ClassVar[str] = "frr"
    switch: ClassVar[SwitchKind] = SWITCHES["frr"]

    def _set_up(self) -> None:
        self._session = self._box = Box(
            self.name,
            self.hostname,
            self.port,
            self.username,
            self.password,
            timeout_s=self.timeout,
            verify=self.verify,
            proxy=_proxy(str(self.options.get("proxy_command", "")), self.hostname, self.port),
        )
        self._lock: paramiko.Channel | None = None
        self._candidate: dict[str, str] = {}
        self._asker: Asker | None = None  # while several topics are asked together
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

    def _trip(self, *commands: Sequence[str], files: Mapping[str, str | bytes] | None = None) -> Ran:
        """Files, and then commands up to the first that fails, for one trip to the box."""
        return trip(self._box, commands, files or {}, f"{VOLATILE}/whole", (FOLDER, VOLATILE) if files else ())

    def _all(self, *commands: Sequence[str], files: Mapping[str, str | bytes] | None = None) -> None:
        """A trip on which all must go well."""
        ran = self._trip(*commands, files=files)
        if ran.failed:
            raise DeviceRefused(self.name, ran.done.said or f"exit code {ran.done.code}", shlex.join(ran.failed))

    def _files(self, *paths: str) -> Iterator[str]:
        """The contents of files on the box; `""` for one that is not there."""
        commands = [("cat", path) for path in paths]
        ask = Asker(self._box)
        ask.ahead(commands)
        return map(ask, commands)

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
        holder, _, since = next(self._files(f"{VOLATILE}/holder")).strip().partition(" since ")
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
        texts = steps.in_order(self._candidate)
        for part, _, text in texts:
            if part == "linux":
                self._ours(text)
        files = {f"{VOLATILE}/check-{step.replace(' ', '-')}.cfg": text for part, step, text in texts if part == "cfg"}
        ran = self._trip(("python3", "--version"), *(("vtysh", "-C", "-f", file) for file in files), files=files)
        self._taken(ran, files.get(ran.failed[-1], "") if ran.failed else "")

    def _ours(self, text: str) -> list[list[str]]:
        """The commands of a text of the Linux side; DeviceRefused for a program that is none of ours."""
        found = list(frr_batch.commands(text))
        for words in found:
            if words[0] not in frr_batch.PROGRAMS:
                ours = ", ".join(sorted(frr_batch.PROGRAMS))
                raise DeviceRefused(self.name, f"{words[0]} is none of {ours}", words[0])
        return found

    def _taken(self, ran: Ran, text: str) -> None:
        """DeviceRefused when FRR did not take all of a file with `text`.

        mgmtd rejects a whole group of lines for one that is wrong, and vtysh then ends with 0 (RUN 10.7.1).
        """
        if ran.failed or _REJECTED in ran.done.said:
            raise self._refused(ran.done, text)

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
            self._prepare(message, revert_in)
        elif revert_in is not None:
            self._must(*self._armed(revert_in))
        try:
            self._push()
        except DeviceRefused:
            self.rollback()
            raise
        self._all(files={f"{VOLATILE}/apply-id": message})
        self._candidate = {}
        if revert_in is None:
            self.confirm_commit()

    def _prepare(self, message: str, revert_in: int | None) -> None:
        """Put on the box what it needs to go back on its own, and let it wait for that."""
        ask = Asker(self._box)
        first = ("ls", f"{FOLDER}/{_FIRST}")
        known = tuple(("cat", path) for path in (f"{VOLATILE}/pending", f"{VOLATILE}/timer.pid", *_APPLY_IDS))
        ask.ahead([first, *known, *_RUNNING])
        pending, pid, *applied = (ask(words).strip() for words in known)
        self._refuse_another(pending, pid)
        before = self._parts(ask)
        self._token = message or NO_ID
        files: dict[str, str | bytes] = {
            f"{FOLDER}/{frr_box.CFG}": before["cfg"],
            f"{FOLDER}/{frr_box.LINUX}": before["linux"],
            f"{FOLDER}/{frr_box.APPLY_ID}": next(filter(None, applied), ""),
            f"{FOLDER}/restore.pyz": frr_carry.archive(),
            f"{FOLDER}/timer.sh": frr_carry.TIMER,
            f"{VOLATILE}/pending": self._token,
        }
        if not ask(first):
            files[f"{FOLDER}/{_FIRST}"] = before["linux"]
        self._all(*([] if revert_in is None else [self._armed(revert_in)]), files=files)

    def _refuse_another(self, waiting: str, pid: str) -> None:
        """While another's commit waits for its confirmation, its snapshot is what the box goes back to: not ours."""
        if waiting and pid.isdigit() and not self._run("test", "-d", f"/proc/{pid}").code:
            raise DeviceRefused(
                self.name, f"apply {waiting} waits here for its confirmation, or for the box to go back"
            )

    def _armed(self, seconds: int) -> tuple[str, ...]:
        """The command that starts the timer on the box."""
        return ("sh", "-c", frr_carry.ARM, "sh", str(seconds), self._token)

    def _push(self) -> None:
        for part, _, text in steps.in_order(self._candidate):
            if part == "cfg":
                file = f"{VOLATILE}/step.cfg"
                self._taken(self._trip(("vtysh", "-f", file), files={file: text}), text)
            else:
                self._push_linux(text)

    def _push_linux(self, text: str) -> None:
        """Run the commands of one step, neighbours of one program together, up to the first that fails."""
        files: dict[str, str] = {}
        commands: dict[tuple[str, ...], frr_batch.Group] = {}
        for number, group in enumerate(frr_batch.groups(self._ours(text))):
            file = (f"{VOLATILE}/step-{number}",) if group.text else ()
            files |= dict.fromkeys(file, group.text)
            commands[(*group.words, *file)] = group
        ran = self._trip(*commands, files=files)
        if ran.failed:
            line = commands[ran.failed].failed(ran.done.err) if ran.failed in commands else ""
            raise DeviceRefused(self.name, " ".join(ran.done.err.split()) or f"exit code {ran.done.code}", line)

    def has_pending_commit(self) -> bool:
        """Whether our commit still waits on the box, or was confirmed and then not saved (a controller was killed)."""
        return self._waits() != ""

    def _waits(self) -> str:
        """`pending`, or `confirmed` and not saved; "" when no commit of ours waits."""
        if not self._token:
            return ""
        pending, confirmed, saved = map(
            str.strip, self._files(f"{VOLATILE}/pending", f"{VOLATILE}/confirmed", f"{FOLDER}/apply-id")
        )
        if pending == self._token:
            return "pending"
        return "confirmed" if confirmed == self._token != saved else ""

    def confirm_commit(self) -> None:
        """Keep what was pushed, for the next boot, too. DeviceRefused when the box has gone back already."""
        waits = self._waits()
        kept = () if waits == "confirmed" else (("mv", f"{VOLATILE}/pending", f"{VOLATILE}/confirmed"),)
        if not waits or self._trip(*kept, _DISARMED).failed in kept:
            raise DeviceRefused(self.name, "no commit waits: the box has gone back already, or never had one")
        self._token = ""
        self._save()

    def _save(self) -> None:
        """Write both parts for the next boot: a file that it reads, whole, or not at all."""
        ask, linux = Asker(self._box), f"{FOLDER}/linux.conf"
        facts = (_SYSTEMD, ("cat", f"{FOLDER}/{_FIRST}"), ("cat", f"{VOLATILE}/apply-id"))
        ask.ahead([_WRITE, *facts, *frr_state.FIRST])
        if not ask(_WRITE):
            self._must(*_WRITE)
        systemd, first, applied = map(ask, facts)
        running = frr_state.read(ask)
        saved = {linux: running, f"{FOLDER}/apply-id": applied}
        moves = [("mv", f"{path}.new", path) for path in saved]
        files = {f"{path}.new": content for path, content in saved.items()}
        if systemd and running == first:  # nothing of ours is left: nor is the unit
            self._trip(("systemctl", "disable", frr_carry.UNIT_NAME))
            moves.append(("rm", "-f", frr_carry.UNIT_FILE))
        elif systemd:  # it puts the Linux side back before FRR starts
            files[frr_carry.UNIT_FILE] = frr_carry.UNIT
            moves.insert(0, ("systemctl", "enable", frr_carry.UNIT_NAME))
        self._all(*moves, files=files)

    def reattach(self, token: str) -> None:
        """Take over the commit that an earlier session made under this apply id; whether it waits, the box knows."""
        self._token = token

    def rollback(self) -> None:
        """Restore what ran before the last commit, waiting or confirmed, and compare: else `RollbackFailed`.

        The box's own timer starts anew meanwhile: where this controller is lost, the box goes on by itself.
        """
        self._token = next(self._files(f"{VOLATILE}/pending")).strip()
        if self._token:
            self._must(*self._armed(int(_RESTORE_S)))
        else:
            self._must(*_DISARMED)
        self._token = ""
        done = self._box.run(("python3", f"{FOLDER}/restore.pyz", FOLDER), timeout_s=_RESTORE_S)
        gone = ("rm", "-f", *(f"{VOLATILE}/{name}" for name in ("pending", "restoring", "confirmed")))
        self._all(gone, _DISARMED)
        saved = dict(zip(FRR.parts, self._files(f"{FOLDER}/{frr_box.CFG}", f"{FOLDER}/{frr_box.LINUX}"), strict=True))
        if not saved["cfg"]:
            raise RollbackFailed(self.name, "there is no snapshot on the box")
        if _tree(saved) != _tree(self._parts(Asker(self._box))):
            raise RollbackFailed(self.name, f"does not run what it ran before: {done.said or 'the box said nothing'}")
        self._save()

    def apply_id(self) -> str:
        """The id that the last apply left on the box."""
        return next(filter(None, self._files(*_APPLY_IDS)), "").strip()

    # ---- reading ----

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: ARG002, FBT001, FBT002 - NAPALM's signature
        sanitized: bool = False,  # noqa: ARG002, FBT001, FBT002
        format: str = "text",  # noqa: A002, ARG002
    ) -> dict[str, str]:
        """Both parts as one text (NAPALM's signature; `full`, `sanitized` and `format` have no meaning here)."""
        running = join_parts(self._parts(Asker(self._box))) if retrieve in ("all", "running") else ""
        return {"running": running, "candidate": self.compare_config(), "startup": ""}

    def _parts(self, ask: Asker) -> dict[str, str]:
        """What runs, in two trips; the first of them may have been made."""
        ask.ahead(_RUNNING)
        return {"cfg": ask(_SHOW) or self._must(*_SHOW), "linux": frr_state.read(ask)}

    @contextmanager
    def together(self, topics: Collection[Topic]) -> Iterator[None]:
        """The answers to these come in one trip, and what depends on them in one or two more."""
        self._asker = Asker(self._box, keep=True)
        try:
            self._asker.ahead(first_of(topics))
            yield
        finally:
            self._asker = None

    def collect(self, topic: Topic) -> list[Row]:
        """Operational facts, from FRR's own JSON and the kernel's."""
        return collect(topic, self._ask)

    @property
    def _ask(self) -> Asker:
        """Who asks for facts: the one that keeps its answers, while several topics are asked together."""
        return self._asker or Asker(self._box)

    def get_interfaces(self) -> dict[str, dict[str, Any]]:
        """NAPALM: the interfaces by name, with what the kernel knows of each."""
        with self.together((Topic.INTERFACES,)):
            found, known = super().get_interfaces(), dict(frr_getters.links(self._ask))
        return {name: {**row, **known[name]} for name, row in found.items()}

    def get_facts(self) -> dict[str, Any]:
        """NAPALM: who the box is; its name is our inventory's."""
        return {**super().get_facts(), **frr_getters.facts(self._ask)}


def _tree(parts: dict[str, str]) -> dict[Path, str]:
    return tree_of(line for part, text in parts.items() for line in FRR.parse(text, part))


def _proxy(command: str, host: str, port: int) -> str:
    """A ProxyCommand as ssh_config(5) writes it: `%h` and `%p` are the box and its port, `%%` is a percent sign."""
    words = {"%h": host, "%p": str(port), "%%": "%"}
    return re.sub("%[hp%]", lambda found: words[found[0]], command)


def _holder() -> str:
    user = os.environ.get("USER") or f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()} (process {os.getpid()})"
