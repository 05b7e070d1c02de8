"""`verify`: ask the devices whether the promises are kept, and keep the proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from time import monotonic, sleep

from netwright.address import within
from netwright.app.evidence import keep_findings
from netwright.app.ground import design_of
from netwright.app.site import Site, check_intents, now, site
from netwright.apply.compare import compare
from netwright.apply.model import Event, Observer, silent
from netwright.services.checks import Check
from netwright.services.profile import waiting
from netwright.verify.collect import collect
from netwright.verify.judge import judge_all
from netwright.verify.model import Configured, Findings, State, Verdict
from netwright.wish import Looked, Wish
from netwright.workspace import Network

CONVERGENCE_S = 20.0
"""How long a verification waits for the control plane before it says that a promise is not kept, seconds.

`data.convergence_s` of the inventory says more where routers are slow, as in a lab.
"""

_PAUSE_S = 0.5
_OPEN = {State.FAILURE, State.ERROR}


def promises(here: Site, checks: Sequence[Check], observe: Observer = silent) -> Findings:
    """Look at every check; what fails is looked at again until the control plane had time to converge."""
    started, patience = monotonic(), patience_s(here.network)
    verdicts = {verdict.check.address: verdict for verdict in _look(here, checks)}
    while _failing(verdicts.values()) and monotonic() - started < patience:
        observe(_progress(verdicts.values()))
        sleep(_PAUSE_S)
        again = [verdict.check for verdict in _failing(verdicts.values())]
        verdicts.update((verdict.check.address, verdict) for verdict in _look(here, again))
    found = tuple(verdicts[check.address] for check in checks)
    skipped = sum(verdict.state is State.SKIPPED for verdict in found)
    observe(replace(_progress(found), message=f"{skipped} skipped" if skipped else ""))
    return Findings(now().isoformat(timespec="seconds"), found, monotonic() - started)


def _progress(verdicts: Collection[Verdict]) -> Event:
    """How many of the checks are passed, of those that somebody can answer."""
    skipped = sum(verdict.state is State.SKIPPED for verdict in verdicts)
    passed = len(verdicts) - len(_failing(verdicts)) - skipped
    return Event("verify", passed, len(verdicts) - skipped or len(verdicts))


def patience_s(network: Network) -> float:
    """How long the slowest router of the network is waited for."""
    said = (host.data.get("convergence_s") for host in network.inventory.hosts.values())
    return max((float(value) for value in said if isinstance(value, int | float)), default=CONVERGENCE_S)


def _failing(verdicts: Iterable[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.state in _OPEN]


def _look(here: Site, checks: Sequence[Check]) -> tuple[Verdict, ...]:
    return judge_all(checks, collect(checks, here.fleet), now().isoformat(timespec="seconds"))


def verify(wish: Wish, addresses: Sequence[str] = (), observe: Observer = silent) -> Looked:
    """Look whether the promises of these intents are kept; no address means all."""
    with site(wish) as here:
        made = design_of(here.network, now())
        checks = [check for check in made.checks if _asked(check, addresses)]
        check_intents(here.network, addresses)
        findings = promises(here, checks, observe)
        configured = _configured(here, {check.device for check in checks})
        folder = keep_findings(here.network, made, findings, configured)
        idle = {
            name: waiting(served.profile)
            for name, served in made.served.items()
            if not served.profile.active and (not addresses or any(within(address, name) for address in addresses))
        }
        return Looked(findings, configured, str(folder), idle)


def _asked(check: Check, addresses: Sequence[str]) -> bool:
    return not addresses or any(within(check.address, address) for address in addresses)


def _configured(here: Site, devices: set[str]) -> tuple[Configured, ...]:
    """Whether each device still runs what we applied to it."""
    known = {name: here.network.applied.device(name).tree for name in sorted(devices)}
    found = []
    for name, read in here.reader.read(known).items():
        ours = known[name]
        runs = {path: value for path, value in (read.value or {}).items() if path in ours}
        found.append(compare(name, runs, ours))
    return tuple(found)
