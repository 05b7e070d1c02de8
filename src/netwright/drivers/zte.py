"""ZTE routers with ROSng, on the command line: manual commits, `configure exclusive`, rollback points.

ROSng has no validate, no confirmed commit and no label on a commit. What stands in for them: the candidate is read back
and must be what was typed; a watchdog process goes back unless the change is confirmed (`zte_watchdog`); the comment of
a commit carries the apply id. Rollback points are off by default, so a device is *taken in* first. What a commit does
with its other lines when one fails is not documented: afterwards the running configuration is read and compared.
"""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from netwright.drivers.base import Driver, Row, SwitchKind, Topic, loaded
from netwright.drivers.model import SWITCHES
from netwright.drivers.zte_points import LONG_S, MARK, apply_id, go_back, mark, points
from netwright.drivers.zte_session import UnknownShape, ZteSession, error_in
from netwright.drivers.zte_state import collect
from netwright.drivers.zte_watchdog import Watch, arm, default_folder, extend
from netwright.errors import CandidateDirty, DeviceError, DeviceLocked, DeviceRefused, DeviceUnreachable, RollbackFailed

_LONGEST_COMMENT = 64
_PENDING = frozenset({"armed", "firing", "cancelled"})  # of the watchdog; it is forgotten when all is done


class ZteDriver(Driver):
    """The door to one ZTE router.

    Options: `port`, `name`, `hostkey_verify` (default true), `discard_candidate` (default false), `watchdog_dir`
    (where the dead-man's switch keeps its files; it must outlive the controller).
    """

    platform: ClassVar[str] = "zte"
    switch: ClassVar[SwitchKind] = SWITCHES["zte"]

    def _set_up(self) -> None:
        self._folder = Path(self.options.get("watchdog_dir") or default_folder()).absolute()
        self._session: ZteSession = ZteSession(
            self.name,
            host=self.hostname,
            port=self.port,
            username=self.username,
            password=self.password,
            timeout=self.timeout,
            verify=self.verify,
        )
        self._typed: list[str] = []  # what the candidate should hold
        self._point = 0  # the rollback point from before the change
        self._before_id = ""  # the apply id from before the change
        self._snapshot = ""  # the running configuration from before the change
        self._watch: Watch | None = None
        self._astray = False  # a commit failed and left something behind

    # ---- lock ----

    def lock(self) -> None:
        """Take `configure exclusive`: others may still type, but not commit. A dirty candidate is refused."""
        output = self._session.ask("configure exclusive")
        if error := error_in(output):
            raise self._held(error)
        try:
            self._session.configure()
            if self._candidate():
                self._discard_or_refuse()
            self._session.leave()
        except DeviceError:
            self.unlock()
            raise

    def _held(self, error: str) -> DeviceError:
        if holders := self._session.table("show configure exclusive"):
            return DeviceLocked(self.name, f"{holders[0]['USER']} from {holders[0]['LOCATION']}")
        if locks := self._session.table("show lock configuration"):
            return DeviceLocked(self.name, f"{locks[0]['USER']} (every terminal)", locks[0]["TIME"])
        return DeviceRefused(self.name, error, "configure exclusive")

    def _discard_or_refuse(self) -> None:
        if not self.options.get("discard_candidate"):
            raise CandidateDirty(self.name, "the candidate holds lines that somebody else has not committed")
        self._session.must("discard configuration candidate")

    def unlock(self) -> None:
        """Give `configure exclusive` back; one that is gone is no error."""
        with suppress(DeviceUnreachable):
            self._session.leave()
            self._session.ask("no configure exclusive")

    # ---- taking in ----

    def is_taken_in(self) -> bool:
        """Whether there is a rollback point to go back to."""
        return bool(points(self._session))

    def take_in(self) -> None:
        """Enable rollback points and make the first, a commit that types the hostname again, where there is none."""
        if self.is_taken_in():
            return
        self._session.must("rollback-configuration enable")
        mark(self._session, "")
        if not self.is_taken_in():
            raise DeviceRefused(self.name, "made no rollback point although they are enabled", "commit")
        self._session.must("write")

    # ---- candidate ----

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Type one transaction's lines. DeviceRefused at the first that is not taken; then nothing stays typed."""
        self._remember()
        self._session.configure()
        self._typed = []
        for line in loaded(filename, config).splitlines():
            if not line.strip():
                continue
            try:
                self._session.must(line)
            except DeviceRefused:
                self.discard_config()
                raise
            if line.strip() != "$":
                self._typed.append(line.strip())

    def _remember(self) -> None:
        """Note what a rollback has to restore; only once for all transactions of a change."""
        if self.has_pending_commit():
            return
        found = points(self._session)
        if not found:
            reason = "rollback points are off or there is none: the device has to be taken in first"
            raise DeviceRefused(self.name, reason, "show configuration commit list")
        self._point = int(found[0]["COMMIT_ID"])
        self._before_id = apply_id(found)
        self._snapshot = self._running()

    def _candidate(self) -> list[str]:
        said = self._session.must("show configuration candidate")
        return [line.strip() for line in said.splitlines() if line.strip()]

    def compare_config(self) -> str:
        """The lines that wait to be committed, as the router has them."""
        return "\n".join(self._candidate())

    def validate(self) -> None:
        """Compare the candidate with what was typed. The router has no validate: meaning is judged at the commit."""
        have = [line for line in self._candidate() if line != "$"]
        if have != self._typed:
            odd = next((line for line in (*self._typed, *have) if line not in have or line not in self._typed), "")
            raise DeviceRefused(self.name, "the candidate is not what was typed", odd)

    def discard_config(self) -> None:
        """Drop what was typed."""
        self._typed = []
        if self._session.configuring:
            self._session.must("discard configuration candidate")
        self._session.leave()

    # ---- commit ----

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Commit with the apply id `message` as comment. With `revert_in` (seconds) the watchdog is armed before.

        A second commit while the first waits belongs to it: one confirmation keeps both, one rollback undoes both.
        """
        comment = f"{MARK}{message}"
        if len(comment) > _LONGEST_COMMENT:
            raise DeviceRefused(
                self.name, f"a comment takes {_LONGEST_COMMENT} characters", f"commit comment {comment}"
            )
        if not self._typed:
            self._session.leave()
            return  # nothing to commit is no commit, and leaves no rollback point
        fresh = not self.has_pending_commit()
        if revert_in is not None:
            self._arm(message, revert_in)
        try:
            self._commit(comment)
        except DeviceRefused:
            self._after_failure(fresh=fresh)
            raise
        self._typed = []
        self._session.leave()
        self._check_point(comment)
        if revert_in is None:
            self._settle()

    def _arm(self, token: str, seconds: int) -> None:
        deadline = time.time() + seconds
        if self._watch is not None and extend(self._watch, deadline):
            return
        self._watch = Watch(self._folder, self.name, token)
        facts: dict[str, str | int | float] = {
            "deadline": deadline,
            "point": self._point,
            "apply_id": self._before_id,
        }
        job: dict[str, str | int | float | bool] = {
            "hostname": self.hostname,
            "port": self.port,
            "username": self.username,
            "password": self.password,
            "timeout": self.timeout,
            "name": self.name,
            "hostkey_verify": self.verify,
        }
        try:
            arm(self._watch, facts, job)
        except OSError as error:
            self._watch = None
            raise DeviceRefused(self.name, f"the dead-man's switch cannot be armed: {error}") from error

    def _commit(self, comment: str) -> None:
        output = self._session.ask(f"commit comment {comment}", timeout=LONG_S)
        if error := error_in(output):
            raise DeviceRefused(self.name, error, self._failed_line())

    def _failed_line(self) -> str:
        said = self._session.ask("show commit-failed").splitlines()
        return next((line.strip() for line in said if line.strip() and not line.lstrip().startswith("%")), "")

    def _after_failure(self, *, fresh: bool) -> None:
        """A failed commit may have left a part behind: then the caller has to go back, else nothing waits any more."""
        self.discard_config()
        self._astray = self._running() != self._snapshot
        if fresh and not self._astray:
            self._forget()

    def _check_point(self, comment: str) -> None:
        found = points(self._session)
        if not found or found[0]["COMMENT"] != comment:
            raise DeviceRefused(self.name, "the commit left no rollback point of its own", f"commit comment {comment}")

    def has_pending_commit(self) -> bool:
        """Whether a commit of ours waits to be confirmed or saved, or one that failed has to be taken back."""
        return self._astray or (self._watch is not None and self._watch.state() in _PENDING)

    def confirm_commit(self) -> None:
        """Keep what was committed: call the watchdog off and save. DeviceRefused when it has begun to go back."""
        watch = self._watch
        if watch is None:
            raise DeviceRefused(self.name, "no commit waits to be confirmed")
        if not watch.cancel() and watch.state() != "cancelled":
            raise DeviceRefused(self.name, f"the time to confirm is over: the watchdog is {watch.state() or 'gone'}")
        self._settle()

    def _settle(self) -> None:
        """Make the running configuration the one that the router boots with."""
        self._session.must("write", timeout=LONG_S)
        self._forget()  # and not before: who is killed here finds the commit still to be saved

    def _forget(self) -> None:
        """Nothing waits any more: no watchdog may go back later."""
        if self._watch is not None:
            self._watch.stop()
        self._watch, self._astray = None, False

    def reattach(self, token: str) -> None:
        """Take over the commit that an earlier session made with the apply id `token`, if it still waits."""
        watch = Watch(self._folder, self.name, token)
        facts = watch.read()
        if facts:
            self._watch = watch
            self._point, self._before_id = int(facts["point"]), str(facts["apply_id"])

    # ---- going back ----

    def rollback(self) -> None:
        """Go back to what ran before the change. Read back afterwards: the router's word is not enough."""
        if not self._point:
            raise RollbackFailed(self.name, "no rollback point from before the change is known")
        go_back(self._session, self._point, self._before_id)
        self._forget()  # and not before: when this session is lost on the way back, the watchdog is needed

    # ---- reading ----

    def apply_id(self) -> str:
        """The apply id in the newest comment of ours."""
        return apply_id(points(self._session))

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,  # noqa: ARG002, FBT001, FBT002 - NAPALM's signature
        sanitized: bool = False,  # noqa: ARG002, FBT001, FBT002
        format: str = "text",  # noqa: A002, ARG002
    ) -> dict[str, str]:
        """The running configuration; `candidate` are the lines typed so far. What it boots with cannot be shown."""
        running = self._running() if retrieve in ("all", "running") else ""
        typing = retrieve in ("all", "candidate") and self._session.configuring
        return {"running": running, "candidate": self.compare_config() if typing else "", "startup": ""}

    def _running(self) -> str:
        text = self._session.must("show running-config", timeout=max(60, self.timeout))
        start = text.find("!<")
        return text[max(start, 0) :]

    def collect(self, topic: Topic) -> list[Row]:
        """Operational facts from show commands; `NotReported` where none is public."""
        try:
            return collect(topic, self._session.must)
        except UnknownShape as error:
            raise DeviceError(self.name, f"answered about {topic} in an unknown shape: {error}") from error
