"""Texts of one form are read once: held against the ordinary reader, value by value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwright.errors import ConfigParseError
from netwright.platforms.huawei import forms
from netwright.platforms.huawei.reading import _read_text, parse
from netwright.tree import Line

SAMPLES = sorted((Path(__file__).parents[2] / "data" / "huawei").glob("[0-8]*.xml"))
VRF = """\
<network-instance xmlns="urn:huawei:yang:huawei-network-instance"><instances>
  <instance><name>{a}</name><description>{b}</description></instance>
  <instance><name>{c}</name><description>{d}</description></instance>
</instances></network-instance>
"""
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="&<>\x00"), max_size=6) | st.sampled_from(
    ["a", "b", "it's", "''", "&amp;", "&#13;", "\ue0000\ue001", " a", "a ", "<!-- x -->a", "<![CDATA[a]]>", "a>b"]
)


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    forms._form.cache_clear()
    yield
    forms._form.cache_clear()


def outcome(text: str, *, plainly: bool) -> list[Line] | str:
    """What reading gives: leaves, or the words of the refusal."""
    try:
        return _read_text(text) if plainly else forms.read(text, _read_text)
    except ConfigParseError as error:
        return f"{error.line}: {error}"


@settings(max_examples=400)
@given(a=WORDS, b=WORDS, c=WORDS, d=WORDS)
def test_reading_by_form_is_reading(a: str, b: str, c: str, d: str) -> None:
    text = VRF.format(a=a, b=b, c=c, d=d)
    assert outcome(text, plainly=False) == outcome(text, plainly=True)


def test_the_second_text_of_a_form_is_not_read() -> None:
    asked = []

    def reader(text: str) -> list[Line]:
        asked.append(text)
        return _read_text(text)

    first, second = (VRF.format(a=a, b="b", c="c", d="d") for a in ("x", "it's"))
    assert forms.read(first, reader) == _read_text(first)
    assert forms.read(second, reader) == _read_text(second)
    assert len(asked) == 1


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_documents_of_others_read_the_same(sample: Path) -> None:
    text = sample.read_text(encoding="utf-8")
    assert outcome(text, plainly=False) == outcome(text, plainly=True)


def test_one_entry_said_twice_differently_is_refused() -> None:
    assert list(parse(VRF.format(a="x", b="same", c="x", d="same")))
    with pytest.raises(ConfigParseError, match="said twice"):
        list(parse(VRF.format(a="x", b="one", c="x", d="other")))


def test_a_whole_configuration_is_not_kept() -> None:
    text = VRF.format(a="x", b="y" * forms.LONGEST, c="c", d="d")
    assert forms.read(text, _read_text) == _read_text(text)
    assert forms._form.cache_info().currsize == 0
