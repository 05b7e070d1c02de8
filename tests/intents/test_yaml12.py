"""YAML 1.2: scalars by the core schema, and nodes where the text says; the same with and without the C library."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwright.intents.yaml12 import YamlError, parse, scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-5", 1e-5),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("1.", 1.0),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("-.inf", -math.inf),
        # text, whatever YAML 1.1 made of it
        ("65000:1", "65000:1"),
        ("12:30:45", "12:30:45"),
        ("00:1a:2b:3c:4d:5e", "00:1a:2b:3c:4d:5e"),
        ("2026-12-01T22:00:00+08:00", "2026-12-01T22:00:00+08:00"),
        ("2026-12-01", "2026-12-01"),
        ("010", "010"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("n", "n"),
        ("1_000", "1_000"),
        ("100M", "100M"),
        ("0b11", "0b11"),
        ("1-4000", "1-4000"),
        ("-", "-"),
        (".", "."),
        ("1e", "1e"),
        ("tRue", "tRue"),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_plain_scalars(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    if isinstance(found, float) and math.isinf(found):
        assert str(found) == text  # as it was written
    else:
        assert type(found) is type(value)


def test_not_a_number_is_one() -> None:
    assert math.isnan(float(scalar(".nan") or 0))


@pytest.mark.parametrize("pure", [False, True])
def test_documents_and_quotes(pure: bool) -> None:
    text = "a: '1'\n---\n# only a comment\n---\n- !!str 5\n- \"on\"\n- |\n  x\n...\n--- {b: 0x10}\n"
    assert [document.value for document in parse(text, pure=pure)] == [{"a": "1"}, ["5", "on", "x\n"], {"b": 16}]


@pytest.mark.parametrize("pure", [False, True])
def test_merges_give_way_to_what_stands_there(pure: bool) -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {y: 3, z: 4}\none: {<<: *b, x: 9}\nboth: {<<: [*b, *m]}\nquoted: {'<<': 1}"
    (document,) = parse(text, pure=pure)
    assert isinstance(document.value, dict)
    assert document.value["one"] == {"x": 9, "y": 2}
    assert document.value["both"] == {"x": 1, "y": 2, "z": 4}
    assert document.value["quoted"] == {"<<": 1}
    assert not document.errors


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2", "duplicate-key"),
        ("a: {b: 1, b: 1}", "duplicate-key"),
        ("a: &x {b: *x}", "unsupported-yaml"),
        ("a: !!python/object:os.system {}", "unsupported-yaml"),
        ("a: !!int {}", "unsupported-yaml"),
        ("a: !!map 3", "unsupported-yaml"),
        ("{[1]: 2}", "unsupported-yaml"),
        ("a: {<<: 3}", "unsupported-yaml"),
    ],
)
def test_what_is_told_of_a_document(text: str, code: str, pure: bool) -> None:
    (document,) = parse(text, pure=pure)
    assert [error.code for error in document.errors] == [code]


@pytest.mark.parametrize("pure", [False, True])
@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: 1\n\tb: 2", "yaml-tab", 2),
        ("a: b: c", "yaml-syntax", 1),
        ("a: 1\nb: [1, 2\n", "yaml-syntax", 2),
        ("a: *nowhere", "yaml-syntax", 1),
        ("a: 1\n\nb: \x00", "yaml-syntax", 3),
    ],
)
def test_where_a_text_stops_being_yaml(text: str, code: str, line: int, pure: bool) -> None:
    with pytest.raises(YamlError) as stopped:
        list(parse(text, pure=pure))
    assert (stopped.value.code, stopped.value.line) == (code, line)


@pytest.mark.parametrize("depth", [2000, 200_000])
def test_depth_is_refused_and_nothing_worse(depth: int) -> None:
    program = f"""
from netwright.intents.yaml12 import YamlError, parse
try:
    list(parse("[" * {depth} + "]" * {depth}))
except YamlError as error:
    print(error.code)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("unsupported-yaml\n", 0), done.stderr[-500:]


def test_shared_anchors_cost_nothing() -> None:
    lines = ["a0: &a0 [x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    (document,) = parse("\n".join(lines))
    assert isinstance(document.value, dict)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        list(parse(text))
    except YamlError as error:
        assert error.line >= 1  # noqa: PT017
        assert error.column >= 1  # noqa: PT017
