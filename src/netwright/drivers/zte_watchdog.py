"""The dead-man's switch of a ZTE router: a small process of its own that goes back unless it is told not to in time.

ROSng has no confirmed commit. So before a commit this process is started beside the controller, in a session of its
own: it survives the controller's death, not the death of the host, and the plan says so. What it needs it reads from
its standard input (a password never stands in an argument list); what it is doing stands in a file:

    NAME.armed      it waits; the file holds the deadline, the rollback point and its process id
    NAME.cancelled  the change was confirmed or rolled back: it leaves, and the file goes when that is done
    NAME.firing     the time is over, it is going back
    NAME.reverted   it has gone back
    NAME.failed     it could not, and says why

Each step is a rename, so exactly one side wins. A router whose `configure exclusive` is held by a controller that is
alive but late refuses the rollback; then this process tries again until it succeeds or is cancelled.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

Job: TypeAlias = Mapping[str, str | int | float | bool]

_TICK_S = 0.2
_RETRY_S = 2.0
_GIVE_UP_S = 600.0
_PREPARE_S = 10.0


def default_folder() -> Path:
    """Where the files are kept when nobody says where: a folder of the user's own."""
    return Path(tempfile.gettempdir()) / f"netwright-watchdog-{os.getuid()}"


@dataclass(frozen=True, slots=True)
class Watch:
    """The files of one watchdog."""

    folder: Path
    device: str
    token: str  # the apply id

    def path(self, state: str) -> Path:
        """The file of a state."""
        digest = hashlib.sha256(f"{self.device}\n{self.token}".encode()).hexdigest()[:16]
        return self.folder / f"{self.device}-{digest}.{state}"

    def move(self, before: str, after: str) -> bool:
        """Go from one state to the next; False when it was not in `before`."""
        try:
            self.path(before).rename(self.path(after))
        except FileNotFoundError:
            return False
        return True

    def state(self) -> str:
        """What the watchdog is doing, or "" when there is none."""
        states = ("armed", "firing", "reverted", "failed", "cancelled")
        return next((state for state in states if self.path(state).exists()), "")

    def read(self) -> dict[str, str | int | float]:
        """What it knows: deadline, point, pid, apply_id (that the device carried before)."""
        for state in ("armed", "firing", "reverted", "failed", "cancelled"):
            try:
                found: dict[str, str | int | float] = json.loads(self.path(state).read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            return found
        return {}

    def write(self, facts: Mapping[str, str | int | float]) -> None:
        """Put the facts in place, whole."""
        new = self.path("new")
        new.write_text(json.dumps(dict(facts)), encoding="utf-8")
        new.chmod(0o600)
        new.rename(self.path("armed"))

    def cancel(self) -> bool:
        """Call it off. False when it has begun to go back."""
        return self.move("armed", "cancelled")

    def stop(self) -> None:
        """Call it off whatever it is doing: the caller goes back himself."""
        if not self.cancel():
            self.move("firing", "cancelled")
        for state in ("cancelled", "log"):
            self.path(state).unlink(missing_ok=True)


def arm(watch: Watch, facts: Mapping[str, str | int | float], job: Job) -> None:
    """Start the process and wait until it has taken the job; `job` says how to reach the device."""
    watch.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for state in ("cancelled", "reverted", "failed", "firing"):
        watch.path(state).unlink(missing_ok=True)
    watch.write({**facts, "pid": 0})
    with watch.path("log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "netwright.drivers.zte_watchdog"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        process.communicate(json.dumps({**job, "folder": str(watch.folder), "token": watch.token}).encode())
    if process.returncode:
        said = watch.path("log").read_text(encoding="utf-8").strip().splitlines() or ["no reason given"]
        watch.stop()
        message = f"the watchdog did not start: {said[-1]}"
        raise OSError(message)


def extend(watch: Watch, deadline: float) -> bool:
    """Give an armed watchdog a new deadline (seconds since the epoch)."""
    facts = watch.read()
    if watch.state() != "armed":
        return False
    watch.write({**facts, "deadline": deadline})
    if watch.path("firing").exists():  # it was quicker
        watch.path("armed").unlink(missing_ok=True)
        return False
    return True


# ---- the process ----------------------------------------------------------------------------------------------------


def main() -> None:
    """Read the job, detach, wait, and go back if nobody cancelled."""
    job: Job = json.load(sys.stdin)
    watch = Watch(Path(str(job["folder"])), str(job["name"]), str(job["token"]))
    if pid := os.fork():
        watch.write({**watch.read(), "pid": pid})
        os._exit(0)  # the starter gets its answer; what follows is nobody's child
    if _over(watch) and watch.move("armed", "firing"):
        _fire(watch, job)


def _over(watch: Watch) -> bool:
    """Wait. True when the time is over, False when it was cancelled."""
    while watch.path("armed").exists():
        left = float(watch.read().get("deadline", 0)) - time.time()
        if left <= 0:
            return True
        if left < _PREPARE_S:
            import_module("netwright.drivers.zte_points")  # takes a second or two that shall not be lost later
        time.sleep(_TICK_S)
    return False


def _fire(watch: Watch, job: Job) -> None:
    from netwright.drivers.zte_points import go_back  # noqa: PLC0415 - netmiko only when it is needed
    from netwright.drivers.zte_session import ZteSession  # noqa: PLC0415
    from netwright.errors import DeviceError  # noqa: PLC0415

    facts = watch.read()
    give_up = time.monotonic() + _GIVE_UP_S
    while watch.path("firing").exists():
        session = ZteSession(
            str(job["name"]),
            host=str(job["hostname"]),
            port=int(job["port"]),
            username=str(job["username"]),
            password=str(job["password"]),
            timeout=int(job["timeout"]),
            verify=bool(job["hostkey_verify"]),
        )
        try:
            session.open()
            go_back(session, int(facts["point"]), str(facts["apply_id"]))
        except DeviceError as error:
            _say(f"could not go back: {error}")
            if time.monotonic() > give_up:
                watch.move("firing", "failed")
                return
            time.sleep(_RETRY_S)
        else:
            watch.move("firing", "reverted")
            _say("went back")
            return
        finally:
            session.close()


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
