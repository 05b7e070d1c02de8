"""What is written down is what is read back, one leaf a line; and what is no record is said to be none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.plan import record_file
from netwright.plan.record import Applied, DeviceRecord, Owned, Said, dump, load, owners_of

texts = st.text(max_size=8)
owned = st.builds(
    Owned,
    value=texts,
    owners=st.frozensets(texts, max_size=3),
    shared=st.booleans(),
    taken=st.none() | texts,
)
paths = st.lists(texts, min_size=1, max_size=4).map(tuple)
devices = st.dictionaries(texts, st.builds(DeviceRecord, texts, st.dictionaries(paths, owned, max_size=5)), max_size=3)
records = st.builds(Applied, texts, texts, texts, texts, devices)


@given(records)
def test_what_was_written_is_read(applied: Applied) -> None:
    assert load(dump(applied)) == applied


@given(records)
def test_equal_records_are_equal_texts(applied: Applied) -> None:
    assert dump(load(dump(applied))) == dump(applied)


SAMPLE = Applied(
    "20261202-1",
    "9f3c",
    "c0ffee",
    "2026-12-02T12:00:00+08:00",
    {
        "pe2": DeviceRecord(
            "20261202-1",
            {
                ("vrf a", "rd 1:1"): Owned("rd 1:1", frozenset({"TenantSlice/b", "TenantSlice/a"}), taken="rd 2:2"),
                ("vrf a",): Owned("", frozenset({"TenantSlice/b"}), shared=True),
            },
        ),
        "pe1": DeviceRecord("", {}),
    },
)


def test_what_intents_said_is_kept_one_a_line_and_a_record_without_it_is_read() -> None:
    said = {"TenantSlice/b": Said({"spec.bandwidth": "1G"}, {"rate": "1 G"}), "TenantSlice/a": Said({}, {})}
    kept = replace(SAMPLE, intents=said)
    assert load(dump(kept)) == kept
    assert load(dump(SAMPLE)).intents == {}
    line = '"TenantSlice/b": {"fields": {"spec.bandwidth": "1G"}, "told": {"rate": "1 G"}}'
    assert line in dump(kept).splitlines()


def test_the_file_is_for_people_and_diffs() -> None:
    assert dump(SAMPLE) == (
        '{\n"version": 1,\n"apply": "20261202-1",\n"plan": "9f3c",\n"commit": "c0ffee",\n'
        '"at": "2026-12-02T12:00:00+08:00",\n"devices": {\n'
        '"pe1": {\n"apply": "",\n"owners": [],\n"leaves": [\n\n]},\n'
        '"pe2": {\n"apply": "20261202-1",\n"owners": ["TenantSlice/a", "TenantSlice/b"],\n"leaves": [\n'
        '[["vrf a"], "", [1], {"shared": true}],\n'
        '[["vrf a", "rd 1:1"], "rd 1:1", [0, 1], {"taken": "rd 2:2"}]\n'
        "]}\n}\n}\n"
    )
    assert json.loads(dump(SAMPLE))["version"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '"text"',
        dump(SAMPLE).replace('"version": 1', '"version": 2'),
        dump(SAMPLE).replace("[0, 1]", "[0, 7]"),
        dump(SAMPLE).replace("[0, 1]", '"01"'),
        dump(SAMPLE).replace('{"shared": true}', '"shared"'),
        dump(SAMPLE).replace('["vrf a"]', '"vrf a"'),
        dump(SAMPLE).replace('"leaves"', '"leafs"'),
        dump(SAMPLE)[:-9],
    ],
)
def test_what_is_no_record_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"applied\.json|Expecting|delimiter|Unterminated"):
        load(text)


def test_a_record_from_the_future_says_so() -> None:
    with pytest.raises(ValueError, match=re.escape("version 2 of applied.json is not known")):
        load(dump(SAMPLE).replace('"version": 1', '"version": 2'))


def test_a_device_that_we_never_touched_has_an_empty_record() -> None:
    assert SAMPLE.device("pe9") == DeviceRecord()
    assert SAMPLE.device("pe2").tree == {("vrf a", "rd 1:1"): "rd 1:1", ("vrf a",): ""}


def test_the_owners_of_records() -> None:
    assert owners_of(SAMPLE.devices.values()) == {"TenantSlice/a", "TenantSlice/b"}


# ---- the file, device by device -------------------------------------------------------------------------------------


@given(records)
def test_a_file_is_read_as_its_text_is(applied: Applied) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "applied.json"
        path.write_text(dump(applied), encoding="utf-8")
        read = record_file.read(path)
    assert read == applied
    assert read.digest == applied.digest


def test_a_device_is_read_when_it_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    monkeypatch.setattr(record_file.record, "read_device", lambda entry: looked.append(entry) or DeviceRecord())
    path = tmp_path / "applied.json"
    path.write_text(dump(SAMPLE), encoding="utf-8")
    read = record_file.read(path)
    assert (list(read.devices), looked) == (["pe1", "pe2"], [])
    assert read.device("pe1") is read.device("pe1")
    assert len(looked) == 1


def test_a_file_that_somebody_laid_out_otherwise_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "applied.json"
    path.write_text(json.dumps(json.loads(dump(SAMPLE)), indent=4), encoding="utf-8")
    assert record_file.read(path) == SAMPLE


@pytest.mark.parametrize(
    ("was", "now", "device"),
    [('"vrf a"', "vrf a", "pe2"), ('"owners"', '"holders"', "pe1"), ('"apply": "",', "", "pe1")],
)
def test_a_broken_device_is_named_when_it_is_looked_at(tmp_path: Path, was: str, now: str, device: str) -> None:
    path = tmp_path / "applied.json"
    path.write_text(dump(SAMPLE).replace(was, now), encoding="utf-8")
    read = record_file.read(path)
    with pytest.raises(record_file.BrokenState, match=f"what it says of {device} is no record"):
        read.device(device)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2, "devices": {}}'])
def test_what_is_no_record_is_broken(tmp_path: Path, text: str) -> None:
    path = tmp_path / "applied.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(record_file.BrokenState, match="drift --adopt"):
        record_file.read(path)
