"""The ledger's file: the same bytes for the same ledger, and a broken one is refused with its line."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netwright.alloc.ledger import Ledger, Request
from netwright.alloc.pool import ranged
from netwright.alloc.store import dump, load, parse, save
from netwright.errors import Refused

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
POOLS = {"rd": ranged("rd", "65000:1000-9999"), "vlan": ranged("vlan", "2-4000")}
GOLDEN = """\
# Numbers and their claims. Written by apply and rollback; commit it. A claim that stands here keeps its number.
version: 1
pools:
  rd:
    claims:
      TenantSlice/a/pe1/vrf/rd: {number: 1000, since: "2026-11-21T10:00:00Z"}
      TenantSlice/c/pe1/vrf/rd: {number: 1002, since: "2026-11-21T10:00:00Z", provisional: true}
    resting:
      1001: {freed: "2026-11-21T10:00:00Z", until: "2026-11-28T10:00:00Z", was: TenantSlice/b/pe1/vrf/rd}
  vlan/pe1/100GE0/2/1:
    resting:
      2: {freed: "2026-11-21T10:00:00Z", until: null, was: "yes: a"}
"""


def sample() -> Ledger:
    wanted = [Request("rd", f"TenantSlice/{x}/pe1/vrf/rd") for x in "ab"] + [Request("vlan/pe1/100GE0/2/1", "yes: a")]
    ledger = Ledger().assign(POOLS, wanted, NOW).ledger.settle()
    ledger = ledger.retire(["TenantSlice/b/pe1/vrf/rd"], NOW).block(["yes: a"], NOW)
    return ledger.assign(POOLS, [Request("rd", "TenantSlice/c/pe1/vrf/rd")], NOW).ledger


def test_golden(tmp_path: Path) -> None:
    assert dump(sample()) == GOLDEN
    save(sample(), tmp_path / "state" / "ledger.yaml")
    assert load(tmp_path / "state" / "ledger.yaml") == sample()
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["ledger.yaml"]
    assert load(tmp_path / "none.yaml") == Ledger()


@given(st.sets(st.text(min_size=1, max_size=12), max_size=12), st.sets(st.text(min_size=1, max_size=12), max_size=4))
def test_any_claim_survives_the_file(claims: set[str], gone: set[str]) -> None:
    claims = {claim for claim in claims if claim.isprintable()}
    ledger = Ledger().assign(POOLS, [Request("rd", claim) for claim in claims], NOW).ledger.retire(gone, NOW)
    text = dump(ledger)
    assert parse(text) == parse(text + "# touched by hand\n") == ledger
    assert dump(parse(text)) == text


def test_other_readers_understand_it() -> None:
    data = yaml.safe_load(dump(sample()))
    assert data["pools"]["rd"]["claims"]["TenantSlice/a/pe1/vrf/rd"] == {
        "number": 1000,
        "since": "2026-11-21T10:00:00Z",
    }
    assert data["pools"]["rd"]["resting"][1001]["was"] == "TenantSlice/b/pe1/vrf/rd"


@pytest.mark.parametrize(
    ("before", "after", "line", "message"),
    [
        ("number: 1000", "number: x", 6, "cannot be read at TenantSlice/a/pe1/vrf/rd: invalid literal"),
        ("number: 1002", "number: 1000", 7, "gives number 1000 to both TenantSlice/a/pe1/vrf/rd and TenantSlice/c"),
        (
            "number: 1002",
            "number: 1001",
            7,
            "gives number 1001 to both TenantSlice/b/pe1/vrf/rd (resting) and TenantSlice/c",
        ),
        ("TenantSlice/c/", "TenantSlice/a/", 7, "says TenantSlice/a/pe1/vrf/rd twice"),
        (', since: "2026-11-21T10:00:00Z"}', "}", 6, "since is missing"),
        ("provisional", "provisionl", 7, "unknown provisionl"),
        ("version: 1", "version: 2", 2, "has version 2"),
        ("pools:", "<<<<<<< HEAD\npools:", 4, "is not YAML: could not find expected ':'"),
        ("resting", "rest", 9, "does not know rest"),
        ('00Z", until: "2026', '00", until: "2026', 9, "has no time zone"),
        ("rd:\n", "rd: 5\n  xx:\n", 4, "should have a mapping"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(before: str, after: str, line: int, message: str) -> None:
    with pytest.raises(Refused) as caught:
        parse(GOLDEN.replace(before, after, 1))
    finding = caught.value.diagnostics[0]
    assert message in finding.message
    assert finding.source is not None
    assert finding.source.line == line
    assert finding.code == "ledger-broken"
    assert "git checkout" in finding.hint


def test_a_ledger_of_before_had_days() -> None:
    """They count from their first second, and the next writing says so."""
    old = GOLDEN.replace('since: "2026-11-21T10:00:00Z"', 'since: "2026-11-21"')
    ledger = parse(old)
    assert {held.since for held in ledger.books["rd"].held.values()} == {datetime(2026, 11, 21, tzinfo=UTC)}
    assert dump(ledger) == GOLDEN.replace('since: "2026-11-21T10:', 'since: "2026-11-21T00:')


def test_since_is_a_whole_second_of_utc() -> None:
    now = datetime(2026, 11, 21, 18, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=8)))
    ledger = Ledger().assign(POOLS, [Request("rd", "a")], now).ledger
    assert ledger.books["rd"].held["a"].since == NOW
    assert 'since: "2026-11-21T10:00:00Z"' in dump(ledger)


def test_an_untouched_file_needs_no_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("netwright.alloc.store._Reader")
    assert parse(GOLDEN) == sample()


def test_the_caret_stands_at_the_fault() -> None:
    with pytest.raises(Refused) as caught:
        parse(GOLDEN.replace('since: "2026', 'sinc: 1, x: "2026', 1))
    shown = str(caught.value.diagnostics[0]).splitlines()
    assert shown[0].endswith("cannot be read at TenantSlice/a/pe1/vrf/rd: unknown sinc, x")
    assert shown[1].endswith("state/ledger.yaml:6:33")
    assert shown[3].index("^") - shown[2].index("|") == 34


@pytest.mark.parametrize("text", ["", "version: 1\n", "\0", "[]\n", "pools: {}\n"])
def test_what_is_no_ledger_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        parse(text)
