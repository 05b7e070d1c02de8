"""Things that go wrong on purpose: read from `emulate --fault DEVICE:KIND[@STEP]`, asked for at every step.

A device calls `await sabotage.before(step)` when a message asks for a step, `dies_after(step)` when it has answered,
and `lies()` and `partial()` when it is told to go back. `refuse`, `drop` and `die-before-confirm` happen once, so the
next try succeeds; the others hold as long as the device is up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence

from netwright.emulator.device import Fault, FaultKind
from netwright.errors import NetwrightError

STEPS = ("lock", "snapshot", "stage", "validate", "commit", "verify", "confirm", "rollback")
LOSS = "0.001"
"""The ratio of packets that a device with the fault `loss` loses when the fault does not say."""
JITTER = "1000"
"""By how many microseconds a device with the fault `jitter` delays some packets more, when the fault does not say."""
SLOW_S = 2.0
"""How late a slow device answers each step, in seconds."""

_DEFAULT_STEP = {
    FaultKind.REFUSE: "stage",
    FaultKind.DROP: "commit",
    FaultKind.DIE_BEFORE_CONFIRM: "commit",
    FaultKind.LIE: "rollback",
    FaultKind.PARTIAL_ROLLBACK: "rollback",
    FaultKind.LOSS: LOSS,
    FaultKind.JITTER: JITTER,
}
_ONLY_ROLLBACK = frozenset({FaultKind.LIE, FaultKind.PARTIAL_ROLLBACK})
_ONCE = frozenset({FaultKind.REFUSE, FaultKind.DROP, FaultKind.DIE_BEFORE_CONFIRM})


class BadFault(NetwrightError):
    """A `--fault` text makes no sense."""

    exit_code = 64


class Dropped(Exception):
    """The session is to be cut now."""


class Sabotaged(Exception):
    """The step is to be refused, in the protocol's own words."""


class Sabotage:
    """The faults of one device."""

    def __init__(self, faults: Iterable[Fault], slow_s: float = SLOW_S) -> None:
        self._faults = [Fault(fault.kind, fault.step or _DEFAULT_STEP.get(fault.kind, "")) for fault in faults]
        self._slow_s = slow_s

    async def before(self, step: str) -> None:
        """Do what is to happen when `step` is asked for: wait, never return, Dropped, or Sabotaged."""
        if self._has(FaultKind.DEAD, step):
            await asyncio.Event().wait()
        if self._has(FaultKind.SLOW, step):
            await asyncio.sleep(self._slow_s)
        if self._has(FaultKind.DROP, step):
            raise Dropped
        if self._has(FaultKind.REFUSE, step):
            raise Sabotaged(f"refused on purpose at {step}")

    def dies_after(self, step: str) -> bool:
        """Whether the device is to vanish now that `step` is answered."""
        return self._has(FaultKind.DIE_BEFORE_CONFIRM, step)

    def dead(self) -> bool:
        """Whether the device never answers at all."""
        return any(fault.kind is FaultKind.DEAD and not fault.step for fault in self._faults)

    def reports_all(self) -> bool:
        """Whether every default is reported as if it had been set."""
        return self._has(FaultKind.REPORT_ALL, "")

    def lies(self) -> bool:
        """Whether a rollback is to be answered with ok and not done."""
        return self._has(FaultKind.LIE, "rollback")

    def partial(self) -> bool:
        """Whether a rollback is to restore only a part."""
        return self._has(FaultKind.PARTIAL_ROLLBACK, "rollback")

    def _has(self, kind: FaultKind, step: str) -> bool:
        for fault in self._faults:
            if fault.kind is kind and fault.step in ("", step):
                if kind in _ONCE:
                    self._faults.remove(fault)
                return True
        return False


def parse_fault(text: str, devices: Collection[str]) -> tuple[str, Fault]:
    """Read `DEVICE:KIND[@STEP]`; BadFault says what is wrong and what there is."""
    device, colon, rest = text.partition(":")
    kind, _, step = rest.partition("@")
    if not colon or not device or not kind:
        raise BadFault(f"fault {text!r} is not DEVICE:KIND[@STEP]")
    if device not in devices:
        raise BadFault(f"fault {text!r}: no device {device!r} in this network")
    if kind not in tuple(FaultKind):
        raise BadFault(f"fault {text!r}: no kind {kind!r}; there are {', '.join(FaultKind)}")
    if FaultKind(kind) is FaultKind.LOSS:
        return device, Fault(FaultKind.LOSS, _ratio(text, step))
    if FaultKind(kind) is FaultKind.JITTER:
        return device, Fault(FaultKind.JITTER, _microseconds(text, step))
    if step and (step not in STEPS or FaultKind(kind) is FaultKind.REPORT_ALL):
        raise BadFault(f"fault {text!r}: no step {step!r}; there are {', '.join(STEPS)}")
    if FaultKind(kind) in _ONLY_ROLLBACK and step not in ("", "rollback"):
        raise BadFault(f"fault {text!r}: {kind} happens at a rollback only")
    return device, Fault(FaultKind(kind), step)


def _ratio(fault: str, text: str) -> str:
    """The ratio of packets in `loss@RATIO`, as it was written."""
    try:
        ratio = float(text or LOSS)
    except ValueError:
        ratio = 0
    if not 0 < ratio < 1:
        raise BadFault(f"fault {fault!r}: a ratio of lost packets is between 0 and 1, such as {LOSS}")
    return text or LOSS


def _microseconds(fault: str, text: str) -> str:
    """The microseconds in `jitter@MICROSECONDS`, as they were written."""
    if text and (not text.isascii() or not text.isdecimal() or not int(text)):
        raise BadFault(f"fault {fault!r}: jitter is a number of microseconds above 0, such as {JITTER}")
    return text or JITTER


def jitter_us(faults: Iterable[Fault]) -> float:
    """By how many microseconds a device delays some packets more than others; 0 without the fault `jitter`."""
    return max((float(fault.step or JITTER) for fault in faults if fault.kind is FaultKind.JITTER), default=0.0)


def lost_ratio(faults: Iterable[Fault]) -> float:
    """The ratio of the packets passing a device that it loses; 0 without the fault `loss`."""
    return max((float(fault.step or LOSS) for fault in faults if fault.kind is FaultKind.LOSS), default=0.0)


def parse_faults(texts: Sequence[str], devices: Collection[str]) -> dict[str, list[Fault]]:
    """All faults of a command line, by device."""
    found: dict[str, list[Fault]] = {}
    for text in texts:
        device, fault = parse_fault(text, devices)
        found.setdefault(device, []).append(fault)
    return found
