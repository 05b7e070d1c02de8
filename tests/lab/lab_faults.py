"""Faults in a lab: made by its tests, at a step of an apply or between two, and what has to be so afterwards."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from lab_bench import BACK_S, applied

from netwright import app
from netwright.apply.model import Outcome
from netwright.lab.bench import Bench
from netwright.lab.ground import LabError
from netwright.lab.model import WIRES, Wire
from netwright.lab.running import Lab
from netwright.wish import Wish


def drifts(lab: Lab) -> bool:
    """Whether a plan finds anything to do."""
    return bool(app.plan(Wish(lab.network)).changes)


def ask_for(file: Path, bandwidth: str) -> None:
    """A change to apply: the slice of this file, with another bandwidth."""
    text = file.read_text()
    other = re.sub(r"(?m)^(  bandwidth: )\S+$", rf"\g<1>{bandwidth}", text)
    assert other != text
    file.write_text(other)


@contextmanager
def without(lab: Lab, wire: Wire) -> Iterator[None]:
    """A link cut, for as long as this lasts."""
    with Bench(lab).cut((wire.a, wire.z)):
        yield


@contextmanager
def losing(lab: Lab, wire: Wire, percent: int) -> Iterator[None]:
    """A link that loses packets both ways, for as long as this lasts; the rest is as in `wires_script`."""
    netem = f"delay {wire.delay_us:.0f}us rate {wire.rate_bps}bit limit 20000"

    def each_way(loss: str) -> None:
        lines = (f"tc qdisc replace dev {end} root netem {netem} {loss}" for end in (wire.a, wire.z))
        lab.say(WIRES, ("sh", "-c", "; ".join(lines)))

    try:
        each_way(f"loss {percent}%")
        yield
    finally:
        each_way("")


def daemon_back(lab: Lab, router: str, daemon: str) -> float:
    """Seconds from the kill -9 of a daemon until it answers again: watchfrr starts it, with its configuration."""
    lab.say(router, ("sh", "-c", f"kill -9 $(cat /var/run/frr/{daemon}.pid)"))
    began = monotonic()
    while True:
        try:
            lab.say(router, ("vtysh", "-d", daemon, "-c", "show version"))
            return monotonic() - began
        except LabError:
            assert monotonic() - began < BACK_S, f"watchfrr did not start {daemon} again"
            sleep(2)


def gone_back(lab: Lab, router: str) -> float:
    """Seconds until a router whose timer runs has gone back, to the end of it."""
    began = monotonic()
    while {"pending", "restoring"} & set(lab.say(router, ("ls", "/run/netwright")).split()):
        assert monotonic() - began < BACK_S, "its timer did not take it back"
        sleep(1)
    return monotonic() - began


# ---- while an apply goes on


def await_step(lab: Lab, step: str, going: Callable[[], bool]) -> None:
    """Until the journal of the apply that goes on says that it came to this step."""
    journal = lab.network / "state" / "journal"
    while not any(f'"{step}"' in steps.read_text() for steps in journal.glob("*/steps.jsonl")):
        assert going(), f"it ended before it came to {step}"
        sleep(0.2)


def apply_with(lab: Lab, step: str, fault: Callable[[], object], confirm_s: int) -> Outcome:
    """What an apply comes to that meets a fault at this step."""
    with ThreadPoolExecutor(1) as pool:
        going = pool.submit(app.apply, Wish(lab.network), app.plan(Wish(lab.network)), confirm_s)
        await_step(lab, step, lambda: not going.done())
        fault()
        return going.result().outcome


def controller_killed(lab: Lab, step: str, confirm_s: int) -> None:
    """An apply whose process gets kill -9 at this step."""
    words = [sys.executable, "-m", "netwright", "-C", str(lab.network), "apply", "--yes"]
    words += ["--confirm-timeout", str(confirm_s)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as controller:
        await_step(lab, step, lambda: controller.poll() is None)
        os.kill(controller.pid, signal.SIGKILL)


def next_run(lab: Lab) -> str:
    """What `netwright apply` does after a run that did not end: finish it or take it back, then apply. Which it was."""
    left = app.recover(Wish(lab.network))
    assert left is not None, "the first run left nothing to finish"
    assert left.exit_code == 0, left.sentence
    applied(lab)
    assert not drifts(lab)
    return left.sentence
