"""What is proved between whom, and how a prover comes to its verdicts. No lab: the boxes here answer from memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
import yaml

from netwright.app import applying, proving
from netwright.app.ground import design_of
from netwright.app.laboratory import Choice, constructs_of, wanted
from netwright.app.site import now
from netwright.lab import proof, running
from netwright.lab import proving as proving_room
from netwright.lab.bench import Bench
from netwright.lab.facts import Echoes, Flow, Received, Sent
from netwright.lab.folder import Door, baselines, network_files
from netwright.lab.ground import LabError
from netwright.lab.hosts import tenants
from netwright.lab.proof import Scene, Seat
from netwright.lab.proving import FILL_LEAST_S, FLOOD, Congestion, Prover
from netwright.lab.running import Lab
from netwright.verify.model import State, Verdict
from netwright.wish import Wish
from netwright.workspace import open_network

PROOFS = Path(__file__).parent / "proofs"
SCALE = 1000


@pytest.fixture(autouse=True)
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long a prover waited, which nobody does here."""
    found: list[float] = []
    monkeypatch.setattr(proving_room, "sleep", found.append)
    return found


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The proofs' network as its lab has it, never started."""
    made = wanted(PROOFS, Choice(scale=SCALE))
    drawn = running.drawing(made, SCALE)
    folder = tmp_path_factory.mktemp("lab")
    files = network_files(drawn, baselines(drawn, made.fabric, made.templates), Door("nowhere"))
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "intents").symlink_to(PROOFS / "intents")
    network = open_network(folder)
    return proof.scene(design_of(network, now()), tenants(drawn, constructs_of(network)), drawn)


@dataclass(frozen=True)
class Poured:
    """Half a megabyte, and as long as its rate takes for that."""

    rate_bps: float

    def stop(self) -> Sent:
        return Sent(1000, 1000 * 500 * 8 / self.rate_bps, 0, 0, 500)


@dataclass
class FromMemory:
    """A bench whose boxes answer what a test wants. `deaf`: addresses that answer nobody; `leaks`: those of others."""

    scene: Scene
    deaf: frozenset[str] = frozenset()
    leaks: frozenset[str] = frozenset()
    lost: float = 0.0
    detour: bool = False
    broken: bool = False
    weak: bool = False  # a flood that never comes to its rate
    stubborn: bool = False  # what is cut stays the way
    mended: bool = True  # what was cut can be put right
    pours: bool = False
    streams: list[Mapping[str, object]] = field(default_factory=list)
    grown: Counter[str] = field(default_factory=Counter)
    poured: list[tuple[str, str, object]] = field(default_factory=list)
    cuts: list[tuple[str, ...]] = field(default_factory=list)

    def equip(self, boxes: Sequence[str]) -> None:
        assert {"pe1", "pe2", "p1", "p2", "pe1-hosts", "pe2-hosts"} == set(boxes)

    def echoes(self, seat: Seat, rows: Sequence[tuple[str, int, int]]) -> tuple[Echoes, ...]:
        if self.broken:
            raise LabError("there is no box pe1-hosts")
        return tuple(self._echo(seat, *row) for row in rows)

    def _echo(self, seat: Seat, target: str, count: int, size: int) -> Echoes:
        owner = {text: host.intent for host in self.scene.hosts for text in host.seat.addresses}
        own = any(owner[address] == owner[target] for address in seat.addresses)
        answers = (own and target not in self.deaf) or target in self.leaks
        return Echoes(target, size, count, (1000.0,) * count if answers else ())

    def stream(self, source: Seat, target: Seat, ask: Mapping[str, object]) -> Flow:
        if self.broken:
            raise LabError("traffic.py failed")
        self.streams.append(ask)
        control = ask.get("dscp") == 0
        flow = self._flow(ask, 0.5 if control else self.lost, marked=9 if self.pours else 0)
        middle = "p2" if self.detour else "p1"
        self._count((source.box.removesuffix("-hosts"), middle, target.box.removesuffix("-hosts")), flow.sent.sent)
        return flow

    def _flow(self, ask: Mapping[str, object], lost: float, marked: int = 0) -> Flow:
        size, rate, seconds = int(str(ask["size"])), float(str(ask["rate_bps"])), float(str(ask["seconds"]))
        sent = round(rate / 8 / size * seconds)
        gone = round(sent * lost)
        delays = dict.fromkeys(("0", "50", "90", "95", "99", "99.9", "100"), 900.0)
        got = sent - gone
        seen = Received(got, got * size, gone, sent - 1, marked, 0, 0, 0, seconds, 1000.0, delays)
        return Flow(Sent(sent, seconds, 0, 0, size), seen)

    @contextmanager
    def flowing(self, source: Seat, target: Seat, ask: Mapping[str, object]) -> Iterator[FromMemory]:
        self.streams.append(ask)
        yield self

    @contextmanager
    def pouring(self, source: Seat, target: str, ask: Mapping[str, object]) -> Iterator[Poured]:
        self.poured.append((source.box, target, ask["dscp"]))
        self.pours = True
        yield Poured(float(str(ask["rate_bps"])) * (0.5 if self.weak else 1))
        self.pours = False

    def stop(self) -> Flow:
        rate = float(str(self.streams[-2]["rate_bps"])) * (0.5 if self.weak else 1)
        return self._flow({**self.streams[-2], "rate_bps": rate, "seconds": 10.0}, 0.33)

    def end(self) -> Flow:
        return self._flow(self.streams[-1], 0.01)

    @contextmanager
    def cut(self, ends: Sequence[str]) -> Iterator[None]:
        self.cuts.append(tuple(ends))
        self.detour = not self.stubborn
        yield
        self.detour = False
        if not self.mended:
            raise LabError("ip link set w1 up: no such device")

    def counted(self) -> dict[str, int]:
        return {end: self.grown[end] for wire in self.scene.drawn.wires for end in (wire.a, wire.z)}

    def _count(self, way: Sequence[str], packets: int) -> None:
        """Every hop of a way has carried them."""
        for wire in self.scene.drawn.wires:
            link = self.scene.drawn.topology.links[wire.link]
            for end, hop in ((wire.a, (link.a, link.z)), (wire.z, (link.z, link.a))):
                if hop in pairwise(way):
                    self.grown[end] += packets


def prover(bench: FromMemory) -> Prover:
    return Prover(cast("Bench", bench), bench.scene, 10.0, lambda _: None)


def by_thing(verdicts: Sequence[Verdict]) -> dict[str, Verdict]:
    found = {verdict.check.address: verdict for verdict in verdicts}
    assert len(found) == len(verdicts), "each check has one verdict"
    return found


def test_every_member_has_a_seat(scene: Scene) -> None:
    names = [(host.intent, host.name, host.seat.box) for host in scene.hosts]
    assert ("TenantSlice/hospital", "pe1:eth3.210", "pe1-hosts") in names
    assert len(names) == 10
    assert set(scene.routers) == {"p1", "p2", "pe1", "pe2"}


def test_all_pairs_within_and_none_between_that_are_one_tenant(scene: Scene) -> None:
    own = list(proof.within_intents(scene.hosts))
    foreign = list(proof.between_tenants(scene.hosts))
    assert len(own) == 2 * (2 + 2 + 1 + 1 + 1)  # two slices with IPv4 and IPv6, three lines with IPv4
    assert all(pair.one.intent == pair.other.intent for pair in own)
    assert all(pair.one.tenant != pair.other.tenant for pair in foreign)
    assert not [
        pair for pair in foreign if {pair.one.intent, pair.other.intent} <= {"TenantSlice/shop", "ElasticLine/branch"}
    ]
    assert {(p.one.intent, p.other.intent) for p in foreign} >= {("TenantSlice/hospital", "TenantSlice/shop")}


def test_an_address_that_the_own_intent_has_too_is_not_asked_for(scene: Scene) -> None:
    one, other = scene.of("TenantSlice/hospital")[0], scene.of("TenantSlice/shop")[0]
    twin = proof.Host(other.intent, other.tenant, other.node, Seat("x", "y", one.seat.addresses), other.mtu)
    assert not list(proof.between_tenants((one, twin)))


def test_all_is_well(scene: Scene) -> None:
    bench = FromMemory(scene)
    found = by_thing(prover(bench).all(cuts=False))
    assert {name: one for name, one in found.items() if one.state is not State.SUCCESS} == {}
    things = {name.split("/packets/")[1].split(":")[0] for name in found}
    assert things == {"reach", "apart", "size", "share", "loss", "goodput", "ecn", "control", "path", "delay"}
    assert all(one.at for one in found.values())


def test_without_rates_nothing_wants_the_machine_to_reach_one(scene: Scene) -> None:
    bench = FromMemory(scene)
    found = by_thing(prover(bench).all(cuts=False, rates=False))
    assert {name.split("/packets/")[1].split(":")[0] for name in found} == {"reach", "apart", "size", "path"}
    assert [ask for ask in bench.streams if ask.get("port")] == []


def test_a_flood_is_half_as_much_again_and_the_congestion_fills_the_line(scene: Scene) -> None:
    bench = FromMemory(scene)
    prover(bench).all(cuts=False)
    floods = [ask["rate_bps"] for ask in bench.streams if ask.get("port")]
    assert floods == [15_000_000, 15_000_000, 150_000_000, 95_000_000, 95_000_000]
    look_alike = [ask for ask in bench.streams if ask.get("ecn")]
    assert [(ask["rate_bps"], ask["size"], ask["dscp"]) for ask in look_alike] == [
        (10_000_000, 4200, 26),
        (10_000_000, 4200, 0),  # the control
        (10_000_000, 4200, 26),
    ]


@pytest.mark.parametrize(("most_s", "lasts_s"), [(60.0, 10.37), (10.0, 2.0)])
def test_the_stream_is_as_long_as_the_promised_ratio_takes(scene: Scene, most_s: float, lasts_s: float) -> None:
    """1e-3 takes 2996 packets of 4200 B, at 10 Mbit/s ten seconds; its control and the marks are as short as others."""
    bench = FromMemory(scene)
    short = Prover(cast("Bench", bench), scene, 2.0, lambda _: None, most_s)
    (loss,) = (one for one in short.lossless() if "loss:" in one.check.address)
    assert loss.state is (State.SUCCESS if lasts_s > 10 else State.SKIPPED)
    seconds = [float(str(ask["seconds"])) for ask in bench.streams if ask.get("ecn")]
    assert seconds == [pytest.approx(lasts_s, abs=0.01), 2.0, 2.0]


def test_the_queue_of_a_class_is_filled_from_its_ingress_router(scene: Scene) -> None:
    """Into the same tunnel: a class that has a slice of its own is found by its outer destination, not by its mark."""
    bench = FromMemory(scene)
    found = by_thing(tuple(prover(bench).lossless()))
    (tunnel,) = (
        one for (intent, node), one in scene.outer.items() if (intent, node) == ("LosslessRdmaPath/train", "pe1")
    )
    assert bench.poured == [("pe1", tunnel, 26)]
    assert [one.state for name, one in found.items() if "ecn:" in name] == [State.SUCCESS]


def test_a_queue_that_was_not_filled_shows_nothing(scene: Scene) -> None:
    found = by_thing(tuple(prover(FromMemory(scene, weak=True)).lossless()))
    assert [one.state for name, one in found.items() if "ecn:" in name] == [State.ERROR]


@pytest.mark.parametrize(("stubborn", "state"), [(False, State.SUCCESS), (True, State.FAILURE)])
def test_while_a_link_is_cut_its_protection_path_carries_the_service(
    scene: Scene, state: State, *, stubborn: bool
) -> None:
    """The first link of the way is cut for both; who asked for no protection path is told how he fared, no more."""
    bench = FromMemory(scene, stubborn=stubborn)
    found = {
        name.split("/", 1)[1].replace("/packets", ""): one.state
        for name, one in by_thing(tuple(prover(bench).cuts())).items()
    }
    assert found == {
        "robot/pe1/cut:pe1-p1": State.SUCCESS,
        "robot/pe1/standby:pe1-p1": state,
        "train/pe1/cut:pe1-p1": State.SKIPPED,
    }
    first = next(wire for wire in scene.drawn.wires if wire.link == "pe1-p1")
    assert bench.cuts == [(first.a, first.z)] * 2


def test_a_cut_that_comes_when_the_stream_is_over_shows_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count(0.0, 16.0)  # 20 s of stream
    monkeypatch.setattr(proving_room, "monotonic", lambda: next(clock))
    found = by_thing(tuple(prover(FromMemory(scene)).cuts()))
    assert {one.state for name, one in found.items() if "cut:" in name} == {State.ERROR}
    assert [one.state for name, one in found.items() if "standby:" in name] == [State.SUCCESS]


def test_what_was_seen_while_a_link_was_cut_is_told_when_it_does_not_come_back(scene: Scene) -> None:
    said: list[str] = []
    lost = Prover(cast("Bench", FromMemory(scene, mended=False)), scene, 10.0, said.append)
    found = by_thing(tuple(lost.cuts()))
    assert found["DeterministicService/robot/pe1/packets/cut:pe1-p1"].state is State.SUCCESS
    assert any("ip link set" in line for line in said)


def test_a_member_that_does_not_answer_is_named(scene: Scene) -> None:
    found = by_thing(tuple(prover(FromMemory(scene, deaf=frozenset({"10.22.0.2"}))).reachability()))
    wrong = {name for name, one in found.items() if one.state is State.FAILURE}
    assert wrong == {f"TenantSlice/hospital/pe1/packets/{what}:eth3.210:10.22.0.2" for what in ("reach", "size")}


def test_a_tenant_that_answers_another_is_a_failure(scene: Scene) -> None:
    found = tuple(prover(FromMemory(scene, leaks=frozenset({"10.24.0.2"}))).reachability())
    wrong = [one for one in found if one.state is State.FAILURE]
    assert wrong
    assert all(one.check.negative and "10.24.0.2" in one.check.address for one in wrong)


def test_a_lost_part_breaks_share_goodput_and_loss(scene: Scene) -> None:
    found = by_thing(prover(FromMemory(scene, lost=0.06)).all(cuts=False))
    wrong = {name.split("/packets/")[1].split(":")[0] for name, one in found.items() if one.state is State.FAILURE}
    assert wrong == {"share", "goodput", "loss"}


def test_a_delay_beside_no_load_is_no_delay_under_load(scene: Scene) -> None:
    found = by_thing(tuple(prover(FromMemory(scene, weak=True)).delays()))
    assert {one.state for name, one in found.items() if "delay:" in name} == {State.ERROR}


def test_another_way_than_the_computed_one_is_a_failure(scene: Scene) -> None:
    found = by_thing(tuple(prover(FromMemory(scene, detour=True)).ways()))
    assert {one.state for name, one in found.items() if "path:" in name} == {State.FAILURE}


def test_what_could_not_be_measured_is_an_error_for_each_check(scene: Scene) -> None:
    whole, broken = (by_thing(prover(FromMemory(scene, broken=b)).all(cuts=False)) for b in (False, True))
    assert set(broken) == set(whole)
    assert {one.state for one in broken.values()} == {State.ERROR}


def test_a_change_as_of_another_instant_is_applied_in_a_lab(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A network refuses such a plan (`read-only-plan`); a lab's clock is part of what is tried."""

    @dataclass(frozen=True)
    class Made:
        changes: bool = True
        applicable: bool = False

    asked: list[tuple[Wish, Made, int]] = []

    def apply(wish: Wish, made: Made, confirm_timeout_s: int) -> SimpleNamespace:
        asked.append((wish, made, confirm_timeout_s))
        return SimpleNamespace(outcome=SimpleNamespace(exit_code=0))

    monkeypatch.setattr(proving, "plan", lambda _: Made())
    monkeypatch.setattr(applying, "apply", apply)
    at = datetime(2026, 12, 1, 22, 0, 1, tzinfo=UTC)
    proving._change(cast("Lab", SimpleNamespace(network=tmp_path)), at)
    assert asked == [(Wish(tmp_path, at=at), Made(applicable=True), proving.CONFIRM_S)]


def test_the_door_of_a_lab_is_found_from_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROOFS.parent)
    assert wanted(Path("proofs"), Choice()).folder == PROOFS / "state" / "lab"


def test_the_network_of_the_proofs_is_a_network() -> None:
    kinds = [
        one["kind"] for file in (PROOFS / "intents").glob("*.yaml") for one in yaml.safe_load_all(file.read_text())
    ]
    assert set(kinds) == {"Fabric", "TenantSlice", "LosslessRdmaPath", "ElasticLine", "DeterministicService"}


def test_congestion_begins_when_the_queue_of_best_effort_is_full(slept: list[float]) -> None:
    """Sixteen packets of 9216 B, or two milliseconds, by what 150 % of the line is above it; and ten seconds."""
    idle = SimpleNamespace(flowing=lambda *_: nullcontext())
    seat = Seat("p1", "", ("fd00::1",))
    for line in (5_000_000, 100_000, 10_000_000_000):
        with Congestion(cast("Bench", idle), seat, seat, round(line * FLOOD), 4200):
            pass
    assert slept == [pytest.approx(FILL_LEAST_S + more, abs=1e-4) for more in (0.4719, 23.593, 0.004)]
