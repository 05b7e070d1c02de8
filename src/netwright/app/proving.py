"""`lab test`: the promises proved by packets, on the lab that runs, and the evidence of it.

What a proof changes in the lab it changes through the ordinary verbs: a line grows by a plan as of another instant, and
the removal is a plan of a network without intents.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from netwright.address import within
from netwright.app import applying, laboratory
from netwright.app.evidence import keep_findings
from netwright.app.ground import design_of
from netwright.app.laboratory import Choice
from netwright.app.planning import plan
from netwright.app.site import check_intents, now
from netwright.intents.calendar import bandwidth_profile
from netwright.intents.schema import ElasticLine
from netwright.lab import expected, judging, proof, running
from netwright.lab.bench import Bench
from netwright.lab.ground import LabError
from netwright.lab.hosts import tenants
from netwright.lab.programs.traffic import TCP_BUFFER
from netwright.lab.proof import Host, Scene
from netwright.lab.proving import SAMPLE_S, Prover
from netwright.lab.running import Lab, Tell
from netwright.services.checks import Check
from netwright.services.design import Served
from netwright.services.profile import waiting
from netwright.verify.model import Findings, Verdict
from netwright.wish import Looked, Wish
from netwright.workspace import Network, open_network

BEFORE: Final = "before.json"
"""What every router of the lab said of itself before the first apply."""

CONFIRM_S: Final = 1200
"""How long routers wait for the confirmation of a change that a proof makes: an emulated machine verifies slowly."""

SOLD_WITHIN: Final = 0.03
_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the user chose. `seconds`: of each stream; `cuts`, `steps`, `removal`: the proofs that change the lab.

    Without `rates`: who reaches whom, sizes and ways, which a machine of any speed can show. `sample_s`: the most that
    the sample for a promised ratio of loss may take.
    """

    seconds: float = 10.0
    cuts: bool = False
    steps: bool = False
    removal: bool = False
    rates: bool = True
    sample_s: float = SAMPLE_S


def prove(root: Path, trial: Trial, addresses: Sequence[str], tell: Tell) -> Looked:
    """Prove by packets what these intents promise; no address means all."""
    lab, began = laboratory.the_lab(root), monotonic()
    network = open_network(lab.network)
    check_intents(network, addresses)
    design = design_of(network, now())
    shown = _scene(root, lab, network, addresses)
    bench = Bench(lab)
    found = list(Prover(bench, shown, trial.seconds, tell, trial.sample_s).all(cuts=trial.cuts, rates=trial.rates))
    if trial.steps:
        found += steps(lab, bench, shown, trial.seconds, tell)
    if trial.removal:
        found += removal(lab, bench, tell)
    findings = Findings(now().isoformat(timespec="seconds"), tuple(found), monotonic() - began)
    idle = {name: waiting(one.profile) for name, one in design.served.items() if not one.profile.active}
    return Looked(findings, (), str(keep_findings(network, design, findings, (), lab.running.said)), idle)


def _scene(root: Path, lab: Lab, network: Network, addresses: Sequence[str]) -> Scene:
    """The intents that are applied, and their hosts, which are made anew."""
    drawn = running.drawing(laboratory.wanted(root, Choice()), lab.running.scale)
    constructs = laboratory.constructs_of(network)
    running.attach_hosts(lab, laboratory.wanted(root, Choice()), constructs)
    made = proof.scene(design_of(network, now()), tenants(drawn, constructs), drawn)
    if not addresses:
        return made
    chosen = {name: one for name, one in made.served.items() if any(within(name, one_) for one_ in addresses)}
    return replace(made, served=chosen)


# ---- a line that grows while a TCP session runs


def steps(lab: Lab, bench: Bench, shown: Scene, seconds: float, tell: Tell) -> list[Verdict]:
    """Each elastic line to its largest rate and back, by its own schedule, while one TCP session runs over it.

    A rate is measured for `seconds`, or until the bytes that are under way at its ends are half of what may be missing.
    """
    found: list[Verdict] = []
    for name, served in shown.served.items():
        service = served.profile.service
        if isinstance(service, ElasticLine):
            rates = _instants(service)
            if len(rates) < 2:
                continue  # its schedule never changes it: there is no step to prove
            checks = expected.steps(name, served)
            try:
                found += _steps(lab, bench, shown, name, served, rates, seconds, checks, tell)
            except LabError as error:
                found += [judging.unasked(check, str(error)) for check in checks]
    return found


def _instants(service: ElasticLine) -> dict[int, datetime]:
    """An instant for the smallest and for the largest rate that its schedule gives it: rate -> instant."""
    since = now()
    all_ = {
        rate: window.start + timedelta(seconds=1) for window, rate in bandwidth_profile(service, since, since + _YEAR)
    }
    kept = sorted(rate for rate in all_ if rate)
    return {rate: all_[rate] for rate in kept if rate in {kept[0], kept[-1]}}


def _steps(
    lab: Lab,
    bench: Bench,
    shown: Scene,
    name: str,
    served: Served,
    rates: dict[int, datetime],
    seconds: float,
    checks: Sequence[Check],
    tell: Tell,
) -> list[Verdict]:
    one, target = _line_ends(shown, name)
    six, packet = ":" in one.seat.addresses[0], served.profile.packet_bytes
    (base, at_base), (largest, at_largest) = sorted(rates.items())
    sold = {rate: proof.tcp_payload_bps(rate, packet, six=six) for rate in rates}
    lasts = {rate: max(seconds, 2 * TCP_BUFFER * 8 / (SOLD_WITHIN * payload)) for rate, payload in sold.items()}
    windows, took = [], []
    _change(lab, at_base)
    with bench.session(one.seat, target.seat, 2 * lasts[base] + lasts[largest] + 7200) as talking:
        windows.append(_window(bench, lasts[base]))
        for rate, at in ((largest, at_largest), (base, at_base)):
            tell(f"{name}: to {judging.rate(rate)}")
            began = monotonic()
            _change(lab, at)
            took.append(monotonic() - began)
            tell(f"{name}: it took {took[-1]:.1f} s; its session is measured for {lasts[rate]:.0f} s")
            windows.append(_window(bench, lasts[rate]))
        session = talking.end()
    slow = lab.running.accel == "tcg"
    return [
        *(
            judging.sells(check, session, window, sold[rate], SOLD_WITHIN)
            for check, window, rate in zip(checks[:3], windows, (base, largest, base), strict=True)
        ),
        judging.is_within(checks[3], took[0], expected.CHANGE_S, "plan, apply and verification", emulated=slow),
        judging.is_within(checks[4], took[1], expected.CHANGE_S, "plan, apply and verification", emulated=slow),
        judging.is_unbroken(checks[5], session),
    ]


def _line_ends(shown: Scene, name: str) -> tuple[Host, Host]:
    hosts = shown.of(name)
    if len(hosts) != 2:
        raise LabError(f"{name} has {len(hosts)} hosts, and a line has two ends: netwright lab hosts makes them")
    return hosts[0], hosts[1]


def _window(bench: Bench, seconds: float) -> tuple[float, float]:
    """A while of the lab's own time, begun once TCP had time to find its rate."""
    sleep(5)
    since = bench.clock()
    sleep(seconds)
    return since, bench.clock()


def _change(lab: Lab, at: datetime | None) -> None:
    """The ordinary plan and apply on the lab, as of an instant; verified by the transaction itself.

    A plan of another instant is for reading only, in a network. In a lab the clock is part of what is tried.
    """
    wish = Wish(lab.network, at=at)
    made = plan(wish)
    if made.changes:
        done = applying.apply(wish, replace(made, applicable=True), CONFIRM_S)
        if done.outcome.exit_code:
            raise LabError(f"the change was not made: {done.outcome.sentence}")


# ---- nothing left


def remember(lab: Lab) -> None:
    """Keep what every router says of itself, as long as nothing was applied to this lab."""
    path, network = lab.folder / BEFORE, open_network(lab.network)
    if network.applied.devices or _remembered(path).get("started") == lab.running.started:
        return
    bench = Bench(lab)
    tells = running.side_by_side(sorted(network.topology.nodes), bench.tells)
    path.write_text(json.dumps({"started": lab.running.started, "tells": tells}, indent=1), encoding="utf-8")


def _remembered(path: Path) -> dict[str, object]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def removal(lab: Lab, bench: Bench, tell: Tell) -> list[Verdict]:
    """Withdraw every intent, and compare each router with what it was before the first apply. Nothing is put back."""
    before = _remembered(lab.folder / BEFORE)
    tells = before.get("tells")
    routers = sorted(open_network(lab.network).topology.nodes)
    checks = [expected.removed(lab.running.name, router) for router in routers]
    if before.get("started") != lab.running.started or not isinstance(tells, dict):
        return [
            judging.unasked(check, "nobody looked before the first apply: netwright lab up does") for check in checks
        ]
    tell("every intent is withdrawn")
    try:
        with _no_intents(lab):
            _change(lab, None)
        said = running.side_by_side(routers, bench.tells)
        return [judging.leftovers(check, tells[check.device], said[check.device]) for check in checks]
    except (LabError, KeyError) as error:
        return [judging.unasked(check, str(error)) for check in checks]


@contextmanager
def _no_intents(lab: Lab) -> Iterator[None]:
    """The lab's network, for a while without intents."""
    folder = lab.network / "intents"
    aside = folder.with_name("intents.aside")
    folder.rename(aside)
    folder.mkdir()
    try:
        yield
    finally:
        folder.rmdir()
        aside.rename(folder)
