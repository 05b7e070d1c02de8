"""plan, apply, verify, rollback, explain: what they ask the house for, what they show, how they exit."""

import dataclasses
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from netwright.alloc.ledger import Ledger
from netwright.apply.journal import open_journal
from netwright.apply.model import DeviceResult, DeviceState, Event, Observer, Outcome
from netwright.cli import run
from netwright.diagnostics import Diagnostic, Severity
from netwright.drift.adopt import Adoption
from netwright.drift.classify import Drifted, Kind
from netwright.drift.numbers import Recovered
from netwright.errors import LockHeld, Refused
from netwright.plan.model import Plan
from netwright.plan.record import Applied, DeviceRecord, Owned
from netwright.plan.spoken import View
from netwright.platforms.base import Provenance, Status
from netwright.services.checks import Check, Rung
from netwright.verify.model import Configured, Findings, State, Verdict
from netwright.wish import Done, Explanation, Looked, Reason, Wish

APPLIED = Outcome(
    "a1", 0, "applied plan 9f3c2a41", {"gw1": DeviceResult("gw1", DeviceState.CHANGED)}, None, 1.0, "9f3c"
)
CHECK = Check("A/b/gw1/x", "A/b", "gw1", Rung.PATH, "path is the planned one", "routes", {}, {})


class House:
    """The house as the tests want it; remembers what it was asked for."""

    def __init__(self, plan: Plan) -> None:
        self.made = plan
        self.asked: list[tuple[str, object]] = []
        self.outcome = APPLIED
        self.left: Outcome | None = None
        self.looked = Looked(Findings("now", (Verdict(CHECK, State.SUCCESS, "ok"),)))
        self.drifted: tuple[Drifted, ...] = ()
        self.read = Recovered(Ledger(), {}, {}, ())
        self.error: Exception | None = None

    def plan(self, wish: Wish, observe: Observer) -> Plan:
        self.asked.append(("plan", wish))
        if self.error:
            raise self.error
        return self.made

    def texts(self, plan: Plan, devices: Sequence[str]) -> Mapping[str, tuple[str, str]]:
        return dict.fromkeys(devices, ("old", "new"))

    def spoken(self, wish: Wish, plan: Plan, devices: Sequence[str]) -> Mapping[str, Sequence[View]]:
        self.asked.append(("spoken", tuple(devices)))
        return {}

    def write_plan(self, plan: Plan, folder: Path) -> None:
        self.asked.append(("write", folder))

    def check_reviewed(self, plan: Plan, folder: Path) -> None:
        self.asked.append(("reviewed", folder))
        raise Refused([Diagnostic(Severity.ERROR, "stale-plan", "gw1", "is sent something else than was reviewed")])

    def recover(self, wish: Wish, observe: Observer) -> Outcome | None:
        return self.left

    def apply(self, wish: Wish, plan: Plan, confirm_timeout_s: int, observe: Observer) -> Done:
        self.asked.append(("apply", confirm_timeout_s))
        observe(Event("commit", 2, 2))
        return Done(self.outcome, "state/evidence/a1/index.html")

    def plan_back(self, wish: Wish, to: str, observe: Observer) -> Plan:
        self.asked.append(("back", to))
        return self.made

    def verify(self, wish: Wish, addresses: Sequence[str], observe: Observer) -> Looked:
        self.asked.append(("verify", addresses))
        return self.looked

    def drift(self, wish: Wish, devices: Sequence[str], observe: Observer) -> Sequence[Drifted]:
        self.asked.append(("drift", devices))
        return self.drifted

    def adopt(self, wish: Wish, observe: Observer) -> Adoption:
        record = DeviceRecord("a1", {("vrf a",): Owned("vrf a", frozenset({"A/b"}))})
        return Adoption(Applied("a1", devices={"gw1": record}), self.read, ("A/b/gw1/vrf/table",))

    def explain(self, wish: Wish, device: str, line: str) -> Sequence[Explanation]:
        reasons = (Reason("spec.traffic.bandwidth: 100G", "intents/a.yaml:9"), Reason("slice id 17 (ledger)"))
        provenance = Provenance(Status.VALIDATED, "huawei-net-slice@2022-06-18")
        one = Explanation(
            device, "flex-channel 101905", "A/b", reasons, "templates/h/x.xml.j2:12", provenance, ("A/c",)
        )
        return (one,) if line in one.line else ()


@pytest.fixture
def house(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> House:
    made = House(plan)
    monkeypatch.setitem(sys.modules, "netwright.app", made)  # type: ignore[arg-type]
    return made


def test_plan_says_by_its_exit_code_whether_there_is_a_difference(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan"]) == 2
    captured = capsys.readouterr()
    assert captured.out.splitlines()[-1].startswith("next: netwright apply --plan 9f3c2a41")
    assert "warning[state-old]" in captured.err
    house.made = dataclasses.replace(house.made, devices={})
    assert run(["plan"]) == 0


def test_a_wish_carries_what_was_asked(house: House, tmp_path: Path) -> None:
    run(
        ["-C", str(tmp_path), "plan", "--offline", "--at", "2026-12-01T22:00+08:00", "--emulated", "--allow-unverified"]
    )
    (_, wish) = house.asked[0]
    assert isinstance(wish, Wish)
    assert (wish.network, wish.offline, wish.emulated, wish.allow_unverified) == (tmp_path, True, True, True)
    assert wish.at is not None
    assert wish.at.isoformat() == "2026-12-01T22:00:00+08:00"


@pytest.mark.parametrize("moment", ["tomorrow", "2026-12-01T22:00"])
def test_a_moment_needs_its_offset(moment: str, house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--at", moment]) == 64
    assert "+08:00" in capsys.readouterr().err
    assert house.asked == []


@pytest.mark.parametrize(
    ("form", "begins"),
    [("text", "~ ElasticLine"), ("diff", "--- gw1"), ("markdown", "## 3 intents"), ("cli", "# gw1"), ("json", "{")],
)
def test_each_format_is_what_it_says(form: str, begins: str, house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--format", form]) == 2
    assert capsys.readouterr().out.startswith(begins)


def test_a_device_that_is_not_there_is_refused(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "gw1", "gw9"]) == 1
    said = capsys.readouterr().err
    assert "error[unknown-node] gw9 is no device of this network" in said
    assert "did you mean `gw1`?" in said


def test_apply_without_a_terminal_needs_consent(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply"]) == 1
    assert "--yes" in capsys.readouterr().err
    assert [name for name, _ in house.asked] == ["plan"]


def test_apply_shows_stages_outcome_and_evidence(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--yes", "--confirm-timeout", "60"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == [
        "committed    2/2",
        "applied plan 9f3c2a41 in 1.0 s.  evidence: state/evidence/a1/index.html",
    ]
    assert house.asked[-1] == ("apply", 60)


def test_with_json_apply_is_one_document(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["apply", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["devices"]["gw1"]["state"] == "changed"


@pytest.mark.parametrize(("named", "code"), [("9f3c", 0), ("abcd", 1)])
def test_only_the_plan_that_was_named_is_applied(named: str, code: int, house: House) -> None:
    assert run(["apply", "--plan", named, "--yes"]) == code
    assert ("apply" in dict(house.asked)) == (code == 0)


def test_a_folder_is_held_against_what_would_be_sent(house: House, tmp_path: Path) -> None:
    assert run(["apply", "--plan", str(tmp_path), "--yes"]) == 1
    assert house.asked[-1] == ("reviewed", tmp_path)


def test_nothing_to_do_asks_nobody(house: House) -> None:
    house.made = dataclasses.replace(house.made, devices={})
    assert run(["apply"]) == 0
    assert run(["rollback"]) == 0
    assert "apply" not in dict(house.asked)


@pytest.mark.parametrize("code", [3, 4, 5])
def test_the_outcome_decides_the_exit_code(code: int, house: House) -> None:
    house.outcome = dataclasses.replace(APPLIED, exit_code=code)
    assert run(["apply", "--yes"]) == code
    assert run(["rollback", "--yes"]) == code


def test_what_a_killed_run_left_comes_first(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.left = dataclasses.replace(APPLIED, sentence="undone: every device runs what it ran before")
    assert run(["apply", "--yes"]) == 0
    assert "a run was interrupted (a1): undone" in capsys.readouterr().err
    house.left = dataclasses.replace(house.left, exit_code=5)
    house.asked.clear()
    assert run(["apply", "--yes"]) == 5
    assert house.asked == []


def test_a_lock_names_its_holder(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.error = LockHeld("ada@desk", "10:00")
    assert run(["plan"]) == 75
    assert "ada@desk" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("looked", "code"),
    [
        (Looked(Findings("now", (Verdict(CHECK, State.SUCCESS, "ok"),))), 0),
        (Looked(Findings("now", (Verdict(CHECK, State.SKIPPED, ""),))), 0),
        (Looked(Findings("now", (Verdict(CHECK, State.FAILURE, "other"),))), 3),
        (Looked(Findings("now", (Verdict(CHECK, State.ERROR, ""),))), 3),
        (Looked(Findings("now"), (Configured("gw1", extra=("/a",)),)), 3),
    ],
)
def test_verify_ends_with_3_when_a_promise_is_not_kept(looked: Looked, code: int, house: House) -> None:
    house.looked = looked
    assert run(["verify", "A/b"]) == code
    assert house.asked == [("verify", ("A/b",))]


def test_explain_leads_back_to_the_file(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "gw1", "101905"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "gw1  flex-channel 101905",
        "A/b",
        "  spec.traffic.bandwidth: 100G   intents/a.yaml:9",
        "  slice id 17 (ledger)",
        "  written by templates/h/x.xml.j2:12 (huawei-net-slice@2022-06-18, validated)",
        "  also needed by: A/c",
    ]
    assert run(["explain", "gw1", "nothing of ours"]) == 1


def test_rollback_names_the_apply(house: House) -> None:
    assert run(["rollback", "--to", "a0", "--yes"]) == 0
    assert ("back", "a0") in house.asked


MISSING = Drifted("gw1", Kind.MISSING, ("vrf a", "rd"), "rd 65000:1", "", ("A/b",))
CHANGED = Drifted("gw1", Kind.CHANGED, ("interface x", "mtu"), "mtu 9216", "mtu 1500", ("A/b", "A/c"), "abort")
IGNORED = Drifted(
    "leaf1", Kind.CHANGED, ("interface x", "description"), "description a", "description b", ("A/b",), "ignore"
)
FOREIGN = Drifted("leaf1", Kind.FOREIGN, ("vrf a", "note"), "", "note of mine", ("A/b",), "ignore")


@pytest.mark.parametrize(
    ("drifted", "code"),
    [((), 0), ((MISSING,), 2), ((CHANGED,), 2), ((IGNORED,), 0), ((FOREIGN,), 2), ((IGNORED, MISSING), 2)],
)
def test_drift_ends_with_2_unless_its_owner_does_not_mind(
    drifted: tuple[Drifted, ...], code: int, house: House
) -> None:
    house.drifted = drifted
    assert run(["drift", "gw1"]) == code
    assert house.asked == [("drift", ("gw1",))]


def test_drift_names_whose_promise_it_hurts(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    house.drifted = (MISSING, CHANGED, IGNORED, FOREIGN)
    run(["drift"])
    assert capsys.readouterr().out.splitlines() == [
        "gw1",
        "- /vrf a/rd   rd 65000:1",
        "    A/b   policy: revert",
        "~ /interface x/mtu   ours mtu 9216, found mtu 1500",
        "    A/b, A/c   policy: abort",
        "",
        "leaf1",
        "~ /interface x/description   ours description a, found description b",
        "    A/b   policy: ignore",
        "+ /vrf a/note   note of mine   not ours, inside what we created: removal would be refused",
        "    A/b   policy: ignore",
        "",
        "3 differences on 2 devices, 1 tolerated by policy",
        "next: netwright plan     (what puts it right)",
    ]


def test_drift_of_a_whole_network_fits_on_a_screen(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Who wants every line of a device names it, or says --verbose."""
    house.drifted = tuple(Drifted("gw1", Kind.MISSING, ("vrf a", str(n)), "x", "", ("A/b",)) for n in range(14))
    run(["drift"])
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[21]) == (25, "  4 more: netwright drift gw1")
    for words in (["drift", "gw1"], ["drift", "--verbose"]):
        run(words)
        assert capsys.readouterr().out.count("- /vrf a/") == 14


def test_adopt_says_how_much_it_claims(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["drift", "--adopt"]) == 0
    assert capsys.readouterr().out.startswith("the record is made anew: 1 line on 1 device\n")
    assert run(["drift", "--adopt", "gw1"]) == 64


def test_adopt_says_which_numbers_were_read_and_which_were_not(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.read = Recovered(Ledger(), {"A/b/*/vrf/rt": 7}, {"A/b/gw1/vrf/rd": ("gw1 says 1:3", "gw2 says 1:4")}, ())
    assert run(["drift", "--adopt"]) == 0
    assert capsys.readouterr().out.splitlines()[1:5] == [
        "the ledger has 1 number more, read from the devices",
        "chosen anew, for nothing on a device tells them: 1 number",
        "1 number left out, since the devices do not agree:",
        "    A/b/gw1/vrf/rd   gw1 says 1:3, gw2 says 1:4",
    ]
    assert run(["drift", "--adopt", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["numbers"] == {"A/b/*/vrf/rt": 7}
    assert told["disputed"] == {"A/b/gw1/vrf/rd": ["gw1 says 1:3", "gw2 says 1:4"]}


@pytest.mark.parametrize("verb", [["plan"], ["verify"], ["drift"]])
def test_who_looks_while_an_apply_has_not_ended_is_told(
    verb: list[str], house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["-C", str(tmp_path), *verb])
    assert "has begun and not ended" not in capsys.readouterr().err
    open_journal(tmp_path / "state" / "journal", "nw-1")
    run(["-C", str(tmp_path), *verb])
    assert "apply nw-1 has begun and not ended" in capsys.readouterr().err


def test_the_next_step_of_drift_can_be_typed(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house.drifted = (Drifted("gw1", Kind.MISSING, ("vrf a",), "", None, ("A/b",), "revert"),)
    assert run(["-C", str(tmp_path), "drift", "--emulated"]) == 2
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(f"next: netwright -C {tmp_path} plan --emulated ")
